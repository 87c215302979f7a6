"""Formats of other tools: import and export, a module a format, each loaded when it is asked for.

A format's module has ``FORMAT`` and one or both of::

    def read(text: str, drafting: Drafting, path: Path) -> None    # raises Misread
    def write(material: Material) -> str

``kb.formats.iccma`` is for frameworks of plain arguments and apart from these.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kb.formats.format import Format, Material, Module

__all__ = ["MODULES", "Format", "Material", "Module", "module"]

MODULES: Mapping[str, str] = MappingProxyType(
    {
        "aif": "aif",
        "argdown": "argdown",
        "carneades": "carneades",
        "claimreview": "claimreview",
        "csv": "tables",
        "csv-relations": "relation_table",
        "dot": "dot",
        "graphml": "graphml",
        "kialo": "kialo",
        "markdown": "markdown",
        "mermaid": "mermaid",
        "microtexts": "microtexts",
        "node-link": "nodelink",
        "references": "references",
        "svg": "picture",
        "trudag": "trudag",
        "xaif": "xaif",
    }
)
"""The module of each format by the format's name."""


def module(name: str) -> Module:
    """The module of a format. Raises KeyError for a format that there is none of."""
    from importlib import import_module

    found: Module = import_module(f"kb.formats.{MODULES[name]}")
    return found
