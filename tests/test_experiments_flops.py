"""The operations of a training step are counted as they are done, in passes that are real."""

from __future__ import annotations

import numpy as np
import pytest

from kb.experiments.child import main
from kb.experiments.training_flops import Ledger, _gradient_error, _network, _train

SHAPE = {"width": 8, "layers": 1, "heads": 2, "context": 4, "vocabulary": 7, "batch": 3}


def run(**params: float) -> dict[str, float]:
    found = main({"experiment": "training_flops", "params": params, "seeds": [1]}, lambda done: None)
    return {output: values[0] for output, values in found["outputs"].items()}


def test_a_product_is_counted_as_multiplications_and_additions() -> None:
    ledger = Ledger()
    ledger.product("weights", np.ones((5, 2, 3)), np.ones((3, 4)))
    assert ledger.done == {"weights": 5 * 2 * 4 * 3 * 2}


def test_the_counts_are_those_of_a_network_written_out_by_hand() -> None:
    weights, text = _network(SHAPE, np.random.default_rng(0))
    forward, backward = Ledger(), Ledger()
    _train(weights, text, SHAPE, forward, backward)
    # 12 tokens; matrices 8·24 + 8·8 + 8·32 + 32·8 = 768 weights; 2 heads of 4 numbers over 4 tokens.
    assert forward.done == {
        "weights": 2 * 12 * 768,
        "attention": 2 * 2 * 12 * 4 * 8,
        "vocabulary": 2 * 12 * 56,
    }
    assert backward.done == {part: 2 * count for part, count in forward.done.items()}


def test_the_backward_pass_is_the_gradient_and_the_comparison_can_tell() -> None:
    rng = np.random.default_rng(0)
    weights, text = _network(SHAPE, rng)
    gradient = _train(weights, text, SHAPE, Ledger(), Ledger())
    assert set(gradient) == set(weights)
    assert _gradient_error(weights, gradient, text, SHAPE, rng) < 1e-6
    for name in gradient:
        wrong = {**gradient, name: gradient[name] * 1.01}
        assert _gradient_error(weights, wrong, text, SHAPE, rng) > 1e-3, name


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, 6.15331),
        ({"layers": 4}, 6.15465),
        ({"width": 32}, 6.45796),
        ({"context": 384, "batch": 1}, 9.97835),
    ],
)
def test_golden_values(params: dict[str, float], expected: float) -> None:
    assert run(**params)["per_parameter"] == pytest.approx(expected, abs=1e-5)


def test_the_rule_of_six_holds_where_attention_is_small() -> None:
    found = run()
    assert found["backward"] == pytest.approx(2 * found["forward"])
    assert found["per_parameter"] == pytest.approx(found["forward"] + found["backward"])
    # All that keeps it from six is the norms' gains, which no product uses: 5 of each 2 · 12 · 96 weights.
    assert found["weights_only"] == pytest.approx(6 / (1 + 5 / (24 * 96)))
    assert found["gradient_error"] < 1e-6


def test_a_long_context_and_a_large_vocabulary_break_the_rule() -> None:
    assert run(context=384, batch=1)["attention_share"] == pytest.approx(0.4)
    assert run(context=384, batch=1)["growth_exponent"] < 0.9 < run()["growth_exponent"]
    assert run(vocabulary=5000)["with_embeddings"] < 4


def test_heads_must_share_the_width_evenly() -> None:
    with pytest.raises(ValueError, match="a width of 10 cannot be shared by 4 heads"):
        run(width=10)
