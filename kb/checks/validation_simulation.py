"""Findings about simulation checks: the experiment, its params, and what is expected of its outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb import experiments
from kb.checks.findings import Findings, Way
from kb.checks.units import UnitError, convert, unit
from kb.checks.validation_changes import Units, expectation, flips, readings
from kb.diagnostics.spelling import did_you_mean
from kb.experiments import Param
from kb.model import Amount, Check, Simulation


def simulation(findings: Findings, check: Check) -> None:
    body = check.body
    assert isinstance(body, Simulation)
    try:
        spec = experiments.find(body.experiment)
    except LookupError:
        catalogue = experiments.catalogue()
        guess = did_you_mean(body.experiment, catalogue)
        hint = guess or f"installed are {', '.join(sorted(catalogue))}"
        message = f"no experiment {body.experiment} is installed"
        findings.add("KB312", message, check.file, ("experiment",), hint=hint)
        return
    for name, value in body.params.items():
        param(findings, check, spec.params.get(name), name, value, ("params", name), list(spec.params))
    outputs: Units = {name: unit(output.unit) for name, output in spec.outputs.items()}
    main = next(iter(outputs)) if len(outputs) == 1 else ""
    expectation(findings, check, check.expect, ("expect",), outputs, main)
    params: Units = {name: unit(p.unit) for name, p in spec.params.items()}
    readings(findings, check, params, outputs, main)
    flips(findings, check, params)
    for way, changes in _changes(check):
        for name, value in changes.items():
            if name in spec.params:
                _range(findings, check, spec.params[name], name, value, (*way, "set", name))


def _changes(check: Check) -> Iterator[tuple[Way, Mapping[str, Amount]]]:
    """What the options of readings, and the flips, set, each with the way to it."""
    for reading in check.readings:
        for option in reading.options:
            yield ("readings", reading.name, option.name), option.set
    for index, flip in enumerate(check.flips_if):
        yield ("flips_if", index), flip.set


def param(
    findings: Findings,
    check: Check,
    found: Param | None,
    name: str,
    value: object,
    way: Way,
    known: list[str],
) -> None:
    """The finding about one param: that it does not exist, cannot be read, or lies out of range."""
    if found is None:
        hint = did_you_mean(name, known) or f"there is {', '.join(known)}"
        findings.add("KB313", f"the experiment has no param {name}", check.file, way, hint=hint)
        return
    if not isinstance(value, int | float | str):
        findings.add("KB313", f"{name} must be a number", check.file, way)
        return
    try:
        convert(value, unit(found.unit))
    except UnitError as error:
        findings.add("KB313", f"{name}: {error.message}", check.file, way, hint=error.hint)
        return
    _range(findings, check, found, name, value, way)


def _range(findings: Findings, check: Check, found: Param, name: str, value: float | str, way: Way) -> None:
    try:
        number = convert(value, unit(found.unit))
    except UnitError:
        return
    low, high = found.low, found.high
    if (low is not None and number < low) or (high is not None and number > high):
        message = f"{name} is {number:g}, out of range"
        expected = f"{'…' if low is None else f'{low:g}'} to {'…' if high is None else f'{high:g}'}"
        findings.add("KB313", message, check.file, way, expected=expected)
    elif found.integer and number != int(number):
        findings.add("KB313", f"{name} must be a whole number", check.file, way)
