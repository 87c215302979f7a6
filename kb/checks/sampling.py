"""Samples of uncertain inputs: scrambled Sobol points through quantile functions.

The points are a digital net in base 2 with the direction numbers of Joe & Kuo (2008), scrambled at random
(Owen 1998; here Matoušek's linear scramble with a digital shift). A single net has no
error estimate, so the n points are ``REPLICATES`` independently scrambled nets of n/16 points: each
is unbiased by itself, and the spread of the sixteen estimates gives an honest interval for their mean.

One dimension belongs to one uncertain quantity, however many names and places use it: x − x is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kb.checks import beta
from kb.checks.sizes import FEWEST_SAMPLES, REPLICATES
from kb.checks.sobol import nets
from kb.model import Spread

Samples = NDArray[np.float64]
#: How the values of an output came about: on the points of these nets, one a seed of a random experiment, or
#: independently of each other, by fits to resampled rows or by draws of a fit's parameters.
Drawn = Literal["nets", "seeds", "resamples", "draws"]

#: The standard normal's 95th percentile: a stated p5 and p95 are that many deviations from the middle.
Z95 = 1.6448536269514722


def uniforms(variables: Iterable[str], samples: int, seed: str) -> Mapping[str, Samples]:
    """Points in (0, 1), ``samples`` for each variable, in the order of their sorted names.

    The same names and seed give the same points. ``samples`` is a power of two, at least 256; points
    i·n/16 … (i+1)·n/16 are one replicate.

    Raises:
        ValueError: the number of samples is no such power.
    """
    if samples < FEWEST_SAMPLES or samples & (samples - 1):
        raise ValueError(f"samples must be a power of two, at least {FEWEST_SAMPLES}, not {samples}")
    names = sorted(set(variables))
    if not names:
        return {}
    points = _points(len(names), samples, seed)
    return dict(zip(names, points, strict=True))


@lru_cache(maxsize=8)
def _points(dimensions: int, samples: int, seed: str) -> Samples:
    """The points as (dimensions, samples), none of them 0 or 1."""
    root = np.random.SeedSequence(int.from_bytes(sha256(seed.encode()).digest(), "big"))
    points = nets(dimensions, samples // REPLICATES, root, REPLICATES).reshape(dimensions, samples)
    np.maximum(points, 2.0**-40, out=points)
    points.flags.writeable = False
    return points


def quantile(spread: Spread, u: Samples | float) -> Samples:
    """The value of a distribution below which a share ``u`` (0 < u < 1) of it lies, in an array of its own.

    Percentiles p5 and p95 mean a lognormal when both are positive (ln x is normal), else a normal.
    """
    points = np.asarray(u, dtype=np.float64)
    a = spread.parameters
    match spread.kind:
        case "percentiles" if min(a) > 0:
            low, high = np.log(a[0]), np.log(a[1])
            values = _normal((low + high) / 2, (high - low) / (2 * Z95), points)
            return np.exp(values, out=values)
        case "percentiles":
            return _normal((a[0] + a[1]) / 2, (a[1] - a[0]) / (2 * Z95), points)
        case "uniform":
            return _placed(points * (a[1] - a[0]), a[0])
        case "normal":
            return _normal(a[0], a[1], points)
        case "beta":
            found = beta.quantile(a[0], a[1], points)
            found *= a[3] - a[2]
            return _placed(found, a[2])
        case "triangular":
            return _triangular(a[0], a[1], a[2], points)
        case "discrete":
            half = len(a) // 2
            values, weights = np.array(a[:half]), np.array(a[half:])
            order = np.argsort(values, kind="stable")
            edges = np.cumsum(weights[order]) / sum(a[half:])
            places = np.minimum(np.searchsorted(edges, points, side="left"), half - 1)
            return np.asarray(values[order][places], dtype=np.float64)


def _placed(values: Samples, low: float) -> Samples:
    found = np.asarray(values)
    found += low
    return found


def _normal(mean: float, deviation: float, u: Samples) -> Samples:
    from scipy.special import ndtri

    values = np.asarray(ndtri(u))
    values *= deviation
    values += mean
    return values


def _triangular(low: float, mode: float, high: float, u: Samples) -> Samples:
    width = high - low
    turn = (mode - low) / width
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(u < turn, rising, falling)


def median(spread: Spread) -> float:
    return float(quantile(spread, 0.5))
