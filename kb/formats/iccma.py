"""The file formats of the argumentation competition (ICCMA): ``.apx``, ``.tgf`` and ``.af``.

``.apx`` (Aspartix, ICCMA 2015 to 2021) has ``arg(a).`` and ``att(a,b).`` in any order; comments follow ``%``.
``.tgf`` (trivial graph format; the same years) has an argument a line, a line ``#``, then an attack
``a b`` a line; text after the names is a label and is passed over.
``.af`` (ICCMA 2023) has a line ``p af N`` and then attacks ``i j`` among 1 … N; ``#`` starts a comment line.

Readers go through a file line by line and refuse what they do not understand, with its place. An
attack given twice is one attack; an argument declared twice is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb import store
from kb.diagnostics.spelling import did_you_mean
from kb.formats.reading import FormatError
from kb.standing.framework import Framework, framework

MOST_ARGUMENTS = 10_000_000
"""As many arguments as a ``.af`` file may announce: one line must not fill the memory."""

NAME = r"[^\s()\[\],.#%\"']+"
"""A name has none of the characters that the formats, or an answer such as ``[a,b]``, give a meaning to."""

_NAME = re.compile(NAME)
_TOKEN = re.compile(rf"{NAME}|\S")
_STATEMENT = re.compile(rf"\s*(?:arg\(\s*({NAME})\s*\)|att\(\s*({NAME})\s*,\s*({NAME})\s*\))\s*\.")
_BLANK = re.compile(r"\s*(?:%.*)?")
_WORD = re.compile(r"\S+")
_HEADER = re.compile(r"p\s+af\s+([0-9]{1,9})\s*")

Place = tuple[int, int]
"""Line and column, both from 1."""
Lines = Iterable[tuple[int, str]]


class _Misread(Exception):
    """What is wrong, and where in the file."""

    def __init__(self, place: Place, said: str) -> None:
        super().__init__(said)
        self.place = place


@dataclass(slots=True)
class _Draft:
    """A framework while it is read. Names have numbers from their first mention on, declared or not."""

    number: dict[str, int] = field(default_factory=dict)
    declared: list[bool] = field(default_factory=list)
    owed: dict[str, Place] = field(default_factory=dict)  # not declared yet, and where first mentioned
    attacks: list[tuple[int, int]] = field(default_factory=list)

    def declare(self, name: str, place: Place) -> None:
        number = self._number(name, place)
        if self.declared[number]:
            raise _Misread(place, f"argument {_shown(name)} is declared a second time")
        self.declared[number] = True
        self.owed.pop(name, None)

    def attack(self, attacker: str, at: Place, attacked: str, there: Place) -> None:
        pair = []
        for name, place in ((attacker, at), (attacked, there)):
            number = self._number(name, place)
            if not self.declared[number]:
                self.owed.setdefault(name, place)
            pair.append(number)
        self.attacks.append((pair[0], pair[1]))

    def _number(self, name: str, place: Place) -> int:
        number = self.number.get(name)
        if number is None:
            if not name.isprintable():
                raise _Misread(place, f"the name {_shown(name)} has a character that cannot be seen")
            number = self.number[name] = len(self.declared)
            self.declared.append(False)
        return number

    def finished(self) -> Framework:
        for name, place in self.owed.items():
            known = (other for other in self.number if other not in self.owed)
            guess = did_you_mean(name, known) if len(self.number) <= 1_000 else ""
            said = f"{_shown(name)} is attacked or attacks, but is not declared as an argument"
            raise _Misread(place, "; ".join(filter(None, (said, guess))))
        return framework(self.number, self.attacks)


def read(path: Path) -> Framework:
    """The framework of a file in the format that its suffix names: ``.apx``, ``.tgf`` or ``.af``.

    Raises:
        FormatError: the suffix is another one, or the file is not in that format.
        OSError: the file cannot be read.
    """
    try:
        return _format(path).read(_lines(path))
    except _Misread as wrong:
        line, column = wrong.place
        raise FormatError(f"{path}:{line}:{column}: {wrong}") from None


def write(framework: Framework, path: Path) -> None:
    """Write a framework in the format that the suffix names.

    A ``.af`` file has numbers for names; when the names are others, comments tell which is which.

    Raises:
        FormatError: the suffix is another one, or a name has a character that no format can carry.
        OSError: the file cannot be written.
    """
    writer = _format(path).write
    for name in framework.names:
        if not (_NAME.fullmatch(name) and name.isprintable()):
            raise FormatError(f"{path}: no format can carry the name {_shown(name)}")
    store.write_atomic(path, "".join(f"{line}\n" for line in writer(framework)))


# --- .apx ---------------------------------------------------------------------


def _read_apx(lines: Lines) -> Framework:
    draft = _Draft()
    for number, line in lines:
        at = 0
        while found := _STATEMENT.match(line, at):
            name, attacker, attacked = found.groups()
            if name is not None:
                draft.declare(name, (number, found.start(1) + 1))
            else:
                there = (number, found.start(3) + 1)
                draft.attack(attacker, (number, found.start(2) + 1), attacked, there)
            at = found.end()
        if not _BLANK.fullmatch(line, at):
            raise _Misread(*_apx_fault(number, line, at))
    return draft.finished()


def _apx_fault(number: int, line: str, start: int) -> tuple[Place, str]:
    """Where a statement stops being one, and what should stand there instead."""
    tokens = _TOKEN.finditer(line, start)
    first = next(tokens)
    form = {"arg": "arg(N).", "att": "att(N,N)."}.get(first[0])
    if form is None:
        return (
            number,
            first.start() + 1,
        ), f"arg(NAME). or att(NAME,NAME). is expected, not {_shown(first[0])}"
    wanted = form[3:]
    for expected in wanted:
        token = next(tokens, None)
        words = "a name" if expected == "N" else f"{expected!r}"
        if token is None or token[0].startswith("%"):
            place = (number, token.start() + 1 if token else len(line.rstrip()) + 1)
            return place, f"{words} is expected, but the line ends (a statement stands on one line)"
        fits = _NAME.fullmatch(token[0]) if expected == "N" else token[0] == expected
        if not fits:
            return (number, token.start() + 1), f"{words} is expected, not {_shown(token[0])}"
    raise AssertionError("a statement that is whole was read as a fault")


def _write_apx(framework: Framework) -> Iterator[str]:
    names = framework.names
    yield from (f"arg({name})." for name in names)
    yield from (f"att({names[a]},{names[b]})." for a, b in framework.attacks())


# --- .tgf ---------------------------------------------------------------------


def _read_tgf(lines: Lines) -> Framework:
    draft = _Draft()
    rest = iter(lines)
    last = 0
    for last, line in rest:
        if line.strip() == "#":
            break
        if word := _WORD.search(line):
            draft.declare(_name(word, last), (last, word.start() + 1))
    else:
        raise _Misread((last + 1, 1), "the file ends without a line '#' between arguments and attacks")
    for number, line in rest:
        words = _WORD.finditer(line)
        if (first := next(words, None)) is None:
            continue
        attacker, at = _name(first, number), (number, first.start() + 1)
        if (second := next(words, None)) is None:
            raise _Misread((number, len(line.rstrip()) + 1), "an attack names two arguments; one is missing")
        draft.attack(attacker, at, _name(second, number), (number, second.start() + 1))
    return draft.finished()


def _name(word: re.Match[str], line: int) -> str:
    if not (fits := _NAME.match(word[0])) or fits.end() < len(word[0]):
        column = word.start() + (fits.end() if fits else 0) + 1
        raise _Misread((line, column), f"a name cannot have {_shown(word[0][fits.end() if fits else 0])}")
    return word[0]


def _write_tgf(framework: Framework) -> Iterator[str]:
    names = framework.names
    yield from names
    yield "#"
    yield from (f"{names[a]} {names[b]}" for a, b in framework.attacks())


# --- .af ----------------------------------------------------------------------


def _read_af(lines: Lines) -> Framework:
    most = -1
    last = 0
    attacks = []
    for last, line in lines:
        if line.startswith("#") or not line.strip():
            continue
        if most < 0:
            header = _HEADER.fullmatch(line)
            if header is None:
                raise _Misread((last, 1), "the first line is 'p af N' with the number of arguments")
            most = int(header[1])
            if most > MOST_ARGUMENTS:
                raise _Misread((last, header.start(1) + 1), f"more than {MOST_ARGUMENTS:,} arguments")
            continue
        words = list(_WORD.finditer(line))
        pair = [_number(word, last, most) for word in words[:2]]
        if len(words) != 2:
            column = words[2].start() if len(words) > 2 else len(line.rstrip())
            raise _Misread((last, column + 1), f"an attack is two numbers, not {len(words)}")
        attacks.append((pair[0] - 1, pair[1] - 1))
    if most < 0:
        raise _Misread((last + 1, 1), "the file ends without a line 'p af N'")
    return framework((str(i + 1) for i in range(most)), attacks)


def _number(word: re.Match[str], line: int, most: int) -> int:
    text = word[0]
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most:
        return int(text)
    raise _Misread((line, word.start() + 1), f"{_shown(text)} is no argument: they are 1 to {most}")


def _write_af(framework: Framework) -> Iterator[str]:
    yield f"p af {len(framework)}"
    if any(name != str(i) for i, name in enumerate(framework.names, 1)):
        yield from (f"# {i} is {name}" for i, name in enumerate(framework.names, 1))
    yield from (f"{a + 1} {b + 1}" for a, b in framework.attacks())


# --- what the formats share ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Format:
    read: Callable[[Lines], Framework]
    write: Callable[[Framework], Iterator[str]]


_FORMATS: Mapping[str, _Format] = {
    ".apx": _Format(_read_apx, _write_apx),
    ".tgf": _Format(_read_tgf, _write_tgf),
    ".af": _Format(_read_af, _write_af),
}
SUFFIXES = tuple(_FORMATS)


def _format(path: Path) -> _Format:
    if path.suffix not in _FORMATS:
        raise FormatError(f"{path}: the name of a framework's file ends in {', '.join(SUFFIXES)}")
    return _FORMATS[path.suffix]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a file, without their ends, one in memory at a time."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                yield number, raw.decode().rstrip("\r\n")
            except UnicodeDecodeError as error:
                column = len(raw[: error.start].decode()) + 1
                raise _Misread((number, column), "the file is not UTF-8 text") from None


def _shown(text: str) -> str:
    """A piece of a file as a message quotes it: on one line, short, nothing in it invisible."""
    cut = text if len(text) <= 40 else f"{text[:39]}…"
    return repr(cut)
