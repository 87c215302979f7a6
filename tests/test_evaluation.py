"""Expressions over samples: the same as over single numbers, undefined wherever a part of them is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.checks.evaluation import evaluate, folded
from kb.checks.expressions import Binary, Name, Number, parse

NUMBERS = [0.0, 1.0, -1.0, 0.5, 2.0, 1e200, -1e200, 1e-300, 1e308, np.inf, -np.inf, np.nan]


def expressions() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["x", "y", "c", "0", "1", "2.5", "1e308"])

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        signs = st.sampled_from(["+", "-", "*", "/", "**", "<", ">=", "==", "!="])
        functions = st.sampled_from(["log", "log2", "log10", "exp", "sqrt", "abs", "floor", "round", "-"])
        return st.one_of(
            st.builds("({} {} {})".format, inner, signs, inner),
            st.builds("{}({})".format, functions, inner),
            st.builds("where({}, {}, {})".format, inner, inner, inner),
            st.builds("max({}, {}, {})".format, inner, inner, inner),
            st.builds("min({}, {})".format, inner, inner),
        )

    return st.recursive(leaves, grown, max_leaves=12)


@settings(max_examples=300, deadline=None)
@given(expressions(), st.sampled_from(NUMBERS))
def test_samples_give_what_single_numbers_give(text: str, c: float) -> None:
    pairs = [(x, y) for x in NUMBERS for y in NUMBERS]
    x, y = (np.array(column) for column in zip(*pairs, strict=True))
    before = x.copy(), y.copy()
    tree = parse(text)
    together = np.broadcast_to(np.asarray(evaluate(tree, {"x": x, "y": y, "c": c})), x.shape)
    one_by_one = [float(evaluate(tree, {"x": a, "y": b, "c": c})) for a, b in pairs]
    np.testing.assert_allclose(together, one_by_one, rtol=1e-12)
    again = np.broadcast_to(np.asarray(evaluate(folded(tree, {"c": c}), {"x": x, "y": y})), x.shape)
    np.testing.assert_array_equal(again, together)
    assert not np.isinf(together).any()
    np.testing.assert_array_equal(before, (x, y))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 / (1 / x)", [np.nan, 1, 4]),
        ("where(x > 0, 1 / x, 0)", [0, 1, 0.25]),
        ("where(x > 0, x, 1 / 0)", [np.nan, 1, 4]),
        ("(1 / x) ** 0", [np.nan, 1, 1]),
        ("1 / x < 2", [np.nan, 1, 1]),
        ("max(1 / x, 5)", [np.nan, 5, 5]),
        ("x * 1e308 * 10 - x * 1e308 * 10", [0, np.nan, np.nan]),
        ("x * x - x * x", [0, 0, 0]),
    ],
)
def test_undefined_stays_undefined_in_its_own_sample(text: str, values: list[float]) -> None:
    found = np.asarray(evaluate(parse(text), {"x": np.array([0.0, 1.0, 4.0])}))
    np.testing.assert_array_equal(found, values)


def test_a_sum_that_overflows_makes_no_sample_undefined() -> None:
    x = np.full(4, 1e308)
    np.testing.assert_array_equal(evaluate(parse("x / 2"), {"x": x}), x / 2)


def test_a_name_alone_is_its_values_and_a_missing_one_is_named() -> None:
    np.testing.assert_array_equal(evaluate(parse("x"), {"x": np.array([1.0, np.inf])}), [1.0, np.nan])
    with pytest.raises(KeyError, match="y"):
        evaluate(parse("x + y"), {"x": 1.0})


def test_a_part_that_does_not_vary_becomes_one_number() -> None:
    tree = folded(parse("(a * (b + 2)) ** 0.5 * x"), {"a": 2.0, "b": 6.0})
    assert tree == Binary("*", Number(4.0, 15), Name("x", 24), 22)
