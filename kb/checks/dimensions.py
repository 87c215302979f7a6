"""Dimensions: products and powers of base units, and the words for them.

A dimension holds the exponents of base units. What is counted is a base unit of its own (FLOP, token,
parameter, USD of one year), so a dimension reads as a unit: ``FLOP/s``.
"""

from __future__ import annotations

from fractions import Fraction

#: The exponents of a dimension, by base unit, sorted; no exponent is 0.
Dimension = tuple[tuple[str, Fraction], ...]
NONE: Dimension = ()
CURRENCIES = ("USD", "EUR", "GBP")


def product(left: Dimension, right: Dimension, sign: int = 1) -> Dimension:
    """The dimension of a product, or of a quotient with ``sign=-1``."""
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, Fraction(0)) + sign * exponent
    return tuple(sorted((name, exponent) for name, exponent in exponents.items() if exponent))


def power(dimension: Dimension, exponent: Fraction) -> Dimension:
    return tuple((name, part * exponent) for name, part in dimension if exponent)


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
    gap = dict(product(found, wanted, -1))
    if gap == {"s": 1}:
        return "an amount where a rate is wanted? FLOP is an amount and FLOP/s a rate; divide it by a time"
    if gap == {"s": -1}:
        return "a rate where an amount is wanted? FLOP is an amount and FLOP/s a rate; multiply it by a time"
    if set(gap) <= {"FLOP", "token", "parameter"} and gap.get("FLOP") in (1, -1):
        return "a constant such as the 6 in 6·N·D carries its unit: FLOP/parameter/token"
    money = [name for name in gap if name[:3] in CURRENCIES]
    if len(money) == len(gap) == 2:
        ratio = "/".join(sorted(money, reverse=True))
        return f"money of different years or currencies: multiply by an input in {ratio}"
    if set(gap) == {"FLOP", "operation"}:
        return "FLOP counts floating-point operations, operation any other"
    if set(gap) == {"word", "token"}:
        return "words are no tokens: multiply by an input in token/word"
    return ""
