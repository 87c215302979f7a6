"""Numbers and counts as people read them on a terminal."""

from __future__ import annotations

from kb.drawing.numbers import with_unit
from kb.model import Check, Record

MARKS = {
    "holds": "✓",
    "fails": "✗",
    "mixed": "◐",
    "inconclusive": "?",
    "could-not-run": "–",
    "stale": "~",
    "context": "·",
    "not run yet": "·",
}
PREFIXES = (("exa", 1e18), ("peta", 1e15), ("tera", 1e12), ("giga", 1e9), ("mega", 1e6))
STANDING_MARKS = {"stands": "✓", "falls": "✗", "open": "○"}


def said_verdict(check: Check, record: Record | None) -> str:
    """The verdict as a word; a check that expects nothing only gives context."""
    if record is None:
        return "not run yet"
    return str(record.result.verdict) if check.expect or not record.result.ran else "context"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def chance(p: float) -> str:
    """A probability, never rounded to certainty: 0.9996 is not 1."""
    if 0 < p < 0.001:
        return "<0.001"
    if 0.999 < p < 1:
        return ">0.999"
    return f"{p:.3f}".rstrip("0").rstrip(".")


def rate(value: float, unit: str = "FLOP/s") -> str:
    """A rate in the largest prefix that fits: 92.4 gigaFLOP/s."""
    for prefix, factor in PREFIXES:
        if abs(value) >= factor:
            return with_unit(value / factor, prefix + unit)
    return with_unit(value, unit)
