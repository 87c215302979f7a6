"""How fast is this machine? Matrix products on its CPU and GPU, proven right before they are timed.

A result is a record (``schema/measurement.schema.json``) with the device truthfully named, an
interval, the timings and what disturbed them. Backends are modules: ``numpy_backend``, ``wgpu_backend``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.bench.record import pick, record_id, save, select, to_measurement
    from kb.bench.run import Interrupted, Listing, MeasurementFailed, default, devices, flops, listing

_HOMES = {
    **dict.fromkeys(("pick", "record_id", "save", "select", "to_measurement"), "record"),
    **dict.fromkeys(
        ("Interrupted", "Listing", "MeasurementFailed", "default", "devices", "flops", "listing"), "run"
    ),
}

__all__ = [
    "Interrupted",
    "Listing",
    "MeasurementFailed",
    "default",
    "devices",
    "flops",
    "listing",
    "pick",
    "record_id",
    "save",
    "select",
    "to_measurement",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
