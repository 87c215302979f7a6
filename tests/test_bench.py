"""The microbenchmark: statistics, truthful labels, proofs of results, records."""

from __future__ import annotations

import getpass
import itertools
import json
import platform
import random
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import bench
from kb.bench import measure, run, stats, timing
from kb.bench.backend import Found, Job, Kernel, Unavailable
from kb.bench.classify import classify
from kb.bench.numbers import Array
from kb.bench.product import operands, prove
from kb.bench.workloads import WORKLOADS
from kb.isolate import Outcome
from kb.model import Device, Measurement, TestRun
from kb.source import read_yaml
from kb.source.schemas import misfits
from tests.conftest import missing

# --- statistics ---------------------------------------------------------------


def coverage(series: Callable[[random.Random], list[float]], median: float, times: int = 1500) -> float:
    """The share of simulated series whose interval holds the true median."""
    luck = random.Random(7)
    held = 0
    for _ in range(times):
        found = stats.median_interval(series(luck))
        held += found.low <= median <= found.high
    return held / times


@pytest.mark.parametrize("n", [20, 60])
@pytest.mark.parametrize("draw", ["normal", "skewed"])
def test_interval_holds_the_median_of_independent_timings(n: int, draw: str) -> None:
    def series(luck: random.Random) -> list[float]:
        values = [luck.gauss(0, 1) for _ in range(n)]
        return values if draw == "normal" else [float(np.exp(2 * v)) for v in values]

    assert 0.94 <= coverage(series, 0.0 if draw == "normal" else 1.0) <= 0.995


def test_interval_holds_the_median_of_correlated_timings() -> None:
    def series(luck: random.Random) -> list[float]:
        value, taken = luck.gauss(0, 1), []
        for _ in range(100):
            taken.append(value)
            value = 0.6 * value + 0.8 * luck.gauss(0, 1)
        return taken

    assert coverage(series, 0.0) >= 0.93


def test_stopping_at_a_narrow_interval_keeps_most_of_its_coverage() -> None:
    """Looking often, until the interval is narrow, makes it optimistic; looking seldom keeps that small."""
    luck = random.Random(3)
    held = stopped = 0
    for _ in range(300):
        clock = itertools.count().__next__
        taken, why = stats.collect(lambda: luck.gauss(1, 0.03), 1e9, 400, clock=clock)
        stopped += why == "interval"
        found = stats.median_interval(taken)
        held += found.low <= 1 <= found.high
    assert stopped > 290
    assert held / 300 > 0.9


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=60))
def test_rates_are_ordered(samples: list[float]) -> None:
    found = stats.rates(samples, 1e9)
    assert found["ci_low"] <= found["median"] * (1 + 1e-9)
    assert found["median"] <= found["ci_high"] * (1 + 1e-9)
    assert found["p10"] <= found["p90"] <= found["best"]
    assert 1 <= found["n_eff"] <= found["n"]


def test_correlation_makes_fewer_timings_of_many() -> None:
    steps = [float(i // 10) for i in range(100)]
    assert stats.median_interval(steps).n_eff < 20
    assert stats.lag1([1.0] * 50) == 0


def test_collect_stops_at_the_budget() -> None:
    taken, why = stats.collect(
        itertools.cycle([1.0, 2.0]).__next__, 50, 1000, clock=itertools.count().__next__
    )
    assert why == "budget"
    assert len(taken) == 50


def test_warm_up_waits_for_steady_timings() -> None:
    falling = iter([1.0, 0.8, 0.6, 0.5, 0.45, 0.4, 0.35, *[0.3] * 100])
    assert stats.warm_up(falling.__next__, 1000, clock=itertools.count().__next__)
    assert not stats.warm_up(
        itertools.cycle([1.0] * 5 + [2.0] * 5).__next__, 50, clock=itertools.count().__next__
    )


def test_flags_name_what_disturbed() -> None:
    calm = timing.Timing([1.0] * 50, True, "interval", 2.0, 0.0)
    assert timing.flags(calm, 2) == []
    samples = [*[1.0, 1.6] * 10, *[3.0, 5.0] * 10]
    wild = timing.Timing(samples, False, "budget", 1.0, 0.8, linear=1.0, battery=True)
    disturbed = ["noisy", "drifting", "unsteady", "starved", "busy", "nonlinear", "battery"]
    assert timing.flags(wild, 2) == disturbed


# --- labels -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reported", "kind"),
    [
        ("NVIDIA H100 80GB HBM3", "DiscreteGPU", "gpu"),
        ("NVIDIA GeForce RTX 4090", "DiscreteGPU", "gpu"),
        ("AMD Radeon RX 7900 XTX (RADV NAVI31)", "DiscreteGPU", "gpu"),
        ("AMD Instinct MI300X", "DiscreteGPU", "gpu"),
        ("Intel(R) Arc(tm) A770 Graphics (DG2)", "DiscreteGPU", "gpu"),
        ("Intel(R) Iris(R) Xe Graphics (TGL GT2)", "IntegratedGPU", "gpu"),
        ("Apple M2 Max", "IntegratedGPU", "gpu"),
        ("AMD Ryzen 7 7840U w/ Radeon 780M Graphics (RADV GFX1103_R1)", "IntegratedGPU", "gpu"),
        ("Adreno (TM) 740", "IntegratedGPU", "gpu"),
        ("NVIDIA GRID T4-8Q", "VirtualGPU", "gpu"),
        ("Virtio-GPU Venus (NVIDIA GeForce RTX 3080)", "VirtualGPU", "gpu"),
        ("Virtio-GPU Venus (llvmpipe (LLVM 15.0.7, 256 bits))", "VirtualGPU", "software"),
        ("Virtio-GPU", "VirtualGPU", "unknown"),
        ("llvmpipe (LLVM 15.0.6, 256 bits)", "CPU", "software"),
        ("llvmpipe (LLVM 19.1.1, 128 bits)", "DiscreteGPU", "software"),
        ("SwiftShader Device (LLVM 10.0.0)", "CPU", "software"),
        ("SwiftShader Device (Subzero)", "DiscreteGPU", "software"),
        ("Microsoft Basic Render Driver", "CPU", "software"),
        ("Microsoft Basic Render Driver", "IntegratedGPU", "software"),
        ("cpu-skylake-avx512-Intel(R) Xeon(R) Processor", "DiscreteGPU", "software"),
        ("pthread-AMD EPYC 7763 (PoCL)", "gpu", "software"),
        ("Something New", "Unknown", "unknown"),
        ("NVIDIA H100 80GB HBM3", "Unknown", "unknown"),
        ("", "", "unknown"),
        ("NVIDIA H100 80GB HBM3", "CUDA", "gpu"),
        ("AMD Instinct MI300X", "ROCm", "gpu"),
        ("Apple M2 Max GPU", "MPS", "gpu"),
        ("Intel(R) Data Center GPU Max 1550", "XPU", "gpu"),
        ("gfx1100", "GPU", "gpu"),
        ("pthread-skylake-avx512-AMD EPYC", "CPU", "software"),
        ("Intel(R) FPGA Emulation Device", "ACCELERATOR", "unknown"),
    ],
)
def test_devices_are_what_they_are(name: str, reported: str, kind: str) -> None:
    assert classify(name, reported, backend="wgpu") == (kind, kind == "gpu")


def test_numpy_is_the_cpu_whatever_its_name() -> None:
    assert classify("NVIDIA Grace", "CPU", backend="numpy") == ("cpu", False)


@given(st.text(max_size=40), st.text(max_size=20))
def test_only_a_gpu_is_a_gpu(name: str, reported: str) -> None:
    kind, is_gpu = classify(name, reported, backend="wgpu")
    assert is_gpu == (kind == "gpu")


def test_default_is_a_gpu_else_the_cpu_never_software() -> None:
    gpu = Device("NVIDIA L4", "gpu", "wgpu", True)
    cpu, software = Device("CPU", "cpu", "numpy"), Device("llvmpipe", "software", "wgpu")
    assert bench.default([software, cpu, gpu]) == gpu
    assert bench.default([software, cpu]) == cpu
    with pytest.raises(LookupError):
        bench.default([software])


# --- proofs -------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([64, 128, 257]))
def test_a_right_product_is_proven(seed: int, n: int) -> None:
    a, b = operands(n, seed)
    assert prove(a @ b, a, b).ok


def spoilt(how: str, a: Array, b: Array) -> Array:
    c = a @ b
    match how:
        case "zeros":
            c[:] = 0
        case "one element":
            c[5, 7] += 1
        case "a term short":
            c = a[:, 1:] @ b[1:]
        case "transposed":
            c = c.T.copy()
        case "half not written":
            c[len(c) // 2 :] = 0
        case "not a number":
            c[3, 3] = np.nan
        case "infinite":
            c[3, 3] = np.inf
        case "operands cut to tf32":
            c = cut(a) @ cut(b)
    return c


def cut(x: Array) -> Array:
    """The 10 bits of mantissa that tf32 keeps."""
    return (x.view(np.uint32) & np.uint32(0xFFFFE000)).view(np.float32)


WRONG = (
    "zeros",
    "one element",
    "a term short",
    "transposed",
    "half not written",
    "not a number",
    "infinite",
    "operands cut to tf32",
)


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_product_is_refused(how: str) -> None:
    a, b = operands(256, 1)
    assert not prove(spoilt(how, a, b), a, b).ok


# --- measuring ----------------------------------------------------------------


def shader(name: str, run: Callable[[int], float], result: Callable[[], Array]) -> Kernel:
    return Kernel(name, run, result, "device", "shader", "fp32", "fp32")


def backend(*kernels: tuple[str, str, float]) -> SimpleNamespace:
    """A backend of made-up kernels: name, how the result is spoilt ("" for right), seconds."""

    def make(device: Found, job: Job) -> Generator[Kernel]:
        for name, how, seconds in kernels:
            yield shader(name, lambda repeats, s=seconds: s, lambda how=how: spoilt(how, *job.operands))  # type: ignore[misc]

    return SimpleNamespace(
        LONGEST=0.25,
        refusal=lambda device, test, dtype: "",
        version=lambda: "made up 1",
        devices=lambda: [Found("Toy", "DiscreteGPU", "driver 1")],
        kernels=make,
    )


def measured(
    monkeypatch: pytest.MonkeyPatch, made: SimpleNamespace, path: Path, **more: object
) -> dict[str, Any]:
    monkeypatch.setattr(measure, "load", lambda name: made)
    small = replace(WORKLOADS["matmul"], sizes=lambda cache, dtype: (128, 256))
    monkeypatch.setitem(WORKLOADS, "matmul", small)
    payload = {
        "backend": "wgpu",
        "device": "Toy",
        "driver": "driver 1",
        "budget": 0.4,
        "threads": 1,
        "test": "matmul",
        "dtype": "fp32",
        "zeros": False,
        "sustained": 0.0,
        "journal": str(path / "journal"),
        "pairs": [],
        **more,
    }
    return measure.measure(payload, lambda share: None)


def test_a_fast_wrong_kernel_is_never_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = measured(monkeypatch, backend(("quick", "one element", 1e-6), ("sound", "", 1e-3)), tmp_path)
    for test in found["tests"]:
        assert test["variant"] == "sound"
        assert {t["variant"]: t["ok"] for t in test["variants_tried"]} == {"quick": False, "sound": True}
        assert test["stats"]["median"] == pytest.approx(2 * test["n"] ** 3 / 1e-3)
    assert [test["n"] for test in found["tests"]] == [256, 128]


def test_a_wrong_result_has_no_speed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = measured(monkeypatch, backend(("quick", "zeros", 1e-6)), tmp_path)
    (test,) = found["tests"]
    assert test["flags"] == ["wrong-result"]
    assert not test["check"]["ok"]
    assert not {"stats", "samples_s", "variant"} & test.keys()
    record = run._record([run._part([found])], {})
    assert misfits("measurement", record) == []
    assert bench.to_measurement(record).runs == ()


def test_a_kernel_that_turns_wrong_while_timed_has_no_speed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = backend(("fickle", "", 1e-3))
    sound = made.kernels
    times = itertools.count()

    def kernels(device: Found, job: Job) -> Generator[Kernel]:
        for kernel in sound(device, job):
            yield replace(
                kernel, result=lambda: spoilt("one element" if next(times) >= 2 else "", *job.operands)
            )

    made.kernels = kernels
    for test in measured(monkeypatch, made, tmp_path)["tests"]:
        assert test["flags"] == ["wrong-result"]
        assert "stats" not in test


def test_a_size_that_does_not_fit_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = backend(("sound", "", 1e-4))
    sound = made.kernels

    def kernels(device: Found, job: Job) -> Generator[Kernel]:
        if job.n > 128:
            raise Unavailable("a matrix takes too much")
        yield from sound(device, job)

    made.kernels = kernels
    found = measured(monkeypatch, made, tmp_path)
    assert [test["n"] for test in found["tests"]] == [128]
    left = {"test": "matmul", "dtype": "fp32", "n": 256, "reason": "a matrix takes too much"}
    assert found["skipped"] == [left]


def test_a_device_that_is_gone_is_a_reason() -> None:
    gone = Device("No Such Card", "cpu", "numpy")
    with pytest.raises(bench.MeasurementFailed, match=r"No Such Card through numpy: .* is no longer there"):
        bench.flops(gone, budget=0.1)
    with pytest.raises(bench.MeasurementFailed, match="there is no backend 'abacus'"):
        bench.flops(Device("beads", "cpu", "abacus"), budget=0.1)


def test_devices_always_hold_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "find_spec", lambda name: None)
    found = bench.listing()
    assert [(d.kind, d.backend) for d in found.devices] == [("cpu", "numpy")]
    assert "pip install" in found.problems[0]


def test_a_driver_that_dies_is_a_problem_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    died = Outcome(False, None, "killed by signal 6 (aborted)", 0.1, ())
    monkeypatch.setattr(run, "find_spec", lambda name: object())
    monkeypatch.setattr(run, "run_child", lambda *given, **named: died)
    (said,) = (problem for problem in bench.listing().problems if problem.startswith("wgpu"))
    assert said.startswith("wgpu: the driver crashed: update it")
    assert "killed by signal 6 (aborted)" in said
    with pytest.raises(bench.MeasurementFailed, match=r"Toy through wgpu: the driver crashed: .* signal 6"):
        bench.flops(Device("Toy", "gpu", "wgpu", True), budget=0.1)


# --- records ------------------------------------------------------------------


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """A real, short measurement of this processor with one thread."""
    seen: list[float] = []
    cpu = next(device for device in bench.devices() if device.backend == "numpy")
    found = bench.flops(cpu, budget=0.5, threads=1, progress=seen.append)
    assert seen
    assert seen[-1] == pytest.approx(1)
    return found


def test_numpy_from_end_to_end(record: dict[str, Any], tmp_path: Path) -> None:
    assert misfits("measurement", record) == []
    assert record["device"]["kind"] == "cpu"
    assert not record["device"]["is_gpu"]
    assert all(test["check"]["ok"] and test["stats"]["median"] > 0 for test in record["tests"])
    path = bench.save(record, tmp_path)
    text = path.read_text(encoding="utf-8")
    assert len(text) < 20_000
    data, diagnostics = read_yaml(text, path.name)
    assert not list(diagnostics)
    assert data == json.loads(json.dumps(record))
    found = bench.to_measurement(data, path.stem, f"measurements/{path.name}")
    assert (found.id, found.device.backend) == (path.stem, "numpy")
    assert bench.select([found], {"kind": "cpu", "test": "matmul", "dtype": "fp32"}) == found
    assert found.runs[0].n == max(r.n for r in found.runs)


def test_a_record_names_no_machine_and_no_user(record: dict[str, Any]) -> None:
    text = json.dumps(record).lower()
    names = {platform.node(), getpass.getuser(), Path.home().name, str(Path.cwd())}
    assert not [name for name in names if len(name) > 3 and name.lower() in text]


def test_saving_never_overwrites(record: dict[str, Any], tmp_path: Path) -> None:
    first, second = bench.save(record, tmp_path), bench.save(record, tmp_path)
    assert second.stem == f"{first.stem}-2"
    assert first.parent == tmp_path / "measurements"


def test_a_broken_record_is_not_saved(record: dict[str, Any], tmp_path: Path) -> None:
    claimed = {**record, "device": {**record["device"], "is_gpu": True}}
    with pytest.raises(ValueError, match="is_gpu"):
        bench.save(claimed, tmp_path)
    assert not (tmp_path / "measurements").exists()


@given(st.text(min_size=1, max_size=100))
def test_ids_follow_the_rules(name: str) -> None:
    found = bench.record_id({"when": "2024-04-06T12:00:00Z", "device": {"name": name}})
    assert misfits("claim", {"claim": "x", "restates": [found]}) == []
    assert found.endswith("-2024-04-06")


def make(
    name: str,
    kind: Any,
    device: str,
    when: str = "2024-01-01T00:00:00Z",
    *,
    is_gpu: bool | None = None,
    checked: bool = True,
    flags: tuple[str, ...] = (),
) -> Measurement:
    real = kind == "gpu" if is_gpu is None else is_gpu
    runs = tuple(
        TestRun("matmul", "fp32", 1e12, 1e12, 1e12, 1e12, 1e12, 1e12, n=n, checked=checked, flags=flags)
        for n in (512, 1024)
    )
    return Measurement(name, Device(device, kind, "wgpu", real), when, runs)


def test_selection_by_kind_name_and_id() -> None:
    old = make("h100-old", "gpu", "NVIDIA H100 PCIe")
    new = make("h100-new", "gpu", "NVIDIA H100 80GB HBM3", "2025-01-01T00:00:00Z")
    arc = make("arc", "gpu", "Intel Arc A770", "2025-06-01T00:00:00Z")
    cpu = make("cpu", "cpu", "AMD EPYC", "2026-01-01T00:00:00Z")
    every = {m.id: m for m in (old, new, arc, cpu)}
    assert bench.select(every, {"kind": "gpu", "name": "*h100*"}) == new
    assert bench.select(every, {"kind": "gpu"}) == arc
    assert bench.select(every, {"id": "h100-old"}) == old
    assert bench.select(every, {"name": "*MI300*"}) is None
    assert bench.select(every, {"kind": "gpu", "dtype": "bf16"}) is None
    assert bench.select(every.values(), {"kind": "cpu", "test": "matmul", "dtype": "fp32"}) == cpu
    with pytest.raises(ValueError, match="vendor"):
        bench.select(every, {"vendor": "nvidia"})


def test_selection_wants_a_checked_run_and_likes_a_calm_one() -> None:
    unchecked = make("unchecked", "gpu", "A", "2026-01-01T00:00:00Z", checked=False)
    noisy = make("noisy", "gpu", "A", "2025-01-01T00:00:00Z", flags=("noisy",))
    calm = make("calm", "gpu", "A", "2024-01-01T00:00:00Z")
    assert bench.select([unchecked], {"kind": "gpu"}) is None
    assert bench.select([unchecked, noisy], {"kind": "gpu"}) == noisy
    assert bench.select([unchecked, noisy, calm], {"kind": "gpu"}) == calm


def test_what_only_calls_itself_a_gpu_is_not_selected_as_one() -> None:
    assert bench.select([make("odd", "gpu", "llvmpipe", is_gpu=False)], {"kind": "gpu"}) is None


def test_the_headline_is_the_largest_checked_run() -> None:
    found = bench.pick(make("m", "cpu", "A"), "matmul", "fp32")
    assert found is not None
    assert found.n == 1024
    assert bench.pick(make("m", "cpu", "A", checked=False), "matmul", "fp32") is None


# --- WebGPU -------------------------------------------------------------------


@pytest.mark.gpu_software
def test_webgpu_on_a_software_adapter_is_right_and_labelled() -> None:
    found = bench.listing()
    adapter = next((device for device in found.devices if device.backend == "wgpu"), None)
    if adapter is None:
        missing("; ".join(found.problems) or "WebGPU lists no software adapter")
    assert not adapter.is_gpu
    record = bench.flops(adapter, budget=1)
    assert misfits("measurement", record) == []
    assert record["device"]["kind"] == "software"
    assert record["tests"]
    for test in record["tests"]:
        assert test["path"] == "shader"
        assert test["check"]["ok"]
        assert len(test["variants_tried"]) >= 5
        assert all(tried["ok"] for tried in test["variants_tried"])
