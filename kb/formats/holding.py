"""What a format can hold, and what an argument loses in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from kb.formats.exchange import Exchange, Loss, founded
from kb.model import Claim, Evidence, Source, Step, Undercut

FEATURES: Mapping[str, str] = MappingProxyType(
    {
        "ids": "the ids of claims",
        "titles": "a claim's title beside its text",
        "paragraphs": "text of several lines",
        "tags": "tags",
        "notes": "notes",
        "origin": "whether a claim is in a text or added by the editors",
        "sources": "cited works, with the place and a note",
        "quotes": "pins on quoted passages",
        "supports": "supports",
        "attacks": "attacks",
        "linked": "several premises that are needed together",
        "strength": "how strong a relation is said to be",
        "because": "why a relation is said to hold",
        "scheme": "argumentation schemes",
        "undercuts": "undercuts of a step",
        "nested": "undercuts of undercuts",
        "bearings": "undercuts of what a check shows",
        "assumes": "what a claim assumes",
        "requires": "what a claim requires",
        "restates": "claims that say the same",
        "shared": "reasons that rest on the same evidence",
        "questions": "questions with their theses",
        "checks": "checks and how they bear on claims",
        "standings": "verdicts and standings",
    }
)
"""What a base has to be held, in words."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is taken out, counted by feature."""

    holds: frozenset[str]
    lost: Counter[str]
    undercuts: frozenset[str]

    def keep(self, feature: str, present: bool) -> bool:
        """Whether a part that has this feature stays as it is."""
        if not present or feature in self.holds:
            return True
        self.lost[feature] += 1
        return False


def reduced(
    exchange: Exchange, holds: frozenset[str], *, draft: bool = False
) -> tuple[Exchange, tuple[Loss, ...]]:
    """What of an exchange a format with these features holds, and how often each other one was left out.

    A relation loses what cannot be said of it; one that cannot be said at all goes, and what undercuts it
    too. ``draft`` also sets aside what no file of another format is asked for: checks, priors, forecasts,
    reviews and the like.
    """
    ids = frozenset(found.id for claim in exchange.claims.values() for found in claim.undercuts)
    cut = _Cut(holds, Counter(), ids)
    claims = {name: _claim(claim, cut, draft) for name, claim in exchange.claims.items()}
    claims = founded(claims, bearings="bearings" in holds)
    sources: Mapping[str, Source] = exchange.sources if "sources" in holds else {}
    questions = exchange.questions if cut.keep("questions", bool(exchange.questions)) else ()
    lost = tuple(
        Loss(f"{FEATURES[feature]} ({times})", "the format has no place for it")
        for feature, times in sorted(cut.lost.items(), key=lambda item: list(FEATURES).index(item[0]))
    )
    return replace(exchange, claims=claims, sources=sources, questions=questions), lost


def _claim(claim: Claim, cut: _Cut, draft: bool) -> Claim:
    title = claim.title if cut.keep("titles", bool(claim.title)) else ""
    text = claim.text if cut.keep("paragraphs", "\n" in claim.text.strip()) else " ".join(claim.text.split())
    found = replace(
        claim,
        title=title,
        text=text,
        tags=claim.tags if cut.keep("tags", bool(claim.tags)) else (),
        notes=claim.notes if cut.keep("notes", bool(claim.notes)) else "",
        origin=claim.origin if cut.keep("origin", claim.origin != "text") else "text",
        evidence=_evidence(claim, cut),
        steps=tuple(_step(step, cut) for step in claim.steps if cut.keep(step.kind, True)),
        undercuts=tuple(_undercut(u, cut) for u in claim.undercuts if cut.keep(_kind(u, cut), True)),
        assumes=claim.assumes if cut.keep("assumes", bool(claim.assumes)) else (),
        requires=claim.requires if cut.keep("requires", bool(claim.requires)) else (),
        restates=claim.restates if cut.keep("restates", bool(claim.restates)) else (),
        same_evidence_as=claim.same_evidence_as if cut.keep("shared", bool(claim.same_evidence_as)) else (),
        checks=claim.checks if cut.keep("checks", bool(claim.checks)) else (),
    )
    if not draft:
        return found
    return replace(
        found,
        status="draft",
        file="",
        question="",
        replaced_by="",
        prior=None,
        forecast=None,
        standard="",
        stance=(),
        uncheckable="",
        allow=(),
    )


def _evidence(claim: Claim, cut: _Cut) -> tuple[Evidence, ...]:
    if not cut.keep("sources", bool(claim.evidence)):
        return ()
    return tuple(
        found if cut.keep("quotes", found.quote is not None) else replace(found, quote=None)
        for found in claim.evidence
    )


def _kind(undercut: Undercut, cut: _Cut) -> str:
    if " > " in undercut.target:
        return "bearings"
    return "nested" if undercut.target in cut.undercuts else "undercuts"


def _step(step: Step, cut: _Cut) -> Step:
    linked = cut.keep("linked", len(step.premises) > 1)
    return replace(
        step,
        premises=step.premises if linked else step.premises[:1],
        strength=step.strength if cut.keep("strength", step.strength != "weak") else "weak",
        because=step.because if cut.keep("because", bool(step.because)) else "",
        scheme=step.scheme if cut.keep("scheme", bool(step.scheme)) else "",
        reviewed="",
    )


def _undercut(undercut: Undercut, cut: _Cut) -> Undercut:
    linked = cut.keep("linked", len(undercut.premises) > 1)
    return replace(
        undercut,
        premises=undercut.premises if linked else undercut.premises[:1],
        strength=undercut.strength if cut.keep("strength", undercut.strength != "decisive") else "decisive",
        because=undercut.because if cut.keep("because", bool(undercut.because)) else "",
        reviewed="",
    )
