"""The parity of a few hidden bits: gradient descent against elimination.

Each sample is a string of random bits and says whether an even or odd number of k of them are set; which k is
not told. A two-layer network (ReLU, hinge loss) learns it by stochastic gradient descent, with new samples
at each step. Gaussian elimination over the field of two elements needs about as many samples as there are
bits. So what holds the network up is not missing information but the way it learns: until it has found
all k bits, none of them helps, and the gradient tells next to nothing. With wrong labels it is the other way
round: elimination breaks down, and gradient descent takes a little longer.

Papers: Barak et al. 2022 (arXiv 2207.08799), the network and steps that grow as n^O(k); Blum, Kalai &
Wasserman 2000 (arXiv cs/0010022), parities, noise and statistical queries. Shows the gap between what the
samples tell and what gradient descent gets out of them. Cannot show the exponent for many bits: at these
sizes the samples grow more slowly than the bound; and it says nothing of how often real tasks are like this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: The accuracy at which the parity counts as learned, and the samples that it is measured on.
LEARNED, TESTS = 0.95, 500


def run(
    params: Mapping[str, float], rng: np.random.Generator, progress: Callable[[float], None]
) -> dict[str, float]:
    """Medians of samples and means of accuracies over the trials; what is never learned counts as ``steps``.

    Raises ValueError when the parity is of more bits than there are.
    """
    bits, degree, noise = int(params["bits"]), int(params["degree"]), params["noise"]
    trials, batch = int(params["trials"]), int(params["batch"])
    if degree > bits:
        raise ValueError(f"a parity of {degree} bits does not fit into {bits}")
    descents, doubled, direct = [], [], []
    for trial in range(trials):
        descents.append(_descend(bits, params, rng))
        progress((trial + 1 / 3) / trials)
        doubled.append(_descend(2 * bits, params, rng))
        direct.append(_eliminate(bits, degree, noise, rng))
        progress((trial + 1) / trials)
    steps, accuracy = np.median([found[0] for found in descents]), np.mean([found[1] for found in descents])
    wide = np.median([found[0] for found in doubled])
    needed = np.median([found[0] for found in direct])
    return {
        "descent_accuracy": float(accuracy),
        "descent_steps": float(steps),
        "descent_samples": float(batch * steps),
        "growth_exponent": float(np.log2(wide / steps)),
        "elimination_accuracy": float(np.mean([found[1] for found in direct])),
        "elimination_samples": float(needed),
        "sample_ratio": float(batch * steps / needed),
    }


def _descend(bits: int, params: Mapping[str, float], rng: np.random.Generator) -> tuple[int, float]:
    """The step at which the network has learned the parity, and its accuracy then."""
    width, batch, rate = int(params["width"]), int(params["batch"]), params["rate"]
    degree, steps = int(params["degree"]), int(params["steps"])
    first = rng.uniform(-1, 1, (bits, width)) / np.sqrt(bits)
    offset = rng.uniform(-1, 1, width) / np.sqrt(bits)
    second = rng.uniform(-1, 1, width) / np.sqrt(width)
    tests, answers = _samples(TESTS, bits, degree, rng)
    look, accuracy = 1, 0.0
    for step in range(1, steps + 1):
        x, y = _samples(batch, bits, degree, rng)
        if params["noise"] > 0:
            y = np.where(rng.random(batch) < params["noise"], -y, y)
        hidden = np.maximum(x @ first + offset, 0)
        slope = np.where(y * (hidden @ second) < 1, -y, 0) / batch
        back = np.outer(slope, second) * (hidden > 0)
        second = second - rate * (slope @ hidden)
        first -= rate * (x.T @ back)
        offset -= rate * back.sum(axis=0)
        if step in (look, steps):
            # Looks 5 % apart, so that looking stays cheap and no step count is off by more.
            look = max(step + 1, int(1.05 * step))
            shown = tests @ first + offset
            accuracy = float(np.mean(np.maximum(shown, 0, out=shown) @ second * answers > 0))
            if accuracy >= LEARNED:
                return step, accuracy
    return steps, accuracy


def _samples(count: int, bits: int, degree: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Bits as -1 and 1, shape (count, bits), and their parities. The first bits count; no method knows."""
    x = 2.0 * rng.integers(0, 2, (count, bits)).astype(np.float64) - 1
    return x, np.prod(x[:, :degree], axis=1)


def _eliminate(bits: int, degree: int, noise: float, rng: np.random.Generator) -> tuple[int, float]:
    """The samples drawn until linear equations leave one solution, and that solution's accuracy."""
    rows = np.zeros((bits, bits + 1), dtype=np.int64)
    drawn = 0
    # Row i, once found, is the equation whose first variable is i.
    while not rows.diagonal().all():
        equation = rng.integers(0, 2, bits + 1)
        equation[-1] = (equation[:degree].sum() + (rng.random() < noise)) % 2
        drawn += 1
        for i in range(bits):
            if equation[i] and not rows[i, i]:
                rows[i] = equation
                break
            equation = equation ^ (rows[i] * equation[i])
    solution = np.zeros(bits, dtype=np.int64)
    for i in reversed(range(bits)):
        solution[i] = (rows[i, -1] + rows[i, :-1] @ solution) % 2
    tests = rng.integers(0, 2, (TESTS, bits))
    right = tests @ solution % 2 == tests[:, :degree].sum(axis=1) % 2
    return drawn, float(np.mean(right))
