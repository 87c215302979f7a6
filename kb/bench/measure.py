"""The child's side of a measurement: pick sizes and kernels, prove the results, then time them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kb.bench import stats, timing
from kb.bench.backend import Found, Kernel, Unavailable, load
from kb.bench.choose import SEED, Bench, Choice, choose
from kb.bench.numbers import described
from kb.bench.product import Proof
from kb.bench.sensors import sensors_of
from kb.bench.timing import Timing
from kb.bench.trouble import explain
from kb.bench.workloads import workload


@dataclass(frozen=True, slots=True)
class Step:
    """One series of timings: a size, for how many seconds, in which phase, on what."""

    choice: Choice
    seconds: float
    phase: str = "burst"
    zeros: bool = False


def devices(payload: dict[str, Any]) -> dict[str, Any]:
    """Child entry: ``{"backend": name}`` to its devices and version, or ``{"unavailable": reason}``."""
    try:
        backend = load(payload["backend"])
        return {"devices": [asdict(device) for device in backend.devices()], "version": backend.version()}
    except Unavailable as error:
        return {"unavailable": str(error)}


def measure(payload: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Child entry: measure one test in one type.

    ``payload``: ``{"backend", "device", "driver", "budget", "threads", "test", "dtype", "zeros",
    "sustained", "journal", "pairs"}``. Returns ``{"backend": {…}, "device": {…}, "refused": […],
    "tests": […], "skipped": […]}``; ``refused`` are those of ``pairs`` (test, type) that cannot be measured.
    A size at which no kernel was right is a test without samples or rates; what could not be measured is in
    ``skipped`` with the reason. Each part is also a line of the file ``journal`` as soon as it is there, in
    case the driver takes this process down. Raises Unavailable when the device is gone.
    """
    backend = load(payload["backend"])
    wanted = (payload["device"], payload["driver"])
    device = next((d for d in backend.devices() if (d.name, d.driver) == wanted), None)
    if device is None:
        raise Unavailable(f"the device {payload['device']} is no longer there")
    about = {
        "backend": {"name": payload["backend"], "version": backend.version()},
        "device": {**asdict(device), **_size(device)},
        "refused": [
            {"test": test, "dtype": dtype, "reason": reason}
            for test, dtype in payload["pairs"]
            if (reason := backend.refusal(device, test, dtype))
        ],
    }
    note = _journal(payload["journal"])
    note(about)
    bench = Bench(backend, device, workload(payload["test"]), payload["dtype"])
    refused = backend.refusal(device, payload["test"], payload["dtype"])
    if refused:
        return {**about, "tests": [], "skipped": [bench.skipped(refused)]}
    choices, skipped = choose(bench, payload["budget"])
    tests = []
    steps = _steps(choices, payload)
    total = sum(step.seconds for step in steps)
    done = 0.0
    for step in steps:
        part = step.seconds / total

        def within(share: float, done: float = done, part: float = part) -> None:
            progress(done + share * part)

        try:
            test = _test(bench, step, payload["threads"], within)
        except Exception as error:
            # A driver's errors have any class; what is measured already is kept.
            skipped.append(bench.skipped(explain(error), step.choice.n))
        else:
            tests.append(test)
            note({"tests": [test]})
        done += part
        progress(done)
    return {**about, "tests": tests, "skipped": skipped}


def _size(device: Found) -> dict[str, Any]:
    """What the backend did not tell of a device, but its driver's sensors do."""
    sensors = sensors_of(device)
    told = asdict(sensors.size()) if sensors is not None else {}
    return {name: value for name, value in told.items() if getattr(device, name) is None}


def _journal(path: str) -> Callable[[dict[str, Any]], None]:
    def note(part: dict[str, Any]) -> None:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(part) + "\n")

    return note


def _steps(choices: list[Choice], payload: dict[str, Any]) -> list[Step]:
    """What to time, the headline first: the largest size in every phase, then the smaller ones."""
    if not choices:
        return []
    *smaller, largest = choices
    share = payload["budget"] / (len(choices) + bool(payload["zeros"]))
    steps = [Step(largest, share)]
    if largest.variant is not None and payload["sustained"] > 0:
        steps.append(Step(largest, payload["sustained"], "sustained"))
    if largest.variant is not None and payload["zeros"]:
        steps.append(Step(largest, share, zeros=True))
    return steps + [Step(choice, share) for choice in reversed(smaller)]


def _test(bench: Bench, step: Step, threads: int, progress: Callable[[float], None]) -> dict[str, Any]:
    """One size measured, as it stands in a record."""
    choice = step.choice
    about: dict[str, Any] = {
        "test": bench.workload.test,
        "dtype": bench.dtype,
        "accumulate": choice.accumulate,
        "path": choice.path,
        "n": choice.n,
        "data": described(bench.dtype, step.zeros),
        "phase": step.phase,
        **({"threads": threads} if choice.path == "blas" else {}),
        "variants_tried": choice.tried,
    }
    if choice.variant is None:
        return {**about, "check": choice.proof.as_dict(), "flags": ["wrong-result"]}
    job = replace(bench.workload.job(choice.n, bench.dtype, SEED + 1, step.zeros), only=(choice.variant,))
    series = timing.sustained if step.phase == "sustained" else timing.burst
    with closing(bench.backend.kernels(bench.device, job)) as kernels:
        for kernel in kernels:
            if kernel.variant == choice.variant:
                kernel.run(1)
                taken = series(
                    kernel, bench.device, choice.seconds, step.seconds, bench.backend.LONGEST, progress
                )
                # The timed result itself: a device that errs only when it is hot is found out here.
                proof = bench.workload.prove(kernel.result(), job, kernel)
                return {**about, **_reported(bench, choice.n, kernel, taken, proof, threads)}
    raise Unavailable(f"the kernel {choice.variant} is no longer there")


def _reported(
    bench: Bench, n: int, kernel: Kernel, taken: Timing, proof: Proof, threads: int
) -> dict[str, Any]:
    """The part of a test that depends on the timings; no rates if the result was wrong."""
    checked: dict[str, Any] = {"variant": kernel.variant, "check": proof.as_dict()}
    if not proof.ok:
        return {**checked, "flags": ["wrong-result"]}
    work, unit = bench.workload.work(n, bench.dtype), bench.workload.unit
    rates = stats.rates(taken.samples, work)
    # Bytes that were written between the timings drew power, too.
    done = work * taken.executions + taken.flushed
    energy = taken.reading.entry(done, unit) if taken.reading else None
    return {
        **checked,
        "stats": {"unit": unit, **{name: _digits(value, 6) for name, value in rates.items()}},
        "timer": kernel.timer,
        "stop": taken.stop,
        "linear": _digits(taken.linear, 4),
        **({} if taken.overhead is None else {"overhead_us": _digits(1e6 * taken.overhead, 3)}),
        "cpus_used": _digits(taken.cpus_used, 3),
        **({} if taken.others_busy is None else {"others_busy": _digits(taken.others_busy, 3)}),
        **({} if energy is None else {"energy": energy}),
        **({"cache_flush": _flush(kernel, work)} if unit == "byte/s" else {}),
        "flags": timing.flags(taken, threads if kernel.path == "blas" else 0),
        "samples_s": [_digits(sample, 5) for sample in taken.samples],
    }


def _flush(kernel: Kernel, work: float) -> dict[str, Any]:
    """What keeps operands out of the caches: a buffer that is overwritten, else the arrays' own size."""
    if kernel.flush is not None:
        return {"method": "buffer", "bytes": kernel.flushed}
    return {"method": "streaming", "bytes": int(work)}


def _digits(value: float, digits: int) -> float:
    return value if isinstance(value, int) else float(f"{value:.{digits}g}")
