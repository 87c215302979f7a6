"""Files of other formats, opened with care: one that is no such file ends in one sentence with a place."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

MOST_BYTES = 256_000_000
"""A larger file is no argument map."""
MOST_DEPTH = 500
"""Values or elements within one another; people write a dozen."""
_BETWEEN = re.compile(r"[\s,:]*")
"""What stands between the values of a JSON text."""
_ZERO = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ALONE = re.compile(r"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])")
"""Escapes of halves of a character in JSON, and of a first half that no second one follows."""


class FormatError(ValueError):
    """A file that cannot be read or written in its format.

    The text begins with the file and, for what stands in it, the place: ``file:line:column:``.
    """


class Misread(Exception):
    """What is wrong at a place of a text; ``line`` and ``column`` count from 1. Readers raise it."""

    def __init__(self, line: int, column: int, said: str) -> None:
        super().__init__(said)
        self.line, self.column = line, column


def text_of(path: Path) -> str:
    """A file's text: UTF-8 (with or without a byte-order mark) or UTF-16 with one; line ends as ``\\n``.

    Raises:
        FormatError: it is too large, or not text.
        OSError: it cannot be read.
    """
    if path.exists() and not path.is_file():  # a pipe could be waited on for ever
        raise FormatError(f"{path}: this is no plain file; save what it gives as one first")
    with path.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FormatError(f"{path}: the file is larger than {MOST_BYTES // 1_000_000} MB")
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        said = "is not text in UTF-8; save the file as UTF-8"
        raise FormatError(f"{path}:{line}:{column}: byte {data[error.start]:#04x} {said}") from None
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise FormatError(f"{path}:{line}:1: a zero byte: this is no text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def place_of(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of a position in a text."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def json_of(text: str) -> Any:
    """The value of a JSON text. Raises Misread; also where values lie too deep, or a name is given twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise Misread(*place_of(text, text.find(json.dumps(twice))), f"the name {twice!r} is given twice")
        return found

    if zero := _ZERO.search(text):
        raise Misread(*place_of(text, zero.start()), "a zero character (\\u0000), which no text has")
    try:
        value = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise Misread(error.lineno, error.colno, f"this is no JSON: {error.msg}") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # Python refuses to read a number of more than 4,300 digits
        long = re.search(r"\d{4000}", text)
        raise Misread(*place_of(text, long.start() if long else 0), "a number has too many digits") from None
    level, depth = [value], 0
    while level := [inner for outer in level for inner in _containers(outer)]:
        depth += 1
        if depth >= MOST_DEPTH:
            raise _too_deep()
    if _HALF.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            half = _ALONE.search(text) or _HALF.search(text)
            said = "half of a character (a surrogate without its other half); take it out"
            raise Misread(*place_of(text, half.start() if half else 0), said) from None
    return value


def _containers(value: Any) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [inner for inner in inside if isinstance(inner, (dict, list))]


def _too_deep() -> Misread:
    return Misread(1, 1, f"values are nested more than {MOST_DEPTH} deep")


def json_place(text: str, *steps: str | int) -> tuple[int, int]:
    """Line and column of a value in a JSON text, by the names and indices that lead to it from outside."""
    decoder, at = json.JSONDecoder(), 0
    for step in steps:
        at = _BETWEEN.match(text, at).end() + 1  # type: ignore[union-attr]
        name: str | int = -1
        while True:
            at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
            if isinstance(step, str):
                name, at = decoder.raw_decode(text, at)
                at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
            else:
                name = int(name) + 1
            if name == step:
                break
            _, at = decoder.raw_decode(text, at)
    return place_of(text, at)


def xml_of(text: str) -> Element:
    """The root element of an XML text. A document type, by which entities come in, is refused.

    Raises Misread.
    """
    from xml.parsers import expat

    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def wrong(said: str) -> Misread:
        return Misread(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, said)

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise wrong(f"elements are nested more than {MOST_DEPTH} deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refused(*_: object) -> None:
        raise wrong("a document type (<!DOCTYPE) is refused: entities could come in by it; take the line out")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, refused
    # What is decoded already must not be decoded again by what the first line says.
    head, _, rest = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
    blank = "".join("\n" if c == "\n" else " " for c in f"{head}?>") if head else ""
    try:
        parser.Parse((blank + rest).encode(), True)
    except expat.ExpatError as error:
        said = expat.errors.messages[error.code]
        raise Misread(error.lineno, error.offset + 1, f"this is no XML: {said}") from None
    return builder.close()
