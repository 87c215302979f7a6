"""Row filters: which rows of a table are meant, as ``train`` and ``predict`` of a fit say.

A filter is an expression over the table's columns, true (1) or false (0) in each row. A column stands for
its number in its own unit, and a bare number beside it is in that unit too: ``compute <= 3e20`` of a column
in FLOP means 3e20 FLOP. Columns can only be compared with each other where they have the same unit. Rows are
few, so this is plain Python: ``kb validate`` uses it and imports no numpy.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping

from kb.checks.dimension_pass import DimensionError, dimension
from kb.checks.dimensions import Dimension, show
from kb.checks.expressions import (
    Binary,
    Call,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    names,
    parse,
)
from kb.checks.trouble import MisreadError
from kb.checks.units import Unit
from kb.diagnostics.spelling import did_you_mean

Rows = Mapping[str, tuple[float, ...]]


class FilterError(MisreadError):
    """A filter that cannot tell which rows are meant."""


class UnknownColumnError(FilterError):
    """A filter that names a column which the table does not have."""


def picked(columns: Mapping[str, Unit], rows: Rows, text: str) -> tuple[bool, ...]:
    """In which rows an expression is true.

    Raises:
        MisreadError: the expression cannot be read, names no column, compares what cannot be compared, or is
            neither true nor false in some row.
    """
    tree = parse(text)
    mentioned = names(tree)
    for name, column in mentioned.items():
        if name not in columns:
            raise UnknownColumnError(
                f"the table has no column {name}",
                column,
                did_you_mean(name, columns) or f"there is {', '.join(columns)}",
            )
    _units(tree, {name: columns[name] for name in mentioned})
    found = []
    for number in range(len(next(iter(rows.values())))):
        value = _value(tree, {name: rows[name][number] for name in mentioned})
        if value not in (0.0, 1.0):
            said = "undefined" if math.isnan(value) else f"{value:g}, neither true nor false"
            raise FilterError(f"in row {number + 1} this is {said}", 1, "write a comparison: year < 2020")
        found.append(value == 1.0)
    return tuple(found)


def _units(tree: Node, columns: Mapping[str, Unit]) -> None:
    dimensions = {name: unit.dimension for name, unit in columns.items()}
    for name, unit in columns.items():
        for other, another in columns.items():
            if unit.dimension == another.dimension and unit.factor != another.factor:
                raise DimensionError(
                    f"{name} is in {unit.text} and {other} in {another.text}",
                    names(tree)[other],
                    "a filter computes with the columns' own numbers; give both columns one unit",
                )
    found = dimension(_in_place(tree, dimensions), dimensions)
    if found:
        raise DimensionError(
            f"this is {show(found)}, not true or false", 1, "write a comparison: compute <= 3e20"
        )


def _in_place(node: Node, dimensions: dict[str, Dimension]) -> Node:
    """The tree in which a constant beside an operand with a unit is a name of that unit (added to
    ``dimensions``), for the dimension pass: in ``compute <= 3e20`` the number is in compute's unit."""
    match node:
        case Comparison(sign, left, right, column):
            return Comparison(sign, *_beside(left, right, dimensions), column)
        case Binary("+" | "-" as sign, left, right, column):
            return Binary(sign, *_beside(left, right, dimensions), column)
        case Binary(sign, left, right, column):
            return Binary(sign, _in_place(left, dimensions), _in_place(right, dimensions), column)
        case Negative(operand, column):
            return Negative(_in_place(operand, dimensions), column)
        case Call("min" | "max" as function, arguments, column):
            first = next((a for a in arguments if names(a)), arguments[0])
            return Call(function, tuple(_beside(first, a, dimensions)[1] for a in arguments), column)
        case Call("where", (condition, then, otherwise), column):
            branches = _beside(then, otherwise, dimensions)
            return Call("where", (_in_place(condition, dimensions), *branches), column)
        case Call(function, arguments, column):
            return Call(function, tuple(_in_place(a, dimensions) for a in arguments), column)
    return node


def _beside(left: Node, right: Node, dimensions: dict[str, Dimension]) -> tuple[Node, Node]:
    left, right = _in_place(left, dimensions), _in_place(right, dimensions)
    if names(left) and not names(right):
        return left, _named(right, dimension(left, dimensions), dimensions)
    if names(right) and not names(left):
        return _named(left, dimension(right, dimensions), dimensions), right
    return left, right


def _named(constant: Node, of: Dimension, dimensions: dict[str, Dimension]) -> Node:
    name = f"a number of {show(of)}"  # no expression can hold such a name
    dimensions[name] = of
    return Name(name, constant.column)


# --- values, one row at a time --------------------------------------------------

_OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": math.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "abs": abs,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "min": min,
    "max": max,
}


def _value(node: Node, row: Mapping[str, float]) -> float:
    """As ``kb.checks.evaluation`` has it: what is undefined is nan, and stays nan."""
    match node:
        case Number(value):
            return value
        case Name(name):
            return row[name]
        case Negative(operand):
            return -_value(operand, row)
        case Binary(sign, left, right) | Comparison(sign, left, right):
            return _finite(_OPERATIONS[sign], _value(left, row), _value(right, row))
        case Call("where", (condition, then, otherwise)):
            met = _value(condition, row)
            return math.nan if math.isnan(met) else _value(then if met else otherwise, row)
        case Call(function, arguments):
            return _finite(_FUNCTIONS[function], *(_value(argument, row) for argument in arguments))


def _finite(operation: Callable[..., float], *values: float) -> float:
    if any(math.isnan(value) for value in values):
        return math.nan
    try:
        found = float(operation(*values))
    except (ArithmeticError, ValueError):
        return math.nan
    return found if math.isfinite(found) else math.nan
