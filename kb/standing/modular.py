"""Modular gradual semantics: DF-QuAD, quadratic energy, Euler-based, MLP-based.

What acts on an argument is added up to one number, its *energy*, and an influence function turns base score
and energy into a strength (Mossakowski and Neuhaus 2018). ``kb.standing.rivals`` solves graphs of any size
and shape; here is what small ones without circles need, which is no numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Literal

Weighing = Literal["share", "nats"]
Edge = tuple[int, int, float]
"""The argument that acts, the one acted on, and the weight: above 0 it supports, below 0 it attacks."""
FARTHEST = 700.0
"""Energies beyond this are taken for this: e to their power would overflow."""


@dataclass(frozen=True, slots=True)
class Semantics:
    """A modular semantics: how what acts on an argument becomes one number, and what that number does.

    ``energy`` is "sum" (supporters less attackers) or "product" (Π(1 − attackers) − Π(1 − supporters)).
    ``influence`` takes a base score and an energy. ``weighing`` is the weight that fits an argument map's
    steps: the share of a strength, or nats. ``paper`` is where the semantics was published.
    """

    title: str
    paper: str
    energy: Literal["sum", "product"]
    influence: Callable[[float, float], float]
    weighing: Weighing = "share"

    def energy_of(self, brought: Sequence[float]) -> float:
        """The energy of what supporters (above 0) and attackers (below 0) bring."""
        if len(brought) == 1:  # then both ways come to the same
            return brought[0]
        if self.energy == "sum":
            return sum(brought)
        support = against = 1.0
        for value in brought:
            if value > 0:
                support *= 1 - value
            else:
                against *= 1 + value
        return against - support


def linear(base: float, energy: float) -> float:
    return base + (1 - base if energy > 0 else base) * energy


def quadratic(base: float, energy: float) -> float:
    moved = energy * energy
    moved /= 1 + moved
    return base + (1 - base) * moved if energy > 0 else base - base * moved


def euler(base: float, energy: float) -> float:
    return 1 - (1 - base * base) / (1 + base * exp(_near(energy)))


def logistic(base: float, energy: float) -> float:
    return base / (base + (1 - base) * exp(-_near(energy)))


def _near(energy: float) -> float:
    if energy > FARTHEST:
        return FARTHEST
    return -FARTHEST if energy < -FARTHEST else energy


SEMANTICS: Mapping[str, Semantics] = {
    "df-quad": Semantics("DF-QuAD", "Rago, Toni, Aurisicchio and Baroni, KR 2016", "product", linear),
    "quadratic-energy": Semantics("quadratic energy", "Potyka, KR 2018", "sum", quadratic),
    "euler": Semantics(
        "Euler-based",
        "Amgoud and Ben-Naim, International Journal of Approximate Reasoning 99, 2018",
        "sum",
        euler,
    ),
    "mlp": Semantics("MLP-based", "Potyka, AAAI 2021", "sum", logistic, "nats"),
}
"""The semantics by the name that users type. Influences of base score b and energy e, in this order:
b + (1 − b)·e or, for e < 0, b + b·e; b + (1 − b)·h or b − b·h with h = e²/(1 + e²);
1 − (1 − b²)/(1 + b·exp e); and the logistic of logit b + e."""


def in_turn(base: Sequence[float], edges: Iterable[Edge], semantics: Semantics) -> list[float] | None:
    """The strengths of arguments with these base scores, each after those that act on it.

    None where they act on each other in a circle. Linear.
    """
    into: list[list[tuple[int, float]]] = [[] for _ in base]
    onto: list[list[int]] = [[] for _ in base]
    for source, target, weight in edges:
        into[target].append((source, weight))
        onto[source].append(target)
    waiting = [len(acting) for acting in into]
    strength = list(base)
    order = [argument for argument, count in enumerate(waiting) if not count]
    for argument in order:  # grows while it is read
        if into[argument]:
            energy = semantics.energy_of([weight * strength[other] for other, weight in into[argument]])
            strength[argument] = semantics.influence(base[argument], energy)
        for other in onto[argument]:
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    return strength if len(order) == len(base) else None
