"""Small pieces of plain language: names, numbers, lists, and what one check said."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, log10

from kb.model import Amount, Check, Expectation, Interval, ReadingResult, Result, Verdict

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


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def counted(count: int, noun: str) -> str:
    """ "one weak reason", "three weak reasons", "12 weak reasons"."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    number = words[count] if count < len(words) else f"{count:,}"
    return f"{number} {noun}" if count == 1 else f"{number} {noun}s"


def number(value: float) -> str:
    """Four significant digits, thousands separated; powers of ten for the very large and small."""
    if value == 0 or not isfinite(value):
        return "0" if value == 0 else "undefined"
    exponent = floor(log10(abs(value)))
    if -4 <= exponent < 9:
        text = f"{round(value, 3 - exponent):,.{max(0, 3 - exponent)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{f'{value / 10.0**exponent:.3f}'.rstrip('0').rstrip('.')} × 10^{exponent}"


def strength(value: float) -> str:
    """A strength or a chance, two decimals unless it is a whole one."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def interval(pair: Interval) -> str:
    """Both ends of a strength, or one when they read the same."""
    low, high = f"{pair[0]:.2f}", f"{pair[1]:.2f}"
    return low if low == high else f"{low} to {high}"


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
    chance = "" if result.p is None else f" (P = {strength(result.p)})"
    condition = _condition(check.expect, result)
    verb = {Verdict.HOLDS: "is", Verdict.FAILS: "is not"}.get(result.verdict, "may or may not be")
    if result.output is None or not condition or (check.expect and check.expect.is_true):
        outcome = {Verdict.HOLDS: "holds", Verdict.FAILS: "fails"}.get(result.verdict, "is inconclusive")
        return f"{check_name(check)} {outcome}{chance}."
    typical = "median of " if result.output.quantiles else ""
    value = f"{number(result.output.value)} {_unit(result.output.unit)}".strip()
    return f"The {_HOW[result.kind]} {typical}{value} {verb} {condition}{chance}."


def _readings(readings: Sequence[ReadingResult]) -> str:
    by_verdict: dict[str, list[str]] = {}
    for reading in readings:
        name = reading.title or ", ".join(f"{k} = {v}" for k, v in reading.choice.items())
        by_verdict.setdefault(str(reading.verdict), []).append(quoted(name))
    return "; ".join(f"{verdict} under {listed(names)}" for verdict, names in by_verdict.items())


def _condition(expect: Expectation | None, result: Result) -> str:
    if expect is None:
        return ""
    if result.readings and any(reading.condition != result.condition for reading in result.readings):
        return "as expected"
    unit = _unit(result.output.unit) if result.output else ""
    if expect.about is not None and expect.within is not None:
        return f"within {_tolerance(expect.within, unit)} of the claimed {_amount(expect.about, unit)}"
    if expect.at_least is not None:
        return f"at least {_amount(expect.at_least, unit)}"
    if expect.at_most is not None:
        return f"at most {_amount(expect.at_most, unit)}"
    if expect.between is not None:
        low, high = expect.between
        return f"between {_amount(low, unit)} and {_amount(high, unit)}"
    return ""


def _tolerance(within: Amount, unit: str) -> str:
    text = str(within).strip()
    if text.endswith(("x", "×")) and text[:-1].strip().replace(".", "", 1).isdigit():
        return f"{text[:-1].strip()}×"
    return f"{text[:-1].strip()} %" if text.endswith("%") else _amount(within, unit)


def _amount(amount: Amount, unit: str) -> str:
    head, _, own_unit = str(amount).strip().partition(" ")
    try:
        figure = number(float(head))
    except ValueError:
        return str(amount)
    return f"{figure} {_unit(own_unit) or unit}".strip()


def _unit(unit: str) -> str:
    return "" if unit in ("", "1") else unit.replace("**", "^").replace(" * ", "·").replace("*", "·")
