"""The gradual semantics: log-odds that add up, over intervals, circles included.

For a claim without a direct check, L = logit τ + Σ ±ω·κ·g(s) over its reasons and s = 1/(1 + e^−L), after
the MLP-based modular semantics of Potyka (AAAI 2021). An interval [lo, hi] encloses what any choice inside
the base scores' intervals would give: lo takes support at its weakest and attack at its strongest, hi
the reverse, and each nesting of undercuts swaps the ends again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log

from kb.model import Interval
from kb.standing.grouping import Groups
from kb.standing.scores import Grounds, Score, base_score
from kb.standing.snapshot import Snapshot

TOLERANCE = 1e-12
SWEEPS = 2_000
"""At most so many evaluations of each claim of a circle. Stopping early leaves an enclosure, only wider."""


@dataclass(frozen=True, slots=True)
class Strengths:
    """The strengths of all claims, with what the account of one needs: κ by slot, base scores by claim."""

    low: list[float]
    high: list[float]
    kappa_low: list[float]
    kappa_high: list[float]
    base: list[Interval]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the reasons of one side add up to at one end, and what was taken off to get there.

    ``shared`` has, by group, what its members would add beyond counting once; ``over`` is what
    weak reasons and proxies would add beyond the cap.
    """

    total: float
    shared: tuple[float, ...]
    over: float


def logit(strength: float) -> float:
    strength = min(max(strength, 1e-12), 1 - 1e-12)
    return log(strength / (1 - strength))


def logistic(log_odds: float) -> float:
    if log_odds >= 0:
        return 1 / (1 + exp(-log_odds))
    odds = exp(log_odds)
    return odds / (1 + odds)


def strengths(snap: Snapshot, scores: Sequence[Score], grounds: Sequence[Grounds]) -> Strengths:
    """Strengths of all claims, components in order; a circle is iterated from [0, 1] to its fixed point.

    The step F of the iteration is monotone in the inclusion of intervals, so every iterate encloses
    every equilibrium, in whatever order claims are taken and wherever the iteration stops.
    """
    n = len(snap.ids)
    state = Strengths([0.0] * n, [1.0] * n, [1.0] * snap.slots, [1.0] * snap.slots, [(0.0, 1.0)] * n)
    evaluate = evaluator(snap, scores, grounds, state)
    for members, cyclic in zip(snap.components, snap.cyclic, strict=True):
        if cyclic:
            iterate(snap, members, state, evaluate)
        else:
            state.low[members[0]], state.high[members[0]] = evaluate(members[0])
    # What undercuts leave of reasons beside a check is shown only, and may rest on claims solved later.
    for claim, cuts in enumerate(snap.cuts):
        if snap.checked[claim]:
            _cut(snap, grounds, state, cuts)
    return state


def iterate(
    snap: Snapshot, circle: Sequence[int], state: Strengths, evaluate: Callable[[int], Interval]
) -> bool:
    """Narrow the intervals of a circle until they rest; whether they did before ``SWEEPS`` ran out."""
    low, high = state.low, state.high
    front = list(circle)
    for _ in range(SWEEPS):
        moved: dict[int, None] = {}
        for claim in front:
            new_low, new_high = evaluate(claim)
            if new_low - low[claim] > TOLERANCE or high[claim] - new_high > TOLERANCE:
                moved.update(dict.fromkeys(snap.dependents[claim]))
            low[claim], high[claim] = max(low[claim], new_low), min(high[claim], new_high)
        if not moved:
            return True
        front = list(moved)
    return False


def evaluator(
    snap: Snapshot, scores: Sequence[Score], grounds: Sequence[Grounds], state: Strengths
) -> Callable[[int], Interval]:
    """A function that computes one claim's interval from the present strengths of the others."""
    first = len(snap.amap.steps)

    def kappa(bearing: int) -> Interval:
        return state.kappa_low[first + bearing], state.kappa_high[first + bearing]

    def evaluate(claim: int) -> Interval:
        _cut(snap, grounds, state, snap.cuts[claim])
        own = grounds[claim]
        state.base[claim] = base_score(own, scores, snap.scale, kappa)
        if snap.checked[claim] or own.pending:
            return state.base[claim]
        return limited(snap, state, claim, argued(snap, scores, state, claim))

    return evaluate


def _cut(
    snap: Snapshot, grounds: Sequence[Grounds], state: Strengths, cuts: Sequence[tuple[int, Groups]]
) -> None:
    for slot, groups in cuts:
        state.kappa_low[slot], state.kappa_high[slot] = retained(snap, grounds, state, groups)


def argued(snap: Snapshot, scores: Sequence[Score], state: Strengths, claim: int) -> Interval:
    """What a claim's base score and reasons give, before what it assumes or requires holds it down."""
    low, high = state.base[claim]
    if not (snap.groups_for[claim] or snap.groups_against[claim]):
        return low, high
    low, high = logit(low), logit(high)
    if snap.groups_for[claim]:
        least, most = both_ends(snap, scores, state, snap.groups_for[claim])
        low += least.total
        high += most.total
    if snap.groups_against[claim]:
        least, most = both_ends(snap, scores, state, snap.groups_against[claim])
        low -= most.total
        high -= least.total
    return logistic(low), logistic(high)


def both_ends(
    snap: Snapshot, scores: Sequence[Score], state: Strengths, groups: Groups
) -> tuple[Tally, Tally]:
    """The reasons of one side at their weakest, and at their strongest."""
    values = [[reason_value(snap, scores, state, reason) for reason in group] for group in groups]
    weak = [[snap.weak[reason] for reason in group] for group in groups]
    cap = log(snap.scale.cap)
    least = tally([[low for low, _ in group] for group in values], weak, cap)
    return least, tally([[high for _, high in group] for group in values], weak, cap)


def reason_premise(snap: Snapshot, scores: Sequence[Score], state: Strengths, reason: int) -> Interval:
    """The strength that a reason starts from: its weakest premise, or what its proxy check says for it."""
    bearing = snap.proxy[reason]
    if bearing >= 0:
        low, high = scores[bearing].interval
        return (low, high) if snap.sign[reason] > 0 else (1 - high, 1 - low)
    return weakest(state, snap.premises[reason])


def reason_value(snap: Snapshot, scores: Sequence[Score], state: Strengths, reason: int) -> Interval:
    """ω·κ·g(s) of a reason, in nats without sign. Support within a circle adds nothing at the low end."""
    if snap.circular[reason]:
        return 0.0, 0.0
    low, high = reason_premise(snap, scores, state, reason)
    slot, omega = snap.slot[reason], snap.omega[reason]
    least = 0.0 if snap.inside[reason] else omega * state.kappa_low[slot] * max(0.0, 2 * low - 1)
    return least, omega * state.kappa_high[slot] * max(0.0, 2 * high - 1)


def weakest(state: Strengths, premises: Sequence[int]) -> Interval:
    """Linked premises are as strong as the weakest of them."""
    if len(premises) == 1:
        return state.low[premises[0]], state.high[premises[0]]
    return min(state.low[p] for p in premises), min(state.high[p] for p in premises)


def retained(snap: Snapshot, grounds: Sequence[Grounds], state: Strengths, groups: Groups) -> Interval:
    """κ = Π(1 − u): what undercuts leave of the thing they take; those that share evidence count once."""
    kept_low = kept_high = 1.0
    for group in groups:
        taken = [_taken(snap, grounds, state, cut) for cut in group]
        low, high = crossed((max(low for low, _ in taken), max(high for _, high in taken)))
        kept_low *= low
        kept_high *= high
    return kept_low, kept_high


def _taken(snap: Snapshot, grounds: Sequence[Grounds], state: Strengths, cut: int) -> Interval:
    """u = λ·g(s)·κ′ of one undercut, κ′ being what its own undercuts leave of it."""
    premises = snap.cut_premises[cut]
    if snap.cut_of_check[cut]:
        premise = [_established(snap, grounds, state, cut, p) for p in premises]
        low, high = min(low for low, _ in premise), min(high for _, high in premise)
    else:
        low, high = weakest(state, premises)
    slot, weight = snap.cut_slot + cut, snap.cut_weight[cut]
    return (
        weight * max(0.0, 2 * low - 1) * state.kappa_low[slot],
        weight * max(0.0, 2 * high - 1) * state.kappa_high[slot],
    )


def _established(
    snap: Snapshot, grounds: Sequence[Grounds], state: Strengths, cut: int, premise: int
) -> Interval:
    """How far a premise of an undercut may be used against the check that decides a claim.

    The burden of proof lies with whoever disputes a check, or no number of unchecked files could be
    kept from moving what checks decided: a premise that a check decides counts in full; any other only at
    its low end, and not at all when it rests on the claim in turn.
    """
    if grounds[premise].decided:
        return state.low[premise], state.high[premise]
    if premise in snap.cut_idle[cut]:
        return 0.0, 0.0
    return state.low[premise], state.low[premise]


def crossed(taken: Interval) -> Interval:
    """What is left when ``taken`` is taken away: the most taken leaves the least, so the ends swap."""
    return 1 - taken[1], 1 - taken[0]


def tally(values: Sequence[Sequence[float]], weak: Sequence[Sequence[bool]], cap: float) -> Tally:
    """Add up one side at one end: a group counts once (its maximum), weak ones together at most ``cap``.

    A group counts as its strongest reason above weak, plus what its strongest weak one has beyond that,
    which falls under the cap: so a strong reason that is refuted does not lift a weak one out of it.
    Monotone in every value.
    """
    counted = weak_total = 0.0
    shared = []
    for group, is_weak in zip(values, weak, strict=True):
        if len(group) == 1:
            shared.append(0.0)
            if is_weak[0]:
                weak_total += group[0]
            else:
                counted += group[0]
            continue
        firm = max((value for value, w in zip(group, is_weak, strict=True) if not w), default=0.0)
        best = max(group)
        counted += firm
        weak_total += best - firm
        shared.append(sum(group) - best)
    return Tally(counted + min(weak_total, cap), tuple(shared), max(0.0, weak_total - cap))


def limited(snap: Snapshot, state: Strengths, claim: int, strength: Interval) -> Interval:
    """Hold a claim down by what it requires, and down to a half by what it assumes."""
    low, high = strength
    for other in snap.assumes[claim]:
        low = min(low, max(0.5, state.low[other]))
        high = min(high, max(0.5, state.high[other]))
    for other in snap.requires[claim]:
        low = min(low, state.low[other])
        high = min(high, state.high[other])
    return low, high
