"""The backends: what each one computes is right, what it lacks is said, a crash keeps what was measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from kb import bench
from kb.bench import (
    chains,
    choose,
    numpy_backend,
    opencl_backend,
    run,
    timing,
    torch_backend,
    wgpu_backend,
    workloads,
)
from kb.bench.backend import Found, Job, Kernel, Unavailable, broken
from kb.bench.numbers import ROUNDOFF, Array, drawn, stored
from kb.bench.product import operands, prove
from kb.bench.trouble import explain
from kb.isolate import Outcome
from kb.model import Device
from kb.source.schemas import misfits
from tests.conftest import PROJECT, missing

TESTS = {"matmul": 256, "fma": 4096, "copy": 2**16, "triad": 2**16}


def job(test: str, dtype: str, *, zeros: bool = False) -> Job:
    return workloads.workload(test).job(TESTS[test], dtype, 3, zeros)


# --- numbers and their rounding -----------------------------------------------


@pytest.mark.parametrize("dtype", ["fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "int8"])
def test_operands_lose_no_bits_on_the_way_to_a_device(dtype: str) -> None:
    values = drawn((4096,), dtype, np.random.default_rng(0)).astype(np.float64)
    assert 0.9 < np.std(values) / (32 if dtype == "int8" else 1) < 1.1
    normal = values[np.abs(values) >= 2.0**-6]
    mantissa = np.frexp(normal)[0] / ROUNDOFF.get(dtype, 2.0**-8)
    assert np.array_equal(mantissa, np.rint(mantissa))


def test_fp8_is_e4m3() -> None:
    held = {sign * (8 + m) * 2.0 ** (e - 3) for sign in (1, -1) for m in range(8) for e in range(-6, 9)}
    held |= {sign * m * 2.0**-9 for sign in (1, -1) for m in range(8)}
    assert set(drawn((4096,), "fp8", np.random.default_rng(0)).tolist()) <= held


# --- proofs -------------------------------------------------------------------


def stepped(start: Array, times: int, *, fused: bool = True) -> Array:
    """The recurrence itself, step by step, each FMA rounded once (or twice)."""
    turn = chains.coefficients({4: "fp32", 2: "fp16"}[start.dtype.itemsize])
    x, y = start.copy()
    wide = np.float64 if fused else start.dtype.type
    for _ in range(times):
        x = (x.astype(wide) + wide(turn[0]) * y.astype(wide)).astype(start.dtype)
        y = (y.astype(wide) + wide(turn[1]) * x.astype(wide)).astype(start.dtype)
    return np.stack([x, y])


@pytest.mark.parametrize("dtype", ["fp32", "fp16"])
@pytest.mark.parametrize("fused", [True, False])
def test_chains_end_where_the_proof_says(dtype: str, fused: bool) -> None:
    start = drawn((2, 512), dtype, np.random.default_rng(1))
    times = chains.rounds(dtype)
    assert chains.prove_ends(stepped(start, times, fused=fused), start, times).ok


@pytest.mark.parametrize("dtype", ["fp32", "fp16"])
@pytest.mark.parametrize("lost", ["one round", "half", "all", "not written", "not a number", "one pair"])
def test_chains_that_were_not_run_are_found_out(dtype: str, lost: str) -> None:
    start = drawn((2, 512), dtype, np.random.default_rng(1))
    times = chains.rounds(dtype)
    done = {"one round": times - 1, "half": times // 2, "all": 0}.get(lost, times)
    got = stepped(start, done)
    if lost == "not written":
        got[:] = 0
    elif lost == "not a number":
        got[1, 7] = np.nan
    elif lost == "one pair":
        # The pair whose loss shows best; the others may lie near where they began.
        got[:, np.argmax(np.abs(start).sum(0))] *= -1
    assert not chains.prove_ends(got, start, times).ok


@pytest.mark.parametrize("test", ["copy", "triad"])
@pytest.mark.parametrize("spoil", [7.0, np.nan])
def test_one_wrong_number_spoils_a_row(test: str, spoil: float) -> None:
    made = job(test, "fp32")
    (kernel, *_) = numpy_backend.kernels(Found("CPU", "CPU"), made)
    kernel.run(1)
    got = kernel.result().copy()
    load = workloads.workload(test)
    assert load.prove(got, made, kernel).ok
    got[12345] = spoil
    assert not load.prove(got, made, kernel).ok


def test_integers_are_proven_exactly() -> None:
    a, b = operands(128, 1, "int8")
    right = a.astype(np.int32) @ b.astype(np.int32)
    assert prove(right, a, b, store="int32", accumulate="int32").ok
    right[3, 4] += 1
    assert not prove(right, a, b, store="int32", accumulate="int32").ok


def test_products_of_zeros_are_zeros() -> None:
    a, b = operands(128, 1, zeros=True)
    assert prove(np.zeros((128, 128), np.float32), a, b).ok
    assert not prove(np.full((128, 128), 1e-30, np.float32), a, b).ok


# --- timing -------------------------------------------------------------------


def test_no_call_takes_longer_than_a_device_may() -> None:
    assert timing.pace(3.0, 0.1, 0.25) == timing.Pace(15, 2)
    assert timing.pace(0.01, 1.0, 0.25) == timing.Pace(1, 1)
    assert timing.pace(0.05, 0.001, float("inf")) == timing.Pace(1, 50)


def test_a_clock_that_does_not_see_the_work_is_flagged() -> None:
    def made(run: Callable[[int], float]) -> Kernel:
        return Kernel("k", run, lambda: np.zeros(1), "device", "shader", "fp32", "fp32")

    assert timing.linearity(made(lambda repeats: 0.5), 4) == pytest.approx(2)
    assert timing.linearity(made(lambda repeats: 0.5 / repeats), 4) == pytest.approx(1)


def test_arrays_are_far_larger_than_the_cache() -> None:
    n = workloads.far_beyond(50 * 2**20, 2, "fp32")
    assert 2 * 4 * n >= 4 * 50 * 2**20
    assert workloads.far_beyond(0, 2, "fp32") * 2 * 4 >= 2**30


def test_tests_and_types_are_chosen_by_name() -> None:
    assert workloads.chosen(["matmul"], ["fp32"]) == [("matmul", "fp32")]
    every = workloads.chosen(["all"], ["all"])
    assert every[0] == ("matmul", "fp32")
    assert [pair for pair in every if pair[0] == "triad"] == [("triad", "fp32")]
    with pytest.raises(ValueError, match="there is no test 'sort'"):
        workloads.chosen(["sort"], ["fp32"])
    with pytest.raises(ValueError, match="there is no type 'fp4'"):
        workloads.chosen(["matmul"], ["fp4"])
    assert workloads.chosen(["fma"], ["int8"]) == [("fma", "int8")]
    with pytest.raises(ValueError, match="copy cannot be measured in int8"):
        workloads.chosen(["copy"], ["int8"])


# --- every backend that is here -----------------------------------------------


def proven(backend: Any, device: Found, made: Job) -> list[str]:
    """Run every kernel for a job; those whose result is right."""
    right = []
    for kernel in backend.kernels(device, made):
        assert kernel.run(1) > 0
        if workloads.workload(made.test).prove(kernel.result(), made, kernel).ok:
            right.append(kernel.variant)
        else:
            pytest.fail(f"{kernel.variant} is wrong")
    return right


def software(backend: Any, name: str) -> Found:
    try:
        found = backend.devices()
    except Unavailable as error:
        missing(str(error))
    device = next((device for device in found if device.reported == "CPU"), None)
    if device is None:
        missing(f"{name} has no software adapter")
    return device


@pytest.mark.parametrize("test", ["matmul", "copy", "triad"])
@pytest.mark.parametrize("dtype", ["fp32", "fp64", "fp16"])
def test_numpy_is_right(test: str, dtype: str) -> None:
    (device,) = numpy_backend.devices()
    assert not numpy_backend.refusal(device, test, dtype)
    assert proven(numpy_backend, device, job(test, dtype))


def test_numpy_says_what_is_no_blas() -> None:
    (kernel,) = numpy_backend.kernels(numpy_backend.devices()[0], job("matmul", "fp16"))
    assert (kernel.path, kernel.accumulate, kernel.store) == ("loop", "fp32", "fp16")
    assert "not BLAS" in kernel.variant
    assert "overflow" in numpy_backend.refusal(Found("CPU", "CPU"), "matmul", "int8")


@pytest.mark.gpu_software
@pytest.mark.parametrize("test", list(TESTS))
@pytest.mark.parametrize("dtype", ["fp32", "fp16"])
def test_webgpu_is_right_on_a_software_adapter(test: str, dtype: str) -> None:
    device = software(wgpu_backend, "WebGPU")
    reason = wgpu_backend.refusal(device, test, dtype)
    if reason:
        assert (dtype, "shader-f16" in device.features) == ("fp16", False)
    else:
        assert len(proven(wgpu_backend, device, job(test, dtype))) >= 2


@pytest.mark.gpu_software
@pytest.mark.parametrize("test", list(TESTS))
@pytest.mark.parametrize("dtype", ["fp32", "fp64"])
def test_opencl_is_right_on_a_software_device(test: str, dtype: str) -> None:
    device = software(opencl_backend, "OpenCL")
    assert not opencl_backend.refusal(device, test, dtype)
    assert len(proven(opencl_backend, device, job(test, dtype))) >= 4


@pytest.mark.gpu_software
def test_a_variant_can_be_asked_for_alone() -> None:
    device = software(opencl_backend, "OpenCL")
    made = replace(job("copy", "fp32"), only=("vectors of 4",))
    assert proven(opencl_backend, device, made) == ["vectors of 4"]


@pytest.mark.gpu_software
def test_opencl_from_end_to_end() -> None:
    software(opencl_backend, "OpenCL")
    device = next(d for d in bench.devices() if d.backend == "opencl")
    assert (device.kind, device.is_gpu) == ("software", False)
    record = bench.flops(device, budget=0.6, tests=("fma", "copy"), zeros=True, sustained=0.2, threads=1)
    assert misfits("measurement", record) == []
    rows = [(row["test"], row["data"], row["phase"]) for row in record["tests"]]
    assert rows[:3] == [
        ("fma", "standard normal", "burst"),
        ("fma", "standard normal", "sustained"),
        ("fma", "zeros", "burst"),
    ]
    assert [row["stats"]["unit"] for row in record["tests"]] == ["FLOP/s"] * 3 + ["byte/s"] * 3
    assert all(row["check"]["ok"] for row in record["tests"])


TORCH = """
import json, sys
sys.path += json.loads(sys.argv[1])
from kb.bench import torch_backend, workloads
device = torch_backend.devices()[-1]
found = []
for test, n, dtypes in json.loads(sys.argv[2]):
    load = workloads.workload(test)
    for dtype in dtypes:
        assert not torch_backend.refusal(device, test, dtype)
        job = load.job(n, dtype, 3, False)
        for kernel in torch_backend.kernels(device, job):
            assert kernel.run(1) > 0
            right = load.prove(kernel.result(), job, kernel).ok
            found.append([test, dtype, kernel.path, kernel.accumulate, right])
print(json.dumps(found))
"""


def test_torch_on_the_cpu_is_right() -> None:
    """With torch here, or in an environment of its own, whose Python KB_TORCH_PYTHON names."""
    python = os.environ.get("KB_TORCH_PYTHON") or (sys.executable if find_spec("torch") else None)
    if python is None:
        pytest.skip("torch is not here; the simulated GPUs below stand in")
    asked = [
        ("matmul", 256, ("fp64", "fp32", "fp16", "bf16", "int8")),
        ("copy", 2**16, ("fp32",)),
        ("triad", 2**16, ("fp32",)),
    ]
    path = [str(PROJECT), *sys.path]
    done = subprocess.run(
        [python, "-c", TORCH, json.dumps(path), json.dumps(asked)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [
        ["matmul", "fp64", "blas", "fp64", True],
        ["matmul", "fp32", "blas", "fp32", True],
        ["matmul", "fp16", "blas", "fp32", True],
        ["matmul", "bf16", "blas", "fp32", True],
        ["matmul", "int8", "blas", "int32", True],
        ["copy", "fp32", "library", "fp32", True],
        ["triad", "fp32", "library", "fp32", True],
    ]


# --- devices that are not here ------------------------------------------------


class Tensor:
    """As much of a tensor as the backend uses, over an array."""

    def __init__(self, array: Array, device: str = "cpu") -> None:
        self.array, self.device = array, device

    def to(self, where: Any) -> Tensor:
        return Tensor(self.array, where) if isinstance(where, str) else self

    def detach(self) -> Tensor:
        return self

    def numpy(self) -> Array:
        return self.array


def fake_torch(*, major: int = 9, minor: int = 0, hip: str | None = None) -> Any:
    """A torch that sees one GPU; its events say that each product takes two milliseconds."""
    done: list[int] = [0]

    class Event:
        def __init__(self, enable_timing: bool) -> None:
            assert enable_timing

        def record(self) -> None:
            self.at = done[0]

        def synchronize(self) -> None:
            pass

        def elapsed_time(self, later: Any) -> float:
            return 2.0 * (later.at - self.at)

    def mm(a: Tensor, b: Tensor, out: Tensor) -> None:
        done[0] += 1
        assert (a.device, out.device) == ("cuda:0", "cuda:0")
        np.matmul(a.array, b.array, out=out.array)

    properties = SimpleNamespace(
        name="AMD Instinct MI300X" if hip else "NVIDIA H100 80GB HBM3",
        major=major,
        minor=minor,
        L2_cache_size=50 * 2**20,
        gcnArchName="gfx942:sramecc+",
    )
    matmul = SimpleNamespace(allow_tf32=True)
    return SimpleNamespace(
        __version__="2.13.0+cu130",
        version=SimpleNamespace(cuda=None if hip else "13.0", hip=hip),
        cuda=SimpleNamespace(
            is_available=lambda: True,
            device_count=lambda: 1,
            get_device_properties=lambda index: properties,
            set_device=lambda place: None,
            Event=Event,
        ),
        backends=SimpleNamespace(
            mps=SimpleNamespace(is_available=lambda: False),
            cpu=SimpleNamespace(get_cpu_capability=lambda: "AVX512"),
            cuda=SimpleNamespace(matmul=matmul),
        ),
        float32="float32 type",
        float16=SimpleNamespace(),
        from_numpy=Tensor,
        empty_like=lambda like: Tensor(np.empty_like(like.array), like.device),
        mm=mm,
    )


def seen_by(monkeypatch: pytest.MonkeyPatch, torch: Any) -> Found:
    torch.float32 = SimpleNamespace()
    monkeypatch.setattr(torch_backend, "_library", lambda: torch)
    return torch_backend.devices()[0]


def test_torch_on_a_simulated_nvidia_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = fake_torch()
    device = seen_by(monkeypatch, torch)
    assert device == Found("NVIDIA H100 80GB HBM3", "CUDA", "CUDA 13.0, cuda:0", ("sm_90",), 50 * 2**20)
    (kernel,) = torch_backend.kernels(device, job("matmul", "fp32"))
    assert kernel.run(5) == pytest.approx(0.002)
    assert (kernel.timer, kernel.path) == ("device", "shader")
    assert torch.backends.cuda.matmul.allow_tf32 is False
    assert torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction is False
    assert workloads.workload("matmul").prove(kernel.result(), job("matmul", "fp32"), kernel).ok
    (kernel,) = torch_backend.kernels(device, job("matmul", "tf32"))
    assert (kernel.path, kernel.accumulate, kernel.store) == ("matrix-unit", "fp32", "fp32")
    assert torch.backends.cuda.matmul.allow_tf32 is True


def test_an_old_nvidia_gpu_lacks_types(monkeypatch: pytest.MonkeyPatch) -> None:
    device = seen_by(monkeypatch, fake_torch(major=7, minor=5))
    said = {d: torch_backend.refusal(device, "matmul", d) for d in ("fp32", "fp16", "int8", "bf16", "fp8")}
    assert [dtype for dtype, reason in said.items() if not reason] == ["fp32", "fp16", "int8"]
    assert said["bf16"] == "bf16 needs compute capability 8.0; the device has 7.5"


def test_torch_on_a_simulated_amd_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    device = seen_by(monkeypatch, fake_torch(hip="6.4"))
    assert (device.reported, device.features, device.cache) == ("ROCm", ("gfx942",), 0)
    assert torch_backend.refusal(device, "matmul", "tf32")
    assert torch_backend._path(device, job("matmul", "bf16")) == "matrix-unit"
    assert torch_backend._path(device, job("matmul", "fp32")) == "library"


@pytest.mark.parametrize(
    ("name", "reported", "dtype"),
    [
        ("Apple M3", "MPS", "fp64"),
        ("Arc A770", "XPU", "fp64"),
        ("EPYC", "CPU", "tf32"),
        ("EPYC", "CPU", "fp8"),
    ],
)
def test_types_that_a_maker_does_not_have(name: str, reported: str, dtype: str) -> None:
    assert torch_backend.refusal(Found(name, reported), "matmul", dtype)
    assert not torch_backend.refusal(Found(name, reported), "matmul", "bf16")


def test_a_library_that_does_not_load_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, backend in (("torch", torch_backend), ("wgpu", wgpu_backend), ("pyopencl", opencl_backend)):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(Unavailable, match=r"pip install 'kb-argmap\[gpu-"):
            backend.devices()


def test_no_opencl_driver_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    class Error(Exception):
        pass

    def none() -> None:
        raise Error("clGetPlatformIDs failed: PLATFORM_NOT_FOUND_KHR")

    made = ModuleType("pyopencl")
    made.Error, made.get_platforms = Error, none  # type: ignore[attr-defined]
    monkeypatch.setattr(opencl_backend, "_library", lambda: made)
    with pytest.raises(Unavailable, match=r"there is no OpenCL driver .* install"):
        opencl_backend.devices()


# --- failures -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("clCreateBuffer failed: INVALID_BUFFER_SIZE", "out of memory: close"),
        ("CUDA out of memory. Tried to allocate 2.00 GiB", "out of memory: close"),
        ("Parent device is lost", "device lost: the system's log"),
        ("CUDA error: unspecified launch failure", "device lost: the system's log"),
        ("stopped after 220 s: time limit", "time-out: the device"),
        ("CUDA error: no kernel image is available for execution", "the library was not built"),
        ("killed by signal 11 (segmentation fault)", "the driver crashed: update"),
        ("something new", "something new"),
    ],
)
def test_failures_name_the_next_step(said: str, begins: str) -> None:
    assert explain(said).startswith(begins)
    assert said in explain(RuntimeError(said))


class Lost(RuntimeError):
    """What a driver raises when its device is gone."""


def test_a_device_lost_at_a_large_size_keeps_the_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    (device,) = numpy_backend.devices()

    def kernels(found: Found, made: Job) -> Any:
        if made.n > 256:
            raise Lost("device lost")
        return numpy_backend.kernels(found, made)

    backend: Any = SimpleNamespace(LONGEST=1.0, kernels=kernels)
    made = choose.Bench(backend, device, workloads.workload("matmul"), "fp32")
    choices, skipped = choose.choose(made, 1e5)
    assert [choice.n for choice in choices] == [256]
    assert skipped[0]["n"] == 512
    assert str(skipped[0]["reason"]).startswith("device lost: the system's log")


def test_a_kernel_that_does_not_build_leaves_the_others() -> None:
    (device,) = numpy_backend.devices()

    def kernels(found: Found, made: Job) -> Any:
        yield broken("odd one", RuntimeError("BUILD_PROGRAM_FAILURE"))
        yield from numpy_backend.kernels(found, made)

    backend: Any = SimpleNamespace(LONGEST=1.0, kernels=kernels)
    choice = choose.fastest(choose.Bench(backend, device, workloads.workload("matmul"), "fp32"), 256)
    assert choice.variant == "matmul"
    assert [(tried["variant"], tried["ok"]) for tried in choice.tried] == [
        ("odd one", False),
        ("matmul", True),
    ]
    assert "BUILD_PROGRAM_FAILURE" in str(choice.tried[0]["reason"])


def test_a_crash_keeps_what_was_measured_before(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = next(device for device in bench.devices() if device.backend == "numpy")
    real = run.run_child

    def child(target: str, payload: dict[str, Any], **named: Any) -> Outcome:
        found = real(target, payload, **named)
        if payload["test"] == "copy":
            with Path(payload["journal"]).open("a", encoding="utf-8") as stream:
                stream.write('{"tests": [{"cut of')
        died = Outcome(False, None, "killed by signal 6 (aborted)", found.seconds, ())
        return died if payload["test"] == "copy" else found

    monkeypatch.setattr(run, "run_child", child)
    record = bench.flops(cpu, budget=0.4, tests=("matmul", "copy"), threads=1)
    assert misfits("measurement", record) == []
    assert {row["test"] for row in record["tests"]} == {"matmul", "copy"}
    (left,) = record["skipped"]
    assert (left["test"], left["dtype"]) == ("copy", "fp32")
    assert left["reason"].startswith("the driver crashed")


def test_a_type_that_is_missing_is_skipped_and_the_rest_measured() -> None:
    cpu = next(device for device in bench.devices() if device.backend == "numpy")
    record = bench.flops(cpu, budget=0.2, dtypes=("fp32", "fp8"), threads=1)
    assert {row["dtype"] for row in record["tests"]} == {"fp32"}
    assert record["skipped"] == [{"test": "matmul", "dtype": "fp8", "reason": "numpy has no fp8"}]
    assert json.loads(json.dumps(record)) == record
    with pytest.raises(bench.MeasurementFailed, match="through numpy: numpy has no fp8"):
        bench.flops(cpu, budget=0.2, dtypes=("fp8",), threads=1)


def test_every_backend_is_asked_in_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def child(target: str, payload: dict[str, Any], **named: Any) -> Outcome:
        asked.append((payload["backend"], named["seconds"]))
        if payload["backend"] == "opencl":
            return Outcome(False, None, "killed by signal 11 (segmentation fault)", 0.1, ())
        entry = {
            "name": "NVIDIA L4",
            "driver": "",
            "reported": {"torch": "CUDA"}.get(payload["backend"], "DiscreteGPU"),
        }
        return Outcome(True, {"devices": [entry], "version": "1"}, "", 0.1, ())

    monkeypatch.setattr(run, "find_spec", lambda name: object())
    monkeypatch.setattr(run, "run_child", child)
    found = bench.listing()
    assert sorted(name for name, _ in asked) == ["opencl", "torch", "wgpu"]
    assert all(seconds <= 60 for _, seconds in asked)
    assert [(d.backend, d.kind) for d in found.devices] == [
        ("torch", "gpu"),
        ("wgpu", "gpu"),
        ("numpy", "cpu"),
    ]
    assert bench.default(list(found.devices)) == Device("NVIDIA L4", "gpu", "torch", True)
    assert found.problems == (
        "opencl: the driver crashed: update it, or try another backend (kb bench devices) "
        "(killed by signal 11 (segmentation fault))",
    )


def test_types_of_numpy_hold_every_number() -> None:
    assert stored("bf16") is np.float32
    assert stored("int8") is np.int8
