"""A model fitted again and again to what it produced itself, replacing or accumulating its data.

Two kinds of model: a normal distribution (mean and variance are fitted), and a table of Zipf-distributed
items (frequencies are counted). Each generation draws its training data from the one before. *Replace*
trains on the latest data alone; *accumulate* on all data so far, the real ones included. The variance is
fitted without bias, so its mean over many chains stays; the typical chain, the median, is what collapses.

Papers: Shumailov et al. 2024 (doi 10.1038/s41586-024-07566-y), replacing; Gerstgrasser et al. 2024 (arXiv
2404.01413), accumulating. Shows how tails and variance are lost and what prevents it. Cannot show how fast
that would happen to language models, nor what curation or a verifier would add.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Medians (variance) and means (items) over independent chains, as shares of the real distribution's."""
    samples, generations, fresh = int(params["samples"]), int(params["generations"]), params["fresh"]
    chains = int(params["trials"])
    weights = np.arange(1.0, int(params["items"]) + 1) ** -params["exponent"]
    real = weights / weights.sum()
    corpus = int(params["corpus"])
    first = rng.multinomial(corpus, real, size=chains).astype(np.float64)
    return {
        "variance_replaced": float(np.median(_variance(samples, generations, fresh, chains, False, rng))),
        "variance_accumulated": float(np.median(_variance(samples, generations, fresh, chains, True, rng))),
        "items_first": float(np.mean(first > 0)),
        "items_replaced": _items_kept(first, real, generations, fresh, False, rng),
        "items_accumulated": _items_kept(first, real, generations, fresh, True, rng),
    }


def _variance(
    samples: int, generations: int, fresh: float, chains: int, accumulate: bool, rng: np.random.Generator
) -> Array:
    """Each chain's fitted variance after the last generation; the real variance is 1. Shape (chains,)."""
    real_rows = round(fresh * samples)
    data = rng.standard_normal((samples, chains))
    count, total, squares = float(samples), data.sum(axis=0), np.sum(data**2, axis=0)
    for _ in range(generations):
        mean = total / count
        spread = np.sqrt(np.maximum(squares - count * mean**2, 0.0) / (count - 1))
        data = mean + spread * rng.standard_normal((samples, chains))
        data[:real_rows] = rng.standard_normal((real_rows, chains))
        if accumulate:
            count, total, squares = (
                count + samples,
                total + data.sum(axis=0),
                squares + np.sum(data**2, axis=0),
            )
        else:
            total, squares = data.sum(axis=0), np.sum(data**2, axis=0)
    return np.asarray(np.maximum(squares - total**2 / count, 0.0) / (count - 1))


def _items_kept(
    first: Array, real: Array, generations: int, fresh: float, accumulate: bool, rng: np.random.Generator
) -> float:
    """The share of items that the last generation's table holds. ``first`` has shape (chains, items)."""
    counts = first
    corpus = int(first[0].sum())
    for _ in range(generations):
        table = counts / counts.sum(axis=1, keepdims=True)
        drawn = rng.multinomial(corpus, (1 - fresh) * table + fresh * real).astype(np.float64)
        counts = counts + drawn if accumulate else drawn
    return float(np.mean(counts > 0))
