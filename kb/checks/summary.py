"""What a reader sees of samples: quantiles, a histogram, and which inputs drive the spread.

Numbers are rounded to 6 significant digits, so that they are the same on every machine.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from kb.checks import ranks
from kb.checks.expectation import Condition
from kb.checks.formula import Evaluated, Series
from kb.checks.sampling import Samples
from kb.checks.spreads import LARGEST
from kb.checks.variables import variables
from kb.model import Driver, Output

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
BINS = 40
#: From this ratio of p95 to p5 on, bins are even on a logarithmic axis.
WIDE = 20.0
#: Slices of an input's range for its share of the variance: fine enough for a curve, 512 samples each.
SLICES = 128
#: Where an input is fixed to see what it does to P: its lowest and its highest tenth begin there.
TENTHS = (0.1, 0.9)

Number = TypeVar("Number", float, None, float | None)


def rounded(number: Number) -> Number:
    """The number to 6 significant digits; None stays None."""
    return number if number is None else float(f"{number:.6g}")


def output(name: str, series: Series, *, histogram: bool = True) -> Output:
    """An output for the record. ``value`` of samples is their median; the values are finite."""
    values = series.values
    if values.ndim == 0:
        return Output(name, series.unit, rounded(float(values)))
    # Of many values the histogram leaves out the outermost 0.2 %.
    tail = 0.1 if values.size >= 1000 else 0.0
    *found, low, high = ranks.percentiles(values, (*PERCENTILES, tail, 100 - tail))
    quantiles = {f"p{p}": float(q) for p, q in zip(PERCENTILES, found, strict=True)}
    wide = low > 0 and quantiles["p95"] / quantiles["p5"] > WIDE
    edges, counts = _histogram(values, low, high, wide=wide) if histogram else ((), ())
    quantiles = {name: rounded(quantile) for name, quantile in quantiles.items()}
    return Output(name, series.unit, quantiles["p50"], quantiles, edges, counts)


def _histogram(
    values: Samples, low: float, high: float, *, wide: bool
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """At most 40 bins between two values, even on a logarithmic axis where the values are ``wide``."""
    with np.errstate(over="ignore"):
        width = high - low
    if not 0 < width < np.inf:
        return (), ()
    bins = min(BINS, max(2, int(np.sqrt(values.size))))
    edges = np.geomspace(low, high, bins + 1) if wide else np.linspace(low, high, bins + 1)
    counts = ranks.histogram(values, edges, wide=wide)
    return tuple(rounded(float(e)) for e in edges), tuple(int(c) for c in counts)


def drivers(evaluated: Evaluated, output: str, condition: Condition) -> tuple[Driver, ...]:
    """How much of the spread each varying input explains, the strongest first.

    The share is the first-order index of Sobol (1993), the variance of the output's mean given the input
    over its variance, from the means in slices of the input's range; of the logarithm where
    all values are positive; less what slicing explains by chance (Kelley's ε², 1935). P is also given with
    the input fixed at its 10th and its 90th percentile, on the same samples of all others.
    """
    values, model = evaluated.outputs[output].values, evaluated.model
    if values.ndim == 0 or model is None:
        return ()
    scaled = np.log(values) if (values > 0).all() else values
    peak = float(np.abs(scaled).max())
    if peak > LARGEST:
        scaled = scaled / peak
    total = float(scaled.var())
    found = []
    for variable in variables(evaluated.given, definitions=True):
        if variable.name not in evaluated.uniforms:
            continue
        run = model.again(output, variable.names)
        low, high = (met_share(run([variable.at(share)]), condition) for share in TENTHS)
        share = _share(scaled, evaluated.uniforms[variable.name], total)
        found.append(Driver(variable.name, rounded(share), rounded(low), rounded(high)))
    return tuple(sorted(found, key=lambda driver: (-driver.share, driver.input)))


def met_share(values: Samples, condition: Condition) -> float:
    """The share of values that meet a condition; an undefined one counts as one that does not."""
    return float((condition.met(values) & np.isfinite(values)).mean())


def _share(values: Samples, points: Samples, total: float) -> float:
    if total <= 0:
        return 0.0
    slices = np.minimum((points * SLICES).astype(np.int64), SLICES - 1)
    sizes = np.bincount(slices, minlength=SLICES)
    means = np.bincount(slices, values, minlength=SLICES) / np.maximum(sizes, 1)
    explained = float((sizes * (means - values.mean()) ** 2).sum()) / values.size
    chance = (SLICES - 1) / (values.size - SLICES) * max(0.0, total - explained)
    return min(1.0, max(0.0, (explained - chance) / total))
