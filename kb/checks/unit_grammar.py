"""The grammar of unit texts.

Unit texts come from strangers, and a parser of sums can be hung by one (``m**9**9``), so only this is read:

    unit   = power { ("*" | "/") power }         read from the left: petaflop/s*day is (petaflop/s)*day
    power  = atom [ ("^" | "**") ["-"] digit ]
    atom   = name | days | "%" | "1" | "(" unit ")"
    days   = a prefix with flop/s-day, or PF-day

A hyphen is a product too (GPU-hour), but not after a division, where people mean different things by it;
the one exception is the field's own petaflop/s-day, which is read whole.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import inf

from kb.checks.devices import devices
from kb.checks.dimensions import NONE, Dimension, excessive, power, product
from kb.checks.trouble import MisreadError
from kb.checks.unit_names import named

MAX_BRACKETS = 8
_BEYOND = "this unit is too large or too small to compute with"
#: What means so many days of a rate of computation: petaflop/s-days, PFLOP/s-day, PF-days.
_DAYS = re.compile(
    r"((?:mega|giga|tera|peta|exa|zetta|yotta|[MGTPEZY])(?:flop|FLOP)/s|[MGTPEZ]F)-days?(?!\w|\s*(?:\^|\*\*|-))"
)
_PIECE = re.compile(
    rf"\s*(?:(?P<days>(?:{_DAYS.pattern}))|(?P<name>[^\W\d]\w*)|(?P<number>\d+)|(?P<mark>\*\*|[*/^()%·-]))"
)
_SIGNS = {
    "$": "write USD2024: dollars of a stated year",
    "€": "write EUR2024: euros of a stated year",
    "£": "write GBP2024: pounds of a stated year",
    "°": "write K: a difference of one degree Celsius is 1 K",
    "–": "write - or *",
    "−": "write - or *",
    "‑": "write - or *",
    "×": "write *",
    "⋅": "write *",
}
#: Units that people write for a number, where the unit does not fit.
LETTERS = {
    "B": "B is a byte: write billion, or e9 after the number",
    "K": "K is a kelvin: write thousand, or e3 after the number",
    "m": "m is a metre: write million, or e6 after the number",
    "t": "t is a tonne: write trillion, or e12 after the number",
}


def read_unit(text: str) -> tuple[float, Dimension]:
    """How many base units a text means, and of which dimension.

    Raises:
        MisreadError: the text is not in the grammar or holds a name that means nothing.
    """
    return _Reader(_pieces(text)).whole()


def _pieces(text: str) -> list[tuple[str, int]]:
    """The text cut into names, numbers and marks, each with its column; the last piece is empty."""
    pieces = []
    position = 0
    while text[position:].strip():
        match = _PIECE.match(text, position)
        if match is None:
            column = position + len(text[position:]) - len(text[position:].lstrip()) + 1
            sign = text[column - 1]
            hint = _SIGNS.get(sign, "write e.g. FLOP/s or USD2024/GPU_hour")
            raise MisreadError(f"{sign!r} has no place in a unit", column, hint)
        kind = match.lastgroup or ""
        pieces.append((match.group(kind), match.start(kind) + 1))
        position = match.end()
    return [*pieces, ("", len(text) + 1)]


class _Reader:
    """A reader of unit texts by recursive descent; each method consumes what it names."""

    def __init__(self, pieces: list[tuple[str, int]]) -> None:
        self.pieces = pieces
        self.at = 0
        self.depth = 0

    @property
    def piece(self) -> str:
        return self.pieces[self.at][0]

    @property
    def column(self) -> int:
        return self.pieces[self.at][1]

    def take(self) -> str:
        self.at += 1
        return self.pieces[self.at - 1][0]

    def whole(self) -> tuple[float, Dimension]:
        result = self.products()
        if self.piece:
            raise self.unexpected(self.pieces[self.at - 1][0], self.pieces[self.at + 1][0])
        if not 0 < result[0] < inf:
            raise MisreadError(_BEYOND)
        return result

    def unexpected(self, before: str, after: str) -> MisreadError:
        """What is wrong where a unit should have ended; ``before`` and ``after`` stand beside the place."""
        if self.piece == "-":
            message = "'-' after a division may mean two things"
            both = f"{before}*{after}"
            hint = (
                f"write {both} to multiply by {after}, ({both}) to divide by both" if after else "remove it"
            )
        else:
            message = f"{self.piece!r} is not expected here"
            hint = LETTERS.get(before, "write * or / between units")
            if before in devices():
                hint = f"write {before}_hour for an hour of one, {before} for their number"
        return MisreadError(message, self.column, hint)

    def products(self) -> tuple[float, Dimension]:
        factor, dimension = self.raised()
        divided = False
        while self.piece in ("*", "·", "/") or (self.piece == "-" and not divided):
            sign = -1 if self.take() == "/" else 1
            divided = divided or sign < 0
            column = self.column
            other, more = self.raised()
            if not 0 < other < inf:
                raise MisreadError(_BEYOND, column)
            factor = factor * other if sign > 0 else factor / other
            dimension = product(dimension, more, sign)
        return factor, dimension

    def raised(self) -> tuple[float, Dimension]:
        factor, dimension = self.atom()
        if self.piece not in ("^", "**"):
            return factor, dimension
        self.take()
        sign = 1
        if self.piece == "-":
            self.take()
            sign = -1
        if not re.fullmatch("[1-9]", self.piece):
            raise MisreadError("a unit's power is a whole number from -9 to 9", self.column)
        exponent = sign * int(self.take())
        dimension = power(dimension, Fraction(exponent))
        if excessive(dimension):
            raise MisreadError(_BEYOND, self.column)
        try:
            return factor**exponent, dimension
        except (OverflowError, ZeroDivisionError):
            raise MisreadError(_BEYOND, self.column) from None

    def atom(self) -> tuple[float, Dimension]:
        column = self.column
        piece = self.take()
        if piece == "(":
            self.depth += 1
            if self.depth > MAX_BRACKETS:
                raise MisreadError("brackets are nested too deeply", column)
            inner = self.products()
            if self.take() != ")":
                raise MisreadError("a bracket is not closed", column)
            self.depth -= 1
            return inner
        if piece == "%":
            return 0.01, NONE
        if piece == "1":
            return 1.0, NONE
        if piece.isdigit():
            raise MisreadError(
                "the only number a unit may hold is 1", column, "put the number into the value"
            )
        if not piece or not (piece[0].isalpha() or piece[0] == "_"):
            self.at -= 1
            raise MisreadError("a unit's name is missing", column, "write 1 for a plain number")
        try:
            return _days(piece) if _DAYS.fullmatch(piece) else named(piece)
        except MisreadError as error:
            raise MisreadError(error.message, column, error.hint) from None


def _days(idiom: str) -> tuple[float, Dimension]:
    """The amount of computation of one day at a rate: petaflop/s-day, PF-day."""
    rate, _, _ = idiom.rpartition("-")
    flop, dimension = named(rate.removesuffix("/s") if "/" in rate else f"{rate}LOP")
    return flop * named("day")[0], dimension
