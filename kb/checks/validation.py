"""What is wrong with a base's checks, found before any of them runs.

Units, expressions and amounts are read as they will be when the check runs, and the dimension pass is the
same; so what passes here does not fail there for a reason that the files could have told.
"""

from __future__ import annotations

from collections.abc import Mapping

from kb.checks.benchmark import RATE, unit_of
from kb.checks.cases import RESULT
from kb.checks.dimension_pass import DimensionError, dimension
from kb.checks.dimensions import as_unit, likely_mistake, show
from kb.checks.expressions import FUNCTIONS, ExpressionError, names, parse
from kb.checks.findings import Findings, Scope, Way
from kb.checks.records import damage
from kb.checks.spreads import faults
from kb.checks.units import Unit, UnitError, unit
from kb.checks.validation_changes import correlations, expectation, flips, readings
from kb.diagnostics import Diagnostics
from kb.diagnostics.spelling import did_you_mean
from kb.model import Base, Benchmark, Check, Fit, Formula, Published, Quantity, Simulation


def validate(base: Base, diagnostics: Diagnostics) -> None:
    """Add the findings (KB3xx) about a base's quantities and checks; dangling ids are others' to report."""
    findings = Findings(base, diagnostics)
    for quantity in base.quantities.values():
        _quantity(findings, quantity, quantity.file, (quantity.id,))
    for found in base.tables.values():
        from kb.checks.validation_fit import table

        table(findings, found)
    uses = _uses(base)
    for check in base.checks.values():
        _check(findings, check, uses.get(check.id, frozenset()))
        _ledger(findings, check)


def _uses(base: Base) -> Mapping[str, frozenset[str]]:
    """How claims use each check: the ways it bears."""
    found: dict[str, set[str]] = {}
    for claim in base.claims.values():
        for bearing in claim.checks:
            found.setdefault(bearing.check, set()).add(bearing.bears)
    return {check: frozenset(ways) for check, ways in found.items()}


def _ledger(findings: Findings, check: Check) -> None:
    if fault := damage(findings.base.home, check.id):
        findings.diagnostics.add(
            "KB318",
            str(fault),
            file=f"results/{check.id}.json",
            line=fault.line,
            column=fault.column,
            hint="take the file from git again, or delete it and run `kb check --record`",
        )


def _check(findings: Findings, check: Check, bears: frozenset[str]) -> None:
    tested = bool(bears - {"context"})
    if tested and not check.expects:
        findings.add(
            "KB311",
            f"{check.id} is to decide something, but nothing is expected of it",
            check.file,
            (),
            hint="add expect:, or let claims use it with bears: context",
        )
    elif tested and not check.flips_if:
        findings.add(
            "KB310",
            f"nothing shows that {check.id} can fail",
            check.file,
            (),
            hint="add flips_if: a change of an input, and the verdict it must lead to",
        )
    correlations(findings, check)
    match check.body:
        case Formula() | Published() | Benchmark():
            _computed(findings, check)
        case Simulation():
            from kb.checks.validation_simulation import simulation

            simulation(findings, check)
        case Fit():
            from kb.checks.validation_fit import fit

            fit(findings, check)


# --- formulas and what is like them -------------------------------------------


def _computed(findings: Findings, check: Check) -> None:
    scope = _inputs(findings, check)
    body = check.body
    assert isinstance(body, Formula | Published | Benchmark)
    declared = findings.unit(body.unit, check.file, ("unit",))
    if isinstance(body, Published):
        _protocol(findings, check, body)
    if isinstance(body, Formula):
        for name, text in body.let.items():
            _clash(findings, check, name, ("let", name), scope)
            scope.units[name] = expression(findings, scope, text, ("let", name))
    agrees = compute(findings, scope, body.compute, ("compute",), declared)
    for reading in check.readings:
        for option in reading.options:
            if option.compute:
                way = ("readings", reading.name, option.name, "compute")
                compute(findings, scope, option.compute, way, declared)
    # Of two units that do not agree, nobody knows which was meant: what is expected is judged by neither.
    outputs = {RESULT: declared if agrees else None}
    if isinstance(body, Formula):
        outputs |= {name: scope.units[name] for name in body.let}
    inputs = {item.name: scope.units[item.name] for item in check.inputs}
    if isinstance(body, Benchmark):
        inputs[RATE] = scope.units[RATE]
    expectation(findings, check, check.expect, ("expect",), outputs, RESULT)
    readings(findings, check, inputs, outputs, RESULT)
    flips(findings, check, inputs)
    _unused(findings, check, scope)


def _inputs(findings: Findings, check: Check) -> Scope:
    scope = Scope(check, {})
    if isinstance(check.body, Benchmark):
        scope.units[RATE] = _silent(unit_of(findings.base, check.body))
    for item in check.inputs:
        way: Way = ("inputs", item.name)
        _clash(findings, check, item.name, way, scope)
        if item.inline:
            scope.units[item.name] = _quantity(findings, item.inline, check.file, way)
        else:
            shared = findings.base.quantities.get(item.quantity)
            scope.units[item.name] = _silent(shared.unit) if shared else None
    return scope


def _silent(text: str) -> Unit | None:
    """The unit of a shared quantity, whose own file gets the finding if it has none."""
    try:
        return unit(text)
    except UnitError:
        return None


def _quantity(findings: Findings, quantity: Quantity, file: str, way: Way) -> Unit | None:
    if quantity.spread and (fault := faults(quantity.spread)):
        findings.add("KB316", f"this is no distribution: {fault}", file, (*way, "distribution"))
    return findings.unit(quantity.unit, file, (*way, "unit"))


def _clash(findings: Findings, check: Check, name: str, way: Way, scope: Scope) -> None:
    if name in FUNCTIONS or name == RESULT:
        what = "a function" if name in FUNCTIONS else "the name of the output"
        findings.add("KB314", f"{name} is {what}", check.file, way, hint="choose another name")
    elif name in scope.units:
        findings.add("KB314", f"the name {name} is used twice", check.file, way, hint="choose another name")


def _protocol(findings: Findings, check: Check, body: Published) -> None:
    from kb.checks.published import strangers

    quantities = {i.name: i.inline or findings.base.quantities.get(i.quantity) for i in check.inputs}
    protocols = {name: quantity.protocol for name, quantity in quantities.items() if quantity}
    for name in strangers(protocols, body.protocol):
        stated = f"on “{protocols[name]}”" if protocols[name] else "on no stated protocol"
        findings.add(
            "KB315",
            f"{name} was reported {stated}",
            check.file,
            ("inputs", name),
            expected=body.protocol,
            hint="figures made in different ways cannot be compared; find one made on the same protocol",
        )


def _unused(findings: Findings, check: Check, scope: Scope) -> None:
    for item in check.inputs:
        if item.name not in scope.used:
            findings.add(
                "KB307",
                f"the input {item.name} is never used",
                check.file,
                ("inputs", item.name),
                hint="remove it, or name it in compute",
            )


# --- expressions --------------------------------------------------------------


def compute(findings: Findings, scope: Scope, text: str, way: Way, declared: Unit | None) -> bool:
    """The finding where an expression is at fault or its dimension is not that of the declared unit.

    False in the second case.
    """
    found = expression(findings, scope, text, way)
    if found is None or declared is None or found.dimension == declared.dimension:
        return True
    findings.add(
        "KB304",
        f"compute gives {show(found.dimension)}, but its unit is {declared.text}",
        scope.check.file,
        way,
        expected=show(declared.dimension),
        hint=likely_mistake(found.dimension, declared.dimension),
    )
    return False


def expression(findings: Findings, scope: Scope, text: str, way: Way) -> Unit | None:
    """The base unit of an expression's value; None, with a finding, where it has none."""
    file = scope.check.file
    try:
        tree = parse(text)
    except ExpressionError as error:
        findings.add("KB301", error.message, file, way, written=text, column=error.column, hint=error.hint)
        return None
    mentioned = names(tree)
    scope.used.update(mentioned)
    unknown = [name for name in mentioned if name not in scope.units]
    for name in unknown:
        hint = did_you_mean(name, scope.units) or f"there is {', '.join(scope.units) or 'no input'}"
        findings.add(
            "KB302",
            f"nothing here is called {name}",
            file,
            way,
            written=text,
            column=mentioned[name],
            hint=hint,
        )
    if any(scope.units.get(name) is None for name in mentioned):
        return None
    try:
        found = dimension(tree, scope.dimensions())
    except DimensionError as error:
        findings.add("KB304", error.message, file, way, written=text, column=error.column, hint=error.hint)
        return None
    return Unit(as_unit(found), 1.0, found)
