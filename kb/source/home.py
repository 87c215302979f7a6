"""Where the files of a base are: in a folder, or in memory by their paths, as a state that git keeps."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

Home = Path | str | Mapping[str, bytes]


def read(home: Home, path: str, most: int = -1) -> bytes:
    """A file's bytes, cut after ``most`` of them. Raises OSError."""
    if isinstance(home, Mapping):
        if path not in home:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        return home[path] if most < 0 else home[path][:most]
    with Path(home, path).open("rb") as file:
        return file.read(most)


def holds(home: Home, path: str) -> bool:
    """Whether there is such a file."""
    return path in home if isinstance(home, Mapping) else Path(home, path).is_file()


class Listed(NamedTuple):
    """A file or folder in memory, as far as a listing of folders (``os.DirEntry``) tells of one."""

    name: str
    path: str
    st_size: int
    st_mtime_ns: int = 0

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return self.st_size < 0

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return self.st_size >= 0

    def is_symlink(self) -> bool:
        return False

    def stat(self) -> Listed:
        return self


Item = os.DirEntry[str] | Listed


def folders(files: Mapping[str, bytes]) -> Callable[[str], list[Item]]:
    """What is in a folder of files in memory; the folder at the top has no name."""
    inside: dict[str, list[Item]] = {"": []}
    for file, data in files.items():
        path, size, known = file, len(data), False
        while not known:
            folder, _, name = path.rpartition("/")
            known = folder in inside
            inside.setdefault(folder, []).append(Listed(name, path, size))
            path, size = folder, -1
    return inside.__getitem__
