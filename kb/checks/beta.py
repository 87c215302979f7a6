"""The quantile function of the beta distribution, inverted for a few points and tabulated for many.

Inverting the incomplete beta function costs a microsecond a point and more. The logarithm of its inverse is
smooth over the log-odds of u, in both tails, so that polynomials of degree five through the six nearest
nodes of a table (Lagrange) follow it. A table is refined until it is right to 1e-8 of the value
halfway between its nodes; for shapes that none reaches, each point is inverted.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

#: Between its nodes a table is right to this share of the value.
TOLERANCE = 1e-8
#: So many intervals are tried: 512 did for every shape tried with a and b above 1, up to 1e5.
INTERVALS = (64, 128, 256, 512, 1024, 2048, 4096)
#: From a start that is this close, two Newton steps reach the limit of doubles.
CLOSE = 1e-3
#: Fewer points than that are not worth a table.
FEW = 4096
#: A table reaches from 2^-40 to 1 - 2^-40, here as log-odds: further than points are drawn.
END = 40 * float(np.log(2))
#: Points of which the intermediate results fit in a processor's nearest cache but one.
BLOCK = 16_384


def quantile(a: float, b: float, u: Reals) -> Reals:
    """The value below which a share ``u`` (0 < u < 1, any shape) of Beta(a, b) on (0, 1) lies."""
    coefficients = _table(a, b) if u.size >= FEW and _within(u) else None
    if coefficients is None:
        from scipy import special

        return np.asarray(special.betaincinv(a, b, u))
    flat = u.reshape(-1)
    found = np.empty_like(flat)
    for start in range(0, flat.size, BLOCK):
        part = flat[start : start + BLOCK]
        np.exp(_look_up(coefficients, np.log(part / (1 - part))), out=found[start : start + BLOCK])
    return found.reshape(u.shape)


def _within(u: Reals) -> bool:
    return bool(u.min() >= 2.0**-40 and u.max() <= 1 - 2.0**-40)


@lru_cache(maxsize=32)
def _table(a: float, b: float) -> Reals | None:
    """The polynomials' coefficients as (6, intervals), lowest power first; None where no table will do."""
    from scipy import special

    through = np.linalg.inv(np.vander(np.arange(-2.0, 4.0), increasing=True))
    coarse: Reals | None = None
    for intervals in INTERVALS:
        width = 2 * END / intervals
        odds = -END + width * np.arange(-2.0, intervals + 3)
        with np.errstate(divide="ignore"):
            start = (
                np.log(special.betaincinv(a, b, special.expit(odds)))
                if coarse is None
                else _look_up(coarse, odds)
            )
        nodes = _nearer(a, b, odds, _nearer(a, b, odds, start))
        if not np.isfinite(nodes).all():
            return None
        coefficients: Reals = through @ np.lib.stride_tricks.sliding_window_view(nodes, 6).T
        halfway = -END + width * (np.arange(0.0, intervals) + 0.5)
        found = _look_up(coefficients, halfway)
        missed = float(np.abs(_nearer(a, b, halfway, found) - found).max())
        if missed <= TOLERANCE:
            return coefficients
        coarse = coefficients if missed <= CLOSE else None
    return None


def _nearer(a: float, b: float, odds: Reals, logarithm: Reals) -> Reals:
    """The logarithm of the quantile at log-odds of u, one Newton step nearer.

    The step is from the smaller tail: near 1 a double cannot hold u, but it holds 1 - u. Where the quantile
    itself is so near 1 that a double cannot tell, its logarithm is good enough as it is.
    """
    from scipy import special

    u, rest = special.expit(odds), special.expit(-odds)
    with np.errstate(all="ignore"):
        x, left = np.exp(logarithm), -np.expm1(logarithm)
        density = np.exp(a * logarithm + (b - 1) * np.log(left) - special.betaln(a, b))
        # The upper tail as the lower one of the mirror image: scipy's own function takes five times as long.
        excess = np.where(u < rest, special.betainc(a, b, x) - u, rest - special.betainc(b, a, left))
        return np.asarray(logarithm - np.where(x < 1 - 1e-9, excess / density, 0.0))


def _look_up(coefficients: Reals, odds: Reals) -> Reals:
    """The tabulated logarithm at log-odds of u; at most 0, as no share is above 1."""
    intervals = coefficients.shape[1]
    place = (odds + END) * (intervals / (2 * END))
    interval = np.clip(place.astype(np.intp), 0, intervals - 1)
    place -= interval
    value = coefficients[-1].take(interval)
    for row in coefficients[-2::-1]:
        value *= place
        value += row.take(interval)
    return np.asarray(np.minimum(value, 0.0))
