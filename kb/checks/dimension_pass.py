"""The dimension pass: what dimension an expression has, and where its units do not fit.

One walk over the tree on scalars; no samples are involved, so a base's checks are all verified before
any of them runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from kb.checks.dimensions import (
    MAX_EXPONENT,
    NONE,
    Dimension,
    excessive,
    likely_mistake,
    power,
    product,
    show,
)
from kb.checks.expressions import Binary, Call, Comparison, Name, Negative, Node, Number
from kb.checks.trouble import MisreadError

_VERBS = {"+": "add {right} to {left}", "-": "subtract {right} from {left}"}


class DimensionError(MisreadError):
    """Units that do not fit; the column is the operator's."""


def dimension(node: Node, names: Mapping[str, Dimension]) -> Dimension:
    """The dimension of an expression, given those of its names; a bare number has none.

    Raises:
        DimensionError: two parts do not fit together.
        KeyError: a name has no dimension.
    """
    match node:
        case Number():
            return NONE
        case Name(name):
            return names[name]
        case Negative(operand):
            return dimension(operand, names)
        case Binary("**", base, exponent, column):
            return _power(dimension(base, names), exponent, dimension(exponent, names), column)
        case Binary(sign, first, second, column):
            left, right = dimension(first, names), dimension(second, names)
            if sign in ("*", "/"):
                return _bounded(product(left, right, 1 if sign == "*" else -1), column)
            words = _VERBS[sign].format(left=show(left), right=show(right))
            return _same(left, right, f"cannot {words}", column)
        case Comparison(_, first, second, column):
            left, right = dimension(first, names), dimension(second, names)
            _same(left, right, f"cannot compare {show(left)} with {show(right)}", column)
            return NONE
        case Call():
            return _call(node, [dimension(argument, names) for argument in node.arguments])


def _same(left: Dimension, right: Dimension, message: str, column: int) -> Dimension:
    if left != right:
        raise DimensionError(message, column, likely_mistake(right, left))
    return left


def _power(base: Dimension, exponent: Node, of_exponent: Dimension, column: int) -> Dimension:
    if of_exponent:
        raise DimensionError(f"an exponent is a plain number, this one is {show(of_exponent)}", column)
    if not base:
        return NONE
    value = _constant(exponent)
    if value is None:
        raise DimensionError(
            f"{show(base)} can only be raised to a number written in place",
            column,
            "divide by a reference amount first, so that the base is a plain number",
        )
    return _bounded(power(base, value), column)


def _bounded(found: Dimension, column: int) -> Dimension:
    if excessive(found):
        raise DimensionError(
            f"this raises a unit to a power beyond {MAX_EXPONENT}", column, "check the exponents"
        )
    return found


def _constant(node: Node) -> Fraction | None:
    """The exact value of a number, its negative, or a quotient of two numbers."""
    match node:
        case Number(value):
            return Fraction(value).limit_denominator(1000)
        case Negative(operand):
            value_below = _constant(operand)
            return None if value_below is None else -value_below
        case Binary("/", left, right):
            over, under = _constant(left), _constant(right)
            return over / under if over is not None and under else None
    return None


def _call(node: Call, arguments: list[Dimension]) -> Dimension:
    name, column = node.function, node.column
    if name in ("min", "max"):
        for other in arguments[1:]:
            words = f"{name} of {show(arguments[0])} and {show(other)} makes no sense"
            _same(arguments[0], other, words, column)
        return arguments[0]
    if name == "where":
        condition, then, otherwise = arguments
        if condition:
            raise DimensionError(f"where needs a comparison first, this is {show(condition)}", column)
        return _same(
            then, otherwise, f"where gives {show(then)} or {show(otherwise)}: they must agree", column
        )
    if name == "sqrt":
        return _bounded(power(arguments[0], Fraction(1, 2)), column)
    if name == "abs":
        return arguments[0]
    if arguments[0]:
        raise DimensionError(
            f"{name} needs a plain number, this is {show(arguments[0])}",
            column,
            "divide by a reference amount with a unit first",
        )
    return NONE
