"""From an output's values to a verdict.

P is the chance that the condition is met given the stated spread of the inputs. It is not the chance that
the claim is true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.checks.expectation import Condition
from kb.checks.sampling import Drawn, Samples
from kb.checks.sizes import REPLICATES
from kb.checks.trouble import UNDEFINED
from kb.model import Scale, Verdict

#: Student's t, 15 degrees of freedom, two-sided 95 %: for the mean of sixteen replicates.
T15 = 2.1314495455597742
#: What the interval of P leaves out at either end.
TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Verdict
    p: float | None = None
    p_low: float | None = None
    p_high: float | None = None
    reason: str = ""


def judge(values: Samples, condition: Condition, scale: Scale, drawn: Drawn = "nets") -> Judged:
    """Judge an output by a condition.

    A point is met or not: P is 1 or 0. On samples P has a 95 % interval, and the whole of it must pass a
    threshold: of nets from the sixteen replicates (L'Ecuyer 2018 on randomised quasi-Monte Carlo), of
    resamples and draws, which are independent, the exact one of a share (Clopper & Pearson 1934). On the
    seeds of a random experiment P is their share, without an interval: five runs are shown as five runs.
    A value that is no finite number makes the result undefined; it never counts as met or unmet.
    """
    undefined = 1 - float(np.mean(np.isfinite(values)))
    if undefined:
        kind = "samples" if drawn == "nets" else drawn
        where = "" if values.ndim == 0 else f" in {100 * undefined:.3g} % of the {kind}"
        return Judged(Verdict.COULD_NOT_RUN, reason=f"{UNDEFINED} the output is no finite number{where}")
    met = condition.met(values)
    p = float(met.mean())
    if met.ndim == 0 or drawn == "seeds":
        low, high = p, p
    elif drawn == "nets":
        p, low, high = _of_replicates(met.reshape(REPLICATES, -1).mean(axis=1))
    else:
        low, high = _of_share(int(np.count_nonzero(met)), met.size)
    return Judged(_verdict(low, high, scale), p, low, high)


def _of_replicates(shares: Samples) -> tuple[float, float, float]:
    """The mean of the replicates' shares, and its interval by Student's t."""
    p = float(shares.mean())
    reach = T15 * float(shares.std(ddof=1)) / REPLICATES**0.5
    return p, max(0.0, p - reach), min(1.0, p + reach)


def _of_share(met: int, of: int) -> tuple[float, float]:
    """The exact interval of a chance that was met so often in so many independent trials."""
    from scipy.special import betaincinv

    low = float(betaincinv(met, of - met + 1, TAIL)) if met else 0.0
    high = float(betaincinv(met + 1, of - met, 1 - TAIL)) if met < of else 1.0
    return low, high


def _verdict(low: float, high: float, scale: Scale) -> Verdict:
    if low >= scale.holds:
        return Verdict.HOLDS
    if high <= scale.fails:
        return Verdict.FAILS
    return Verdict.INCONCLUSIVE
