"""Formula checks: an expression over cited inputs, evaluated at points or on samples."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb.checks.cases import RESULT, Case, Given, givens
from kb.checks.correlation import Pair, correlated
from kb.checks.dimension_pass import DimensionError, dimension
from kb.checks.dimensions import as_unit, show
from kb.checks.evaluation import evaluate as value_of
from kb.checks.evaluation import folded
from kb.checks.expressions import ExpressionError, Node, names, parse
from kb.checks.sampling import Drawn, Samples, quantile, uniforms
from kb.checks.sizes import REPLICATES
from kb.checks.trouble import CouldNotRunError
from kb.checks.units import Unit, UnitError, unit
from kb.model import Base, Check, Fitted, Formula


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one output in ``unit``: a point (shape ()), or one value a sample (shape (n,))."""

    values: Samples
    unit: str


@dataclass(frozen=True, slots=True)
class Model:
    """The computation behind a case, to be done again with one input at another value.

    ``values`` are the inputs and the results of ``steps``, which run in order, all in base units; the
    ``factors`` lead from the unit written to the base unit.
    """

    steps: Mapping[str, Node]
    values: Mapping[str, Samples]
    factors: Mapping[str, float]

    def again(
        self, output: str, moved: Collection[str], each: int = 0
    ) -> Callable[[Sequence[float]], Samples]:
        """An output as a function of the value that the inputs ``moved`` share, all others as they were.

        It takes p values and gives an array of (p, n), n being 1 where nothing else varies; values and output
        are in the units written. With ``each``, only the first so many samples of every replicate are
        used. Only what depends on ``moved`` is computed again.
        """
        steps = between(self.steps, output, moved)
        used = {name for tree in steps.values() for name in names(tree)} | {output}
        kept = {name: _first(self.values[name], each) for name in used - steps.keys() - set(moved)}
        fixed = {name: float(values) for name, values in kept.items() if not values.ndim}
        steps = {name: folded(tree, fixed) for name, tree in steps.items()}
        size = max((values.size for values in kept.values()), default=1)
        factor = self.factors[next(iter(moved))]
        divisor = self.factors.get(output, 1.0)

        def run(places: Sequence[float]) -> Samples:
            count = len(places)
            values = {name: np.tile(v, count) if v.ndim and count > 1 else v for name, v in kept.items()}
            values |= dict.fromkeys(moved, np.repeat(np.asarray(places, dtype=np.float64) * factor, size))
            for name, tree in steps.items():
                values[name] = np.asarray(value_of(tree, values), dtype=np.float64)
            return (np.broadcast_to(values[output], count * size) / divisor).reshape(count, size)

        return run


def between(steps: Mapping[str, Node], output: str, moved: Collection[str] | None = None) -> dict[str, Node]:
    """The steps that an output depends on, in order; with ``moved``, those that depend on one of these."""
    needed = {output}
    for name in reversed(list(steps)):
        if name in needed:
            needed.update(names(steps[name]))
    changing = set(steps if moved is None else moved)
    for name, tree in steps.items():
        if not changing.isdisjoint(names(tree)):
            changing.add(name)
    return {name: tree for name, tree in steps.items() if name in changing & needed}


def _first(values: Samples, each: int) -> Samples:
    """The first ``each`` samples of every replicate; all of them for 0."""
    if values.ndim == 0 or not 0 < each * REPLICATES < values.size:
        return values
    return np.ascontiguousarray(values.reshape(REPLICATES, -1)[:, :each]).ravel()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What running a case gave.

    ``uniforms`` are the points in (0, 1) that drove each varying quantity, by the first input that uses it.
    ``drawn`` says how values that are no points came about.
    ``model`` is there for what is computed from inputs by an expression; ``caveats`` are sentences for the
    reader.
    """

    outputs: Mapping[str, Series]
    main: str = RESULT
    given: tuple[Given, ...] = ()
    uniforms: Mapping[str, Samples] = field(default_factory=dict)
    drawn: Drawn = "nets"
    device: str = ""
    fit: Fitted | None = None
    caveats: tuple[str, ...] = ()
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A case that has been read and whose units fit: all but its samples.

    ``steps`` are in the order in which they are computed, ``units`` are those of the inputs and of the steps.
    """

    check: Check
    given: tuple[Given, ...]
    steps: Mapping[str, Node]
    units: Mapping[str, Unit]


class _Values(dict[str, Samples]):
    """Inputs and results of steps in base units, drawn and computed when they are first asked for.

    No one waits for what neither the judged output nor a shown one needs.
    """

    def __init__(self, plan: Plan, points: Mapping[str, Samples]) -> None:
        self._plan = plan
        self._points = points
        self._inputs = {item.name: item for item in plan.given}

    def __missing__(self, name: str) -> Samples:
        if name in self._inputs:
            self[name] = self._drawn(self._inputs[name])
        elif name not in self._plan.steps:
            raise KeyError(name)
        else:
            for step, tree in between(self._plan.steps, name).items():
                if step not in self:
                    self[step] = np.asarray(value_of(tree, self), dtype=np.float64)
        return self[name]

    def _drawn(self, item: Given) -> Samples:
        factor = self._plan.units[item.name].factor
        if not item.quantity.spread:
            return np.asarray((item.quantity.value or 0.0) * factor, dtype=np.float64)
        values = quantile(item.quantity.spread, self._points[item.variable])
        if factor != 1:
            values *= factor
        return values


class _Outputs(Mapping[str, Series]):
    """The results of a plan's steps in their units, made when they are first asked for."""

    def __init__(self, plan: Plan, values: Mapping[str, Samples]) -> None:
        self._units = {name: plan.units[name] for name in plan.steps}
        self._values = values
        self._made: dict[str, Series] = {}

    def __getitem__(self, name: str) -> Series:
        if name not in self._made:
            unit = self._units[name]
            values = self._values[name]
            self._made[name] = Series(values / unit.factor if unit.factor != 1 else values, unit.text)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._units

    def __iter__(self) -> Iterator[str]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)


def evaluate(base: Base, case: Case, samples: int, extra: tuple[Given, ...] = ()) -> Evaluated:
    """Run a formula: the ``let`` values in order, then ``compute``, in float64 base units.

    Raises:
        CouldNotRunError: something in it is wrong; ``kb validate`` reports the same with its place.
        ValueError: ``samples`` is no power of two, or below 256.
    """
    return computed(plan(base, case, extra), samples)


def plan(base: Base, case: Case, extra: tuple[Given, ...] = ()) -> Plan:
    """Read a formula and see that it can be computed.

    Raises:
        CouldNotRunError: something in it is wrong.
    """
    given = givens(base, case, extra)
    try:
        return _read(case, given)
    except (ExpressionError, UnitError, DimensionError) as error:
        raise CouldNotRunError(f"error: {error.message}") from None
    except KeyError as error:
        raise CouldNotRunError(f"error: there is no input or value named {error.args[0]}") from None


def _read(case: Case, given: tuple[Given, ...]) -> Plan:
    body = case.check.body
    steps = dict(body.let) if isinstance(body, Formula) else {}
    units = {item.name: unit(item.quantity.unit) for item in given}
    for item in given:
        if item.quantity.spread is None and item.quantity.value is None:
            raise CouldNotRunError(f"error: the input {item.name} has neither value nor distribution")
    declared = unit(getattr(body, "unit", "1"))
    trees = {name: parse(text) for name, text in {**steps, RESULT: case.compute}.items()}
    dimensions = {name: found.dimension for name, found in units.items()}
    for name, tree in trees.items():
        if name in dimensions:
            raise CouldNotRunError(f"error: the name {name} is used twice")
        dimensions[name] = dimension(tree, dimensions)
        units[name] = Unit(as_unit(dimensions[name]), 1.0, dimensions[name])
    if dimensions[RESULT] != declared.dimension:
        raise CouldNotRunError(
            f"error: compute gives {show(dimensions[RESULT])}, but its unit is {declared.text}"
        )
    units[RESULT] = declared
    return Plan(case.check, given, trees, units)


def computed(plan: Plan, samples: int) -> Evaluated:
    """The outputs of a plan on so many samples; each is computed when it is first asked for.

    The seed follows from the check's id and the names of what varies in it, not from any value: a corrected
    source or a narrower spread leaves the points as they are, so what it moves is never noise.

    Raises:
        CouldNotRunError: no inputs can be correlated as the check's are.
        ValueError: ``samples`` is no power of two, or below 256.
    """
    first: dict[str, str] = {}
    for item in plan.given:
        if item.quantity.spread:
            first.setdefault(item.variable, item.name)
    independent = uniforms(first, samples, "\n".join([plan.check.id, *sorted(first)]))
    try:
        points = correlated(independent, pairs(plan.check, plan.given))
    except ValueError as error:
        raise CouldNotRunError(f"error: no inputs can be correlated so: {error}") from None
    values = _Values(plan, points)
    return Evaluated(
        _Outputs(plan, values),
        given=plan.given,
        uniforms={name: points[variable] for variable, name in first.items()},
        model=Model(plan.steps, values, {name: found.factor for name, found in plan.units.items()}),
    )


def pairs(check: Check, given: tuple[Given, ...]) -> list[Pair]:
    """The check's rank correlations between what varies; inputs that share a quantity are one variable."""
    variables = {item.name: item.variable for item in given if item.quantity.spread}
    return [
        (variables[c.first], variables[c.second], c.rank)
        for c in check.correlations
        if c.first in variables and c.second in variables
    ]
