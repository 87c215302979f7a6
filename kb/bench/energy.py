"""The energy that a device draws while it is measured, for one FLOP or one byte.

Where nothing can be read there is no reading; nothing is guessed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any, Self

from kb.bench.backend import Found
from kb.bench.sensors import Sensors, Source, State, sensors_of

INTERVAL = 0.1  # seconds between two looks


def watch(device: Found) -> Watch:
    """A context manager around the timings of ``device``; ask its ``reading()`` afterwards."""
    return Watch(sensors_of(device))


def summed(source: Source, seen: Sequence[tuple[float, State]]) -> Reading | None:
    """The states of a watch, each with its time in seconds, as one reading; None without power or energy.

    Energy is the counter's where there is one, otherwise power added up by the trapezoidal rule.
    """
    seconds = seen[-1][0] - seen[0][0]
    states = [state for _, state in seen]
    counters = [state.joules for state in states if state.joules is not None]
    powers = [(when, state.watts) for when, state in seen if state.watts is not None]
    counted = len(counters) == len(states)
    if seconds <= 0 or not (counted or len(powers) == len(states)):
        return None
    joules = (
        counters[-1] - counters[0]
        if counted
        else sum((later - when) * (first + second) / 2 for (when, first), (later, second) in pairwise(powers))
    )
    if joules <= 0:
        return None
    clocks = [state.clock_mhz for state in states if state.clock_mhz is not None]
    heats = [state.temperature_c for state in states if state.temperature_c is not None]
    last = states[-1]
    return Reading(
        source,
        seconds,
        joules,
        counted,
        clock_mhz=median(clocks) if clocks else None,
        clock_max_mhz=last.clock_max_mhz,
        temperature_c=max(heats) if heats else None,
        power_limit_w=last.power_limit_w,
        throttled=tuple(sorted({reason for state in states for reason in state.throttled})),
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a device drew from start to end of a watch: ``joules`` over ``seconds``.

    ``counted`` says whether the device counts its energy itself; otherwise power was added up over time.
    """

    source: Source
    seconds: float
    joules: float
    counted: bool
    clock_mhz: float | None = None
    clock_max_mhz: float | None = None
    temperature_c: float | None = None
    power_limit_w: float | None = None
    throttled: tuple[str, ...] = ()

    def entry(self, work: float, unit: str) -> dict[str, Any]:
        """The reading as it stands in a record, with the energy for one FLOP or byte in picojoule.

        ``work`` is all that was done during the watch, in FLOP (``unit`` "FLOP/s") or byte ("byte/s").
        """
        found: dict[str, Any] = {
            "source": self.source,
            "counted": self.counted,
            "seconds": self.seconds,
            "joules": self.joules,
            "watts": self.joules / self.seconds,
            "clock_mhz": self.clock_mhz,
            "clock_max_mhz": self.clock_max_mhz,
            "temperature_c": self.temperature_c,
            "power_limit_w": self.power_limit_w,
        }
        if work > 0:
            found["pj_per_flop" if unit == "FLOP/s" else "pj_per_byte"] = self.joules / work * 1e12
        rounded = {
            name: float(f"{value:.4g}") if isinstance(value, float) else value
            for name, value in found.items()
            if value is not None
        }
        return {**rounded, "throttled": list(self.throttled)}


@dataclass(slots=True)
class Watch:
    """Looks at the sensors while its block runs; ``reading()`` then says what they saw.

    Without sensors it does nothing. A sensor that fails in between ends the watch: there is no reading.
    """

    sensors: Sensors | None
    clock: Callable[[], float] = time.monotonic
    seen: list[tuple[float, State]] = field(default_factory=list)
    failed: bool = False
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self.sensors is not None:
            self._look()
            self._thread = threading.Thread(target=self._follow, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self._done.set()
            self._thread.join()
            self._look()

    def reading(self) -> Reading | None:
        """What the device drew during the block; None where nothing, or too little, could be read."""
        if self.sensors is None or self.failed or len(self.seen) < 2:
            return None
        return summed(self.sensors.source, self.seen)

    def _follow(self) -> None:
        while not self.failed and not self._done.wait(INTERVAL):
            self._look()

    def _look(self) -> None:
        if self.sensors is None or self.failed:
            return
        try:
            self.seen.append((self.clock(), self.sensors.look()))
        except OSError:
            self.failed = True
