"""P as a curve over one input: what a reader's slider reads, worked out beforehand at a few values.

The input is held at each value in turn while all others vary as stated, on the samples that the check itself
was judged by (common random numbers: Law & Kelton 2000, 11.2), so a curve's points differ by what the input
does and not by chance. Of every replicate only the first samples are used: a point lies within sampling
error of what a run with the input set to that value gives.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.checks.expectation import Condition
from kb.checks.formula import Evaluated
from kb.checks.summary import rounded
from kb.checks.variables import Variable, variables
from kb.model import Curve, Driver

#: Points of a curve.
POINTS = 41
#: The range of a curve: all but the outermost hundredths of what is stated.
ENDS = (0.01, 0.99)
#: Inputs that get a curve, those that explain most of the spread first.
MOST = 6
#: Samples of each replicate that a point is worked out on, 4,096 in all: P to about 0.01.
EACH = 256
#: From this ratio of the ends on, values are even on a logarithmic axis.
WIDE = 20.0


def curves(
    evaluated: Evaluated, output: str, condition: Condition, drivers: Sequence[Driver]
) -> tuple[Curve, ...]:
    """The curves of the strongest drivers, in their order; none where nothing varies.

    A point whose output is undefined for any sample has no P, as the check itself would have none.
    """
    model = evaluated.model
    if model is None:
        return ()
    by_name = {variable.name: variable for variable in variables(evaluated.given, definitions=True)}
    found = []
    for driver in drivers[:MOST]:
        variable = by_name[driver.input]
        places, log = _places(variable)
        if not places:
            continue
        values = model.again(output, variable.names, EACH)(places)
        shares = np.where(np.isfinite(values).all(axis=1), condition.met(values).mean(axis=1), np.nan)
        found.append(
            Curve(
                variable.names,
                rounded(places[0]),
                rounded(places[-1]),
                log,
                tuple(None if share != share else round(share, 4) for share in shares.tolist()),
            )
        )
    return tuple(found)


def _places(variable: Variable) -> tuple[list[float], bool]:
    """The values of a curve, and whether they grow by a factor; none where both ends are the same."""
    low, high = (rounded(variable.at(share)) for share in ENDS)
    if not low < high:
        return [], False
    log = low > 0 and high / low > WIDE
    spaced = np.geomspace if log else np.linspace
    return [float(place) for place in spaced(low, high, POINTS)], log
