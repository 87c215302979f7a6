"""Which pages are as they were, known without making them: from what they looked up last time.

A page looks everything up in the tables of a ``View``. Its *trace* is the set of ids that it asked for, in
whatever table; the *face* of an id is a hash of all that any table holds under it. A page asked for the same
things as last time as long as what it was told is the same, so when no face in its trace has changed, neither
has the page. (These are verifying traces, after Mokhov, Mitchell and Peyton Jones, "Build systems à la
carte", 2018.) Nothing here knows what a page shows, so nothing here has to follow when pages change.

A page that goes through a whole table is made again when anything at all has changed, and one that asks
nothing every time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec

import kb
from kb.site.view import View

Faces = Mapping[str, str]
V = TypeVar("V")

_EVERYTHING = "*"  # no id
# Accounts are written only for the pages that show them; the view's ``bases`` say what they are written from.
_WRITTEN_LATE = "accounts"
# Worked out (``kb.site.further``) from the faces of all else.
_FURTHER = ("outlooks", "audits", "crisp", "steps")


class _Watched(Mapping[str, V]):
    """A table that notes each id it is asked for, whether or not it has it."""

    __slots__ = ("_note", "_table")

    def __init__(self, table: Mapping[str, V], note: Callable[[str], None]) -> None:
        self._table, self._note = table, note

    def __getitem__(self, key: str) -> V:
        self._note(key)
        return self._table[key]

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return self._table.get(key, default)

    def __contains__(self, key: object) -> bool:
        self._note(str(key))
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        self._note(_EVERYTHING)
        return iter(self._table)

    def __len__(self) -> int:
        self._note(_EVERYTHING)
        return len(self._table)


def watched(view: View, note: Callable[[str], None]) -> View:
    """The same view, whose tables tell ``note`` each id that they are asked for.

    Of the base's folder only the name is left, so that no page can depend on where it lies.
    """
    folder = view.base.root.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    base: dict[str, Any] = {name: _Watched(table, note) for name, table in _tables(view.base)}
    whole: dict[str, Any] = {name: _Watched(table, note) for name, table in _tables(view)}
    return replace(view, base=replace(view.base, root=folder, **base), **whole)


def trace(noted: set[str]) -> tuple[str, ...]:
    """The trace of a page that asked for these ids; empty when it cannot be told whether it is as it was."""
    return (_EVERYTHING,) if _EVERYTHING in noted else tuple(noted)


def faces(view: View) -> Faces:
    """The face of every id that a table of the view holds. Linear: most of what a warm build costs."""
    return _faces([*_tables(view), *_tables(view.base)], {})


def with_further(known: Faces, view: View, stamp: str) -> Faces:
    """Faces of a view without its further tables, and what those hold now; with one of all that there is."""
    found = {**known, **_faces([pair for pair in _tables(view) if pair[0] in _FURTHER], known)}
    order = [[*table] for name, table in [*_tables(view), *_tables(view.base)] if name != _WRITTEN_LATE]
    whole = sha256(msgspec.msgpack.encode((order, sorted(found.items()), stamp)))
    return {**found, _EVERYTHING: whole.hexdigest()[:32]}


def _faces(tables: Iterable[tuple[str, Mapping[str, Any]]], known: Faces) -> dict[str, str]:
    rows: defaultdict[str, list[object]] = defaultdict(list)
    for number, (name, table) in enumerate(tables):
        if name != _WRITTEN_LATE:
            for key, value in table.items():
                rows[key].append((number, value))
    encode = msgspec.msgpack.Encoder().encode
    return {key: sha256(encode((known.get(key, ""), row))).hexdigest()[:32] for key, row in rows.items()}


def surroundings(view: View) -> str:
    """A hash of what every page may depend on beside the tables: all of kb's code, the base's settings."""
    seen = sha256(msgspec.msgpack.encode((view.base.config, view.base.root, view.place)))
    package = Path(kb.__file__).parent
    for path in sorted(package.rglob("*.py")):
        seen.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()


def _tables(of: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for field in fields(of):  # type: ignore[arg-type]
        value = getattr(of, field.name)
        if isinstance(value, Mapping):
            yield field.name, value
