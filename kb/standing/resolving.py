"""Solve a map again for other verdicts: only what a change reaches is computed, components in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from kb.graph import members
from kb.model import ArgumentMap, Base, Interval, Result, Standing
from kb.standing.gradual import Strengths, evaluator, iterate, strengths
from kb.standing.labels import standing, thresholds
from kb.standing.scores import Grounds, Score, all_grounds, all_scores, check_score
from kb.standing.snapshot import Snapshot, snapshot_of

Readers = tuple[tuple[int, ...], ...]
"""By claim: the claims whose strength is computed from its own."""

WORK = 250_000
"""By default a question solves as many maps as have this ``effort`` together, but at least ``FEWEST``."""
FEWEST = 50
CIRCLE = 10
"""A claim within a circle is computed about so often until the circle comes to rest."""

DECIDED = Grounds(direct=(-1,))
"""Grounds of a claim that is taken for decided, by a check that the base does not have."""


@dataclass(frozen=True, slots=True)
class Known:
    """A solved map with what it takes to solve it again."""

    base: Base
    snap: Snapshot
    results: Mapping[str, Result]
    scores: Sequence[Score]
    grounds: Sequence[Grounds]
    state: Strengths
    readers: Readers
    bearings: Mapping[str, tuple[int, ...]]  # of each check
    limits: tuple[Interval, ...]  # by claim: (falls, stands)
    fixed: Mapping[int, Interval] = field(default_factory=dict)  # strengths supposed for claims
    accept_unverified: bool = False
    use_priors: bool = False

    def interval(self, claim: int) -> Interval:
        return self.state.low[claim], self.state.high[claim]

    def middle(self, claim: int) -> float:
        return (self.state.low[claim] + self.state.high[claim]) / 2

    def standing(self, claim: int) -> Standing:
        """The label, as ``kb.standing.solve`` gives it."""
        if self.grounds[claim].pending:
            return Standing.OPEN
        return standing(self.interval(claim), self.limits[claim])


def effort(known: Known) -> int:
    """How many claims are computed to solve the map once, about."""
    snap = known.snap
    return sum(
        len(group) * (CIRCLE if cyclic else 1)
        for group, cyclic in zip(snap.components, snap.cyclic, strict=True)
    )


def affordable(known: Known) -> int:
    """How many maps of this size a question solves by default: counted in claims, so the same everywhere."""
    return max(FEWEST, WORK // max(1, effort(known)))


def known_of(
    amap: ArgumentMap,
    base: Base,
    results: Mapping[str, Result],
    *,
    accept_unverified: bool = False,
    use_priors: bool = False,
) -> Known:
    """Solve a map in full, once. The options are those of ``kb.standing.solve``."""
    snap = snapshot_of(amap, base)
    scores = all_scores(snap, base, results, accept_unverified=accept_unverified)
    grounds = all_grounds(snap, base, scores, use_priors=use_priors)
    bearings: defaultdict[str, list[int]] = defaultdict(list)
    for j, bearing in enumerate(amap.bearings):
        bearings[bearing.check].append(j)
    merged = members(amap)
    return Known(
        base=base,
        snap=snap,
        results=results,
        scores=scores,
        grounds=grounds,
        state=strengths(snap, scores, grounds),
        readers=_readers(snap),
        bearings={check: tuple(found) for check, found in bearings.items()},
        limits=tuple(thresholds([base.claims[m] for m in merged[claim]], snap.scale) for claim in snap.ids),
        accept_unverified=accept_unverified,
        use_priors=use_priors,
    )


def resolve(
    known: Known, changed: Mapping[str, Result | None], fixed: Mapping[int, Interval] | None = None
) -> Known:
    """The same map with other results for some checks (None: not run), to the same numbers as in full.

    ``fixed`` gives claims without a check the strength that one would give them; it stays in further calls.
    """
    snap = known.snap
    scores, grounds = list(known.scores), list(known.grounds)
    touched = set(fixed or ())
    fixed = {**known.fixed, **(fixed or {})}
    for check, result in changed.items():
        new = check_score(result, known.base.config.scale, accept_unverified=known.accept_unverified)
        for j in known.bearings.get(check, ()):
            scores[j] = new
            touched.add(snap.number[snap.amap.bearings[j].claim])
    for claim in tuple(touched):
        if snap.bearings[claim]:
            grounds[claim] = grounds_of(known, scores, claim)
    old = known.state
    state = Strengths(
        old.low.copy(), old.high.copy(), old.kappa_low.copy(), old.kappa_high.copy(), old.base.copy()
    )
    for claim, interval in fixed.items():
        grounds[claim] = DECIDED
        state.base[claim] = interval
    # Whether a premise is decided matters to undercuts of checks even where its strength stays.
    for claim in tuple(touched):
        if grounds[claim].decided != known.grounds[claim].decided:
            touched.update(known.readers[claim])
    evaluate = evaluator(snap, scores, grounds, state)
    spread(snap, known.readers, state, touched, lambda c: fixed[c] if c in fixed else evaluate(c))
    results = {**known.results}
    for check, result in changed.items():
        if result is None:
            results.pop(check, None)
        else:
            results[check] = result
    return replace(known, results=results, scores=scores, grounds=grounds, state=state, fixed=fixed)


def reweighed(known: Known, snap: Snapshot, touched: Iterable[int]) -> Known:
    """The same map with other weights of reasons or undercuts on the touched claims."""
    old = known.state
    state = Strengths(
        old.low.copy(), old.high.copy(), old.kappa_low.copy(), old.kappa_high.copy(), old.base.copy()
    )
    spread(snap, known.readers, state, touched, evaluator(snap, known.scores, known.grounds, state))
    return replace(known, snap=snap, state=state)


def grounds_of(known: Known, scores: Sequence[Score], claim: int) -> Grounds:
    """The grounds of one claim, given the scores of all bearings."""
    snap = known.snap
    one = replace(
        snap, ids=(snap.ids[claim],), bearings=(snap.bearings[claim],), checked=(snap.checked[claim],)
    )
    return all_grounds(one, known.base, scores, use_priors=known.use_priors)[0]


def spread(
    snap: Snapshot,
    readers: Readers,
    state: Strengths,
    touched: Iterable[int],
    evaluate: Callable[[int], Interval],
) -> tuple[int, ...]:
    """Compute the touched claims anew, and those that read them, as far as anything changes.

    Returns the circles (by component) that were still moving when the iteration stopped.
    """
    low, high = state.low, state.high
    waiting = sorted({snap.component[claim] for claim in touched})
    queued = set(waiting)
    unsettled = []
    while waiting:
        place = heappop(waiting)
        group = snap.components[place]
        before = [(low[claim], high[claim]) for claim in group]
        if snap.cyclic[place]:
            for claim in group:
                low[claim], high[claim] = 0.0, 1.0
            if not iterate(snap, group, state, evaluate):
                unsettled.append(place)
        else:
            low[group[0]], high[group[0]] = evaluate(group[0])
        for claim, was in zip(group, before, strict=True):
            if (low[claim], high[claim]) != was:
                for reader in {snap.component[r] for r in readers[claim]} - {place}:
                    if reader not in queued:
                        queued.add(reader)
                        heappush(waiting, reader)
    return tuple(unsettled)


def reaching(known: Known, claim: int) -> list[int]:
    """The claims from whose strength a claim's own is computed, itself first, nearest first."""
    into: list[list[int]] = [[] for _ in known.readers]
    for source, targets in enumerate(known.readers):
        for target in targets:
            into[target].append(source)
    queue = [claim]
    seen = {claim}
    for reached in queue:  # grows while it is read
        new = [source for source in into[reached] if source not in seen]
        seen.update(new)
        queue.extend(dict.fromkeys(new))
    return queue


def bearing_checks(known: Known, claim: int) -> tuple[str, ...]:
    """The checks whose result a claim's strength may depend on, those of the nearest claims first."""
    snap = known.snap
    own: defaultdict[int, list[int]] = defaultdict(list)
    for reason, j in enumerate(snap.proxy):
        conclusion = snap.number[snap.amap.bearings[j].claim] if j >= 0 else -1
        if conclusion >= 0 and not snap.checked[conclusion] and not snap.circular[reason]:
            own[conclusion].append(j)
    found: dict[str, None] = {}
    for reached in reaching(known, claim):
        found.update((snap.amap.bearings[j].check, None) for j in (*snap.bearings[reached], *own[reached]))
    return tuple(found)


def _readers(snap: Snapshot) -> Readers:
    found: list[dict[int, None]] = [{} for _ in snap.ids]

    def reads(claim: int, others: Iterable[int]) -> None:
        for other in others:
            found[other][claim] = None

    for claim in range(len(snap.ids)):
        settled = snap.checked[claim]
        for cut in (k for _, groups in snap.cuts[claim] for group in groups for k in group):
            if snap.cut_of_check[cut] or not settled:
                reads(claim, (p for p in snap.cut_premises[cut] if p not in snap.cut_idle[cut]))
        if settled:
            continue
        for side in (snap.groups_for[claim], snap.groups_against[claim]):
            for reason in (r for group in side for r in group):
                reads(claim, snap.premises[reason])
        reads(claim, (*snap.assumes[claim], *snap.requires[claim]))
    return tuple(map(tuple, found))
