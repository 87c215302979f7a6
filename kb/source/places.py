"""Where in a base's files something stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kb.diagnostics import PathItem
from kb.source.reader import locate, locate_all


def place(root: Path | str, file: str, path: tuple[PathItem, ...], *, value: bool = False) -> tuple[int, int]:
    """Line and column, from 1, of what ``path`` leads to in ``file``, relative to the base's ``root``.

    (1, 1) when the file is gone or has become unreadable.
    """
    return locate(_text(root, file), path, value=value)


def places(root: Path | str, file: str, paths: Iterable[tuple[PathItem, ...]]) -> list[tuple[int, int]]:
    """Line and column of each path in one file, read once; as in ``locate_all``."""
    return locate_all(_text(root, file), paths)


def _text(root: Path | str, file: str) -> str:
    try:
        return Path(root, file).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
