"""Formula checks: an expression over cited inputs, evaluated at points or on samples."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb.checks.cases import RESULT, Case, Given, givens
from kb.checks.correlation import Pair, correlated
from kb.checks.dimension_pass import DimensionError, dimension
from kb.checks.dimensions import as_unit, show
from kb.checks.evaluation import evaluate as value_of
from kb.checks.expressions import ExpressionError, Node, names, parse
from kb.checks.sampling import REPLICATES, Samples, quantile, uniforms
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
    ``factors`` of inputs and of ``RESULT`` lead from the unit written to the base unit.
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
        steps = self._between(output, moved)
        used = {name for tree in steps.values() for name in names(tree)} | {output}
        kept = {name: _first(self.values[name], each) for name in used - steps.keys() - set(moved)}
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

    def _between(self, output: str, moved: Collection[str]) -> dict[str, Node]:
        """The steps that depend on ``moved`` and that ``output`` depends on, in order."""
        changing = set(moved)
        for name, tree in self.steps.items():
            if not changing.isdisjoint(names(tree)):
                changing.add(name)
        needed = {output}
        for name in reversed(list(self.steps)):
            if name in needed:
                needed.update(names(self.steps[name]))
        return {name: tree for name, tree in self.steps.items() if name in changing & needed}


def _first(values: Samples, each: int) -> Samples:
    """The first ``each`` samples of every replicate; all of them for 0."""
    if values.ndim == 0 or not 0 < each * REPLICATES < values.size:
        return values
    return np.ascontiguousarray(values.reshape(REPLICATES, -1)[:, :each]).ravel()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What running a case gave.

    ``uniforms`` are the points in (0, 1) that drove each varying quantity, by the first input that uses it.
    ``seeded`` says that the values are one a seed of a random experiment, not samples of the inputs' spread.
    ``model`` is there for what is computed from inputs by an expression; ``caveats`` are sentences for the
    reader.
    """

    outputs: Mapping[str, Series]
    main: str = RESULT
    given: tuple[Given, ...] = ()
    uniforms: Mapping[str, Samples] = field(default_factory=dict)
    seeded: bool = False
    device: str = ""
    fit: Fitted | None = None
    caveats: tuple[str, ...] = ()
    model: Model | None = None


def evaluate(base: Base, case: Case, samples: int, extra: tuple[Given, ...] = ()) -> Evaluated:
    """Run a formula: the ``let`` values in order, then ``compute``, in float64 base units.

    Raises:
        CouldNotRunError: something in it is wrong; ``kb validate`` reports the same with its place.
    """
    body = case.check.body
    given = givens(base, case, extra)
    steps = dict(body.let) if isinstance(body, Formula) else {}
    try:
        return _compute(case, given, {**steps, RESULT: case.compute}, samples)
    except (ExpressionError, UnitError, DimensionError) as error:
        raise CouldNotRunError(f"error: {error.message}") from None
    except KeyError as error:
        raise CouldNotRunError(f"error: there is no input or value named {error.args[0]}") from None


def _compute(case: Case, given: tuple[Given, ...], steps: Mapping[str, str], samples: int) -> Evaluated:
    units = {item.name: unit(item.quantity.unit) for item in given}
    dimensions = {name: found.dimension for name, found in units.items()}
    values, points = _draw(given, units, samples, case.check)
    declared = unit(getattr(case.check.body, "unit", "1"))
    trees = {name: parse(text) for name, text in steps.items()}
    outputs = {}
    for name, tree in trees.items():
        dimensions[name] = dimension(tree, dimensions)
        values[name] = np.asarray(value_of(tree, values), dtype=np.float64)
        outputs[name] = Series(values[name], as_unit(dimensions[name]))
    if dimensions[RESULT] != declared.dimension:
        raise CouldNotRunError(
            f"error: compute gives {show(dimensions[RESULT])}, but its unit is {declared.text}"
        )
    outputs[RESULT] = Series(values[RESULT] / declared.factor, declared.text)
    factors = {name: found.factor for name, found in units.items()} | {RESULT: declared.factor}
    return Evaluated(outputs, given=given, uniforms=points, model=Model(trees, values, factors))


def _draw(
    given: tuple[Given, ...], units: Mapping[str, Unit], samples: int, check: Check
) -> tuple[dict[str, Samples], dict[str, Samples]]:
    """The inputs' values in base units, and the uniform points of those that vary, both by name.

    The seed follows from the check's id and the names of what varies in it, not from any value: a corrected
    source or a narrower spread leaves the points as they are, so what it moves is never noise.
    """
    varying = {item.variable for item in given if item.quantity.spread}
    independent = uniforms(varying, samples, "\n".join([check.id, *sorted(varying)]))
    try:
        drawn = correlated(independent, pairs(check, given))
    except ValueError as error:
        raise CouldNotRunError(f"error: no inputs can be correlated so: {error}") from None
    values: dict[str, Samples] = {}
    first: dict[str, str] = {}
    for item in given:
        factor = units[item.name].factor
        if item.quantity.spread:
            first.setdefault(item.variable, item.name)
            values[item.name] = quantile(item.quantity.spread, drawn[item.variable]) * factor
        elif item.quantity.value is not None:
            values[item.name] = np.asarray(item.quantity.value * factor, dtype=np.float64)
        else:
            raise CouldNotRunError(f"error: the input {item.name} has neither value nor distribution")
    return values, {name: drawn[variable] for variable, name in first.items()}


def pairs(check: Check, given: tuple[Given, ...]) -> list[Pair]:
    """The check's rank correlations between what varies; inputs that share a quantity are one variable."""
    variables = {item.name: item.variable for item in given if item.quantity.spread}
    return [
        (variables[c.first], variables[c.second], c.rank)
        for c in check.correlations
        if c.first in variables and c.second in variables
    ]
