"""A hidden common cause: prediction by correlation holds until somebody acts.

A confounder Z drives both a cause X and an outcome Y = effect·X + influence·Z + noise. A line fitted to
observed pairs (X, Y) predicts new observed pairs as well as any line can. Under an intervention do(X), which
sets X whatever Z is, the same line is wrong by what it owes to Z, and more observations only make it surer of
the wrong slope. Fitting X and Z together (the back-door adjustment), or fitting to an experiment in which X
is set by lot, gives the effect; a Z that is measured with error repairs only part.

Papers: Pearl 2009 (doi 10.1214/09-SS057), intervention and back-door criterion; Peters, Janzing & Schölkopf
2017 (Elements of Causal Inference, MIT Press), the linear structural model. Shows that accuracy on observed
data says nothing of accuracy under intervention. Cannot show how confounded the data of real models are, what
they learn of interventions that texts describe, nor how one would know which Z to measure.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Cases on which a fitted predictor is tried.
TESTS = 20_000


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Means over the trials. Biases are fitted slope minus effect; errors are over the outcome's variance."""
    found = np.mean([_trial(params, rng) for _ in range(int(params["trials"]))], axis=0)
    naive, more, adjusted, by_lot, observed, intervened, repaired = (float(value) for value in found)
    return {
        "naive_bias": naive,
        "more_data_bias": more,
        "adjusted_bias": adjusted,
        "randomised_bias": by_lot,
        "observed_error": observed,
        "intervened_error": intervened,
        "adjusted_error": repaired,
        "error_growth": intervened / observed,
    }


def _trial(params: Mapping[str, float], rng: np.random.Generator) -> tuple[float, ...]:
    samples, effect = int(params["samples"]), params["effect"]
    x, z, y = _observe(params, samples, rng)
    measured = z + params["measurement_error"] * rng.standard_normal(samples)
    naive = _fit(y, x)[0]
    adjusted = _fit(y, x, measured)[0]
    much_x, _, much_y = _observe(params, samples * int(params["more"]), rng)
    more = _fit(much_y, much_x)[0]
    set_x, _, set_y = _observe({**params, "confounding": 0.0}, samples, rng)
    by_lot = _fit(set_y, set_x)[0]

    seen_x, _, seen_y = _observe(params, TESTS, rng)
    # do(X): X has the spread that it has when observed, but owes nothing to Z.
    done_x, _, done_y = _observe({**params, "confounding": 0.0}, TESTS, rng)
    return (
        naive - effect,
        more - effect,
        adjusted - effect,
        by_lot - effect,
        _error(naive, seen_x, seen_y),
        _error(naive, done_x, done_y),
        _error(adjusted, done_x, done_y),
    )


def _observe(params: Mapping[str, float], count: int, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """X, Z and Y of so many cases; X and Z have variance 1 and correlate by ``confounding``."""
    tie = params["confounding"]
    z = rng.standard_normal(count)
    x = tie * z + np.sqrt(1 - tie**2) * rng.standard_normal(count)
    y = params["effect"] * x + params["influence"] * z + params["noise"] * rng.standard_normal(count)
    return x, z, y


def _fit(y: Array, *causes: Array) -> Array:
    """Least-squares slopes; all means are 0 by construction, so there is no intercept."""
    columns = np.stack(causes)
    return np.asarray(np.linalg.solve(columns @ columns.T, columns @ y))


def _error(slope: float, x: Array, y: Array) -> float:
    """The squared error of the predictor slope·x, over the outcome's mean square."""
    return float(np.mean((y - slope * x) ** 2) / np.mean(y**2))
