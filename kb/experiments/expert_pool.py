"""A pool of k experts, each trained on its own field, against one generalist trained on all fields.

Every field is a linear task; the tasks' weights have a common part and a part of their own. An expert has one
field's weights and data. The generalist has all fields' weights, and learns them together with the best
possible use of what they share (a Gaussian process with the true covariance: Bonilla, Chai & Williams 2007).
Training costs parameters times samples, so at the same data the pool costs 1/k of the generalist; at the same
compute the generalist sees 1/k of the data.

Model: Bonilla, Chai & Williams 2007 (Multi-task Gaussian process prediction, NIPS 20). Shows how the winner
depends on what fields share, on the budget and on the router. Cannot show how much real fields share, nor a
generalist that is itself sparse (mixture of experts).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Mean errors over the trials, as shares of the variance of what is predicted (1: knows nothing)."""
    fields = int(params["fields"])
    means = np.mean([_trial(params, rng) for _ in range(int(params["trials"]))], axis=0)
    expert, generalist, thrifty, one_asked, both_asked, combined = (float(value) for value in means)
    return {
        "expert_error": expert,
        "generalist_error": generalist,
        "generalist_error_same_compute": thrifty,
        "error_ratio": expert / generalist,
        "error_ratio_same_compute": expert / thrifty,
        "combined_expert_error": one_asked,
        "combined_both_experts_error": both_asked,
        "combined_generalist_error": combined,
        "combined_ratio": one_asked / combined,
        "cost_ratio": 1.0 / fields,
    }


def _trial(params: Mapping[str, float], rng: np.random.Generator) -> tuple[float, ...]:
    k, d, n = int(params["fields"]), int(params["parameters"]), int(params["samples"])
    shared, noise = params["shared"], params["noise"]
    own = rng.standard_normal((k, d))
    truth = (np.sqrt(shared) * rng.standard_normal(d) + np.sqrt(1 - shared) * own) / np.sqrt(d)
    x = rng.standard_normal((k, n, d))
    y = np.einsum("knd,kd->kn", x, truth) + noise * rng.standard_normal((k, n))

    experts = np.stack([_learn(x[f : f + 1], y[f : f + 1], 1.0, noise)[0] for f in range(k)])
    generalist = _learn(x, y, shared, noise)
    few = max(1, n // k)
    thrifty = _learn(x[:, :few], y[:, :few], shared, noise)

    size = np.mean(np.sum(truth**2, axis=1))
    routed = (1 - params["misrouted"]) * _miss(truth, experts)
    strayed = params["misrouted"] * _miss(truth, np.roll(experts, 1, axis=0))
    # A question across two neighbouring fields: half of it belongs to each.
    pair = (truth + np.roll(truth, 1, axis=0)) / 2
    pair_size = np.mean(np.sum(pair**2, axis=1))
    both = (experts + np.roll(experts, 1, axis=0)) / 2
    across = (generalist + np.roll(generalist, 1, axis=0)) / 2
    return (
        (routed + strayed) / size,
        _miss(truth, generalist) / size,
        _miss(truth, thrifty) / size,
        _miss(pair, experts) / pair_size,
        _miss(pair, both) / pair_size,
        _miss(pair, across) / pair_size,
    )


def _miss(truth: Array, learnt: Array) -> float:
    """The mean squared error over fields, for inputs of unit variance."""
    return float(np.mean(np.sum((truth - learnt) ** 2, axis=1)))


def _learn(x: Array, y: Array, shared: float, noise: float) -> Array:
    """Posterior mean weights, shape (fields, d), from inputs (fields, samples, d) and answers."""
    k, n, d = x.shape
    alike = shared + (1 - shared) * np.eye(k)
    rows = x.reshape(k * n, d)
    kernel = np.repeat(np.repeat(alike, n, axis=0), n, axis=1) * (rows @ rows.T) / d
    pull = np.linalg.solve(kernel + max(noise**2, 1e-9) * np.eye(k * n), y.reshape(-1)).reshape(k, n)
    return np.asarray(alike @ np.einsum("knd,kn->kd", x, pull) / d)
