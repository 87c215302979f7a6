"""Inputs that move together: a Gaussian copula over the points of the samples.

The copula joins the inputs' ranks and nothing else: each input keeps its own distribution exactly. A Spearman
rank correlation ρ is that of normal scores correlated by 2 sin(π ρ/6) (Pearson 1907).
Importing this imports no numpy, since ``kb validate`` asks whether a table can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import pi, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.checks.sampling import Samples

#: Two variables, by their names, and their rank correlation.
Pair = tuple[str, str, float]
Table = Sequence[Sequence[float]]

#: The least share of its own variance that an input keeps beside those before it in the table.
LEAST = 1e-9


def linked(pairs: Iterable[Pair]) -> tuple[str, ...]:
    """The variables that are correlated with another one, in the order of their names."""
    return tuple(sorted({name for first, second, rank in pairs if rank for name in (first, second)}))


def table(names: Sequence[str], pairs: Iterable[Pair]) -> list[list[float]]:
    """The correlations of the normal scores of ``names``; what no pair names is not correlated."""
    places = {name: place for place, name in enumerate(names)}
    rows = [[float(row == column) for column in range(len(names))] for row in range(len(names))]
    for first, second, rank in pairs:
        if first in places and second in places:
            row, column = places[first], places[second]
            rows[row][column] = rows[column][row] = 2 * sin(pi * rank / 6)
    return rows


def cholesky(rows: Table) -> list[list[float]] | None:
    """The lower triangle L with L·Lᵀ = ``rows``; None where the table is not positive definite."""
    lower: list[list[float]] = []
    for place, row in enumerate(rows):
        found: list[float] = []
        for column in range(place):
            known = sum(a * b for a, b in zip(found, lower[column], strict=False))
            found.append((row[column] - known) / lower[column][column])
        rest = row[place] - sum(a * a for a in found)
        if rest < LEAST:
            return None
        lower.append([*found, sqrt(rest)])
    return lower


def correlated(points: Mapping[str, Samples], pairs: Sequence[Pair]) -> Mapping[str, Samples]:
    """The points in (0, 1) with the rank correlations of ``pairs``; each variable's stay evenly spread.

    A pair of which one is not among the points is passed over: what does not vary cannot move along.

    Raises:
        ValueError: the table of correlations is not positive definite, so no inputs can be so correlated.
    """
    pairs = [pair for pair in pairs if pair[0] in points and pair[1] in points]
    names = linked(pairs)
    if not names:
        return points
    lower = cholesky(table(names, pairs))
    if lower is None:
        raise ValueError("the table of correlations is not positive definite")
    import numpy as np
    from scipy.special import ndtr, ndtri

    scores = np.stack([ndtri(points[name]) for name in names])
    moved = dict(points)
    for name, row in zip(names, lower, strict=True):
        if any(row[:-1]):
            moved[name] = np.clip(ndtr(np.asarray(row) @ scores[: len(row)]), 2.0**-40, 1 - 2.0**-40)
    return moved
