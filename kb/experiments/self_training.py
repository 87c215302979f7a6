"""A policy trained on its own answers, with and without a check of the answers it learns from.

Each task has a right answer, one favourite mistake and many other mistakes. In every round the policy
answers each task some times and is moved towards its answers: all of them (*unchecked*), or those that a
verifier accepts (*checked*), as winning a game or passing a test would. Unchecked, the average stays where
it was while the answers lose their variety; checked, it climbs.

Papers: Anthony, Tian & Barber 2017 (arXiv 1705.08439), expert iteration; Zelikman et al. 2022 (arXiv
2203.14465), learning from own answers that proved right. Shows why a checkable outcome matters. Cannot
show transfer from task to task, nor how a verifier is come by.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Mean accuracies and coverages over the tasks (``trials``), before and after the rounds."""
    right = rng.beta(params["ability"], params["spread"], size=int(params["trials"]))
    wrong = 1 - right
    start = np.stack([right, params["confusion"] * wrong, (1 - params["confusion"]) * wrong], axis=1)
    unchecked = _train(start, params, 1.0, rng)
    checked = _train(start, params, params["false_accept"], rng)
    samples = int(params["samples"])
    return {
        "start": float(np.mean(right)),
        "unchecked": float(np.mean(unchecked[:, 0])),
        "checked": float(np.mean(checked[:, 0])),
        "checked_gain": float(np.mean(checked[:, 0] - right)),
        "unchecked_gain": float(np.mean(unchecked[:, 0] - right)),
        "start_coverage": _coverage(right, samples),
        "unchecked_coverage": _coverage(unchecked[:, 0], samples),
        "checked_coverage": _coverage(checked[:, 0], samples),
    }


def _train(start: Array, params: Mapping[str, float], accept: float, rng: np.random.Generator) -> Array:
    """The policy after all rounds, shape (tasks, 3): right, favourite mistake, other mistakes."""
    policy = start
    samples, rate = int(params["samples"]), params["rate"]
    for _ in range(int(params["rounds"])):
        answers = rng.multinomial(samples, policy)
        answers[:, 1:] = rng.binomial(answers[:, 1:], accept)
        learnt_from = answers.sum(axis=1, keepdims=True)
        target = np.where(learnt_from > 0, answers / np.maximum(learnt_from, 1), policy)
        policy = (1 - rate) * policy + rate * target
        policy /= policy.sum(axis=1, keepdims=True)
    return policy


def _coverage(right: Array, samples: int) -> float:
    """The expected share of tasks with a right answer among so many samples."""
    return float(np.mean(1 - (1 - right) ** samples))
