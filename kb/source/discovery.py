"""Which folder is the base."""

from __future__ import annotations

import os
from pathlib import Path

from kb.resources import example_base

NAME = "kb.yaml"
EXAMPLE = "example"


class NoBase(LookupError):
    """No base was found; ``tried`` are the places that were looked at, in order."""

    def __init__(self, tried: tuple[str, ...], reason: str) -> None:
        super().__init__(f"{reason}; tried: " + ", ".join(tried))
        self.tried = tried
        self.reason = reason


def find(start: Path | None = None, explicit: str | None = None) -> Path:
    """The folder that holds ``kb.yaml``.

    ``explicit`` (``--base``), else the environment's KB_BASE, names a folder, its ``kb.yaml``, a folder
    whose ``claims`` is the base, or the word "example" for the shipped base. Without either, the nearest of
    ``start`` (the working directory) and the folders above it that holds ``kb.yaml`` or
    ``claims/kb.yaml``. Raises NoBase.
    """
    for origin, named in (("--base", explicit), ("KB_BASE", os.environ.get("KB_BASE"))):
        if named:
            return _named(named, origin)
    try:
        here = (start or Path.cwd()).absolute()
    except FileNotFoundError:
        raise NoBase(("the working directory",), "the working directory is gone") from None
    tried = []
    for folder in (here, *here.parents):
        for candidate in (folder, folder / "claims"):
            if _is_base(candidate):
                return candidate
            tried.append(str(candidate / NAME))
    raise NoBase(tuple(tried), "no base here or in any folder above (`kb init` makes one; --base names one)")


def _named(named: str, origin: str) -> Path:
    if named == EXAMPLE:
        return example_base()
    try:
        # Unlike Path.expanduser, this leaves the name of an unknown user as it is.
        folder = Path(os.path.expanduser(named)).absolute()  # noqa: PTH111
    except FileNotFoundError:
        raise NoBase((named,), f"{origin} names {named}, and the working directory is gone") from None
    if folder.name == NAME:
        folder = folder.parent
    for candidate in (folder, folder / "claims"):
        if _is_base(candidate):
            return candidate
    places = (str(folder / NAME), str(folder / "claims" / NAME))
    raise NoBase(places, f"{origin} names {named}, which is no base")


def _is_base(folder: Path) -> bool:
    # Path.is_file raises where a folder may not be looked into.
    return os.path.isfile(folder / NAME)  # noqa: PTH113
