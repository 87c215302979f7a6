"""What a check's output must meet: an expectation as a band, in the output's unit and in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.checks.dimensions import NONE, show
from kb.checks.trouble import MisreadError
from kb.checks.units import MAX_CHARACTERS, Unit, UnitError, convert, holds
from kb.model import Amount, Expectation
from kb.wording import amount, number, with_unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The relative error that float64 arithmetic may put on an end: 0.1 + 0.2 is at most 0.3.
ROUNDING = 1e-9

_FACTOR = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*[x×]\s*")
_PERCENT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*%\s*")


class ExpectationError(MisreadError):
    """An expectation that cannot be used; ``field`` is the part of it that is at fault."""

    def __init__(self, message: str, field: str, hint: str = "", column: int = 1) -> None:
        super().__init__(message, column, hint)
        self.field = field


@dataclass(frozen=True, slots=True)
class Condition:
    """A band with both ends included, in the output's unit; None is no limit.

    ``truth`` conditions ask that the output is not 0; they have no band. ``middle`` is the claimed number, of
    which a band from one number to another has none; ``reach`` is a tolerance that does not grow with it.
    """

    words: str
    claimed: str = ""
    low: float | None = None
    high: float | None = None
    truth: bool = False
    middle: float | None = None
    reach: float | None = None

    def met(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where the values meet it, ends included up to rounding error.

        The values are finite: an undefined one is the caller's to refuse.
        """
        import numpy as np

        if self.truth:
            return np.not_equal(values, 0)
        low = -np.inf if self.low is None else self.low - ROUNDING * abs(self.low)
        high = np.inf if self.high is None else self.high + ROUNDING * abs(self.high)
        return np.logical_and(values >= low, values <= high)

    def claiming(self, factor: float) -> Condition | None:
        """The condition with its claimed number so many times as large; None where that says nothing: it is a
        truth, or about 0."""
        low, high, middle = self.low, self.high, self.middle
        around = middle is None and low is not None and high is not None and low < 0 < high
        if self.truth or middle == 0 or around:
            return None
        if middle is not None and self.reach is not None:
            return replace(self, low=middle * factor - self.reach, high=middle * factor + self.reach)
        ends = [None if end is None else end * factor for end in (low, high)]
        return replace(self, low=ends[0], high=ends[1])

    @property
    def band(self) -> tuple[float | None, float | None] | None:
        return None if self.truth else (self.low, self.high)


def condition(expect: Expectation, unit: Unit) -> Condition:
    """Read an expectation of an output in ``unit``.

    ``within: 1.1x`` is [v/1.1, 1.1·v], ``within: 10%`` is v ± 10 % of |v|, any other amount is v ± that.

    Raises:
        ExpectationError: an amount cannot be read or has another dimension, or its parts do not fit.
    """
    if expect.is_true:
        if unit.dimension != NONE:
            raise ExpectationError(
                f"{expect.is_true} is {show(unit.dimension)}, not a truth value",
                "is_true",
                "compare it with something, such as cost < budget",
            )
        return Condition(f"{expect.is_true} is true", f"{expect.is_true} is true", truth=True)
    if expect.about is not None:
        return _about(expect.about, expect.within, unit)
    if expect.at_least is not None:
        low = _number(expect.at_least, unit, "at_least")
        claimed = amount(expect.at_least, unit.text)
        return Condition(f"at least {claimed}", claimed, low=low, middle=low)
    if expect.at_most is not None:
        high = _number(expect.at_most, unit, "at_most")
        claimed = amount(expect.at_most, unit.text)
        return Condition(f"at most {claimed}", claimed, high=high, middle=high)
    if expect.between is not None:
        return _between(expect.between, unit)
    raise ExpectationError(
        "nothing is expected", "expect", "write about, at_least, at_most, between or is_true"
    )


def _about(about: Amount, within: Amount | None, unit: Unit) -> Condition:
    if within is None:
        raise ExpectationError("about needs a tolerance", "about", "write within: 1.1x, 10% or an amount")
    middle = _number(about, unit, "about")
    claimed = amount(about, unit.text)
    fixed = None
    text = within if isinstance(within, str) and len(within) <= MAX_CHARACTERS else ""
    if found := _FACTOR.fullmatch(text):
        factor = float(found[1])
        if factor <= 1:
            raise ExpectationError("a factor must be above 1", "within", "write 1.1x for a tenth either way")
        if middle == 0:
            raise ExpectationError("a factor says nothing around 0", "within", "write an amount instead")
        low, high = sorted((middle / factor, middle * factor))
        words = f"within a factor of {found[1]} of {claimed}"
    elif found := _PERCENT.fullmatch(text):
        if middle == 0 or float(found[1]) == 0:
            raise ExpectationError("this tolerance leaves no room", "within", "write an amount instead")
        reach = abs(middle) * float(found[1]) / 100
        low, high, words = middle - reach, middle + reach, f"within {found[1]} % of {claimed}"
    else:
        fixed = reach = _number(within, unit, "within")
        if reach <= 0:
            raise ExpectationError("a tolerance must be above 0", "within", "write 1.1x, 10% or an amount")
        low, high, words = middle - reach, middle + reach, f"within {amount(within, unit.text)} of {claimed}"
    if not (holds(low) and holds(high)):
        raise ExpectationError(
            "the tolerance reaches beyond what a double holds", "within", "use a larger unit"
        )
    words += f": {number(low, 6)} to {with_unit(high, unit.text, 6)}"
    return Condition(words, claimed, low, high, middle=middle, reach=fixed)


def _between(ends: Sequence[Amount], unit: Unit) -> Condition:
    low, high = (_number(end, unit, "between") for end in ends)
    if low >= high:
        raise ExpectationError("the first end must lie below the second", "between")
    first, second = (amount(end, unit.text) for end in ends)
    return Condition(f"between {first} and {second}", f"{first} to {second}", low, high)


def _number(written: Amount, unit: Unit, field: str) -> float:
    try:
        return convert(written, unit)
    except UnitError as error:
        raise ExpectationError(error.message, field, error.hint, error.column) from None
