"""The line that a finding is about, with carets under the value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Lines = Callable[[str], Sequence[str]]
"""A file's lines, by its path in the base; none where it cannot be read."""

_TOKEN = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[\[\]{},]|[^\s\[\]{},]+""")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""")
_NAME = re.compile(r"[^\s:]+(?=:(?:\s|$))")
_IN_FLOW = re.compile(r"[^,\[\]{}]+?(?=\s*(?:[,\[\]{}]|\s#|:\s|$))")
_TO_END = re.compile(r".+?(?=\s*(?:\s#.*)?$)")
_BREAK = re.compile(r"\r\n|\r|\n")
_MARGIN = 24  # what stays visible to the left of the value in a line that is too long


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line made safe to print, and where the value stands in it: the column before it and its width."""

    line: str
    before: int
    width: int


def split_lines(text: str) -> list[str]:
    """The lines of a file, as its findings count them."""
    return _BREAK.split(text)


def extent(line: str, column: int) -> int:
    """How many characters the value, or field's name, that starts at ``column`` (from 1) takes: 1 or more."""
    at = column - 1
    if at >= len(line):
        return 1
    if line[at] in "[]{},":
        return 1
    if quoted := _QUOTED.match(line, at):
        return quoted.end() - at
    for pattern in (_NAME, _IN_FLOW if _within_brackets(line[:at]) else _TO_END):
        if found := pattern.match(line, at):
            return found.end() - at
    return 1


def excerpt(line: str, column: int, room: int) -> Excerpt:
    """The part of a line around ``column`` that fits in ``room`` columns of a terminal."""
    at, size = column - 1, extent(line, column)
    start = max(0, at - _MARGIN) if _columns(line) > room else 0
    shown = _safe(line[start:])
    opening = "…" if start else ""
    before = _columns(opening) + _columns(shown[: at - start])
    width = max(_columns(shown[at - start : at - start + size]), 1)
    text = opening + shown
    if _columns(text) > room:
        text = _cut(text, room - 1) + "…"
        width = max(min(width, room - before), 1)
    return Excerpt(text.rstrip(), before, width)


def _within_brackets(before: str) -> bool:
    depth = 0
    for token in _TOKEN.findall(before):
        depth += (token in ("[", "{")) - (token in ("]", "}"))
    return depth > 0


def _safe(text: str) -> str:
    """Nothing that a terminal would obey: a file may come from a stranger."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "�" for c in text)


def _columns(text: str) -> int:
    return sum(_width(c) for c in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cut(text: str, room: int) -> str:
    taken = 0
    for index, character in enumerate(text):
        taken += _width(character)
        if taken > room:
            return text[:index]
    return text
