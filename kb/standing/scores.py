"""Base scores: what a claim's own checks make of it, before anyone argues.

A check's result becomes an interval of strength (``check_score``); the checks of one claim become its
``Grounds``; grounds and the undercuts of their bearings become the base score (``base_score``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kb.model import Base, Interval, ReadingResult, Result, Scale, Verdict
from kb.standing.snapshot import Snapshot

BEARING_LIMIT = 0.05
"""A check bears on its claim at 95 %: even a computed certainty leaves this much doubt."""

HALF: Interval = (0.5, 0.5)
WHOLE: Interval = (1.0, 1.0)
Weighted = tuple[Interval, Interval]
"""A score and the κ of its bearing, both intervals."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one check says of the claims that it bears on."""

    interval: Interval
    verdict: Verdict | None = None
    reason: str = ""
    provisional: bool = False

    @property
    def ran(self) -> bool:
        return self.verdict not in (None, Verdict.COULD_NOT_RUN, Verdict.STALE)


@dataclass(frozen=True, slots=True)
class Grounds:
    """The checks that set one claim's base score, as numbers of bearings.

    ``pending`` means that the only check, or a required one, did not run: the claim is unknown whatever
    else is said, and ``waiting`` holds the bearings waited for. ``failed`` are corroborating checks that
    failed. ``prior`` is set when the author's own probability is to stand in for a check.
    """

    direct: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    pending: bool = False
    prior: float | None = None

    @property
    def decided(self) -> bool:
        return bool(self.direct or self.parts) and not self.pending


UNCHECKED = Grounds()


def hull(*intervals: Interval) -> Interval:
    """The smallest interval that holds all the given ones (at least one)."""
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def check_score(result: Result | None, scale: Scale, *, accept_unverified: bool = False) -> Score:
    """The strength that a check's result gives, by the table of base scores in docs/standings.md."""
    if result is None:
        return Score(scale.not_run, reason="not run yet")
    if not result.ran:
        return Score(scale.not_run, result.verdict, result.reason)
    if result.verdict is Verdict.MIXED:
        readings = [_verdict_score(reading, scale) for reading in result.readings]
        interval = hull(*readings) if readings else (BEARING_LIMIT, 1 - BEARING_LIMIT)
    else:
        interval = _verdict_score(result, scale)
    if result.provisional and not accept_unverified:
        return Score(hull(HALF, interval), result.verdict, result.reason, provisional=True)
    return Score(interval, result.verdict, result.reason)


def _verdict_score(result: Result | ReadingResult, scale: Scale) -> Interval:
    if result.verdict in (Verdict.COULD_NOT_RUN, Verdict.STALE):
        return scale.not_run
    low, high = scale.inconclusive
    if result.verdict in (Verdict.INCONCLUSIVE, Verdict.MIXED):
        if result.p is None:
            return low, high
        score = _of_probability(result.p)
        return min(low, score), max(high, score)
    certain = 1.0 if result.verdict is Verdict.HOLDS else 0.0
    score = _of_probability(certain if result.p is None else result.p)
    return score, score


def _of_probability(p: float) -> float:
    return BEARING_LIMIT + (1 - 2 * BEARING_LIMIT) * p


def all_scores(
    snap: Snapshot, base: Base, results: Mapping[str, Result], *, accept_unverified: bool = False
) -> tuple[Score, ...]:
    """The score of each bearing of the map. A check without a result has not run yet."""
    by_check = {
        check: check_score(results.get(check), base.config.scale, accept_unverified=accept_unverified)
        for check in {bearing.check for bearing in snap.amap.bearings}
    }
    return tuple(by_check[bearing.check] for bearing in snap.amap.bearings)


def all_grounds(
    snap: Snapshot, base: Base, scores: Sequence[Score], *, use_priors: bool = False
) -> tuple[Grounds, ...]:
    """The grounds of each claim."""
    found = [_grounds(snap, base, scores, bearings) if bearings else UNCHECKED for bearings in snap.bearings]
    if use_priors:
        for i, claim in enumerate(snap.ids):
            prior = base.claims[claim].prior
            if prior is not None and not snap.checked[i] and not found[i].pending:
                found[i] = Grounds(failed=found[i].failed, prior=prior)
    return tuple(found)


def _grounds(snap: Snapshot, base: Base, scores: Sequence[Score], bearings: Sequence[int]) -> Grounds:
    by_kind: dict[str, list[int]] = {"direct": [], "part": [], "corroborates": []}
    missing = []
    for j in bearings:
        bearing = snap.amap.bearings[j]
        by_kind[bearing.bears].append(j)
        if base.checks[bearing.check].required and not scores[j].ran:
            missing.append(j)
    direct, parts = by_kind["direct"], by_kind["part"]
    failed = tuple(j for j in by_kind["corroborates"] if scores[j].verdict is Verdict.FAILS)
    ran = [j for j in direct if scores[j].ran]
    deciders = [j for j in ran if base.checks[snap.amap.bearings[j].check].decides]
    unrun_parts = [j for j in parts if not scores[j].ran]
    # One half of a conjunction that fails settles it; otherwise all halves have to have run.
    parts_ran = parts and (not unrun_parts or any(scores[j].verdict is Verdict.FAILS for j in parts))
    waiting = [j for j in direct if not scores[j].ran] + unrun_parts
    if missing:
        return Grounds(tuple(direct), waiting=tuple(missing), pending=True)
    if deciders:
        return Grounds(tuple(deciders), (), failed, tuple(waiting))
    if ran or parts_ran:
        return Grounds(tuple(ran), tuple(parts) if parts_ran else (), failed, tuple(waiting))
    if waiting:
        some = not direct and len(unrun_parts) < len(parts)
        return Grounds(parts=tuple(parts) if some else (), waiting=tuple(waiting), pending=True)
    return Grounds(failed=failed)


def base_score(
    grounds: Grounds,
    scores: Sequence[Score],
    scale: Scale,
    kappa: Callable[[int], Interval],
) -> Interval:
    """The base score τ; ``kappa`` tells what undercuts leave of a bearing."""
    if grounds is UNCHECKED:
        return scale.unchecked

    def weighted(j: int) -> Weighted:
        return scores[j].interval, kappa(j)

    if grounds.pending:
        if not grounds.parts:
            return scale.not_run
        low, high = _conjunction([weighted(j) for j in grounds.parts], scale)
        return min(low, scale.not_run[0]), high
    weighed = [weighted(j) for j in grounds.direct]
    if grounds.parts:
        weighed.append((_conjunction([weighted(j) for j in grounds.parts], scale), WHOLE))
    if weighed:
        low, high = _expected_hull(weighed, scale.unchecked)
    elif grounds.prior is not None:
        low = high = min(max(grounds.prior, scale.not_run[0]), scale.not_run[1])
    else:
        low, high = scale.unchecked
    # As in _expected_hull, the innermost first: the order in which a file names its checks must not count.
    failed = [(scores[j].interval, kappa(j)[1]) for j in grounds.failed]
    for (fails_low, _), most in sorted(failed, key=lambda item: -item[0][0]):
        low -= most * max(0.0, low - fails_low)
    for (_, fails_high), most in sorted(failed, key=lambda item: item[0][1]):
        high += most * max(0.0, fails_high - high)
    return low, high


def _conjunction(parts: Sequence[Weighted], scale: Scale) -> Interval:
    mixed = [_expected_hull([part], scale.unchecked) for part in parts]
    return min(low for low, _ in mixed), min(high for _, high in mixed)


def _expected_hull(weighed: Sequence[Weighted], unchecked: Interval) -> Interval:
    """The hull of several checks when each bears with weight κ; ``unchecked`` when none does.

    With one check it is κ·τ + (1 − κ)·unchecked; with κ = 1 everywhere the plain hull; a check whose
    bearing is taken away altogether (κ = 0) leaves the others as they were. In general: the expected
    minimum and maximum over which checks bear, each independently with chance κ. Both ends are linear
    in every κ, so their extremes over intervals of κ are found from the innermost term outwards.
    """
    low, high = unchecked
    for (value, _), kappas in sorted(weighed, key=lambda item: -item[0][0]):
        low = min(k * value + (1 - k) * low for k in kappas)
    for (_, value), kappas in sorted(weighed, key=lambda item: item[0][1]):
        high = max(k * value + (1 - k) * high for k in kappas)
    return low, high
