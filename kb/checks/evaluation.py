"""The value of an expression over numbers or samples.

Every number is a float64. A comparison gives 1.0 or 0.0. Anything on the way that is not a finite number
(a division by zero, the logarithm of a negative number, an overflow) becomes nan and stays nan, except
in the branch that ``where`` does not take: an undefined value never passes for a small or large one.

What does not vary is computed once, results of inner operations are overwritten by outer ones as numpy does
with its own, and the test for infinities after every operation is one pass that makes no array.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.checks.expressions import Binary, Call, Comparison, Name, Negative, Node, Number, names

Value = float | np.float64 | NDArray[np.float64]

#: Operations that can write into an operand which nothing else needs.
_OVERWRITING = frozenset(("+", "-", "*", "/", "**", "log", "log2", "log10", "exp", "sqrt", "abs"))


def evaluate(node: Node, values: Mapping[str, Value]) -> Value:
    """The value of an expression over floats or equally long float64 arrays.

    A result (or any part of an array) that is undefined is nan; infinities do not occur.

    Raises:
        KeyError: a name has no value.
    """
    used = {name: np.asarray(values[name], dtype=np.float64) for name in names(node)}
    with np.errstate(all="ignore"):
        finite = {name: _finite(array) for name, array in used.items()}
        fixed = {name: value for name, value in finite.items() if not np.ndim(value)}
        mixed = 0 < len(fixed) < len(finite)
        return _value(_folded(node, fixed) if mixed else node, finite)


def folded(node: Node, fixed: Mapping[str, float]) -> Node:
    """The expression with numbers put in, and every part that is now a number computed; it may be nan.

    For one that is evaluated many times with the same numbers: the values stay those of ``evaluate``.
    """
    with np.errstate(all="ignore"):
        return _folded(node, {name: _finite(np.float64(value)) for name, value in fixed.items()})


def _folded(node: Node, fixed: Mapping[str, Value]) -> Node:
    match node:
        case Number():
            return node
        case Name(name):
            return Number(float(fixed[name]), node.column) if name in fixed else node
        case Negative(operand):
            parts = [_folded(operand, fixed)]
            node = replace(node, operand=parts[0])
        case Binary(_, left, right) | Comparison(_, left, right):
            parts = [_folded(left, fixed), _folded(right, fixed)]
            node = replace(node, left=parts[0], right=parts[1])
        case Call(_, arguments):
            parts = [_folded(part, fixed) for part in arguments]
            node = replace(node, arguments=tuple(parts))
    if all(isinstance(part, Number) for part in parts):
        return Number(float(_value(node, {})), node.column)
    return node


def _value(node: Node, values: Mapping[str, Value]) -> Value:
    match node:
        case Number(value):
            return np.float64(value)
        case Name(name):
            return values[name]
        case Negative(operand):
            return -_value(operand, values)
        case Binary(operator, left, right) | Comparison(operator, left, right):
            return _applied(operator, (left, right), values)
        case Call(function, arguments):
            return _applied(function, arguments, values)


def _applied(name: str, operands: tuple[Node, ...], values: Mapping[str, Value]) -> Value:
    found = [_value(operand, values) for operand in operands]
    if name not in _OVERWRITING:
        return _finite(_table()[name](*found))
    mine = (
        value
        for operand, value in zip(operands, found, strict=True)
        if np.ndim(value) and not isinstance(operand, Name)
    )
    return _finite(_table()[name](*found, out=next(mine, None)))


def _finite(value: Any) -> Value:
    """The value with every infinity made nan, so that 1/(1/0) is not 0."""
    return value if _defined(value) else np.where(np.isfinite(value), value, np.nan)


def _defined(value: Any) -> bool:
    """Whether all are finite, found in one quick pass that makes no array: no sum hides an infinity or a nan.

    A sum that overflows is taken for undefined: callers that are told so look at every value.
    """
    return isfinite(np.add.reduce(value, axis=None))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Callable[..., Any]]:
    def carry(operation: Callable[..., Any]) -> Callable[..., Any]:
        """The operation, undefined where an operand is (numpy says nan < 1 is false and 1**nan is 1)."""

        def carried(left: Value, right: Value, out: Value | None = None) -> Value:
            if _defined(left) and _defined(right):
                result = operation(left, right) if out is None else operation(left, right, out=out)
                return np.asarray(result, dtype=np.float64)
            undefined = np.isnan(left) | np.isnan(right)
            return np.where(undefined, np.nan, np.asarray(operation(left, right), dtype=np.float64))

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
