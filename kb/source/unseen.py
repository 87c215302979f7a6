"""Characters that nobody sees in a text, or that make it look other than it is: their names and the cure.

That characters of direction can hide what a text says is due to Boucher & Anderson (2021), "Trojan Source:
Invisible Vulnerabilities". A control character can give commands to a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from kb.diagnostics import PathItem

_DIRECTION = "\u202a-\u202e\u2066-\u2069"
_SEPARATORS = "\u2028\u2029"
_HIDDEN = f"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff{_DIRECTION}"
UNSEEN = f"[{_HIDDEN}{_SEPARATORS}\ud800-\udfff]"
"""What a file may not hold as it is."""

_escape = re.compile(r"\\[0abefrvNxuU]")
# A carriage return is part of a line's end in a file; within a text it lets the rest overwrite the start.
_hidden = re.compile(f"[\r{_HIDDEN}]")
_direction = re.compile(f"[{_DIRECTION}]")
_C0 = (
    "NULL/START OF HEADING/START OF TEXT/END OF TEXT/END OF TRANSMISSION/ENQUIRY/ACKNOWLEDGE/BELL/BACKSPACE/"
    "TABULATION/LINE FEED/LINE TABULATION/FORM FEED/CARRIAGE RETURN/SHIFT OUT/SHIFT IN/DATA LINK ESCAPE/"
    "DEVICE CONTROL 1/DEVICE CONTROL 2/DEVICE CONTROL 3/DEVICE CONTROL 4/NEGATIVE ACKNOWLEDGE/"
    "SYNCHRONOUS IDLE/END OF TRANSMISSION BLOCK/CANCEL/END OF MEDIUM/SUBSTITUTE/ESCAPE/FILE SEPARATOR/"
    "GROUP SEPARATOR/RECORD SEPARATOR/UNIT SEPARATOR"
)


def named(character: str) -> str:
    """``U+202E (RIGHT-TO-LEFT OVERRIDE)``, with the name that Unicode gives, or its code charts."""
    number = ord(character)
    if number < 0x20:
        name = _C0.split("/")[number]
    elif number == 0x7F:
        name = "DELETE"
    elif number == 0xFEFF:
        name = "BYTE ORDER MARK"
    else:
        name = unicodedata.name(character, "CONTROL" if number < 0xA0 else "no character")
    return f"U+{number:04X} ({name})"


def trouble(character: str) -> tuple[str, str]:
    """What is wrong with a character, and the cure."""
    if _direction.match(character):
        return (
            "makes text read in another order than it is written",
            "remove it; for text in two directions the marks U+200E and U+200F do",
        )
    if character in _SEPARATORS:
        return "cannot be seen", "remove it, or write an escape in double quotes"
    return "cannot be seen", "remove it"


def escaped(text: str, value: Any) -> Iterator[tuple[tuple[PathItem, ...], str, bool]]:
    """Characters that must not be in a value, which escapes in double quotes put there.

    For each text with one: the path to it, its first such character, and whether it is a field's name.
    """
    if _escape.search(text):
        yield from _escaped(value, ())


def _escaped(value: Any, path: tuple[PathItem, ...]) -> Iterator[tuple[tuple[PathItem, ...], str, bool]]:
    if isinstance(value, str):
        if found := _hidden.search(value):
            yield path, found[0], False
    elif isinstance(value, dict):
        for name, inner in value.items():
            if found := _hidden.search(name):
                yield (*path, name), found[0], True
            yield from _escaped(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _escaped(inner, (*path, index))


def without(value: Any) -> Any:
    """Plain data without what no file holds; a break of a line or page becomes a line feed or space."""
    if isinstance(value, str):
        return _hidden.sub(_instead, value.replace("\r\n", "\n")) if _hidden.search(value) else value
    if isinstance(value, Mapping):
        return {without(name): without(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without(inner) for inner in value]
    return value


def _instead(found: re.Match[str]) -> str:
    if found[0] == "\r":
        return "\n"
    return " " if found[0].isspace() else ""


def counted(value: Any) -> int:
    """How many characters ``without`` takes out of plain data, or puts others in their place."""
    if isinstance(value, str):
        return len(_hidden.findall(value.replace("\r\n", "\n")))
    if isinstance(value, Mapping):
        return sum(counted(name) + counted(inner) for name, inner in value.items())
    return sum(map(counted, value)) if isinstance(value, list | tuple) else 0
