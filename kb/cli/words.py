"""Numbers and counts as people read them on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
