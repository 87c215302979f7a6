"""Expectations, readings and flips: amounts that must fit the place where they are put."""

from __future__ import annotations

from collections.abc import Mapping

from kb.checks.cases import MOST, combinations
from kb.checks.dimensions import likely_mistake, show
from kb.checks.expectation import ExpectationError, condition
from kb.checks.findings import Findings, Way
from kb.checks.units import Unit, UnitError, unit
from kb.diagnostics.spelling import did_you_mean
from kb.model import Amount, Check, Expectation

Units = Mapping[str, Unit | None]

#: The verdicts that a run can reach, so that a change can be required to lead to one.
REACHABLE = ("holds", "fails", "inconclusive", "mixed")


def expectation(
    findings: Findings, check: Check, expect: Expectation | None, way: Way, outputs: Units, main: str
) -> None:
    """Findings about an expectation of one of the ``outputs``; ``main`` is meant where none is named."""
    if expect is None:
        return
    name = expect.is_true or expect.output or main
    if name not in outputs:
        field = "is_true" if expect.is_true else "output"
        message = f"the check has no output {name}" if name else "the check has several outputs; name one"
        findings.add("KB306", message, check.file, (*way, field), hint=_close(name, outputs))
        return
    found = outputs[name]
    if found is None:
        return
    try:
        condition(expect, found)
    except ExpectationError as error:
        written = getattr(expect, error.field, "")
        findings.add(
            "KB306",
            error.message,
            check.file,
            (*way, error.field) if error.field != "expect" else way,
            written=written if isinstance(written, str) else "",
            column=error.column,
            hint=error.hint,
        )


def readings(findings: Findings, check: Check, inputs: Units, outputs: Units, main: str) -> None:
    """Findings about what the options of readings set and expect, and about too many of them."""
    if (count := combinations(check)) > MOST:
        findings.add(
            "KB317",
            f"the readings combine in {count:,} ways",
            check.file,
            ("readings",),
            expected=f"at most {MOST} combinations",
            hint="drop options, or make two checks",
        )
    for reading in check.readings:
        for option in reading.options:
            way: Way = ("readings", reading.name, option.name)
            for name, value in option.set.items():
                change(findings, check, inputs, name, value, (*way, "set", name))
            expectation(findings, check, option.expect, (*way, "expect"), outputs, main)


def flips(findings: Findings, check: Check, inputs: Units) -> None:
    """Findings about changes that name nothing, do not fit, or cannot lead anywhere."""
    dimensions = {reading.name: [o.name for o in reading.options] for reading in check.readings}
    for index, flip in enumerate(check.flips_if):
        way: Way = ("flips_if", index)
        if flip.to not in REACHABLE:
            findings.add(
                "KB309",
                f"a change cannot lead to {flip.to}",
                check.file,
                (*way, "to"),
                expected=", ".join(REACHABLE),
            )
        for name, value in flip.set.items():
            place: Way = (*way, "set", name)
            if name not in dimensions:
                change(findings, check, inputs, name, value, place)
            elif value not in dimensions[name]:
                findings.add(
                    "KB308",
                    f"the reading {name} has no option {value}",
                    check.file,
                    place,
                    hint=_close(str(value), dict.fromkeys(dimensions[name])),
                )


def change(findings: Findings, check: Check, inputs: Units, name: str, value: Amount, way: Way) -> None:
    """The finding where an input does not exist or cannot take a value: an amount or a quantity's id."""
    if name not in inputs:
        findings.add(
            "KB308", f"the check has no input {name} to change", check.file, way, hint=_close(name, inputs)
        )
        return
    place = inputs[name]
    if place is None:
        return
    quantity = findings.base.quantities.get(value) if isinstance(value, str) else None
    if quantity is None:
        findings.amount(value, place, check.file, way)
        return
    try:
        found = unit(quantity.unit)
    except UnitError:
        return
    if found.dimension != place.dimension:
        findings.add(
            "KB304",
            f"{quantity.id} is {show(found.dimension)}, but {name} is {show(place.dimension)}",
            check.file,
            way,
            hint=likely_mistake(found.dimension, place.dimension),
        )


def _close(name: str, known: Mapping[str, object]) -> str:
    return did_you_mean(name, known) or f"there is {', '.join(known) or 'none'}"
