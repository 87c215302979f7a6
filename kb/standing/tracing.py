"""Numbers that remember what they were computed from, so that a derivative can be read off afterwards.

Reverse-mode differentiation (Linnainmaa 1976; Griewank & Walther, *Evaluating Derivatives*, 2008) of the
very functions that compute standings: given traced numbers, they return traced numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import SupportsIndex

from kb.standing import gradual

TIE = 1e-12
"""Two numbers as close as this are a tie: which is the larger turns with the smallest change."""

Slopes = Mapping[int, float]
"""By ``id`` of a leaf: how fast a result moves with it."""


class Traced(float):
    """A number with its sources: the numbers it was computed from, each with the slope at this point.

    A *leaf* has none. ``ties``, which all numbers of one computation share, collects the pairs that a
    comparison found equal: there the result has a kink, if the two do not move alike.
    """

    __slots__ = ("sources", "ties")

    sources: tuple[tuple[Traced, float], ...]
    ties: list[tuple[float, float]]

    @classmethod
    def leaf(cls, value: float, ties: list[tuple[float, float]]) -> Traced:
        return cls.of(value, (), ties)

    @classmethod
    def of(
        cls, value: float, sources: tuple[tuple[Traced, float], ...], ties: list[tuple[float, float]]
    ) -> Traced:
        made = cls(value)
        made.sources, made.ties = sources, ties
        return made

    def _then(self, value: float, slope: float, other: float, other_slope: float) -> Traced:
        own = (self, slope)
        sources = (own, (other, other_slope)) if isinstance(other, Traced) else (own,)
        return Traced.of(value, sources, self.ties)

    def __add__(self, other: float) -> Traced:
        return self._then(float(self) + float(other), 1.0, other, 1.0)

    __radd__ = __add__

    def __sub__(self, other: float) -> Traced:
        return self._then(float(self) - float(other), 1.0, other, -1.0)

    def __rsub__(self, other: float) -> Traced:
        return self._then(float(other) - float(self), -1.0, other, 1.0)

    def __mul__(self, other: float) -> Traced:
        return self._then(float(self) * float(other), float(other), other, float(self))

    __rmul__ = __mul__

    def __neg__(self) -> Traced:
        return self._then(-float(self), -1.0, 0.0, 0.0)

    def __lt__(self, other: float) -> bool:
        self._compared(other)
        return float(self) < float(other)

    def __gt__(self, other: float) -> bool:
        self._compared(other)
        return float(self) > float(other)

    def _compared(self, other: float) -> None:
        if abs(float(self) - float(other)) <= TIE and self is not other:
            self.ties.append((self, other))

    __hash__ = float.__hash__

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[type[float], tuple[float]]:
        return float, (float(self),)


def logit(strength: float) -> float:
    """``kb.standing.gradual.logit``, traced: its slope is 1 ÷ (s·(1 − s))."""
    value = gradual.logit(float(strength))
    if not isinstance(strength, Traced):
        return value
    s = min(max(float(strength), 1e-12), 1 - 1e-12)
    return Traced.of(value, ((strength, 1 / (s * (1 - s))),), strength.ties)


def logistic(log_odds: float) -> float:
    """``kb.standing.gradual.logistic``, traced: its slope is s·(1 − s)."""
    s = gradual.logistic(float(log_odds))
    if not isinstance(log_odds, Traced):
        return s
    return Traced.of(s, ((log_odds, s * (1 - s)),), log_odds.ties)


def slopes(seeds: Iterable[tuple[float, float]]) -> Slopes:
    """How fast Σ weight·result moves with every leaf that the results were computed from.

    ``seeds`` are (result, weight). One pass backwards over what was traced; nothing recurses.
    """
    traced = [(root, weight) for root, weight in seeds if weight and isinstance(root, Traced)]
    weights: dict[int, float] = {}
    for root, weight in traced:
        weights[id(root)] = weights.get(id(root), 0.0) + weight
    found: dict[int, float] = {}
    for number in reversed(_sources_first([root for root, _ in traced])):
        weight = weights.get(id(number), 0.0)
        if not number.sources and weight:
            found[id(number)] = weight
        for source, slope in number.sources:
            weights[id(source)] = weights.get(id(source), 0.0) + weight * slope
    return found


def _sources_first(roots: Iterable[Traced]) -> list[Traced]:
    """All numbers behind the given ones, each after those it was computed from."""
    order: list[Traced] = []
    seen: set[int] = set()
    for root in roots:
        work = [(root, False)]
        while work:
            number, done = work.pop()
            if done:
                order.append(number)
            elif id(number) not in seen:
                seen.add(id(number))
                work.append((number, True))
                work.extend((source, False) for source, _ in number.sources if id(source) not in seen)
    return order
