"""Plain scalars by the YAML 1.2 core schema (YAML 1.2.2, section 10.3.2)."""

from __future__ import annotations

import math
import re

_integer = re.compile(r"[-+]?[0-9]+\Z").match
_octal = re.compile(r"0o[0-7]+\Z").match
_hexadecimal = re.compile(r"0x[0-9a-fA-F]+\Z").match
_decimal = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z").match
_not_finite = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z").match

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_NUMERIC_START = frozenset("-+.0123456789")
_MAX_DIGITS = 400
INT64 = 2**63


class OutOfRangeError(ValueError):
    """A number that a double cannot hold."""


def plain(written: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar. Raises OutOfRangeError for numbers that are not finite doubles."""
    if written in _WORDS:
        return _WORDS[written]
    if written[0] not in _NUMERIC_START:
        return written
    if _integer(written):
        return _whole(written, 10)
    if _decimal(written):
        return _finite(float(written), written)
    if _octal(written):
        return _whole(written[2:], 8)
    if _hexadecimal(written):
        return _whole(written[2:], 16)
    if _not_finite(written):
        raise OutOfRangeError(f"{written} is not a finite number")
    return written


def _whole(digits: str, radix: int) -> int | float:
    if len(digits) > _MAX_DIGITS:
        raise OutOfRangeError(f"a number of {len(digits)} digits is beyond what a double holds")
    number = int(digits, radix)
    if -INT64 <= number < INT64:
        return number
    try:
        return float(number)
    except OverflowError:
        raise OutOfRangeError(f"{digits[:20]}… is beyond what a double holds") from None


def _finite(number: float, written: str) -> float:
    if math.isinf(number):
        raise OutOfRangeError(f"{written[:40]} is beyond what a double holds")
    return number
