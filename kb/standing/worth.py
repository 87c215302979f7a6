"""What to check next: how far each possible verdict of what is not decided yet would move each thesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.model import Interval, Result, Standing, Verdict
from kb.standing.resolving import Known, affordable, bearing_checks, reaching, resolve
from kb.standing.scores import BEARING_LIMIT
from kb.standing.supposing import supposed

SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Effect:
    """A thesis that would move, before and after."""

    thesis: str
    before: Interval
    after: Interval
    standing_before: Standing
    standing_after: Standing

    @property
    def moves(self) -> float:
        """How far the middle would move."""
        return (sum(self.after) - sum(self.before)) / 2

    @property
    def flips(self) -> bool:
        return self.standing_before is not self.standing_after


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict that may come out, the weight it is given, and the theses that it would move."""

    verdict: Verdict
    weight: float
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """What deciding one thing next could do.

    ``kind`` "check": a check that has not been run, or did not come to a firm verdict; "claim": a claim
    without a check of its own, if it had one. ``claims`` are those that it would decide or inform.
    ``expected`` is the distance that the middles of all theses are expected to move, in all; ``flips``
    counts the theses that some verdict would give another label.
    """

    kind: Literal["check", "claim"]
    id: str
    claims: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    expected: float
    flips: int


class Ranking(tuple[Worth, ...]):
    """What to check next, in order. ``untried`` counts what is undecided but lay too far off to be tried."""

    untried: int = 0


def worth_checking(known: Known, theses: Sequence[str]) -> Ranking:
    """Everything undecided behind the theses, what would move them most first; what moves none is left out.

    Behind many claims there is more than can be tried in a reasonable time: then checks before claims, and
    the nearest of each.

    A verdict's weight is the chance that the check states now: its P, the share of its readings that hold
    when it is mixed, and one half where nothing is known. It is no forecast.

    Raises:
        KeyError: a thesis is not in the map.
    """
    snap = known.snap
    targets = list(dict.fromkeys(snap.number[snap.amap.alias.get(thesis, thesis)] for thesis in theses))
    checks: dict[str, None] = {}
    claims: dict[int, None] = {}
    for target in targets:
        checks.update(dict.fromkeys(bearing_checks(known, target)))
        claims.update(dict.fromkeys(reaching(known, target)))
    unsure = [check for check in checks if _unsure(known, check)]
    asked = set(targets)
    unchecked = [
        claim
        for claim in claims
        if not snap.bearings[claim] and claim not in asked and known.standing(claim) is Standing.OPEN
    ]
    most = affordable(known) // 2  # each takes two solutions
    found = []
    for check in unsure[:most]:
        weight = _chance(known.results.get(check))
        outcomes = []
        for verdict, chance in ((Verdict.HOLDS, weight), (Verdict.FAILS, 1 - weight)):
            imagined = supposed(known.base.checks[check], verdict, known.base)
            after = resolve(known, {check: imagined})
            outcomes.append(Outcome(verdict, chance, _effects(known, after, targets)))
        about = tuple(snap.amap.bearings[j].claim for j in known.bearings[check])
        found.append(_worth("check", check, about, outcomes))
    for claim in unchecked[: max(0, most - len(unsure))]:
        outcomes = []
        for verdict, strength in ((Verdict.HOLDS, 1 - BEARING_LIMIT), (Verdict.FAILS, BEARING_LIMIT)):
            after = resolve(known, {}, {claim: (strength, strength)})
            outcomes.append(Outcome(verdict, 0.5, _effects(known, after, targets)))
        found.append(_worth("claim", snap.ids[claim], (snap.ids[claim],), outcomes))
    moving = [worth for worth in found if any(outcome.effects for outcome in worth.outcomes)]
    ranking = Ranking(sorted(moving, key=lambda worth: (-worth.flips, -worth.expected, worth.id)))
    ranking.untried = max(0, len(unsure) + len(unchecked) - most)
    return ranking


def _unsure(known: Known, check: str) -> bool:
    score = known.scores[known.bearings[check][0]]
    return score.provisional or score.verdict not in (Verdict.HOLDS, Verdict.FAILS)


def _chance(result: Result | None) -> float:
    """The chance of holding that a result states; one half for none."""
    if result is None or not result.ran:
        return 0.5
    if result.verdict is Verdict.MIXED and result.readings:
        return sum(_stated(r.verdict, r.p) for r in result.readings) / len(result.readings)
    return _stated(result.verdict, result.p)


def _stated(verdict: Verdict, p: float | None) -> float:
    known: Mapping[Verdict, float] = {Verdict.HOLDS: 1.0, Verdict.FAILS: 0.0}
    return known.get(verdict, 0.5) if p is None else p


def _effects(before: Known, after: Known, targets: Sequence[int]) -> tuple[Effect, ...]:
    found = []
    for target in targets:
        was, now = before.interval(target), after.interval(target)
        if max(abs(now[0] - was[0]), abs(now[1] - was[1])) > SAME:
            found.append(
                Effect(before.snap.ids[target], was, now, before.standing(target), after.standing(target))
            )
    return tuple(found)


def _worth(
    kind: Literal["check", "claim"], name: str, claims: tuple[str, ...], outcomes: Sequence[Outcome]
) -> Worth:
    expected = sum(o.weight * abs(effect.moves) for o in outcomes for effect in o.effects)
    flipped = {effect.thesis for o in outcomes for effect in o.effects if effect.flips}
    return Worth(kind, name, claims, tuple(outcomes), expected, len(flipped))
