"""Relations that could be taken out of a map without moving anything, and why each has no effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kb.graph import effects
from kb.standing.gradual import (
    both_ends,
    limited,
    logistic,
    logit,
    reason_premise,
    reason_value,
    retained,
    tally,
    weakest,
)
from kb.standing.grouping import Groups
from kb.standing.resolving import Known

SAME = 1e-12

Idle = tuple[int, tuple[str, ...], str]
"""A claim, the relations into it that have no effect for one reason, and that reason in words."""

CHECKED = "its own checks settle it"
PENDING = "nothing counts before its check has run"
CIRCULAR = "the check that decides the premise decides this claim too"
UNDERCUT = "what undercuts it takes all of it"
REFUTED = "a premise is refuted"
A_COIN = "a premise is no better than a coin"
NOT_SHOWN = "who disputes a check has to show it, and a premise is not shown"
SHARED = "a reason on the same evidence counts at least as much"
CAPPED = "weak reasons for this side have reached their cap without it"
HELD = "what the claim assumes or requires holds it down anyway"


def without_effect(known: Known) -> Iterator[Idle]:
    """Steps and undercuts whose removal changes no strength, by claim and reason. Linear.

    Certain, but not complete: what lies within a circle is left out, since a removal might open the circle,
    and so are reasons that may be the only link between others of the same evidence. What claims assume
    and require is left out as well: that it holds nothing down today is how it should be.
    """
    cuts = _undercuts(known)
    for claim in range(len(known.snap.ids)):
        found: dict[str, list[str]] = {}
        for relation, why in (*_steps(known, claim), *cuts.get(claim, ())):
            found.setdefault(why, []).append(relation)
        for why, relations in found.items():
            yield claim, tuple(relations), why


def _steps(known: Known, claim: int) -> Iterator[tuple[str, str]]:
    snap = known.snap
    for sign, groups in ((1, snap.groups_for[claim]), (-1, snap.groups_against[claim])):
        settled = snap.checked[claim] or known.grounds[claim].pending
        least, most = both_ends(snap, known.scores, known.state, () if settled else groups)
        for group in groups:
            for reason in group:
                if snap.proxy[reason] < 0 and not _in_circle(known, claim, snap.premises[reason]):
                    why = _of_itself(known, claim, reason, group) or _beside_others(
                        known, claim, sign, reason, group, (least.over, most.over)
                    )
                    if why:
                        yield snap.amap.steps[reason].id, why


def _of_itself(known: Known, claim: int, reason: int, group: Sequence[int]) -> str:
    """Why a reason adds nothing, whatever else is said; empty when it does."""
    snap = known.snap
    if known.grounds[claim].pending:
        return PENDING
    if snap.checked[claim]:
        return CHECKED
    if len(group) > 2:
        return ""
    if snap.circular[reason]:
        return CIRCULAR
    if reason_value(snap, known.scores, known.state, reason)[1] > 0:
        return ""
    high = reason_premise(snap, known.scores, known.state, reason)[1]
    return UNDERCUT if high > 0.5 else REFUTED if high <= snap.scale.falls else A_COIN


def _beside_others(
    known: Known, claim: int, sign: int, reason: int, group: Sequence[int], over: tuple[float, float]
) -> str:
    """Why a reason that counts by itself moves nothing; ``over`` is what its side has beyond the cap."""
    snap = known.snap
    if len(group) > 2:
        return ""
    if len(group) == 2 and _said_anyway(known, reason, group):
        return SHARED
    low, high = reason_value(snap, known.scores, known.state, reason)
    if len(group) == 1 and snap.weak[reason] and over[0] >= low and over[1] >= high:
        return CAPPED
    if snap.assumes[claim] or snap.requires[claim]:
        now = known.interval(claim)
        then = _strength_without(known, claim, sign, reason)
        if all(abs(a - b) <= SAME for a, b in zip(now, then, strict=True)):
            return HELD
    return ""


def _said_anyway(known: Known, reason: int, group: Sequence[int]) -> bool:
    """Whether the rest of a group adds as much without a reason, at both ends."""
    snap = known.snap
    rest = [other for other in group if other != reason]
    for end in (0, 1):
        both = [
            tally(
                [[reason_value(snap, known.scores, known.state, r)[end] for r in members]],
                [[snap.weak[r] for r in members]],
                cap,
            ).total
            for members in (group, rest)
            for cap in (0.0, float("inf"))  # what counts in full, and with what falls under the cap
        ]
        if both[:2] != both[2:]:
            return False
    return True


def _strength_without(known: Known, claim: int, sign: int, reason: int) -> tuple[float, float]:
    """A claim's strength without one of its reasons."""
    snap, state = known.snap, known.state
    low, high = map(logit, state.base[claim])
    for side, groups in ((1, snap.groups_for[claim]), (-1, snap.groups_against[claim])):
        left = _left(groups, reason) if side == sign else groups
        least, most = both_ends(snap, known.scores, state, left)
        low += least.total if side > 0 else -most.total
        high += most.total if side > 0 else -least.total
    return limited(snap, state, claim, (logistic(low), logistic(high)))


def _left(groups: Groups, reason: int) -> Groups:
    rest = (tuple(r for r in group if r != reason) for group in groups)
    return tuple(group for group in rest if group)


def _undercuts(known: Known) -> Mapping[int, list[tuple[str, str]]]:
    """By claim, the undercuts that take nothing from what they are aimed at, or that do not matter there."""
    snap, found = known.snap, dict[int, list[tuple[str, str]]]()
    roots = effects(snap.amap)
    group_size = {
        cut: len(group) for cuts in snap.cuts for _, groups in cuts for group in groups for cut in group
    }
    for k, cut in enumerate(snap.amap.undercuts):
        claim = snap.number[roots[cut.id][0]]
        if _in_circle(known, claim, snap.cut_premises[k]):
            continue
        why = ""
        if snap.checked[claim] and not snap.cut_of_check[k]:
            why = CHECKED
        elif group_size[k] < 3 and retained(snap, known.grounds, known.state, ((k,),)) == (1.0, 1.0):
            why = _why_nothing_taken(known, k)
        if why:
            found.setdefault(claim, []).append((cut.id, why))
    return found


def _why_nothing_taken(known: Known, cut: int) -> str:
    snap = known.snap
    high = weakest(known.state, snap.cut_premises[cut])[1]
    if high <= 0.5:
        return REFUTED if high <= snap.scale.falls else A_COIN
    slot = snap.cut_slot + cut
    return UNDERCUT if known.state.kappa_high[slot] <= 0 else NOT_SHOWN


def _in_circle(known: Known, claim: int, others: Sequence[int]) -> bool:
    return any(known.snap.component[other] == known.snap.component[claim] for other in others)
