"""Percentiles of many values, without sorting them.

``numpy.percentile`` parts the values again for each percentile. Here they are counted into many narrow
buckets once; only the few values of the buckets that hold a wanted rank are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

#: From so many values on, counting is quicker than numpy's way.
MANY = 16_384
BUCKETS = 4096
#: Where this many times lies between a low and a high value, buckets are even on a logarithmic axis.
WIDE = 20.0
#: Values of which the intermediate results fit in a processor's nearest cache but one.
BLOCK = 16_384


def percentiles(values: Reals, shares: Sequence[float]) -> Reals:
    """The percentiles (0 to 100) of finite values (n,), on a straight line between neighbours.

    That is numpy's own definition, number 7 of Hyndman & Fan (1996).
    """
    if values.size < MANY:
        return np.percentile(values, shares)
    places = np.asarray(shares) / 100 * (values.size - 1)
    lower = np.floor(places).astype(np.intp)
    ranks = np.unique(np.concatenate([lower, np.minimum(lower + 1, values.size - 1)]))
    found = _ranked(values, ranks)
    first = found[np.searchsorted(ranks, lower)]
    then = found[np.searchsorted(ranks, np.minimum(lower + 1, values.size - 1))]
    rest = places - lower
    return np.where(first == then, first, first * (1 - rest) + then * rest)


def _ranked(values: Reals, ranks: NDArray[np.intp]) -> Reals:
    """The values at ranks (ascending, from 0) of the sorted values."""
    buckets = _buckets(values)
    counts = np.bincount(buckets, minlength=BUCKETS)
    after = np.cumsum(counts)
    homes = np.searchsorted(after, ranks, side="right")
    wanted = np.zeros(BUCKETS, dtype=np.bool_)
    wanted[homes] = True
    kept = np.sort(values[wanted[buckets]])
    before = np.cumsum(np.where(wanted, counts, 0)) - after
    return np.asarray(kept[ranks + before[homes]])


def _buckets(values: Reals) -> NDArray[np.intp]:
    """Each value's bucket: no value lies below one of an earlier bucket, but for rounding.

    A few of the values say where most lie; all beyond are in the first and the last bucket.
    """
    some = np.sort(values[:: values.size // 1024])
    low, high = float(some[len(some) // 50]), float(some[-len(some) // 50])
    return _places(values, low, high, BUCKETS - 2, wide=low > 0 and high / WIDE > low)


def histogram(values: Reals, edges: Reals, *, wide: bool) -> NDArray[np.intp]:
    """How many finite values lie between neighbouring edges; the last edge belongs to its bin.

    As ``numpy.histogram``, for edges that are even on a straight axis, or with ``wide`` on a logarithmic one.
    """
    bins = len(edges) - 1
    places = _places(values, float(edges[0]), float(edges[-1]), bins, wide=wide)
    starts = np.concatenate([[-np.inf], edges[:-1], [np.nextafter(edges[-1], np.inf), np.inf]])
    # Rounding may have put a value next to where it belongs.
    places -= values < starts[places]
    places += values >= starts[places + 1]
    return np.bincount(places, minlength=bins + 2)[1:-1]


def _places(values: Reals, low: float, high: float, count: int, *, wide: bool) -> NDArray[np.intp]:
    """In which of so many even steps from low to high a value lies, from 1; 0 and count + 1 are beyond.

    With ``wide`` the steps are even for the logarithm, and what lies below ``low`` is in the first of them.
    """
    found = np.zeros(values.size, dtype=np.intp)
    start, end = (np.log(low), np.log(high)) if wide else (low, high)
    with np.errstate(over="ignore"):
        step = (end - start) / count
        if not 0 < step < np.inf:
            return found
        for first in range(0, values.size, BLOCK):
            part = values[first : first + BLOCK]
            place = np.log(np.maximum(part, low)) - start if wide else part - start
            place /= step
            np.clip(place, -1, count, out=place)
            place += 1
            found[first : first + BLOCK] = place
    return found
