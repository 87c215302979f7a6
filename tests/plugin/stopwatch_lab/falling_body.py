"""The acceleration of free fall, from falls of one height that are timed by hand.

Cannot show the resistance of air.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stopwatch_lab.clock import timed


def run(params: Mapping[str, float], rng: np.random.Generator) -> dict[str, float]:
    """The mean time (s) of the falls, and the acceleration (m/s²) that follows from it."""
    times = timed(params["height"], params["reaction"], int(params["trials"]), rng)
    return {"time": float(times.mean()), "gravity": float(2 * params["height"] / times.mean() ** 2)}
