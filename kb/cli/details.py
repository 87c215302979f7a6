"""Everything that one check says, as indented lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kb.cli.words import computed, plural, said_p
from kb.wording import amount, number, p_is, percent, with_unit

if TYPE_CHECKING:
    from kb.model import (
        Amount,
        Check,
        Driver,
        FitPoint,
        Fitted,
        FlipResult,
        InputUsed,
        ModelFit,
        Output,
        Record,
        Result,
    )

#: A driver of a smaller share of the spread is not worth a line.
SMALL = 0.005
#: More rows held out than this are not told one by one.
MOST_ROWS = 10


def detail_lines(check: Check, record: Record, believe: Sequence[str]) -> Iterator[str]:
    """What was computed from what, what moves it, what would change the answer, and what to mind."""
    result = record.result
    if said := computed(check, result):
        yield f"  computed: {said}"
    if check.expect and check.expect.about is not None:
        yield f"  claimed:  {result.claimed}"
    yield from _readings(result)
    yield from map(_input, result.inputs)
    if result.fit:
        yield from _fit(result.fit)
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
        p = f"; {said_p(reading)}" if reading.verdict == "inconclusive" and reading.p is not None else ""
        yield f"  {reading.verdict:13} {reading.title or choice}{value}{p}"
    if len({reading.verdict for reading in result.readings}) > 1:
        yield "  inputs, under the first of the readings:"


def _input(given: InputUsed) -> str:
    mark = "" if given.verified or given.definition else "  (not verified)"
    return f"  {given.name} = {with_unit(given.value, given.unit)}  {given.source} {given.at}{mark}".rstrip()


def _fit(fit: Fitted) -> Iterator[str]:
    """The models with their parameters and errors, then the rows that the fit did not see."""
    seen = sum(point.role == "train" for point in fit.points)
    unseen = [point for point in fit.points if point.role == "held out"]
    yield f"  best fit to {plural(seen, 'row')}: {fit.best.model}"
    yield from _model(fit.best, len(unseen))
    if fit.rival:
        yield f"  best fit of the rival: {fit.rival.model}"
        yield from _model(fit.rival, len(unseen))
    if unseen:
        interval = ", with the curve's 90 % interval" if any(p.low < p.high for p in unseen) else ""
        yield f"  held out{interval}"
    for point in unseen[:MOST_ROWS]:
        yield f"    {_row(fit, point)}"
    if len(unseen) > MOST_ROWS:
        yield f"    and {plural(len(unseen) - MOST_ROWS, 'other row')}"


def _model(model: ModelFit, held_out: int) -> Iterator[str]:
    yield from (f"    {_parameter(parameter)}" for parameter in model.parameters)
    errors = f"{number(100 * model.train_error, 3)} % on the rows fitted"
    if model.held_out_error is not None:
        errors += f", {number(100 * model.held_out_error, 3)} % on {plural(held_out, 'row')} held out"
    criteria = {"AICc": model.aicc, "BIC": model.bic}
    said = [f"{name} {number(value)}" for name, value in criteria.items() if value is not None]
    yield f"    error {errors}" + (f"; {', '.join(said)}" if said else "")


def _parameter(parameter: Output) -> str:
    ends = parameter.quantiles
    span = (
        f" (5 to 95 %: {number(ends['p5'])} to {number(ends['p95'])})" if {"p5", "p95"} <= ends.keys() else ""
    )
    return f"{parameter.name} = {with_unit(parameter.value, parameter.unit)}{span}"


def _row(fit: Fitted, point: FitPoint) -> str:
    places = zip(fit.x, point.x, fit.x_units, strict=True)
    at = ", ".join(f"{name} {with_unit(value, unit)}" for name, value, unit in places)
    span = f" ({number(point.low)} to {number(point.high)})" if point.low < point.high else ""
    return (
        f"{at}: {fit.y} {with_unit(point.y, fit.y_unit)}, "
        f"predicted {with_unit(point.predicted, fit.y_unit)}{span}"
    )


def _drivers(drivers: Sequence[Driver]) -> Iterator[str]:
    shown = [driver for driver in drivers if driver.share >= SMALL]
    if shown:
        yield "  what moves it: share of the spread; P with the input at its 10th and 90th percentile"
    for driver in shown:
        ends = f"{p_is(driver.p_low)} and {p_is(driver.p_high)}"
        yield f"    {driver.input}: {percent(driver.share)}; {ends}"


def _flip(flip: FlipResult) -> str:
    return f"  would be “{flip.got}” with {settings(flip.set)}"
