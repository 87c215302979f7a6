"""What we wrote to a folder: the next build makes what may have changed and deletes only what is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path

import msgspec

from kb.site import staging
from kb.site.staging import ForeignFolderError

NAME = ".kb-site.json"
LOCK = ".kb-site"
_OURS = (NAME, f"{LOCK}.lock", staging.FOLDER)
_FORMAT = 3


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file: digest of what it was made from, size, and trace, as places in the order of faces."""

    digest: str = ""
    size: int = 0
    trace: tuple[int, ...] = ()


class Gone(msgspec.Struct, frozen=True, array_like=True):
    """What a page of the site was about that was withdrawn from the base, and what it was related to."""

    kind: str
    title: str
    related: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True):
    """The files of a folder, the faces that their traces name, and what all of them were made in.

    ``gone`` holds by address what was withdrawn since the folder was first written, ``moved`` the addresses
    of old ids with those that they lead to.
    """

    format: int = _FORMAT
    surroundings: str = ""
    faces: dict[str, str] = {}
    files: dict[str, Entry] = {}
    gone: dict[str, Gone] = {}
    moved: dict[str, str] = {}

    def changed(self, faces: Mapping[str, str], surroundings: str) -> Set[int]:
        """The places of the faces that differ from those of now; of all of them in other surroundings."""
        if surroundings != self.surroundings:
            return set(range(len(self.faces)))
        return {place for place, (key, face) in enumerate(self.faces.items()) if faces.get(key, "") != face}


def refuse_others(out: Path) -> None:
    """Raises ForeignFolderError for a folder that holds files but nothing of an earlier build.

    A missing or empty folder is fine. So ``--out .`` by mistake harms nothing.
    """
    if out.exists() and not out.is_dir():
        raise ForeignFolderError(f"{out} is a file, not a folder")
    if not out.is_dir():
        return
    strangers = sorted(entry.name for entry in out.iterdir() if entry.name not in _OURS)
    # In this order: another build may be ending, whose journal goes only after its manifest has come.
    if strangers and not staging.pending(out) and not (out / NAME).is_file():
        raise ForeignFolderError(
            f"{out} is not empty and was not made by kb (it holds {strangers[0]}); choose an empty folder"
        )


def load(out: Path) -> Manifest:
    """What earlier builds wrote to ``out``. Raises ForeignFolderError when that cannot be known."""
    try:
        stored = msgspec.json.decode((out / NAME).read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except msgspec.DecodeError as error:
        raise ForeignFolderError(
            f"{out / NAME} is damaged, so it is not known which files are the site's; "
            "delete the folder or choose another one"
        ) from error
    if stored.format != _FORMAT:
        raise ForeignFolderError(f"{out} holds a site of another version of kb; choose or empty the folder")
    return stored


def encoded(
    kept: Mapping[str, Entry],
    made: Mapping[str, tuple[Entry, tuple[str, ...]]],
    before: Manifest,
    faces: Mapping[str, str],
    surroundings: str,
    gone: Mapping[str, Gone],
    moved: Mapping[str, str],
) -> bytes:
    """A new manifest: entries taken over from ``before``, and those made now with their traces.

    Faces and files are sorted, so that equal sites have equal manifests.
    """
    old = list(before.faces)
    used = {old[place] for place in set().union(*(entry.trace for entry in kept.values()))}
    used.update(*(trace for _, trace in made.values()))
    order = {key: place for place, key in enumerate(sorted(used))}
    places = [order.get(key, -1) for key in old]
    files = {
        path: Entry(entry.digest, entry.size, tuple([places[place] for place in entry.trace]))
        for path, entry in kept.items()
    }
    for path, (entry, trace) in made.items():
        files[path] = Entry(entry.digest, entry.size, tuple(sorted([order[key] for key in trace])))
    now = {key: faces.get(key, "") for key in order}
    whole = Manifest(_FORMAT, surroundings, now, files, dict(gone), dict(moved))
    return msgspec.json.encode(whole, order="sorted") + b"\n"


def refuse_strangers(out: Path, planned: Iterable[str], known: Set[str]) -> None:
    """Raises ForeignFolderError when a page would replace a file that we did not write."""
    there = {entry.name for entry in out.iterdir()}
    for path in planned:
        # Asking the system for each page of a first build would take longer than to make some of them.
        if path.partition("/")[0] in there and path not in known and (out / path).exists():
            raise ForeignFolderError(f"{out / path} was not made by kb; move it, or choose another folder")
