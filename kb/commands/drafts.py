"""What the commands that write new things into a base share: ids, refusals, what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.commands import opening
from kb.commands.opening import Opened
from kb.commands.selecting import names
from kb.diagnostics import Diagnostic
from kb.diagnostics.spelling import did_you_mean
from kb.resources import is_shipped
from kb.source.adding import add, file_text
from kb.source.ids import malformed
from kb.source.likeness import Texts
from kb.source.naming import id_from
from kb.source.schemas import misfits
from kb.source.unseen import without

ALIKE = 0.45
"""Likeness from which a claim may be one that the base has (in the shipped base a reworded claim has 0.5)."""
SHOWN = 0.2


class Refused(ValueError):
    """Something cannot be written as it was asked for; the text says what and, if known, what was meant."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A claim of the base that is like a new one; ``likeness`` from 0 to 1 (``kb.source.likeness``)."""

    id: str
    text: str
    file: str
    likeness: float


class TooAlike(Refused):
    """The base has claims much like the new one: ``nearest``, the likest first."""

    def __init__(self, nearest: tuple[Alike, ...]) -> None:
        likest = nearest[0]
        super().__init__(f"the base has a claim much like it ({likest.likeness:.0%} alike): {likest.id}")
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Created:
    """What was written: the id, the files by their path from ``root``, and what is left to do."""

    id: str
    kind: str
    root: Path
    files: tuple[str, ...]
    changed: tuple[str, ...]
    text: str
    nearest: tuple[Alike, ...]
    findings: tuple[Diagnostic, ...]
    todo: tuple[str, ...]


def alike(opened: Opened, text: str, most: int = 3) -> tuple[Alike, ...]:
    """The claims of the base that are most like a sentence."""
    claims = opened.base.claims
    found = Texts({name: claim.text for name, claim in claims.items()}).nearest(text, most)
    return tuple(
        Alike(like.name, claims[like.name].text, claims[like.name].file, like.likeness)
        for like in found
        if like.likeness >= SHOWN
    )


def free_id(opened: Opened, words: str, otherwise: str) -> str:
    """An id made of words that nothing in the base has or had."""
    return id_from(words, taken(opened), otherwise=otherwise)


def meant(opened: Opened, name: str, kind: str) -> str:
    """The id of a thing of that kind ("claim", "source", "check", "question", "step"), through renames.

    Raises Refused, with the name that was probably meant.
    """
    known = steps(opened) if kind == "step" else {n for n, k in names(opened).items() if k == kind}
    found = opened.base.config.renamed.get(name, name)
    if found not in known:
        guess = did_you_mean(name, sorted(known), 3)
        raise Refused(f"the base has no {kind} called {name!r}" + (f"; {guess}" if guess else ""))
    return found


def writable(root: Path) -> Opened:
    """The base with all that is found in it. Raises Refused for the base that comes with kb."""
    if is_shipped(root):
        raise Refused(f"{root} is part of the program and read-only; `kb init` makes a base of your own")
    return opening.open_base(root, thorough=True)


def taken(opened: Opened) -> set[str]:
    """Every id that has a meaning, or had one."""
    return {*names(opened), *opened.base.config.renamed, *steps(opened)}


def steps(opened: Opened) -> set[str]:
    """What an undercut may hit: steps, undercuts, and what checks say about claims."""
    claims = opened.base.claims.values()
    return {
        *(step.id for claim in claims for step in claim.steps),
        *(cut.id for claim in claims for cut in claim.undercuts),
        *(f"{bearing.check} > {claim.id}" for claim in claims for bearing in claim.checks),
    }


def chosen_id(opened: Opened, wanted: str, words: str, otherwise: str) -> str:
    """The id that was asked for, or one made of words. Raises Refused when it cannot be had."""
    if not wanted:
        return free_id(opened, words, otherwise)
    if problem := malformed(wanted):
        raise Refused("; ".join(filter(None, (problem.message, problem.expected, problem.hint))))
    if wanted in taken(opened):
        raise Refused(f"the id {wanted} is taken, or was once; {free_id(opened, wanted, otherwise)} is free")
    return wanted


def said(text: str, what: str) -> str:
    """The words on one line: a title or sentence that a terminal or shell wrapped is the same one.

    Characters that no file may hold are left out.
    """
    if not (said := " ".join(without(text).split())):
        raise Refused(f"{what} needs words")
    return said


def written(
    opened: Opened,
    kind: str,
    fields: Mapping[str, Any],
    path: str,
    like: tuple[Alike, ...],
    todo: Collection[str],
) -> Created:
    """Write one new file; its name gives the id. Raises Refused where its schema refuses the fields."""
    for misfit in misfits(kind, fields):
        where = ".".join(map(str, misfit.path))
        raise Refused("; ".join(filter(None, (f"{where}: {misfit.message}", misfit.expected, misfit.hint))))
    text = file_text(opened.root, path, kind, fields)
    add(opened.root, {path: text})
    name = path.rpartition("/")[2].removesuffix(".yaml")
    return created(opened, name, kind, (path,), (), text, like, todo)


def created(
    opened: Opened,
    name: str,
    kind: str,
    files: tuple[str, ...],
    changed: tuple[str, ...],
    text: str,
    like: tuple[Alike, ...],
    todo: Collection[str],
) -> Created:
    """What came of it, with what is now found wrong in the files that were touched."""
    touched = {*files, *changed}
    before = {(d.rule, d.file, d.message) for d in opened.diagnostics}
    found = (d for d in opening.findings(opened.root).diagnostics if d.file in touched)
    fresh = tuple(d for d in found if (d.rule, d.file, d.message) not in before)
    return Created(name, kind, opened.root, files, changed, text, like, fresh, tuple(todo))
