"""The models that a fit may use: their parameters, the units of these, and what they need of the rows.

How they are computed is in ``kb.checks.models``; this part imports no numpy, since ``kb validate`` asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.checks.dimensions import as_unit, product
from kb.checks.units import Unit, unit

PLAIN = unit("1")

LOSSES = ("squares", "log-squares", "huber", "huber-log")
#: Losses that compare logarithms, so y must be above 0.
OF_LOGARITHMS = ("log-squares", "huber-log")
#: Losses that are the likelihood of normal errors: only these have information criteria and a covariance.
OF_SQUARES = ("squares", "log-squares")


@dataclass(frozen=True, slots=True)
class Form:
    """A model: how many columns of x it has, and its parameters with the unit of each.

    A parameter's unit is ``y``, ``x``, ``y/x``, ``1/x`` or ``1``. With ``positive``, every x (and of the
    models of loss also y) must be above 0.
    """

    name: str
    parameters: Mapping[str, str]
    columns: int = 1
    positive_x: bool = False
    positive_y: bool = False


#: x₀ below is the geometric mean of the rows that the fit sees.
FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        # y = scale · (x/x₀)^exponent (Kaplan et al. 2020 write (x_c/x)^α: the exponent is −α)
        Form("power-law", {"scale": "y", "exponent": "1"}, positive_x=True, positive_y=True),
        # y = floor + scale · (x/x₀)^exponent (Henighan et al. 2020)
        Form("power-law-with-floor", {"floor": "y", "scale": "y", "exponent": "1"}, positive_x=True),
        # y = level + per_tenfold · log10(x/x₀)
        Form("log-linear", {"level": "y", "per_tenfold": "y"}, positive_x=True),
        # y = intercept + slope · x
        Form("linear", {"intercept": "y", "slope": "y/x"}),
        # y = ceiling / (1 + exp(−rate · (x − midpoint))) (Verhulst 1838)
        Form("logistic", {"ceiling": "y", "rate": "1/x", "midpoint": "x"}, positive_y=True),
        # L(N, D) = E + A/N^α + B/D^β (Hoffmann et al. 2022)
        Form(
            "parametric-loss",
            {"E": "y", "A": "y", "B": "y", "alpha": "1", "beta": "1"},
            columns=2,
            positive_x=True,
            positive_y=True,
        ),
    )
}


def parameter_units(form: Form, x: Unit, y: Unit) -> dict[str, Unit]:
    """The unit of each parameter, for columns in the units ``x`` (the first) and ``y``.

    A and B of the parametric loss are in y's unit for N and D as the columns' plain numbers, as in the paper.
    """
    units = {
        "1": PLAIN,
        "x": x,
        "y": y,
        "y/x": _quotient(y, x),
        "1/x": _quotient(PLAIN, x),
    }
    return {name: units[kind] for name, kind in form.parameters.items()}


def _quotient(over: Unit, under: Unit) -> Unit:
    dimension = product(over.dimension, under.dimension, -1)
    if under.dimension == () and under.factor == 1.0:
        return over
    text = f"{over.text if _single(over.text) else f'({over.text})'}/({under.text})"
    return Unit(text if len(text) <= 100 else as_unit(dimension), over.factor / under.factor, dimension)


def _single(text: str) -> bool:
    return not any(mark in text for mark in "*/·-")
