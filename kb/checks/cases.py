"""Cases: a check with nothing left open, one option of each reading and any changed inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

from kb.checks.trouble import CouldNotRunError
from kb.checks.units import UnitError, convert, unit
from kb.model import Amount, Base, Benchmark, Check, Expectation, Flip, Formula, Option, Published, Quantity

#: The name of the one output of a computed check.
RESULT = "result"

#: A check runs in at most so many combinations of readings: each flip runs all of them again.
MOST = 64

Choice = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One way to run a check. ``set`` overrides inputs (of a simulation: params) by name."""

    check: Check
    choice: Choice = field(default_factory=dict)
    title: str = ""
    set: Mapping[str, Amount] = field(default_factory=dict)
    compute: str = ""
    expect: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An input with its quantity. ``variable`` names what varies: inputs that share a quantity share it."""

    name: str
    quantity: Quantity
    variable: str


def combinations(check: Check) -> int:
    """In how many ways the options of the check's readings combine."""
    return prod(len(reading.options) for reading in check.readings)


def cases(
    check: Check, choice: Choice | None = None, overrides: Mapping[str, Amount] | None = None
) -> tuple[Case, ...]:
    """Every combination of the readings' options, the first option of each first.

    ``choice`` keeps one option of the dimensions it names; names that the check does not have are
    ignored, since reading dimensions are global. ``overrides`` change inputs after the options did.

    Raises:
        CouldNotRunError: a dimension of the check has no such option, or there are more than ``MOST``
            combinations in all.
    """
    if combinations(check) > MOST:
        raise CouldNotRunError(f"error: {combinations(check):,} combinations of readings; at most {MOST}")
    kept: list[list[tuple[str, Option]]] = []
    for reading in check.readings:
        wanted = (choice or {}).get(reading.name)
        options = [o for o in reading.options if wanted is None or o.name == wanted]
        if not options:
            raise CouldNotRunError(f"error: the reading {reading.name} has no option {wanted}")
        kept.append([(reading.name, option) for option in options])
    return tuple(_case(check, combination, overrides or {}) for combination in product(*kept))


def _case(check: Check, combination: tuple[tuple[str, Option], ...], overrides: Mapping[str, Amount]) -> Case:
    body = check.body
    compute = body.compute if isinstance(body, Formula | Published | Benchmark) else ""
    expect = check.expect
    changes: dict[str, Amount] = {}
    for _, option in combination:
        changes.update(option.set)
        compute = option.compute or compute
        expect = option.expect or expect
    return Case(
        check,
        {dimension: option.name for dimension, option in combination},
        "; ".join(option.title or option.name for _, option in combination),
        {**changes, **overrides},
        compute,
        expect,
    )


def flipped(check: Check, flip: Flip, choice: Choice | None = None) -> tuple[Case, ...]:
    """The cases of a check after a change. A reading's name in ``set`` picks its option."""
    dimensions = {reading.name for reading in check.readings}
    picked = {name: str(value) for name, value in flip.set.items() if name in dimensions}
    changes = {name: value for name, value in flip.set.items() if name not in dimensions}
    return cases(check, {**(choice or {}), **picked}, changes)


def givens(base: Base, case: Case, extra: tuple[Given, ...] = ()) -> tuple[Given, ...]:
    """The inputs of a case, by name, after its changes. ``extra`` are inputs that the kind of check adds.

    Raises:
        CouldNotRunError: a quantity or a changed input does not exist, or an amount does not fit.
    """
    found = {given.name: given for given in extra}
    for item in case.check.inputs:
        quantity = item.inline or base.quantities.get(item.quantity)
        if quantity is None:
            raise CouldNotRunError(f"error: there is no quantity {item.quantity}")
        found[item.name] = Given(item.name, quantity, item.quantity or f"{item.name} of {case.check.id}")
    for name, value in case.set.items():
        if name not in found:
            raise CouldNotRunError(f"error: the check has no input {name} to change")
        found[name] = changed(base, found[name], value)
    return tuple(found.values())


def changed(base: Base, given: Given, value: Amount) -> Given:
    """The input with another value: another quantity by its id, or an amount, for which nothing is cited."""
    if isinstance(value, str) and value in base.quantities:
        return Given(given.name, base.quantities[value], value)
    try:
        number = convert(value, unit(given.quantity.unit))
    except UnitError as error:
        raise CouldNotRunError(f"error: {given.name} cannot be {value}: {error.message}") from None
    point = replace(
        given.quantity, value=number, spread=None, source="", at="", version="", as_of="", note=""
    )
    return Given(given.name, point, f"{given.name} of a change")
