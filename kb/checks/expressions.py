"""The little language of ``compute:``: an allow-list over the Python syntax tree.

Numbers, names, ``+ - * / **``, comparisons, unary minus and a fixed table of functions; nothing
else, so an expression from a stranger can neither reach an object nor run for long. It is
read into a small immutable tree that ``kb.checks.evaluation`` walks: there is no ``eval``, no ``compile``.
A text that could be costly is refused before Python's parser sees it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kb.checks.expression_screen import SPLIT, screen
from kb.checks.trouble import MisreadError
from kb.diagnostics.spelling import did_you_mean

MAX_NODES = 400
MAX_DEPTH = 80

#: How many arguments each function takes: the least and the most.
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "log": (1, 1),
    "log2": (1, 1),
    "log10": (1, 1),
    "exp": (1, 1),
    "sqrt": (1, 1),
    "abs": (1, 1),
    "round": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "min": (2, 8),
    "max": (2, 8),
    "where": (3, 3),
}


class ExpressionError(MisreadError):
    """An expression that is refused."""


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    column: int


@dataclass(frozen=True, slots=True)
class Name:
    id: str
    column: int


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node
    column: int


@dataclass(frozen=True, slots=True)
class Binary:
    """An arithmetic operation; ``column`` is the operator's."""

    operator: str
    left: Node
    right: Node
    column: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """1.0 where it is true, else 0.0; ``column`` is the operator's."""

    operator: str
    left: Node
    right: Node
    column: int


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]
    column: int


Node = Number | Name | Negative | Binary | Comparison | Call
_Operation = tuple[str, Node, Node, int]

_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


@lru_cache(maxsize=8192)
def parse(text: str) -> Node:
    """Read an expression.

    Raises:
        ExpressionError: it is not in the language or exceeds a cap; the column counts from 1.
    """
    try:
        screen(text)
    except MisreadError as error:
        raise ExpressionError(error.message, error.column, error.hint) from None
    flat = re.sub(r"[\t\r\n]", " ", text)
    start = len(flat) - len(flat.lstrip())
    body = flat.strip()
    try:
        tree = ast.parse(body, mode="eval").body
    except SyntaxError as error:
        column = start + min(max(error.offset or 1, 1), len(body) or 1)
        raise ExpressionError("this is not a complete expression", column, _guess(body)) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("this expression cannot be read", start + 1, "make it shorter") from None
    return _Reader(flat, start).read(tree, 0)


def names(node: Node) -> Mapping[str, int]:
    """The names an expression uses, each with the column of its first use, in order of appearance."""
    found: dict[str, int] = {}
    for part in walk(node):
        if isinstance(part, Name):
            found.setdefault(part.id, part.column)
    return dict(sorted(found.items(), key=lambda item: item[1]))


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it."""
    yield node
    match node:
        case Negative(operand):
            yield from walk(operand)
        case Binary(_, left, right) | Comparison(_, left, right):
            yield from walk(left)
            yield from walk(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from walk(argument)


def _guess(text: str) -> str:
    """The likely cause of a syntax error."""
    opened, closed = text.count("("), text.count(")")
    if opened > closed:
        return "a bracket is not closed"
    if closed > opened:
        return "a bracket is closed that was never opened"
    if text.rstrip()[-1:] in "+-*/<>=(,":
        return "something is missing at the end"
    return "an operator or a comma is missing or doubled"


class _Reader:
    """Turns Python's syntax tree into ours; every node type that is not named here is refused."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.nodes = 0

    def column(self, node: ast.expr) -> int:
        return self.start + node.col_offset + 1

    def read(self, node: ast.expr, depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError(f"the expression has more than {MAX_NODES} parts", 1, SPLIT)
        if depth > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deeply", self.column(node), SPLIT)
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name(id=name):
                if name in FUNCTIONS:
                    raise ExpressionError(f"{name} is a function: it needs brackets", self.column(node))
                return Name(name, self.column(node))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.read(operand, depth + 1), self.column(node))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand, depth + 1)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return Binary(*self.operation(left, operator, right, depth))
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _OPERATORS:
                return Comparison(*self.operation(left, operator, right, depth))
            case ast.Compare():
                raise ExpressionError(
                    "comparisons cannot be chained",
                    self.column(node),
                    "for a < b < c write min(a < b, b < c)",
                )
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(name, arguments, node, depth)
        raise ExpressionError(*_refusal(node, self.column(node)))

    def operation(self, left: ast.expr, sign: ast.AST, right: ast.expr, depth: int) -> _Operation:
        """Sign, operands and the sign's column; only brackets and blanks stand beside it."""
        word = _OPERATORS[type(sign)]
        end = self.start + (left.end_col_offset or left.col_offset)
        column = self.text.index(word, end, self.start + right.col_offset) + 1
        return word, self.read(left, depth + 1), self.read(right, depth + 1), column

    def number(self, node: ast.Constant) -> Number:
        column = self.column(node)
        if type(node.value) not in (int, float):
            raise ExpressionError(f"{type(node.value).__name__} values are not allowed", column)
        try:
            value = float(node.value)  # type: ignore[arg-type]
        except OverflowError:
            value = float("inf")
        if value == float("inf"):
            raise ExpressionError("this number is too large", column, "numbers go up to about 1e308")
        return Number(value, column)

    def call(self, name: str, arguments: list[ast.expr], node: ast.Call, depth: int) -> Call:
        column = self.column(node)
        if name not in FUNCTIONS:
            hint = did_you_mean(name, FUNCTIONS) or f"there are {', '.join(FUNCTIONS)}"
            raise ExpressionError(f"there is no function {name!r}", column, hint)
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise ExpressionError(f"{name} takes {wanted} argument(s), not {len(arguments)}", column)
        return Call(name, tuple(self.read(argument, depth + 1) for argument in arguments), column)


def _refusal(node: ast.expr, column: int) -> tuple[str, int, str]:
    match node:
        case ast.Tuple():
            return "a list of values is not allowed here", column, "a decimal point is written '.', not ','"
        case ast.BinOp() | ast.UnaryOp() | ast.Compare():
            return "this operator is not allowed", column, "there are + - * / ** and comparisons"
        case ast.Call(func=ast.Name()):
            return "functions take plain values, no named arguments", column, ""
        case ast.Call():
            return "only a function's name can be called", column, "write * for a product"
    return f"{type(node).__name__} is not allowed in an expression", column, ""
