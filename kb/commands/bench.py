"""Measure this machine, list its devices, and put a measurement into a base."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from kb import bench
from kb.bench import Interrupted, Listing, MeasurementFailed, answer, host, judging, peaks, roofline
from kb.checks import benchmark
from kb.checks.units import Measure, UnitError, unit
from kb.model import Benchmark, Check, Device, Quantity
from kb.wording import listed, number

__all__ = [
    "Listing",
    "MeasurementFailed",
    "NoSuchDevice",
    "choose_device",
    "devices",
    "disturbances",
    "meaning",
    "measure",
    "on_battery",
    "roofline_lines",
    "save_measurement",
]

#: What is measured when nothing else is wished.
TESTS, DTYPES, GPU_DTYPES = ("matmul", "fma", "triad"), ("fp32",), ("bf16", "fp32")
KINDS = ("gpu", "cpu", "software", "unknown")
#: The quantity of a base that says what GPT-3 took.
WORK = "gpt3-training-compute"


class Shelves(Protocol):
    """What is asked of a base: its quantities and checks by id."""

    @property
    def quantities(self) -> Mapping[str, Quantity]: ...

    @property
    def checks(self) -> Mapping[str, Check]: ...


class NoSuchDevice(LookupError):
    """The wished device is not on this machine; the text says what to do."""


def devices() -> Listing:
    """Every device that a backend can measure here, the best first, and which backends could not be asked."""
    return bench.listing()


def choose_device(wished: str | None = None, backend: str | None = None) -> Device:
    """The device to measure: the best real GPU, else the CPU; a software adapter only when it is asked for.

    ``wished`` is a part of the device's name, a kind (gpu, cpu, software), or the device's number in the
    listing, or in what ``backend`` has of it; the first is 0. Raises ``NoSuchDevice``.
    """
    listing = bench.listing()
    found = [d for d in listing.devices if backend is None or d.backend == backend]
    if wished is not None:
        word = wished.casefold()
        if re.fullmatch(r"[0-9]+", word) and int(word) < len(found):
            return found[int(word)]
        kinds = [d for d in found if word == d.kind]
        # "gpu" is a kind, even where a software adapter has the word in its name.
        named = [] if word in KINDS else [d for d in found if word == d.backend or word in d.name.casefold()]
        found = kinds or named
    elif backend is None:
        found = [bench.default(list(listing.devices))]
    if found:
        return found[0]
    said = "no device here" + (f" matches {wished!r}" if wished else "")
    said += f" for the backend {backend!r}" if backend else ""
    raise NoSuchDevice(". ".join((f"{said}; kb bench devices lists what there is", *listing.problems)))


def measure(
    device: Device,
    *,
    budget: float = 10.0,
    tests: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    zeros: bool = False,
    sustained: float = 0.0,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Measure ``device``: the full record, with the maker's figures beside the tests that have one.

    ``tests`` are of matmul, fma, copy and triad (default: all but copy, which is what a roofline takes);
    ``dtypes`` of fp64, fp32, tf32, fp16, bf16, fp8 and int8 (default: fp32, on a GPU bf16, too); "all" stands
    for every one. ``budget`` is the time for timings in seconds. ``zeros`` adds operands of zeros,
    ``sustained`` so many seconds without a pause. What a device lacks is in ``skipped`` with the reason.
    Raises ``MeasurementFailed`` when nothing could be measured, ValueError for unknown names. A
    KeyboardInterrupt has the attribute ``record`` when something was measured before.
    """
    try:
        record = bench.flops(
            device,
            budget=budget,
            tests=tests or TESTS,
            dtypes=dtypes or (GPU_DTYPES if device.is_gpu else DTYPES),
            zeros=zeros,
            sustained=sustained,
            progress=progress,
        )
    except Interrupted as stopped:
        stopped.record = peaks.with_peaks(stopped.record)
        raise
    return peaks.with_peaks(record)


def save_measurement(record: Mapping[str, Any], root: Path) -> Path:
    """Write a record into the base's ``measurements/``; returns the file."""
    return bench.save(record, root)


def roofline_lines(record: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The roofline of a record: a picture of text, and sentences; empty without bandwidth or arithmetic."""
    found = roofline.roofline(record)
    return (roofline.text(found), roofline.sentences(found)) if found else ([], [])


def disturbances(record: Mapping[str, Any]) -> dict[str, str]:
    """The flags that a record has, each with what it means."""
    flags = [flag for test in record["tests"] for flag in test["flags"]]
    return {flag: judging.DISTURBED[flag] for flag in dict.fromkeys(flags) if flag in judging.DISTURBED}


def on_battery() -> bool:
    """Whether this machine is known to run on its battery, and so perhaps slower."""
    return host.on_battery()


def meaning(
    record: Mapping[str, Any], base: Shelves | None = None, *, usd_per_hour: float | None = None
) -> list[str]:
    """What the measured device means for the debate, in sentences, with the numbers that checks take.

    GPT-3's training compute is the quantity of that id in ``base``, where it has one.
    """
    work, said = _work(base)
    found = answer.answers(record, work)
    if not found:
        types = ", ".join(answer.TRAINED_IN)
        return [
            f"No answer: that takes a right matrix product in a type in which models are trained ({types})."
        ]
    lines = list(answer.sentences(found[0], usd_per_hour=usd_per_hour))
    lines += [f"In {other.dtype}: {number(other.years(), 3)} years." for other in found[1:]]
    lines.append(said)
    asked = _asking(record, base) if base is not None else []
    if asked:
        lines.append(f"Saved with --save, it is what these checks can take: {listed(asked)}.")
    return lines


def _work(base: Shelves | None) -> tuple[float, str]:
    """GPT-3's training compute in FLOP, and where it is from."""
    paper = "GPT-3's compute: Brown et al. 2020, Table D.1."
    found = base.quantities.get(WORK) if base is not None else None
    if found is None or found.value is None:
        return answer.GPT3, paper
    try:
        work = Measure(found.value, unit(found.unit)).to(unit("FLOP"))
    except UnitError as error:
        return answer.GPT3, f"{paper} The base's {WORK} is of no use here: {error}."
    if not work > 0:
        return answer.GPT3, f"{paper} The base's {WORK} is of no use here: it is not above 0."
    return work, f"GPT-3's compute: the base's {WORK}."


def _asking(record: Mapping[str, Any], base: Shelves) -> list[str]:
    """The benchmark checks of the base that this record could answer, by id."""
    measured = bench.to_measurement(record)
    return [
        check.id
        for check in base.checks.values()
        if isinstance(check.body, Benchmark) and benchmark.fits(measured, check.body)
    ]
