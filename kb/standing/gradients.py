"""How fast a conclusion moves with every check, base score and strength: one pass backwards over the map.

Claims are taken in the reverse of the order in which they were computed; inside a circle the adjoint of its
fixed point is solved for (implicit function theorem: λ = seed + Jᵀλ). Exact through minima, maxima, caps and
shared evidence, at the branch that is active; ``kinks`` names where two branches meet, so that the slope
to one side may be another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb.model import Interval
from kb.standing.gradual import Strengths, both_ends, limited, retained
from kb.standing.resolving import Known
from kb.standing.scores import Score, base_score
from kb.standing.tracing import Slopes, Traced, logistic, logit, slopes

End = Literal["low", "middle", "high"]

_SEEDS: Mapping[End, Interval] = {"low": (1.0, 0.0), "middle": (0.5, 0.5), "high": (0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Gradient:
    """Derivatives of one end (or the middle) of a claim's strength. What is absent has slope 0.

    ``checks``: by check, with its score's low and high end (their sum: when the score moves as a whole).
    ``bases``: by claim, with its base score's ends. ``bands``: with the ends of the bands
    "unchecked" and "not_run" of the scale, for the claims that no check decides and the checks that did not
    run. ``steps``: by step, with its weight in nats. ``undercuts``: by undercut, with its λ. ``kinks``:
    claims with a kink at either end of their strength. ``singular``: circles (each by its claims) at whose
    fixed point there is no derivative, beyond which nothing is counted.
    """

    claim: str
    end: End
    checks: Mapping[str, Interval]
    bases: Mapping[str, Interval]
    bands: Mapping[str, Interval]
    steps: Mapping[str, float]
    undercuts: Mapping[str, float]
    kinks: tuple[str, ...] = ()
    singular: tuple[tuple[str, ...], ...] = ()

    def check(self, name: str) -> float:
        """The slope with a check's score as a whole."""
        return sum(self.checks.get(name, (0.0, 0.0)))


def gradient(known: Known, claim: str, end: End = "middle") -> Gradient:
    """The derivatives of ``claim``'s strength at one end. Linear in the map, apart from circles.

    Raises:
        KeyError: the claim is not in the map.
        ValueError: strengths of claims are supposed in ``known``.
    """
    if known.fixed:
        raise ValueError("a strength that is only supposed has no derivative")
    snap = known.snap
    tape = _Tape(known)
    start = snap.number[snap.amap.alias.get(claim, claim)]
    tape.flow(_seed(tape, start, end))
    singular = []
    for place in range(snap.component[start], -1, -1):
        group = snap.components[place]
        seeds = [tape.flowed_to(c) for c in group]
        if not any(low or high for low, high in seeds):
            continue
        if snap.cyclic[place]:
            seeds = _adjoint(tape, group, seeds)
            if not seeds:
                singular.append(tuple(snap.ids[c] for c in group))
                continue
        for c, seed in zip(group, seeds, strict=True):
            tape.flow(tape.slopes(c, seed), left_out=group if snap.cyclic[place] else ())
            tape.mark(c)
    return tape.gradient(snap.ids[start], end, tuple(singular))


def _seed(tape: _Tape, claim: int, end: End) -> Slopes:
    low, high = _SEEDS[end]
    return {id(tape.low[claim]): low, id(tape.high[claim]): high}


def _adjoint(tape: _Tape, group: Sequence[int], seeds: Sequence[Interval]) -> list[Interval]:
    """The seeds of a circle with all that flows around it; empty when its fixed point has no derivative."""
    import numpy as np
    from scipy.sparse import csc_matrix, identity
    from scipy.sparse.linalg import splu

    row = {id(leaf): 2 * i for i, leaf in enumerate(tape.low[c] for c in group)}
    row.update((id(tape.high[c]), 2 * i + 1) for i, c in enumerate(group))
    size = 2 * len(group)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for i, claim in enumerate(group):
        for end, unit in enumerate(((1.0, 0.0), (0.0, 1.0))):
            for leaf, slope in tape.slopes(claim, unit).items():
                if leaf in row:
                    rows.append(row[leaf])
                    columns.append(2 * i + end)
                    values.append(slope)
    transposed = csc_matrix((values, (rows, columns)), shape=(size, size))
    try:
        factors = splu(csc_matrix(identity(size) - transposed))
    except RuntimeError:  # what scipy raises for a singular matrix
        return []
    found = factors.solve(np.array(seeds).ravel())
    if not np.isfinite(found).all():
        return []
    return [(float(found[2 * i]), float(found[2 * i + 1])) for i in range(len(group))]


class _Tape:
    """Traced copies of all that strengths are computed from, and what has flowed back to each so far."""

    def __init__(self, known: Known) -> None:
        snap = known.snap
        self._ties: list[tuple[float, float]] = []
        self._flowed: dict[int, float] = {}
        self._kinks: list[str] = []
        self._grounds = known.grounds
        self._checks: dict[str, Score] = {}
        for bearing, score in zip(snap.amap.bearings, known.scores, strict=True):
            if bearing.check not in self._checks:
                self._checks[bearing.check] = replace(score, interval=self._pair(score.interval))
        self._scores = [self._checks[bearing.check] for bearing in snap.amap.bearings]
        self._omega = [self._leaf(value) for value in snap.omega[: len(snap.amap.steps)]]
        self._weights = [self._leaf(value) for value in snap.cut_weight]
        unchecked, not_run = self._pair(snap.scale.unchecked), self._pair(snap.scale.not_run)
        self._snap = replace(
            snap,
            omega=(*self._omega, *snap.omega[len(self._omega) :]),
            cut_weight=tuple(self._weights),
            scale=replace(snap.scale, unchecked=unchecked, not_run=not_run),
        )
        self._state = Strengths(
            low=[self._leaf(value) for value in known.state.low],
            high=[self._leaf(value) for value in known.state.high],
            kappa_low=[1.0] * snap.slots,
            kappa_high=[1.0] * snap.slots,
            base=[self._pair(ends) for ends in known.state.base],
        )
        self.low, self.high = self._state.low, self._state.high

    def _leaf(self, value: float) -> float:
        return Traced.of(value, (), self._ties)

    def _pair(self, ends: Interval) -> Interval:
        return self._leaf(ends[0]), self._leaf(ends[1])

    def flowed_to(self, claim: int) -> Interval:
        return self._sum(self.low[claim]), self._sum(self.high[claim])

    def flow(self, found: Slopes, *, left_out: Sequence[int] = ()) -> None:
        """Add slopes to what has flowed so far, save to the ends of some claims."""
        skipped = {id(end) for claim in left_out for end in (self.low[claim], self.high[claim])}
        for leaf, slope in found.items():
            if leaf not in skipped:
                self._flowed[leaf] = self._flowed.get(leaf, 0.0) + slope

    def slopes(self, claim: int, seed: Interval) -> Slopes:
        """The slopes of a claim's ends, weighted by ``seed``, with all that they are computed from."""
        self._ties.clear()
        strength, base = self._evaluate(claim)
        found = dict(slopes(zip(strength, seed, strict=True)))
        weights = [found.get(id(end), 0.0) for end in self._state.base[claim]]
        for leaf, slope in slopes(zip(base, weights, strict=True)).items():
            found[leaf] = found.get(leaf, 0.0) + slope
        return found

    def mark(self, claim: int) -> None:
        """Note a kink at the claim whose slopes were asked for last."""
        if any(slopes(((a, 1.0),)) != slopes(((b, 1.0),)) for a, b in self._ties):
            self._kinks.append(self._snap.ids[claim])

    def _evaluate(self, claim: int) -> tuple[Interval, Interval]:
        """A claim's strength, computed from its base score as a leaf; and its base score."""
        snap, state, first = self._snap, self._state, len(self._omega)
        for slot, groups in snap.cuts[claim]:
            state.kappa_low[slot], state.kappa_high[slot] = retained(snap, self._grounds, state, groups)
        base = base_score(
            self._grounds[claim],
            self._scores,
            snap.scale,
            lambda j: (state.kappa_low[first + j], state.kappa_high[first + j]),
        )
        if snap.checked[claim] or self._grounds[claim].pending:
            return state.base[claim], base
        low, high = (logit(end) for end in state.base[claim])
        for sign, groups in ((1, snap.groups_for[claim]), (-1, snap.groups_against[claim])):
            if groups:
                least, most = both_ends(snap, self._scores, state, groups)
                low += sign * (least if sign > 0 else most).total
                high += sign * (most if sign > 0 else least).total
        return limited(snap, state, claim, (logistic(low), logistic(high))), base

    def gradient(self, claim: str, end: End, singular: tuple[tuple[str, ...], ...]) -> Gradient:
        snap = self._snap
        missing = [score.interval for score in self._checks.values() if not score.ran]
        not_run = [self._ends(ends) for ends in (snap.scale.not_run, *missing)]
        steps = ((step.id, self._sum(leaf)) for step, leaf in zip(snap.amap.steps, self._omega, strict=True))
        cuts = zip(snap.amap.undercuts, self._weights, strict=True)
        bands = {
            "unchecked": self._ends(snap.scale.unchecked),
            "not_run": (sum(low for low, _ in not_run), sum(high for _, high in not_run)),
        }
        return Gradient(
            claim=claim,
            end=end,
            checks=_moving((check, self._ends(score.interval)) for check, score in self._checks.items()),
            bases=_moving(zip(snap.ids, map(self._ends, self._state.base), strict=True)),
            bands=_moving(bands.items()),
            steps={name: slope for name, slope in steps if slope},
            undercuts={cut.id: slope for cut, leaf in cuts if (slope := self._sum(leaf))},
            kinks=tuple(self._kinks),
            singular=singular,
        )

    def _sum(self, leaf: float) -> float:
        return self._flowed.get(id(leaf), 0.0)

    def _ends(self, ends: Interval) -> Interval:
        return self._sum(ends[0]), self._sum(ends[1])


def _moving(slopes_of: Iterable[tuple[str, Interval]]) -> Mapping[str, Interval]:
    return {name: ends for name, ends in slopes_of if any(ends)}
