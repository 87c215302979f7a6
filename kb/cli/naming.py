"""What claims, checks, relations and standings are called in sentences: by their titles, never by an id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb.api import OPEN_WORDS
from kb.cli.words import clip
from kb.model import Interval, Step, Undercut
from kb.wording import interval

if TYPE_CHECKING:
    from kb.api import KnowledgeBase

LONGEST = 90


def claim_name(base: KnowledgeBase, claim: str) -> str:
    return f"“{clip(base.claims[claim].name.rstrip('.'), LONGEST)}”"


def check_name(base: KnowledgeBase, check: str) -> str:
    return f"“{clip((base.checks[check].title or check).rstrip('.'), LONGEST)}”"


def label(standing: str, open_reason: str, strength: Interval, digits: int = 2) -> str:
    """``open (contested) 0.12 to 0.94``."""
    reason = f" ({OPEN_WORDS[open_reason]})" if open_reason else ""
    return f"{standing}{reason} {interval(strength, digits)}"


def theses(base: KnowledgeBase) -> tuple[str, ...]:
    """The theses of all questions that the argument knows, each once, under the claim that stands for it."""
    alias, there = base.argument.alias, set(base.argument.claims)
    named = (alias.get(t, t) for question in base.questions.values() for t in question.theses)
    return tuple(thesis for thesis in dict.fromkeys(named) if thesis in there)


def relation_names(base: KnowledgeBase, added: Iterable[Step | Undercut] = ()) -> dict[str, str]:
    """A phrase for every relation of the argument, and for some that are only supposed, by id.

    As in ``“A” supports “B” (weak)``, ``“A” undercuts (“B” supports “C”) (strong)``, ``the check “T” on
    “A”``, ``“A” requires “B”``.
    """
    amap = base.argument
    more = tuple(added)
    found: dict[str, str] = {}
    taken: dict[str, str] = {}
    for step in (*amap.steps, *(item for item in more if isinstance(item, Step))):
        taken[step.id] = _step(base, step)
        found[step.id] = f"{taken[step.id]} ({step.strength})"
    for bearing in amap.bearings:
        name = f"{bearing.check} > {bearing.claim}"
        said = f"the check {check_name(base, bearing.check)} on {claim_name(base, bearing.claim)}"
        found[name] = taken[name] = said
    cuts = {cut.id: cut for cut in (*amap.undercuts, *(item for item in more if isinstance(item, Undercut)))}
    for cut in cuts.values():
        upper = cuts.get(cut.target)
        # Only one level down: undercuts of undercuts may go on for long.
        target = f"an undercut by {_premises(base, upper)}" if upper else f"({taken[cut.target]})"
        found[cut.id] = f"{_premises(base, cut)} undercuts {target} ({cut.strength})"
    for relation, needs in (("assumes", amap.assumes), ("requires", amap.requires)):
        for claim, others in needs.items():
            for other in others:
                said = f"{claim_name(base, claim)} {relation} {claim_name(base, other)}"
                found[f"{claim} {relation} {other}"] = said
    return found


def _step(base: KnowledgeBase, step: Step) -> str:
    return f"{_premises(base, step)} {step.kind} {claim_name(base, step.conclusion)}"


def _premises(base: KnowledgeBase, inference: Step | Undercut) -> str:
    return " with ".join(claim_name(base, premise) for premise in inference.premises)
