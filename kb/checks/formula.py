"""Formula checks: an expression over cited inputs, evaluated at points or on samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kb.checks.cases import RESULT, Case, Given, givens
from kb.checks.dimension_pass import DimensionError, dimension
from kb.checks.dimensions import as_unit, show
from kb.checks.evaluation import evaluate as value_of
from kb.checks.expressions import ExpressionError, parse
from kb.checks.sampling import Samples, quantile, uniforms
from kb.checks.trouble import CouldNotRunError
from kb.checks.units import Unit, UnitError, unit
from kb.model import Base, Fitted, Formula


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one output in ``unit``: a point (shape ()), or one value a sample (shape (n,))."""

    values: Samples
    unit: str


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What running a case gave.

    ``uniforms`` are the points in (0, 1) that drove each varying quantity, by the first input that uses it.
    ``seeded`` says that the values are one a seed of a random experiment, not samples of the inputs' spread.
    """

    outputs: Mapping[str, Series]
    main: str = RESULT
    given: tuple[Given, ...] = ()
    uniforms: Mapping[str, Samples] = field(default_factory=dict)
    seeded: bool = False
    device: str = ""
    fit: Fitted | None = None


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
    values, points = _draw(given, units, samples, case.check.id)
    declared = unit(getattr(case.check.body, "unit", "1"))
    outputs = {}
    for name, text in steps.items():
        tree = parse(text)
        dimensions[name] = dimension(tree, dimensions)
        values[name] = np.asarray(value_of(tree, values), dtype=np.float64)
        outputs[name] = Series(values[name], as_unit(dimensions[name]))
    if dimensions[RESULT] != declared.dimension:
        raise CouldNotRunError(
            f"error: compute gives {show(dimensions[RESULT])}, but its unit is {declared.text}"
        )
    outputs[RESULT] = Series(values[RESULT] / declared.factor, declared.text)
    return Evaluated(outputs, given=given, uniforms=points)


def _draw(
    given: tuple[Given, ...], units: Mapping[str, Unit], samples: int, check: str
) -> tuple[dict[str, Samples], dict[str, Samples]]:
    """The inputs' values in base units, and the uniform points of those that vary, both by name.

    The seed follows from the check's id and the names of what varies in it, not from any value: a corrected
    source or a narrower spread leaves the points as they are, so what it moves is never noise.
    """
    varying = {item.variable for item in given if item.quantity.spread}
    drawn = uniforms(varying, samples, "\n".join([check, *sorted(varying)]))
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
