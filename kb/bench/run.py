"""The caller's side: list devices and measure one, in child processes that a driver may take down."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

import kb
from kb.bench import host
from kb.bench.backend import NEEDS
from kb.bench.classify import classify
from kb.bench.environment import SOFTWARE_THREADS, environment, steering
from kb.bench.trouble import explain
from kb.isolate import Outcome, run_child
from kb.model import Device

SCHEMA = "kb.measurement/1"
_KERNEL_FILES = (
    *("chains", "choose", "measure", "numbers", "product", "stats", "timing", "workloads"),
    *("numpy_backend", "opencl_backend", "opencl_kernels", "torch_backend", "wgpu_backend", "wgsl"),
)
_LISTING = 60.0
#: What a record says of a device beside its name, and why not.
_SIZES = ("memory", "units", "clock_mhz")
_SILENT = {
    "numpy": "the system does not tell",
    "torch": "torch does not tell, nor does the driver",
    "wgpu": "WebGPU does not tell, nor does the driver",
    "opencl": "the OpenCL driver does not tell",
}
_HINTS = {
    "torch": "torch sees no device",
    "wgpu": "wgpu found no adapter: install your GPU's Vulkan, Metal or DirectX driver",
    "opencl": "OpenCL found no device: install your GPU's OpenCL driver, or pocl-opencl-icd for the CPU",
}


class MeasurementFailed(RuntimeError):
    """The measurement gave nothing to report; the message says why."""


class Interrupted(KeyboardInterrupt):
    """Somebody stopped a measurement; ``record`` holds what was measured by then."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__("interrupted")
        self.record = record


@dataclass(frozen=True, slots=True)
class Listing:
    """The devices here, the best first, and a sentence on each backend that could not be asked."""

    devices: tuple[Device, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """What came of one child: a piece of the record, or no more than reasons; whether it was interrupted."""

    about: Mapping[str, Any] | None
    tests: list[dict[str, Any]]
    skipped: list[dict[str, Any]]
    interrupted: bool = False


def listing() -> Listing:
    """Look for devices through every backend: real GPUs first, then the CPU, then software adapters.

    A GPU that several backends reach is there once for each, torch before wgpu before opencl.
    """
    found = [Device(host.cpu_name(), "cpu", "numpy")]
    wanted = [name for name in NEEDS if name != "numpy"]
    absent = [name for name in wanted if find_spec(NEEDS[name][0]) is None]
    problems = []
    for name, outcome in _asked([name for name in wanted if name not in absent]):
        value = outcome.value or {"unavailable": explain(outcome.reason)}
        if "unavailable" in value:
            problems.append(f"{name}: {value['unavailable']}")
        elif not value["devices"]:
            problems.append(_HINTS[name])
        found.extend(_device(entry, name) for entry in value.get("devices", ()))
    if absent:
        extras = ",".join(NEEDS[name][1] for name in absent)
        problems.append(
            f"not installed, so not asked for GPUs: {', '.join(absent)}; pip install 'kb-argmap[{extras}]'"
        )
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
    tests: Sequence[str] = ("matmul",),
    dtypes: Sequence[str] = ("fp32",),
    zeros: bool = False,
    sustained: float = 0.0,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
    stop: Event | None = None,
) -> dict[str, Any]:
    """Measure ``device`` and return the record (``schema/measurement.schema.json``).

    ``tests`` (matmul, fma, copy, triad) and ``dtypes`` may be ("all",). ``budget`` is the time for
    timings in seconds, shared by all of them; choosing sizes and proving results come on top, and so do
    ``sustained`` seconds of timings without a pause for each. ``zeros`` adds a row on operands of zeros.
    ``threads`` (default: all processors) holds for the CPU and for software adapters. Setting ``stop``
    ends it early; what is measured by then is kept, as it is when a driver crashes. Raises ValueError for
    unknown names, MeasurementFailed with the reasons where nothing could be measured, and ``Interrupted``
    on KeyboardInterrupt when something was.
    """
    from kb.bench.workloads import chosen

    pairs = chosen(tests, dtypes)
    count = threads or (host.cpus() if device.kind == "cpu" else 1)
    payload = {
        "backend": device.backend,
        "device": device.name,
        "driver": device.driver,
        "threads": count,
        "zeros": zeros,
        "sustained": sustained,
        "pairs": pairs,
    }
    extra = dict.fromkeys(SOFTWARE_THREADS, str(threads)) if threads else {}
    env = {**environment(count), **extra}
    parts: list[_Part] = []
    left = budget
    for done, (test, dtype) in enumerate(pairs):
        refused = _refused(parts)
        if (test, dtype) in refused:
            parts.append(_Part(None, [], [refused[test, dtype]]))
            continue
        within = _share(progress, done, len(pairs))
        # What a test that is left out does not take, the others have.
        share = left / sum(pair not in refused for pair in pairs[done:])
        asked = {**payload, "test": test, "dtype": dtype, "budget": share}
        parts.append(_measured(asked, env, within, stop))
        left -= share if parts[-1].tests else 0
        if parts[-1].interrupted or (stop is not None and stop.is_set()):
            break
    interrupted = parts[-1].interrupted
    if not any(part.tests for part in parts):
        if interrupted:
            raise KeyboardInterrupt
        reasons = dict.fromkeys(str(entry["reason"]) for part in parts for entry in part.skipped)
        raise MeasurementFailed(f"{device.name} through {device.backend}: {'; '.join(reasons)}")
    if interrupted:
        raise Interrupted(_record(parts, env))
    return _record(parts, env)


def kernel_hash() -> str:
    """SHA-256 of the code that measures: records made with different code are told apart."""
    found = sha256()
    for name in _KERNEL_FILES:
        found.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return found.hexdigest()


def _asked(names: Sequence[str]) -> list[tuple[str, Outcome]]:
    """What each backend says of its devices; all are asked at once, as some take seconds to load."""
    stop = Event()

    def ask(name: str) -> Outcome:
        entry = "kb.bench.measure:devices"
        return run_child(
            entry, {"backend": name}, seconds=_LISTING, memory=None, env=environment(1), stop=stop
        )

    with ThreadPoolExecutor(max(1, len(names))) as pool:
        try:
            return list(zip(names, pool.map(ask, names), strict=True))
        except BaseException:
            stop.set()
            raise


def _refused(parts: Sequence[_Part]) -> dict[tuple[str, str], dict[str, Any]]:
    """Tests and types that a child said cannot be measured: they need no child of their own."""
    said = [entry for part in parts if part.about for entry in part.about.get("refused", ())]
    return {(entry["test"], entry["dtype"]): entry for entry in said}


def _share(progress: Callable[[float], None] | None, done: int, of: int) -> Callable[[float], None] | None:
    return None if progress is None else lambda share: progress((done + share) / of)


def _measured(
    payload: Mapping[str, Any],
    env: Mapping[str, str],
    progress: Callable[[float], None] | None,
    stop: Event | None,
) -> _Part:
    """Measure one test in one type, in a child of its own."""
    with tempfile.TemporaryDirectory(prefix="kb-") as folder:
        journal = Path(folder, "journal")
        lost = {"test": payload["test"], "dtype": payload["dtype"]}
        try:
            outcome = run_child(
                "kb.bench.measure:measure",
                {**payload, "journal": str(journal)},
                seconds=10 * payload["budget"] + 2 * payload["sustained"] + 120,
                memory=None,
                progress=progress,
                env=env,
                stop=stop,
            )
        except KeyboardInterrupt:
            return _part([*_written(journal), {"skipped": [{**lost, "reason": "interrupted"}]}], True)
        if outcome.value is not None:
            return _part([outcome.value])
        return _part([*_written(journal), {"skipped": [{**lost, "reason": explain(outcome.reason)}]}])


def _written(journal: Path) -> list[dict[str, Any]]:
    """The whole lines of a journal; its writer may have died in the middle of one."""
    if not journal.exists():
        return []
    lines = journal.read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]


def _part(pieces: Sequence[Mapping[str, Any]], interrupted: bool = False) -> _Part:
    about = next((piece for piece in pieces if "device" in piece), None)
    return _Part(
        about,
        [test for piece in pieces for test in piece.get("tests", ())],
        [entry for piece in pieces for entry in piece.get("skipped", ())],
        interrupted,
    )


def _record(parts: Sequence[_Part], env: Mapping[str, str]) -> dict[str, Any]:
    about = next(part.about for part in parts if part.about is not None)
    seen = about["device"]
    device = _device(seen, about["backend"]["name"])
    skipped = [entry for part in parts for entry in part.skipped]
    record = {
        "schema": SCHEMA,
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tool": {"name": "kb", "version": kb.__version__, "kernels": kernel_hash()},
        "backend": about["backend"],
        "device": {
            "name": device.name,
            "kind": device.kind,
            "is_gpu": device.is_gpu,
            "reported": seen["reported"],
            "driver": device.driver,
            "features": seen["features"],
            **({"cache": seen["cache"]} if seen.get("cache") else {}),
            **_said({name: seen.get(name) for name in _SIZES}, _SILENT[device.backend]),
        },
        "host": {**_said(host.describe(), "the system does not tell"), "environment": steering(env)},
        "tests": [test for part in parts for test in part.tests],
    }
    return {**record, "skipped": skipped} if skipped else record


def _said(found: Mapping[str, object], silent: str) -> dict[str, object]:
    """What is known and, for each thing that is not, null and in ``unknown`` the reason."""
    unknown = {name: silent for name, value in found.items() if value is None}
    return {**found, **({"unknown": unknown} if unknown else {})}


def _device(entry: Mapping[str, Any], backend: str) -> Device:
    kind, is_gpu = classify(entry["name"], entry["reported"], backend=backend)
    return Device(entry["name"], kind, backend, is_gpu, entry["driver"])
