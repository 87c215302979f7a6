"""Modular addition learned by a two-layer network, with weight decay and without: memorising, then the rule.

A network with a quadratic hidden layer sees some of the sums a + b (mod m) and is asked for the others. It is
trained twice from the same weights on the same sums, on all of them at each step, by Adam with decoupled
weight decay (Loshchilov & Hutter 2019, arXiv 1711.05101) and by Adam alone. With decay it fits its training
sums soon and the others much later; without, a wide network stays with what it memorised for as many steps.

Papers: Power et al. 2022 (arXiv 2201.02177), the delay; Gromov 2023 (arXiv 2301.02679), this network; Liu et
al. 2022 (arXiv 2210.01117), that large weights cause the delay. Shows that a perfect fit that generalises not
at all may still turn into the rule, and what decay, data and width have to do with it. Cannot show that real
models go through such phases, and Gromov's networks got there without decay too, given time or less width.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Accuracies at which the training sums count as memorised, and the rule as found.
MEMORISED, GENERALISED = 0.99, 0.95
#: Steps between two looks at the accuracies.
LOOK = 10


def run(
    params: Mapping[str, float], rng: np.random.Generator, progress: Callable[[float], None]
) -> dict[str, float]:
    """Means of accuracies and medians of steps over the trials; what is never reached counts as ``steps``."""
    trials, width, scale = int(params["trials"]), int(params["width"]), params["scale"]
    found = []
    for trial in range(trials):
        seen, unseen = _sums(int(params["modulus"]), params["train_share"], rng)
        inputs, outputs = seen[0].shape[1], seen[1].shape[1]
        first = scale * rng.standard_normal((inputs, width)) / np.sqrt(2)
        second = scale * rng.standard_normal((width, outputs)) / np.sqrt(width)
        for turn, decay in enumerate((params["decay"], 0.0)):
            done = (2 * trial + turn) / (2 * trials)

            def said(share: float, done: float = done) -> None:
                progress(done + share / (2 * trials))

            weights = [first.copy(), second.copy()]
            found.append(_train(seen, unseen, weights, decay, params["rate"], int(params["steps"]), said))
    progress(1.0)
    table = np.reshape(found, (trials, 2, 4))
    (train, test), (train_plain, test_plain) = np.mean(table[:, :, :2], axis=0)
    memorised, generalised = np.median(table[:, 0, 2:], axis=0)
    return {
        "train_accuracy": float(train),
        "test_accuracy": float(test),
        "train_accuracy_without_decay": float(train_plain),
        "test_accuracy_without_decay": float(test_plain),
        "decay_gain": float(test - test_plain),
        "steps_to_memorise": float(memorised),
        "steps_to_generalise": float(generalised),
        "delay": float(np.median(table[:, 0, 3] / table[:, 0, 2])),
    }


def _sums(
    modulus: int, share: float, rng: np.random.Generator
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """The sums to train on and the others, each as inputs (n, 2 · modulus) and answers (n, modulus)."""
    one_hot = np.eye(modulus)
    a, b = np.divmod(rng.permutation(modulus**2), modulus)
    x, y = np.hstack([one_hot[a], one_hot[b]]), one_hot[(a + b) % modulus]
    seen = min(max(round(share * len(x)), 1), len(x) - 1)
    return (x[:seen], y[:seen]), (x[seen:], y[seen:])


def _train(
    seen: tuple[Array, Array],
    unseen: tuple[Array, Array],
    weights: list[Array],
    decay: float,
    rate: float,
    steps: int,
    progress: Callable[[float], None],
) -> tuple[float, float, float, float]:
    """Train ``weights`` in place.

    Returns the accuracies on seen and unseen sums after all steps, and the steps at which each was reached.
    """
    x, y = seen
    mean = [np.zeros_like(w) for w in weights]
    square = [np.zeros_like(w) for w in weights]
    memorised = generalised = float(steps)
    # Slopes go with 1 / modulus. With the usual floor of 1e-8 Adam would blow the rounding errors of a fit
    # that is nearly perfect up to results, and platforms would differ.
    floor = 0.02 / y.shape[1]
    for step in range(1, steps + 1):
        hidden = x @ weights[0]
        squared = hidden**2
        error = (squared @ weights[1] - y) * (2 / len(x))
        slopes = [x.T @ (hidden * (error @ (2 * weights[1].T))), squared.T @ error]
        for i, slope in enumerate(slopes):
            mean[i] = 0.9 * mean[i] + 0.1 * slope
            square[i] = 0.999 * square[i] + 0.001 * slope**2
            move = mean[i] / (1 - 0.9**step) / (np.sqrt(square[i] / (1 - 0.999**step)) + floor)
            weights[i] = (1 - rate * decay) * weights[i] - rate * move
        if step % LOOK:
            continue
        progress(step / steps)
        if memorised == steps and _accuracy(weights, seen) >= MEMORISED:
            memorised = float(step)
        if generalised == steps and _accuracy(weights, unseen) >= GENERALISED:
            generalised = float(step)
    return _accuracy(weights, seen), _accuracy(weights, unseen), memorised, generalised


def _accuracy(weights: list[Array], sums: tuple[Array, Array]) -> float:
    answers = (sums[0] @ weights[0]) ** 2 @ weights[1]
    return float(np.mean(answers.argmax(axis=1) == sums[1].argmax(axis=1)))
