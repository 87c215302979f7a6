"""Start a base in a folder of its own, with what its contributors and its automation need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kb.commands.drafts import Refused, said
from kb.resources import example_base, is_shipped, schema_folder, starter_folder
from kb.source.adding import add
from kb.source.editing import replace_at
from kb.source.naming import id_from
from kb.source.reader import read_yaml

BASE = "claims"
_MAY_BE_THERE = frozenset({".git", ".gitattributes"})
# GitHub's own ``${{ … }}`` is left alone.
_blank = re.compile(r"(?<!\$)\{\{ title \}\}")


@dataclass(frozen=True, slots=True)
class Started:
    """A new base: its folder, the base within it, the files by their path from the folder."""

    folder: Path
    base: Path
    files: tuple[str, ...]
    title: str


def init(folder: Path, *, title: str = "", question: str = "", example: bool = False) -> Started:
    """Write a base that validates, checks and renders: ``claims``, ``schema``, a README, and automation.

    ``example`` copies the base that comes with kb in place of the first claims.

    Raises:
        Refused: the folder holds something other than git's, lies in a base, or is part of the program.
        kb.source.adding.AddingError, OSError: a file cannot be written; nothing is left behind.
    """
    folder = folder.absolute()
    _refuse(folder)
    if example and (title or question):
        raise Refused("the example has a title and questions of its own; leave out yours, or --example")
    files = dict(_files(starter_folder()))
    if example:
        files = {path: text for path, text in files.items() if not path.startswith(f"{BASE}/")}
        files |= {f"{BASE}/{path}": text for path, text in _files(example_base(), hidden=False)}
        title = str(read_yaml(files[f"{BASE}/kb.yaml"], "kb.yaml")[0]["title"])
    else:
        title = said(title, "a title") if title else _words(folder)
    files = {path: _blank.sub(lambda _: title, text) for path, text in files.items()}
    if not example:
        files[f"{BASE}/kb.yaml"] = _named(files[f"{BASE}/kb.yaml"], title, question)
    files |= {f"schema/{path}": text for path, text in _files(schema_folder(), hidden=False)}
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        add(folder, files)
    except BaseException:
        if made:
            with suppress(OSError):
                folder.rmdir()
        raise
    return Started(folder, folder / BASE, tuple(sorted(files)), title)


def _refuse(folder: Path) -> None:
    if is_shipped(folder):
        raise Refused(f"{folder} is part of the program; name another folder")
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file; name a folder")
    if folder.exists() and (there := sorted({p.name for p in folder.iterdir()} - _MAY_BE_THERE)):
        more = f" and {len(there) - 3} more" if len(there) > 3 else ""
        held = ", ".join(there[:3]) + more
        raise Refused(f"{folder} is not empty ({held}); name a new folder: kb init FOLDER")
    for above in folder.parents:
        if (above / "kb.yaml").is_file():
            raise Refused(f"{folder} lies within the base {above}; name a folder outside of it")


def _files(folder: Path, *, hidden: bool = True) -> Iterator[tuple[str, str]]:
    """The text of each file below ``folder`` by its path; without folders and files of tools."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        tools = {"__pycache__", ".kb", ".DS_Store"}
        if path.is_file() and not tools & {*parts} and (hidden or not any(p.startswith(".") for p in parts)):
            yield "/".join(parts), path.read_bytes().decode("utf-8")


def _named(text: str, title: str, question: str) -> str:
    """``kb.yaml`` with the title and, where it is given, the first question."""
    text = replace_at(text, ("title",), title)
    if question:
        text = replace_at(text, ("questions", 0, "question"), said(question, "a question"))
        text = replace_at(text, ("questions", 0, "id"), id_from(question, (), otherwise="question"))
    return text


def _words(folder: Path) -> str:
    """A title made of the folder's name."""
    words = re.sub(r"[\W_]+", " ", folder.name).strip()
    return words[:1].upper() + words[1:] or "Our questions"
