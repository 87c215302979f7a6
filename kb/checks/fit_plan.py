"""What a fit check is about to do, and everything that can be known to be wrong with it before it does.

``kb validate`` turns the faults into findings, and a run stops at the first, so both say the same. No numpy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kb.checks.dimension_pass import DimensionError
from kb.checks.expressions import ExpressionError
from kb.checks.forms import FORMS, LOSSES, OF_LOGARITHMS, OF_SQUARES, PLAIN, Form, parameter_units
from kb.checks.rows import FilterError, Rows, UnknownColumnError, picked
from kb.checks.trouble import MisreadError
from kb.checks.units import Unit, UnitError, convert, unit
from kb.diagnostics.spelling import did_you_mean
from kb.model import Amount, Fit, Quantity, Table
from kb.wording import listed

#: What a change may set, beside the columns of ``at``.
SETTABLE = ("model", "train", "predict", "loss")
#: A fit with more failed resamples than this share, for want of places or in the search, says nothing.
MOST_FAILED = 0.1

Role = Literal["train", "held out", "left out"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a fit: the rule, the field below ``fit:``, and the column in its text."""

    rule: str
    field: tuple[str, ...]
    message: str
    hint: str = ""
    expected: str = ""
    column: int = 1


def changed(fit: Fit, changes: Mapping[str, Amount], quantities: Mapping[str, Quantity]) -> Fit:
    """The fit with other settings; names that it does not have are the caller's to refuse.

    A point to predict may be given by a quantity's id, if that has a value.
    """
    point = {name: _cited(value, quantities) for name, value in changes.items() if name in fit.at}
    return replace(
        fit,
        model=str(changes.get("model", fit.model)),
        train=str(changes.get("train", fit.train)),
        predict=str(changes.get("predict", fit.predict)),
        loss=str(changes.get("loss", fit.loss)),
        at={**fit.at, **point},
    )


def _cited(value: Amount, quantities: Mapping[str, Quantity]) -> Amount:
    found = quantities.get(value) if isinstance(value, str) else None
    return value if found is None or found.value is None else f"{found.value!r} {found.unit}"


def units(table: Table) -> dict[str, Unit]:
    """The unit of each column. Raises UnitError."""
    return {column.name: unit(column.unit) for column in table.columns}


def outputs(fit: Fit, columns: Mapping[str, Unit]) -> dict[str, Unit]:
    """The outputs of a fit with their units, in order."""
    y = columns[fit.y]
    found = {"predicted": y} if fit.at else {}
    found |= parameter_units(FORMS[fit.model], columns[fit.x[0]], y)
    found |= {"train_error": PLAIN}
    found |= {"held_out_error": PLAIN} if fit.predict else {}
    found |= {"worst_error": PLAIN, "r2": PLAIN}
    if fit.compare:
        found |= {"rival_error": PLAIN, "error_ratio": PLAIN} if fit.predict else {}
        found |= {"aicc_gain": PLAIN, "bic_gain": PLAIN} if fit.loss in OF_SQUARES else {}
    return found


def main(fit: Fit) -> str:
    """The output that is meant where none is named; empty where one must be."""
    return "predicted" if fit.at else "held_out_error" if fit.predict else ""


# --- what does not fit together -------------------------------------------------


def misfits(fit: Fit, columns: Mapping[str, Unit]) -> Iterator[Fault]:
    """What is wrong with the fit's settings, whatever the rows are."""
    for field, model in (("model", fit.model), ("compare", fit.compare)):
        if model and model not in FORMS:
            yield Fault("KB322", (field,), f"there is no model {model}", _close(model, FORMS))
        elif model and len(fit.x) != FORMS[model].columns:
            wanted = _counted(FORMS[model].columns, "column")
            yield Fault(
                "KB322",
                ("x",),
                f"{model} predicts from {wanted}, not {len(fit.x)}",
                expected=_xs(FORMS[model]),
            )
    if fit.compare == fit.model:
        yield Fault("KB322", ("compare",), f"{fit.model} is compared with itself", "name another model")
    if fit.loss not in LOSSES:
        yield Fault(
            "KB322", ("loss",), f"there is no loss {fit.loss}", _close(fit.loss, dict.fromkeys(LOSSES))
        )
    if fit.interval == "covariance" and fit.loss not in OF_SQUARES:
        hint = "use the bootstrap, or a loss of squares"
        yield Fault("KB322", ("interval",), f"the covariance of a fit by {fit.loss} is not known", hint)
    yield from _columns(fit, columns)
    yield from _point(fit, columns)


def _columns(fit: Fit, columns: Mapping[str, Unit]) -> Iterator[Fault]:
    for field, names in (("x", fit.x), ("y", (fit.y,))):
        for name in names:
            if name not in columns:
                yield Fault("KB322", (field,), f"the table has no column {name}", _close(name, columns))
    used = [*fit.x, fit.y]
    for name in dict.fromkeys(used):
        if used.count(name) > 1:
            yield Fault("KB322", ("x",), f"the column {name} is used twice", "predict y from other columns")


def _point(fit: Fit, columns: Mapping[str, Unit]) -> Iterator[Fault]:
    for name, value in fit.at.items():
        if name not in fit.x:
            yield Fault(
                "KB322", ("at", name), f"the fit does not predict from {name}", f"there is {', '.join(fit.x)}"
            )
        elif name in columns:
            yield from _amount(fit, name, value, columns[name])
    missing = [name for name in fit.x if name not in fit.at]
    if fit.at and missing:
        yield Fault(
            "KB322", ("at",), f"the point to predict lacks {listed(missing)}", "give every column of x"
        )


def _amount(fit: Fit, name: str, value: Amount, place: Unit) -> Iterator[Fault]:
    try:
        number = convert(value, place)
    except UnitError as error:
        yield Fault("KB305", ("at", name), error.message, error.hint, column=error.column)
        return
    if number <= 0 and any(FORMS[m].positive_x for m in (fit.model, fit.compare) if m in FORMS):
        yield Fault("KB323", ("at", name), f"{name} must be above 0 for {fit.model}")


# --- what the rows do not allow -------------------------------------------------


def roles(fit: Fit, columns: Mapping[str, Unit], rows: Rows) -> tuple[Role, ...]:
    """What each row is to the fit. Without ``train``, every row that is not predicted is trained on.

    Raises:
        MisreadError: a filter cannot tell.
    """
    count = len(rows[fit.y])
    held = picked(columns, rows, fit.predict) if fit.predict else (False,) * count
    trained = picked(columns, rows, fit.train) if fit.train else tuple(not h for h in held)
    return tuple(
        "train" if t else "held out" if h else "left out" for t, h in zip(trained, held, strict=True)
    )


def shortfalls(fit: Fit, columns: Mapping[str, Unit], rows: Rows) -> Iterator[Fault]:
    """What is wrong with the choice of rows, for a fit without ``misfits``."""
    unread = False
    for field, text in (("train", fit.train), ("predict", fit.predict)):
        try:
            found = picked(columns, rows, text) if text else None
        except MisreadError as error:
            unread = True
            yield Fault(_rule(error), (field,), error.message, error.hint, column=error.column)
        else:
            if found is not None and not any(found):
                unread = True
                yield Fault("KB323", (field,), f"no row of the table is meant by {text}")
    if unread:
        return
    yield from _both(fit, columns, rows)
    yield from _domain(fit, columns, rows)
    yield from _enough(fit, columns, rows)


def _rule(error: MisreadError) -> str:
    match error:
        case ExpressionError():
            return "KB301"
        case UnknownColumnError():
            return "KB302"
        case DimensionError():
            return "KB304"
        case FilterError():
            return "KB324"
    raise error


def _both(fit: Fit, columns: Mapping[str, Unit], rows: Rows) -> Iterator[Fault]:
    if not (fit.train and fit.predict):
        return
    pairs = zip(picked(columns, rows, fit.train), picked(columns, rows, fit.predict), strict=True)
    both = [number for number, (t, h) in enumerate(pairs, 1) if t and h]
    if both:
        yield Fault(
            "KB324",
            ("predict",),
            f"row {both[0]} is both trained on and predicted",
            "a row that the fit has seen says nothing about how well it predicts",
        )


def _domain(fit: Fit, columns: Mapping[str, Unit], rows: Rows) -> Iterator[Fault]:
    """Numbers of which a model would take the logarithm must be above 0."""
    forms = [FORMS[model] for model in (fit.model, fit.compare) if model]
    found = roles(fit, columns, rows)
    for name in fit.x if any(form.positive_x for form in forms) else ():
        for number, (value, role) in enumerate(zip(rows[name], found, strict=True), 1):
            if value <= 0 and role != "left out":
                yield Fault("KB323", ("x",), f"{name} is {value:g} in row {number}; it must be above 0")
                return
    if fit.loss in OF_LOGARITHMS or any(form.positive_y for form in forms):
        for number, (value, role) in enumerate(zip(rows[fit.y], found, strict=True), 1):
            if value <= 0 and role == "train":
                yield Fault("KB323", ("y",), f"{fit.y} is {value:g} in row {number}; it must be above 0")
                return


def _enough(fit: Fit, columns: Mapping[str, Unit], rows: Rows) -> Iterator[Fault]:
    """As many places of x as the larger of the models has parameters, and what the interval needs beside."""
    trained = [i for i, role in enumerate(roles(fit, columns, rows)) if role == "train"]
    count = len(trained)
    field = ("train",) if fit.train else ("table",)
    places = Counter(tuple(rows[name][i] for name in fit.x) for i in trained)
    for model in filter(None, (fit.model, fit.compare)):
        wanted = len(FORMS[model].parameters)
        told = (
            f" at only {_counted(len(places), 'place')} of {', '.join(fit.x)}" if len(places) < count else ""
        )
        had = f"{model} has {wanted} parameters, and the fit sees {_counted(count, 'row')}{told}"
        if len(places) < wanted:
            yield Fault("KB323", field, had, "fit more rows, or a model with fewer parameters")
            return
        if fit.interval == "covariance" and count == wanted:
            hint = "fit more rows, a smaller model, or write interval: none"
            yield Fault("KB323", field, f"{had}: that leaves no error to measure", hint)
            return
        share = too_few(places.values(), wanted) if fit.interval == "bootstrap" else 0.0
        if share > MOST_FAILED:
            other = "covariance" if fit.loss in OF_SQUARES and count > wanted else "none"
            yield Fault(
                "KB323",
                field,
                f"{had}: {share:.0%} of the bootstrap's resamples would hold too few different places",
                f"fit more rows, a smaller model, or write interval: {other}",
            )
            return


def too_few(rows: Collection[int], distinct: int) -> float:
    """The share of bootstrap resamples that hold fewer than ``distinct`` places of x, each with so many rows.

    By inclusion and exclusion: the n rows of a resample come from none but k given places in sⁿ ways, s being
    their rows, and meet all k in the sum of (−1)^(places left out) · sⁿ over the choices among them.
    ``found[k][s]`` adds those signs up over every k places.
    """
    found: list[Counter[int]] = [Counter({0: 1}), *(Counter() for _ in range(1, distinct))]
    for count in rows:
        for k in range(distinct - 1, 0, -1):
            for s, sign in tuple(found[k - 1].items()):
                found[k][s + count] += sign
                found[k][s] -= sign
    n = sum(rows)
    return float(sum(sign * s**n for signs in found for s, sign in signs.items()) / n**n)


def _close(name: str, known: Mapping[str, object]) -> str:
    return did_you_mean(name, known) or f"there is {', '.join(known)}"


def _xs(form: Form) -> str:
    return "x: [N, D]" if form.columns == 2 else "one column"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"
