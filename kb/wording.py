"""Numbers, units and chances as people write them: 3,640 petaflop/s·day, not 3640.0 petaflop/s*day."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.model import Amount, Interval

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_AMOUNT = re.compile(r"\s*([-+]?\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?)\s*(.*)", re.DOTALL)
_POWER = re.compile(r"\s*(?:\*\*|\^)\s*(-?\d+)")
_LARGE = (("trillion", 1e12), ("billion", 1e9), ("million", 1e6))
_PREFIXES = (("exa", 1e18), ("peta", 1e15), ("tera", 1e12), ("giga", 1e9), ("mega", 1e6))
_SHORT = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_COUNTED = ("token", "parameter", "sample", "word", "model", "second", "hour", "day", "month", "year")
_YEAR_OF_MONEY = re.compile(r"\b([A-Z]{3})_?((?:19|20)\d\d)\b")


def number(value: float, digits: int = 4) -> str:
    """``value`` to so many significant digits, with thousands separators or a power of ten."""
    if digits >= 3 and 1e-4 <= abs(value) < 999:  # most of them, and many on a page
        return f"{value:.{digits}g}".replace("-", "−")
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else "∞" if value > 0 else "−∞"
    scientific = f"{value:.{max(digits, 1) - 1}e}"
    rounded = float(scientific)
    if rounded == 0:
        return "0"
    if 1900 <= rounded <= 2100 and rounded == int(rounded):
        return str(int(rounded))  # reads as a year, and no smaller number needs the comma either
    figures, _, power_of_ten = scientific.partition("e")
    exponent = int(power_of_ten)
    if -4 <= exponent < 7:
        text = f"{rounded:,.{max(digits - 1 - exponent, 0)}f}"
    else:
        mantissa = figures.rstrip("0").rstrip(".") if "." in figures else figures
        power = f"10{str(exponent).translate(_SUPERSCRIPT)}"
        text = power if mantissa == "1" else f"{mantissa} × {power}"
        return text.replace("-", "−")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


@lru_cache(maxsize=256)
def unit(text: str) -> str:
    """A unit as people write it; the unit of a pure number is empty."""
    if text in ("", "1", "dimensionless"):
        return ""
    text = _POWER.sub(lambda match: match.group(1).translate(_SUPERSCRIPT), text)
    text = _YEAR_OF_MONEY.sub(r"\1 (\2)", text)
    return re.sub(r"\s*/\s*", "/", re.sub(r"\s*\*\s*", "·", text)).strip()


def with_unit(value: float, unit_text: str, digits: int = 4) -> str:
    """A number and its unit; a percentage keeps its sign."""
    words = unit(unit_text)
    shown = number(value, digits)
    if words in _COUNTED and shown != "1":
        words += "s"
    if words in ("percent", "%"):
        return f"{shown} %"
    if words in ("FLOP/s", "byte/s") and abs(value) >= 1e6:
        return _scaled(value, _PREFIXES, digits) + words
    if _YEAR_OF_MONEY.fullmatch(unit_text) and abs(value) >= 1e6:
        return f"{_scaled(value, _LARGE, digits)} {words}"
    return f"{shown} {words}" if words else shown


def _scaled(value: float, names: tuple[tuple[str, float], ...], digits: int) -> str:
    """``600 tera`` or ``78 million``: the largest name that leaves at least one before the point."""
    name, factor = next(pair for pair in names if abs(value) >= pair[1])
    return f"{number(value / factor, digits)} {name}"


def rate(value: float, unit_text: str) -> str:
    """A rate in FLOP/s or byte/s, short enough for a table: 194 GFLOP/s, 14.2 GB/s."""
    factor, prefix = next(((factor, prefix) for factor, prefix in _SHORT if value >= factor), (1.0, ""))
    return f"{number(value / factor, 3)} {prefix}{unit_text.replace('byte', 'B')}"


def amount(value: Amount, unit_text: str = "", digits: int = 6) -> str:
    """An amount of a file: a bare number takes ``unit_text``, text brings its own unit."""
    if not isinstance(value, str):
        return with_unit(float(value), unit_text, digits)
    match = _AMOUNT.fullmatch(value)
    if match is None:
        return value
    figure, rest = match.groups()
    if rest in ("x", "%"):
        return number(float(figure), digits) + (" %" if rest == "%" else "-fold")
    return with_unit(float(figure), rest, digits)


def interval(pair: Interval, digits: int = 2) -> str:
    """Two ends of a strength, or one number when both read the same."""
    low, high = (f"{end:.{digits}f}" for end in pair)
    return low if low == high else f"{low} to {high}"


def signed(value: float) -> str:
    """A number of nats with its sign, two decimals; no minus zero."""
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")


def percent(share: float) -> str:
    """A share as a whole percentage, never rounded to a false 0 or 100."""
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{share * 100:.0f} %"


def chance(p: float) -> str:
    """A probability to three digits, never rounded to a false 0 or 1."""
    if 0 < p < 0.001:
        return "<0.001"
    if 0.999 < p < 1:
        return ">0.999"
    return f"{p:.3f}".rstrip("0").rstrip(".")


def p_is(p: float) -> str:
    """``P = 0.987``, or ``P > 0.999`` where the figure itself would be a false certainty."""
    shown = chance(p)
    return f"P {shown[0]} {shown[1:]}" if shown[0] in "<>" else f"P = {shown}"


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; nothing for nothing."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def web_address(text: str) -> str:
    """The address if a page may link to it (http or https with a host), else nothing."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return text.strip() if parts.scheme in ("http", "https") and parts.netloc else ""
