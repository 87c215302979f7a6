"""Units: what a unit's text means, and amounts written with one.

Unit texts come from strangers and pint's own parser can be hung by one (``m**9**9``), so a text is read by
the small grammar here and pint is only asked what single names mean:

    unit   = power { ("*" | "/") power }         read from the left: petaflop/s*day is (petaflop/s)*day
    power  = atom [ ("^" | "**") ["-"] digit ]
    atom   = name | "%" | "1" | "(" unit ")"

A hyphen is a product too (GPU-hour), but not after a division, where people mean different things by it.
The names are in ``units.txt``. What is counted is a dimension of its own (FLOP, token, parameter, USD of
one year), so mixing them up is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kb.checks.dimensions import CURRENCIES, NONE, Dimension, likely_mistake, power, product, show
from kb.checks.trouble import MisreadError
from kb.diagnostics.spelling import did_you_mean

if TYPE_CHECKING:
    import pint

DEFINITIONS = Path(__file__).with_name("units.txt")
MAX_CHARACTERS = 120
MAX_BRACKETS = 8
YEARS = range(1950, 2051)


class UnitError(MisreadError):
    """A unit or amount that cannot be read, or has another dimension than its place."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit's text means: so many of the base units of a dimension."""

    text: str
    factor: float
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit."""

    value: float
    unit: Unit

    def to(self, unit: Unit) -> float:
        """The number in another unit. Raises UnitError when the dimensions differ."""
        if self.unit.dimension != unit.dimension:
            raise UnitError(
                f"{self.unit.text} is {show(self.unit.dimension)}, but {show(unit.dimension)} is needed",
                1,
                likely_mistake(self.unit.dimension, unit.dimension),
            )
        return self.value * (self.unit.factor / unit.factor)


# --- unit texts ---------------------------------------------------------------

_PIECE = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)|(?P<number>\d+)|(?P<mark>\*\*|[*/^()%·-]))")
_AMBIGUOUS = re.compile(r"(?:[kMGTPEZY]|kilo|mega|giga|tera|peta|exa|zetta|yotta)?(?:FLOPS|FLOPs|flops)")


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit:
    """What a unit's text means.

    Raises:
        UnitError: the text is not in the grammar or holds a name that ``units.txt`` does not know.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnitError(f"a unit is at most {MAX_CHARACTERS} characters long")
    reader = _Reader(_pieces(text))
    factor, dimension = reader.whole()
    return Unit(text, factor, dimension)


def _pieces(text: str) -> list[tuple[str, int]]:
    """The text cut into names, numbers and marks, each with its column; the last piece is empty."""
    pieces = []
    position = 0
    while text[position:].strip():
        match = _PIECE.match(text, position)
        if match is None:
            column = position + len(text[position:]) - len(text[position:].lstrip()) + 1
            raise UnitError(
                f"{text[column - 1]!r} has no place in a unit", column, "write e.g. FLOP/s or USD/GPU_hour"
            )
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
        if self.piece == "-":
            raise UnitError(
                "'-' is ambiguous in a unit", self.column, "write petaflop/s*day, or USD/(GPU*hour)"
            )
        if self.piece:
            raise UnitError(f"{self.piece!r} is not expected here", self.column, "write * or / between units")
        if not 0 < result[0] < float("inf"):
            raise UnitError("this unit is too large or too small to compute with")
        return result

    def products(self) -> tuple[float, Dimension]:
        factor, dimension = self.raised()
        divided = False
        while self.piece in ("*", "·", "/") or (self.piece == "-" and not divided):
            sign = -1 if self.take() == "/" else 1
            divided = divided or sign < 0
            other, more = self.raised()
            factor, dimension = factor * other**sign, product(dimension, more, sign)
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
            raise UnitError("a unit's power is a whole number from -9 to 9", self.column)
        exponent = sign * int(self.take())
        try:
            return factor**exponent, power(dimension, Fraction(exponent))
        except (OverflowError, ZeroDivisionError):
            raise UnitError("this unit is too large or too small to compute with", self.column) from None

    def atom(self) -> tuple[float, Dimension]:
        column = self.column
        piece = self.take()
        if piece == "(":
            self.depth += 1
            if self.depth > MAX_BRACKETS:
                raise UnitError("brackets are nested too deeply", column)
            inner = self.products()
            if self.take() != ")":
                raise UnitError("a bracket is not closed", column)
            self.depth -= 1
            return inner
        if piece == "%":
            return 0.01, NONE
        if piece == "1":
            return 1.0, NONE
        if piece.isdigit():
            raise UnitError("the only number a unit may hold is 1", column, "put the number into the value")
        if not piece or not (piece[0].isalpha() or piece[0] == "_"):
            self.at -= 1
            raise UnitError("a unit's name is missing", column, "write 1 for a plain number")
        try:
            return _named(piece)
        except UnitError as error:
            raise UnitError(error.message, column, error.hint) from None


@lru_cache(maxsize=4096)
def _named(name: str) -> tuple[float, Dimension]:
    """One name: how many base units it is, asked of pint."""
    if _AMBIGUOUS.fullmatch(name):
        raise UnitError(
            f"{name} may mean an amount or a rate",
            1,
            "write FLOP for an amount of computation, FLOP/s for a rate",
        )
    registry = _registry()
    if not registry.parse_unit_name(name):
        raise UnitError(f"unknown unit {name!r}", 1, did_you_mean(name, _known(), 3))
    factor, _ = registry.get_base_units(name)
    exponents = registry.get_dimensionality(name)
    dimension = tuple(
        sorted((base.strip("[]"), Fraction(str(exponent))) for base, exponent in exponents.items())
    )
    return float(str(factor)), dimension


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[float]:
    import pint

    registry: pint.UnitRegistry[float] = pint.UnitRegistry(str(DEFINITIONS))
    for currency in CURRENCIES:
        for year in YEARS:
            registry.define(f"{currency}{year} = [{currency}{year}]")
    return registry


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    """Every name without a prefix, and those with the prefixes that counts of computation carry."""
    names = [line.split("#")[0] for line in DEFINITIONS.read_text("utf-8").splitlines()]
    plain = [
        part.strip()
        for line in names
        if "=" in line and "-" not in line.split("=")[0]
        for part in line.split("=")
        if re.fullmatch(r"[A-Za-z_]+", part.strip())
    ]
    prefixed = [
        prefix + unit for prefix in ("mega", "giga", "tera", "peta", "exa") for unit in ("flop", "FLOP")
    ]
    return tuple(dict.fromkeys([*plain, *prefixed]))


# --- amounts ------------------------------------------------------------------

_AMOUNT = re.compile(r"\s*(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>.*)", re.DOTALL)


def amount(written: float | str, place: Unit) -> Measure:
    """An amount as a person wrote it: a bare number is in the unit of the place where it stands.

    Raises:
        UnitError: it is no number with an optional unit, or the unit cannot be read.
    """
    if not isinstance(written, str):
        return Measure(float(written), place)
    if len(written) > MAX_CHARACTERS:
        raise UnitError(f"an amount is at most {MAX_CHARACTERS} characters long")
    match = _AMOUNT.fullmatch(written)
    if match is None:
        raise UnitError(
            f"{written!r} is not an amount", 1, "write a number and a unit, such as 3640 petaflop/s*day"
        )
    value = float(match["number"])
    if value in (float("inf"), -float("inf")):
        raise UnitError("this number is too large", 1, "numbers go up to about 1e308")
    if not match["unit"].strip():
        return Measure(value, place)
    if re.match(r"[,_]\d", match["unit"]):
        raise UnitError(
            "a number has no separators between its digits", match.start("unit") + 1, "write 3640"
        )
    try:
        return Measure(value, unit(match["unit"].strip()))
    except UnitError as error:
        blanks = len(match["unit"]) - len(match["unit"].lstrip())
        raise UnitError(error.message, match.start("unit") + blanks + error.column, error.hint) from None


def convert(written: float | str, place: Unit) -> float:
    """An amount as a number in the unit of its place. Raises UnitError, also where the dimensions differ."""
    return amount(written, place).to(place)
