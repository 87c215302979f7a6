"""Bring a base from an older file format to the newest: one step from each format to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.commands.drafts import Refused
from kb.resources import is_shipped
from kb.source.editing import replace_at
from kb.source.reader import read_yaml
from kb.source.replacing import replace_texts, text_of
from kb.source.scanning import scan
from kb.source.versions import FORMAT, refusal

Step = Callable[[str, str], str]
"""A file's kind and text to its text in the next format; edits in place (``kb.source.editing``)."""

STEPS: Mapping[int, Step] = {}
"""The step from each format to the next, by the format it starts from. Format 1 is the first and newest."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """The formats before and after, and the files that changed (in a trial: would change)."""

    before: int
    after: int
    changed: tuple[str, ...]


def migrate(
    root: Path, *, trial: bool = False, steps: Mapping[int, Step] = STEPS, newest: int = FORMAT
) -> Migrated:
    """Take every file of the base through the steps from its format to ``newest``; all of them or none.

    Raises:
        Refused: kb.yaml cannot be read or has no format, it is newer than this kb, or the base is part of
            the program.
        kb.source.editing.EditingError: a file is laid out so that a step cannot change it in place.
        kb.source.replacing.ChangedMeanwhile, OSError: a file cannot be written.
    """
    if is_shipped(root):
        raise Refused(f"{root} is part of the program and read-only")
    config, wrong = read_yaml(text_of(root / "kb.yaml") or "", "kb.yaml")
    for fault in wrong:
        raise Refused(f"{root / 'kb.yaml'}:{fault.line}: {fault.message}")
    found = config.get("format") if isinstance(config, dict) else None
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise Refused(f"{root / 'kb.yaml'} names no format, such as `format: {newest}`")
    if found > newest:
        raise Refused(refusal(config) or f"this base has format {found}; this kb knows up to {newest}")
    before: dict[str, str | None] = {}
    after: dict[str, str | None] = {}
    for file in scan(root)[0]:
        text = text_of(root / file.path)
        if text is None or found == newest:
            continue
        changed = text
        for number in range(found, newest):
            changed = steps[number](file.kind, changed)
        if file.path == "kb.yaml":
            changed = replace_at(changed, ("format",), newest)
        if changed != text:
            before[file.path], after[file.path] = text, changed
    if not trial:
        replace_texts(root, before, after)
    return Migrated(found, newest, tuple(after))
