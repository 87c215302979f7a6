"""Numbers and counts as people read them on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.model import Check, Record, Result

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
