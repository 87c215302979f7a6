"""The search for a model's best parameters: what it minimises, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from kb.checks import models
from kb.checks.forms import OF_LOGARITHMS
from kb.checks.models import Array, Curve

#: From here on Huber's loss grows in a straight line (Hoffmann et al. 2022, for residuals of ln L).
DELTA = 1e-3
#: Below this share of the smallest y a prediction's logarithm is continued as a straight line.
_LEAST = 1e-3
#: Two ends of the search are different fits when a prediction, or a parameter that moves any, differs by more
#: than this share.
_APART = 0.05
#: A loss of rounding errors.
_NOTHING = 1e-25
#: Steps that a search may take.
_STEPS = 1000
#: A search has ended when a step betters the loss by less than this share of it.
_FINE = 1e-10
#: The same for resamples, whose spread is what counts.
_COARSE = 1e-7
#: How far the damping of a step goes before no step is left that betters the loss.
_DAMPED = 1e12


@dataclass(frozen=True, slots=True)
class Loss:
    """What a fit minimises: the sum of squares of ``of``, which gives residuals and their derivative by ŷ.

    ``plain`` gives the residuals before Huber's bend, y or ln y predicted less observed.
    """

    name: str
    of: Callable[[Array, Array], tuple[Array, Array]]
    plain: Callable[[Array, Array], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class Solution:
    """Where a search ended: the model's own parameters, the loss there, and another end if there is one.

    ``other`` is the loss, over the best, of the next best end that is another fit; 0 without one.
    """

    t: Array
    cost: float
    other: float = 0.0


def loss(name: str, y: Array) -> Loss:
    """``squares``: Σ(ŷ−y)² · ``log-squares``: Σ(ln ŷ − ln y)² · ``huber``, ``huber-log``: Huber's loss (1964)
    of the same residuals with δ = 1e-3, for y relative to its root mean square.
    """
    size = models.size(y)
    least = _LEAST * float(np.min(np.abs(y), where=y != 0, initial=np.inf))

    def difference(predicted: Array, y: Array) -> tuple[Array, Array]:
        return (predicted - y) / size, np.full_like(predicted, 1 / size)

    def ratio(predicted: Array, y: Array) -> tuple[Array, Array]:
        inside = np.maximum(predicted, least)
        return np.log(inside / y) + np.minimum(predicted - least, 0) / least, 1 / inside

    plain = ratio if name in OF_LOGARITHMS else difference
    if not name.startswith("huber"):
        return Loss(name, plain, plain)

    def bent(predicted: Array, y: Array) -> tuple[Array, Array]:
        residuals, slopes = plain(predicted, y)
        far = np.abs(residuals)
        root = np.sqrt(np.maximum(2 * DELTA * far - DELTA**2, DELTA**2))
        straight = far > DELTA
        found = np.where(straight, np.sign(residuals) * root, residuals)
        return found, slopes * np.where(straight, DELTA / root, 1.0)

    return Loss(name, bent, plain)


def search(curve: Curve, wanted: Loss, x: Array, y: Array) -> Solution | None:
    """The best fit from all the curve's starts (x of shape (n, columns), y of shape (n,)); None where no
    search converged."""
    ends = [end for start in curve.starts if (end := descend(curve, wanted, x, y, start))]
    if not ends:
        return None
    ends.sort(key=lambda end: end.cost)
    best = ends[0]
    curves = [curve.predict(end.t, x) for end in ends]
    size = models.size(y)
    # A parameter counts as far as the curve hangs on it: a floor of 1e-11 is one of 1e-12.
    pull = np.abs(curve.jacobian(best.t, x)).max(axis=0)
    for end, predicted in zip(ends[1:], curves[1:], strict=True):
        away = np.abs(end.t - best.t)
        elsewhere = bool(((away > _APART * (1 + np.abs(best.t))) & (away * pull > _APART * size)).any())
        if elsewhere or float(np.abs(predicted - curves[0]).max()) > _APART * size:
            return Solution(best.t, best.cost, max(1.0, end.cost / max(best.cost, _NOTHING)))
    return best


def descend(curve: Curve, wanted: Loss, x: Array, y: Array, start: Array) -> Solution | None:
    """Levenberg-Marquardt (Moré 1978, MINPACK) from one start; None where it does not converge."""

    def residuals(t: Array) -> Array:
        return wanted.of(curve.predict(t, x), y)[0]

    def jacobian(t: Array) -> Array:
        return wanted.of(curve.predict(t, x), y)[1][:, None] * curve.jacobian(t, x)

    with np.errstate(all="ignore"):
        if not np.isfinite(residuals(start)).all():
            return None
        try:
            end = optimize.least_squares(
                residuals, start, jacobian, method="lm", xtol=_FINE, ftol=_FINE, gtol=_FINE, max_nfev=_STEPS
            )
        except ValueError:  # a step led to numbers that are not finite
            return None
        predicted = curve.predict(end.x, x)
    if end.status <= 0 or not np.isfinite(predicted).all():
        return None
    if wanted.name in OF_LOGARITHMS and (predicted <= 0).any():
        return None
    return Solution(end.x, 2 * float(end.cost))


def descend_all(curve: Curve, wanted: Loss, x: Array, y: Array, counts: Array, start: Array) -> Array:
    """The fits to many resamples of the rows at once, all from one start.

    ``counts`` (m, n) says how often each row is in each resample; the result has shape (m, p), with nan where
    a search did not converge. Levenberg-Marquardt, scaled as by Marquardt (1963), all resamples in step.
    """
    found = np.full((len(counts), start.size), np.nan)
    active = np.arange(len(counts))
    t = np.tile(start, (len(counts), 1))
    damping = np.full(len(counts), 1e-3)
    roots = np.sqrt(counts)
    residuals, slopes = _weighted(curve, wanted, x, y, roots, t)
    cost = (residuals**2).sum(axis=1)
    for _ in range(_STEPS):
        jacobian = slopes[:, :, None] * curve.jacobian(t, x)
        step = _step(jacobian, residuals, damping)
        tried, tried_slopes = _weighted(curve, wanted, x, y, roots, t + step)
        tried_cost = (tried**2).sum(axis=1)
        better = tried_cost <= cost  # not so where it is nan
        ended = (better & (cost - tried_cost <= _COARSE * cost)) | (damping > _DAMPED) | (cost < _NOTHING)
        t[better] += step[better]
        residuals[better], slopes[better] = tried[better], tried_slopes[better]
        cost[better] = tried_cost[better]
        damping = np.where(better, np.maximum(damping / 8, 1e-12), damping * 4)
        found[active[ended]] = t[ended]
        active, t, damping = active[~ended], t[~ended], damping[~ended]
        residuals, slopes, cost, roots = residuals[~ended], slopes[~ended], cost[~ended], roots[~ended]
        if not active.size:
            break
    predicted = curve.predict(found, x)
    unusable = ~np.isfinite(predicted).all(axis=1)
    if wanted.name in OF_LOGARITHMS:
        unusable |= ((predicted <= 0) & (counts > 0)).any(axis=1)
    found[unusable] = np.nan
    return found


def _weighted(curve: Curve, wanted: Loss, x: Array, y: Array, roots: Array, t: Array) -> tuple[Array, Array]:
    """Residuals and their slopes, of rows that count so often; both of shape (m, n)."""
    residuals, slopes = wanted.of(curve.predict(t, x), y)
    return residuals * roots, slopes * roots


def _step(jacobian: Array, residuals: Array, damping: Array) -> Array:
    """The damped Gauss-Newton step of each resample, of shape (m, p); nan where there is none."""
    across = np.swapaxes(jacobian, 1, 2)
    curvature = across @ jacobian
    size = np.diagonal(curvature, axis1=1, axis2=2)
    places = np.arange(size.shape[1])
    curvature[:, places, places] += damping[:, None] * size + np.finfo(float).tiny
    usable = np.isfinite(curvature).all(axis=(1, 2)) & (size > 0).all(axis=1)
    curvature[~usable] = np.eye(size.shape[1])
    step: Array = np.linalg.solve(curvature, -(across @ residuals[:, :, None]))[:, :, 0].astype(np.float64)
    step[~usable] = np.nan
    return step
