"""What a format's module offers, and what it is given to write."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kb.formats.exchange import Exchange, Loss, founded
from kb.model import Account, ArgumentMap, Base, Claim, Result

if TYPE_CHECKING:
    from kb.formats.drafting import Drafting


@dataclass(frozen=True, slots=True)
class Format:
    """A format in words, and what it can hold (``kb.formats.holding.FEATURES``).

    ``reads`` and ``writes`` say which ways there are. ``coming`` and ``going`` say what else changes on the
    way in and on the way out, a sentence each.
    """

    name: str
    title: str
    suffix: str
    holds: frozenset[str]
    reads: bool = True
    writes: bool = True
    coming: tuple[str, ...] = ()
    going: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What a writer writes: the chosen claims with the relations among them, and what is known of them.

    A writer puts the claims that it has no place for in ``left``, by id with the reason.
    """

    base: Base
    exchange: Exchange
    argument: ArgumentMap
    results: Mapping[str, Result] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def account(self, claim: str) -> Account | None:
        """Where a claim stands; one that says the same as another stands with it."""
        return self.accounts.get(self.argument.alias.get(claim, claim))


class Module(Protocol):
    """A format's module."""

    FORMAT: Format

    def read(self, text: str, drafting: Drafting, path: Path) -> None: ...

    def write(self, material: Material) -> str: ...


def chosen(base: Base, ids: Collection[str]) -> Exchange:
    """The claims with these ids in the base's order, without relations to any other; those are told as lost.

    Sources are those that the claims cite; questions keep the theses that were chosen.
    """
    kept = {name: claim for name, claim in base.claims.items() if name in ids}
    claims, left = {}, 0
    for name, claim in kept.items():
        claims[name] = _among(claim, kept)
        left += _relations(claim) - _relations(claims[name])
    claims = founded(claims)
    cited = {found.source for claim in claims.values() for found in claim.evidence}
    questions = tuple(
        replace(question, theses=theses)
        for question in base.config.questions
        if (theses := tuple(thesis for thesis in question.theses if thesis in kept))
    )
    lost = (
        (Loss(f"relations to claims that were not chosen ({left})", "their other end is not there"),)
        if left
        else ()
    )
    return Exchange(
        title=base.config.title,
        about=base.config.about,
        questions=questions,
        claims=claims,
        sources={name: source for name, source in base.sources.items() if name in cited},
        lost=lost,
    )


def _among(claim: Claim, kept: Mapping[str, Claim]) -> Claim:
    return replace(
        claim,
        steps=tuple(s for s in claim.steps if s.conclusion in kept and all(p in kept for p in s.premises)),
        undercuts=tuple(u for u in claim.undercuts if all(p in kept for p in u.premises)),
        assumes=tuple(need for need in claim.assumes if need.claim in kept),
        requires=tuple(need for need in claim.requires if need.claim in kept),
        restates=tuple(other for other in claim.restates if other in kept),
        same_evidence_as=tuple(other for other in claim.same_evidence_as if other in kept),
    )


def _relations(claim: Claim) -> int:
    return sum(map(len, (claim.steps, claim.undercuts, claim.assumes, claim.requires, claim.restates)))
