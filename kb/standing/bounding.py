"""What standings a claim could have if some checks came out otherwise, without trying every combination.

Two states are carried through the map. In the *wide* one every check that is free to differ is at the hull of
its possible scores; its interval holds every interval that the claim could have. In the *narrow* one it is
at the hull turned inside out (its low end the highest, its high end the lowest); there the claim's low end is
at least as high as any that it could have, and its high end at least as low. Both follow from one thing:
a low end rises with other low ends and falls with other high ends, and a high end the reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from kb.model import Interval, Result, Standing
from kb.standing.gradual import Strengths, argued, limited, retained
from kb.standing.labels import TOLERANCE
from kb.standing.resolving import Known, grounds_of, spread
from kb.standing.scores import Score, base_score, check_score

COMBINATIONS = 256
"""At most so many combinations of what the checks of one claim say; beyond, the claim may be anything."""

Options = Mapping[str, Sequence[Result | None]]
"""By check that is free to differ: all results that it may have, its present one among them."""

SLACK = 1e-10


@dataclass(frozen=True, slots=True)
class _Own:
    """What a claim's own checks may make of it, in both states; apart where it is pending, if reasons count
    otherwise."""

    wide: Interval
    narrow: Interval
    pending_wide: Interval | None
    pending_narrow: Interval | None
    argues: bool


def possible(
    known: Known,
    options: Options,
    target: int,
    claims: Mapping[int, Sequence[Interval]] | None = None,
) -> frozenset[Standing]:
    """The labels that a claim may have when each of some checks has any of its options.

    ``claims`` are free as well: claims without checks of their own, each of which may be as it is, or of one
    of the given strengths. Never leaves out a label that the claim can have; may name one that it cannot.
    """
    return _Bounds(known, options, claims or {}).possible(target)


class _Bounds:
    def __init__(self, known: Known, options: Options, claims: Mapping[int, Sequence[Interval]]) -> None:
        self.known, self.snap, self.claims = known, known.snap, claims
        self.scores: dict[int, list[Score]] = {}
        for check, results in options.items():
            said = [
                check_score(r, known.base.config.scale, accept_unverified=known.accept_unverified)
                for r in results
            ]
            self.scores.update((j, said) for j in known.bearings.get(check, ()))
        self.touched = {self.snap.number[self.snap.amap.bearings[j].claim] for j in self.scores}
        self.touched |= claims.keys()
        self.reached = self._reached()
        self.touched |= {claim for claim in self.reached if self._cuttable(claim)}
        self.own: dict[int, _Own] = {}

    def possible(self, target: int) -> frozenset[Standing]:
        if target in self.touched and self.snap.bearings[target]:
            own = self._own_of(target)
            if own.pending_wide is not None:
                return frozenset(Standing)
        if self.known.grounds[target].pending:
            return frozenset({Standing.OPEN})
        wide, wide_rests = self._solve(wide=True)
        narrow, narrow_rests = self._solve(wide=False)
        if not (wide_rests and narrow_rests):
            return frozenset(Standing)
        falls, stands = self.known.limits[target]
        least, most = wide.low[target] - SLACK, wide.high[target] + SLACK
        found = set()
        if narrow.low[target] + SLACK >= stands - TOLERANCE:
            found.add(Standing.STANDS)
        if narrow.high[target] - SLACK <= falls + TOLERANCE:
            found.add(Standing.FALLS)
        if least < stands - TOLERANCE and most > falls + TOLERANCE:
            found.add(Standing.OPEN)
        return frozenset(found)

    def _reached(self) -> set[int]:
        queue = sorted(self.touched)
        seen = set(queue)
        for claim in queue:  # grows while it is read
            new = [reader for reader in self.known.readers[claim] if reader not in seen]
            seen.update(new)
            queue.extend(new)
        return seen

    def _cuttable(self, claim: int) -> frozenset[int]:
        """The bearings of a claim whose κ may differ, because a premise of an undercut may."""
        first = len(self.snap.amap.steps)
        cuts = [
            (slot, k)
            for slot, groups in self.snap.cuts[claim]
            for group in groups
            for k in group
            if self.snap.cut_of_check[k]
        ]
        if any(p in self.reached for _, k in cuts for p in self.snap.cut_premises[k]):
            return frozenset(slot - first for slot, _ in cuts if slot < self.snap.cut_slot)
        return frozenset()

    def _own_of(self, claim: int) -> _Own:
        if claim not in self.own:
            self.own[claim] = self._combine(claim)
        return self.own[claim]

    def _combine(self, claim: int) -> _Own:
        """All that a claim's own checks may say together: checks vary apart, bearings of one check as one."""
        snap, known = self.snap, self.known
        free: dict[str, list[int]] = {}
        for j in snap.bearings[claim]:
            if j in self.scores:
                free.setdefault(snap.amap.bearings[j].check, []).append(j)
        cut = sorted(self._cuttable(claim))
        number = 2 ** len(cut)
        for group in free.values():
            number *= len(self.scores[group[0]])
        if number > COMBINATIONS:
            anything, nothing = (0.0, 1.0), (1.0, 0.0)
            return _Own(anything, nothing, anything, nothing, not snap.checked[claim])
        first = len(snap.amap.steps)
        scores = list(known.scores)
        found: dict[bool, list[Interval]] = {True: [], False: []}
        for chosen in product(*(self.scores[group[0]] for group in free.values())):
            for group, score in zip(free.values(), chosen, strict=True):
                for j in group:
                    scores[j] = score
            own = grounds_of(known, scores, claim) if free else known.grounds[claim]
            for corner in product((0.0, 1.0), repeat=len(cut)):
                kept = dict(zip(cut, corner, strict=True))

                def kappa(j: int, kept: Mapping[int, float] = kept) -> Interval:
                    if j in kept:
                        return kept[j], kept[j]
                    return known.state.kappa_low[first + j], known.state.kappa_high[first + j]

                found[own.pending].append(base_score(own, scores, snap.scale, kappa))
        argues = bool(found[False]) and not snap.checked[claim]
        wide, narrow = _hulls(found[False] if argues else [*found[False], *found[True]])
        pending = _hulls(found[True]) if found[True] else (None, None)
        return _Own(wide, narrow, pending[0], pending[1], argues)

    def _solve(self, *, wide: bool) -> tuple[Strengths, bool]:
        """One of the two states, and whether every circle came to rest in it."""
        snap, old = self.snap, self.known.state
        state = Strengths(
            old.low.copy(), old.high.copy(), old.kappa_low.copy(), old.kappa_high.copy(), old.base.copy()
        )
        scores = list(self.known.scores)
        for j, said in self.scores.items():
            hulls = _hulls([score.interval for score in said])
            scores[j] = replace(said[0], interval=hulls[0] if wide else hulls[1])
        evaluate = self._evaluator(scores, state, wide=wide)
        return state, not spread(snap, self.known.readers, state, self.touched, evaluate)

    def _evaluator(
        self, scores: Sequence[Score], state: Strengths, *, wide: bool
    ) -> Callable[[int], Interval]:
        snap, grounds = self.snap, self.known.grounds

        def evaluate(claim: int) -> Interval:
            if claim in self.known.fixed:
                return self.known.fixed[claim]
            low, high = argue(claim)
            if claim not in self.claims:
                return low, high
            supposed = self.claims[claim]
            if wide:
                return min(low, *(low for low, _ in supposed)), max(high, *(high for _, high in supposed))
            return max(low, *(low for low, _ in supposed)), min(high, *(high for _, high in supposed))

        def argue(claim: int) -> Interval:
            for slot, groups in snap.cuts[claim]:
                if not snap.cut_of_check[groups[0][0]]:
                    state.kappa_low[slot], state.kappa_high[slot] = retained(snap, grounds, state, groups)
            if claim not in self.touched:
                if snap.checked[claim] or grounds[claim].pending:
                    return state.base[claim]
                return limited(snap, state, claim, argued(snap, scores, state, claim))
            own = self._own_of(claim)
            state.base[claim] = own.wide if wide else own.narrow
            if not own.argues:
                return state.base[claim]
            low, high = limited(snap, state, claim, argued(snap, scores, state, claim))
            pending = own.pending_wide if wide else own.pending_narrow
            if pending is None:
                return low, high
            if wide:
                return min(low, pending[0]), max(high, pending[1])
            return max(low, pending[0]), min(high, pending[1])

        return evaluate


def _hulls(intervals: Sequence[Interval]) -> tuple[Interval, Interval]:
    """The hull of some intervals, and the hull turned inside out: (highest low, lowest high)."""
    lows, highs = [low for low, _ in intervals], [high for _, high in intervals]
    return (min(lows), max(highs)), (max(lows), min(highs))
