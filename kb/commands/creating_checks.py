"""New checks: a formula with what is known of it, tied to the claim that it is for."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.commands.drafts import Created, Refused, chosen_id, created, meant, said, writable
from kb.commands.opening import Opened
from kb.model import Bearing
from kb.source.adding import AddingError, file_text
from kb.source.editing import insert_entry
from kb.source.fields import bearing_fields
from kb.source.replacing import replace_texts, text_of
from kb.source.scalars import OutOfRangeError, plain
from kb.source.schemas import misfits

NEED_BECAUSE = ("proxy", "context")
BEARS = ("direct", "corroborates", "part", *NEED_BECAUSE)
_amount = re.compile(r"([-+]?[0-9.][0-9.eE+-]*)\s*(.*)\Z", re.DOTALL).match

# The sketch comes out as "fails" on an unverified number, so that nobody takes it for a result.
_SKETCH = """\
# A sketch that runs. Put your numbers in place of it, from the top to the bottom:
# 1. what goes in: the id of a quantity, or a number with its unit, its source and the place in it
inputs:
  number: {value: 1, unit: "1", note: To be replaced.}
# 2. how the result is made of it
compute: number
unit: "1"
"""
_SKETCH_OF_A_TEST = """\
# 3. what must come out if the claim is true
expect: {at_least: 2}
# 4. a change of what goes in after which it would come out otherwise: each run tries it
flips_if: {set: {number: 3}, to: holds}
"""


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """A new formula check of a claim.

    ``inputs`` are "name=quantity-id" or "name=300e9 token"; ``source`` and ``at`` say where such numbers are
    from. ``flips`` are "name=value": together the change after which the check says ``to``. Without inputs
    and expression, a sketch is written that runs.
    """

    claim: str
    title: str = ""
    id: str = ""
    bears: str = "direct"
    because: str = ""
    inputs: tuple[str, ...] = ()
    compute: str = ""
    unit: str = ""
    about: str = ""
    within: str = ""
    at_least: str = ""
    at_most: str = ""
    flips: tuple[str, ...] = ()
    to: str = "fails"
    source: str = ""
    at: str = ""


def new_check(root: Path, draft: CheckDraft) -> Created:
    """Write a check, and add it to the claim's file, whose comments and layout stay.

    Raises:
        Refused: a name means nothing, or something is missing.
        kb.source.editing.EditingError: the claim's checks are laid out so that none can be added.
        kb.source.adding.AddingError, kb.source.replacing.ChangedMeanwhile, OSError: a file cannot be written.
    """
    opened = writable(root)
    claim = opened.base.claims[meant(opened, draft.claim, "claim")]
    if draft.bears in NEED_BECAUSE and not draft.because:
        raise Refused(f"a {draft.bears} check says why it is worth a look: give the reason (because)")
    title = said(draft.title or claim.name.rstrip("."), "a check")
    name = chosen_id(opened, draft.id, draft.title or f"check {claim.id}", "check")
    path = f"checks/{name}.yaml"
    sketch = not draft.inputs and not draft.compute
    if sketch:
        text = file_text(root, path, "check", {"kind": "formula", "title": title}) + _SKETCH
        text += "" if draft.bears == "context" else _SKETCH_OF_A_TEST
    else:
        text = file_text(root, path, "check", _fields(opened, draft, title))
    if os.path.lexists(root / path):
        raise AddingError(f"{root / path} is there already; nothing was written")
    before = text_of(root / claim.file) or ""
    bearing = Bearing(name, draft.bears, draft.because.strip())
    after = insert_entry(before, ("checks",), bearing_fields(bearing))
    replace_texts(root, {claim.file: before, path: None}, {path: text, claim.file: after})
    todo = []
    if sketch:
        todo.append(f"put your numbers into {path}: four places, each with a remark")
    elif not draft.source and any(_amount(entry.partition("=")[2]) for entry in draft.inputs):
        todo.append("say where each number is from: `source` and `at` beside its value")
    todo += [f"run it: kb check {name}", f"see what follows: kb why {claim.id}"]
    return created(opened, name, "check", (path,), (claim.file,), text, (), todo)


def _fields(opened: Opened, draft: CheckDraft, title: str) -> dict[str, Any]:
    """The check's fields. Raises Refused, naming what is missing."""
    needed = {"--input": draft.inputs, "--compute": draft.compute}
    tested = draft.bears != "context"
    if tested:
        needed |= {"--about, --at-least or --at-most": draft.about or draft.at_least or draft.at_most}
        needed |= {"--flips": draft.flips}
    if missing := [name for name, given in needed.items() if not given]:
        raise Refused(
            f"a check that runs needs {' and '.join(missing)} too; with none of them a sketch is made"
        )
    source = meant(opened, draft.source, "source") if draft.source else ""
    inputs = dict(_input(opened, entry, source, draft.at) for entry in draft.inputs)
    fields: dict[str, Any] = {"kind": "formula", "title": title, "inputs": inputs, "compute": draft.compute}
    fields["unit"] = draft.unit or "1"
    if tested:
        expect = {"about": draft.about, "within": draft.within}
        expect |= {"at_least": draft.at_least, "at_most": draft.at_most}
        fields["expect"] = {name: _number(value) for name, value in expect.items() if value}
        changes = dict(_pair(entry, "--flips") for entry in draft.flips)
        flip = {name: _number(value) for name, value in changes.items()}
        fields["flips_if"] = {"set": flip, "to": draft.to}
    for misfit in misfits("check", fields):
        where = ".".join(map(str, misfit.path))
        raise Refused("; ".join(filter(None, (f"{where}: {misfit.message}", misfit.expected, misfit.hint))))
    return fields


def _input(opened: Opened, entry: str, source: str, at: str) -> tuple[str, Any]:
    name, value = _pair(entry, "--input")
    found = _amount(value)
    if found is None:
        return name, meant(opened, value, "quantity")
    number = _number(found[1])
    if isinstance(number, str):
        raise Refused(f"{found[1]!r} is no number; an input is NAME=QUANTITY or NAME='VALUE UNIT'")
    fields: dict[str, Any] = {"value": number, "unit": found[2].strip() or "1"}
    fields |= {"source": source} if source else {}
    fields |= {"at": at} if source and at else {}
    return name, fields


def _pair(entry: str, option: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in entry.partition("="))
    if not (name and equals and value):
        raise Refused(f"{option} {entry!r}: write NAME=VALUE")
    return name, value


def _number(written: str) -> Any:
    """A number where it is one, so that YAML has it as one; else the text, such as an amount with a unit."""
    try:
        value = plain(written.strip())
    except OutOfRangeError as error:
        raise Refused(str(error)) from None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else written.strip()
