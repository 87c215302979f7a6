"""What the page of measured devices shows of one measurement: its rates, how surely, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from kb import wording
from kb.bench import answer, peaks
from kb.bench.backend import PATHS
from kb.bench.roofline import headline_tests, roofline, sentences
from kb.model import Measurement
from kb.site import repository, words
from kb.site.pages.measurements import KINDS, anchor
from kb.site.view import View
from kb.site.words import Data

Test = Mapping[str, Any]

_TESTS = {
    "matmul": "Matrix product",
    "fma": "Multiply-add chains",
    "copy": "Copy in memory",
    "triad": "Triad in memory",
}
_FLAGS = {
    "noisy": "Noisy: the interval is wider than ±2 %.",
    "drifting": "Drifting: the last third of the timings differs from the first by over 5 %.",
    "unsteady": "Unsteady: warming up did not settle.",
    "starved": "Starved: the threads got less than 90 % of the processors that they asked for.",
    "busy": "Busy: other programs used a tenth of a processor or more.",
    "throttled": "Throttled: the device held its clock down, for heat or power.",
    "battery": "On battery: the machine was not plugged in.",
    "nonlinear": "Odd clock: twice the work did not take twice the time.",
}
_ENERGY = (("pj_per_flop", "pJ for each FLOP"), ("pj_per_byte", "pJ for each byte"))
_METERS = {"nvml": "NVIDIA’s library", "hwmon": "the kernel’s sensors", "rapl": "the processor’s counters"}


def record(view: View, found: Measurement, users: list[Data]) -> Data:
    """A measurement, with the checks that compute from it (``users``)."""
    raw: Any = found.raw
    roof = roofline(raw)
    kind, kind_words = KINDS[found.device.kind]
    return {
        "id": found.id,
        "anchor": anchor(found.id),
        "title": found.device.name,
        "day": found.when[:10],
        "kind": kind,
        "kind_words": kind_words,
        "fastest": _fastest(raw),
        "facts": list(_facts(raw)),
        "meaning": _meaning(raw),
        "roof": roof,
        "roof_words": " ".join(sentences(roof)) if roof else "",
        "tests": [_test(raw, test) for test in raw["tests"]],
        "skipped": [_skipped(row) for row in raw.get("skipped", ())],
        "checks": sorted(users, key=lambda check: (check["title"].casefold(), check["id"])),
        "edit": repository.edit(view.base.config, view.place, found.file),
    }


def _fastest(record: Test) -> str:
    """The highest headline rate of matrix products, with its type."""
    products = [test for test in headline_tests(record["tests"]) if test["test"] == "matmul"]
    if not products:
        return ""
    best = max(products, key=lambda test: float(test["stats"]["median"]))
    return f"{wording.rate(best['stats']['median'], best['stats']['unit'])} in {best['dtype']}"


def _meaning(record: Test) -> str:
    """What it is worth for training, and that no run reaches it, of the type in which it is fastest."""
    found = answer.answers(record)
    return " ".join(islice(answer.sentences(found[0]), 2)) if found else ""


def _facts(record: Test) -> Iterator[list[str]]:
    device, host, backend = record["device"], record["host"], record["backend"]
    yield ["Through", f"{backend['name']} {backend['version']}"]
    if device.get("driver"):
        yield ["Driver", device["driver"]]
    if device.get("memory"):
        yield ["Memory", f"{wording.number(device['memory'] / 2**30, 3)} GiB"]
    if device.get("clock_mhz"):
        yield ["Highest clock", f"{wording.number(device['clock_mhz'])} MHz"]
    yield ["Machine", f"{host['cpu']}, {words.counted(host['cpus'], 'processor')}, {host['system']}"]
    yield ["Measured by", f"{record['tool']['name']} {record['tool']['version']}"]


def _test(record: Test, test: Test) -> Data:
    stats = test.get("stats")
    return {
        "name": _TESTS[test["test"]],
        "dtype": test["dtype"],
        "how": _how(test),
        "median": wording.rate(stats["median"], stats["unit"]) if stats else "",
        "interval": _interval(stats) if stats else "",
        "best": wording.rate(stats["best"], stats["unit"]) if stats else "",
        "peak": _peak(record, test) if stats else None,
        "notes": list(_notes(test)),
    }


def _how(test: Test) -> str:
    """What sets a row apart from others of its test and type."""
    return ", ".join(
        [
            "sustained" if test.get("phase") == "sustained" else "burst",
            *(["zeros"] if test["data"] == "zeros" else []),
            PATHS[test["path"]],
            f"n = {test['n']:,}",
            *([f"sums in {test['accumulate']}"] if test["accumulate"] != test["dtype"] else []),
        ]
    )


def _interval(stats: Test) -> str:
    low, high = (wording.rate(stats[end], stats["unit"]) for end in ("ci_low", "ci_high"))
    figure, unit = low.split(" ")
    return f"{figure} to {high}" if high.endswith(f" {unit}") else f"{low} to {high}"


def _peak(record: Test, test: Test) -> Data | None:
    """The share of the maker's figure with its document; no share of a figure that was not read there."""
    figure = peaks.peak_of(record, test)
    if figure is None:
        return None
    reached = peaks.share(record, test)
    return {
        "share": f"{wording.number(100 * reached[0], 3)} %" if reached else "unknown",
        "of": wording.rate(figure.value, test["stats"]["unit"]),
        "source": figure.source,
        "href": words.web_address(figure.url),
        "verified": figure.verified,
    }


def _notes(test: Test) -> Iterator[str]:
    """What a reader must mind about a test, and what it drew."""
    if not test["check"]["ok"]:
        error, allowed = (wording.number(test["check"][name], 2) for name in ("err", "tol"))
        yield f"The result was wrong (error {error}, allowed {allowed}), so there is no rate."
    yield from (_FLAGS[flag] for flag in test["flags"] if flag in _FLAGS)
    energy = test.get("energy", {})
    for name, unit in _ENERGY:
        if name in energy:
            meter = _METERS[energy["source"]]
            drawn = f"{wording.number(energy[name], 3)} {unit} at {wording.number(energy['watts'], 3)} W"
            yield f"Drew {drawn}, by {meter}."


def _skipped(row: Test) -> Data:
    kind = f" in {row['dtype']}" if "dtype" in row else ""
    size = f", n = {row['n']:,}" if "n" in row else ""
    return {"what": f"{_TESTS.get(row['test'], row['test'])}{kind}{size}", "reason": row["reason"]}
