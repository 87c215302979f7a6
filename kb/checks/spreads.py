"""Which parameters describe a distribution. Imports no numpy, since ``kb validate`` asks."""

from __future__ import annotations

from math import isfinite

from kb.model import Spread

#: Beyond it, the width of a distribution or its square could overflow a double.
LARGEST = 1e150


def faults(spread: Spread) -> str:
    """Why the parameters describe no distribution; empty when they do."""
    a = spread.parameters
    if not all(isfinite(x) for x in a):
        return "its parameters are not all finite numbers"
    if any(abs(x) > LARGEST for x in a):
        return f"a parameter is beyond {LARGEST:g}; choose a larger unit"
    match spread.kind:
        case "percentiles" | "uniform" if len(a) != 2 or not a[0] < a[1]:
            return "the first number must lie below the second"
        case "normal" if len(a) != 2 or a[1] <= 0:
            return "the standard deviation must be above 0"
        case "beta" if len(a) != 4 or min(a[:2]) <= 0 or not a[2] < a[3]:
            return "a and b must be above 0, and low below high"
        case "triangular" if len(a) != 3 or not a[0] <= a[1] <= a[2] or a[0] == a[2]:
            return "low, mode and high must be in this order"
        case "discrete" if (
            len(a) < 2 or len(a) % 2 or min(a[len(a) // 2 :]) < 0 or sum(a[len(a) // 2 :]) <= 0
        ):
            return "there must be a weight of 0 or more for each value, and one above 0"
    return ""
