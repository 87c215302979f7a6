"""A plain weighted bipolar graph in arrays, and what becomes of an argument map when it is reduced to one.

Alternative semantics (``kb.standing.rivals``) are defined on such graphs: arguments with a base score, and
weighted supports and attacks between single arguments (Amgoud and Ben-Naim 2018; Mossakowski and Neuhaus
2018). An argument map says more than that; ``reduced`` documents what is taken over and what is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kb.standing.gradual import Strengths, reason_value
from kb.standing.grouping import Groups
from kb.standing.scores import Grounds, Score
from kb.standing.snapshot import Snapshot

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Weighing = Literal["share", "nats"]
Edge = tuple[int, int, float]
"""The argument that acts, the one acted on, and the weight: above 0 it supports, below 0 it attacks."""


@dataclass(frozen=True, slots=True, eq=False)
class BipolarGraph:
    """n arguments with m supports and attacks among them, stored by the argument acted on. Read-only.

    ``base`` (n) has the base scores, in [0, 1]. What acts on argument i are the edges ``start[i]`` to
    ``start[i + 1]`` (``start`` has n + 1 entries): ``source`` (m) says who, and ``weight`` (m) how much,
    above 0 for a supporter and below 0 for an attacker.
    """

    base: Floats
    start: Ints
    source: Ints
    weight: Floats

    def __len__(self) -> int:
        return len(self.base)


def bipolar_graph(
    base: ArrayLike, source: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None
) -> BipolarGraph:
    """A graph from base scores (n) and edges (m each): who acts, on whom, with what signed weight (or 1).

    Raises ValueError for base scores outside [0, 1], for arguments that are not there, and for weights
    that are no finite numbers.
    """
    scores = np.array(base, dtype=np.float64)
    sources, targets = np.array(source, dtype=np.int64), np.array(target, dtype=np.int64)
    weights = np.ones(len(sources)) if weight is None else np.array(weight, dtype=np.float64)
    n = len(scores)
    if not len(sources) == len(targets) == len(weights):
        raise ValueError("every edge needs a source, a target and a weight")
    if not np.all((scores >= 0) & (scores <= 1)):
        raise ValueError("base scores lie between 0 and 1")
    for ends in (sources, targets):
        if len(ends) and (ends.min() < 0 or ends.max() >= n):
            raise ValueError(f"arguments are numbered from 0 to {n - 1}")
    if not np.all(np.isfinite(weights)):
        raise ValueError("weights are finite numbers")
    order = by_key(targets, n)
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(targets, minlength=n), out=start[1:])
    return BipolarGraph(*map(frozen, (scores, start, sources[order], weights[order])))


def by_key(keys: Ints, below: int) -> Ints:
    """The stable order of integer keys that lie under ``below``.

    Numpy sorts 16-bit integers by counting, so two passes over halves beat one over 64 bits by far.
    """
    if below > 1 << 32:
        return np.argsort(keys, kind="stable")
    order = np.argsort((keys & 0xFFFF).astype(np.uint16), kind="stable")
    if below > 1 << 16:
        order = order[np.argsort((keys[order] >> 16).astype(np.uint16), kind="stable")]
    return order


def frozen(values: NDArray[Any]) -> NDArray[Any]:
    """The same array, from now on read-only."""
    values.setflags(write=False)
    return values


@dataclass(frozen=True, slots=True, eq=False)
class Reduction:
    """A map as a plain graph: its claims come first, in the map's order, then one argument for each proxy.

    ``lost`` says in sentences what of this map the graph cannot hold.
    """

    graph: BipolarGraph
    lost: tuple[str, ...]


def reduced(
    snap: Snapshot,
    scores: Sequence[Score],
    grounds: Sequence[Grounds],
    state: Strengths,
    weighing: Weighing = "share",
) -> Reduction:
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
    source, target, weight = zip(*edges, strict=True) if edges else ((), (), ())
    return Reduction(bipolar_graph(base, source, target, weight), tuple(_lost(snap)))


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


def _lost(snap: Snapshot) -> Iterator[str]:
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
