"""What we wrote to a folder: the next build writes only what changed and deletes only what is ours."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from kb import store

NAME = ".kb-site.json"
LOCK = ".kb-site"
_OURS = (NAME, f"{LOCK}.lock")
_FORMAT = 1

# A page's content digest and the size of the file; an empty digest marks a file that is about to be written.
Entry = tuple[str, int]


class ForeignFolderError(Exception):
    """The output folder holds files that this program did not write."""


def load(out: Path) -> dict[str, Entry]:
    """The files written to ``out`` by earlier builds.

    A missing or empty folder is fine. Raises ForeignFolderError for a folder that holds files but no
    manifest of ours, so that ``--out .`` by mistake harms nothing.
    """
    try:
        stored = json.loads((out / NAME).read_bytes())
        if stored["format"] == _FORMAT:
            return {path: (str(entry[0]), int(entry[1])) for path, entry in stored["files"].items()}
        raise ForeignFolderError(f"{out} holds a site of another version of kb; choose or empty the folder")
    except FileNotFoundError:
        pass
    except (ValueError, KeyError, TypeError, IndexError) as error:
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
    return {}


def save(out: Path, files: Mapping[str, Entry]) -> None:
    """Replace the manifest; entries are sorted so that equal sites have equal manifests."""
    body = {"format": _FORMAT, "files": {path: list(files[path]) for path in sorted(files)}}
    store.write_atomic(out / NAME, json.dumps(body, separators=(",", ":")) + "\n")


def refuse_strangers(out: Path, planned: Iterable[str], known: Mapping[str, Entry]) -> None:
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
