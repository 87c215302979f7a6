"""Numbers of one test in a record that cannot all be true."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from kb.bench import stats as timings
from kb.bench.peaks import MEMORY_TESTS

#: So many timings make an interval that can be judged.
ENOUGH = 20
_BYTES = {"fp64": 8, "fp32": 4, "fp16": 2}


def among_themselves(stats: Mapping[str, Any], samples: list[float]) -> Iterator[tuple[str, str]]:
    """The statistics that contradict one another or the timings: the field, and what is wrong."""
    # Rates are rounded to six digits, timings to five.
    slack = 1 + 1e-3
    for low, high in (("ci_low", "median"), ("median", "ci_high"), ("p10", "p90"), ("median", "best")):
        if stats[low] > stats[high] * slack:
            yield low, f"{low} {stats[low]:.6g} is above {high} {stats[high]:.6g}"
    if stats["n_eff"] > stats["n"]:
        yield "n_eff", f"{stats['n']} timings cannot be worth {stats['n_eff']:g}"
    if stats["n"] != len(samples):
        yield "n", f"it is to rest on {stats['n']} timings, but {len(samples)} are there"
    # Rates are work over time, so that these two ratios are the same whatever the work is.
    ratio, timed = stats["best"] / stats["median"], median(samples) / min(samples)
    if not math.isclose(ratio, timed, rel_tol=2e-3):
        yield "best", f"best is {ratio:.4g} times the median, but by the timings it is {timed:.4g} times"


def against_timings(test: Mapping[str, Any], samples: list[float]) -> Iterator[tuple[str, str]]:
    """What does not follow from the timings and the work, which the test and its size say."""
    stats = test["stats"]
    unit = "byte/s" if test["test"] in MEMORY_TESTS else "FLOP/s"
    if stats["unit"] != unit:
        yield "unit", f"{test['test']} is measured in {unit}"
        return
    work = _work(test)
    if work is not None and not math.isclose(stats["median"], work / median(samples), rel_tol=2e-3):
        rate = f"{work / median(samples):.4g} {unit}"
        yield "median", f"its timings make {rate}, not {stats['median']:.4g}"
    found = timings.median_interval(samples)
    # Of rates, as the record's: a long tail of slow timings widens the times far more than the rates.
    width = median(samples) * (1 / found.low - 1 / found.high)
    # Half leaves room for rounded timings, which may lie on the other side of a rank.
    if len(samples) >= ENOUGH and (stats["ci_high"] - stats["ci_low"]) / stats["median"] < width / 2:
        yield (
            "ci_low",
            f"the interval is to be narrower than half of what the timings make, {width:.2%}".replace(
                "%", " %"
            ),
        )


def _work(test: Mapping[str, Any]) -> float | None:
    """FLOP or byte of one execution; None for chains, whose length is the kernel's."""
    n: int = test["n"]
    if test["test"] == "matmul":
        return 2.0 * n**3
    moved = {"copy": 2.0, "triad": 3.0}.get(test["test"])
    size = _BYTES.get(test["dtype"])
    return None if moved is None or size is None else moved * n * size
