"""The account of a claim: every line that adds up to its strength, and one sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Literal

from kb.graph import bearing_id
from kb.model import Account, ArgumentMap, Base, Contribution, Interval, Result, Standing
from kb.standing import words
from kb.standing.gradual import (
    Tally,
    both_ends,
    limited,
    logistic,
    logit,
    reason_premise,
    reason_value,
    strengths,
)
from kb.standing.grouping import Groups
from kb.standing.labels import Label, all_labels, is_contested
from kb.standing.marks import Basis, Mark, all_bases, all_marks, all_weights
from kb.standing.scores import Score, all_grounds, all_scores
from kb.standing.snapshot import snapshot_of
from kb.standing.words import Solution

if TYPE_CHECKING:
    from kb.standing.crisp import Crisp


@dataclass(frozen=True, slots=True)
class _Sum:
    """The lines of one claim and what they add up to; ``free`` is its logistic, before any limit."""

    lines: tuple[Contribution, ...]
    tension: tuple[Contribution, ...]
    log_odds: Interval
    free: Interval


def solve(
    amap: ArgumentMap,
    base: Base,
    results: Mapping[str, Result],
    *,
    accept_unverified: bool = False,
    use_priors: bool = False,
) -> Accounts:
    """Where every claim of the map stands, and why, given what the checks say.

    ``results`` are by check id; a check without one has not run yet. ``accept_unverified`` counts
    provisional results in full. ``use_priors`` lets an author's ``prior`` be the base score of a claim
    without a direct check; by default it changes nothing. docs/standings.md explains the method.
    """
    snap = snapshot_of(amap, base)
    scores = all_scores(snap, base, results, accept_unverified=accept_unverified)
    grounds = all_grounds(snap, base, scores, use_priors=use_priors)
    state = strengths(snap, scores, grounds)
    return Accounts(Solution(base, snap, results, scores, grounds, state))


class Accounts(Mapping[str, Account]):
    """The accounts of all claims, in the order of the map, each written when it is first asked for."""

    def __init__(self, solved: Solution) -> None:
        self._solved = solved
        self._labels = all_labels(solved.snap, solved.base, solved.scores, solved.grounds, solved.state)
        self._written: dict[str, Account] = {}

    @cached_property
    def marks(self) -> Mapping[str, Mark]:
        """The standing of each claim as a line about it shows it; writes no account."""
        return all_marks(self._solved, self._labels)

    @cached_property
    def crisp(self) -> Mapping[str, Crisp]:
        """What each claim is without weights: in, out or undecided."""
        from kb.standing.crisp import crisp

        return crisp(self._solved, self._labels)

    @cached_property
    def scores(self) -> Mapping[str, Score]:
        """What each check that bears on a claim says of it, in the order of the map."""
        bearings = self._solved.snap.amap.bearings
        return {b.check: score for b, score in zip(bearings, self._solved.scores, strict=True)}

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """For each step of the map how much it can move its conclusion, in nats without sign."""
        return all_weights(self._solved)

    @cached_property
    def reached(self) -> Mapping[str, tuple[Standing, str, float, float]]:
        """Each claim's standing, why it is open, and the ends of its strength; writes no account."""
        found = zip(self._labels, self._solved.state.low, self._solved.state.high, strict=True)
        rows = ((label.standing, label.reason, low, high) for label, low, high in found)
        return dict(zip(self._solved.snap.ids, rows, strict=True))

    @cached_property
    def bases(self) -> Mapping[str, Basis]:
        """What each account is written from; equal bases (on one scale) give equal accounts."""
        return all_bases(self._solved, self._labels)

    def __getitem__(self, claim: str) -> Account:
        if claim not in self._written:
            self._written[claim] = _account(self._solved, self._solved.snap.number[claim], self._labels)
        return self._written[claim]

    def __iter__(self) -> Iterator[str]:
        return iter(self._solved.snap.ids)

    def __len__(self) -> int:
        return len(self._solved.snap.ids)


def _account(solved: Solution, claim: int, labels: Sequence[Label]) -> Account:
    snap, own, found = solved.snap, solved.grounds[claim], _sum(solved, claim)
    provisional = any(solved.scores[j].provisional for j in (*own.direct, *own.parts))
    limits: list[tuple[str, str, Interval]] = []
    strength = found.free
    if not (snap.checked[claim] or own.pending):
        strength = limited(snap, solved.state, claim, found.free)
        limits = [*_limits(solved, claim, found.free)]
    return Account(
        claim=snap.ids[claim],
        standing=labels[claim].standing,
        strength=strength,
        open_reason=labels[claim].reason,
        because=words.because(solved, claim, labels[claim], found.lines, labels),
        decided=own.decided,
        base=solved.state.base[claim],
        base_words=found.lines[0].words,
        log_odds=found.log_odds,
        contributions=found.lines,
        tension=found.tension,
        limits=tuple(limits),
        contested=is_contested(snap, solved.scores, solved.grounds, labels, solved.state, claim),
        cyclic=snap.cyclic[snap.component[claim]],
        provisional=provisional,
    )


def _limits(solved: Solution, claim: int, free: Interval) -> list[tuple[str, str, Interval]]:
    """The assumed and required claims that hold this one down, each with its own strength."""
    snap, state = solved.snap, solved.state
    found = []
    for relation, others in (("assumes", snap.assumes[claim]), ("requires", snap.requires[claim])):
        for other in others:
            low, high = state.low[other], state.high[other]
            floor = 0.5 if relation == "assumes" else 0.0
            if max(low, floor) < free[0] or max(high, floor) < free[1]:
                found.append((snap.ids[other], relation, (low, high)))
    return found


def _sum(solved: Solution, claim: int) -> _Sum:
    snap = solved.snap
    low, high = solved.state.base[claim]
    start = Contribution("base", "base", 0, (logit(low), logit(high)), words.base_words(solved, claim))
    reasons = (
        *_side(solved, 1, snap.groups_for[claim]),
        *_side(solved, -1, snap.groups_against[claim]),
    )
    if snap.checked[claim] or solved.grounds[claim].pending:
        return _Sum((start,), reasons, start.nats, (low, high))
    lines = (start, *reasons)
    log_odds = fsum([line.nats[0] for line in lines]), fsum([line.nats[1] for line in lines])
    return _Sum(lines, (), log_odds, (logistic(log_odds[0]), logistic(log_odds[1])))


def _side(solved: Solution, sign: int, groups: Groups) -> list[Contribution]:
    """The lines of one side: each reason in full, then what sharing and the cap take off again."""
    if not groups:
        return []
    least, most = both_ends(solved.snap, solved.scores, solved.state, groups)
    lines: list[Contribution] = []
    for i, group in enumerate(groups):
        lines += [_reason(solved, reason) for reason in group]
        if least.shared[i] or most.shared[i]:
            said = words.shared_words(solved, group)
            lines.append(_less("shared", sign, least.shared[i], most.shared[i], said))
    if least.over or most.over:
        lines.append(_cap(solved, sign, least, most))
    return lines


def _reason(solved: Solution, reason: int) -> Contribution:
    snap, state = solved.snap, solved.state
    slot, bearing = snap.slot[reason], snap.proxy[reason]
    premise = reason_premise(snap, solved.scores, state, reason)
    kappa = state.kappa_low[slot], state.kappa_high[slot]
    step = snap.amap.steps[reason] if bearing < 0 else None
    return Contribution(
        kind="step" if step else "proxy",
        id=step.id if step else bearing_id(snap.amap.bearings[bearing]),
        sign=snap.sign[reason],
        nats=_signed(snap.sign[reason], *reason_value(snap, solved.scores, state, reason)),
        words=words.reason_words(solved, reason),
        strength=step.strength if step else "weak",
        premise=premise,
        kappa=kappa,
        premises=step.premises if step else (),
        note=words.reason_note(solved, reason, premise, kappa),
    )


def _signed(sign: int, least: float, most: float) -> Interval:
    """What a value between ``least`` and ``most`` adds at the low and at the high end."""
    return (least, most) if sign > 0 else (0.0 - most, 0.0 - least)


def _less(kind: Literal["shared", "cap"], sign: int, least: float, most: float, said: str) -> Contribution:
    """A line that takes off again what its side has too much."""
    return Contribution(kind, kind, sign, _signed(sign, 0.0 - least, 0.0 - most), said)


def _cap(solved: Solution, sign: int, least: Tally, most: Tally) -> Contribution:
    side = "for" if sign > 0 else "against"
    said = f"Weak reasons and proxies {side} it count at most ln {solved.snap.scale.cap:g} together"
    return _less("cap", sign, least.over, most.over, said)
