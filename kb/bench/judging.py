"""Whether a record of a measurement can be true, and what speaks against believing it.

Judged is what the record says of itself; nothing is measured again. Each judgement is a generator of
``Objection`` and carries the number of its rule (``kb explain KB401``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kb.bench import kernels
from kb.bench import stats as timings
from kb.bench.classify import classify
from kb.bench.contradictions import ENOUGH, against_timings, among_themselves
from kb.bench.peaks import MEMORY_TESTS, Listed, Peak, known, peak_of
from kb.diagnostics.rules import RULES

#: A clock may be raised above the one for which the maker prints the peak, but hardly by more.
OVERCLOCKED = 1.25
#: The error that a right result may have at most; fp8 and int8 products are right far below it.
LAX = 0.25
# FLOP in a cycle of one core, above any that is built: two AVX-512 units give 64 in fp32, a core's share of a
# matrix unit (AMX) 2048 in bf16. Times a clock above any that is sold.
_CYCLE = {"fp64": 128, "fp32": 256, "tf32": 1024, "fp16": 4096, "bf16": 4096, "fp8": 8192, "int8": 8192}
_CLOCK = 8e9
#: What disturbs a measurement, in words.
DISTURBED = {
    "noisy": "its interval is wider than ±2 %",
    "drifting": "the device became slower or faster meanwhile",
    "unsteady": "warming up did not settle",
    "starved": "the threads did not get the processors they asked for",
    "busy": "other programs computed, too",
    "throttled": "the device held its clock down",
    "battery": "the machine ran on its battery",
    "nonlinear": "twice the work did not take twice the time",
}

Record = Mapping[str, Any]
Test = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a record: ``path`` leads to the value, ``expected`` says what would do."""

    message: str
    path: tuple[str | int, ...]
    expected: str = ""
    hint: str = ""


Judgement = Callable[[Record], Iterator[Objection]]


def impossible(record: Record) -> Iterator[Objection]:
    """KB401: rates above what the device can do, whatever its clock."""
    for index, test in _timed(record):
        ceiling = _ceiling(record, test)
        if ceiling is not None and test["stats"]["median"] > ceiling[0]:
            yield Objection(
                f"{_named(test)}: {_rate(test)} is more than {ceiling[1]}",
                ("tests", index, "stats", "median"),
                f"at most {ceiling[0]:.4g} {test['stats']['unit']}",
                "measure again, and memory with arrays far larger than the cache",
            )


def above_peak(record: Record) -> Iterator[Objection]:
    """KB402: rates above the printed peak that a raised clock might explain."""
    for index, test in _timed(record):
        peak = peak_of(record, test)
        if peak is None or _ceiling_exceeded(record, test):
            continue
        over = test["stats"]["median"] / peak.value
        if over > (1 if peak.verified else OVERCLOCKED):
            yield Objection(
                f"{_named(test)}: {over:.0%} of the {_printed(peak)}".replace("%", " %"),
                ("tests", index, "stats", "median"),
                f"at most {peak.value:.4g} {test['stats']['unit']}, unless the clock was raised",
            )


def contradictory(record: Record) -> Iterator[Objection]:
    """KB403: numbers of one test that cannot all be true."""
    for index, test in _timed(record):
        for field, said in (
            *among_themselves(test["stats"], test["samples_s"]),
            *against_timings(test, test["samples_s"]),
        ):
            yield Objection(f"{_named(test)}: {said}", ("tests", index, "stats", field))
        drawn = test.get("energy")
        if drawn and not math.isclose(drawn["watts"], drawn["joules"] / drawn["seconds"], rel_tol=5e-3):
            said = f"{drawn['joules']:.4g} J in {drawn['seconds']:.4g} s are not {drawn['watts']:.4g} W"
            yield Objection(f"{_named(test)}: {said}", ("tests", index, "energy", "watts"))


def unproven(record: Record) -> Iterator[Objection]:
    """KB404: results called right whose errors say otherwise, or that were hardly checked."""
    for index, test in _timed(record):
        check = test["check"]
        for err, tol in (("err", "tol"), ("all_err", "all_tol")):
            if err in check and tol in check and check[err] > check[tol]:
                said = f"called right, but its error {check[err]:.3g} is above the tolerance {check[tol]:.3g}"
                yield Objection(f"{_named(test)}: {said}", ("tests", index, "check", err))
        if "wrong-result" in test["flags"]:
            said = "called right and flagged as wrong"
            yield Objection(f"{_named(test)}: {said}", ("tests", index, "flags"))
        if check["tol"] > LAX:
            said = f"a tolerance of {check['tol']:.3g} lets a wrong result pass"
            yield Objection(f"{_named(test)}: {said}", ("tests", index, "check", "tol"), f"at most {LAX}")


def no_gpu(record: Record) -> Iterator[Objection]:
    """KB405: software, or something unknown, that is called a GPU; software that is called a processor."""
    device = record["device"]
    kind, is_gpu = classify(device["name"], device.get("reported", ""), backend=record["backend"]["name"])
    if not device["is_gpu"]:
        if device["kind"] == "cpu" and kind == "software":
            yield Objection(
                f"{device['name']} is called a processor, but it is a software adapter that runs on one",
                ("device", "kind"),
                "kind: software",
            )
        return
    if not is_gpu:
        what = "computes on the processor" if kind in ("software", "cpu") else "cannot be told to be one"
        yield Objection(
            f"{device['name']} is called a GPU, but by its name and type {what}",
            ("device", "is_gpu"),
            f"kind: {kind}, is_gpu: false",
        )


def disturbed(record: Record) -> Iterator[Objection]:
    """KB406: headlines that something disturbed."""
    seen = set()
    for index, test in _timed(record):
        which = tuple(test.get(field) for field in ("test", "dtype", "data", "phase"))
        # A flag that was left out shows in the timings all the same.
        seen_there = [flag for flag, found in timings.signs(test["samples_s"]).items() if found]
        flags = dict.fromkeys([*test["flags"], *seen_there])
        signs = [DISTURBED[flag] for flag in flags if flag in DISTURBED]
        if which not in seen and signs:
            yield Objection(
                f"{_named(test)}: {'; '.join(signs)}",
                ("tests", index, "flags"),
                hint="measure again while nothing else runs, or with a longer --seconds",
            )
        seen.add(which)


def unknown_kernels(record: Record) -> Iterator[Objection]:
    """KB407: measured with kernels that no release of kb has, nor this one."""
    if said := kernels.unknown(record["tool"]["kernels"]):
        hint = "measure again with a released kb, or say in the pull request which code it was"
        yield Objection(said, ("tool", "kernels"), hint=hint)


def earlier_kernels(record: Record) -> Iterator[Objection]:
    """KB411: measured with published kernels that this version has replaced."""
    if said := kernels.earlier(record["tool"]["kernels"]):
        yield Objection(said, ("tool", "kernels"), hint="measure again: kb bench flops --save")


def too_few(record: Record) -> Iterator[Objection]:
    """KB408: timings too few for their interval, or without any scatter."""
    for index, test in _timed(record):
        samples = test["samples_s"]
        if len(samples) < ENOUGH:
            said = f"{len(samples)} timings are too few for an interval"
        elif len(set(samples)) == 1:
            said = "all timings are the same, so the clock is too coarse for them, or nothing was timed"
        else:
            continue
        yield Objection(
            f"{_named(test)}: {said}", ("tests", index, "samples_s"), f"{ENOUGH} timings that differ, or more"
        )


def left_out(record: Record) -> Iterator[Objection]:
    """KB409: tests whose result was wrong, which therefore say nothing of speed."""
    for index, test in enumerate(record["tests"]):
        if "wrong-result" in test["flags"]:
            yield Objection(
                f"{_named(test)}: the result was wrong, so there is no rate",
                ("tests", index, "check"),
                hint="report it to the maker of the driver, or to kb if other devices fail the same way",
            )


def other_peak(record: Record) -> Iterator[Objection]:
    """KB410: a maker's figure that is not the one in kb's table for this device, type and path."""
    device = record["device"]
    # Of a GPU that the table lacks nothing can be said; what is no GPU has no figure.
    if device["is_gpu"] and known(device["name"]) is None:
        return
    for index, test in enumerate(record["tests"]):
        said, figure = test.get("peak"), peak_of(record, test)
        if said is None:
            continue
        same = figure is not None and math.isclose(said["value"], figure.value, rel_tol=1e-3)
        if same and figure is not None and (figure.verified or not said["verified"]):
            continue
        sort = "verified" if said["verified"] else "unverified"
        unit = "byte/s" if test["test"] in MEMORY_TESTS else "FLOP/s"
        yield Objection(
            f"{_named(test)}: the record says {sort} peak of {said['value']:.4g} {unit}, kb's table "
            + (f"{_printed(figure)}" if figure else "none for this device, type and path"),
            ("tests", index, "peak"),
            "the figure of the table, or no peak" if figure else "no peak",
            "shares are taken of the table's figures; if its figure is wrong, mend kb/bench/peaks.json",
        )


JUDGEMENTS: Mapping[str, Judgement] = {
    "KB401": impossible,
    "KB402": above_peak,
    "KB403": contradictory,
    "KB404": unproven,
    "KB405": no_gpu,
    "KB406": disturbed,
    "KB407": unknown_kernels,
    "KB408": too_few,
    "KB409": left_out,
    "KB410": other_peak,
    "KB411": earlier_kernels,
}


def objections(record: Record) -> Iterator[tuple[str, Objection]]:
    """Everything that speaks against a record that fits its schema, with the rules' numbers.

    That of rules that are off unless a base sets them (``Rule.silent``) is not among it.
    """
    for number, judge in JUDGEMENTS.items():
        if RULES[number].silent:
            continue
        yield from ((number, found) for found in judge(record))


def _timed(record: Record) -> Iterator[tuple[int, Test]]:
    return ((index, test) for index, test in enumerate(record["tests"]) if "stats" in test)


def _ceiling(record: Record, test: Test) -> tuple[float, str] | None:
    """A rate that the device cannot exceed, and what it is in words; None where none is known."""
    if not record["device"]["is_gpu"]:
        return _processor_ceiling(record, test)
    peak = peak_of(record, test)
    if peak is None and test["path"] == "library":
        device = known(record["device"]["name"])
        peak = _highest(device, test) if device else None
    if peak is None or not peak.verified:
        return None
    return OVERCLOCKED * peak.value, f"{OVERCLOCKED} times the {_printed(peak)}"


def _highest(device: Listed, test: Test) -> Peak | None:
    """The highest figure of a type: a library that does not say which units it used cannot exceed it."""
    found = [peak for peak in device.peaks if peak.dtype == test["dtype"]]
    return max(found, key=lambda peak: peak.value, default=None)


def _processor_ceiling(record: Record, test: Test) -> tuple[float, str] | None:
    if record["device"]["kind"] not in ("cpu", "software") or test["stats"]["unit"] != "FLOP/s":
        return None
    cpus = record["host"]["cpus"]
    return cpus * _CLOCK * _CYCLE[test["dtype"]], f"{cpus} processors can do in {test['dtype']}"


def _ceiling_exceeded(record: Record, test: Test) -> bool:
    ceiling = _ceiling(record, test)
    return ceiling is not None and test["stats"]["median"] > ceiling[0]


def _named(test: Test) -> str:
    return f"{test['test']} {test['dtype']} n={test['n']}"


def _rate(test: Test) -> str:
    return f"{test['stats']['median']:.4g} {test['stats']['unit']}"


def _printed(peak: Peak) -> str:
    unit = "byte/s" if peak.path == "memory" else "FLOP/s"
    sort = "" if peak.verified else "unverified "
    return f"{sort}peak of the {peak.device}, {peak.value:.4g} {unit}"
