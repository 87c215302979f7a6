"""Timing a proven kernel: warm it up, see that time goes with the work, take timings, watch what disturbs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from kb.bench import host, stats

if TYPE_CHECKING:
    from kb.bench.backend import Found, Kernel
    from kb.bench.energy import Reading

MOST = 200  # timings for each test
_LINEAR_ROUNDS = 3
_LINEAR = 0.1  # how far twice the work may be from twice the time, as a share


@dataclass(frozen=True, slots=True)
class Pace:
    """One timing is the mean of ``calls`` calls of ``repeats`` executions each."""

    calls: int
    repeats: int

    @property
    def executions(self) -> int:
        return self.calls * self.repeats


@dataclass(frozen=True, slots=True)
class Timing:
    """Timings in seconds for one execution, and what went on meanwhile.

    ``cpus_used`` by us and ``others_busy`` by other programs are in processors; the latter None if unknown.
    ``linear`` is the time for twice the work over the time for the work, near 2; ``executions`` is how
    often the kernel ran for the timings, and ``flushed`` how many bytes were written between them;
    ``overhead`` is what launching and waiting took beyond an execution, in seconds, None by the wall clock,
    whose timings hold it; ``reading`` is None where the device has no sensors.
    """

    samples: list[float]
    steady: bool
    stop: str
    cpus_used: float
    others_busy: float | None
    linear: float = 2.0
    battery: bool = False
    executions: int = 0
    reading: Reading | None = None
    flushed: int = 0
    overhead: float | None = None


def pace(seconds: float, each: float, longest: float) -> Pace:
    """How to fill ``seconds`` with executions of ``each`` seconds, no call longer than ``longest``.

    A call holds at least one execution.
    """
    wanted = max(1, round(seconds / each))
    calls = math.ceil(wanted / max(1, math.floor(min(wanted, longest / each))))
    return Pace(calls, max(1, round(wanted / calls)))


def burst(
    kernel: Kernel,
    device: Found,
    each: float,
    budget: float,
    longest: float,
    progress: Callable[[float], None],
) -> Timing:
    """Timings until the interval is narrow or ``budget`` seconds are over; ``each`` is a rough time."""
    chosen = _pace(kernel, budget / MOST, each, longest)
    steady = stats.warm_up(lambda: _sample(kernel, chosen), budget / 5)
    return _watched(
        kernel,
        device,
        chosen,
        lambda: stats.collect(lambda: _sample(kernel, chosen), budget, MOST, progress=progress),
        steady=steady,
        linear=linearity(kernel, chosen.repeats),
    )


def sustained(
    kernel: Kernel,
    device: Found,
    each: float,
    seconds: float,
    longest: float,
    progress: Callable[[float], None],
) -> Timing:
    """Timings without a pause for ``seconds``, however soon the interval is narrow: heat takes its time."""
    chosen = _pace(kernel, seconds / MOST, each, longest)

    def series() -> tuple[list[float], str]:
        taken: list[float] = []
        started = time.monotonic()
        while (elapsed := time.monotonic() - started) < seconds and len(taken) < 2 * MOST:
            taken.append(_sample(kernel, chosen))
            progress(min(1.0, elapsed / seconds))
        return taken, "budget"

    return _watched(kernel, device, chosen, series, steady=True, linear=linearity(kernel, chosen.repeats))


def linearity(kernel: Kernel, repeats: int) -> float:
    """The time for twice the work over the time for the work: near 2 where the clock tells the truth."""
    pairs = [
        (kernel.run(repeats) * repeats, kernel.run(2 * repeats) * 2 * repeats) for _ in range(_LINEAR_ROUNDS)
    ]
    once, twice = (median(times) for times in zip(*pairs, strict=True))
    return float(twice / once)


def overhead(kernel: Kernel) -> float | None:
    """Seconds between asking for one execution and having it, without the execution itself.

    None where timings are by the wall clock and so hold it.
    """
    if kernel.timer == "wall":
        return None
    spans = []
    for _ in range(_LINEAR_ROUNDS):
        started = time.perf_counter()
        seconds = kernel.run(1)
        spans.append(time.perf_counter() - started - seconds)
    return max(0.0, median(spans))


def flags(timing: Timing, threads: int) -> list[str]:
    """What a reader must mind before believing a rate; ``threads`` is how many of this CPU were asked for.

    noisy: the interval is wider than ±2 %, or of fewer than six timings. drifting: the last third differs
    from the first by over 5 %. unsteady: warming up did not settle. starved: the threads got less than 90 %
    of the processors they asked for. busy: other programs used a tenth of a processor or more. nonlinear:
    twice the work did not take twice the time, within 10 %. throttled: the device held its clock down.
    battery: the machine ran on its battery.
    """
    signs = {
        **stats.signs(timing.samples),
        "unsteady": not timing.steady,
        "starved": timing.cpus_used < 0.9 * threads,
        "busy": timing.others_busy is not None and timing.others_busy >= 0.1,
        "nonlinear": not abs(timing.linear / 2 - 1) <= _LINEAR,
        "throttled": timing.reading is not None and bool(timing.reading.throttled),
        "battery": timing.battery,
    }
    return [name for name, found in signs.items() if found]


def _pace(kernel: Kernel, seconds: float, each: float, longest: float) -> Pace:
    """Where caches are flushed, that comes before every execution, and takes about as long."""
    if kernel.flush is None:
        return pace(seconds, each, longest)
    return Pace(max(1, round(seconds / each / 2)), 1)


def _sample(kernel: Kernel, chosen: Pace) -> float:
    return fmean(_call(kernel, chosen.repeats) for _ in range(chosen.calls))


def _call(kernel: Kernel, repeats: int) -> float:
    if kernel.flush is not None:
        kernel.flush()
    return kernel.run(repeats)


def _watched(
    kernel: Kernel,
    device: Found,
    chosen: Pace,
    series: Callable[[], tuple[list[float], str]],
    *,
    steady: bool,
    linear: float,
) -> Timing:
    """Take a series of timings while looking at the processors and the device's sensors."""
    from kb.bench import energy

    with energy.watch(device) as watch:
        before, cpu, wall = host.busy_seconds(), time.process_time(), time.perf_counter()
        samples, stop = series()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        after = host.busy_seconds()
    others = None if before is None or after is None else max(0.0, after - before - cpu) / wall
    return Timing(
        samples,
        steady,
        stop,
        cpu / wall,
        others,
        linear,
        host.on_battery(),
        len(samples) * chosen.executions,
        watch.reading(),
        len(samples) * chosen.calls * kernel.flushed,
        overhead(kernel),
    )
