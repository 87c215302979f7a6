"""The models of fits: each one's curve, its derivatives, and where a search for its parameters starts.

Every model is searched in parameters of its own in which the rows are of ordinary size (x over its geometric
mean, or its distance from the mean in standard deviations), so that FLOP by the 10^24 and dollars by the cent
are fitted alike; ``reported`` turns them into the parameters that people write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from kb.checks.forms import FORMS

Array = NDArray[np.float64]

#: Below this exponent of e, (e^x − 1)/x is taken from its series.
_NEAR = 1e-4
#: From this size on, numbers are searched in a larger unit: their squares' squares must still be numbers.
_FAR = 2.0**200


@dataclass(frozen=True, slots=True)
class Curve:
    """A model made ready for some rows; ``t`` are its own parameters, p of them.

    ``predict`` takes t of shape (…, p) and x of shape (n, columns) to (…, n), ``jacobian`` to its derivatives
    (…, n, p), ``reported`` t to parameters of its shape in the order of ``Form.parameters``.
    """

    predict: Callable[[Array, Array], Array]
    jacobian: Callable[[Array, Array], Array]
    reported: Callable[[Array], Array]
    starts: tuple[Array, ...]


def curve(model: str, x: Array, y: Array) -> Curve:
    """A model made ready for the rows that it is fitted to: x of shape (n, columns), y of shape (n,)."""
    with np.errstate(all="ignore"):
        of = handy(y)
        if 1 / _FAR < of < _FAR:
            return _MODELS[model](x, y)
        return _enlarged(_MODELS[model](x, y / of), model, of)


def _enlarged(curve: Curve, model: str, of: float) -> Curve:
    """The curve in y's own unit, where the search needs one in which the curvature is no 0 or infinity."""
    by = np.array([of if kind.startswith("y") else 1.0 for kind in FORMS[model].parameters.values()])
    return Curve(
        lambda t, x: of * curve.predict(t, x),
        lambda t, x: of * curve.jacobian(t, x),
        lambda t: curve.reported(t) * by,
        curve.starts,
    )


def _power_law(x: Array, y: Array) -> Curve:
    center = _center(x[:, 0])

    def predict(t: Array, x: Array) -> Array:
        return np.exp(t[..., :1] + t[..., 1:] * _relative(x[:, 0], center))

    def jacobian(t: Array, x: Array) -> Array:
        found = predict(t, x)
        return np.stack([found, found * _relative(x[:, 0], center)], axis=-1)

    def reported(t: Array) -> Array:
        return np.stack([np.exp(t[..., 0]), t[..., 1]], axis=-1)

    straight = _solve([np.ones_like(y), _relative(x[:, 0], center)], np.log(y))
    return Curve(predict, jacobian, reported, (straight, np.array([np.log(y.mean()), 0.0])))


def _power_law_with_floor(x: Array, y: Array) -> Curve:
    """Searched as y = m + g·(e^(kz) − 1)/k with z = ln(x/x₀), so floor = m − g/k and scale = g/k.

    A floor of −∞ is then the smooth limit k = 0, where y is straight in ln x (Box & Cox 1964).
    """
    center = _center(x[:, 0])

    def bend(k: Array, z: Array) -> Array:
        reach = k * z
        near = np.abs(reach) < _NEAR
        exact = np.expm1(reach) / np.where(k == 0, 1.0, k)
        return np.where(near, z * (1 + reach / 2 + reach**2 / 6), exact)

    def predict(t: Array, x: Array) -> Array:
        return t[..., :1] + t[..., 1:2] * bend(t[..., 2:], _relative(x[:, 0], center))

    def jacobian(t: Array, x: Array) -> Array:
        z = _relative(x[:, 0], center)
        k = t[..., 2:]
        bent = bend(k, z)
        exact = (z * np.exp(k * z) - bent) / np.where(k == 0, 1.0, k)
        turn = np.where(np.abs(k * z) < _NEAR, z**2 * (1 / 2 + k * z / 3), exact)
        return np.stack([np.ones_like(bent), bent, t[..., 1:2] * turn], axis=-1)

    def reported(t: Array) -> Array:
        scale = t[..., 1] / t[..., 2]
        return np.stack([t[..., 0] - scale, scale, t[..., 2]], axis=-1)

    z = _relative(x[:, 0], center)
    starts = []
    for exponent in (-2, -1, -0.5, -0.2, -0.1, -0.01, 0.01, 0.1, 0.2, 0.5, 1, 2):
        k = np.array([float(exponent)])
        starts.append(np.append(_solve([np.ones_like(z), bend(k, z)], y), k))
    return Curve(predict, jacobian, reported, _nearest(starts, predict, x, y, 4))


def _log_linear(x: Array, y: Array) -> Curve:
    center = _center(x[:, 0])
    return _straight(lambda x: _relative(x[:, 0], center) / np.log(10), np.asarray, x, y)


def _linear(x: Array, y: Array) -> Curve:
    middle, width = _extent(x[:, 0])

    def reported(t: Array) -> Array:
        slope = t[..., 1] / width
        return np.stack([t[..., 0] - slope * middle, slope], axis=-1)

    return _straight(lambda x: (x[:, 0] - middle) / width, reported, x, y)


def _straight(z: Callable[[Array], Array], reported: Callable[[Array], Array], x: Array, y: Array) -> Curve:
    """A straight line over some scale of x."""

    def predict(t: Array, x: Array) -> Array:
        return t[..., :1] + t[..., 1:] * z(x)

    def jacobian(t: Array, x: Array) -> Array:
        across = np.broadcast_to(z(x), (*t.shape[:-1], len(x)))
        return np.stack([np.ones_like(across), across], axis=-1)

    return Curve(predict, jacobian, reported, (_solve([np.ones_like(y), z(x)], y),))


def _logistic(x: Array, y: Array) -> Curve:
    middle, width = _extent(x[:, 0])

    def share(t: Array, x: Array) -> Array:
        return 1 / (1 + np.exp(-t[..., 1:2] * ((x[:, 0] - middle) / width - t[..., 2:])))

    def predict(t: Array, x: Array) -> Array:
        return t[..., :1] * share(t, x)

    def jacobian(t: Array, x: Array) -> Array:
        s = share(t, x)
        bend = t[..., :1] * s * (1 - s)
        away = (x[:, 0] - middle) / width - t[..., 2:]
        return np.stack([s, bend * away, -bend * t[..., 1:2]], axis=-1)

    def reported(t: Array) -> Array:
        return np.stack([t[..., 0], t[..., 1] / width, middle + width * t[..., 2]], axis=-1)

    u = (x[:, 0] - middle) / width
    starts = []
    for top in (1.01, 1.1, 1.5, 3.0, 10.0):
        ceiling = top * y.max()
        at_middle, rate = _solve([np.ones_like(u), u], np.log(y / (ceiling - y)))
        if rate:
            starts.append(np.array([ceiling, rate, -at_middle / rate]))
    return Curve(predict, jacobian, reported, _nearest(starts, predict, x, y, 3))


def _parametric_loss(x: Array, y: Array) -> Curve:
    centers = np.array([_center(x[:, 0]), _center(x[:, 1])])

    def parts(t: Array, x: Array) -> tuple[Array, Array]:
        of_size = np.exp(t[..., 1:2] - t[..., 3:4] * _relative(x[:, 0], centers[0]))
        of_data = np.exp(t[..., 2:3] - t[..., 4:5] * _relative(x[:, 1], centers[1]))
        return of_size, of_data

    def predict(t: Array, x: Array) -> Array:
        of_size, of_data = parts(t, x)
        return np.exp(t[..., :1]) + of_size + of_data

    def jacobian(t: Array, x: Array) -> Array:
        n, d = parts(t, x)
        zn, zd = _relative(x[:, 0], centers[0]), _relative(x[:, 1], centers[1])
        floor = np.broadcast_to(np.exp(t[..., :1]), n.shape)
        return np.stack([floor, n, d, -n * zn, -d * zd], axis=-1)

    def reported(t: Array) -> Array:
        a = np.exp(t[..., 1] + t[..., 3] * np.log(centers[0]))
        b = np.exp(t[..., 2] + t[..., 4] * np.log(centers[1]))
        return np.stack([np.exp(t[..., 0]), a, b, t[..., 3], t[..., 4]], axis=-1)

    zn, zd = _relative(x[:, 0], centers[0]), _relative(x[:, 1], centers[1])
    starts = []
    for alpha, beta in product((0.1, 0.25, 0.5, 1.0), repeat=2):
        columns = np.column_stack([np.ones_like(zn), np.exp(-alpha * zn), np.exp(-beta * zd)])
        found, _ = optimize.nnls(columns, y)
        starts.append(np.array([*np.log(np.maximum(found, 1e-3 * y.mean())), alpha, beta]))
    return Curve(predict, jacobian, reported, _nearest(starts, predict, x, y, 5))


_MODELS: dict[str, Callable[[Array, Array], Curve]] = {
    "power-law": _power_law,
    "power-law-with-floor": _power_law_with_floor,
    "log-linear": _log_linear,
    "linear": _linear,
    "logistic": _logistic,
    "parametric-loss": _parametric_loss,
}


def _center(x: Array) -> float:
    """The geometric mean."""
    return float(np.exp(np.mean(np.log(x))))


def _relative(x: Array, center: float) -> Array:
    found: Array = np.log(x / center)
    return found


def _extent(x: Array) -> tuple[float, float]:
    of = handy(x)
    return of * float((x / of).mean()), of * float((x / of).std()) or 1.0


def handy(numbers: Array) -> float:
    """A power of two of the size of the numbers: divided by it, which costs no digit, they can be squared."""
    return float(np.ldexp(1.0, min(int(np.frexp(np.abs(numbers).max(initial=0.0))[1]), 1023)))


def size(numbers: Array) -> float:
    """The root mean square; 1 of zeros."""
    of = handy(numbers)
    return of * float(np.sqrt(np.mean((numbers / of) ** 2))) or 1.0


def _solve(columns: Iterable[Array], y: Array) -> Array:
    """Ordinary least squares."""
    found = np.linalg.lstsq(np.column_stack(list(columns)), y, rcond=None)[0]
    return np.asarray(found, dtype=np.float64)


def _nearest(
    starts: Iterable[Array], predict: Callable[[Array, Array], Array], x: Array, y: Array, most: int
) -> tuple[Array, ...]:
    """The starts that lie nearest to the rows, at most so many."""
    of = handy(y)

    def away(start: Array) -> float:
        return float((((predict(start, x) - y) / of) ** 2).sum())

    usable: Iterator[Array] = (start for start in starts if np.isfinite(away(start)))
    return tuple(sorted(usable, key=away)[:most])
