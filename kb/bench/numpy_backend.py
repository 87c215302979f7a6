"""The CPU through numpy and its BLAS. How many threads it uses is set by the parent's environment."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace

import numpy as np

from kb.bench.backend import Found, Job, Kernel, Path
from kb.bench.host import cache_bytes, clock_mhz, cpu_name, cpus, memory_bytes
from kb.bench.numbers import Array
from kb.bench.workloads import flush_bytes

LONGEST = float("inf")
_REFUSED = {
    "tf32": "a CPU has no tf32",
    "bf16": "numpy has no bf16; torch has: pip install 'kb-argmap[gpu-torch]'",
    "fp8": "numpy has no fp8",
    "int8": "numpy keeps sums of int8 in int8, where they overflow; torch does not",
}


def version() -> str:
    """numpy's version, and the BLAS that it was built with."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{np.__version__}, {blas['name']} {blas['version']}"


def devices() -> list[Found]:
    """The one CPU."""
    return [
        Found(
            cpu_name(),
            "CPU",
            cache=cache_bytes(),
            memory=memory_bytes(),
            units=cpus(),
            clock_mhz=clock_mhz(),
        )
    ]


def refusal(device: Found, test: str, dtype: str) -> str:
    """numpy has BLAS for fp32 and fp64, and no fused multiply-add."""
    if test == "fma":
        return "numpy has no fused multiply-add of its own; OpenCL has: pip install 'kb-argmap[gpu-opencl]'"
    return _REFUSED.get(dtype, "")


def kernels(device: Found, job: Job) -> Generator[Kernel]:
    """numpy's own operations, into an array that is there already."""
    if job.test == "matmul":
        yield from _products(job)
        return
    held = np.zeros(flush_bytes(device.cache, job.test), np.uint8)
    moving = [_copy(job)] if job.test == "copy" else [_triad(job, 2**power) for power in (13, 14, 15)]
    for kernel in moving:
        if job.wants(kernel.variant):
            yield replace(kernel, flush=lambda: held.fill(1), flushed=held.nbytes)


def _copy(job: Job) -> Kernel:
    (a,) = job.operands
    c = np.empty_like(a)
    return _kernel("copyto", lambda: np.copyto(c, a), c, job.dtype, "loop")


def _products(job: Job) -> Generator[Kernel]:
    a, b = job.operands
    c = np.empty_like(a)
    if job.dtype == "fp16":
        # numpy's loop for half precision sums in single precision.
        yield _kernel("matmul, not BLAS", lambda: np.matmul(a, b, out=c), c, "fp32", "loop", store="fp16")
    else:
        yield _kernel("matmul", lambda: np.matmul(a, b, out=c), c, job.dtype, "blas")


def _triad(job: Job, length: int) -> Kernel:
    """numpy needs two passes; done on pieces that stay in the first cache, memory sees only one."""
    b, c, (scale,) = job.operands
    a = np.empty_like(b)
    held = np.empty(length, b.dtype)
    pieces = [slice(i, i + length) for i in range(0, job.n, length)]

    def once() -> None:
        for piece in pieces:
            np.multiply(c[piece], scale, out=held)
            np.add(b[piece], held, out=a[piece])

    return _kernel(f"pieces of {length}", once, a, job.dtype, "loop")


def _kernel(
    variant: str, once: Callable[[], object], target: Array, accumulate: str, path: Path, store: str = ""
) -> Kernel:
    def run(repeats: int) -> float:
        started = time.perf_counter()
        for _ in range(repeats):
            once()
        return (time.perf_counter() - started) / repeats

    return Kernel(variant, run, lambda: target, "wall", path, accumulate, store or accumulate)
