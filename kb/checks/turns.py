"""Where the answer turns: the break-even value of each input, all others as stated.

From the stated middle of an input the search steps outwards, below and above, over a fixed list of places,
and closes in on the first place where the condition is met more likely than not and was not before, or the
reverse. A band that lies between two steps is looked for between them. What turns and turns back between two
steps without leaving the band's side is not seen, nor what lies beyond the last step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

import numpy as np

from kb.checks.expectation import Condition
from kb.checks.formula import Evaluated
from kb.checks.sampling import Samples
from kb.checks.spreads import LARGEST
from kb.checks.summary import met_share, rounded
from kb.checks.variables import Variable, variables
from kb.model import Turn

#: How far the search goes from a positive value, as factors.
FACTORS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 50.0, 100.0, 300.0, 1e3, 1e4, 1e5, 1e6)
#: How far it goes from any other, in steps of its spread or its size (of a plain 0: see ``_step``).
STEPS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 50.0, 100.0, 1e3, 1e4, 1e6)
#: Samples of each replicate on which the search goes; what it finds is confirmed on all.
EACH = 64
#: How closely a turn is found, relative to its value, and at 0 to the step of the search: of points, and on
#: samples before it is confirmed.
CLOSE, NEAR = 1e-7, 1e-3
#: On samples, a turn nearer to 0 than this share of a step is one at 0.
NOTHING = 1e-4
#: Places tried at once between two others: many points cost as much as one, many samples more.
FAN, FEW = 31, 7
#: More halvings than any double needs.
ROUNDS = 64


class Side(IntEnum):
    """Where the output mostly lies."""

    MET = 0
    BELOW = 1
    ABOVE = 2
    UNDEFINED = 3


SIDES = tuple(Side)

#: The sides of an output at several values of an input.
Sides = Callable[[Sequence[float]], list[Side]]


def turns(evaluated: Evaluated, output: str, condition: Condition) -> tuple[Turn, ...]:
    """The nearest turn of an output below and above the stated middle of each variable, at most one each.

    Values are in the input's unit: to six digits where the output is a point; on samples to four, where P
    crosses one half on a line between two places on either side of it, on all samples.
    """
    model = evaluated.model
    if model is None:
        return ()
    found = []
    for variable in variables(evaluated.given):
        middle = variable.at(0.5)
        whole, run = (model.again(output, variable.names, each) for each in (0, EACH))
        sides, sampled = _sides(run, condition), run([middle]).size > 1
        (inside,) = _sides(whole, condition)([middle])
        if inside is Side.UNDEFINED:
            continue
        met = inside is not Side.MET
        fan = FEW if sampled else FAN
        step = _step(variable, middle, run, condition)
        for grid in _grids(variable, middle, step):
            bracket = _bracket(sides, middle, inside, grid, fan, step)
            if bracket is None:
                continue
            start, end = _narrow(sides, *bracket, met, fan, NEAR if sampled else CLOSE, step)
            value: float | None = 0.0 if start * end <= 0 else (start + end) / 2
            if sampled:
                value = _confirmed(whole, condition, middle, (start, end), met, step)
            if value is not None:
                shown = float(f"{value:.4g}") if sampled else rounded(value)
                found.append(Turn(variable.name, shown, met, below=end < middle))
    return tuple(found)


def _step(
    variable: Variable, middle: float, run: Callable[[Sequence[float]], Samples], condition: Condition
) -> float:
    """The step of the search; 0 where it goes by factors, since the variable is positive.

    The size of a plain 0 says nothing. Its step is the one that would lead to the nearer end of the band, or
    through the output's own spread if that is wider, were the output a straight line.
    """
    low, high = variable.at(0.05), variable.at(0.95)
    if low > 0:
        return 0.0
    if low < high or middle:
        return (high - low) / 2 or abs(middle)
    values = run([0.0, 1.0])
    (here, beside), spread = (
        np.median(values, axis=1),
        float(np.diff(np.quantile(values[0], (0.05, 0.95)))[0]),
    )
    gaps = [abs(end - here) for end in (condition.low, condition.high) if end is not None and end != here]
    with np.errstate(all="ignore"):
        found = max(min(gaps, default=0.0), spread / 2) / abs(beside - here)
    return float(found) if 0 < found < LARGEST else 1.0


def _grids(variable: Variable, middle: float, step: float) -> tuple[list[float], list[float]]:
    """The places to try below and above the middle, from near to far."""
    spread = variable.quantity.spread
    if not step:
        below, above = [middle / factor for factor in FACTORS], [middle * factor for factor in FACTORS]
    else:
        sizes = (step,) if spread or middle else (step, 1.0)
        reaches = sorted({size * n for size in sizes for n in STEPS})
        below, above = [middle - reach for reach in reaches], [middle + reach for reach in reaches]
    if spread and spread.kind == "beta":
        # Beyond its ends there is nothing: a share is never above one.
        least, most = spread.parameters[2:]
        below = [*(x for x in below if x > least), least]
        above = [*(x for x in above if x < most), most]
    return below, above


def _sides(run: Callable[[Sequence[float]], Samples], condition: Condition) -> Sides:
    def sides(places: Sequence[float]) -> list[Side]:
        values = run(places)
        met = np.count_nonzero(condition.met(values), axis=1) >= values.shape[1] / 2
        low = -np.inf if condition.low is None else condition.low
        high = np.inf if condition.high is None else condition.high
        below, above = (np.count_nonzero(found, axis=1) for found in (values < low, values > high))
        found = np.where(met, Side.MET, np.where(above > below, Side.ABOVE, Side.BELOW))
        defined = np.isfinite(values).all(axis=1)
        return [SIDES[code] for code in np.where(defined, found, Side.UNDEFINED).tolist()]

    return sides


def _bracket(
    sides: Sides, middle: float, inside: Side, grid: Sequence[float], fan: int, step: float
) -> tuple[float, float] | None:
    """Two places of the grid between which the answer turns, the first nearer to the middle."""
    met = inside is not Side.MET
    last, before = middle, inside
    for place, side in zip(grid, sides(grid), strict=True):
        if _is(side, met):
            return last, place
        if side is not before and (found := _hunt(sides, last, place, before, met, fan, step)):
            return found
        if side is Side.UNDEFINED:
            return None
        last, before = place, side
    return None


def _is(side: Side, met: bool) -> bool:
    return side is not Side.UNDEFINED and (side is Side.MET) == met


def _hunt(
    sides: Sides, start: float, end: float, before: Side, met: bool, fan: int, step: float
) -> tuple[float, float] | None:
    """A bracket between two places on different sides of a band, or of the edge of what is defined."""
    for _ in range(ROUNDS):
        places = _between(start, end, fan)
        for place, side in zip(places, sides(places), strict=True):
            if _is(side, met):
                return start, place
            if side is not before:
                end = place
                break
            start = place
        if _closed(start, end, CLOSE, step):
            return None
    return None


def _narrow(
    sides: Sides, start: float, end: float, met: bool, fan: int, close: float, step: float
) -> tuple[float, float]:
    """The bracket made as narrow as ``close`` says: not turned at its start, turned at its end."""
    for _ in range(ROUNDS):
        if _closed(start, end, close, step):
            break
        places = _between(start, end, fan)
        for place, side in zip(places, sides(places), strict=True):
            if _is(side, met):
                end = place
                break
            start = place
    return start, end


def _between(start: float, end: float, count: int) -> list[float]:
    """So many places between two, evenly, on a logarithmic axis where both are positive and far apart."""
    if min(start, end) > 0 and max(start, end) > 1.5 * min(start, end):
        return [float(x) for x in np.geomspace(start, end, count + 2)[1:-1]]
    return [float(x) for x in np.linspace(start, end, count + 2)[1:-1]]


def _closed(start: float, end: float, close: float, step: float) -> bool:
    """Whether two places are as near as ``close`` says; nothing but 0 is relatively near to 0."""
    size = max(abs(start), abs(end)) if start * end > 0 else step
    return abs(end - start) <= close * size


def _confirmed(
    run: Callable[[Sequence[float]], Samples],
    condition: Condition,
    middle: float,
    bracket: tuple[float, float],
    met: bool,
    step: float,
) -> float | None:
    """Where P crosses one half on all samples, between two places where it is below and above it.

    The bracket comes from a part of the samples, so it is widened a little, but not beyond the stated middle,
    where all samples have said that the answer has not turned. None if there is no crossing.
    """
    start, end = bracket
    center, reach = (start + end) / 2, max(abs(end - start), NEAR * step)
    away = 1 if end > start else -1
    for widen in (1, 4, 16, 64):
        start = away * max(away * middle, away * center - widen * reach)
        end = center + away * widen * reach
        first, last = (met_share(run([place]), condition) - 0.5 for place in (start, end))
        if (first >= 0) != met and (last >= 0) == met:
            value = start + (end - start) * first / (first - last)
            return 0.0 if abs(value) < NOTHING * step else value
    return None
