"""Give a thing of the base another id, everywhere; comments and layout of the files stay."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.commands import opening
from kb.commands.drafts import Refused, chosen_id, writable
from kb.commands.opening import Opened
from kb.commands.selecting import names
from kb.diagnostics import Diagnostic
from kb.diagnostics.spelling import did_you_mean
from kb.source.editing import insert_field
from kb.source.mentions import mentions, renamed_text
from kb.source.reader import read_yaml
from kb.source.replacing import replace_texts, text_of
from kb.source.scanning import scan

_FOLDERS = {"check": "checks", "source": "sources", "measurement": "measurements", "table": "data"}


@dataclass(frozen=True, slots=True)
class Renamed:
    """What a rename did, or in a trial would do: files by their path from ``root``.

    ``prose`` are the lines that name the old id in running text or a comment, which stay as they are:
    (file, line). ``findings`` are the errors that it made.
    """

    root: Path
    old: str
    new: str
    kind: str
    changed: tuple[str, ...]
    moved: Mapping[str, str]
    prose: tuple[tuple[str, int], ...]
    findings: tuple[Diagnostic, ...]


def rename(root: Path, old: str, new: str, *, trial: bool = False) -> Renamed:
    """Call the claim, check, source, quantity, table, measurement, question or inference ``old`` ``new``.

    Files that bear its name move, every reference follows, and ``renamed`` in kb.yaml sends the old id to the
    new one, so that old addresses lead on. All is written or nothing; ``trial`` writes nothing.

    Raises:
        Refused: there is no such thing, or the new id is malformed, taken or was once.
        kb.source.editing.EditingError: a file is laid out so that it cannot be changed in place.
        kb.source.replacing.ChangedMeanwhile, OSError: a file cannot be written.
    """
    opened = writable(root)
    kind = _kind(opened, old)
    if old == new:
        raise Refused(f"{old} is called that already")
    new = chosen_id(opened, new, new, kind)
    before: dict[str, str | None] = {}
    after: dict[str, str | None] = {}
    moved: dict[str, str] = {}
    prose: list[tuple[str, int]] = []
    for file in scan(root)[0]:
        text = text_of(root / file.path)
        if text is None:
            continue
        changed = _changed(file.kind, file.path, text, old, new)
        target = _moved(opened, kind, file.path, old, new)
        if target != file.path:
            moved[file.path] = target
            if os.path.lexists(root / target):
                raise Refused(f"{root / target} is there already")
            before |= {file.path: text, target: None}
            after |= {file.path: None, target: changed}
        elif changed != text:
            before[file.path], after[file.path] = text, changed
        prose += [(target, line) for line in _named_in(changed, old, skip=file.path == "kb.yaml")]
    if not trial:
        replace_texts(root, before, after)
    old_errors = {(d.rule, d.message) for d in opened.diagnostics}
    errors = () if trial else opening.open_base(root).errors
    fresh = tuple(d for d in errors if (d.rule, d.message) not in old_errors)
    kept = tuple(
        sorted(path for path, text in after.items() if text is not None and before[path] is not None)
    )
    return Renamed(root, old, new, kind, kept, moved, tuple(prose), fresh)


def _kind(opened: Opened, old: str) -> str:
    known = names(opened)
    for claim in opened.base.claims.values():
        known |= {step.id: "inference" for step in claim.steps if step.named}
        known |= {cut.id: "inference" for cut in claim.undercuts if cut.named}
    if old in known:
        return known[old]
    if (now := opened.base.config.renamed.get(old)) is not None:
        raise Refused(f"{old} was renamed to {now} already")
    guess = did_you_mean(old, known, 3)
    raise Refused(f"nothing in this base is called {old!r}" + (f"; {guess}" if guess else ""))


def _changed(kind: str, path: str, text: str, old: str, new: str) -> str:
    """A file's text after the rename. Unreadable files, which validate reports, stay as they are."""
    if kind == "csv" or (old not in text and path != "kb.yaml"):
        return text
    value, wrong = read_yaml(text, path) if kind != "results" else (None, ())
    if wrong:
        return text
    if kind == "results":
        return re.sub(rf'("check": *)"{re.escape(old)}"', rf'\g<1>"{new}"', text)
    text = renamed_text(text, mentions(kind, value, old, new))
    return insert_field(text, ("renamed", old), new) if path == "kb.yaml" else text


def _moved(opened: Opened, kind: str, path: str, old: str, new: str) -> str:
    """Where a file belongs after the rename: the one of that name, a table's numbers, a check's record."""
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.partition(".")
    if stem != old:
        return path
    mine = {opened.base.claims[old].file} if kind == "claim" else set()
    top = path.split("/")[0]
    if path in mine or _FOLDERS.get(kind) == top or (kind == "check" and top == "results"):
        return f"{folder}/{new}.{ending}"
    return path


def _named_in(text: str, old: str, *, skip: bool) -> list[int]:
    """Lines of a changed text that still name the old id; ``renamed`` in kb.yaml must."""
    word = re.compile(rf"(?<![a-z0-9-]){re.escape(old)}(?![a-z0-9-])")
    lines = enumerate(text.splitlines(), 1)
    return [] if skip else [number for number, line in lines if word.search(line)]
