"""The child's side of a measurement: pick a size and a kernel, prove the result, then time it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from kb.bench import host, stats
from kb.bench.backend import Backend, Found, Kernel, Unavailable, load
from kb.bench.product import Proof, operands, prove, work

SIZES = (256, 512, 1024, 2048, 4096, 8192)
KEPT = 2  # the largest sizes that fit the budget; the largest is the headline
MOST = 200  # timings for each size
SEED = 20240406


@dataclass(frozen=True, slots=True)
class Choice:
    """What came of one size: the fastest right kernel with its rough time, or None where none was right."""

    n: int
    variant: str | None
    seconds: float
    proof: Proof
    tried: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured with, and the seconds for one size."""

    backend: Backend
    device: Found
    budget: float
    threads: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Timings in seconds for one product, and what went on meanwhile.

    ``cpus_used`` by us and ``others_busy`` by other programs are in processors; the latter None if unknown.
    """

    samples: list[float]
    steady: bool
    stop: str
    cpus_used: float
    others_busy: float | None


def devices(payload: dict[str, Any]) -> dict[str, Any]:
    """Child entry: ``{"backend": name}`` to its devices and version, or ``{"unavailable": reason}``."""
    try:
        backend = load(payload["backend"])
        return {"devices": [asdict(device) for device in backend.devices()], "version": backend.version()}
    except Unavailable as error:
        return {"unavailable": str(error)}


def measure(payload: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Child entry: measure ``{"backend", "device", "driver", "budget", "threads"}``.

    Returns ``{"backend": {…}, "device": {…}, "tests": […], "skipped": […]}``; a size at which no kernel was
    right is a test without samples or rates. Raises Unavailable when the device is gone or no size fits.
    """
    backend = load(payload["backend"])
    wanted = (payload["device"], payload["driver"])
    device = next((d for d in backend.devices() if (d.name, d.driver) == wanted), None)
    if device is None:
        raise Unavailable(f"the device {payload['device']} is no longer there")
    budget = float(payload["budget"])
    choices, skipped = _choose(backend, device, budget)
    share = 1 / len(choices)
    tests = []
    for done, choice in enumerate(choices):
        bench = Bench(backend, device, budget * share, payload["threads"])
        tests.append(_test(bench, choice, lambda part, done=done: progress((done + part) * share)))  # type: ignore[misc]
        progress((done + 1) * share)
    return {
        "backend": {"name": payload["backend"], "version": backend.version()},
        "device": asdict(device),
        "tests": tests[::-1],
        "skipped": skipped,
    }


def _choose(backend: Backend, device: Found, budget: float) -> tuple[list[Choice], list[dict[str, object]]]:
    """The largest sizes that leave room for enough timings, smallest first, and why others were left out."""
    choices: list[Choice] = []
    skipped: list[dict[str, object]] = []
    allowed = min(backend.LONGEST, budget / KEPT / stats.LEAST)
    for n in SIZES:
        # A product of twice the size takes eight times as long.
        if choices and choices[-1].seconds * 8 > allowed:
            break
        try:
            choice = _fastest(backend, device, n)
        except Unavailable as error:
            skipped.append({"test": "matmul", "n": n, "reason": str(error)})
            break
        choices = [*choices, choice][-KEPT:]
        if choice.variant is None:
            break
    if not choices:
        raise Unavailable(str(skipped[0]["reason"]))
    return choices, skipped


def _fastest(backend: Backend, device: Found, n: int) -> Choice:
    """Try every kernel at one size. Each must give the right product before its time counts."""
    a, b = operands(n, SEED)
    tried: list[dict[str, object]] = []
    best: tuple[float, str, Proof] | None = None
    worst: Proof | None = None
    with closing(backend.kernels(device, a, b)) as kernels:
        for kernel in kernels:
            kernel.run(1)
            proof = prove(kernel.result(), a, b)
            # A wrong kernel is not even timed.
            seconds = min(kernel.run(1), kernel.run(1)) if proof.ok else None
            tried.append({"variant": kernel.variant, "ok": proof.ok, "err": proof.as_dict()["err"]})
            if seconds is None:
                worst = proof
            elif best is None or seconds < best[0]:
                best = (seconds, kernel.variant, proof)
    if best is not None:
        return Choice(n, best[1], best[0], best[2], tried)
    if worst is None:
        raise Unavailable("the backend has no kernel for this device")
    return Choice(n, None, math.inf, worst, tried)


def _test(bench: Bench, choice: Choice, progress: Callable[[float], None]) -> dict[str, object]:
    """One size measured, as it stands in a record."""
    about: dict[str, object] = {
        "test": "matmul",
        "dtype": "fp32",
        "accumulate": "fp32",
        "path": bench.backend.PATH,
        "n": choice.n,
        "data": "standard normal",
        **({"threads": bench.threads} if bench.backend.PATH == "blas" else {}),
        "variants_tried": choice.tried,
    }
    if choice.variant is None:
        return {**about, "check": choice.proof.as_dict(), "flags": ["wrong-result"]}
    a, b = operands(choice.n, SEED + 1)
    with closing(bench.backend.kernels(bench.device, a, b)) as kernels:
        for kernel in kernels:
            if kernel.variant == choice.variant:
                timing = _time(kernel, choice, bench.budget, progress)
                # The timed product itself: a device that errs only when it is hot is found out here.
                proof = prove(kernel.result(), a, b)
                return {**about, **_reported(bench, choice.n, kernel, timing, proof)}
    raise Unavailable(f"the kernel {choice.variant} is no longer there")


def _reported(bench: Bench, n: int, kernel: Kernel, timing: Timing, proof: Proof) -> dict[str, object]:
    """The part of a test that depends on the timings; no rates if the product was wrong."""
    checked: dict[str, object] = {"variant": kernel.variant, "check": proof.as_dict()}
    if not proof.ok:
        return {**checked, "flags": ["wrong-result"]}
    rates = stats.rates(timing.samples, work(n))
    return {
        **checked,
        "stats": {"unit": "FLOP/s", **{name: _digits(value, 6) for name, value in rates.items()}},
        "timer": kernel.timer,
        "stop": timing.stop,
        "cpus_used": _digits(timing.cpus_used, 3),
        **({} if timing.others_busy is None else {"others_busy": _digits(timing.others_busy, 3)}),
        "flags": flags(timing, bench.threads if bench.backend.PATH == "blas" else 0),
        "samples_s": [_digits(sample, 5) for sample in timing.samples],
    }


def _digits(value: float, digits: int) -> float:
    return value if isinstance(value, int) else float(f"{value:.{digits}g}")


def _time(kernel: Kernel, choice: Choice, budget: float, progress: Callable[[float], None]) -> Timing:
    """Warm up, then take timings."""
    # A timing is the mean of so many products that the timings fill the budget.
    repeats = max(1, round(budget / MOST / choice.seconds))
    steady = stats.warm_up(lambda: kernel.run(repeats), budget / 5)
    before, cpu, wall = host.busy_seconds(), time.process_time(), time.perf_counter()
    samples, stop = stats.collect(lambda: kernel.run(repeats), budget, MOST, progress=progress)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    after = host.busy_seconds()
    others = None if before is None or after is None else max(0.0, after - before - cpu) / wall
    return Timing(samples, steady, stop, cpu / wall, others)


def flags(timing: Timing, threads: int) -> list[str]:
    """What a reader must mind before believing a rate; ``threads`` is how many of this CPU were asked for.

    noisy: the interval is wider than ±2 %. drifting: the last third differs from the first by over 5 %.
    unsteady: warming up did not settle. starved: the threads got less than 90 % of the processors they asked
    for. busy: other programs used a tenth of a processor or more.
    """
    signs = {
        "noisy": stats.half_width(timing.samples) > 0.02,
        "drifting": abs(stats.drift(timing.samples)) > 0.05,
        "unsteady": not timing.steady,
        "starved": timing.cpus_used < 0.9 * threads,
        "busy": timing.others_busy is not None and timing.others_busy >= 0.1,
    }
    return [name for name, found in signs.items() if found]
