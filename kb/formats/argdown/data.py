"""The YAML that stands in an Argdown text: front matter between ``===``, and data in braces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kb.formats.reading import Misread, json_of

_BLOCK = re.compile(r"\{[ \t]*\n")


def data_of(written: str, line: int, column: int) -> Mapping[str, Any]:
    """The fields of data in braces, which may hold YAML in blocks if a line end follows the first one.

    Raises Misread.
    """
    if _BLOCK.match(written):
        return _fields(written.rstrip()[1:-1], line, 0, "data")
    return _fields(written, line, column - 1, "data")


def front_of(written: str, line: int) -> Mapping[str, Any]:
    """The fields of front matter. Raises Misread."""
    return _fields(written.strip().strip("="), line, 0, "front matter")


def _fields(written: str, line: int, column: int, what: str) -> Mapping[str, Any]:
    if written.lstrip().startswith('{"'):
        try:
            found = json_of(written)
        except Misread:
            found = None
        if isinstance(found, dict):
            return found
    if not written.strip():
        return {}
    from kb.source.reader import read_yaml

    value, wrong = read_yaml(written, "")
    for finding in wrong:
        at = finding.line or 1
        hint = f"; {finding.hint}" if finding.hint else ""
        said = f"this {what} is no YAML that can be read: {finding.message}{hint}"
        raise Misread(line + at - 1, (finding.column or 1) + (column if at == 1 else 0), said)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Misread(line, column + 1, f"{what} is a set of fields, as in {{source: Plato}}")
    return value
