"""Small pieces of plain language: names, numbers, lists, and what one check said."""

from __future__ import annotations

from collections.abc import Sequence

from kb.model import Check, Expectation, ReadingResult, Result, Verdict
from kb.wording import listed, p_is, with_unit

LONGEST_NAME = 90

_HOW = {
    "formula": "computed",
    "fit": "fitted",
    "simulation": "simulated",
    "benchmark": "measured",
    "published": "reported",
}


def quoted(name: str) -> str:
    """A name in quotation marks, cut at a word when it is long."""
    name = " ".join(name.split()).rstrip(".")
    if len(name) > LONGEST_NAME:
        name = name[:LONGEST_NAME].rsplit(" ", 1)[0] + "…"
    return f"“{name}”"


def counted(count: int, noun: str) -> str:
    """ "one weak reason", "three weak reasons", "12 weak reasons"."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    number = words[count] if count < len(words) else f"{count:,}"
    return f"{number} {noun}" if count == 1 else f"{number} {noun}s"


def check_name(check: Check) -> str:
    return quoted(check.title or check.id)


def unrun(check: Check, result: Result | None) -> str:
    """Why a check says nothing: "its check “…” has not been run yet"."""
    if result is None:
        return f"its check {check_name(check)} has not been run yet"
    if result.verdict is Verdict.STALE:
        return f"the record of its check {check_name(check)} is stale: what it computes from has changed"
    why = f" ({result.reason.rstrip('.')})" if result.reason else ""
    return f"its check {check_name(check)} could not run{why}"


def finding(check: Check, result: Result) -> str:
    """What a check that ran found, as a sentence with the computed and the claimed amount."""
    if result.verdict is Verdict.MIXED:
        return f"{check_name(check)} comes out differently by definition: {_readings(result.readings)}."
    odds = "" if result.p is None else f" ({p_is(result.p)})"
    condition = _condition(check.expect, result)
    verb = {Verdict.HOLDS: "is", Verdict.FAILS: "is not"}.get(result.verdict, "may or may not be")
    if result.output is None or not condition or (check.expect and check.expect.is_true):
        outcome = {Verdict.HOLDS: "holds", Verdict.FAILS: "fails"}.get(result.verdict, "is inconclusive")
        return f"{check_name(check)} {outcome}{odds}."
    typical = "median of " if result.output.quantiles else ""
    value = with_unit(result.output.value, result.output.unit)
    return f"The {_HOW[result.kind]} {typical}{value} {verb} {condition}{odds}."


def _readings(readings: Sequence[ReadingResult]) -> str:
    by_verdict: dict[str, list[str]] = {}
    for reading in readings:
        name = reading.title or ", ".join(f"{k} = {v}" for k, v in reading.choice.items())
        by_verdict.setdefault(str(reading.verdict), []).append(quoted(name))
    return "; ".join(f"{verdict} under {listed(names)}" for verdict, names in by_verdict.items())


def _condition(expect: Expectation | None, result: Result) -> str:
    if expect is None:
        return ""
    if any(reading.condition != result.condition for reading in result.readings):
        return "as expected"
    return result.condition.partition(": ")[0]
