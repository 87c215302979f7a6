"""Measure this machine, list its devices, and put a measurement into a base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kb import bench
from kb.bench import Listing, MeasurementFailed
from kb.model import Device

__all__ = [
    "Listing",
    "MeasurementFailed",
    "NoSuchDevice",
    "choose_device",
    "devices",
    "measure",
    "save_measurement",
]


class NoSuchDevice(LookupError):
    """The wished device is not on this machine; the text says what to do."""


def devices() -> Listing:
    """Every device that a backend can measure here, the best first, and which backends could not be asked."""
    return bench.listing()


def choose_device(wished: str | None = None, backend: str | None = None) -> Device:
    """The device to measure: the best real GPU, else the CPU; a software adapter only when it is asked for.

    ``wished`` is a part of the device's name, or a kind (gpu, cpu, software). Raises ``NoSuchDevice``.
    """
    listing = bench.listing()
    found = [d for d in listing.devices if backend is None or d.backend == backend]
    if wished is not None:
        word = wished.casefold()
        found = [d for d in found if word in (d.kind, d.backend) or word in d.name.casefold()]
    elif backend is None:
        found = [bench.default(list(listing.devices))]
    if found:
        return found[0]
    said = "no device here" + (f" matches {wished!r}" if wished else "")
    said += f" for the backend {backend!r}" if backend else ""
    raise NoSuchDevice(". ".join((f"{said}; kb bench devices lists what there is", *listing.problems)))


def measure(
    device: Device, *, budget: float = 10.0, progress: Callable[[float], None] | None = None
) -> dict[str, Any]:
    """Measure fp32 matrix products on ``device``: the full record.

    ``budget`` is the time for timings, in seconds. Raises ``MeasurementFailed`` with the reason.
    """
    return bench.flops(device, budget=budget, progress=progress)


def save_measurement(record: Mapping[str, Any], root: Path) -> Path:
    """Write a record into the base's ``measurements/``; returns the file."""
    return bench.save(record, root)
