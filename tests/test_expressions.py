"""The expression language: what it computes, what it refuses, and where it says so."""

from __future__ import annotations

import subprocess
import sys
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.checks.evaluation import evaluate
from kb.checks.expressions import (
    FUNCTIONS,
    Binary,
    Comparison,
    ExpressionError,
    Name,
    Number,
    names,
    parse,
)

ATTACKS = [
    "().__class__.__bases__[0].__subclasses__()",
    "a.__class__",
    "a.tofile('pwned')",
    "a.ctypes.data",
    "__import__('os').system('touch pwned')",
    "open('pwned','w')",
    "'a'*10**9*1",
    "[0]*10**9",
    "1<<10**10",
    "factorial(10**7)",
    "(" * 5000 + "1" + ")" * 5000,
    "-" * 50000 + "1",
    "+".join(["1"] * 20000),
    "a.reshape(-1,1)*a",
    "1" * 5000,
    "'{0.__class__}'.format(a)",
    "[i for i in range(10**8)]",
    "(lambda:1)()",
    "(x:=1)",
    "eval('1')",
    "exec('1')",
    "getattr(a, 'b')",
    "globals()",
    "f'{a}'",
    "f(*a)",
    "min(*a)",
    "min(a, *b)",
    "min(a=1, b=2)",
    "min(**a)",
    "max()",
    "log(1, 2)",
    "where(1, 2)",
    "min(" + ",".join(["1"] * 9) + ")",
    "a[0]",
    "a[::2]",
    "{a}",
    "{1: 2}",
    "a, b",
    "(a, b)",
    "()",
    "...",
    "a if b else c",
    "a and b",
    "a or b",
    "not a",
    "a in b",
    "a is b",
    "None",
    "True",
    "lambda: 1",
    "yield a",
    "await a",
    "import os",
    "print(1)",
    "a; b",
    "a = 1",
    "a == b == c",
    "1 < a < 2",
    "a // b",
    "a % b",
    "a & b",
    "a | b",
    "a ^ b",
    "a @ b",
    "~a",
    "a >> b",
    "a << b",
    "a <> b",
    "a -> b",
    "1j",
    "0x10",
    "0b1",
    "0o7",
    "0777",
    "1_000",
    "1e999",
    "1" * 400,
    "6N",
    "2(3)",
    "(a)(b)",
    "min(1, 2)(3)",
    "log",
    "log + 1",
    "abs(abs)",
    "a b",
    "a +",
    "* a",
    "(a",
    "a)",
    "a..b",
    "1..2",
    "#",
    "a # b",
    "a\\\n+b",
    "a\x00b",
    "а + 1",  # a Cyrillic a
    "ａ + 1",
    "a\u2028+b",
    "x²",
    "a × b",
    "a − b",
    "$a",
    "`a`",
    "a?b",
    "@a",
    "!a",
    "b'1'",
    '"""a"""',
    "",
    "   ",
    "-" * 1999 + "1",
    "-" * 500 + "1",
    "**".join(["2"] * 300),
    "+".join(["1"] * 299),
    "(" * 60 + "1" + ")" * 60,
    "abs(" * 41 + "1" + ")" * 41,
    "(" * 900,
    ")" * 900,
    "<" * 500,
]


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_what_is_not_in_the_language_is_refused_with_its_column(text: str) -> None:
    parse.cache_clear()
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert 1 <= refused.value.column <= max(1, len(text))
    assert refused.value.message


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError:
        return
    evaluate(tree, dict.fromkeys(names(tree), 1.5))


@given(st.text(alphabet="ab1.e*+-/()<=>, ", max_size=40))
def test_any_text_of_the_language_s_own_signs_is_read_or_refused(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError:
        return
    value = evaluate(tree, dict.fromkeys(names(tree), 2.0))
    assert not np.isinf(value).any()


def test_a_tower_of_powers_is_undefined_and_not_a_hang() -> None:
    assert np.isnan(evaluate(parse("9**9**9"), {}))


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("a + b ^ 2", 7, "power"),
        ("  6N", 4, "*"),
        ("tokens and 1", 8, "min"),
        ("lg(a)", 1, "log"),
        ("a + log10(", 10, "closed"),
        ("10% * a", 3, "0.1"),
        ("a = 3", 3, "=="),
        ("1,5 * a", 1, "decimal"),
        ("a × b", 3, "*"),
        ("a.shape", 2, "attributes"),
        ("a < b < c", 1, "min(a < b, b < c)"),
        ("a // b", 3, "floor(a / b)"),
    ],
)
def test_a_refusal_names_the_place_and_the_fix(text: str, column: int, word: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert refused.value.column == column
    assert word in refused.value.hint


def test_the_tree_knows_the_column_of_each_operator() -> None:
    assert parse("(a + b) * ((3)) >= -c") == Comparison(
        ">=",
        Binary("*", Binary("+", Name("a", 2), Name("b", 6), 4), Number(3.0, 13), 9),
        parse("(a + b) * ((3)) >= -c").right,  # type: ignore[union-attr]
        17,
    )


def test_names_come_in_order_with_their_first_column() -> None:
    assert names(parse("b * a + b - log(c)")) == {"b": 1, "a": 5, "c": 17}
    assert list(names(parse("b * a"))) == ["b", "a"]


def test_reading_imports_no_numpy() -> None:
    code = "import sys, kb.checks.expressions as x; x.parse('a+1'); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- what expressions compute, against numpy ------------------------------------

# The rule: the value is numpy's, bit for bit, where each step on the way to it is finite. Where any step
# is nan or infinite, the value is undefined (nan), except in the branch that where() does not take.

_values = {
    "a": np.array([0.5, 2.0, 3.0, 0.0, -1.5]),
    "b": np.array([1.0, -2.0, 7.5, 0.0, 1e200]),
    "c": 1.25,
    "unknown": np.array([1.0, np.nan, np.inf, -np.inf, 2.0]),
}
_one = ("log", "log2", "log10", "exp", "sqrt", "abs", "round", "floor", "ceil")
_signs = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.true_divide,
    "**": np.power,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_Tree = tuple[Any, ...]


def _trees() -> st.SearchStrategy[_Tree]:
    numbers = st.one_of(st.floats(0, 100), st.sampled_from([0.0, 1.0, 2.0, 0.5, 1e300, 1e-300]))
    leaves = st.one_of(
        numbers.map(lambda x: (repr(x),)), st.sampled_from(sorted(_values)).map(lambda x: (x,))
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(sorted(_signs)), inner, inner),
            st.tuples(st.just("negative"), inner),
            st.tuples(st.sampled_from(_one), inner),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner, inner),
            st.tuples(st.just("where"), inner, inner, inner),
        ),
        max_leaves=14,
    )


def _spelt(tree: _Tree) -> str:
    word, *parts = tree
    inner = [_spelt(part) for part in parts]
    if word == "negative":
        return f"(-{inner[0]})"
    if word in _signs:
        return f"({inner[0]} {word} {inner[1]})"
    return f"{word}({', '.join(inner)})" if inner else word


def _by_numpy(tree: _Tree) -> tuple[Any, Any]:
    """The value by plain numpy, infinities and all, and where a step on the way to it was not finite."""
    word, *parts = tree
    if not parts:
        value = np.asarray(_values[word] if word in _values else float(word))
        return value, ~np.isfinite(value)
    inner = [_by_numpy(part) for part in parts]
    values, undefined = [value for value, _ in inner], [bad for _, bad in inner]
    if word == "where":
        taken = values[0] != 0
        value = np.where(taken, values[1], values[2])
        return value, undefined[0] | np.where(taken, undefined[1], undefined[2])
    if word in ("min", "max"):
        value = reduce({"min": np.minimum, "max": np.maximum}[word], values)
    elif word == "negative":
        value = np.negative(values[0])
    else:
        operation = _signs[word] if word in _signs else getattr(np, word)
        value = np.asarray(operation(*values), dtype=np.float64)
    return value, reduce(np.logical_or, undefined) | ~np.isfinite(value)


@settings(max_examples=400, deadline=None)
@given(_trees())
@example(("where", ("<", ("a",), ("1.0",)), ("/", ("1.0",), ("0.0",)), ("b",)))
@example(("**", ("1.0",), ("unknown",)))
@example(("**", ("unknown",), ("0.0",)))
@example(("min", ("unknown",), ("c",)))
@example(("/", ("1.0",), ("unknown",)))
@example(("!=", ("unknown",), ("unknown",)))
@example(("where", ("unknown",), ("1.0",), ("1.0",)))
@example(("**", ("a",), ("2.0",)))
@example(("**", ("a",), ("0.5",)))
def test_expressions_agree_with_numpy(tree: _Tree) -> None:
    with np.errstate(all="ignore"):
        wanted, undefined = _by_numpy(tree)
    found = evaluate(parse(_spelt(tree)), _values)
    wanted, undefined, found = np.broadcast_arrays(wanted, undefined, found)
    np.testing.assert_array_equal(found, np.where(undefined, np.nan, wanted))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2**3**2", 512.0),
        ("-2**2", -4.0),
        ("2 < 3", 1.0),
        ("3 <= 2", 0.0),
        ("(1 == 1) + (2 != 2)", 1.0),
        ("where(2 > 1, 10, 20)", 10.0),
        ("where(0, 10, 20)", 20.0),
        ("min(3, 1, 2) + max(1, 5, 2)", 6.0),
        ("round(2.5) + floor(-0.5) + ceil(0.2)", 2.0),
        ("10 / 4", 2.5),
        ("1.5e3 + .5 + 2.", 1502.5),
    ],
)
def test_examples(text: str, value: float) -> None:
    assert float(evaluate(parse(text), {})) == value


@pytest.mark.parametrize(
    "text",
    [
        "1/0",
        "0/0",
        "1/(1/0)",
        "log(0)",
        "log(-1) < 5",
        "5 > log(-1)",
        "log(-1) != log(-1)",
        "where(log(-1) < 5, 0, 1)",
        "where(log(-1), 1, 1)",
        "(-8)**(1/3)",
        "1**log(-1)",
        "log(-1)**0",
        "min(log(0), 1)",
        "exp(1000) > 1",
        "0 * (1/0)",
        "1e308 * 10",
        "nan_input < 1",
        "inf_input > 1",
        "1 / inf_input",
    ],
)
def test_the_undefined_stays_undefined(text: str) -> None:
    assert np.isnan(evaluate(parse(text), {"nan_input": float("nan"), "inf_input": float("inf")}))


def test_where_ignores_the_branch_it_does_not_take() -> None:
    values = {"x": np.array([-1.0, np.e])}
    np.testing.assert_allclose(evaluate(parse("where(x > 0, log(max(x, 0)), 0)"), values), [0.0, 1.0])
    np.testing.assert_allclose(evaluate(parse("where(x > 0, log(x), 0)"), values), [0.0, 1.0])


def test_every_function_of_the_table_has_its_arity_checked() -> None:
    for name, (least, most) in FUNCTIONS.items():
        for count in (least - 1, most + 1):
            with pytest.raises(ExpressionError, match="argument"):
                parse(f"{name}({', '.join(['1'] * count)})")
        evaluate(parse(f"{name}({', '.join(['1'] * least)})"), {})
