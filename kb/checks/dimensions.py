"""Dimensions: products and powers of base units, and the words for them.

A dimension holds the exponents of base units. What is counted is a base unit of its own (FLOP, token,
parameter, USD of one year, a device of one kind), so a dimension reads as a unit: ``FLOP/s``.
"""

from __future__ import annotations

from fractions import Fraction

from kb.checks.devices import UNSTATED, devices

#: The exponents of a dimension, by base unit, sorted; no exponent is 0.
Dimension = tuple[tuple[str, Fraction], ...]
NONE: Dimension = ()
CURRENCIES = ("USD", "EUR", "GBP")
#: No unit is raised further, by whole numbers or fractions: longer ones only keep the computer busy.
MAX_EXPONENT = 1000


def product(left: Dimension, right: Dimension, sign: int = 1) -> Dimension:
    """The dimension of a product, or of a quotient with ``sign=-1``."""
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, Fraction(0)) + sign * exponent
    return tuple(sorted((name, exponent) for name, exponent in exponents.items() if exponent))


def power(dimension: Dimension, exponent: Fraction) -> Dimension:
    return tuple((name, part * exponent) for name, part in dimension if exponent)


def excessive(dimension: Dimension) -> bool:
    """Whether a unit is raised beyond reason."""
    return any(max(abs(part.numerator), part.denominator) > MAX_EXPONENT for _, part in dimension)


def show(dimension: Dimension) -> str:
    """A dimension in the words of its base units, such as ``FLOP/s``; ``a plain number`` if it has none."""
    return as_unit(dimension) if dimension else "a plain number"


def as_unit(dimension: Dimension) -> str:
    """A unit text of this dimension, in base units; energy is written with J, no dimension as 1."""
    exponents = dict(dimension)
    mass = exponents.get("kg", Fraction(0))
    if mass and exponents.get("m") == 2 * mass:
        exponents["s"] = exponents.get("s", Fraction(0)) + 2 * mass
        exponents["J"] = mass
        del exponents["kg"], exponents["m"]
    over = [_raised(name, exponent) for name, exponent in sorted(exponents.items()) if exponent > 0]
    under = [_raised(name, -exponent) for name, exponent in sorted(exponents.items()) if exponent < 0]
    return "/".join(["*".join(over) or "1", *under])


def _raised(name: str, exponent: Fraction) -> str:
    return name if exponent == 1 else f"{name}^{exponent}"


def likely_mistake(found: Dimension, wanted: Dimension) -> str:
    """What usually lies behind two dimensions that differ; empty when there is no usual cause."""
    if not found or not wanted:
        return (
            "a bare number has no unit: make it an input that has one; "
            "to add a share such as 10 percent, multiply by 1 + the share"
        )
    gap = dict(product(found, wanted, -1))
    if gap in ({"s": 1}, {"s": -1}):
        return _amount_and_rate(found, wanted, gap["s"] > 0)
    if set(gap) <= {"FLOP", "token", "parameter"} and gap.get("FLOP") in (1, -1):
        return "a constant such as the 6 in 6·N·D carries its unit: FLOP/parameter/token"
    if machines := sorted(name for name in gap if name in devices()):
        return _devices(machines, gap)
    if sorted(gap.values()) == [-1, 1]:
        return _exchange(*sorted(gap))
    return ""


def _amount_and_rate(found: Dimension, wanted: Dimension, amount: bool) -> str:
    kinds = {
        "FLOP": "FLOP is an amount and FLOP/s a rate",
        "J": "J and kWh are energy, W and kW power",
    }
    named = next((words for name, words in kinds.items() if name in as_unit(found)), "")
    words = "an amount where a rate is wanted?" if amount else "a rate where an amount is wanted?"
    advice = "divide it by a time" if amount else "multiply it by a time"
    slip = f"write {as_unit(wanted)} if only the per-second was forgotten" if amount else ""
    return "; ".join(part for part in (f"{words} {named}".strip(), advice, slip) if part)


def _devices(machines: list[str], gap: dict[str, Fraction]) -> str:
    if len(machines) == 1:
        name = machines[0]
        return f"count the devices: how many there are has the unit {name}, what one does FLOP/s/{name}"
    first, second, *_ = sorted(machines, key=lambda name: (name in UNSTATED, name))
    exchange = f"multiply the {second} by an input in {first}/{second}, how many {first} one is worth"
    if second in UNSTATED:
        return f"{second} states no kind of device: write {first} if it was one, else {exchange}"
    return f"{first} and {second} are different devices: {exchange}"


def _exchange(first: str, second: str) -> str:
    """Two things counted apart, such as dollars of two years."""
    if first[:3] in CURRENCIES and second[:3] in CURRENCIES:
        what = "a deflator" if first[:3] == second[:3] else "an exchange rate"
        lead = f"money of different years or currencies: multiply the {first} by {what}, an input"
        return f"{lead} in {second}/{first}"
    if {first, second} == {"FLOP", "operation"}:
        return "FLOP counts floating-point operations, operation any other"
    return f"{first} and {second} are counted apart: multiply the {first} by an input in {second}/{first}"
