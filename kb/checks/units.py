"""Units: what a unit's text means, and amounts written with one.

What is counted is a dimension of its own (FLOP, token, parameter, USD of one year, a device of one kind), so
mixing them up is an error. How a text is read is settled in ``kb.checks.unit_grammar``, what its names
mean in ``kb.checks.unit_names``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from sys import float_info

from kb.checks.dimensions import Dimension, likely_mistake, show
from kb.checks.trouble import MisreadError
from kb.checks.unit_grammar import LETTERS, read_unit

MAX_CHARACTERS = 120


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
        """The number in another unit.

        Raises:
            UnitError: the dimensions differ, or a double cannot hold the number.
        """
        if self.unit.dimension != unit.dimension:
            raise UnitError(
                f"{_told(self.unit)}, but {show(unit.dimension)} is needed",
                1,
                LETTERS.get(self.unit.text) or likely_mistake(self.unit.dimension, unit.dimension),
            )
        value = self.value * (self.unit.factor / unit.factor)
        if self.value and not (value and holds(value)):
            raise UnitError(f"this amount is too large or too small to be held in {unit.text}")
        return value


def _told(unit: Unit) -> str:
    """What a unit is; of "kg", which is kg, only that."""
    shown = show(unit.dimension)
    return f"this is {shown}" if unit.text == shown else f"{unit.text} is {shown}"


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit:
    """What a unit's text means.

    Raises:
        UnitError: the text is not in the grammar or holds a name that means nothing.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnitError(f"a unit is at most {MAX_CHARACTERS} characters long")
    try:
        return Unit(text, *read_unit(text))
    except MisreadError as error:
        raise UnitError(error.message, error.column, error.hint) from None


# --- amounts ------------------------------------------------------------------

_AMOUNT = re.compile(
    r"\s*(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?P<unit>.*)", re.DOTALL
)
_SEPARATED = re.compile(r"[,_'][0-9]|[ \u00a0\u202f][0-9]{3}(?![0-9])")
_RANGE = re.compile(r"\s*(?:-|–|—|−|to\b|\.+|±|\+/?-)\s*[0-9.]")


def amount(written: float | str, place: Unit) -> Measure:
    """An amount as a person wrote it: a bare number is in the unit of the place where it stands.

    Raises:
        UnitError: it is no number with an optional unit, or the unit cannot be read.
    """
    if not isinstance(written, str):
        return Measure(_held(written), place)
    if len(written) > MAX_CHARACTERS:
        raise UnitError(f"an amount is at most {MAX_CHARACTERS} characters long")
    match = _AMOUNT.fullmatch(written)
    if match is None:
        raise UnitError(
            f"{written!r} is not an amount", 1, "write a number and a unit, such as 3640 petaflop/s*day"
        )
    value = _held(match["number"])
    if not match["unit"].strip():
        return Measure(value, place)
    if _SEPARATED.match(match["unit"]):
        raise UnitError(
            "a number has no separators between its digits", match.start("unit") + 1, "write 3640"
        )
    if _RANGE.match(match["unit"]):
        raise UnitError(
            "an amount is one number, not a range",
            match.start("unit") + 1,
            "an input takes distribution: {p5: …, p95: …}, an expectation between: […, …]",
        )
    try:
        return Measure(value, unit(match["unit"].strip()))
    except UnitError as error:
        blanks = len(match["unit"]) - len(match["unit"].lstrip())
        raise UnitError(error.message, match.start("unit") + blanks + error.column, error.hint) from None


def holds(value: float) -> bool:
    """Whether a double holds a number to all its digits, which it does not below about 1e-308."""
    return value == 0 or float_info.min <= abs(value) < inf


def _held(number: float | str) -> float:
    try:
        value = float(number)
    except OverflowError:
        value = inf
    if value != value:
        raise UnitError("nan is no number")
    if not holds(value):
        raise UnitError("this number is too large or too small", 1, "numbers go from about 1e-307 to 1e308")
    return value


def convert(written: float | str, place: Unit) -> float:
    """An amount as a number in the unit of its place. Raises UnitError, also where the dimensions differ."""
    return amount(written, place).to(place)
