"""How sure a fit is of its parameters: samples of them, from resampled rows or from the curvature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

import numpy as np
from numpy.typing import NDArray

from kb.checks.fit_plan import MOST_FAILED
from kb.checks.forms import OF_SQUARES
from kb.checks.models import Array, Curve
from kb.checks.search import Loss, Solution, descend_all
from kb.checks.trouble import UNDEFINED, CouldNotRunError

#: Resamples of a bootstrap, draws from a covariance.
RESAMPLES, DRAWS = 512, 4096
#: So many numbers of one kind are held in memory at once.
_AT_ONCE = 2_000_000
#: The condition of the scaled Jacobian from which on its covariance is that of rounding errors.
SINGULAR = 1e7


@dataclass(frozen=True, slots=True)
class Fitting:
    """A curve with its loss, fitted: what a sampler needs. x has shape (n, columns), y (n,)."""

    curve: Curve
    loss: Loss
    x: Array
    y: Array
    solution: Solution


@dataclass(frozen=True, slots=True)
class Sampled:
    """A model fitted: its best parameters t and samples of them (equal without an interval), and how it does.

    ``t`` has shape (p,), ``samples`` (m, p), or (p,) without an interval.
    """

    model: str
    fitting: Fitting
    samples: Array

    def predict(self, x: Array) -> tuple[Array, Array]:
        """The best prediction at x (n, columns), and its samples: shapes (n,) and (n,) or (m, n)."""
        curve = self.fitting.curve
        return curve.predict(self.fitting.solution.t, x), curve.predict(self.samples, x)

    def errors(self, x: Array, y: Array) -> Array:
        """The root mean square of the relative errors, of each sample, without the rows where y is 0;
        nan where no other row is left."""
        there = y != 0
        off = self.predict(x[there])[1] / y[there] - 1
        found: Array = np.sqrt(np.mean(off**2, axis=-1)) if there.any() else np.full(off.shape[:-1], np.nan)
        return found


def bootstrap(fittings: Sequence[Fitting], seed: str) -> tuple[list[Array], int]:
    """Parameters of each fitting on ``RESAMPLES`` resamples of the rows (Efron 1979), and how many resamples
    could not be fitted and were drawn again.

    Fittings share their rows, and are resampled together. Each search starts at the fit to all rows. A
    resample with too few places of x for the parameters is passed over: how many there will be is known
    beforehand (``fit_plan.too_few``), so that a fit which is accepted does not fail by bad luck.

    Raises:
        CouldNotRunError: more than a tenth of the resamples could not be fitted.
    """
    rows = len(fittings[0].y)
    most = ceil(RESAMPLES / (1 - MOST_FAILED))
    drawn = _generator(seed).multinomial(rows, np.full(rows, 1 / rows), ceil(most / (1 - 2 * MOST_FAILED)))
    wanted = max(fitting.solution.t.size for fitting in fittings)
    usable = np.flatnonzero(_places(fittings[0].x, drawn) >= wanted)[:most]
    kept = [_refitted(fitting, drawn[usable].astype(np.float64)) for fitting in fittings]
    good = usable[np.logical_and.reduce([np.isfinite(t).all(axis=1) for t in kept])]
    if len(good) < RESAMPLES:
        looked = int(usable[-1]) + 1 if len(usable) == most else len(drawn)
        other = "covariance" if all(f.loss.name in OF_SQUARES for f in fittings) else "none"
        raise CouldNotRunError(
            f"{UNDEFINED} {looked - len(good)} of {looked} resamples of the {rows} rows could not be fitted, "
            f"more than {MOST_FAILED:.0%}; `interval: {other}` needs no resamples"
        )
    used = np.isin(usable, good[:RESAMPLES])
    return [t[used] for t in kept], int(good[RESAMPLES - 1]) + 1 - RESAMPLES


def _places(x: Array, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many different places of x (n, columns) each of m resamples holds, its rows counted by (m, n)."""
    order = np.lexsort(x.T)
    changes = (np.diff(x[order], axis=0) != 0).any(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], changes]))
    found: NDArray[np.int64] = np.count_nonzero(np.add.reduceat(counts[:, order], starts, axis=1), axis=1)
    return found


def _refitted(fitting: Fitting, counts: Array) -> Array:
    """The fits to m resamples, of shape (m, p); nan where a search fails."""
    found = np.full((len(counts), fitting.solution.t.size), np.nan)
    share = max(1, _AT_ONCE // (len(fitting.y) * fitting.solution.t.size))
    for start in range(0, len(counts), share):
        part = slice(start, start + share)
        found[part] = descend_all(
            fitting.curve, fitting.loss, fitting.x, fitting.y, counts[part], fitting.solution.t
        )
    return found


def covariance(fitting: Fitting) -> Array:
    """The covariance s²·(JᵀJ)⁻¹ of a fit's own parameters, of shape (p, p).

    J are the derivatives of the residuals, s² = Σr²/(n − p) their variance (Seber & Wild 1989, section 2.1).

    Raises:
        CouldNotRunError: there are no more rows than parameters, or the rows do not determine them.
    """
    t = fitting.solution.t
    if len(fitting.y) <= t.size:
        raise CouldNotRunError(
            f"error: {len(fitting.y)} rows leave no error to measure with {t.size} parameters"
        )
    residuals, slopes = fitting.loss.plain(fitting.curve.predict(t, fitting.x), fitting.y)
    jacobian = slopes[:, None] * fitting.curve.jacobian(t, fitting.x)
    size = np.linalg.norm(jacobian, axis=0)
    if not (np.isfinite(jacobian).all() and (size > 0).all()):
        raise CouldNotRunError(f"{UNDEFINED} {_UNDETERMINED}")
    _, values, turned = np.linalg.svd(jacobian / size, full_matrices=False)
    if values[0] > SINGULAR * values[-1]:
        raise CouldNotRunError(f"{UNDEFINED} {_UNDETERMINED}")
    variance = float(residuals @ residuals) / (len(fitting.y) - t.size)
    half = (turned.T / values) / size[:, None]
    found: Array = variance * half @ half.T
    return found


_UNDETERMINED = (
    "the rows do not determine the parameters (their covariance is singular); "
    "a model with fewer parameters may do"
)


def drawn(fitting: Fitting, seed: str) -> Array:
    """``DRAWS`` samples of a fit's parameters around the estimate, with its covariance.

    They follow the multivariate t distribution with n − p degrees of freedom, which is exact for a straight
    line with normal errors and wider than the normal where rows are few.

    Raises:
        CouldNotRunError: as ``covariance``.
    """
    t = fitting.solution.t
    freedom = len(fitting.y) - t.size
    found = covariance(fitting)
    scale = np.sqrt(np.diag(found))
    scale[scale == 0] = 1.0
    values, turned = np.linalg.eigh(found / np.outer(scale, scale))
    half = turned * np.sqrt(np.maximum(values, 0))
    rng = _generator(seed)
    normal = rng.standard_normal((DRAWS, t.size)) @ half.T * scale
    samples: Array = t + normal / np.sqrt(rng.chisquare(freedom, (DRAWS, 1)) / freedom)
    return samples


def sampled(interval: str, fittings: Sequence[Fitting], seed: str) -> tuple[list[Array], int]:
    """Samples of every fitting's parameters for a kind of interval, and how many were drawn again.

    Raises:
        CouldNotRunError: as ``bootstrap`` and ``covariance``.
    """
    match interval:
        case "bootstrap":
            return bootstrap(fittings, seed)
        case "covariance":
            return [drawn(f, f"{seed}\n{i}") for i, f in enumerate(fittings)], 0
    return [fitting.solution.t for fitting in fittings], 0


def _generator(seed: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(sha256(seed.encode()).digest(), "big"))


def criteria(fitting: Fitting) -> tuple[float, float]:
    """AICc (Hurvich & Tsai 1989) and BIC (Schwarz 1978) of a fit by squares, whose errors are normal.

    nan where they are not defined: with fewer than three rows above the parameters, or without any error.
    """
    count = len(fitting.y)
    free = fitting.solution.t.size + 1  # the size of the errors is estimated too
    residuals, _ = fitting.loss.plain(fitting.curve.predict(fitting.solution.t, fitting.x), fitting.y)
    mean = float(residuals @ residuals) / count
    if mean <= 1e-28 or fitting.loss.name not in OF_SQUARES:
        return float("nan"), float("nan")
    likely = count * float(np.log(mean))
    small = 2 * free * (free + 1) / (count - free - 1) if count > free + 1 else float("nan")
    return likely + 2 * free + small, likely + free * float(np.log(count))
