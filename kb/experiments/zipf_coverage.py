"""How much of a long-tailed world is known after seeing so many samples of it.

Items (facts, words, situations) occur with Zipf frequencies; an item is known once it was seen often enough.
Tenfold more samples add about the same number of points each time, until the tail is exhausted. The mass of
unseen items is estimated by the share of samples seen exactly once (Good 1953), a floor for the errors of a
calibrated model on such facts.

Papers: Good 1953 (doi 10.1093/biomet/40.3-4.237); Kalai & Vempala 2024 (arXiv 2311.14648). Shows how slowly a
long tail is covered. Cannot show how models infer rare items from common ones.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Means over the trials; masses are shares of all occurrences, the others shares of items."""
    items, samples, needed = int(params["items"]), params["samples"], int(params["needed"])
    weights = np.arange(1.0, items + 1) ** -params["exponent"]
    frequency = weights / weights.sum()
    trials = range(int(params["trials"]))
    seen = np.mean([_seen(frequency, samples, needed, rng) for _ in trials], axis=0)
    tenth, tenfold = (
        float(np.mean([_seen(frequency, amount, needed, rng)[1] for _ in trials]))
        for amount in (samples / 10, samples * 10)
    )
    items_known, mass_known, missing_mass, once = (float(value) for value in seen)
    return {
        "top_share": float(frequency[: max(1, items // 100)].sum()),
        "rare_share": float(np.mean(frequency < 1 / items)),
        "items_known": items_known,
        "mass_known": mass_known,
        "missing_mass": missing_mass,
        "good_turing": once / samples,
        "tenfold_gain": tenfold - mass_known,
        "previous_tenfold_gain": mass_known - tenth,
    }


def _seen(frequency: Array, samples: float, needed: int, rng: np.random.Generator) -> tuple[float, ...]:
    """Share of items known, mass known, mass never seen, and number of items seen once."""
    counts = rng.poisson(samples * frequency)
    known = counts >= needed
    return (
        float(np.mean(known)),
        float(frequency[known].sum()),
        float(frequency[counts == 0].sum()),
        float(np.sum(counts == 1)),
    )
