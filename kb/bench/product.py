"""The work that is timed, dense matrix products, and the proof that it was done."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from kb.bench.numbers import ROUNDOFF, Array, drawn

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


def operands(n: int, seed: int, dtype: str = "fp32", *, zeros: bool = False) -> tuple[Array, Array]:
    """Two n × n matrices of numbers that ``dtype`` holds exactly: see ``kb.bench.numbers.drawn``."""
    rng = np.random.default_rng(seed)
    return drawn((n, n), dtype, rng, zeros=zeros), drawn((n, n), dtype, rng, zeros=zeros)


def roundoff(terms: int, *, store: str, accumulate: str, block: int = 0, truncates: bool = False) -> float:
    """The relative error to expect of a sum of random ``terms``.

    Rounding errors of n random terms grow as √n (Higham & Mary 2019). Sums of a ``block`` in a coarse type
    are added up in fp32. Matrix units cut off where others round, once for four terms at the least, so their
    errors grow as n/4 (Fasi, Higham, Mikaitis & Pranesh 2021, doi:10.7717/peerj-cs.330).
    """
    if truncates:
        return terms / 4 * 2 * ROUNDOFF[accumulate] + ROUNDOFF[store]
    inner = min(terms, block or terms)
    outer = math.sqrt(terms / inner) * ROUNDOFF["fp32"] if inner < terms else 0.0
    return math.sqrt(inner) * ROUNDOFF[accumulate] + outer + ROUNDOFF[store]


def prove(
    c: Array,
    a: Array,
    b: Array,
    *,
    store: str = "fp32",
    accumulate: str = "fp32",
    block: int = 0,
    truncates: bool = False,
) -> Proof:
    """Compare c with a·b in float64: sampled rows in full, all rows against a random vector (Freivalds 1979).

    Both tolerances are some three times what a plain sum makes of normal data (``roundoff``), and far below
    one dropped term or a silent drop to a coarser type.
    """
    unit = roundoff(a.shape[1], store=store, accumulate=accumulate, block=block, truncates=truncates)
    rows = np.unique(np.linspace(0, len(a) - 1, ROWS).astype(int))
    reference = _times(a[rows], b)
    got = c[rows].astype(np.float64)
    err = ratio(float(np.linalg.norm(got - reference)), float(np.linalg.norm(reference)))

    signs = np.random.default_rng(a.shape[1]).choice([-1.0, 1.0], size=b.shape[1])
    through = _times(a, _times(b, signs))
    residue = np.abs(_times(c, signs) - through)
    all_err = ratio(float(np.max(residue)), float(np.sqrt(np.mean(through**2))))
    # The reference, too, is a sum in float64.
    own = math.sqrt(a.shape[1]) * ROUNDOFF["fp64"] if a.dtype.kind == "f" else 0.0
    tol, all_tol = 2 * (unit + own), 10 * (unit + own)
    # Comparisons with nan are false, so a result that is not finite is never right.
    return Proof(err, tol, all_err, all_tol, bool(err <= tol and all_err <= all_tol))


def ratio(error: float, size: float) -> float:
    """A relative error. Where the reference is nothing but zeros, any error is infinite."""
    if size:
        return error / size
    return 0.0 if error == 0 else math.inf


def _times(a: Array, b: Array) -> Array:
    """a·b in float64, a block of rows at a time: a copy of all of a would double its memory twice."""
    if b.ndim == 2:
        b = b.astype(np.float64)
    return np.concatenate([a[i : i + 512].astype(np.float64) @ b for i in range(0, len(a), 512)])
