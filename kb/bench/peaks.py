"""What a device reaches at most, as its maker prints it (``peaks.json``), and the share that was measured.

A figure counts only for its device, number type and path. Figures of matrix units (tensor) and of plain
shaders are kept apart, and none is for sparse operands. A share is given only of a verified figure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

TABLE = Path(__file__).with_name("peaks.json")
BANDWIDTH = "bandwidth"
# What a record calls the two kinds of units that have figures; other paths do not say which they used.
_PATHS = {"matrix-unit": "tensor", "tensor": "tensor", "shader": "shader"}
#: Tests that are limited by the memory rather than by arithmetic.
MEMORY_TESTS = ("copy", "triad")

#: In which type sums of products are kept, where a figure or a record does not say otherwise.
_SUMS = {"fp64": "fp64", "int8": "int32"}


@dataclass(frozen=True, slots=True)
class Peak:
    """One printed figure: ``value`` in FLOP/s, or in byte/s for ``dtype`` "bandwidth".

    ``source`` is the maker's document; ``verified`` says whether the figure was read there.
    """

    device: str
    path: Literal["tensor", "shader", "memory"]
    dtype: str
    accumulate: str
    value: float
    source: str
    url: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A device of the table: its peaks, and the pattern that its name fits."""

    name: str
    pattern: re.Pattern[str]
    peaks: tuple[Peak, ...]


@cache
def listed() -> tuple[Listed, ...]:
    """Every device of the table."""
    table = json.loads(TABLE.read_text("utf-8"))
    return tuple(_listed(row, table["sources"]) for row in table["devices"])


def known(name: str) -> Listed | None:
    """The device of the table that a driver calls ``name``; None for none, or when several fit.

    A slice of a GPU (MIG) is none of the table: the printed figures are those of the whole.
    """
    if re.search(r"\bMIG\b", name):
        return None
    found = [device for device in listed() if device.pattern.search(name)]
    return found[0] if len(found) == 1 else None


def peak_of(record: Mapping[str, Any], test: Mapping[str, Any]) -> Peak | None:
    """The figure that a test of a record may be compared with.

    None where the device is no GPU, is not in the table, or has no figure of the test's type, accumulator and
    path.
    """
    device = known(record["device"]["name"]) if record["device"]["is_gpu"] else None
    if device is None:
        return None
    if test["test"] in MEMORY_TESTS:
        wanted = ("memory", BANDWIDTH, "")
    else:
        wanted = (_PATHS.get(test["path"], ""), test["dtype"], test["accumulate"])
    fitting = (peak for peak in device.peaks if (peak.path, peak.dtype, peak.accumulate) == wanted)
    return next(fitting, None)


def share(record: Mapping[str, Any], test: Mapping[str, Any]) -> tuple[float, Peak] | None:
    """Which share of the verified peak a test reached, as a fraction; None where none can be given."""
    peak = peak_of(record, test)
    if peak is None or not peak.verified or "stats" not in test:
        return None
    return test["stats"]["median"] / peak.value, peak


def with_peaks(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the figure beside each test that has one, its source, and whether it is verified."""
    return {**record, "tests": [_beside(record, test) for test in record["tests"]]}


def _beside(record: Mapping[str, Any], test: Mapping[str, Any]) -> dict[str, Any]:
    peak = peak_of(record, test)
    if peak is None:
        return dict(test)
    said = {"value": peak.value, "source": peak.source, "url": peak.url, "verified": peak.verified}
    return {**test, "peak": said}


def _listed(row: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]) -> Listed:
    return Listed(row["name"], re.compile(row["match"], re.IGNORECASE), tuple(_peaks(row, sources)))


def _peaks(row: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]) -> Iterator[Peak]:
    # Where the system shows the parts of a module as devices, each has its part of the printed figure.
    parts = row.get("parts", 1)
    for figure in row["figures"]:
        source = sources[figure["source"]]
        for dtype, tera in figure["values"].items():
            sums = "" if dtype == BANDWIDTH else figure.get("accumulate") or _sums(figure["path"], dtype)
            yield Peak(
                row["name"],
                figure["path"],
                dtype,
                sums,
                tera * 1e12 / parts,
                source["title"],
                source["url"],
                figure["verified"],
            )


def _sums(path: str, dtype: str) -> str:
    """Matrix units add up in a wider type; an FMA of a plain shader in its own."""
    return _SUMS.get(dtype, "fp32" if path == "tensor" else dtype)
