"""Where in a base's files something stands."""

from __future__ import annotations

from collections.abc import Iterable

from kb.diagnostics import PathItem
from kb.source.home import Home, read
from kb.source.reader import locate, locate_all


def place(home: Home, file: str, path: tuple[PathItem, ...], *, value: bool = False) -> tuple[int, int]:
    """Line and column, from 1, of what ``path`` leads to in ``file``, relative to the base's ``home``.

    (1, 1) when the file is gone or has become unreadable.
    """
    return locate(_text(home, file), path, value=value)


def places(home: Home, file: str, paths: Iterable[tuple[PathItem, ...]]) -> list[tuple[int, int]]:
    """Line and column of each path in one file, read once; as in ``locate_all``."""
    return locate_all(_text(home, file), paths)


def _text(home: Home, file: str) -> str:
    try:
        return read(home, file).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
