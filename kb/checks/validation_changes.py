"""Expectations, readings, flips and correlations: what must fit the place where it is put."""

from __future__ import annotations

from collections.abc import Mapping

from kb.checks.cases import MOST, combinations
from kb.checks.correlation import Pair, cholesky, linked, table
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


def correlations(findings: Findings, check: Check) -> None:
    """Findings about correlations of what is no uncertain input, given twice, or impossible together."""
    variables = {item.name: item.quantity or item.name for item in check.inputs}
    varying = _varying(findings, check)
    pairs: list[Pair] = []
    for index, item in enumerate(check.correlations):
        way: Way = ("correlations", index)
        names = (item.first, item.second)
        first, second = (variables.get(name, "") for name in names)
        for place, name in enumerate(names):
            if name not in variables:
                hint = _close(name, dict.fromkeys(variables))
                findings.add(
                    "KB320", f"the check has no input {name}", check.file, (*way, "between", place), hint=hint
                )
            elif name not in varying:
                findings.add(
                    "KB320",
                    f"{name} does not vary, so nothing can vary with it",
                    check.file,
                    (*way, "between", place),
                    expected="an input with a distribution",
                )
        if not {item.first, item.second} <= varying:
            continue
        if first == second:
            same = f"{item.first} with itself" if item.first == item.second else f"{first} with itself"
            findings.add("KB320", f"this correlates {same}", check.file, (*way, "between"))
        elif any({first, second} == {a, b} for a, b, _ in pairs):
            findings.add(
                "KB320",
                f"{item.first} and {item.second} are correlated twice",
                check.file,
                (*way, "between"),
                hint="keep one of the two",
            )
        elif abs(item.rank) >= 1:
            findings.add(
                "KB320",
                f"{item.first} and {item.second} are said to be one variable",
                check.file,
                (*way, "rank"),
                expected="a rank between -1 and 1",
                hint="give both inputs the same quantity, or compute one from the other",
            )
        else:
            pairs.append((first, second, item.rank))
    if cholesky(table(linked(pairs), pairs)) is None:
        findings.add(
            "KB320",
            "no inputs can be correlated so: what moves with one thing cannot move against its companions",
            check.file,
            ("correlations",),
            expected="a table of correlations that is positive definite",
            hint="what is not listed is independent: of two that move with a third, say how they move",
        )


def _varying(findings: Findings, check: Check) -> set[str]:
    """The inputs that have a distribution, as stated or under some option of a reading."""
    known = findings.base.quantities
    stated = {item.name: item.inline or known.get(item.quantity) for item in check.inputs}
    chosen = [
        (name, known.get(value))
        for reading in check.readings
        for option in reading.options
        for name, value in option.set.items()
        if isinstance(value, str)
    ]
    return {name for name, found in (*stated.items(), *chosen) if found and found.spread}


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
