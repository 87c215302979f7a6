"""Checks of a base as models that other tools can run: in base units, translated from the expression tree.

Every quantity is in base units, so that a model is bare numbers. Names get the prefix ``x_``, so that
none collides with a word of another language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kb.checks.cases import RESULT, Case, cases, givens
from kb.checks.expectation import Condition, condition
from kb.checks.expressions import Binary, Call, Name, Negative, Node, Number, names, parse
from kb.checks.units import unit
from kb.model import Base, Formula, Quantity, Spread
from kb.source import load

#: Five models whose P is neither 0 nor 1: the check, and the reading that is run.
CHECKS: Mapping[str, Mapping[str, str]] = {
    "years-to-gpt8": {"accounting": "hardware"},
    "data-orders-missing": {"stock": "s2022"},
    "training-set-in-2028": {},
    "scaling-curves-to-papers": {"law": "hoffmann"},
    "deepseek-mmlu": {},
}

#: A score of k right answers of n says that the true share is Beta(k + 1/2, n - k + 1/2) (Jeffreys; Brown,
#: Cai & DasGupta 2001). The base writes a normal with the same mean and standard deviation.
QUESTIONS = 14_042
BETA = {("deepseek-mmlu", "deepseek"): 87.1, ("deepseek-mmlu", "gpt4"): 86.4}

Render = Callable[[Node], str]


@dataclass(frozen=True)
class Model:
    """A case of a check. Inputs and ``low``, ``high`` (None: no limit) are in base units."""

    id: str
    base: Base
    case: Case
    condition: Condition
    inputs: Mapping[str, Spread | float]
    steps: Mapping[str, Node]
    low: float | None
    high: float | None


def models(folder: Path) -> list[Model]:
    """The five models of the base in ``folder``."""
    base = load(folder).base
    return [model(base, check, choice) for check, choice in CHECKS.items()]


def model(base: Base, check_id: str, choice: Mapping[str, str]) -> Model:
    """One reading of a check as a model, with the beta distributions of ``BETA`` put in."""
    check = base.checks[check_id]
    inputs = [
        replace(item, inline=_counted(item.inline, BETA[check_id, item.name]))
        if (check_id, item.name) in BETA and item.inline
        else item
        for item in check.inputs
    ]
    check = replace(check, inputs=tuple(inputs))
    case = cases(check, choice)[0]
    assert case.expect is not None
    declared = unit(getattr(check.body, "unit", "1"))
    wanted = condition(case.expect, declared)
    steps = dict(check.body.let) if isinstance(check.body, Formula) else {}
    trees = {name: parse(text) for name, text in {**steps, RESULT: case.compute}.items()}
    needed = _needed(trees)
    return Model(
        check_id,
        base,
        case,
        wanted,
        {given.name: _in_base_units(given.quantity) for given in givens(base, case) if given.name in needed},
        {name: tree for name, tree in trees.items() if name in needed},
        None if wanted.low is None else wanted.low * declared.factor,
        None if wanted.high is None else wanted.high * declared.factor,
    )


def _needed(trees: Mapping[str, Node]) -> set[str]:
    """The names that the result depends on: what a reading does not use is nobody's work."""
    needed = {RESULT}
    for name in reversed(trees):
        if name in needed:
            needed |= set(names(trees[name]))
    return needed


def _counted(quantity: Quantity, percent: float) -> Quantity:
    right = percent / 100 * QUESTIONS
    return replace(quantity, spread=Spread("beta", (right + 0.5, QUESTIONS - right + 0.5, 0.0, 100.0)))


def _in_base_units(quantity: Quantity) -> Spread | float:
    factor = unit(quantity.unit).factor
    if quantity.spread is None:
        assert quantity.value is not None
        return quantity.value * factor
    a = quantity.spread.parameters
    if quantity.spread.kind == "beta":
        return Spread("beta", (*a[:2], a[2] * factor, a[3] * factor))
    return Spread(quantity.spread.kind, tuple(x * factor for x in a))


# --- expressions -------------------------------------------------------------------------------------------


class Untranslatable(ValueError):
    """A model that another tool's language cannot express."""


def _plain(node: Node, power: str, call: Callable[[Call, Render], str]) -> str:
    """Infix text with every operation in brackets, so that no rule of precedence matters."""

    def render(part: Node) -> str:
        match part:
            case Number(value):
                return repr(value)
            case Name(name):
                return f"x_{name}"
            case Negative(operand):
                return f"(-{render(operand)})"
            case Binary(sign, left, right):
                return f"({render(left)} {power if sign == '**' else sign} {render(right)})"
            case Call():
                return call(part, render)
        raise Untranslatable(f"{type(part).__name__} has no counterpart")

    return render(node)


NUMPY = {"min": "minimum", "max": "maximum"}


def numpy_text(node: Node) -> str:
    """The expression as one would write it with numpy."""

    def call(part: Call, render: Render) -> str:
        first, *rest = (render(argument) for argument in part.arguments)
        name = f"np.{NUMPY.get(part.function, part.function)}"
        if part.function in NUMPY:
            for other in rest:
                first = f"{name}({first}, {other})"
            return first
        return f"{name}({', '.join([first, *rest])})"

    return _plain(node, "**", call)


def squigglepy_text(node: Node, varying: set[str]) -> str:
    """The expression in squigglepy's own operations: functions of what varies go through ``dist_fn``."""

    def call(part: Call, render: Render) -> str:
        if not varying & set(names(part)):
            return numpy_text(part)
        if len(part.arguments) > 1:
            raise Untranslatable(f"{part.function} of distributions is not among squigglepy's operations")
        return f"sq.dist_fn({render(part.arguments[0])}, fn=np.{part.function})"

    return _plain(node, "**", call)


def squiggle_text(node: Node) -> str:
    """The expression in Squiggle, whose roots are powers and whose logarithms take any base."""

    def call(part: Call, render: Render) -> str:
        given = [render(argument) for argument in part.arguments]
        match part.function:
            case "log2" | "log10":
                return f"log({given[0]}, {part.function[3:]})"
            case "log" | "exp":
                return f"{part.function}({given[0]})"
            case "sqrt":
                return f"({given[0]} ^ 0.5)"
        raise Untranslatable(f"{part.function} of distributions is not among Squiggle's functions")

    return _plain(node, "^", call)


# --- whole models ------------------------------------------------------------------------------------------


def numpy_source(model: Model) -> str:
    """Python lines that compute ``x_result`` from arrays ``x_…`` of the inputs that vary."""
    fixed = [f"x_{name} = {value!r}" for name, value in model.inputs.items() if not isinstance(value, Spread)]
    return "\n".join([*fixed, *(f"x_{name} = {numpy_text(tree)}" for name, tree in model.steps.items())])


def squigglepy_sampled(model: Model) -> str:
    """squigglepy samples each input once (``n`` samples) and numpy computes."""
    drawn = [
        f"x_{name} = {_squigglepy_drawn(value)}"
        for name, value in model.inputs.items()
        if isinstance(value, Spread)
    ]
    return "\n".join([*drawn, numpy_source(model)])


def squigglepy_native(model: Model) -> str:
    """squigglepy's own operations, sampled at the end: an input that is used twice is drawn twice."""
    varying = {name for name, value in model.inputs.items() if isinstance(value, Spread)}
    lines = [
        f"x_{name} = {_squigglepy_input(value) if isinstance(value, Spread) else repr(value)}"
        for name, value in model.inputs.items()
    ]
    for name, tree in model.steps.items():
        lines.append(f"x_{name} = {squigglepy_text(tree, varying)}")
        if varying & set(names(tree)):
            varying.add(name)
    return "\n".join([*lines, "x_result = sq.sample(x_result, n)"])


def squiggle_source(model: Model) -> str:
    """The model in Squiggle; its value is the result's distribution."""
    lines = [
        f"x_{name} = {_squiggle_input(value) if isinstance(value, Spread) else repr(value)}"
        for name, value in model.inputs.items()
    ]
    lines += [f"x_{name} = {squiggle_text(tree)}" for name, tree in model.steps.items()]
    return "\n".join([*lines, "x_result"])


def _squigglepy_drawn(spread: Spread) -> str:
    """Samples of an input; numpy scales a beta, since squigglepy's own arithmetic takes much longer."""
    if spread.kind == "beta":
        a, b, low, high = spread.parameters
        return f"{low!r} + {high - low!r} * sq.sample(sq.beta({a!r}, {b!r}), n)"
    return f"sq.sample({_squigglepy_input(spread)}, n)"


def _squigglepy_input(spread: Spread) -> str:
    a = spread.parameters
    match spread.kind:
        case "percentiles":
            kind = "lognorm" if min(a) > 0 else "norm"
            return f"sq.{kind}({a[0]!r}, {a[1]!r}, credibility=90)"
        case "uniform":
            return f"sq.uniform({a[0]!r}, {a[1]!r})"
        case "normal":
            return f"sq.norm(mean={a[0]!r}, sd={a[1]!r})"
        case "triangular":
            return f"sq.triangular({a[0]!r}, {a[1]!r}, {a[2]!r})"
        case "beta":
            return f"{a[2]!r} + {a[3] - a[2]!r} * sq.beta({a[0]!r}, {a[1]!r})"
    raise Untranslatable(f"a {spread.kind} distribution is not translated")


def _squiggle_input(spread: Spread) -> str:
    a = spread.parameters
    match spread.kind:
        case "percentiles":
            kind = "lognormal" if min(a) > 0 else "normal"
            return f"{kind}({{p5: {a[0]!r}, p95: {a[1]!r}}})"
        case "uniform" | "normal":
            return f"{spread.kind}({a[0]!r}, {a[1]!r})"
        case "triangular":
            return f"triangular({a[0]!r}, {a[1]!r}, {a[2]!r})"
        case "beta":
            return f"{a[2]!r} + {a[3] - a[2]!r} * beta({a[0]!r}, {a[1]!r})"
    raise Untranslatable(f"a {spread.kind} distribution is not translated")
