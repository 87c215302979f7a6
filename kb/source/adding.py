"""New files of a base, all or none: nothing that is there is ever replaced."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kb import store
from kb.source.unseen import without
from kb.source.writer import dump_yaml


class AddingError(Exception):
    """A file cannot be added; the text says which and why. Nothing was written."""


def file_text(root: Path, path: str, kind: str, fields: Mapping[str, Any]) -> str:
    """The text of the file at ``path``: the line by which editors find its schema, then its fields.

    Characters that no file may hold (``kb.source.unseen``) are left out.

    Raises ValueError for fields that YAML cannot carry (``kb.source.dump_yaml``).
    """
    return f"# yaml-language-server: $schema={schema_of(root, path, kind)}\n{dump_yaml(without(fields))}"


def schema_of(root: Path, path: str, kind: str) -> str:
    """Where the file at ``path`` finds its schema: in the base, where ``kb init`` puts it, or beside it."""
    up = "../" * (path.count("/") + (not (root / "schema").is_dir()))
    return f"{up or './'}schema/{kind}.schema.json"


def add(root: Path, files: Mapping[str, str]) -> None:
    """Write new files, named by their path from ``root`` with forward slashes.

    Raises:
        AddingError: a path leads out of ``root``, or something is there already.
        OSError: a file cannot be written; those written before it are taken back.
    """
    home = root.resolve()
    targets = {path: home / path for path in files}
    for path, target in targets.items():
        if not target.parent.resolve().is_relative_to(home) or target.name != Path(path).name:
            raise AddingError(f"{path} would lie outside {root}")
        if os.path.lexists(target):
            raise AddingError(f"{root / path} is there already; nothing was written")
    made: list[Path] = []
    try:
        for path, target in targets.items():
            made.extend(_folders(target.parent, home))
            _claimed(target)
            made.append(target)
            store.write_atomic(target, files[path])
    except BaseException as error:
        for target in reversed(made):
            with suppress(OSError):
                target.rmdir() if target.is_dir() else target.unlink()
        if isinstance(error, FileExistsError):
            raise AddingError(f"{error.filename} appeared meanwhile; nothing was written") from error
        raise


def _claimed(target: Path) -> None:
    """An empty file that only we can have made, so that two runs at once do not write one file."""
    target.touch(exist_ok=False)


def _folders(folder: Path, home: Path) -> list[Path]:
    """Make the folders that are missing; the outermost first."""
    missing = []
    while not folder.exists() and folder != home.parent:
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
    return missing[::-1]
