"""Everything that one check says, as indented lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kb.cli.words import computed
from kb.wording import amount, p_is, percent, with_unit

if TYPE_CHECKING:
    from kb.model import Amount, Check, Driver, FlipResult, InputUsed, Record, Result

#: A driver of a smaller share of the spread is not worth a line.
SMALL = 0.005


def detail_lines(check: Check, record: Record, believe: Sequence[str]) -> Iterator[str]:
    """What was computed from what, what moves it, what would change the answer, and what to mind."""
    result = record.result
    if said := computed(check, result):
        yield f"  computed: {said}"
    if check.expect and check.expect.about is not None:
        yield f"  claimed:  {result.claimed}"
    yield from _readings(result)
    yield from map(_input, result.inputs)
    yield from _drivers(result.drivers)
    yield from (f"  {sentence}" for sentence in believe)
    yield from map(_flip, result.flips)
    yield from (f"  mind: {caveat}" for caveat in result.caveats)
    if record.run.limits:
        yield f"  ran in a process of its own, held to: {', '.join(record.run.limits)}"


def settings(changes: Mapping[str, Amount]) -> str:
    """``tokens = 30 × 10⁹ token, hours = 3``"""
    return ", ".join(f"{name} = {amount(value)}" for name, value in changes.items())


def _readings(result: Result) -> Iterator[str]:
    for reading in result.readings:
        choice = ", ".join(f"{k}={v}" for k, v in reading.choice.items())
        value = f": {with_unit(reading.output.value, reading.output.unit)}" if reading.output else ""
        yield f"  {reading.verdict:13} {reading.title or choice}{value}"
    if len({reading.verdict for reading in result.readings}) > 1:
        yield "  inputs, under the first of the readings:"


def _input(given: InputUsed) -> str:
    mark = "" if given.verified or given.definition else "  (not verified)"
    return f"  {given.name} = {with_unit(given.value, given.unit)}  {given.source} {given.at}{mark}".rstrip()


def _drivers(drivers: Sequence[Driver]) -> Iterator[str]:
    shown = [driver for driver in drivers if driver.share >= SMALL]
    if shown:
        yield "  what moves it: share of the spread; P with the input at its 10th and 90th percentile"
    for driver in shown:
        ends = f"{p_is(driver.p_low)} and {p_is(driver.p_high)}"
        yield f"    {driver.input}: {percent(driver.share)}; {ends}"


def _flip(flip: FlipResult) -> str:
    return f"  would be “{flip.got}” with {settings(flip.set)}"
