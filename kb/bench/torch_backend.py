"""GPUs of NVIDIA (CUDA), AMD (ROCm), Apple (MPS) and Intel (XPU), and the CPU, through PyTorch."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any, Literal

from kb.bench.backend import Found, Job, Kernel, Path, Unavailable, missing
from kb.bench.host import cache_bytes, clock_mhz, cpu_name, cpus, memory_bytes
from kb.bench.numbers import Array
from kb.bench.workloads import flush_bytes

LONGEST = 0.25  # a GPU that also draws a screen is reset when it does not answer for some seconds
_NAMES = {
    "fp64": "float64",
    "fp32": "float32",
    "tf32": "float32",
    "fp16": "float16",
    "bf16": "bfloat16",
    "int8": "int8",
    "fp8": "float8_e4m3fn",
}
#: The least compute capability of an NVIDIA GPU for a type, as ten times its number.
_LEAST = {"fp16": 53, "int8": 75, "bf16": 80, "tf32": 80, "fp8": 89}
#: AMD's GPUs with matrix cores for computing (CDNA), by the start of their name.
_CDNA = ("gfx908", "gfx90a", "gfx94", "gfx95")
_TENSOR_CORES = 70


def _library() -> Any:
    try:
        import torch
    except (ImportError, OSError) as error:
        raise missing("torch", error) from error
    return torch


def version() -> str:
    """torch's version, which names what it was built for."""
    return str(_library().__version__)


def devices() -> list[Found]:
    """Every GPU that torch reaches, and the CPU."""
    return [found for found, _ in _devices()]


def refusal(device: Found, test: str, dtype: str) -> str:
    """Which types a device's library multiplies depends on its maker and its age."""
    if test == "fma":
        return "torch has no chains of multiply-adds; the same device has through wgpu or opencl"
    if device.reported == "CUDA":
        capability = _capability(device)
        if capability < _LEAST.get(dtype, 0):
            return f"{dtype} needs compute capability {_LEAST[dtype] / 10}; the device has {capability / 10}"
        return ""
    if device.reported == "ROCm" and dtype == "fp8":
        return "" if _has(device, "gfx95") else "fp8 in the form of e4m3fn needs an AMD MI350 or newer"
    refused = {
        "ROCm": ("tf32",),
        "CPU": ("tf32", "fp8"),
        "MPS": ("fp64", "tf32", "int8", "fp8"),
        "XPU": ("tf32", "int8", "fp8"),
    }[device.reported]
    if dtype == "fp64" and device.reported == "XPU" and not _has(device, "fp64"):
        return "the device has no fp64"
    return f"torch multiplies no {dtype} on {device.reported}" if dtype in refused else ""


def kernels(device: Found, job: Job) -> Generator[Kernel]:
    """The library's own operation. Raises Unavailable when the device is gone."""
    torch = _library()
    place = next((place for found, place in _devices() if found == device), None)
    if place is None:
        raise Unavailable(f"the device {device.name} is no longer there")
    _settle(torch, device, job.dtype)
    kind = getattr(torch, _NAMES[job.dtype])
    # Each operand is exact in its type, so this conversion rounds nothing.
    operands = [torch.from_numpy(operand).to(kind).to(place) for operand in job.operands]
    once, target = _operation(torch, job, operands)
    run, timer = _timed(torch, device, once, place)

    def result() -> Array:
        got = target().detach().to("cpu")
        wide = got.to(torch.float32) if job.dtype in ("bf16", "fp8") else got
        return wide.numpy()  # type: ignore[no-any-return]

    accumulate = {"fp64": "fp64", "int8": "int32"}.get(job.dtype, "fp32")
    store = {"fp8": "bf16", "int8": "int32", "tf32": "fp32"}.get(job.dtype, job.dtype)
    if job.test != "matmul":
        accumulate = job.dtype
    flush, flushed = _flush(torch, place, flush_bytes(device.cache, job.test))
    path = _path(device, job)
    yield Kernel(_variant(job), run, result, timer, path, accumulate, store, flush=flush, flushed=flushed)


def _flush(torch: Any, place: str, size: int) -> tuple[Callable[[], object] | None, int]:
    """What overwrites a buffer of so many bytes; None for none."""
    if not size:
        return None, 0
    return torch.empty(size, dtype=torch.int8, device=place).zero_, size


def _variant(job: Job) -> str:
    if job.test != "matmul":
        return {"copy": "copy_", "triad": "add with alpha"}[job.test]
    return {"int8": "_int_mm", "fp8": "_scaled_mm"}.get(job.dtype, "mm")


def _operation(torch: Any, job: Job, operands: list[Any]) -> tuple[Callable[[], object], Callable[[], Any]]:
    """What is timed, and where its result is afterwards."""
    if job.test == "copy":
        (a,) = operands
        target = torch.empty_like(a)
        return lambda: target.copy_(a), lambda: target
    if job.test == "triad":
        b, c, _ = operands
        scale = float(job.operands[2][0])
        target = torch.empty_like(b)
        return lambda: torch.add(b, c, alpha=scale, out=target), lambda: target
    a, b = operands
    if job.dtype == "fp8":
        return _scaled(torch, a, b)
    if job.dtype == "int8":
        sums = torch.empty((job.n, job.n), dtype=torch.int32, device=a.device)
        return lambda: torch._int_mm(a, b, out=sums), lambda: sums
    target = torch.empty_like(a)
    return lambda: torch.mm(a, b, out=target), lambda: target


def _scaled(torch: Any, a: Any, b: Any) -> tuple[Callable[[], object], Callable[[], Any]]:
    """fp8 products: the second matrix column by column, sums in full, the result in bf16."""
    by_column = b.t().contiguous().t()
    one = torch.ones((), dtype=torch.float32, device=a.device)
    last: list[Any] = []

    def once() -> None:
        last[:] = [
            torch._scaled_mm(
                a, by_column, scale_a=one, scale_b=one, out_dtype=torch.bfloat16, use_fast_accum=False
            )
        ]

    return once, lambda: last[0]


def _settle(torch: Any, device: Found, dtype: str) -> None:
    """Make the library use the type that the record will name: tf32 only where asked, sums in fp32."""
    if device.reported in ("CUDA", "ROCm"):
        settings = torch.backends.cuda.matmul
        settings.allow_tf32 = dtype == "tf32"
        settings.allow_fp16_reduced_precision_reduction = False
        settings.allow_bf16_reduced_precision_reduction = False


def _timed(
    torch: Any, device: Found, once: Callable[[], object], place: str
) -> tuple[Callable[[int], float], Literal["wall", "device"]]:
    """The device's own clock between two events; on the CPU, which does not run ahead, the wall clock."""
    if device.reported == "CPU":

        def by_wall(repeats: int) -> float:
            started = time.perf_counter()
            for _ in range(repeats):
                once()
            return (time.perf_counter() - started) / repeats

        return by_wall, "wall"
    runtime = getattr(torch, place.partition(":")[0])
    if ":" in place:
        runtime.set_device(place)
    first, last = runtime.Event(enable_timing=True), runtime.Event(enable_timing=True)

    def by_events(repeats: int) -> float:
        first.record()
        for _ in range(repeats):
            once()
        last.record()
        last.synchronize()
        seconds = float(first.elapsed_time(last)) * 1e-3 / repeats
        if seconds <= 0:
            raise Unavailable("the device's clock stands still")
        return seconds

    return by_events, "device"


def _path(device: Found, job: Job) -> Path:
    """Which units do the work, as far as the maker's documentation settles it."""
    if job.test != "matmul":
        return "library"
    if device.reported == "CPU":
        return "blas"
    if device.reported == "CUDA":
        if job.dtype == "fp32":
            return "shader"
        # fp64 runs on tensor cores on the A100 and its like only, as the library thinks best.
        if job.dtype != "fp64":
            return "matrix-unit" if _capability(device) >= _TENSOR_CORES else "shader"
    if device.reported == "ROCm" and job.dtype in ("fp16", "bf16", "int8", "fp8") and _has(device, *_CDNA):
        return "matrix-unit"
    return "library"


def _devices() -> list[tuple[Found, str]]:
    """What there is, with torch's name for its place."""
    torch = _library()
    found: list[tuple[Found, str]] = []
    if torch.cuda.is_available():
        found += [_cuda(torch, index) for index in range(torch.cuda.device_count())]
    if hasattr(torch, "xpu") and torch.xpu.is_available():
        for index in range(torch.xpu.device_count()):
            properties = torch.xpu.get_device_properties(index)
            features = ("fp64",) if getattr(properties, "has_fp64", False) else ()
            driver = f"{getattr(properties, 'driver_version', 'driver unknown')}, xpu:{index}"
            memory = getattr(properties, "total_memory", None)
            units = getattr(properties, "max_compute_units", None)
            there = Found(properties.name, "XPU", driver, features, memory=memory, units=units)
            found.append((there, f"xpu:{index}"))
    if torch.backends.mps.is_available():
        found.append((Found(f"{cpu_name()} GPU", "MPS", "Metal", memory=memory_bytes()), "mps"))
    features = (str(torch.backends.cpu.get_cpu_capability()),)
    host = Found(cpu_name(), "CPU", "", features, cache_bytes(), memory_bytes(), cpus(), clock_mhz())
    found.append((host, "cpu"))
    return found


def _cuda(torch: Any, index: int) -> tuple[Found, str]:
    """A GPU of NVIDIA, or one of AMD, which torch calls by the same name."""
    properties = torch.cuda.get_device_properties(index)
    place = f"cuda:{index}"
    # Versions before 2.7 or so do not tell the clock, given in kHz.
    clock = getattr(properties, "clock_rate", 0) / 1000 or None
    size = (
        getattr(properties, "total_memory", None),
        getattr(properties, "multi_processor_count", None),
        clock,
    )
    if torch.version.hip:
        # Behind the cache that is reported lies a larger one on the large GPUs.
        architecture = str(getattr(properties, "gcnArchName", "")).partition(":")[0]
        driver = f"ROCm {torch.version.hip}, {place}"
        return Found(properties.name, "ROCm", driver, (architecture,), 0, *size), place
    capability = f"sm_{10 * properties.major + properties.minor}"
    cache = int(getattr(properties, "L2_cache_size", 0))
    driver = f"CUDA {torch.version.cuda}, {place}"
    return Found(properties.name, "CUDA", driver, (capability,), cache, *size), place


def _capability(device: Found) -> int:
    return next((int(name[3:]) for name in device.features if name.startswith("sm_")), 0)


def _has(device: Found, *features: str) -> bool:
    return any(name.startswith(features) for name in device.features)
