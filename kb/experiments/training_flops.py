"""The operations of one training step of a small transformer, counted as they are done.

A decoder (root-mean-square norms, causal attention, feed-forward part of four widths, SiLU) reads a few
random tokens forward and carries the gradient of its loss back, in plain numpy. Every matrix product goes
through one function that adds up its multiplications and additions from the arrays that it was really
given, so no formula for a transformer's compute is used. The gradient is compared with finite differences: a
backward pass that left work out would be a wrong one.

Papers: Kaplan et al. 2020 (arXiv 2001.08361), the rule of six for each parameter and token; Hoffmann et al.
2022 (arXiv 2203.15556), appendix F, the same count with attention and vocabulary; Vaswani et al. 2017 (arXiv
1706.03762), the network. Shows what the rule leaves out and when that matters. Cannot show time or cost on a
machine, nor sparse models, recomputed activations or the optimiser's step.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = dict[str, Array]

#: Step of the finite differences, and what keeps a norm from dividing by zero.
STEP, TINY = 1e-5, 1e-9


class Ledger:
    """Floating-point operations of matrix products, by the part of the network that asked for them."""

    def __init__(self) -> None:
        self.done: dict[str, float] = {}

    def product(self, part: str, a: Array, b: Array) -> Array:
        """``a @ b``; each number of the result takes as many multiply-adds, two operations, as are summed."""
        found: Array = a @ b
        self.done[part] = self.done.get(part, 0) + 2.0 * found.size * a.shape[-1]
        return found


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """Operations for each parameter and token; the same in every trial, but for the gradient's error."""
    shape = {key: int(params[key]) for key in ("width", "layers", "heads", "context", "vocabulary", "batch")}
    if shape["width"] % shape["heads"]:
        raise ValueError(f"a width of {shape['width']} cannot be shared by {shape['heads']} heads")
    tokens = shape["batch"] * shape["context"]
    errors = []
    for _ in range(int(params["trials"])):
        weights, text = _network(shape, rng)
        forward, backward = Ledger(), Ledger()
        gradient = _train(weights, text, shape, forward, backward)
        errors.append(_gradient_error(weights, gradient, text, shape, rng))
    wider = {**shape, "width": 2 * shape["width"]}
    wide, text = _network(wider, rng)
    both = Ledger()
    _train(wide, text, wider, both, both)

    inner, everything = _size(weights), sum(w.size for w in weights.values())
    first, second = _inner(forward), _inner(backward)
    vocabulary = forward.done["vocabulary"] + backward.done["vocabulary"]
    attention = forward.done["attention"] + backward.done["attention"]
    return {
        "per_parameter": (first + second) / (inner * tokens),
        "forward": first / (inner * tokens),
        "backward": second / (inner * tokens),
        "weights_only": (first + second - attention) / (inner * tokens),
        "attention_share": attention / (first + second),
        "with_embeddings": (first + second + vocabulary) / (everything * tokens),
        "growth_exponent": float(np.log(_inner(both) / (first + second)) / np.log(_size(wide) / inner)),
        "gradient_error": max(errors),
    }


def _inner(ledger: Ledger) -> float:
    """Operations outside the output layer, which belongs to the vocabulary."""
    return ledger.done["weights"] + ledger.done["attention"]


def _size(weights: Weights) -> int:
    """Parameters outside the tables of the vocabulary and the positions."""
    return sum(w.size for name, w in weights.items() if name not in ("words", "places", "out"))


def _network(shape: Mapping[str, int], rng: np.random.Generator) -> tuple[Weights, NDArray[np.int64]]:
    """Random weights, and a random text of shape (batch, context + 1)."""
    width, vocabulary = shape["width"], shape["vocabulary"]
    sizes = {"words": (vocabulary, width), "places": (shape["context"], width), "out": (width, vocabulary)}
    for i in range(shape["layers"]):
        sizes |= {f"qkv{i}": (width, 3 * width), f"mix{i}": (width, width)}
        sizes |= {f"up{i}": (width, 4 * width), f"down{i}": (4 * width, width)}
    weights = {name: rng.standard_normal(size) / np.sqrt(size[0]) for name, size in sizes.items()}
    gains = ["final", *(f"{gain}{i}" for i in range(shape["layers"]) for gain in ("before", "between"))]
    weights |= {gain: 1 + 0.1 * rng.standard_normal(width) for gain in gains}
    return weights, rng.integers(0, vocabulary, (shape["batch"], shape["context"] + 1))


def _train(
    w: Weights, text: NDArray[np.int64], shape: Mapping[str, int], forward: Ledger, backward: Ledger
) -> Weights:
    """The gradient of the mean loss over the next tokens of the text, a forward and a backward pass."""
    return _Loss(w, text, shape, forward).gradient(backward)


class _Loss:
    """A forward pass and what it keeps for the way back. Activations are (batch · context, width)."""

    def __init__(self, w: Weights, text: NDArray[np.int64], shape: Mapping[str, int], ledger: Ledger) -> None:
        self.w, self.shape, self.inputs, self.targets = w, shape, text[:, :-1], text[:, 1:].reshape(-1)
        self.kept: list[tuple[Array, ...]] = []
        x = (w["words"][self.inputs] + w["places"]).reshape(-1, shape["width"])
        for i in range(shape["layers"]):
            entered = x
            read = _norm(x) * w[f"before{i}"]
            q, k, v = self._split(ledger.product("weights", read, w[f"qkv{i}"]))
            shares = self._attend(ledger.product("attention", q, k.swapaxes(2, 3)))
            mixed = self._merge(ledger.product("attention", shares, v))
            x = middle = x + ledger.product("weights", mixed, w[f"mix{i}"])
            hidden = ledger.product("weights", _norm(x) * w[f"between{i}"], w[f"up{i}"])
            x = x + ledger.product("weights", hidden * _sigmoid(hidden), w[f"down{i}"])
            self.kept.append((entered, q, k, v, shares, mixed, middle, hidden))
        self.last = x
        scores = ledger.product("vocabulary", _norm(x) * w["final"], w["out"])
        self.chances = _softmax(scores)
        self.value = float(-np.mean(np.log(self.chances[np.arange(len(scores)), self.targets])))

    def gradient(self, ledger: Ledger) -> Weights:
        """Of the loss, with respect to every weight."""
        w, found = self.w, {}

        def back(part: str, name: str, given: Array, slope: Array) -> Array:
            found[name] = ledger.product(part, given.T, slope)
            return ledger.product(part, slope, w[name].T)

        def back_norm(name: str, given: Array, slope: Array) -> Array:
            found[name] = np.sum(_norm(given) * slope, axis=0)
            return _norm_slope(given, slope * w[name])

        slope = self.chances.copy()
        slope[np.arange(len(slope)), self.targets] -= 1
        slope /= len(slope)
        x = back_norm("final", self.last, back("vocabulary", "out", _norm(self.last) * w["final"], slope))
        for i, (entered, q, k, v, shares, mixed, middle, hidden) in reversed([*enumerate(self.kept)]):
            gate = _sigmoid(hidden)
            down = back("weights", f"down{i}", hidden * gate, x)
            up = down * gate * (1 + hidden * (1 - gate))
            x = x + back_norm(
                f"between{i}", middle, back("weights", f"up{i}", _norm(middle) * w[f"between{i}"], up)
            )
            out = self._heads(back("weights", f"mix{i}", mixed, x))
            to_shares = ledger.product("attention", out, v.swapaxes(2, 3))
            to_v = ledger.product("attention", shares.swapaxes(2, 3), out)
            to_scores = shares * (to_shares - np.sum(to_shares * shares, axis=3, keepdims=True))
            to_scores /= np.sqrt(q.shape[3])
            to_q = ledger.product("attention", to_scores, k)
            to_k = ledger.product("attention", to_scores.swapaxes(2, 3), q)
            joined = np.concatenate([self._merge(to_q), self._merge(to_k), self._merge(to_v)], axis=1)
            read = _norm(entered) * w[f"before{i}"]
            x = x + back_norm(f"before{i}", entered, back("weights", f"qkv{i}", read, joined))
        x = x.reshape(*self.inputs.shape, -1)
        found["places"] = np.sum(x, axis=0)
        found["words"] = np.zeros_like(w["words"])
        np.add.at(found["words"], self.inputs, x)
        return found

    def _heads(self, x: Array) -> Array:
        """(batch · context, width) as (batch, heads, context, width of a head)."""
        batch, context = self.inputs.shape
        return x.reshape(batch, context, self.shape["heads"], -1).swapaxes(1, 2)

    def _merge(self, x: Array) -> Array:
        return x.swapaxes(1, 2).reshape(-1, self.shape["width"])

    def _split(self, joined: Array) -> tuple[Array, Array, Array]:
        q, k, v = np.split(joined, 3, axis=1)
        return self._heads(q), self._heads(k), self._heads(v)

    def _attend(self, scores: Array) -> Array:
        """Shares of attention; the products with later tokens are done and then masked out."""
        later = np.triu(np.ones(scores.shape[2:], dtype=bool), 1)
        return _softmax(np.where(later, -np.inf, scores / np.sqrt(self.shape["width"] / self.shape["heads"])))


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def _softmax(x: Array) -> Array:
    raised = np.exp(x - np.max(x, axis=-1, keepdims=True))
    shares: Array = raised / np.sum(raised, axis=-1, keepdims=True)
    return shares


def _norm(x: Array) -> Array:
    normed: Array = x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + TINY)
    return normed


def _norm_slope(x: Array, slope: Array) -> Array:
    scale = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + TINY)
    bent: Array = (slope - x * np.mean(slope * x, axis=-1, keepdims=True) / scale**2) / scale
    return bent


def _gradient_error(
    w: Weights, gradient: Weights, text: NDArray[np.int64], shape: Mapping[str, int], rng: np.random.Generator
) -> float:
    """Largest error, over the arrays of weights, of the slope along a random direction in each."""
    errors = []
    for name, slope in gradient.items():
        # Half the gradient's own direction, so that the slope is not near zero by chance.
        way = rng.standard_normal(slope.shape)
        way = way / np.linalg.norm(way) + slope / np.linalg.norm(slope)
        ahead, behind = (
            _Loss({**w, name: w[name] + step * way}, text, shape, Ledger()).value for step in (STEP, -STEP)
        )
        expected = float(np.sum(slope * way))
        errors.append(abs((ahead - behind) / (2 * STEP) - expected) / abs(expected))
    return max(errors)
