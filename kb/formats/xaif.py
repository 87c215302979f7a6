"""xAIF, which OVA and the services of ARG-tech pass to one another: AIF in a wrapper, ids being numbers."""

from __future__ import annotations

import json

from kb.formats import aif
from kb.formats.format import Format, Material

FORMAT = Format(
    "xaif",
    "xAIF, of OVA and ARG-tech's services",
    "json",
    holds=aif.FORMAT.holds,
    coming=aif.FORMAT.coming,
    going=aif.FORMAT.going,
)
read = aif.read


def write(material: Material) -> str:
    graph = aif.aif_of(material, numbered=True)
    empty: dict[str, list[str]] = {"descriptorfulfillments": [], "cqdescriptorfulfillments": []}
    layout = {"firstname": "", "surname": "", "url": "", "nodes": [], "edges": []}
    whole = {"AIF": {**graph, **empty}, "text": "", "dialog": False, "OVA": layout}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
