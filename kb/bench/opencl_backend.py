"""Any maker's device through OpenCL (pyopencl): plain kernels, no matrix units. PoCL makes one of the CPU."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import numpy as np

from kb.bench.backend import Found, Job, Kernel, Unavailable, broken, missing, told_apart
from kb.bench.host import cache_bytes
from kb.bench.numbers import Array
from kb.bench.opencl_kernels import TYPES, Program, programs
from kb.bench.workloads import flush_bytes

LONGEST = 0.25  # systems reset a GPU that does not answer for some seconds
_OPTIONS = "-cl-std=CL1.2"


def _library() -> Any:
    try:
        import pyopencl
    except (ImportError, OSError) as error:
        raise missing("opencl", error) from error
    return pyopencl


def version() -> str:
    """pyopencl's version."""
    return f"pyopencl {_library().VERSION_TEXT}"


def devices() -> list[Found]:
    """Every device of every driver. Raises Unavailable without a driver."""
    return [found for found, _ in _devices()]


def refusal(device: Found, test: str, dtype: str) -> str:
    """fp64 and fp16 where the device lists them."""
    if dtype not in TYPES:
        return f"OpenCL has no {dtype}"
    if dtype != "fp32" and dtype not in device.features:
        return f"the device has no {dtype} (cl_khr_{dtype})"
    return ""


def kernels(device: Found, job: Job) -> Generator[Kernel]:
    """Each program that suits the device. Raises Unavailable where the operands do not fit."""
    cl = _library()
    there = next((there for found, there in _devices() if found == device), None)
    if there is None:
        raise Unavailable(f"the device {device.name} is no longer there")
    largest = max(operand.nbytes for operand in job.operands)
    if largest > there.max_mem_alloc_size:
        raise Unavailable(f"an array takes {largest} bytes; the device allows {there.max_mem_alloc_size}")
    context = cl.Context([there])
    queue = cl.CommandQueue(context, properties=cl.command_queue_properties.PROFILING_ENABLE)
    flags = cl.mem_flags
    sources = [
        cl.Buffer(context, flags.READ_ONLY | flags.COPY_HOST_PTR, hostbuf=np.ascontiguousarray(operand))
        for operand in job.operands
    ]
    flush, flushed = _flush(cl, queue, there, flush_bytes(device.cache, job.test))
    for program in programs(job):
        items = np.prod(program.local or (1,))
        if program.memory > there.local_mem_size or items > there.max_work_group_size:
            continue
        # A buffer of its own for each, so that no kernel can pass with another's result.
        target = cl.Buffer(context, flags.READ_WRITE, job.operands[0].nbytes)
        try:
            built = cl.Program(context, program.code).build(options=_OPTIONS)
        except cl.Error as error:
            yield broken(program.variant, error)
            continue
        made = _kernel(cl, queue, program, built, [*sources, target], job)
        yield replace(made, flush=flush, flushed=flushed)
        target.release()


def _flush(cl: Any, queue: Any, device: Any, wanted: int) -> tuple[Callable[[], object] | None, int]:
    """What overwrites a buffer of so many bytes, or of as many as the device allows; None for none."""
    size = min(wanted, device.max_mem_alloc_size)
    if not size:
        return None, 0
    held, value = cl.Buffer(queue.context, cl.mem_flags.READ_WRITE, size), np.ones(1, np.uint32)
    return lambda: cl.enqueue_fill_buffer(queue, held, value, 0, size), size


def _kernel(cl: Any, queue: Any, program: Program, built: Any, buffers: list[Any], job: Job) -> Kernel:
    kernel = cl.Kernel(built, "test")
    kernel.set_args(*buffers)

    # The driver does not hold on to a kernel's buffers: ``buffers`` must live as long as this function.
    def run(repeats: int, held: list[Any] = buffers) -> float:
        first = cl.enqueue_nd_range_kernel(queue, kernel, program.size, program.local)
        last = first
        for _ in range(repeats - 1):
            last = cl.enqueue_nd_range_kernel(queue, kernel, program.size, program.local)
        last.wait()
        seconds = (last.profile.end - first.profile.start) * 1e-9 / repeats
        if seconds <= 0:
            raise Unavailable("the device's clock stands still")
        return float(seconds)

    def result() -> Array:
        got = np.empty_like(job.operands[0])
        cl.enqueue_copy(queue, got, buffers[-1])
        queue.finish()
        return got

    accumulate = job.dtype
    return Kernel(program.variant, run, result, "device", "shader", accumulate, job.dtype, program.block)


def _devices() -> list[tuple[Found, Any]]:
    """What there is, and the library's object for each."""
    cl = _library()
    try:
        platforms = cl.get_platforms()
    except cl.Error as error:
        raise Unavailable(
            f"there is no OpenCL driver ({error}): install your device's, or pocl-opencl-icd for the CPU"
        ) from error
    there = [device for platform in platforms for device in platform.get_devices()]
    return list(zip(told_apart(map(_found, there)), there, strict=True))


def _found(device: Any) -> Found:
    kinds = _library().device_type
    reported = next(
        (name for name in ("GPU", "CPU", "ACCELERATOR") if device.type & getattr(kinds, name)), "unknown"
    )
    extensions = device.extensions.split()
    return Found(
        name=" ".join(device.name.split()),
        reported=reported,
        driver=f"{device.platform.name}, {device.driver_version}",
        features=tuple(dtype for dtype in ("fp64", "fp16") if f"cl_khr_{dtype}" in extensions),
        # What GPUs report is the first cache on some and the last on others.
        cache=cache_bytes() if reported == "CPU" else 0,
        # Drivers that do not know say zero.
        memory=device.global_mem_size or None,
        units=device.max_compute_units or None,
        clock_mhz=float(device.max_clock_frequency) or None,
    )
