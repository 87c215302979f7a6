"""Fit checks: a model fitted to some rows of a table, tried on others, and carried on to a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from kb.checks import fit_plan, models, search
from kb.checks.cases import Case, Given
from kb.checks.fit_display import displayed
from kb.checks.fit_plan import Role
from kb.checks.forms import FORMS, OF_SQUARES
from kb.checks.formula import Evaluated, Series
from kb.checks.intervals import Fitting, Sampled, criteria, sampled
from kb.checks.models import Array
from kb.checks.rows import Rows
from kb.checks.trouble import UNDEFINED, CouldNotRunError
from kb.checks.units import Unit, UnitError, convert
from kb.model import Base, Fit, Quantity, Table
from kb.source.tables import TableError
from kb.source.tables import rows as read
from kb.wording import number

#: Another end of the search counts as a rival explanation while its loss is less than so many times the best.
RIVAL_END = 2.0
#: Models with a parameter that says nothing where the curve is flat: whatever it is, they fit as well.
SHAPED = ("power-law-with-floor", "logistic", "parametric-loss")
#: From so many rows above the parameters on, the rows themselves say how far off they are.
SPARE_ROWS = 3


def evaluate(base: Base, body: Fit, case: Case) -> Evaluated:
    """Fit a case's model, with everything that a page shows of it.

    With an interval the outputs are samples, else points; ``aicc_gain`` and ``bic_gain`` are always points,
    of the fit to all rows.

    Raises:
        CouldNotRunError: the fit, its rows or the search allow no answer.
    """
    table = base.tables.get(body.table)
    if table is None:
        raise CouldNotRunError(f"error: there is no table {body.table}")
    unknown = [name for name in case.set if name not in fit_plan.SETTABLE and name not in body.at]
    if unknown:
        raise CouldNotRunError(f"error: the fit has no {unknown[0]} to change")
    fit = fit_plan.changed(body, case.set, base.quantities)
    columns, rows = _checked(base, fit, table)
    roles = fit_plan.roles(fit, columns, rows)
    with np.errstate(all="ignore"):
        return _evaluated(fit, case.check.id, table, columns, _Rows.of(fit, rows, roles))


def _checked(base: Base, fit: Fit, table: Table) -> tuple[Mapping[str, Unit], Rows]:
    """The columns' units and the rows, once nothing is wrong with the fit that a look at them can tell."""
    try:
        columns = fit_plan.units(table)
        for fault in fit_plan.misfits(fit, columns):
            raise CouldNotRunError(f"error: {fault.message}")
        rows = read(base.home, table)
    except UnitError as error:
        raise CouldNotRunError(f"error: {error.message}") from None
    except TableError as error:
        raise CouldNotRunError(f"error: {table.csv}:{error.line}:{error.column}: {error.message}") from None
    for fault in fit_plan.shortfalls(fit, columns, rows):
        raise CouldNotRunError(f"error: {fault.message}")
    return columns, rows


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows as arrays: x (n, columns), y (n,), and which of them the fit sees or is tried on."""

    x: Array
    y: Array
    roles: tuple[Role, ...]
    train: np.ndarray[tuple[int], np.dtype[np.bool_]]
    held: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @classmethod
    def of(cls, fit: Fit, rows: Rows, roles: tuple[Role, ...]) -> _Rows:
        x = np.column_stack([np.array(rows[name]) for name in fit.x])
        named = np.array(roles)
        return cls(x, np.array(rows[fit.y]), roles, named == "train", named == "held out")


def _evaluated(fit: Fit, check: str, table: Table, columns: Mapping[str, Unit], rows: _Rows) -> Evaluated:
    fittings = [_search(fit, model, rows) for model in (fit.model, fit.compare) if model]
    samples, failed = sampled(fit.interval, fittings, check)
    names = [model for model in (fit.model, fit.compare) if model]
    best, *rest = (Sampled(n, f, s) for n, f, s in zip(names, fittings, samples, strict=True))
    rival = rest[0] if rest else None
    point = np.array([[convert(fit.at[name], columns[name]) for name in fit.x]]) if fit.at else None
    values = _values(fit, best, rival, rows, point)
    units = fit_plan.outputs(fit, columns)
    return Evaluated(
        {name: Series(np.asarray(values[name], dtype=np.float64), of.text) for name, of in units.items()},
        fit_plan.main(fit) or "train_error",
        given=_givens(fit, table, columns),
        drawn="draws" if fit.interval == "covariance" else "resamples",
        fit=displayed(fit, columns, best, rival, rows.x, rows.y, rows.roles, point),
        caveats=tuple(_caveats(fit, fittings, rows, point, failed, len(best.samples))),
    )


def _search(fit: Fit, model: str, rows: _Rows) -> Fitting:
    x, y = rows.x[rows.train], rows.y[rows.train]
    if not y.any():
        raise CouldNotRunError(f"{UNDEFINED} {fit.y} is 0 in every row that the fit sees")
    if model in SHAPED and (y == y[0]).all():
        raise CouldNotRunError(
            f"{UNDEFINED} {fit.y} is the same in every row that the fit sees, which settles no {model}"
        )
    curve = models.curve(model, x, y)
    loss = search.loss(fit.loss, y)
    solution = search.search(curve, loss, x, y)
    if solution is None:
        raise CouldNotRunError(
            f"{UNDEFINED} no search for the best {model} converged: the rows do not settle it"
        )
    return Fitting(curve, loss, x, y, solution)


def _values(
    fit: Fit, best: Sampled, rival: Sampled | None, rows: _Rows, point: Array | None
) -> dict[str, Array]:
    """Every output, by name: shape (m,), or () for points."""
    x, y = rows.x[rows.train], rows.y[rows.train]
    reported = best.fitting.curve.reported(best.samples)
    found = {name: reported[..., i] for i, name in enumerate(FORMS[fit.model].parameters)}
    if point is not None:
        found["predicted"] = best.predict(point)[1][..., 0]
    found["train_error"] = best.errors(x, y)
    tried = rows.held if fit.predict else rows.train
    there = tried & (rows.y != 0)
    # Where y is 0 in every row that is tried there is no relative error, and so no worst one.
    off = np.abs(best.predict(rows.x[there])[1] / rows.y[there] - 1)
    found["worst_error"] = off.max(axis=-1) if there.any() else np.full(off.shape[:-1], np.nan)
    of = models.handy(y)
    around = (((y - of * (y / of).mean()) / of) ** 2).sum()
    found["r2"] = 1 - (((best.predict(x)[1] - y) / of) ** 2).sum(axis=-1) / (around or np.nan)
    if fit.predict:
        found["held_out_error"] = best.errors(rows.x[rows.held], rows.y[rows.held])
    if rival and fit.predict:
        found["rival_error"] = rival.errors(rows.x[rows.held], rows.y[rows.held])
        found["error_ratio"] = found["rival_error"] / found["held_out_error"]
    if rival and fit.loss in OF_SQUARES:
        mine, other = criteria(best.fitting), criteria(rival.fitting)
        found["aicc_gain"], found["bic_gain"] = (np.asarray(o - m) for o, m in zip(other, mine, strict=True))
    return found


def _givens(fit: Fit, table: Table, columns: Mapping[str, Unit]) -> tuple[Given, ...]:
    """The point to predict, as inputs. It is chosen, not found, so there is nothing to verify."""
    titles = {column.name: column.title for column in table.columns}
    return tuple(
        Given(
            name,
            Quantity(
                name,
                value=convert(value, columns[name]),
                unit=columns[name].text,
                title=titles[name],
                definition=True,
            ),
            f"{name} to predict at",
        )
        for name, value in fit.at.items()
    )


def _caveats(
    fit: Fit, fittings: Sequence[Fitting], rows: _Rows, point: Array | None, failed: int, drawn: int
) -> list[str]:
    """What a reader must know of the fit beside its numbers."""
    found = []
    count = int(rows.train.sum())
    for fitting, model in zip(fittings, (fit.model, fit.compare), strict=False):
        if 0 < fitting.solution.other < RIVAL_END:
            times = number(fitting.solution.other, 3)
            loss = "as small a loss" if times == "1" else f"{times} times the loss"
            found.append(
                f"The search for {model}'s parameters ended in different fits, the next best with {loss}: "
                "the rows hardly settle them."
            )
        spare = count - fitting.solution.t.size
        if spare < SPARE_ROWS:
            rest = ("none is", "one is", f"{spare} are")[spare]
            found.append(
                f"{model} has {fitting.solution.t.size} parameters and the fit sees {count} rows: {rest} "
                "left to show an error."
            )
    if fit.compare and fit.loss in OF_SQUARES and not all(isfinite(criteria(f)[0]) for f in fittings):
        found.append(f"AICc is not defined for these models with {count} rows.")
    if failed:
        found.append(f"{failed} of {failed + drawn} resamples could not be fitted and were drawn again.")
    zero = int((rows.y[rows.train | rows.held] == 0).sum())
    if zero:
        found.append(f"{fit.y} is 0 in {zero} of the rows, which have no relative error and count in none.")
    for place, name in enumerate(fit.x):
        seen = rows.x[rows.train, place]
        if point is not None and (reach := _beyond(seen, float(point[0, place]))):
            found.append(f"The point is {reach} of {name} that the fit saw.")
    return found


def _beyond(seen: Array, at: float) -> str:
    """How far a point lies outside of what was seen; empty inside."""
    low, high = float(seen.min()), float(seen.max())
    if low <= at <= high:
        return ""
    end, word = (high, "largest") if at > high else (low, "smallest")
    times = max(at / end, end / at) if end > 0 and at > 0 else 0.0
    return f"{number(times, 2)} times beyond the {word} value" if times >= 1.5 else f"beyond the {word} value"
