"""What a hand with a stopwatch reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRAVITY = 9.81


def timed(height: float, reaction: float, falls: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The times (s) read off falls from a height (m), shape (falls,); the hand errs by ``reaction`` (s)."""
    return np.asarray(np.sqrt(2 * height / GRAVITY) + reaction * rng.standard_normal(falls))
