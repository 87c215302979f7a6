"""The value of an expression over numbers or samples.

Every number is a float64. A comparison gives 1.0 or 0.0. Anything on the way that is not a finite number
(a division by zero, the logarithm of a negative number, an overflow) becomes nan and stays nan, except
in the branch that ``where`` does not take: an undefined value never passes for a small or large one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.checks.expressions import Binary, Call, Comparison, Name, Negative, Node, Number

Value = float | np.float64 | NDArray[np.float64]


def evaluate(node: Node, values: Mapping[str, Value]) -> Value:
    """The value of an expression over floats or equally long float64 arrays.

    A result (or any part of an array) that is undefined is nan; infinities do not occur.

    Raises:
        KeyError: a name has no value.
    """
    with np.errstate(all="ignore"):
        return _value(node, values, _table())


def _value(node: Node, values: Mapping[str, Value], table: Mapping[str, Callable[..., Any]]) -> Value:
    match node:
        case Number(value):
            return np.float64(value)
        case Name(name):
            return _finite(np.asarray(values[name], dtype=np.float64))
        case Negative(operand):
            return -_value(operand, values, table)
        case Binary(sign, left, right) | Comparison(sign, left, right):
            return _finite(table[sign](_value(left, values, table), _value(right, values, table)))
        case Call(function, arguments):
            return _finite(table[function](*(_value(argument, values, table) for argument in arguments)))


def _finite(value: Any) -> Value:
    """The value with every infinity made nan, so that 1/(1/0) is not 0."""
    finite = np.isfinite(value)
    if finite.all():
        return value  # type: ignore[no-any-return]
    return np.where(finite, value, np.nan)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Callable[..., Any]]:
    def carry(operation: Callable[..., Any]) -> Callable[..., Any]:
        """The operation, undefined where an operand is (numpy says nan < 1 is false and 1**nan is 1)."""

        def carried(left: Value, right: Value) -> Value:
            undefined = np.isnan(left) | np.isnan(right)
            result = np.asarray(operation(left, right), dtype=np.float64)
            return np.where(undefined, np.nan, result) if undefined.any() else result

        return carried

    def where(condition: Value, then: Value, otherwise: Value) -> Value:
        return np.where(np.isnan(condition), np.nan, np.where(condition != 0, then, otherwise))

    def fold(operation: Callable[..., Any]) -> Callable[..., Any]:
        def folded(first: Value, *rest: Value) -> Value:
            for value in rest:
                first = operation(first, value)
            return first

        return folded

    return {
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": np.true_divide,
        "**": carry(np.power),
        "<": carry(np.less),
        "<=": carry(np.less_equal),
        ">": carry(np.greater),
        ">=": carry(np.greater_equal),
        "==": carry(np.equal),
        "!=": carry(np.not_equal),
        "log": np.log,
        "log2": np.log2,
        "log10": np.log10,
        "exp": np.exp,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "round": np.round,
        "floor": np.floor,
        "ceil": np.ceil,
        "min": fold(np.minimum),
        "max": fold(np.maximum),
        "where": where,
    }
