"""What becomes of an argument map when it is reduced to a plain weighted bipolar graph, and what is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.standing.gradual import Strengths, reason_value
from kb.standing.grouping import Groups
from kb.standing.modular import Edge, Weighing
from kb.standing.scores import Grounds, Score
from kb.standing.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """A map as base scores and edges: first its claims, in its order, then an argument for each proxy."""

    base: list[float]
    edges: list[Edge]


def reduced(
    snap: Snapshot,
    scores: Sequence[Score],
    grounds: Sequence[Grounds],
    state: Strengths,
    weighing: Weighing = "share",
) -> Reduced:
    """An argument map as a plain bipolar graph, as near to its own reading as such a graph comes.

    * A base score is the midpoint of its interval; nothing acts on a claim that its checks settle.
    * A step weighs ¼, ½, ¾ or 1 for weak to decisive (``share``), or its log-odds in ``nats``.
    * Undercuts: the weight is multiplied by the midpoint of κ as the map's own reading has it.
    * Linked premises: only the one acts that is weakest in the map's own reading.
    * Reasons that share evidence: only the one acts that counts most there.
    * A proxy check is an argument of its own, with the midpoint of what it says as base score.

    ``state`` is the map's own reading (``kb.standing.gradual.strengths``). The cap on weak reasons,
    ``assumes``, ``requires`` and the width of every interval are lost.
    """
    base = [(low + high) / 2 for low, high in state.base]
    edges: list[Edge] = []
    for claim in range(len(snap.ids)):
        if snap.checked[claim] or grounds[claim].pending:
            continue
        for groups in (snap.groups_for[claim], snap.groups_against[claim]):
            for reason in _heaviest(snap, scores, state, groups):
                acting = _acting(snap, scores, state, reason, base)
                edges.append((acting, claim, snap.sign[reason] * _weight(snap, state, reason, weighing)))
    return Reduced(base, edges)


def _heaviest(snap: Snapshot, scores: Sequence[Score], state: Strengths, groups: Groups) -> Iterator[int]:
    """Of each group of reasons that share evidence the one that counts most, circular ones left out."""
    for group in groups:
        counted = [reason for reason in group if not snap.circular[reason]]
        if counted:
            yield max(counted, key=lambda r: (sum(reason_value(snap, scores, state, r)), snap.omega[r], -r))


def _acting(snap: Snapshot, scores: Sequence[Score], state: Strengths, reason: int, base: list[float]) -> int:
    """The argument that stands for a reason: its weakest premise, or a new one for its proxy check."""
    bearing = snap.proxy[reason]
    if bearing < 0:
        return min(snap.premises[reason], key=lambda p: (state.low[p] + state.high[p], p))
    low, high = scores[bearing].interval
    middle = (low + high) / 2
    base.append(middle if snap.sign[reason] > 0 else 1 - middle)
    return len(base) - 1


def _weight(snap: Snapshot, state: Strengths, reason: int, weighing: Weighing) -> float:
    slot = snap.slot[reason]
    kappa = (state.kappa_low[slot] + state.kappa_high[slot]) / 2
    if weighing == "nats":
        return kappa * snap.omega[reason]
    strength = "weak" if snap.proxy[reason] >= 0 else snap.amap.steps[reason].strength
    return kappa * snap.scale.undercut[strength]


def lost(snap: Snapshot) -> Iterator[str]:
    """Sentences for what of a map a plain graph cannot hold; those only that concern this map."""
    linked = sum(len(premises) > 1 for premises in snap.premises)
    if linked:
        yield (
            f"{_steps(linked)} with linked premises: only the premise that is weakest in the standing acts."
        )
    shared = sum(_together(snap.groups_for)) + sum(_together(snap.groups_against))
    if shared:
        yield f"{shared} of the reasons share evidence with a weightier one and are left out."
    if snap.amap.undercuts:
        yield "Undercuts are no arguments of their own: they scale the weight of the step that they take."
    if any(map(any, (snap.assumes, snap.requires))):
        yield "What claims assume and require does not hold them down."
    if any(snap.weak):
        yield "Weak reasons and proxies are not capped: enough of them settle a claim."
    yield "Each claim starts from the middle of its base score, so nothing says how far it is unknown."


def _together(sides: Iterable[Groups]) -> Iterator[int]:
    return (len(group) - 1 for groups in sides for group in groups)


def _steps(count: int) -> str:
    return "One step" if count == 1 else f"{count:,} steps"
