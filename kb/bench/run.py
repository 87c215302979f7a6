"""The caller's side: list devices and measure one, in child processes that a driver may take down."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

import kb
from kb.bench import host
from kb.bench.classify import classify
from kb.isolate import THREADS, run_child
from kb.model import Device

SCHEMA = "kb.measurement/1"
_KERNEL_FILES = ("measure.py", "numpy_backend.py", "product.py", "wgpu_backend.py", "wgsl.py")
# What drivers are found and steered by; a child otherwise sees none of our environment.
_DRIVER_VARIABLES = ("VK_", "WGPU_", "MESA_", "LP_", "LIBGL_", "DRI_", "CUDA_VISIBLE", "HIP_VISIBLE")
_DISPLAY_VARIABLES = ("XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY")
_LISTING = 30.0


class MeasurementFailed(RuntimeError):
    """The measurement gave nothing to report; the message says why."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The devices here, the best first, and a sentence on each backend that could not be asked."""

    devices: tuple[Device, ...]
    problems: tuple[str, ...] = ()


def listing() -> Listing:
    """Look for devices through every backend: real GPUs first, then the CPU, then software adapters."""
    found = [Device(host.cpu_name(), "cpu", "numpy")]
    problems = []
    if find_spec("wgpu") is None:
        problems.append("wgpu is not installed, so GPUs are not seen: pip install 'kb-argmap[gpu-wgpu]'")
    else:
        outcome = run_child(
            "kb.bench.measure:devices",
            {"backend": "wgpu"},
            seconds=_LISTING,
            memory=None,
            env=_environment(1),
        )
        value = outcome.value or {"unavailable": outcome.reason}
        if "unavailable" in value:
            problems.append(f"wgpu: {value['unavailable']}")
        elif not value["devices"]:
            problems.append("wgpu found no adapter: install your GPU's Vulkan, Metal or DirectX driver")
        found.extend(_device(entry, "wgpu") for entry in value.get("devices", ()))
    order = ("gpu", "cpu", "software", "unknown")
    return Listing(tuple(sorted(found, key=lambda device: order.index(device.kind))), tuple(problems))


def devices() -> list[Device]:
    """Every device that can be measured here: real GPUs first, then the CPU, then software adapters."""
    return list(listing().devices)


def default(found: list[Device]) -> Device:
    """The first real GPU, else the CPU; never a software adapter. Raises LookupError without either."""
    for kind in ("gpu", "cpu"):
        for device in found:
            if device.kind == kind:
                return device
    raise LookupError("there is neither a GPU nor a CPU to measure")


def flops(
    device: Device,
    *,
    budget: float = 10.0,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
    stop: Event | None = None,
) -> dict[str, Any]:
    """Measure fp32 matrix products on ``device`` and return the record (``schema/measurement.schema.json``).

    ``budget`` is the time for timings, in seconds; choosing sizes and proving results come on top.
    ``threads`` (default: all processors) holds for the CPU. Setting ``stop`` ends it early.
    Raises MeasurementFailed with the reason.
    """
    threads = threads or (host.cpus() if device.backend == "numpy" else 1)
    outcome = run_child(
        "kb.bench.measure:measure",
        {
            "backend": device.backend,
            "device": device.name,
            "driver": device.driver,
            "budget": budget,
            "threads": threads,
        },
        seconds=10 * budget + 120,
        memory=None,
        progress=progress,
        env=_environment(threads),
        stop=stop,
    )
    if outcome.value is None:
        raise MeasurementFailed(f"{device.name} through {device.backend}: {outcome.reason}")
    return _record(outcome.value)


def kernel_hash() -> str:
    """SHA-256 of the code that measures: records made with different code are told apart."""
    found = sha256()
    for name in _KERNEL_FILES:
        found.update(Path(__file__).with_name(name).read_bytes())
    return found.hexdigest()


def _record(value: Mapping[str, Any]) -> dict[str, Any]:
    seen = value["device"]
    device = _device(seen, value["backend"]["name"])
    record = {
        "schema": SCHEMA,
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tool": {"name": "kb", "version": kb.__version__, "kernels": kernel_hash()},
        "backend": value["backend"],
        "device": {
            "name": device.name,
            "kind": device.kind,
            "is_gpu": device.is_gpu,
            "reported": seen["reported"],
            "driver": device.driver,
            "features": seen["features"],
        },
        "host": {key: value for key, value in host.describe().items() if value is not None},
        "tests": value["tests"],
    }
    return {**record, "skipped": value["skipped"]} if value["skipped"] else record


def _device(entry: Mapping[str, Any], backend: str) -> Device:
    kind, is_gpu = classify(entry["name"], entry["reported"], backend=backend)
    return Device(entry["name"], kind, backend, is_gpu, entry["driver"])


def _environment(threads: int) -> dict[str, str]:
    passed = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_DRIVER_VARIABLES) or name in _DISPLAY_VARIABLES
    }
    return {**passed, **dict.fromkeys(THREADS, str(threads))}
