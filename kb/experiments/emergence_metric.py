"""A smooth improvement that looks sudden when only wholly right answers count.

Model sizes span some decades. The loss per token falls with size as a power law, so a token is right with
probability p = exp(-loss), which rises smoothly. An answer of k tokens counts only if all are right: p to
the power of k, which stays near zero for long and then climbs. A test set of limited size turns "near" into
exactly zero.

Paper: Schaeffer, Miranda & Koyejo 2023 (arXiv 2304.15004). Shows that a sharp rise can come from the metric,
and that it can be forecast from the smooth one. Cannot show that every sharp rise in real models does.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PER_DECADE = 10


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Rises are of the expected curves; scores and forecasts are means over simulated test sets."""
    tokens, questions, trials = int(params["tokens"]), int(params["questions"]), int(params["trials"])
    decades = int(params["decades"])
    size = np.linspace(0.0, decades, decades * PER_DECADE + 1)  # log10 of size over the smallest
    token = np.exp(-params["loss"] * 10 ** (-params["exponent"] * size))
    exact = token**tokens

    token_scores = rng.binomial(questions * tokens, token, size=(trials, len(size))) / (questions * tokens)
    exact_scores = rng.binomial(questions, exact, size=(trials, len(size))) / questions
    half = len(size) // 2
    from_tokens = [_token_forecast(size, scores[:half], tokens) for scores in token_scores]
    from_exact = [_straight_forecast(size, scores[:half]) for scores in exact_scores]

    token_jump, exact_jump = _largest_rise(token), _largest_rise(exact)
    return {
        "token_jump": token_jump,
        "exact_jump": exact_jump,
        "sharpness": float((exact_jump / np.ptp(exact)) / (token_jump / np.ptp(token))),
        "zero_share": float(np.mean(exact_scores == 0)),
        "final_exact": float(exact[-1]),
        "forecast_error": float(np.mean(np.abs(np.array(from_tokens) - exact[-1]))),
        "naive_forecast_error": float(np.mean(np.abs(np.array(from_exact) - exact[-1]))),
    }


def _largest_rise(curve: Array) -> float:
    """The largest rise over one decade of size."""
    return float(np.max(curve[PER_DECADE:] - curve[:-PER_DECADE]))


def _token_forecast(size: Array, scores: Array, tokens: int) -> float:
    """Exact match at the largest size, from a power law of loss fitted to the smaller sizes' token scores."""
    usable = (scores > 0) & (scores < 1)
    slope, start = np.polyfit(size[: len(scores)][usable], np.log(-np.log(scores[usable])), 1)
    return float(np.exp(-tokens * np.exp(start + slope * size[-1])))


def _straight_forecast(size: Array, scores: Array) -> float:
    """Exact match at the largest size, from a straight line through the smaller sizes' exact scores."""
    slope, start = np.polyfit(size[: len(scores)], scores, 1)
    return float(np.clip(start + slope * size[-1], 0.0, 1.0))
