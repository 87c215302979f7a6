"""What a fit shows beside its outputs: parameters, every row as predicted, the curve and its band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np

from kb.checks.fit_plan import Role
from kb.checks.forms import FORMS, parameter_units
from kb.checks.formula import Series
from kb.checks.intervals import Sampled, criteria
from kb.checks.models import Array
from kb.checks.summary import output, rounded
from kb.checks.units import Unit
from kb.model import Fit, FitPoint, Fitted, ModelFit, Output

#: Points of the drawn curve.
POINTS = 41
#: From this ratio of the largest to the smallest x on, they are even on a logarithmic axis.
WIDE = 20.0


def displayed(
    fit: Fit,
    columns: Mapping[str, Unit],
    best: Sampled,
    rival: Sampled | None,
    x: Array,
    y: Array,
    roles: Sequence[Role],
    point: Array | None,
) -> Fitted:
    """The fit for the record; bands are from the 5th to the 95th percentile of the samples."""
    middle, low, high = _band(best, x)
    return Fitted(
        model_fit(fit, columns, best, x, y, roles),
        model_fit(fit, columns, rival, x, y, roles) if rival else None,
        fit.x,
        fit.y,
        tuple(columns[name].text for name in fit.x),
        columns[fit.y].text,
        tuple(
            FitPoint(
                tuple(rounded(float(v)) for v in x[i]),
                rounded(float(y[i])),
                rounded(middle[i]),
                rounded(low[i]),
                rounded(high[i]),
                role,
            )
            for i, role in enumerate(roles)
            if isfinite(middle[i])  # a row left out may lie where the model has no value
        ),
        _curve(best, x, point) if len(fit.x) == 1 else (),
    )


def model_fit(
    fit: Fit, columns: Mapping[str, Unit], fitted: Sampled, x: Array, y: Array, roles: Sequence[Role]
) -> ModelFit:
    """A model for the record: the best parameters, with the quantiles of their samples."""
    units = parameter_units(FORMS[fitted.model], columns[fit.x[0]], columns[fit.y])
    point = fitted.fitting.curve.reported(fitted.fitting.solution.t)
    samples = fitted.fitting.curve.reported(fitted.samples)
    parameters = []
    for place, (name, of) in enumerate(units.items()):
        spread = output(name, Series(samples[..., place], of.text), histogram=False)
        parameters.append(Output(name, of.text, rounded(float(point[place])), spread.quantiles))
    aicc, bic = criteria(fitted.fitting)
    named = np.array(roles)
    return ModelFit(
        fitted.model,
        tuple(parameters),
        _error(fitted, x[named == "train"], y[named == "train"]) or 0.0,
        _error(fitted, x[named == "held out"], y[named == "held out"]) if fit.predict else None,
        rounded(aicc) if isfinite(aicc) else None,
        rounded(bic) if isfinite(bic) else None,
    )


def _error(fitted: Sampled, x: Array, y: Array) -> float | None:
    """The error of the best fit (of the samples it is ``Sampled.errors``); None where y is 0 in every row."""
    there = y != 0
    if not there.any():
        return None
    found = fitted.predict(x[there])[0] / y[there] - 1
    return rounded(float(np.sqrt(np.mean(found**2))))


def _band(fitted: Sampled, x: Array) -> tuple[list[float], list[float], list[float]]:
    middle, samples = fitted.predict(x)
    low, high = np.percentile(samples, (5, 95), axis=0) if samples.ndim > 1 else (samples, samples)
    return middle.tolist(), low.tolist(), high.tolist()


def _curve(fitted: Sampled, x: Array, point: Array | None) -> tuple[tuple[float, float, float, float], ...]:
    places = x[:, 0] if point is None else np.append(x[:, 0], point[0, 0])
    start, end = float(places.min()), float(places.max())
    if start > 0 and end / start > WIDE:
        across = np.geomspace(start, end, POINTS)
    else:
        across = np.linspace(start, end, POINTS)
    rows = zip(across.tolist(), *_band(fitted, across[:, None]), strict=True)
    return tuple(
        (rounded(a), rounded(m), rounded(b), rounded(c)) for a, m, b, c in rows if isfinite(m + b + c)
    )
