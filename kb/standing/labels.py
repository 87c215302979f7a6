"""From strengths to labels: stands, falls, or open and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.graph import members
from kb.model import Base, Claim, Interval, Scale, Standing, Verdict
from kb.standing.gradual import Strengths, argued, reason_premise, reason_value
from kb.standing.grouping import Groups
from kb.standing.scores import WHOLE, Grounds, Score, base_score
from kb.standing.snapshot import Snapshot

TOLERANCE = 1e-9

STANDARDS: Mapping[str, float] = {
    "preponderance": 0.6,
    "clear-and-convincing": 0.75,
    "beyond-reasonable-doubt": 0.9,
}
"""Proof standards: the strength at which a claim stands (and, mirrored, the one at which it falls)."""

NOT_RUN = "not run"
INCONCLUSIVE = "inconclusive"
READING = "depends on the reading"
UNVERIFIED = "rests on an unverified number"
REFUTED = "rests on a refuted assumption"
CONTESTED = "contested"
NO_EVIDENCE = "no evidence"
OPEN_REASONS = (NOT_RUN, INCONCLUSIVE, READING, UNVERIFIED, REFUTED, CONTESTED, NO_EVIDENCE)
"""Why a claim is open, in words for machines. Where several apply, the first of these is named."""

OPEN_WORDS: Mapping[str, str] = {
    **{reason: reason for reason in OPEN_REASONS},
    NO_EVIDENCE: "no check decides it",
}
"""The same for readers: a claim that cites three sources would not be called one without evidence."""

Cause = tuple[int, int]
"""A reason's place among OPEN_REASONS, and the claim that it lies with (−1: none but the claim itself)."""

_NOTHING: Cause = (OPEN_REASONS.index(NO_EVIDENCE), -1)


@dataclass(frozen=True, slots=True)
class Label:
    """A claim's standing; when it is open, why, and the number of the claim on which it turns (or −1)."""

    standing: Standing
    reason: str = ""
    culprit: int = -1


def thresholds(claims: Sequence[Claim], scale: Scale) -> Interval:
    """(falls, stands) for a node: the strictest standard its claims name, never laxer than the base's."""
    demanded = [STANDARDS[claim.standard] for claim in claims if claim.standard in STANDARDS]
    if not demanded:
        return scale.falls, scale.stands
    return min(scale.falls, 1 - max(demanded)), max(scale.stands, *demanded)


def standing(strength: Interval, limits: Interval) -> Standing:
    """Stands when even the low end reaches its threshold, falls when even the high end is under its own."""
    falls, stands = limits
    if strength[0] >= stands - TOLERANCE:
        return Standing.STANDS
    if strength[1] <= falls + TOLERANCE:
        return Standing.FALLS
    return Standing.OPEN


def all_labels(
    snap: Snapshot,
    base: Base,
    scores: Sequence[Score],
    grounds: Sequence[Grounds],
    state: Strengths,
) -> tuple[Label, ...]:
    """The label of each claim, those that a label may depend on first."""
    limits = [(snap.scale.falls, snap.scale.stands)] * len(snap.ids)
    merged = members(snap.amap) if snap.amap.alias else {}
    for i, claim in enumerate(snap.ids):
        if base.claims[claim].standard or claim in merged:
            limits[i] = thresholds([base.claims[m] for m in merged.get(claim, (claim,))], snap.scale)
    standings = [
        Standing.OPEN if own.pending else standing((low, high), limit)
        for own, low, high, limit in zip(grounds, state.low, state.high, limits, strict=True)
    ]
    labels = [Label(found) for found in standings]
    for component in snap.components:
        for i in component:
            if standings[i] is not Standing.OPEN:
                continue
            if snap.checked[i] or grounds[i].pending:
                reason, culprit = _checked_reason(snap, scores, grounds[i], state, limits[i]), -1
            elif (refuted := _refuted(snap, standings, i)) >= 0:
                reason, culprit = REFUTED, refuted
            elif (snap.assumes[i] or snap.requires[i]) and (
                standing(argued(snap, scores, state, i), limits[i]) is not Standing.OPEN
            ):
                reason, culprit = _limit_reason(snap, labels, i)
            else:
                reason, culprit = _argued_reason(snap, scores, grounds[i], state, labels, i)
            labels[i] = Label(Standing.OPEN, reason, culprit)
    return tuple(labels)


def _checked_reason(
    snap: Snapshot, scores: Sequence[Score], own: Grounds, state: Strengths, limits: Interval
) -> str:
    """Why a claim with a check of its own is open all the same."""
    if own.pending:
        return NOT_RUN
    used = (*own.direct, *own.parts)
    verdicts = {scores[j].verdict for j in used}
    first = len(snap.amap.steps)
    if any(state.kappa_low[first + j] < 1 for j in (*used, *own.failed)):
        untouched = base_score(own, scores, snap.scale, lambda j: WHOLE)
        if standing(untouched, limits) is not Standing.OPEN:
            return CONTESTED
    if Verdict.MIXED in verdicts:
        return READING
    if Verdict.INCONCLUSIVE in verdicts:
        return INCONCLUSIVE
    if any(not scores[j].ran for j in used):
        return NOT_RUN
    if own.failed or {Verdict.HOLDS, Verdict.FAILS} <= verdicts:
        return CONTESTED
    return UNVERIFIED if any(scores[j].provisional for j in used) else INCONCLUSIVE


def _refuted(snap: Snapshot, standings: Sequence[Standing], claim: int) -> int:
    """The first claim assumed or required here that falls, or −1."""
    needed = (*snap.assumes[claim], *snap.requires[claim])
    return next((other for other in needed if standings[other] is Standing.FALLS), -1)


def _limit_reason(snap: Snapshot, labels: Sequence[Label], claim: int) -> tuple[str, int]:
    """Why a claim that reasons would settle is held open by one that it assumes or requires."""
    causes = _open_claims(snap, labels, claim, (*snap.assumes[claim], *snap.requires[claim]))
    rank, culprit = min(causes, default=_NOTHING)
    return OPEN_REASONS[rank], culprit


def _argued_reason(
    snap: Snapshot,
    scores: Sequence[Score],
    own: Grounds,
    state: Strengths,
    labels: Sequence[Label],
    claim: int,
) -> tuple[str, int]:
    """Why reasons alone leave a claim open."""
    sure = {1: False, -1: False}
    possible = {1: False, -1: False}
    causes: list[Cause] = []
    for sign, groups in ((1, snap.groups_for[claim]), (-1, snap.groups_against[claim])):
        for reason in (r for group in groups for r in group):
            least, most = reason_value(snap, scores, state, reason)
            sure[sign] |= least > 0
            possible[sign] |= most > 0
            if least < most:
                causes.extend(_causes(snap, scores, labels, claim, reason))
    if sure[1] and sure[-1]:
        return CONTESTED, -1
    for _, groups in snap.cuts[claim]:
        causes.extend(_cut_causes(snap, state, labels, claim, groups))
    rank, culprit = min(causes, default=_NOTHING)
    if OPEN_REASONS[rank] == NO_EVIDENCE:
        if possible[1] and possible[-1] and (sure[1] or sure[-1]):
            return CONTESTED, -1
        if own.failed:
            return INCONCLUSIVE, -1
    return OPEN_REASONS[rank], culprit


def _causes(
    snap: Snapshot, scores: Sequence[Score], labels: Sequence[Label], claim: int, reason: int
) -> list[Cause]:
    """What keeps a reason uncertain: open premises outside the claim's own circle, or its proxy check."""
    bearing = snap.proxy[reason]
    if bearing < 0:
        return _open_claims(snap, labels, claim, snap.premises[reason])
    score = scores[bearing]
    if not score.ran:
        why = NOT_RUN
    elif score.verdict is Verdict.MIXED:
        why = READING
    elif score.verdict is Verdict.INCONCLUSIVE:
        why = INCONCLUSIVE
    elif score.provisional:
        why = UNVERIFIED
    else:
        return []
    return [(OPEN_REASONS.index(why), -1)]


def _cut_causes(
    snap: Snapshot, state: Strengths, labels: Sequence[Label], claim: int, groups: Groups
) -> list[Cause]:
    return [
        cause
        for cut in (k for group in groups for k in group)
        if min(state.high[p] for p in snap.cut_premises[cut]) > 0.5
        for cause in _open_claims(snap, labels, claim, snap.cut_premises[cut])
    ]


def _open_claims(snap: Snapshot, labels: Sequence[Label], claim: int, premises: Sequence[int]) -> list[Cause]:
    return [
        (OPEN_REASONS.index(labels[p].reason), p)
        for p in premises
        if labels[p].reason and snap.component[p] != snap.component[claim]
    ]


def is_contested(
    snap: Snapshot,
    scores: Sequence[Score],
    grounds: Sequence[Grounds],
    labels: Sequence[Label],
    state: Strengths,
    claim: int,
) -> bool:
    """Whether something speaks against the claim that was itself looked into.

    That is an attack, an undercut of what speaks for it, or a proxy that may count against, whose
    premises are all decided by a check or settled by argument, or which counts at its weakest.
    """

    def examined(premises: Sequence[int]) -> bool:
        return all(grounds[p].decided or labels[p].standing is not Standing.OPEN for p in premises)

    for reason in (r for group in snap.groups_against[claim] for r in group):
        if snap.circular[reason]:
            continue
        bearing = snap.proxy[reason]
        if scores[bearing].ran if bearing >= 0 else examined(snap.premises[reason]):
            return True
        if reason_premise(snap, scores, state, reason)[0] > 0.5:
            return True
    return any(
        snap.cut_sign[cut] < 0 and examined(snap.cut_premises[cut])
        for _, groups in snap.cuts[claim]
        for group in groups
        for cut in group
    )
