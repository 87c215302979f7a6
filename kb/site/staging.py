"""Put the files of a build in their places all at once, so that a build cut off anywhere leaves a whole site.

Changed files are first written to a folder of their own inside the site. When all of them lie there, a
journal names what is to be moved and deleted, and only then does the site change: first what is new, folders
as a whole, then files that replace others, then deletions, the manifest last. So at every moment each link of
each page that can be reached leads to a file. A build that finds a journal ends what it says; one that finds
only files throws them away. This holds against killed processes and full disks; after a power cut the sizes
in the manifest tell which files the system lost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

import msgspec

FOLDER = ".kb-site-next"
_FILES = f"{FOLDER}/files"
_JOURNAL = f"{FOLDER}/journal.json"


class Journal(msgspec.Struct, frozen=True):
    """What is left to be done, in this order, by address in the site."""

    moves: list[str]
    removals: list[str]
    last: str


class ForeignFolderError(Exception):
    """The output folder holds files that this program did not write."""


def stage(out: Path, path: str, data: bytes) -> None:
    """Keep the bytes of a file for later. Raises OSError."""
    # Neither Path nor a buffer, which would take as long as the writing: this is called for each page.
    target = f"{out}/{_FILES}/{path}"
    try:
        handle = open(target, "wb", buffering=0)  # noqa: PTH123, SIM115
    except FileNotFoundError:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        handle = open(target, "wb", buffering=0)  # noqa: PTH123, SIM115
    with handle:
        written = handle.write(data)
        while written < len(data):
            written += handle.write(data[written:])


def seal(out: Path, moves: Collection[str], removals: Iterable[str], last: str) -> None:
    """Write the journal of the staged files: from here on the build will come to its end. Raises OSError."""
    there = {entry.name for entry in out.iterdir()}
    new = {top for path in moves if (top := path.partition("/")[0]) not in there}
    rest = [path for path in moves if path.partition("/")[0] in there]
    rest.sort(key=lambda path: ((out / path).exists(), path))
    pages = {path for path in moves if "/" not in path}
    journal = Journal([*sorted(new - pages), *sorted(new & pages), *rest], sorted(removals), last)
    draft = out / f"{_JOURNAL}.tmp"
    draft.parent.mkdir(exist_ok=True)
    with draft.open("wb") as handle:
        handle.write(msgspec.json.encode(journal))
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(out / _JOURNAL)


def pending(out: Path) -> bool:
    """Whether an earlier build was cut off while it changed the site."""
    return (out / _JOURNAL).is_file()


def settle(out: Path) -> int:
    """End what a journal says, or throw away what has none; gives how many files were deleted from the site.

    Doing it again does no harm. Raises OSError, and ForeignFolderError for a journal that is not ours.
    """
    if not (out / FOLDER).exists():
        return 0
    removed = 0
    if pending(out):
        try:
            journal = msgspec.json.decode((out / _JOURNAL).read_bytes(), type=Journal)
        except msgspec.DecodeError as error:
            where = out / FOLDER
            raise ForeignFolderError(
                f"{out / _JOURNAL} is damaged; delete {where} and render again"
            ) from error
        for path in journal.moves:
            _move(out, path)
        removed = sum(_remove(out, path) for path in journal.removals)
        _move(out, journal.last)
    discard(out)
    return removed


def discard(out: Path) -> None:
    """Throw away what was staged; what cannot be deleted is left to the next build."""
    # First the journal: without its files it would promise what is not there.
    with suppress(FileNotFoundError):
        (out / _JOURNAL).unlink()
    shutil.rmtree(out / FOLDER, ignore_errors=True)


def _move(out: Path, path: str) -> None:
    """Move a staged file or folder to its place; one that is not there has been moved before."""
    target = _inside(out, path)
    staged = out / _FILES / path
    if staged.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(target)


def _remove(out: Path, path: str) -> bool:
    """Delete a file and the folders that are empty after it; whether there was such a file."""
    target = _inside(out, path)
    found = target.is_file()
    if found:
        target.unlink()
    for folder in target.relative_to(out).parents:
        whole = out / folder
        if whole == out or not whole.is_dir() or any(whole.iterdir()):
            break
        whole.rmdir()
    return found


def _inside(out: Path, path: str) -> Path:
    target, pure = out / path, PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not target.resolve().is_relative_to(out.resolve()):
        raise ForeignFolderError(f"the files that kb keeps in {out} name {path}, which is outside it")
    return target
