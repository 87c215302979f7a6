"""Where the folders that come with kb are: schemas, templates, the example base.

In a checkout they stand beside the package; a built wheel carries them inside it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _home() -> Path:
    project = _PACKAGE.parent / "pyproject.toml"
    if project.is_file() and 'name = "kb-argmap"' in project.read_text(encoding="utf-8"):
        return _PACKAGE.parent
    return _PACKAGE / "_data"


def _folder(name: str) -> Path:
    folder = _home() / name
    if not folder.is_dir():
        raise FileNotFoundError(f"this installation of kb has no {name} folder (looked at {folder})")
    return folder


def is_shipped(folder: Path) -> bool:
    """Whether a folder lies inside the installed package, where nothing is ever written."""
    return folder.resolve().is_relative_to(_PACKAGE)


def schema_folder() -> Path:
    """The folder of JSON Schema files. Raises FileNotFoundError when the installation lacks it."""
    return _folder("schema")


def templates_folder() -> Path:
    """The folder of the site's templates. Raises FileNotFoundError when the installation lacks it."""
    return _folder("templates")


def starter_folder() -> Path:
    """The files that a new base starts with; part of the package."""
    return _PACKAGE / "starter"


def example_base() -> Path:
    """The shipped base; read-only by convention. Raises FileNotFoundError when it is not installed."""
    return _folder("claims")
