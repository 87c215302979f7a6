"""The roofline of a record: what the device can do with each byte that it fetches (Williams et al. 2009).

Below the ridge the memory limits a program, above it the arithmetic. The roof is made of what was measured,
not of what a maker prints.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.bench.backend import PATHS
from kb.wording import number
from kb.wording import rate as short

#: The tests in words, as they stand within a sentence.
TESTS = {
    "matmul": "matrix product",
    "fma": "multiply-add chains",
    "copy": "copying",
    "triad": "triad",
}
_BYTES = {"fp64": 8, "fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2, "fp8": 1, "int8": 1}
_WIDTH, _HEIGHT = 58, 11


@dataclass(frozen=True, slots=True)
class Point:
    """A measured test: ``rate`` in FLOP/s at ``intensity`` FLOP for each byte of its operands and result."""

    test: str
    dtype: str
    path: str
    n: int
    intensity: float
    rate: float

    @property
    def name(self) -> str:
        return f"{TESTS[self.test]} in {self.dtype}"

    @property
    def words(self) -> str:
        """What was measured, at which size, and what did the work."""
        size = f" of {self.n:,} × {self.n:,}" if self.test == "matmul" else ""
        return f"{TESTS[self.test]}{size} in {self.dtype}, {PATHS[self.path]}"


@dataclass(frozen=True, slots=True)
class Roofline:
    """``bandwidth`` in byte/s, measured by ``moved`` (copy or triad); ``points``, one or more.

    The fastest point comes first.
    """

    device: str
    bandwidth: float
    moved: str
    points: tuple[Point, ...]

    @property
    def top(self) -> float:
        """The highest rate in FLOP/s."""
        return self.points[0].rate

    @property
    def ridge(self) -> float:
        """The FLOP for each byte from which on the memory no longer limits the fastest point."""
        return self.top / self.bandwidth

    def roof(self, intensity: float) -> float:
        """What can be reached at so many FLOP for each byte, in FLOP/s."""
        return min(self.bandwidth * intensity, self.top)


def roofline(record: Mapping[str, Any]) -> Roofline | None:
    """The roofline of a record; None where bandwidth or arithmetic was not measured, or not rightly."""
    headlines = list(headline_tests(record["tests"]))
    moved = [test for test in headlines if test["stats"]["unit"] == "byte/s"]
    points = [_point(test) for test in headlines if test["stats"]["unit"] == "FLOP/s"]
    if not moved or not points:
        return None
    fastest = max(moved, key=lambda test: test["stats"]["median"])
    return Roofline(
        record["device"]["name"],
        fastest["stats"]["median"],
        fastest["test"],
        tuple(sorted(points, key=lambda point: (-point.rate, point.name))),
    )


def headline_tests(tests: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """The first right test of each kind and type: random data, in bursts, at the largest size."""
    seen = set()
    for test in tests:
        which = (test["test"], test["dtype"])
        usual = test["data"] != "zeros" and test.get("phase", "burst") == "burst"
        if "stats" in test and usual and which not in seen:
            seen.add(which)
            yield test


def _point(test: Mapping[str, Any]) -> Point:
    n, dtype = test["n"], test["dtype"]
    return Point(test["test"], dtype, test["path"], n, _intensity(test), test["stats"]["median"])


def _intensity(test: Mapping[str, Any]) -> float:
    """FLOP for each byte that must come from memory once: n³ products on three n × n matrices.

    A chain of FMAs works in registers; its intensity is put where the chart ends.
    """
    if test["test"] == "matmul":
        n: int = test["n"]
        return 2 * n**3 / (3 * n**2 * _BYTES[test["dtype"]])
    return math.inf


def sentences(roof: Roofline) -> list[str]:
    """The roofline in words, for people who do not see the picture."""
    said = [
        f"Up to {number(roof.ridge, 2)} FLOP for each byte the memory is the limit ({TESTS[roof.moved]}, "
        f"{short(roof.bandwidth, 'byte/s')}), above that the arithmetic ({roof.points[0].name}, "
        f"{short(roof.top, 'FLOP/s')})."
    ]
    for point in roof.points:
        if math.isfinite(point.intensity):
            said.append(_placed(roof, point))
    return said


def _placed(roof: Roofline, point: Point) -> str:
    """Where a point stands under the roof of its own number type."""
    slope = roof.bandwidth * point.intensity
    best = max((other for other in roof.points if other.dtype == point.dtype), key=lambda other: other.rate)
    does = f"A {point.name} of {point.n:,} × {point.n:,} does {number(point.intensity, 3)} FLOP for each byte"
    if slope < best.rate:
        return f"{does}: the memory limits it, and it reaches {_percent(point.rate / slope)} of that limit."
    if best == point:
        return f"{does}: the arithmetic limits it."
    return (
        f"{does}: the arithmetic limits it, and it reaches {_percent(point.rate / best.rate)} of the "
        f"{TESTS[best.test]}."
    )


def _percent(share: float) -> str:
    return f"{number(100 * share, 2)} %"


def text(roof: Roofline) -> list[str]:
    """The roofline as a picture of text, both axes logarithmic; letters mark the measured tests."""
    low, high = _span(roof)
    columns = [low * (high / low) ** (i / (_WIDTH - 1)) for i in range(_WIDTH)]
    ends = _rate_span(roof, low)
    grid = [[" "] * _WIDTH for _ in range(_HEIGHT)]
    for column, intensity in enumerate(columns):
        row = _row(roof.roof(intensity), ends)
        grid[row][column] = "/" if intensity < roof.ridge else "_"
    letters = []
    for index, point in enumerate(roof.points):
        letter = chr(ord("A") + index)
        column = _column(min(point.intensity, high), low, high)
        # Two at one place stand side by side.
        while grid[_row(point.rate, ends)][column] not in " /_" and column > 0:
            column -= 1
        grid[_row(point.rate, ends)][column] = letter
        letters.append(f"{letter}: {point.words}, {short(point.rate, 'FLOP/s')}")
    lines = [f"{_left(row, ends)} |{''.join(cells).rstrip()}" for row, cells in enumerate(grid)]
    ruler = _ruler(low, high)
    return [
        *lines,
        f"{'':12} +{'-' * _WIDTH}",
        f"{'':14}{ruler}",
        f"{'':14}FLOP for each byte fetched (both axes logarithmic)",
        *letters,
    ]


def _span(roof: Roofline) -> tuple[float, float]:
    """The intensities that are shown: whole powers of ten around the ridge and the points."""
    finite = [point.intensity for point in roof.points if math.isfinite(point.intensity)]
    low = min([roof.ridge / 30, *finite])
    high = max([roof.ridge * 30, *finite])
    return 10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(high))


def _rate_span(roof: Roofline, low: float) -> tuple[float, float]:
    slowest = min(roof.roof(low), roof.points[-1].rate)
    return slowest, roof.top


def _row(rate: float, ends: Sequence[float]) -> int:
    low, high = ends
    share = math.log(rate / low) / math.log(high / low) if high > low else 1.0
    return round((1 - min(max(share, 0.0), 1.0)) * (_HEIGHT - 1))


def _column(intensity: float, low: float, high: float) -> int:
    return round(math.log(intensity / low) / math.log(high / low) * (_WIDTH - 1))


def _left(row: int, ends: Sequence[float]) -> str:
    low, high = ends
    if row % 5:
        return " " * 12
    rate = high * (low / high) ** (row / (_HEIGHT - 1))
    return f"{short(rate, 'FLOP/s'):>12}"


def _ruler(low: float, high: float) -> str:
    cells = [" "] * (_WIDTH + 6)
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        label = number(10.0**power)
        start = max(0, _column(10.0**power, low, high) - len(label) // 2)
        if all(cell == " " for cell in cells[max(0, start - 1) : start + len(label) + 1]):
            cells[start : start + len(label)] = label
    return "".join(cells).rstrip()
