"""What the site calls things: standings, verdicts, relations, places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb import wording
from kb.drawing.signs import standing as standing
from kb.model import Account, Check, Expectation, Output, Result, Spread, Standing, Verdict
from kb.wording import web_address as web_address

Data = dict[str, Any]

# A glyph's name, so that colour never stands alone: yes a disc with a tick, no an octagon with a cross,
# half a half-filled diamond, ring a dashed ring.
_VERDICTS = {
    Verdict.HOLDS: ("yes", "Holds"),
    Verdict.FAILS: ("no", "Fails"),
    Verdict.MIXED: ("half", "Mixed"),
    Verdict.INCONCLUSIVE: ("half", "Inconclusive"),
    Verdict.COULD_NOT_RUN: ("ring", "Could not run"),
    Verdict.STALE: ("ring", "Stale"),
}

BEARS = {
    "direct": "tests this claim",
    "corroborates": "corroborates it",
    "part": "tests a part of it",
    "proxy": "a proxy: a weak sign, not a test of the claim",
    "context": "context only: this does not test the claim",
}
ROLES = {
    "asserts": "says so",
    "reports": "reports it",
    "asks": "asks it",
    "concedes": "concedes it",
    "rejects": "rejects it",
    "quotes": "quotes it",
}
KINDS = {
    "formula": "Formula",
    "fit": "Fit",
    "simulation": "Simulation",
    "benchmark": "Benchmark",
    "published": "Published figures",
}
STANCES = {
    "for": "to speak for",
    "against": "to speak against",
    "both": "to speak both for and against",
    "neutral": "to speak neither for nor against",
}
STANDARDS = {
    "preponderance": "a preponderance of the evidence",
    "clear-and-convincing": "clear and convincing evidence",
    "beyond-reasonable-doubt": "proof beyond reasonable doubt",
}


def verdict(check: Check | None, result: Result | None) -> Data:
    """Glyph and word of a check's verdict; one that expects nothing gives context and no verdict."""
    if result is None:
        return {"glyph": "ring", "word": "Not run yet", "reason": ""}
    if check is not None and check.expect is None and result.ran:
        return {"glyph": "ring", "word": "Context", "reason": "provisional" if result.provisional else ""}
    return {**verdict_mark(result.verdict), "reason": "provisional" if result.provisional else ""}


def verdict_mark(name: str) -> Data:
    """Glyph and word of a verdict by its name."""
    glyph, word = _VERDICTS[Verdict(name)]
    return {"glyph": glyph, "word": word}


def verdict_name(name: str) -> str:
    """A verdict's word from its name in a file; other words stay as they are."""
    return _VERDICTS[Verdict(name)][1] if name in _VERDICTS else name.replace("-", " ").capitalize()


def claimed(expect: Expectation | None, result: Result | None) -> str:
    """What a check's claim says, with the direction of a bound."""
    if result is None or not result.claimed or expect is None:
        return ""
    if expect.is_true:
        return "true"
    figure = result.claimed
    bound = "at least" if expect.at_least is not None else "at most" if expect.at_most is not None else ""
    return figure if not bound or figure.startswith(bound) else f"{bound} {figure}"


def computed(expect: Expectation | None, output: Output | None) -> str:
    """What a check computed: an amount, or true or false where that is asked."""
    if output is None:
        return ""
    if expect is not None and expect.is_true:
        return "true" if output.value else "false"
    return wording.with_unit(output.value, output.unit)


def title_of(identifier: str) -> str:
    """A readable title for something that has only an id."""
    return identifier.replace("-", " ").capitalize()


def paragraphs(text: str) -> list[str]:
    """The parts between blank lines, each on one line."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def counted(count: int, one: str, many: str = "") -> str:
    """``3 claims``, ``1 claim``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def spread(value: Spread | None, unit: str) -> str:
    """A distribution in words, or nothing for a point."""
    if value is None:
        return ""
    shown = [wording.number(parameter, 6) for parameter in value.parameters]
    words = wording.unit(unit)
    tail = f" {words}" if words else ""
    match value.kind:
        case "percentiles":
            return f"{shown[0]} to {shown[1]}{tail} (5 % to 95 %)"
        case "uniform":
            return f"{shown[0]} to {shown[1]}{tail} (uniform)"
        case "normal":
            return f"{shown[0]} ± {shown[1]}{tail} (normal, one standard deviation)"
        case "beta":
            return f"beta({shown[0]}, {shown[1]}) from {shown[2]} to {shown[3]}{tail}"
        case "triangular":
            return f"{shown[0]} to {shown[2]}{tail}, most likely {shown[1]} (triangular)"
        case "discrete":
            half = len(shown) // 2
            return f"one of {', '.join(shown[:half])}{tail}, weighted {' : '.join(shown[half:])}"


def settings(values: Mapping[str, Any], units: Mapping[str, str] | None = None) -> str:
    """``name = amount`` for each changed input."""
    units = units or {}
    parts = []
    for name, value in values.items():
        shown = (
            wording.amount(value, units.get(name, ""))
            if isinstance(value, int | float | str) and not isinstance(value, bool)
            else str(value)
        )
        parts.append(f"{name} = {shown}")
    return ", ".join(parts)


def because(account: Account | None) -> str:
    """Why a claim stands as it does, without the standing's word in front (a chip beside it shows that)."""
    if account is None:
        return ""
    head, colon, rest = account.because.partition(": ")
    text = rest if colon and head.lower() in set(Standing) else account.because
    return text[:1].upper() + text[1:]
