"""BibTeX files: entries, strings, preambles and comments, by the grammar of BibTeX itself.

An entry is ``@type{key, field = value, …}`` or the same in parentheses; a value is ``{text}``, ``"text"``, a
number or an abbreviation, or several of them joined by ``#``. Braces pair everywhere. What stands between
entries is a comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kb.formats.reading import Misread, place_of

_START = re.compile(r"@\s*([^\s@{}(),=#\"%]+)\s*([{(])")
_KEY = re.compile(r"\s*([^\s,{}()\"#%=]*)\s*([,})])")
_FIELD = re.compile(r"\s*([^\s,{}()\"#%=]+)\s*=\s*")
_WORD = re.compile(r"[^\s,{}()\"#%=]+")
_SPACE = re.compile(r"\s*")
_STOP = re.compile(r"[^{}\"]*")
_NAMES = "January February March April May June July August September October November December".split()  # noqa: SIM905
MONTHS: Mapping[str, str] = MappingProxyType({name[:3].lower(): name for name in _NAMES})
"""The abbreviations that every style defines."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A work; ``fields`` are by their names in small letters, in TeX."""

    type: str
    key: str
    fields: Mapping[str, str]
    line: int


@dataclass(slots=True)
class Library:
    entries: list[Entry] = field(default_factory=list)
    strings: dict[str, str] = field(default_factory=lambda: dict(MONTHS))
    preambles: int = 0
    comments: int = 0
    unknown: list[tuple[str, int]] = field(default_factory=list)
    """Abbreviations that nothing defines, each with the line of its use."""
    repeated: list[tuple[str, int]] = field(default_factory=list)
    """Fields that an entry gives twice, with the line; the first one counts."""


class _Text:
    """A text and the place that is read next."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.line, self._counted = 1, 0

    def here(self) -> int:
        """The line of the place; places only go forward, so that lines are counted once."""
        self.line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self.line

    def skip(self) -> str:
        """The next character that is no white space."""
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def wrong(self, said: str, at: int | None = None) -> Misread:
        return Misread(*place_of(self.text, self.at if at is None else at), said)


def parsed(text: str) -> Library:
    """What a file holds. Raises Misread."""
    library = Library()
    source = _Text(text)
    while found := _START.search(text, source.at):
        kind, close = found[1].casefold(), "}" if found[2] == "{" else ")"
        source.at = found.end()
        if kind == "comment":
            library.comments += 1
            _braced(source, found.end() - 1) if found[2] == "{" else None
        elif kind == "preamble":
            library.preambles += 1
            _value(source, library)
            _end(source, close, found.start())
        elif kind == "string":
            name, value = _field(source, library)
            library.strings[name] = value
            _end(source, close, found.start())
        else:
            _entry(source, library, kind, close, found.start())
    return library


def _entry(source: _Text, library: Library, kind: str, close: str, start: int) -> None:
    source.at, after = start, source.at
    line, source.at = source.here(), after
    found = _KEY.match(source.text, source.at)
    if not found or (found[2] != "," and found[2] != close):
        raise source.wrong(f"the entry needs a key and a comma, as in `@{kind}{{smith2020, …`")
    source.at = found.end()
    fields: dict[str, str] = {}
    ended = found[2] == close
    while not ended:
        if source.skip() == close:
            source.at += 1
            break
        name, value = _field(source, library)
        if name in fields:
            library.repeated.append((f"{name} of {found[1]}: {value[:200]}", source.here()))
        else:
            fields[name] = value
        ended = source.skip() == close
        if not ended and source.text[source.at : source.at + 1] != ",":
            raise source.wrong(f"a comma or `{close}` is expected after the field `{name}` of {found[1]!r}")
        source.at += 1
    library.entries.append(Entry(kind, found[1] or f"{kind}-{line}", fields, line))


def _field(source: _Text, library: Library) -> tuple[str, str]:
    found = _FIELD.match(source.text, source.at)
    if not found:
        source.skip()
        raise source.wrong("a field such as `title = {…}` is expected here")
    source.at = found.end()
    return found[1].casefold(), _value(source, library)


def _value(source: _Text, library: Library) -> str:
    parts: list[str] = []
    while True:
        start = source.skip()
        if start == "{":
            parts.append(_braced(source, source.at))
        elif start == '"':
            parts.append(_quoted(source))
        elif word := _WORD.match(source.text, source.at):
            name = word[0].casefold()
            if not name.isdigit() and name not in library.strings:
                library.unknown.append((word[0], source.here()))
            parts.append(library.strings.get(name, word[0]))
            source.at = word.end()
        else:
            raise source.wrong('a value is expected here: {text}, "text", a number or an abbreviation')
        if source.skip() != "#":
            return "".join(parts)
        source.at += 1


def _end(source: _Text, close: str, start: int) -> None:
    if source.skip() != close:
        raise source.wrong(f"`{close}` is missing", start)
    source.at += 1


def _braced(source: _Text, start: int) -> str:
    """The text within the brace that opens at a place; what follows the closing one is read next."""
    depth, at = 0, start
    while True:
        at = _STOP.match(source.text, at).end()  # type: ignore[union-attr]
        if at >= len(source.text):
            raise source.wrong("this brace is never closed", start)
        depth += {"{": 1, "}": -1}.get(source.text[at], 0)
        at += 1
        if not depth:
            source.at = at
            return source.text[start + 1 : at - 1]


def _quoted(source: _Text) -> str:
    """The text within quotation marks; one within braces is a part of it."""
    start, depth = source.at, 0
    at = start + 1
    while True:
        at = _STOP.match(source.text, at).end()  # type: ignore[union-attr]
        if at >= len(source.text):
            raise source.wrong("this quotation mark is never closed", start)
        char = source.text[at]
        at += 1
        if char == '"' and not depth:
            source.at = at
            return source.text[start + 1 : at - 1]
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth < 0:
            raise source.wrong("a brace closes here that was never opened", at - 1)
