"""Names that a file or folder can have on every system: Windows refuses some, and capitals may not count.

The rules of Windows are those of Microsoft's "Naming Files, Paths, and Namespaces".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)
_REFUSED = '<>:"|?*\\'
_refused = re.compile(f"[{re.escape(_REFUSED)}]").search


def fault(name: str) -> str:
    """What keeps a name from being that of a file or folder on Windows; empty for one that is fine."""
    if name.lower().partition(".")[0].rstrip(" ") in DEVICES:
        return "is the name of a device on Windows"
    if sign := _refused(name):
        return f"has a {sign[0]}, which Windows refuses in a name"
    if name.endswith((".", " ")):
        return f"ends with a {'full stop' if name.endswith('.') else 'space'}, which Windows takes away"
    return ""


def troubles(paths: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Of paths with forward slashes: a file, what is wrong with its path, and the cure.

    A folder is told of once, at its first file. Files' own names are ids, which have a form of their own: of
    them only those are told that another system takes for the same.
    """
    folders: dict[str, str] = {}
    odd = []
    for path in paths:
        if path != path.lower() or not path.isascii():
            odd.append(path)
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders[folder] = path
            folder = folder.rpartition("/")[0]
    for folder, path in folders.items():
        name = folder.rpartition("/")[2]
        if what := fault(name):
            yield path, f'the folder "{name}" {what}', "rename the folder"
    if odd:
        yield from _same({**{path: path for path in paths}, **folders})


def _same(files: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Of names, each with a file: those that differ in capitals or in the coding of accents only."""
    whole: dict[str, str] = {}
    for name, path in sorted(files.items(), key=lambda item: (item[0] != item[0].lower(), item[0])):
        other = whole.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if other != name and name.rpartition("/")[0] == other.rpartition("/")[0]:
            yield path, f'"{name}" and "{other}" are one name on Windows and macOS', "rename one of the two"
