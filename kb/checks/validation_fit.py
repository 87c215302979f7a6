"""Findings about fit checks and the tables that they are fitted to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.checks import fit_plan
from kb.checks.expressions import FUNCTIONS
from kb.checks.findings import Findings, Way
from kb.checks.fit_plan import Fault
from kb.checks.rows import Rows
from kb.checks.units import Unit, UnitError
from kb.checks.validation_changes import Units, expectation, flips, readings
from kb.model import Amount, Check, Fit, Table
from kb.source.home import holds
from kb.source.tables import TableError
from kb.source.tables import rows as read


def table(findings: Findings, found: Table) -> None:
    """Findings about a table: its columns' names and units, and what is in its CSV file."""
    for index, column in enumerate(found.columns):
        findings.unit(column.unit, found.file, ("columns", index, "unit"))
        if column.name in FUNCTIONS:
            message = f"{column.name} is a function"
            findings.add("KB314", message, found.file, ("columns", index, "name"), hint="choose another name")
    if not (found.rows or holds(findings.base.home, found.csv)):
        return  # a table without its other half is found as the base is loaded
    try:
        read(findings.base.home, found)
    except TableError as error:
        findings.diagnostics.add(
            "KB321",
            error.message,
            file=found.csv,
            line=error.line,
            column=error.column,
            expected=error.expected,
            hint=error.hint,
        )


def fit(findings: Findings, check: Check) -> None:
    """Findings about a fit: its settings, its rows, what is expected of it, and what changes make of it.

    A table that does not exist or has faults of its own is not reported here.
    """
    body = check.body
    assert isinstance(body, Fit)
    found = findings.base.tables.get(body.table)
    if found is None:
        return
    try:
        columns = fit_plan.units(found)
        rows = read(findings.base.home, found)
    except (TableError, UnitError):
        return
    faults = list(_faults(body, columns, rows))
    for fault in faults:
        _add(findings, check, fault, ("fit", *fault.field), body)
    if faults:
        return
    outputs: Units = fit_plan.outputs(body, columns)
    main = fit_plan.main(body)
    expectation(findings, check, check.expect, ("expect",), outputs, main)
    places: dict[str, Unit | None] = dict.fromkeys(fit_plan.SETTABLE)
    places |= {name: columns[name] for name in body.at}
    readings(findings, check, places, outputs, main)
    flips(findings, check, places)
    for way, changes in _changes(check):
        _changed(findings, check, body, columns, rows, way, changes)


def _faults(body: Fit, columns: Mapping[str, Unit], rows: Rows) -> Iterator[Fault]:
    wrong = list(fit_plan.misfits(body, columns))
    yield from wrong or fit_plan.shortfalls(body, columns, rows)


def _changes(check: Check) -> Iterator[tuple[Way, Mapping[str, Amount]]]:
    for reading in check.readings:
        for option in reading.options:
            yield ("readings", reading.name, option.name, "set"), option.set
    for index, flip in enumerate(check.flips_if):
        yield ("flips_if", index, "set"), flip.set


def _changed(
    findings: Findings,
    check: Check,
    body: Fit,
    columns: Mapping[str, Unit],
    rows: Rows,
    way: Way,
    changes: Mapping[str, Amount],
) -> None:
    """The fault of a fit that a change makes of a sound one, at the setting that the change made."""
    after = fit_plan.changed(body, changes, findings.base.quantities)
    if after == body:
        return
    for fault in _faults(after, columns, rows):
        name = fault.field[-1]
        if fault.rule == "KB305" and changes.get(name) not in findings.base.quantities:
            continue  # found where amounts are
        place = name if name in changes else next(iter(changes))
        _add(findings, check, fault, (*way, place), after if name == place else body)
        return


def _add(findings: Findings, check: Check, fault: Fault, way: Way, body: Fit) -> None:
    name = fault.field[-1]
    written = body.at.get(name, getattr(body, name, "")) if name else ""
    findings.add(
        fault.rule,
        fault.message,
        check.file,
        way,
        written=written if isinstance(written, str) else "",
        column=fault.column,
        hint=fault.hint,
        expected=fault.expected,
    )
