"""Numbers and counts as people read them on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.model import Check, ReadingResult, Record, Result

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
VERDICT_STYLE = {"holds": "green", "fails": "magenta", "mixed": "blue", "inconclusive": "blue"}
STANDING_MARKS = {"stands": "✓", "falls": "✗", "open": "○"}


def said_verdict(check: Check, record: Record | None) -> str:
    """The verdict as a word; a check that expects nothing only gives context."""
    if record is None:
        return "not run yet"
    return str(record.result.verdict) if check.expect or not record.result.ran else "context"


def p_ends(result: Result | ReadingResult) -> str:
    """``0.48 to 0.56``, the ends of P's interval; empty where it has none."""
    from kb.wording import chance

    if result.p_low is None or result.p_high is None or result.p_low == result.p_high:
        return ""
    return f"{chance(result.p_low)} to {chance(result.p_high)}"


def said_p(result: Result | ReadingResult) -> str:
    """``P = 0.987``; where it decides nothing, with its interval. Empty without P."""
    from kb.wording import p_is

    if result.p is None:
        return ""
    ends = p_ends(result) if result.verdict == "inconclusive" else ""
    return p_is(result.p) + (f" ({ends})" if ends else "")


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def computed(check: Check, result: Result) -> str:
    """What a check computed: an amount, true or false, or the span over the readings that differ."""
    from kb.wording import number, with_unit

    outputs = [reading.output for reading in result.readings if reading.output is not None]
    if result.verdict == "mixed" and len({output.unit for output in outputs}) == 1:
        low, high = (end(outputs, key=lambda output: output.value) for end in (min, max))
        return f"{number(low.value)} to {with_unit(high.value, high.unit)}, by reading"
    if result.output is None:
        return ""
    if check.expect is not None and check.expect.is_true:
        return "true" if result.output.value else "false"
    return with_unit(result.output.value, result.output.unit)
