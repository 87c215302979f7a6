"""Timing statistics: a distribution-free interval for the median, and when to stop.

The interval is made of order statistics (Hahn & Meeker 1991, section 5.2). Successive timings are correlated,
so it uses the effective sample size n·(1 - r)/(1 + r), r being the lag-1 autocorrelation (Bayley &
Hammersley 1946), corrected for its bias in short series (Marriott & Pope 1954).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import Literal

LEVEL = 1.959964  # standard normal quantile of a two-sided 95 % interval
TARGET = 0.01
LEAST = 20
#: Of fewer timings not even the fastest and the slowest hold the median 95 times in 100.
FEWEST = 6


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval for the median, with the effective sample size and the autocorrelation behind it."""

    low: float
    high: float
    n_eff: float
    lag1: float


def lag1(samples: Sequence[float]) -> float:
    """Lag-1 autocorrelation, corrected for bias and held to [0, 0.95]; 0 for fewer than 8 samples."""
    n = len(samples)
    mean = fmean(samples)
    scatter = sum((x - mean) ** 2 for x in samples)
    if n < 8 or scatter == 0:
        return 0.0
    r = sum((x - mean) * (y - mean) for x, y in pairwise(samples)) / scatter
    return min(0.95, max(0.0, r + (1 + 3 * r) / n))


def median_interval(samples: Sequence[float]) -> Interval:
    """The interval between two of the samples that holds the median 95 times in 100. Needs one sample."""
    ordered = sorted(samples)
    n = len(ordered)
    r = lag1(samples)
    n_eff = max(1.0, n * (1 - r) / (1 + r))
    half = LEVEL / 2 / math.sqrt(n_eff)
    # Outwards to whole ranks: a little wide rather than a little narrow.
    low = max(0, math.floor((0.5 - half) * (n - 1)))
    high = min(n - 1, math.ceil((0.5 + half) * (n - 1)))
    return Interval(ordered[low], ordered[high], n_eff, r)


def quantile(samples: Sequence[float], q: float) -> float:
    """The q-quantile by linear interpolation (type 7 of Hyndman & Fan 1996)."""
    ordered = sorted(samples)
    place = (len(ordered) - 1) * q
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def half_width(samples: Sequence[float]) -> float:
    """Half the interval's width, relative to the median."""
    found = median_interval(samples)
    return (found.high - found.low) / 2 / median(samples)


def drift(samples: Sequence[float]) -> float:
    """How much slower (+) or faster (-) the last third is than the first, as a share."""
    third = max(1, len(samples) // 3)
    return median(samples[-third:]) / median(samples[:third]) - 1


def signs(samples: Sequence[float]) -> dict[str, bool]:
    """What timings themselves show to be wrong: see ``kb.bench.timing.flags``."""
    return {
        "noisy": len(samples) < FEWEST or half_width(samples) > 0.02,
        "drifting": abs(drift(samples)) > 0.05,
    }


def rates(samples: Sequence[float], work: float) -> dict[str, float | int]:
    """Timings in seconds of pieces of ``work``, as rates (work/s); the best is there beside the median."""
    found = median_interval(samples)
    return {
        "median": work / median(samples),
        "ci_low": work / found.high,
        "ci_high": work / found.low,
        "p10": work / quantile(samples, 0.9),
        "p90": work / quantile(samples, 0.1),
        "best": work / min(samples),
        "n": len(samples),
        "n_eff": round(found.n_eff, 1),
        "lag1": round(found.lag1, 3),
        "drift": round(drift(samples), 4),
    }


def warm_up(
    sample: Callable[[], float], seconds: float, *, clock: Callable[[], float] = time.monotonic
) -> bool:
    """Run until five timings are within 2 % of the five before, or time is up. Whether it became steady."""
    started = clock()
    taken = [sample()]
    while clock() - started < seconds:
        taken.append(sample())
        if len(taken) >= 10 and abs(median(taken[-5:]) / median(taken[-10:-5]) - 1) <= 0.02:
            return True
    return False


def collect(
    sample: Callable[[], float],
    seconds: float,
    most: int,
    *,
    clock: Callable[[], float] = time.monotonic,
    progress: Callable[[float], None] | None = None,
) -> tuple[list[float], Literal["interval", "budget"]]:
    """Take timings until the interval is within 1 % of the median, or time or ``most`` is reached.

    Each look at the interval is a chance to stop at a lucky moment, which would make it too narrow. So it is
    looked at only when the series has grown by half, and must have been narrow at the look before, too.
    ``kb.bench.coverage`` simulates how often such an interval holds the median.
    """
    started = clock()
    taken: list[float] = []
    look = LEAST
    was_narrow = False
    while True:
        taken.append(sample())
        elapsed = clock() - started
        if progress is not None:
            progress(min(1.0, max(elapsed / seconds, len(taken) / most)))
        if len(taken) >= look:
            is_narrow = half_width(taken) <= TARGET
            if is_narrow and was_narrow:
                return taken, "interval"
            was_narrow = is_narrow
            look = len(taken) + len(taken) // 2
        if len(taken) >= most or elapsed >= seconds:
            return taken, "budget"
