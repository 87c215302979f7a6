"""Measure this machine, list its devices, and put a measurement into a base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kb import bench
from kb.model import Device


class NoSuchDevice(LookupError):
    """The wished device is not on this machine."""


def devices() -> tuple[Device, ...]:
    """Every device that a backend can measure here."""
    return tuple(bench.devices())


def choose(wished: str | None = None, backend: str | None = None) -> Device:
    """The device to measure: the best real GPU, else the CPU; a software adapter only when it is asked for.

    ``wished`` is a part of the device's name, or a kind (gpu, cpu, software). Raises ``NoSuchDevice``.
    """
    found = [d for d in bench.devices() if backend is None or d.backend == backend]
    if wished is not None:
        word = wished.casefold()
        found = [d for d in found if word in (d.kind, d.backend) or word in d.name.casefold()]
    elif backend is None:
        found = [d for d in found if d.kind != "software"]
    if not found:
        raise NoSuchDevice(
            "no device here"
            + (f" matches {wished!r}" if wished else "")
            + (f" for the backend {backend!r}" if backend else "")
            + "; kb bench devices lists what there is"
        )
    return max(found, key=lambda d: d.is_gpu)


def flops(
    device: Device, *, budget: float = 10.0, progress: Callable[[float], None] | None = None
) -> dict[str, object]:
    """Measure fp32 matrix products on ``device`` for at most about ``budget`` seconds; the full record."""
    return bench.flops(device, budget=budget, progress=progress)


def save(record: Mapping[str, object], root: Path) -> Path:
    """Write a record into the base's ``measurements/``; returns the file."""
    return bench.save(record, root)
