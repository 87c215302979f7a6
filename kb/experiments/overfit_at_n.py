"""Least squares with fewer samples than parameters: does the fit memorise or generalise?

A linear model with d parameters is fitted to n noisy samples, once with the smallest weights that fit (no
ridge) and once with a ridge chosen on the training samples alone (generalised cross-validation, Golub, Heath
& Wahba 1979). Around n = d the plain fit is at its worst and on both sides of it better: double descent.
The ridge takes the peak away.

Papers: Belkin, Hsu, Ma & Mandal 2019 (doi 10.1073/pnas.1903070116); Hastie, Montanari, Rosset & Tibshirani
2022 (doi 10.1214/21-AOS2133). Shows that whether n < d means memorising depends on the structure of the
inputs and on the ridge. Cannot show where real networks, with features that they learn, stand.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RIDGES = np.logspace(-6, 4, 41)


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Medians over the trials; errors are shares of the variance of what is predicted (1: knows nothing)."""
    d, n = int(params["parameters"]), int(params["samples"])
    noise, decay = params["noise"], params["decay"]
    trials = range(int(params["trials"]))
    train, test, ridge = np.median([_trial(d, n, noise, decay, rng) for _ in trials], axis=0)
    _, peak, ridge_peak = np.median([_trial(d, d, noise, decay, rng) for _ in trials], axis=0)
    return {
        "train_error": float(train),
        "test_error": float(test),
        "ridge_test_error": float(ridge),
        "peak_error": float(peak),
        "ridge_peak_error": float(ridge_peak),
        "peak_ratio": float(peak / test),
        "ridge_gain": float(test / ridge),
    }


def _trial(
    d: int, n: int, noise: float, decay: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Training error and test error of the plain fit, and test error with ridge."""
    scale = np.arange(1.0, d + 1) ** (-decay / 2)
    scale *= np.sqrt(d / np.sum(scale**2))
    weights = rng.standard_normal(d) / np.sqrt(d)
    x = rng.standard_normal((n, d)) * scale
    y = x @ weights + noise * rng.standard_normal(n)

    u, s, vt = np.linalg.svd(x, full_matrices=False)
    projected = u.T @ y
    present = s > s[0] * 1e-12
    plain = vt.T[:, present] @ (projected[present] / s[present])
    best = _chosen_ridge(s, projected, float(y @ y), n)
    ridged = vt.T @ (s * projected / (s**2 + best))

    def error(fitted: Array) -> float:
        # The inputs' directions are independent, so the expected square needs no test sample.
        return float(np.sum((scale * (fitted - weights)) ** 2) / np.sum((scale * weights) ** 2))

    residue = y - x @ plain
    return float(residue @ residue / (y @ y)), error(plain), error(ridged)


def _chosen_ridge(s: Array, projected: Array, total: float, n: int) -> float:
    """The ridge with the least generalised cross-validation score."""
    kept = s**2 / (s**2 + RIDGES[:, None])
    missed = total - np.sum(projected**2) + np.sum(((1 - kept) * projected) ** 2, axis=1)
    freedom = n - np.sum(kept, axis=1)
    return float(RIDGES[np.argmin(missed / freedom**2)])
