"""From an output's values to a verdict.

P is the chance that the condition is met given the stated spread of the inputs. It is not the chance that
the claim is true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.checks.expectation import Condition
from kb.checks.sampling import REPLICATES, Samples
from kb.checks.trouble import UNDEFINED
from kb.model import Scale, Verdict

#: Student's t, 15 degrees of freedom, two-sided 95 %: for the mean of sixteen replicates.
T15 = 2.1314495455597742


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Verdict
    p: float | None = None
    p_low: float | None = None
    p_high: float | None = None
    reason: str = ""


def judge(values: Samples, condition: Condition, scale: Scale, *, seeded: bool = False) -> Judged:
    """Judge an output by a condition.

    A point is met or not: P is 1 or 0. On samples P has a 95 % interval from the sixteen replicates
    (L'Ecuyer 2018 on randomised quasi-Monte Carlo), and the whole of it must pass a threshold. On the
    seeds of a random experiment P is their share, without an interval: five runs are shown as five runs.
    A value that is no finite number makes the result undefined; it never counts as met or unmet.
    """
    undefined = 1 - float(np.mean(np.isfinite(values)))
    if undefined:
        where = "" if values.ndim == 0 else f" in {100 * undefined:.3g} % of the {_kind(seeded)}"
        return Judged(Verdict.COULD_NOT_RUN, reason=f"{UNDEFINED} the output is no finite number{where}")
    met = condition.met(values)
    if met.ndim == 0 or seeded:
        p = float(met.mean())
        return Judged(_verdict(p, p, scale), p, p, p)
    shares = met.reshape(REPLICATES, -1).mean(axis=1)
    p = float(shares.mean())
    reach = T15 * float(shares.std(ddof=1)) / REPLICATES**0.5
    low, high = max(0.0, p - reach), min(1.0, p + reach)
    return Judged(_verdict(low, high, scale), p, low, high)


def _verdict(low: float, high: float, scale: Scale) -> Verdict:
    if low >= scale.holds:
        return Verdict.HOLDS
    if high <= scale.fails:
        return Verdict.FAILS
    return Verdict.INCONCLUSIVE


def _kind(seeded: bool) -> str:
    return "seeds" if seeded else "samples"
