"""Chains of fused multiply-adds whose end shows whether every one was done.

One round on a pair is x ← x - s·y, then y ← y + s·x with the new x (Minsky's circle, HAKMEM 149, 1972):
two FMAs, each of which needs the one before. The map keeps areas, so a pair runs along an ellipse for ever:
nothing is forgotten, nothing grows, and a round too few moves it by an angle of 2·asin(s/2). A contracting
chain would end in the same place however few steps were done.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from math import sqrt

import numpy as np

from kb.bench.numbers import ROUNDOFF, Array, stored
from kb.bench.product import Proof, ratio

#: FMAs in one round on one pair, of two FLOP each.
PER_ROUND = 2
_TURN = 0.6
# Enough rounds that loading and storing a pair is lost beside them, few enough that rounding leaves a
# missing round in sight.
_ROUNDS = {"fp64": 16384, "fp32": 16384, "fp16": 2048}


def rounds(dtype: str) -> int:
    """How many rounds are done on each pair."""
    return _ROUNDS[dtype]


def coefficients(dtype: str) -> Array:
    """-s and s, as ``dtype`` holds them."""
    return np.array([-_TURN, _TURN], stored(dtype))


def ends(start: Array, times: int) -> Array:
    """Where exact arithmetic takes the pairs of ``start``, shape (2, n), in float64.

    A round is linear, so ``times`` of them are one matrix, its power taken with 60 digits.
    """
    turn = float(coefficients(_dtype(start))[1])
    (a, b), (c, d) = _power(turn, times)
    x, y = start.astype(np.float64)
    return np.stack([a * x + b * y, c * x + d * y])


def prove_ends(got: Array, start: Array, times: int) -> Proof:
    """Compare every pair with where it must end.

    Rounding errors of 2·times FMAs add up like a random walk, as √(2·times) (Higham & Mary 2019), and the map
    does not enlarge them beyond the ellipse's axes, whose ratio is √((2 + s)/(2 - s)) < 1.4. A device may
    also round the product before it adds (WGSL's ``fma`` allows that): the tolerance is three times what
    that makes.
    """
    reference = ends(start, times)
    error = got.reshape(start.shape).astype(np.float64) - reference
    unit = sqrt(PER_ROUND * times) * ROUNDOFF[_dtype(start)]
    size = float(np.sqrt(np.mean(reference**2)))
    err = ratio(float(np.sqrt(np.mean(error**2))), size)
    all_err = ratio(float(np.max(np.abs(error))), size)
    tol, all_tol = 6 * unit, 40 * unit
    return Proof(err, tol, all_err, all_tol, bool(err <= tol and all_err <= all_tol))


def _dtype(start: Array) -> str:
    return {8: "fp64", 4: "fp32", 2: "fp16"}[start.dtype.itemsize]


def _power(turn: float, times: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """((1, -s), (s, 1 - s²)) to the power ``times``, by squaring."""
    with localcontext() as context:
        context.prec = 60
        s = Decimal(turn)
        square = (Decimal(1), -s, s, 1 - s * s)
        power = (Decimal(1), Decimal(0), Decimal(0), Decimal(1))
        while times:
            if times % 2:
                power = _times(power, square)
            square, times = _times(square, square), times // 2
        a, b, c, d = (float(value) for value in power)
    return (a, b), (c, d)


_Matrix = tuple[Decimal, Decimal, Decimal, Decimal]


def _times(left: _Matrix, right: _Matrix) -> _Matrix:
    a, b, c, d = left
    e, f, g, h = right
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h
