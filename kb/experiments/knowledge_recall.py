"""Facts stored in a matrix by gradient descent: recall against exposures, capacity and forgetting.

A fact joins a subject (a random vector of ``width`` numbers) to one of ``values`` answers. One matrix of
width · values parameters learns facts one small batch after the other (softmax, cross-entropy), starting from
random weights, and answers with the likeliest value. Subjects are not orthogonal, so learning one fact
disturbs the others. *Uneven*: equally many facts are seen once, twice, four times and so on. *Even*: the
same number of samples, dealt out evenly. *Others*: after that, as many other facts, for as long.

Papers: Allen-Zhu & Li 2024 (arXiv 2404.05405), about 2 bits per parameter after 1000 exposures and 1 after
100; Kandpal et al. 2023 (arXiv 2211.08411), rare facts; Chang et al. 2024 (arXiv 2406.11813), acquisition
and forgetting; Cabannes, Dohmatob & Bietti 2023 (arXiv 2310.02984), such matrices. Shows that recall
hangs on exposures, that capacity is bounded by parameters whatever the number of facts, and that what is not
repeated is overwritten. Cannot show how many exposures a language model needs: here that follows from the
rate. Nor does it know paraphrases, rules that link facts, or rehearsal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

BATCH = 8


def run(
    params: Mapping[str, float], rng: np.random.Generator, progress: Callable[[float], None]
) -> dict[str, float]:
    """Means over the trials. A fact counts as recalled when the right answer is the likeliest."""
    trials = int(params["trials"])
    found = []
    for trial in range(trials):

        def said(share: float, trial: int = trial) -> None:
            progress((trial + share) / trials)

        found.append(_trial(params, rng, said))
        said(1.0)
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def _trial(
    params: Mapping[str, float], rng: np.random.Generator, progress: Callable[[float], None]
) -> dict[str, float]:
    width, values, rate = int(params["width"]), int(params["values"]), params["rate"]
    seen = 2 ** np.arange(int(params["doublings"]) + 1)
    each = int(params["facts"])
    facts = each * len(seen)
    subjects = rng.standard_normal((2 * facts, width)) / np.sqrt(width)
    answers = rng.integers(0, values, 2 * facts)

    def learned(memory: Array, samples: Whole) -> Array:
        return _learn(memory, subjects, answers, samples, rate)

    def recalled(memory: Array) -> NDArray[np.bool_]:
        return np.asarray((subjects[:facts] @ memory).argmax(axis=1) == answers[:facts])

    uneven = rng.permutation(np.repeat(np.arange(facts), np.repeat(seen, each)))
    ladder = learned(rng.standard_normal((width, values)), uneven)
    share = recalled(ladder).reshape(len(seen), each).mean(axis=1)
    progress(1 / 3)

    rounds = max(len(uneven) // facts, 1)
    even = [rng.permutation(facts) for _ in range(rounds)]
    tenth = max(rounds // 10, 1)
    early = learned(rng.standard_normal((width, values)), np.concatenate(even[:tenth]))
    late = learned(early, np.concatenate(even[tenth:] or [even[0][:0]]))
    progress(2 / 3)
    others = facts + np.concatenate([rng.permutation(facts) for _ in range(rounds)])
    after = learned(late, others)

    stored = int(np.sum(recalled(late)))
    size, bits = width * values, float(np.log2(values))
    known, known_early = (_beyond_luck(recalled(memory), values) for memory in (late, early))
    rare = len(seen) // 2
    return {
        "recall_rare": float(np.mean(share[:rare])),
        "recall_common": float(share[-1]),
        "recall_gap": float(share[-1] - np.mean(share[:rare])),
        "exposures_to_half": _crossing(share, seen.astype(np.float64)),
        "recall_even": stored / facts,
        "facts_per_parameter": known / size,
        "bits_per_parameter": known * bits / size,
        "bits_per_parameter_early": known_early * bits / size,
        "recall_kept": float(np.sum(recalled(late) & recalled(after)) / max(stored, 1)),
    }


def _learn(memory: Array, subjects: Array, answers: Whole, samples: Whole, rate: float) -> Array:
    """The memory after one pass through ``samples``, which are numbers of facts."""
    memory = memory.copy()
    for start in range(0, len(samples), BATCH):
        batch = samples[start : start + BATCH]
        x = subjects[batch]
        scores = x @ memory
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        chance[np.arange(len(batch)), answers[batch]] -= 1
        memory -= rate * (x.T @ chance)
    return memory


def _beyond_luck(right: NDArray[np.bool_], values: int) -> float:
    """The number of facts known, if the others are guessed among ``values``."""
    lucky = 1 / values
    return max(float(np.sum(right)) - lucky * right.size, 0.0) / (1 - lucky)


def _crossing(share: Array, seen: Array) -> float:
    """The exposures from which half of the facts are recalled, between two rungs by logarithm.

    The last rung when even it falls short.
    """
    reached = np.flatnonzero(share >= 0.5)
    if not reached.size:
        return float(seen[-1])
    i = int(reached[0])
    if i == 0:
        return float(seen[0])
    part = (0.5 - share[i - 1]) / (share[i] - share[i - 1])
    return float(seen[i - 1] * (seen[i] / seen[i - 1]) ** part)
