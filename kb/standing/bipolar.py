"""A plain weighted bipolar graph in arrays.

Alternative semantics (``kb.standing.rivals``) are defined on such graphs: arguments with a base score, and
weighted supports and attacks between single arguments (Amgoud and Ben-Naim 2018; Mossakowski and Neuhaus
2018). An argument map says more than that (``kb.standing.reducing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kb.standing.reducing import Reduced

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


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


def graph_of(found: Reduced) -> BipolarGraph:
    """The graph that a map was reduced to."""
    source, target, weight = zip(*found.edges, strict=True) if found.edges else ((), (), ())
    return bipolar_graph(found.base, source, target, weight)


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
