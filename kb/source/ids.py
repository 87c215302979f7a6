"""Ids: their form, and that no two things share one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kb.diagnostics import PathItem
from kb.model import Base, Step, Undercut
from kb.source.portable import DEVICES

_well_formed = re.compile(r"[a-z][a-z0-9-]{1,62}\Z").match


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an id; ``path`` leads to it within ``file``."""

    rule: str
    message: str
    file: str = ""
    path: tuple[PathItem, ...] = ()
    expected: str = ""
    hint: str = ""


def malformed(name: str) -> Problem | None:
    """What keeps a text from being an id, with the nearest text that would be one."""
    if name in DEVICES:
        return Problem(
            "KB113",
            f'"{name}" is the name of a device on Windows',
            hint=f"choose another id, such as {name}-1",
        )
    if _well_formed(name):
        return None
    near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:63]
    return Problem(
        "KB110",
        f'"{name[:80]}" is not an id',
        expected="2 to 63 small letters, digits and hyphens, starting with a letter",
        hint=f'did you mean "{near}"?' if _well_formed(near) else "",
    )


class _Use(NamedTuple):
    id: str
    what: str
    file: str
    path: tuple[PathItem, ...] = ()
    default: bool = False


def _uses(base: Base) -> Iterator[_Use]:
    """Every id and where it is given; things with files of their own first, then what claims name."""
    for index, question in enumerate(base.config.questions):
        yield _Use(question.id, "a question", "kb.yaml", ("questions", index, "id"))
    for claim in base.claims.values():
        yield _Use(claim.id, "a claim", claim.file)
    for check in base.checks.values():
        yield _Use(check.id, "a check", check.file)
    for source in base.sources.values():
        yield _Use(source.id, "a source", source.file)
    for quantity in base.quantities.values():
        yield _Use(quantity.id, "a quantity", quantity.file, (quantity.id,))
    for table in base.tables.values():
        yield _Use(table.id, "a table", table.file)
    for measurement in base.measurements.values():
        yield _Use(measurement.id, "a measurement", measurement.file)
    for claim in base.claims.values():
        for step in claim.steps:
            yield _inference("an inference", step, claim.file, (step.kind, step.index))
        for undercut in claim.undercuts:
            yield _inference("an undercut", undercut, claim.file, ("undercuts", undercut.index))


def _inference(what: str, made: Step | Undercut, file: str, path: tuple[PathItem, ...]) -> _Use:
    return _Use(made.id, what, file, (*path, "id") if made.named else path, default=not made.named)


def clashes(base: Base) -> Iterator[Problem]:
    """Ids with two meanings, ids that were given up, and renames that lead nowhere."""
    first: dict[str, _Use] = {}
    renamed = base.config.renamed
    for use in _uses(base):
        other = first.setdefault(use.id, use)
        if other is not use:
            yield _clash(use, other)
        if use.id in renamed:
            yield Problem(
                "KB112",
                f'the id "{use.id}" was given up for "{renamed[use.id]}"',
                use.file,
                use.path,
                hint="choose an id that was never used",
            )
    for old in renamed:
        yield from _rename(old, renamed, first)


def _clash(use: _Use, other: _Use) -> Problem:
    if use.default and other.default:
        return Problem(
            "KB114",
            f'two inferences are called "{use.id}"; the other is in {other.file}',
            use.file,
            use.path,
            hint="give this one an `id` of its own",
        )
    return Problem(
        "KB111",
        f'the id "{use.id}" is already that of {other.what} in {other.file}',
        use.file,
        use.path,
        hint="rename one of the two",
    )


def _rename(old: str, renamed: Mapping[str, str], first: dict[str, _Use]) -> Iterator[Problem]:
    passed = [old]
    while passed[-1] in renamed:
        passed.append(renamed[passed[-1]])
        if passed[-1] in passed[:-1]:
            chain = " → ".join(passed)
            yield Problem("KB115", f"the rename runs in a circle: {chain}", "kb.yaml", ("renamed", old))
            return
    if passed[-1] not in first:
        yield Problem(
            "KB115", f'"{old}" was renamed to "{passed[-1]}", which nothing is', "kb.yaml", ("renamed", old)
        )
