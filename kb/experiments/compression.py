"""Compressing is predicting: a real arithmetic coder, driven by predictors that learn as they read.

A source writes characters, each drawn by chances that depend on the last few (a Markov chain), so that the
least possible code length, its entropy rate, is known. A predictor counts what followed each context and
gives the next character the chance (n + 1/2)/(N + A/2) (Krichevsky & Trofimov 1981). An arithmetic coder in
whole numbers (Witten, Neal & Cleary 1987) turns these chances into bits, and a decoder that learns in step
turns the bits back; every message is decoded and compared. The same message is coded with contexts of the
length that is asked for and with none.

Papers: Delétang et al. 2024 (arXiv 2309.10668), language models as compressors; Witten, Neal & Cleary 1987
(doi 10.1145/214762.214771), the coder. Shows that the code is as long as the predictor's surprise, within two
bits, so that the better predictor compresses better. Cannot show that compressing is understanding, nor what
a model's own weights, which a fair count would add to the code, cost.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: The coder's interval lies in whole numbers of so many bits; rounding costs about 2^-50 bits a character.
BITS = 64
WHOLE = 1 << BITS
HALF = WHOLE >> 1
QUARTER = WHOLE >> 2


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Means over the messages (``trials``); lengths are in bits a character, the overhead is the largest."""
    found = np.array([_trial(params, rng) for _ in range(int(params["trials"]))])
    entropy, bare, coded, hits, bare_hits, restored = (float(value) for value in found[:, :6].mean(axis=0))
    return {
        "entropy_rate": entropy,
        "memoryless_length": bare,
        "coded_length": coded,
        "saving": 1 - coded / bare,
        "redundancy": coded - entropy,
        "memoryless_accuracy": bare_hits,
        "accuracy": hits,
        "coder_overhead": float(found[:, 6].max()),
        "restored": restored,
    }


def _trial(params: Mapping[str, float], rng: np.random.Generator) -> tuple[float, ...]:
    letters, count = int(params["letters"]), int(params["characters"])
    chances = rng.dirichlet(np.full(letters, params["evenness"]), size=letters ** int(params["memory"]))
    message = _write(chances, count, rng)
    lengths, hits, overheads, restored = [], [], [], []
    for order in (0, int(params["order"])):
        surprise, right = surprise_and_hits(message, letters, order)
        bits = encode(message, letters, order)
        restored.append(decode(bits, count, letters, order) == message)
        lengths.append(len(bits) / count)
        hits.append(right)
        overheads.append(len(bits) - surprise)
    return entropy_rate(chances), *lengths, hits[1], hits[0], float(all(restored)), max(overheads)


def entropy_rate(chances: Array) -> float:
    """Bits a character of a Markov chain with ``chances`` of shape (contexts, letters) (Shannon 1948)."""
    contexts, letters = chances.shape
    follows = (np.arange(contexts)[:, None] * letters + np.arange(letters)) % contexts
    moves = np.zeros((contexts, contexts))
    np.add.at(moves, (np.arange(contexts)[:, None], follows), chances)
    # The shares of contexts that a move leaves as they are, and that add up to 1.
    rules = np.vstack([moves.T - np.eye(contexts), np.ones(contexts)])
    share = np.linalg.lstsq(rules, np.append(np.zeros(contexts), 1.0), rcond=None)[0]
    logs = np.log2(chances, out=np.zeros_like(chances), where=chances > 0)
    return float(-np.sum(share[:, None] * chances * logs))


def _write(chances: Array, count: int, rng: np.random.Generator) -> list[int]:
    """A message of so many letters; the context holds the last ones as the digits of a number."""
    contexts, letters = chances.shape
    bounds = np.cumsum(chances, axis=1)
    context, message = int(rng.integers(contexts)), []
    for draw in rng.random(count):
        letter = min(int(np.searchsorted(bounds[context], draw, side="right")), letters - 1)
        message.append(letter)
        context = (context * letters + letter) % contexts
    return message


def predictor(letters: int, order: int) -> Generator[list[int], int, None]:
    """Yields whole numbers in proportion to the next letter's chances; is sent the letter that came."""
    seen: dict[int, list[int]] = {}
    context, contexts = 0, letters**order
    while True:
        twice_plus_one = seen.setdefault(context, [1] * letters)
        letter = yield twice_plus_one
        twice_plus_one[letter] += 2
        context = (context * letters + letter) % contexts


def surprise_and_hits(message: list[int], letters: int, order: int) -> tuple[float, float]:
    """-log2 of the chance that the predictor gave the message, and its share of right first guesses."""
    chances, hits = [], 0
    model = predictor(letters, order)
    weights = next(model)
    for letter in message:
        chances.append(weights[letter] / sum(weights))
        hits += weights.index(max(weights)) == letter
        weights = model.send(letter)
    return float(-np.sum(np.log2(chances))), hits / len(message)


def encode(message: list[int], letters: int, order: int) -> list[int]:
    """The bits of a message, at most two more than the predictor's surprise (Witten, Neal & Cleary 1987)."""
    low, high, pending = 0, WHOLE - 1, 0
    bits: list[int] = []
    model = predictor(letters, order)
    weights = next(model)
    for letter in message:
        low, high = _narrow(low, high, weights, letter)
        while (offset := _settled(low, high)) is not None:
            if offset == QUARTER:
                pending += 1
            else:
                bits += _with_pending(int(offset == HALF), pending)
                pending = 0
            low, high = 2 * (low - offset), 2 * (high - offset) + 1
        weights = model.send(letter)
    return bits + _with_pending(int(low >= QUARTER), pending + 1)


def decode(bits: list[int], count: int, letters: int, order: int) -> list[int]:
    """The message of ``count`` letters that ``encode`` turned into these bits."""
    low, high, value = 0, WHOLE - 1, 0
    message: list[int] = []
    # The decoder looks ahead; after the last bit anything may follow, and zeros do.
    reader = iter(bits)
    for _ in range(BITS):
        value = 2 * value + next(reader, 0)
    model = predictor(letters, order)
    weights = next(model)
    for _ in range(count):
        letter = _letter_at(value - low, high - low + 1, weights)
        low, high = _narrow(low, high, weights, letter)
        while (offset := _settled(low, high)) is not None:
            low, high = 2 * (low - offset), 2 * (high - offset) + 1
            value = 2 * (value - offset) + next(reader, 0)
        message.append(letter)
        weights = model.send(letter)
    return message


def _narrow(low: int, high: int, weights: list[int], letter: int) -> tuple[int, int]:
    """The part of the interval that belongs to the letter, by its share of the weights."""
    width, total, below = high - low + 1, sum(weights), sum(weights[:letter])
    return low + width * below // total, low + width * (below + weights[letter]) // total - 1


def _letter_at(place: int, width: int, weights: list[int]) -> int:
    """The letter whose part of an interval of that width holds the place."""
    target = ((place + 1) * sum(weights) - 1) // width
    letter = 0
    while target >= weights[letter]:
        target -= weights[letter]
        letter += 1
    return letter


def _settled(low: int, high: int) -> int | None:
    """What to take off before doubling, once the interval lies in a half or in the middle; else None."""
    if high < HALF:
        return 0
    if low >= HALF:
        return HALF
    if low >= QUARTER and high < HALF + QUARTER:
        return QUARTER
    return None


def _with_pending(bit: int, pending: int) -> list[int]:
    """A bit, and after it the opposite ones that waited for it while the interval lay in the middle."""
    return [bit] + [1 - bit] * pending
