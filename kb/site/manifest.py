"""What we wrote to a folder: the next build makes what may have changed and deletes only what is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path

import msgspec

from kb import store

NAME = ".kb-site.json"
LOCK = ".kb-site"
_OURS = (NAME, f"{LOCK}.lock")
_FORMAT = 2


class ForeignFolderError(Exception):
    """The output folder holds files that this program did not write."""


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file: the digest of what it was made from, its size, and its trace as places in the order of faces.

    An empty digest marks a file of a build that has not come to its end.
    """

    digest: str = ""
    size: int = 0
    trace: tuple[int, ...] = ()


class Manifest(msgspec.Struct, frozen=True):
    """The files of a folder, the faces that their traces name, and what all of them were made in."""

    format: int = _FORMAT
    surroundings: str = ""
    faces: dict[str, str] = {}
    files: dict[str, Entry] = {}

    def changed(self, faces: Mapping[str, str], surroundings: str) -> Set[int]:
        """The places of the faces that differ from those of now; of all of them in other surroundings."""
        if surroundings != self.surroundings:
            return set(range(len(self.faces)))
        return {place for place, (key, face) in enumerate(self.faces.items()) if faces.get(key, "") != face}


def load(out: Path) -> Manifest:
    """What earlier builds wrote to ``out``.

    A missing or empty folder is fine. Raises ForeignFolderError for a folder that holds files but no
    manifest of ours, so that ``--out .`` by mistake harms nothing.
    """
    try:
        stored = msgspec.json.decode((out / NAME).read_bytes(), type=Manifest)
        if stored.format == _FORMAT:
            return stored
        raise ForeignFolderError(f"{out} holds a site of another version of kb; choose or empty the folder")
    except FileNotFoundError:
        pass
    except msgspec.DecodeError as error:
        raise ForeignFolderError(
            f"{out / NAME} is damaged, so it is not known which files are the site's; "
            "delete the folder or choose another one"
        ) from error
    if out.exists() and not out.is_dir():
        raise ForeignFolderError(f"{out} is a file, not a folder")
    strangers = (
        sorted(entry.name for entry in out.iterdir() if entry.name not in _OURS) if out.is_dir() else []
    )
    if strangers:
        raise ForeignFolderError(
            f"{out} is not empty and was not made by kb (it holds {strangers[0]}); choose an empty folder"
        )
    return Manifest()


def begin(out: Path, paths: Iterable[str]) -> None:
    """Name all files that the folder holds or will hold, before the first of them is written.

    A build that is cut off then leaves no file that the next one would refuse, or trust.
    """
    _save(out, Manifest(files=dict.fromkeys(paths, Entry())))


def finish(
    out: Path,
    kept: Mapping[str, Entry],
    made: Mapping[str, tuple[Entry, frozenset[str]]],
    before: Manifest,
    faces: Mapping[str, str],
    surroundings: str,
) -> None:
    """Replace the manifest: entries taken over from ``before``, and those made now with their traces.

    Faces and files are sorted, so that equal sites have equal manifests.
    """
    old = list(before.faces)
    used = {old[place] for place in set().union(*(entry.trace for entry in kept.values()))}
    used.update(*(trace for _, trace in made.values()))
    order = {key: place for place, key in enumerate(sorted(used))}
    moved = [order.get(key, -1) for key in old]
    files = {
        path: Entry(entry.digest, entry.size, tuple([moved[place] for place in entry.trace]))
        for path, entry in kept.items()
    }
    for path, (entry, trace) in made.items():
        files[path] = Entry(entry.digest, entry.size, tuple(sorted([order[key] for key in trace])))
    _save(out, Manifest(_FORMAT, surroundings, {key: faces.get(key, "") for key in order}, files))


def _save(out: Path, manifest: Manifest) -> None:
    store.write_atomic(out / NAME, msgspec.json.encode(manifest, order="sorted") + b"\n")


def refuse_strangers(out: Path, planned: Iterable[str], known: Set[str]) -> None:
    """Raises ForeignFolderError when a page would replace a file that we did not write."""
    for path in planned:
        if path not in known and (out / path).exists():
            raise ForeignFolderError(f"{out / path} was not made by kb; move it, or choose another folder")


def remove(out: Path, paths: Iterable[str]) -> int:
    """Delete these files and the folders that are empty after it; returns how many files went."""
    count = 0
    for path in sorted(paths):
        target = out / path
        if not target.resolve().is_relative_to(out.resolve()):
            raise ForeignFolderError(f"the manifest of {out} names {path}, which is outside it")
        if target.is_file():
            target.unlink()
            count += 1
        for folder in target.relative_to(out).parents:
            whole = out / folder
            if whole == out or not whole.is_dir() or any(whole.iterdir()):
                break
            whole.rmdir()
    return count
