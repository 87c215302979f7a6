"""What goes wrong with devices, one test each: a clear line, the next step, and what was measured before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from kb import bench
from kb.bench import (
    choose,
    host,
    judging,
    measure,
    numpy_backend,
    run,
    timing,
    wgpu_backend,
    workloads,
)
from kb.bench.backend import Found, Job, Kernel
from kb.bench.environment import environment, steering
from kb.bench.sensors import Size
from kb.bench.trouble import explain
from kb.cli.app import cli
from kb.commands import bench as commands
from kb.isolate import Outcome, run_child
from kb.model import Device
from kb.source.schemas import misfits
from tests.test_bench_record import entry, record

L4 = Device("NVIDIA L4", "gpu", "wgpu", True, "Vulkan, NVIDIA 550.54")
CPU = Device("AMD EPYC 7763", "cpu", "numpy")


def flops(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["bench", "flops", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "listing", lambda: run.Listing((L4, CPU)))


def ends(monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    """The matrix product is measured; the child of each other test ends like this."""

    def run_child(_: str, payload: dict[str, Any], **__: Any) -> Outcome:
        if payload["test"] != "matmul":
            return Outcome(False, None, reason, 1.0, ())
        about = {
            "backend": {"name": "wgpu", "version": "0.32.0"},
            "device": {"name": L4.name, "reported": "DiscreteGPU", "driver": L4.driver, "features": []},
        }
        made = entry(1.5e13, dtype="fp32", path="shader", accumulate="fp32")
        return Outcome(True, {**about, "tests": [made], "skipped": []}, "", 1.0, ())

    monkeypatch.setattr(run, "run_child", run_child)


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("RuntimeError: Out of memory", "out of memory: close what else uses the device's memory"),
        ("RuntimeError: Parent device is lost", "device lost: the system's log says why"),
        ("stopped after 220 s: time limit", "time-out: the device did not answer in time"),
        ("killed by signal 6 (aborted)", "the driver crashed: update it"),
    ],
)
def test_a_lost_test_has_a_line_and_the_others_are_kept(
    gpu: None, monkeypatch: pytest.MonkeyPatch, reason: str, line: str
) -> None:
    ends(monkeypatch, reason)
    ran = flops("--test", "matmul", "--test", "triad")
    assert ran.exit_code == 0, ran.output
    assert "15 TFLOP/s" in ran.output
    assert f"left out: triad fp32: {line}" in ran.output
    assert f"({reason})" in " ".join(ran.output.split())


def test_no_adapter_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def child(_: str, payload: dict[str, Any], **__: Any) -> Outcome:
        return Outcome(True, {"devices": [], "version": "1"}, "", 0.1, ())

    monkeypatch.setattr(run, "find_spec", lambda name: object())
    monkeypatch.setattr(run, "run_child", child)
    ran = flops("--device", "gpu")
    assert ran.exit_code == 1
    assert "wgpu found no adapter: install your GPU's Vulkan, Metal or DirectX driver" in ran.output
    assert "OpenCL found no device: install your GPU's OpenCL driver" in ran.output


def test_no_driver_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "find_spec", lambda name: None)
    ran = flops("--backend", "opencl")
    assert ran.exit_code == 1
    assert "pip install 'kb-argmap[gpu-torch,gpu-wgpu,gpu-opencl]'" in ran.output


def test_memory_that_runs_out_keeps_the_smaller_sizes() -> None:
    (device,) = numpy_backend.devices()

    def kernels(found: Found, made: Job) -> Iterator[Kernel]:
        if made.n > 256:
            raise MemoryError("Unable to allocate 8.00 GiB")
        return numpy_backend.kernels(found, made)

    backend: Any = SimpleNamespace(LONGEST=1.0, kernels=kernels)
    made = choose.Bench(backend, device, workloads.workload("matmul"), "fp32")
    choices, skipped = choose.choose(made, 1e5)
    assert [choice.n for choice in choices] == [256]
    assert str(skipped[0]["reason"]).startswith("out of memory: close what else")


def test_a_real_child_that_hangs_is_a_time_out() -> None:
    outcome = run_child("tests.test_bench_failures:hang", {}, seconds=1.0, memory=None, env=environment(1))
    assert outcome.value is None
    assert explain(outcome.reason).startswith("time-out: the device did not answer in time")


def hang(payload: dict[str, Any], progress: Any) -> None:
    """Child entry of the test above: a driver that never answers."""
    time.sleep(60)


def test_a_wrong_result_is_never_a_rate(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        **{key: value for key, value in entry().items() if key not in ("stats", "samples_s", "variant")},
        "check": {"err": 0.5, "tol": 1e-3, "ok": False},
        "flags": ["wrong-result"],
    }
    made = record(wrong, entry(1.7e12, test="triad", dtype="fp32", path="loop", accumulate="fp32"))
    assert misfits("measurement", made) == []
    monkeypatch.setattr(bench, "flops", lambda *_, **__: made)
    ran = flops()
    assert ran.exit_code == 1
    assert "the result was WRONG (error 0.5); no rate is reported" in ran.output
    assert "TFLOP/s" not in ran.output


def test_a_noisy_machine_is_said_in_words(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = record(entry(flags=["noisy", "busy"]))
    monkeypatch.setattr(bench, "flops", lambda *_, **__: made)
    lines = flops().output.splitlines()
    assert "mind: matmul bf16 n=8192 (matrix unit): noisy, busy" in lines
    assert "noisy: its interval is wider than ±2 %" in lines
    assert "busy: other programs computed, too" in lines
    assert [number for number, _ in judging.objections(made)] == ["KB406"]


# --- battery ----------------------------------------------------------------------


def supply(root: Path, name: str, **files: str) -> None:
    folder = root / name
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(f"{text}\n")


def test_the_battery_is_read(tmp_path: Path) -> None:
    assert host.battery(tmp_path / "nothing") is None
    tmp_path.joinpath("none").mkdir()
    assert host.battery(tmp_path / "none") is False
    supply(tmp_path / "plugged", "AC", type="Mains", online="1")
    supply(tmp_path / "plugged", "BAT0", type="Battery", status="Charging")
    assert host.battery(tmp_path / "plugged") is False
    supply(tmp_path / "mouse", "hid-1", type="Battery", status="Discharging", scope="Device")
    assert host.battery(tmp_path / "mouse") is False
    supply(tmp_path / "away", "BAT0", type="Battery", status="Discharging")
    assert host.battery(tmp_path / "away") is True


def test_a_battery_is_warned_of_flagged_and_recorded(
    gpu: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    supply(tmp_path, "BAT0", type="Battery", status="Discharging")
    monkeypatch.setattr(host, "_POWER", tmp_path)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    ends(monkeypatch, "")
    ran = flops("--test", "matmul", "--format", "json")
    assert "this machine runs on its battery, which may slow it; plug it in" in ran.stderr
    assert '"battery": true' in ran.stdout
    kernel = Kernel("k", lambda repeats: 0.01, lambda: np.zeros(1), "wall", "loop", "fp32", "fp32")
    taken = timing.burst(kernel, Found("GPU", "CUDA"), 0.01, 0.001, 1.0, lambda share: None)
    assert "battery" in timing.flags(taken, 0)
    assert commands.on_battery()


# --- what surrounds a measurement -------------------------------------------------


def test_signs_of_a_machine_within_a_machine(tmp_path: Path) -> None:
    assert host.virtual(tmp_path) is None
    processor = tmp_path / "proc"
    (processor / "1").mkdir(parents=True)
    (processor / "cpuinfo").write_text("model name : EPYC\nflags : fpu sse\n")
    assert host.virtual(tmp_path) == []
    (processor / "cpuinfo").write_text("model name : EPYC\nflags : fpu hypervisor sse\n")
    (processor / "1" / "cgroup").write_text("0::/kubepods/burstable/pod12\n")
    (tmp_path / ".dockerenv").touch()
    assert host.virtual(tmp_path) == ["virtual machine", "container (docker)", "container (kubepods)"]


def test_variables_that_steer_are_recorded_and_nothing_else() -> None:
    said = steering(
        {
            "OMP_NUM_THREADS": "4",
            "POCL_DEVICES": "basic",
            "CUDA_VISIBLE_DEVICES": "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6",
            "MESA_VK_DEVICE_SELECT": "/home/ann/device",
            "CUDA_HOME": "/usr/local/cuda",
            "USER": "ann",
        }
    )
    assert said == {"OMP_NUM_THREADS": "4", "POCL_DEVICES": "basic"}


def test_the_present_clock_is_not_the_highest(tmp_path: Path) -> None:
    assert host.clock_mhz(tmp_path) is None
    folder = tmp_path / "cpu0" / "cpufreq"
    folder.mkdir(parents=True)
    (folder / "cpuinfo_max_freq").write_text("3700000\n")
    assert host.clock_mhz(tmp_path) == 3700.0


def test_what_is_not_known_is_null_with_a_reason(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ends(monkeypatch, "")
    monkeypatch.setattr(host, "battery", lambda: None)
    found = bench.flops(L4)
    assert misfits("measurement", found) == []
    assert (found["device"]["memory"], found["device"]["units"]) == (None, None)
    assert found["device"]["unknown"]["memory"] == "WebGPU does not tell, nor does the driver"
    assert found["host"]["battery"] is None
    assert found["host"]["unknown"] == {"battery": "the system does not tell"}
    assert found["host"]["environment"]["OMP_NUM_THREADS"] == "1"


def test_the_driver_tells_what_the_interface_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    sensors = SimpleNamespace(size=lambda: Size(2**34, 1980.0))
    monkeypatch.setattr(measure, "sensors_of", lambda device: sensors)
    assert measure._size(Found("NVIDIA L4", "DiscreteGPU")) == {"memory": 2**34, "clock_mhz": 1980.0}
    assert measure._size(Found("NVIDIA L4", "CUDA", memory=2**33, clock_mhz=2040.0)) == {}


# --- twins ------------------------------------------------------------------------


class Adapter:
    """As much of an adapter of wgpu as listing takes."""

    features = frozenset({"timestamp-query"})

    def __init__(self, kind: str = "Vulkan") -> None:
        self.info = {
            "device": "NVIDIA L4",
            "adapter_type": "DiscreteGPU",
            "backend_type": kind,
            "description": "550.54",
        }


def test_the_second_of_two_alike_is_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [Adapter(), Adapter("OpenGL"), Adapter(), Adapter()]
    library = SimpleNamespace(gpu=SimpleNamespace(enumerate_adapters_sync=lambda: there))
    monkeypatch.setattr(wgpu_backend, "_library", lambda: library)
    found = wgpu_backend.devices()
    assert [device.driver for device in found] == [
        "Vulkan, 550.54",
        "Vulkan, 550.54, number 2",
        "Vulkan, 550.54, number 3",
    ]
    kept = {device.driver: adapter for device, adapter in wgpu_backend._adapters()}
    assert kept["Vulkan, 550.54, number 2"] is there[2]
    listed = [Device(device.name, "gpu", "wgpu", True, device.driver) for device in found]
    monkeypatch.setattr(bench, "listing", lambda: run.Listing((*listed, CPU)))
    assert commands.choose_device("1") == listed[1]
    assert commands.choose_device("3") == CPU
    assert commands.choose_device("0", "numpy") == CPU
    with pytest.raises(commands.NoSuchDevice, match="'9'"):
        commands.choose_device("9")
    ran = CliRunner().invoke(cli, ["bench", "devices"])
    assert " 1  wgpu   GPU                       NVIDIA L4 (Vulkan, 550.54, number 2)" in ran.output


def test_opencl_tells_twins_apart_and_takes_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.bench import opencl_backend

    platform = SimpleNamespace(name="NVIDIA CUDA")
    types = SimpleNamespace(GPU=4, CPU=2, ACCELERATOR=8)
    twins = [
        SimpleNamespace(
            name="NVIDIA L4",
            type=4,
            extensions="cl_khr_fp64",
            platform=platform,
            driver_version="550.54",
            global_mem_size=2**34,
            max_compute_units=58,
            max_clock_frequency=clock,
            max_mem_alloc_size=0,
        )
        for clock in (2040, 0)
    ]
    platform.get_devices = lambda: twins
    used = []

    def context(devices: list[Any]) -> None:
        used.extend(devices)
        raise RuntimeError("far enough")

    library = SimpleNamespace(
        device_type=types, Error=RuntimeError, get_platforms=lambda: [platform], Context=context
    )
    monkeypatch.setattr(opencl_backend, "_library", lambda: library)
    first, second = opencl_backend.devices()
    assert (first.memory, first.units, first.clock_mhz) == (2**34, 58, 2040.0)
    assert second.clock_mhz is None
    twins[1].max_mem_alloc_size = 2**30
    made = workloads.workload("matmul").job(64, "fp32", 1, False)
    with pytest.raises(RuntimeError, match="far enough"):
        next(opencl_backend.kernels(second, made))
    assert used == [twins[1]]


# --- caches -----------------------------------------------------------------------


def test_caches_are_flushed_before_every_timing_of_the_memory() -> None:
    done: list[str] = []

    def timed(repeats: int) -> float:
        done.append(f"run {repeats}")
        return 1e-4

    kernel = Kernel(
        "k",
        timed,
        lambda: np.zeros(1),
        "wall",
        "loop",
        "fp32",
        "fp32",
        flush=lambda: done.append("flush"),
        flushed=2**20,
    )
    taken = timing.burst(kernel, Found("GPU", "CUDA"), 1e-4, 0.05, 1.0, lambda share: None)
    after = done[-2 * taken.executions :]
    assert after == ["flush", "run 1"] * taken.executions
    assert taken.flushed == taken.executions * 2**20


@pytest.mark.parametrize("test", ["copy", "triad"])
def test_numpy_overwrites_twice_its_cache(test: str) -> None:
    made = workloads.workload(test).job(4096, "fp32", 1, False)
    for kernel in numpy_backend.kernels(Found("CPU", "CPU", cache=2**16), made):
        assert kernel.flush is not None
        kernel.flush()
        assert kernel.flushed == 2**17
    product = workloads.workload("matmul").job(64, "fp32", 1, False)
    assert [kernel.flush for kernel in numpy_backend.kernels(Found("CPU", "CPU"), product)] == [None]
    assert workloads.flush_bytes(0, test) == 2 * 256 * 2**20


def test_the_record_says_how_caches_were_flushed() -> None:
    cpu = next(device for device in bench.devices() if device.backend == "numpy")
    found = bench.flops(cpu, budget=0.4, tests=("triad",), threads=1)
    assert misfits("measurement", found) == []
    (test,) = found["tests"]
    assert test["cache_flush"] == {"method": "buffer", "bytes": 2 * (host.cache_bytes() or 256 * 2**20)}


def test_without_a_device_clock_webgpu_relies_on_long_arrays() -> None:
    gpu: Any = SimpleNamespace(features=set())
    assert wgpu_backend._flush(None, gpu, 2**20) == (None, 0)
    kernel = Kernel("k", lambda n: 1.0, lambda: np.zeros(1), "wall", "shader", "fp32", "fp32")
    assert measure._flush(kernel, 8e9) == {"method": "streaming", "bytes": 8_000_000_000}


def test_what_launching_takes_is_told_where_the_clock_is_the_devices() -> None:
    def slow(repeats: int) -> float:
        time.sleep(0.002)
        return 1e-6

    made = Kernel("k", slow, lambda: np.zeros(1), "device", "shader", "fp32", "fp32")
    found = timing.overhead(made)
    assert found is not None
    assert found >= 0.0019
    assert timing.overhead(replace(made, timer="wall")) is None


# --- budget and types -------------------------------------------------------------


def test_what_is_left_out_leaves_its_time_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = []

    def measured(payload: dict[str, Any], *_: Any) -> run._Part:
        shares.append((payload["dtype"], payload["budget"]))
        about = {
            "backend": {"name": "numpy", "version": "2"},
            "device": {"name": CPU.name, "reported": "CPU", "driver": "", "features": []},
        }
        done = [] if payload["dtype"] == "bf16" else [entry(4e11, dtype=payload["dtype"], path="blas")]
        return run._Part(about, done, [])

    monkeypatch.setattr(run, "_measured", measured)
    bench.flops(CPU, budget=9.0, dtypes=("bf16", "fp32", "fp64"))
    assert shares == [("bf16", 3.0), ("fp32", 4.5), ("fp64", 4.5)]


def test_what_a_child_refuses_needs_no_child_and_is_said_once(
    gpu: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def measured(payload: dict[str, Any], *_: Any) -> run._Part:
        asked.append((payload["test"], payload["dtype"], payload["budget"]))
        reason = "WebGPU has no such type"
        about = {
            "backend": {"name": "wgpu", "version": "0.32.0"},
            "device": {"name": L4.name, "reported": "DiscreteGPU", "driver": "", "features": []},
            "refused": [
                {"test": "matmul", "dtype": dtype, "reason": reason} for dtype in ("fp64", "tf32", "fp8")
            ],
        }
        return run._Part(about, [entry(1e13, dtype=payload["dtype"], path="shader")], [])

    monkeypatch.setattr(run, "_measured", measured)
    ran = flops("--test", "matmul", *(f"--dtype={d}" for d in ("fp32", "fp64", "tf32", "fp16", "fp8")))
    assert [(test, dtype) for test, dtype, _ in asked] == [("matmul", "fp32"), ("matmul", "fp16")]
    assert [budget for *_, budget in asked] == [2.0, 8.0]
    assert "left out: matmul fp64, tf32, fp8: WebGPU has no such type\n" in ran.output


@pytest.mark.parametrize("dtype", ["bf16", "int8", "fp8", "tf32"])
def test_chains_in_a_type_that_no_language_has_are_left_out_with_a_reason(dtype: str) -> None:
    from kb.bench import opencl_backend, torch_backend

    device = Found("NVIDIA L4", "CUDA", features=("sm_89", "fp64"))
    for backend in (numpy_backend, torch_backend, wgpu_backend, opencl_backend):
        assert backend.refusal(device, "fma", dtype)


def test_a_peak_of_an_unknown_gpu_is_left_alone() -> None:
    said = {"value": 1e15, "source": "A datasheet", "verified": False}
    assert not list(judging.objections(record(entry(peak=said), name="NVIDIA X1000")))


def test_software_has_no_makers_figure() -> None:
    said = {"value": 1e15, "source": "A datasheet", "verified": True}
    made = record(
        entry(4e10, dtype="fp32", path="shader", peak=said),
        name="llvmpipe (LLVM 15.0.6)",
        kind="software",
        is_gpu=False,
        reported="CPU",
    )
    assert [number for number, _ in judging.objections(made)] == ["KB410"]
