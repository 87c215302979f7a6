"""Any maker's GPU through WebGPU (wgpu-py): plain shaders in fp32 and fp16, no matrix units.

The result is a rate of the shader path; it says nothing of tensor cores or the like.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from kb.bench.backend import Found, Job, Kernel, Unavailable, missing, told_apart
from kb.bench.host import cache_bytes
from kb.bench.numbers import Array
from kb.bench.wgsl import TYPES, Shader, shaders
from kb.bench.workloads import flush_bytes

LONGEST = 0.25  # systems reset a GPU that does not answer for some seconds
_LIMITS = ("max-buffer-size", "max-storage-buffer-binding-size")
_TIMESTAMPS = "timestamp-query"
_HALF = "shader-f16"


def _library() -> Any:
    try:
        import wgpu
    except (ImportError, OSError) as error:
        raise missing("wgpu", error) from error
    return wgpu


def version() -> str:
    """wgpu-py's version."""
    return str(_library().__version__)


def devices() -> list[Found]:
    """Every adapter; those of OpenGL are left out, being the same devices with less."""
    return [found for found, _ in _adapters()]


def refusal(device: Found, test: str, dtype: str) -> str:
    """fp32 everywhere, fp16 where the adapter lists it."""
    if dtype not in TYPES:
        return f"WebGPU has no {dtype}"
    if dtype == "fp16" and _HALF not in device.features:
        return f"the device has no fp16 ({_HALF})"
    return ""


def kernels(device: Found, job: Job) -> Generator[Kernel]:
    """Each shader that suits the job. Raises Unavailable where the operands do not fit."""
    adapter = next((adapter for found, adapter in _adapters() if found == device), None)
    if adapter is None:
        raise Unavailable(f"the adapter {device.name} is no longer there")
    room = min(adapter.limits[name] for name in _LIMITS)
    largest = max(operand.nbytes for operand in job.operands)
    if largest > room:
        raise Unavailable(f"an array takes {largest} bytes; the device allows {room}")
    wgpu = _library()
    needed = {_TIMESTAMPS, *([_HALF] if job.dtype == "fp16" else [])}
    gpu = adapter.request_device_sync(
        required_features=sorted(needed & set(adapter.features)),
        required_limits={name: adapter.limits[name] for name in _LIMITS},
    )
    usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_SRC
    sources = [gpu.create_buffer_with_data(data=_padded(operand), usage=usage) for operand in job.operands]
    flush, flushed = _flush(wgpu, gpu, min(room, flush_bytes(device.cache, job.test)))
    for shader in shaders(job):
        # A buffer of its own for each, so that no shader can pass with another's result.
        target = gpu.create_buffer(size=job.operands[0].nbytes, usage=usage)
        yield replace(_kernel(wgpu, gpu, shader, [*sources, target], job), flush=flush, flushed=flushed)
        target.destroy()


def _flush(wgpu: Any, gpu: Any, size: int) -> tuple[Callable[[], None] | None, int]:
    """What overwrites a buffer of so many bytes; None for none, and where timings are by the wall clock.

    There a timing of one execution would be as much of launching it.
    """
    if not size or _TIMESTAMPS not in gpu.features:
        return None, 0
    held = gpu.create_buffer(size=size, usage=wgpu.BufferUsage.COPY_DST)

    def flush() -> None:
        encoder = gpu.create_command_encoder()
        encoder.clear_buffer(held)
        gpu.queue.submit([encoder.finish()])

    return flush, size


def _padded(operand: Array) -> Array:
    """An operand at least four bytes long, as buffers have to be."""
    return operand if operand.nbytes >= 4 else np.resize(operand, 4 // operand.itemsize)


def _adapters() -> list[tuple[Found, Any]]:
    """What there is, and the library's object for each."""
    there = _library().gpu.enumerate_adapters_sync()
    kept = [adapter for adapter in there if adapter.info["backend_type"] != "OpenGL"]
    return list(zip(told_apart(map(_found, kept)), kept, strict=True))


def _found(adapter: Any) -> Found:
    info = adapter.info
    interesting = ("timestamp-query", "shader-f16", "shader-f64", "subgroup")
    return Found(
        name=info["device"],
        reported=info["adapter_type"],
        driver=f"{info['backend_type']}, {info['description']}",
        features=tuple(name for name in interesting if name in adapter.features),
        cache=cache_bytes() if info["adapter_type"] == "CPU" else 0,
    )


def _kernel(wgpu: Any, gpu: Any, shader: Shader, buffers: list[Any], job: Job) -> Kernel:
    pipeline = gpu.create_compute_pipeline(
        layout="auto",
        compute={"module": gpu.create_shader_module(code=shader.code), "entry_point": "main"},
    )
    group = gpu.create_bind_group(
        layout=pipeline.get_bind_group_layout(0),
        entries=[
            {"binding": i, "resource": {"buffer": buffer, "offset": 0, "size": buffer.size}}
            for i, buffer in enumerate(buffers)
        ],
    )
    timed = _TIMESTAMPS in gpu.features
    if timed:
        stamps = gpu.create_query_set(type="timestamp", count=2)
        read = wgpu.BufferUsage.QUERY_RESOLVE | wgpu.BufferUsage.COPY_SRC
        resolved = gpu.create_buffer(size=16, usage=read)
        writes = {
            "query_set": stamps,
            "beginning_of_pass_write_index": 0,
            "end_of_pass_write_index": 1,
        }

    def run(repeats: int) -> float:
        started = time.perf_counter()
        encoder = gpu.create_command_encoder()
        compute = encoder.begin_compute_pass(**({"timestamp_writes": writes} if timed else {}))
        compute.set_pipeline(pipeline)
        compute.set_bind_group(0, group)
        for _ in range(repeats):
            compute.dispatch_workgroups(*shader.groups)
        compute.end()
        if timed:
            encoder.resolve_query_set(stamps, 0, 2, resolved, 0)
        gpu.queue.submit([encoder.finish()])
        # Reading waits for the work to be done.
        if timed:
            first, last = np.frombuffer(gpu.queue.read_buffer(resolved), np.uint64)
            if last <= first:
                raise Unavailable("the device's clock stands still")
            return float(int(last) - int(first)) * 1e-9 / repeats
        gpu.queue.read_buffer(buffers[-1], size=4)
        return (time.perf_counter() - started) / repeats

    def result() -> Array:
        like = job.operands[0]
        return np.frombuffer(gpu.queue.read_buffer(buffers[-1]), like.dtype).reshape(like.shape)

    timer: Literal["wall", "device"] = "device" if timed else "wall"
    return Kernel(shader.variant, run, result, timer, "shader", job.dtype, job.dtype, shader.block)
