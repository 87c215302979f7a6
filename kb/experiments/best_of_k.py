"""Test-time compute: k samples for each task, with a verifier, with a vote, or with neither.

Tasks differ in how likely one sample is right (a beta distribution). Wrong answers are either one favourite
mistake or all different. *Coverage* counts tasks with any right sample; a *vote* takes the commonest
answer; a *verifier* accepts right answers and some wrong ones, and one accepted answer is taken. *Adaptive*
sampling stops at the first accepted answer, so easy tasks cost little.

Papers: Brown et al. 2024 (arXiv 2407.21787), coverage and the need for a verifier; Snell et al. 2024 (arXiv
2408.03314), effort by difficulty. Shows what sampling can gain with and without a verifier. Cannot show how
often real tasks have one, nor gains from longer chains of thought.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Shares of tasks answered rightly, each way; ``trials`` is the number of tasks."""
    k, accept = int(params["samples"]), params["false_accept"]
    chance = rng.beta(params["ability"], params["spread"], size=int(params["trials"]))
    right = rng.binomial(k, chance)
    favourite = rng.binomial(k - right, params["confusion"])
    accepted_wrong = rng.binomial(k - right, accept)

    single = float(np.mean(chance))
    coverage = float(np.mean(right > 0))
    majority = float(np.mean(_vote(right, favourite, k - right - favourite)))
    verified = float(np.mean(right / np.maximum(right + accepted_wrong, 1)))

    stops = chance + (1 - chance) * accept
    draws = rng.geometric(np.maximum(stops, 1e-12))
    adaptive = np.where(draws <= k, chance / np.maximum(stops, 1e-12), 0.0)
    return {
        "single": single,
        "coverage": coverage,
        "majority": majority,
        "verified": verified,
        "adaptive": float(np.mean(adaptive)),
        "coverage_gain": coverage - single,
        "majority_gain": majority - single,
        "verified_gain": verified - single,
        "adaptive_cost": float(np.mean(np.minimum(draws, k)) / k),
    }


def _vote(right: NDArray[np.int64], favourite: NDArray[np.int64], different: NDArray[np.int64]) -> Array:
    """The chance that the vote goes to the right answer; ties are drawn by lot."""
    most = np.maximum(favourite, np.minimum(different, 1))
    tied = 1 + (favourite == right) + np.where(right == 1, different, 0)
    return np.where((right > 0) & (right >= most), 1.0 / tied, 0.0)
