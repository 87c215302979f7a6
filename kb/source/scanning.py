"""Which files of a folder belong to the base, and of what kind they are; nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.source.home import Home, Item, folders
from kb.source.portable import troubles

if TYPE_CHECKING:
    from kb.diagnostics import Diagnostic

KINDS = {
    "sources": "source",
    "checks": "check",
    "quantities": "quantities",
    "data": "table",
    "measurements": "measurement",
    "results": "results",
}
YAML_KINDS = frozenset({"base", "claim", "check", "source", "quantities", "table", "measurement"})
NOT_TOPICS = frozenset({"schema", "node_modules", "__pycache__"})
"""Folders in which no file of a base is looked for; nor is it in those whose name begins with . or _."""
_OPAQUE = {("table", ".csv"): "csv", ("results", ".json"): "results"}
_LOOKALIKES = frozenset({".yml", ".yaml"})
_COMPANIONS = frozenset({".md", ".txt", ""})


class Seen(NamedTuple):
    """A file of the base as its folder lists it; ``path`` is relative, with forward slashes."""

    path: str
    kind: str
    mtime_ns: int
    size: int


def own_file(root: Path, path: str) -> Path | None:
    """The file at a path of the base, to show lines of it; None for one that the base does not hold.

    A pipe would never end, and a link may lead to what is nobody's to see (``/proc/self/environ``).
    """
    home, found = os.path.realpath(root), os.path.realpath(root / path)
    return Path(found) if found.startswith(home.rstrip(os.sep) + os.sep) and os.path.isfile(found) else None  # noqa: PTH113


def scan(home: Home) -> tuple[list[Seen], list[Diagnostic]]:
    """The base's files in order of their paths, and what lies among them that kb does not read.

    Hidden names (a leading dot or underscore), folders of tools, and folders that are bases of their
    own are passed over. Symbolic links count only as files within the base.
    """
    seen: list[Seen] = []
    found: list[Diagnostic] = []
    top, listing = ("", folders(home)) if isinstance(home, Mapping) else (os.path.realpath(home), _listing)
    for entries, prefix, kind in _folders(top, listing, "", "claim", found):
        plain = kind in YAML_KINDS and prefix != ""
        for entry in entries:
            path = prefix + entry.name
            # Nearly every file is a plain one in its place; ten thousand of them should cost a stat each.
            if (
                plain
                and path.endswith(".yaml")
                and path.isprintable()
                and entry.is_file(follow_symlinks=False)
            ):
                place: str | None = kind
            else:
                place = _place(entry, path, kind, top, found)
            if place is None:
                continue
            try:
                status = entry.stat()
            except OSError as error:
                found.append(_finding("KB001", path, f"the file cannot be read: {error.strerror}"))
                continue
            seen.append(Seen(path, place, status.st_mtime_ns, status.st_size))
    seen.sort(key=itemgetter(0))
    found.extend(_finding("KB116", *trouble) for trouble in troubles([file.path for file in seen]))
    return seen, found


def _listing(folder: str) -> list[Item]:
    with os.scandir(folder) as listing:
        return list(listing)


def _folders(
    folder: str, listing: Callable[[str], list[Item]], prefix: str, kind: str, found: list[Diagnostic]
) -> Iterator[tuple[list[Item], str, str]]:
    """The entries of each folder that may be files of the base, with the folder's path and kind."""
    try:
        entries = [e for e in listing(folder) if not e.name.startswith((".", "_"))]
    except OSError as error:
        found.append(
            _finding("KB001", prefix.rstrip("/") or ".", f"the folder cannot be read: {error.strerror}")
        )
        return
    if prefix and any(e.name == "kb.yaml" for e in entries):
        return
    inner = [e for e in entries if e.is_dir(follow_symlinks=False)]
    for entry in inner:
        inside = kind if prefix else KINDS.get(entry.name, "claim")
        if entry.name not in NOT_TOPICS:
            yield from _folders(entry.path, listing, f"{prefix}{entry.name}/", inside, found)
    files = [e for e in entries if not e.is_dir(follow_symlinks=False)] if inner else entries
    if kind == "claim" and not any(e.name.endswith(".yaml") for e in entries):
        files = [e for e in files if _ending(e.name).lower() in _LOOKALIKES]
    yield files, prefix, kind


def _place(entry: Item, path: str, kind: str, home: str, found: list[Diagnostic]) -> str | None:
    """The kind of a file, or None, with a finding where somebody might think that it counts."""
    if not path.isprintable():
        found.append(_finding("KB031", ascii(path)[1:-1], "the file's name cannot be printed", "rename it"))
        return None
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if os.path.commonpath((home, target)) != home or not Path(target).is_file():
            found.append(
                _finding(
                    "KB002", path, "a link leads out of the base, or to no file", "put the file itself here"
                )
            )
            return None
    elif not entry.is_file():
        found.append(_finding("KB001", path, "this is no regular file", "remove it from the base"))
        return None
    ending = _ending(entry.name)
    if path == "kb.yaml":
        return "base"
    if ending == ".yaml" and kind != "results":
        return kind
    if opaque := _OPAQUE.get((kind, ending)):
        return opaque
    if ending.lower() in _LOOKALIKES and kind != "results":
        stem = path[: -len(ending)]
        found.append(
            _finding("KB030", path, f"files that end in {ending} are not read", f"name it {stem}.yaml")
        )
    elif ending.lower() not in _COMPANIONS and "/" in path:
        found.append(_finding("KB031", path, f"kb reads no {ending} files here", "move it out of the base"))
    return None


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return dot + ending if stem else ""


def _finding(rule: str, file: str, message: str, hint: str = "") -> Diagnostic:
    # Imported where there is something to say: a base without strays is scanned before anything else runs.
    from kb.diagnostics import Diagnostic
    from kb.diagnostics.rules import RULES

    return Diagnostic(rule, RULES[rule].severity, message, file, hint=hint)
