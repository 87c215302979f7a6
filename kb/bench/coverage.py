"""How often the 95 % interval of a measurement holds the true median, simulated with the stopping rule on."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from kb.bench import stats
from kb.bench.timing import MOST


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of the simulated measurements: ``held`` the median, ``stopped`` before ``most`` timings.

    ``timings`` is how many they took on average.
    """

    held: float
    stopped: float
    timings: float


def simulate(rho: float, scatter: float, *, times: int, most: int = MOST, seed: int = 7) -> Coverage:
    """Measure ``times`` made-up devices whose timings have the median 1 and a relative ``scatter``.

    Timings are normal and follow one another with the autocorrelation ``rho`` (AR(1); 0: independent).
    """
    luck = random.Random(seed)
    held = stopped = timings = 0
    for _ in range(times):
        taken, why = stats.collect(_series(luck, rho, scatter), math.inf, most, clock=_ticks())
        found = stats.median_interval(taken)
        held += found.low <= 1 <= found.high
        stopped += why == "interval"
        timings += len(taken)
    return Coverage(held / times, stopped / times, timings / times)


def _series(luck: random.Random, rho: float, scatter: float) -> Callable[[], float]:
    step = math.sqrt(1 - rho * rho)
    state = luck.gauss(0, 1)

    def sample() -> float:
        nonlocal state
        state = rho * state + step * luck.gauss(0, 1)
        return 1 + scatter * state

    return sample


def _ticks() -> Callable[[], float]:
    return count().__next__
