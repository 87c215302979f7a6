"""``@include(other.argdown)``: other files put in their place, from the folder of the first file only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from kb.formats.reading import FormatError, Misread, place_of, text_of

_INCLUDE = re.compile(r"@include\(([^)]+)\)")
MOST_WITHIN = 50
"""Files that include one another in a row; people write two or three."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a stretch of the joined text comes from: a file (by name; "" for the first) and its line."""

    start: int
    file: str
    line: int


@dataclass(slots=True)
class Joined:
    """A text with all that it includes."""

    text: str
    pieces: list[Piece] = field(default_factory=list)
    lost: list[tuple[str, str, int]] = field(default_factory=list)

    def misread(self, wrong: Misread) -> Misread:
        """The same mistake, told by the place in the file that it is in."""
        if len(self.pieces) < 2:
            return wrong
        at = 0
        for _ in range(wrong.line - 1):
            at = self.text.index("\n", at) + 1
        piece = next(piece for piece in reversed(self.pieces) if piece.start <= at)
        line = piece.line + self.text.count("\n", piece.start, at)
        return Misread(
            line, wrong.column, f"in {piece.file}, line {line}: {wrong}" if piece.file else str(wrong)
        )


def included(text: str, path: Path) -> Joined:
    """The text with the files that it includes in their places; each file is included once.

    One that includes itself, by way of others or not, is no exception. Raises Misread: a file is not in the
    folder of the first, is missing, or is no text.
    """
    joined = Joined("")
    if "@include(" not in text:
        joined.text = text
        return joined
    home = path.absolute().parent.resolve()
    parts: list[str] = []
    length = 0
    seen = {path.absolute().resolve()}

    def add(words: str, name: str, line: int) -> None:
        nonlocal length
        joined.pieces.append(Piece(length, name, line))
        parts.append(words)
        length += len(words)

    def join(words: str, at: Path, name: str, depth: int) -> None:
        start = 0
        for found in _INCLUDE.finditer(words):
            line, column = place_of(words, found.start())
            add(words[start : found.start()], name, place_of(words, start)[0])
            start = found.end()
            said = f"in {name}: " if name else ""
            try:
                other = (at.parent / found[1].strip()).resolve()
            except (OSError, ValueError, RuntimeError):  # a name too long, or links in a circle
                raise Misread(line, column, f"{said}{found[0]} names no file") from None
            if not other.is_relative_to(home):
                raise Misread(
                    line, column, f"{said}{found[0]} leads out of the folder of the file; it is not read"
                )
            if depth > MOST_WITHIN:
                raise Misread(line, column, f"{said}more than {MOST_WITHIN} files include one another")
            if other in seen:
                joined.lost.append(
                    (f"{said}{found[0]}", "the file is included already, and is read once", line)
                )
                continue
            seen.add(other)
            try:
                inner = text_of(other)
            except FormatError as error:
                raise Misread(line, column, f"{said}{found[0]}: {error}") from None
            except OSError as error:
                why = error.strerror
                raise Misread(line, column, f"{said}{found[0]} cannot be read: {why}") from None
            join(inner, other, other.relative_to(home).as_posix(), depth + 1)
        add(words[start:], name, place_of(words, start)[0])

    join(text, path, "", 1)
    joined.text = "".join(parts)
    return joined
