"""The work that is timed, dense matrix products, and the proof that it was done."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Unit roundoff, half the distance from 1 to the next number.
ROUNDOFF = {"fp64": 2.0**-53, "fp32": 2.0**-24, "tf32": 2.0**-11, "fp16": 2.0**-11, "bf16": 2.0**-8}
ROWS = 32


@dataclass(frozen=True, slots=True)
class Proof:
    """How far a result is from the reference. ``err`` and ``tol``: relative, on sampled rows.

    ``all_err`` and ``all_tol``: the worst row of a test that reaches every element of the result.
    """

    err: float
    tol: float
    all_err: float
    all_tol: float
    ok: bool

    def as_dict(self) -> dict[str, object]:
        """As plain data for a record, errors to three digits."""
        return {
            key: float(f"{value:.3g}") if isinstance(value, float) else value
            for key, value in asdict(self).items()
        }


def work(n: int) -> float:
    """FLOP in one product of two n × n matrices: a multiplication and an addition for each term."""
    return 2.0 * n**3


def operands(n: int, seed: int) -> tuple[Array, Array]:
    """Two n × n matrices of standard normal fp32 numbers; zeros would draw less power and so run faster."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, n), dtype=np.float32), rng.standard_normal((n, n), dtype=np.float32)


def prove(c: Array, a: Array, b: Array, *, store: str = "fp32", accumulate: str = "fp32") -> Proof:
    """Compare c with a·b in float64: sampled rows in full, all rows against a random vector (Freivalds 1979).

    Rounding errors of n random terms grow as √n (Higham & Mary 2019); both tolerances are some three
    times what a plain sum makes of normal data, and far below one dropped term or a silent drop to tf32.
    """
    n = a.shape[1]
    unit = math.sqrt(n) * ROUNDOFF[accumulate] + ROUNDOFF[store]
    rows = np.unique(np.linspace(0, len(a) - 1, ROWS).astype(int))
    reference = _times(a[rows], b)
    got = c[rows].astype(np.float64)
    err = _ratio(float(np.linalg.norm(got - reference)), float(np.linalg.norm(reference)))

    signs = np.random.default_rng(n).choice([-1.0, 1.0], size=b.shape[1])
    through = _times(a, _times(b, signs))
    residue = np.abs(_times(c, signs) - through)
    all_err = _ratio(float(np.max(residue)), float(np.sqrt(np.mean(through**2))))
    tol, all_tol = 2 * unit, 10 * unit
    # Comparisons with nan are false, so a result that is not finite is never right.
    return Proof(err, tol, all_err, all_tol, bool(err <= tol and all_err <= all_tol))


def _ratio(error: float, size: float) -> float:
    return error / size if size else math.inf


def _times(a: Array, b: Array) -> Array:
    """a·b in float64, a block of rows at a time: a copy of all of a would double its memory twice."""
    if b.ndim == 2:
        b = b.astype(np.float64)
    return np.concatenate([a[i : i + 512].astype(np.float64) @ b for i in range(0, len(a), 512)])
