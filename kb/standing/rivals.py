"""Other gradual semantics on plain bipolar graphs: DF-QuAD, quadratic energy, Euler-based, MLP-based.

Each is modular (Mossakowski and Neuhaus 2018): what acts on an argument is added up to one number, its
*energy*, and an influence function turns base score and energy into a strength. Without circles one pass
in the order of dependence gives the only solution. In a circle the strengths are an equilibrium, found by
repeating the pass or else, where that goes on swinging, by the continuous dynamics of Potyka (KR 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from kb.standing.bipolar import BipolarGraph, Bools, Floats, Ints
from kb.standing.levels import Ordered, Run, Stroke, ordered
from kb.standing.modular import FARTHEST, SEMANTICS, Semantics, euler, linear, logistic, quadratic

__all__ = ["SEMANTICS", "Semantics", "Solved", "solve_graph"]

TOLERANCE = 1e-12
"""At rest is what one more pass moves by no more than this."""
ROUNDS = 1_000
STEPS = 5_000
"""How often a circle is passed over, and how many steps its dynamics take, before it is given up."""


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The strengths (n) of a graph's arguments.

    ``strength`` is NaN for arguments in a circle that comes to no rest (``restless`` counts them) and
    for whatever depends on one. ``method`` names the last resort that some circle needed.
    """

    strength: Floats
    method: Literal["one pass", "iteration", "dynamics"] = "one pass"
    restless: int = 0

    @property
    def settled(self) -> bool:
        """Whether every argument has a strength."""
        return not self.restless


def _linear(base: Floats, energy: Floats) -> Floats:
    return base + np.where(energy > 0, 1 - base, base) * energy


def _quadratic(base: Floats, energy: Floats) -> Floats:
    square = energy * energy
    return base + (np.asarray(energy > 0) - base) * (square / (1 + square))


def _euler(base: Floats, energy: Floats) -> Floats:
    return 1 - (1 - base * base) / (1 + base * np.exp(np.clip(energy, -FARTHEST, FARTHEST)))


def _logistic(base: Floats, energy: Floats) -> Floats:
    return base / (base + (1 - base) * np.exp(-np.clip(energy, -FARTHEST, FARTHEST)))


_ON_ARRAYS: Mapping[Callable[[float, float], float], Callable[[Floats, Floats], Floats]] = {
    linear: _linear,
    quadratic: _quadratic,
    euler: _euler,
    logistic: _logistic,
}


def solve_graph(graph: BipolarGraph | Ordered, semantics: Semantics) -> Solved:
    """The strengths of a graph's arguments. An ordered graph (``levels.ordered``) saves ordering it again.

    Raises ValueError for weights beyond 1 in a semantics that multiplies. Deterministic; the strength of
    an argument depends on nothing but what it can be reached from.
    """
    plan = graph if isinstance(graph, Ordered) else ordered(graph)
    graph = plan.graph
    if semantics.energy == "product" and len(graph.weight) and np.abs(graph.weight).max() > 1:
        raise ValueError(f"in {semantics.title} no weight may exceed 1")
    strength = graph.base.copy()
    method: Literal["one pass", "iteration", "dynamics"] = "one pass"
    restless = 0
    for stroke in plan.strokes:
        here = slice(stroke.first, stroke.last)
        if stroke.run is not None:
            strength[here] = _along(stroke.run, strength, semantics)
        elif stroke.parts is None:
            strength[here] = _passed(graph, stroke, strength, semantics)
        else:
            swinging = _iterate(graph, stroke, stroke.parts, strength, semantics)
            if method == "one pass":
                method = "iteration"
            if swinging.any():
                method = "dynamics"
                restless += _flow(graph, stroke, stroke.parts, strength, semantics, swinging)
    found = np.empty(len(graph))
    found[plan.order] = strength
    return Solved(found, method, restless)


def _passed(graph: BipolarGraph, stroke: Stroke, strength: Floats, semantics: Semantics) -> Floats:
    """What the arguments of a stroke become, given the strengths of all. Every one has an edge."""
    first, last = graph.start[stroke.first], graph.start[stroke.last]
    begin = graph.start[stroke.first : stroke.last] - first
    weight = graph.weight[first:last]
    brought = weight * strength[graph.source[first:last]]
    if semantics.energy == "sum":
        energy = np.add.reduceat(brought, begin)
    else:
        against = np.multiply.reduceat(1 + np.minimum(brought, 0), begin)
        energy = against - np.multiply.reduceat(1 - np.maximum(brought, 0), begin)
    return _ON_ARRAYS[semantics.influence](graph.base[stroke.first : stroke.last], energy)


def _along(run: Run, strength: Floats, semantics: Semantics) -> list[float]:
    """The same, argument by argument: in a narrow run numpy's overhead would be most of the time."""
    influence, place, weight = semantics.influence, run.place, run.weight
    values: list[float] = strength[run.outside].tolist()
    known = len(values)
    for base, (first, last) in zip(run.base, pairwise(run.start), strict=True):
        if last - first == 1:  # then both ways to the energy come to the same
            energy = weight[first] * values[place[first]]
        else:
            energy = semantics.energy_of([weight[at] * values[place[at]] for at in range(first, last)])
        values.append(influence(base, energy))
    return values[known:]


def _iterate(
    graph: BipolarGraph, stroke: Stroke, parts: Ints, strength: Floats, semantics: Semantics
) -> Bools:
    """Repeat the pass over the circles of a level; says which arguments' circles do not come to rest."""
    here = slice(stroke.first, stroke.last)
    for _ in range(ROUNDS):
        moved = _passed(graph, stroke, strength, semantics)
        change = np.abs(moved - strength[here])
        strength[here] = moved
        if not (change > TOLERANCE).any():
            break
    worst = _by_circle(change, parts)
    strength[here] = np.where(np.isnan(worst), np.nan, strength[here])
    return worst > TOLERANCE


def _by_circle(change: Floats, parts: Ints) -> Floats:
    """The largest change within the circle of each argument; NaN where what acts has no strength."""
    return np.repeat(np.maximum.reduceat(change, parts), np.diff(np.append(parts, len(change))))


def _flow(
    graph: BipolarGraph,
    stroke: Stroke,
    parts: Ints,
    strength: Floats,
    semantics: Semantics,
    swinging: Bools,
) -> int:
    """Follow ds/dt = F(s) − s from the base scores to rest (Potyka 2018). Says how many find none.

    The embedded pair of Bogacki and Shampine (1989), orders 3 and 2. A step may err by a thousandth of
    the present pull, so that steps shrink with it and the flow cannot hover about its end.
    """
    here = slice(stroke.first, stroke.last)

    def pull(at: Floats) -> Floats:
        strength[here] = at
        return np.where(swinging, _passed(graph, stroke, strength, semantics) - at, 0.0)

    at = np.where(swinging, graph.base[here], strength[here])
    step, k1 = 0.25, pull(at)
    for _ in range(STEPS):
        left = np.abs(k1).max()
        if left <= TOLERANCE:
            break
        k2 = pull(at + step / 2 * k1)
        k3 = pull(at + 3 / 4 * step * k2)
        further = at + step / 9 * (2 * k1 + 3 * k2 + 4 * k3)
        k4 = pull(further)
        error = step / 72 * np.abs(-5 * k1 + 6 * k2 + 8 * k3 - 9 * k4).max()
        allowed = 1e-3 * left
        if error <= allowed:
            at, k1 = further, k4
        step *= min(5.0, max(0.2, 0.9 * (allowed / max(error, 1e-300)) ** (1 / 3)))
    restless = _by_circle(np.abs(k1), parts) > TOLERANCE
    strength[here] = np.where(restless, np.nan, at)
    return int(restless.sum())
