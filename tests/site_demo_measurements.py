"""Records of made-up measurements for tests of the site: a GPU, a processor and a software adapter."""

from __future__ import annotations

from typing import Any

from kb.bench import to_measurement
from kb.model import Measurement


def measurements() -> list[Measurement]:
    """One record of each kind of device; that of the GPU has whatever a record can hold."""
    return [
        _measurement("nvidia-a100-2025-03-01", _gpu()),
        _measurement("slow-processor-2024-04-06", _processor()),
        _measurement("llvmpipe-2024-04-06", _software()),
    ]


def _measurement(name: str, record: dict[str, Any]) -> Measurement:
    return to_measurement(record, name, f"measurements/{name}.yaml")


def timed(test: str, dtype: str, median: float, **named: Any) -> dict[str, Any]:
    """A test of a record with the shares of ``median`` that its other rates are."""
    stats = {
        "unit": "byte/s" if test in ("copy", "triad") else "FLOP/s",
        **{end: median * share for end, share in _SHARES.items()},
        "n": 40,
        "n_eff": 30.5,
    }
    return {**_untimed(test, dtype), "stats": stats, **named}


_SHARES = {"median": 1, "ci_low": 0.99, "ci_high": 1.01, "p10": 0.95, "p90": 1.04, "best": 1.05}


def _untimed(test: str, dtype: str) -> dict[str, Any]:
    return {
        "test": test,
        "dtype": dtype,
        "accumulate": dtype,
        "path": "shader",
        "n": 4096,
        "data": "standard normal",
        "phase": "burst",
        "check": {"err": 1e-7, "tol": 1e-5, "ok": True},
        "timer": "device",
        "stop": "interval",
        "flags": [],
        "samples_s": [1.0, 1.01, 0.99],
    }


def _record(device: dict[str, Any], backend: str, when: str, tests: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schema": "kb.measurement/1",
        "when": when,
        "tool": {"name": "kb", "version": "0.1.0", "kernels": "0" * 64},
        "backend": {"name": backend, "version": "2.6.0"},
        "device": device,
        "host": {"system": "Linux", "cpu": "AMD EPYC 7763", "cpus": 8},
        "tests": tests,
    }


def _gpu() -> dict[str, Any]:
    device = {
        "name": "NVIDIA A100-SXM4-80GB",
        "kind": "gpu",
        "is_gpu": True,
        "driver": "CUDA 12.4",
        "memory": 85_520_809_984,
        "clock_mhz": 1410,
    }
    energy = {"source": "nvml", "counted": True, "seconds": 10, "joules": 4000, "watts": 400}
    product = {"accumulate": "fp32", "path": "matrix-unit", "n": 8192}
    wrong = {
        **_untimed("matmul", "fp16"),
        "check": {"err": 0.7, "tol": 1e-2, "ok": False},
        "flags": ["wrong-result"],
    }
    tests = [
        timed("matmul", "bf16", 2.5e14, **product, energy={**energy, "pj_per_flop": 1.6}),
        timed("matmul", "bf16", 2.2e14, **product, phase="sustained", flags=["throttled", "noisy"]),
        timed("matmul", "bf16", 2.9e14, **product, data="zeros"),
        wrong,
        timed("fma", "fp32", 1.9e13),
        timed("triad", "fp32", 1.7e12, path="loop", n=2**28),
    ]
    skipped = [{"test": "matmul", "dtype": "fp8", "reason": "the device has no <fp8>"}]
    return {**_record(device, "torch", "2025-03-01T12:00:00Z", tests), "skipped": skipped}


def _processor() -> dict[str, Any]:
    device = {"name": "Slow processor", "kind": "cpu", "is_gpu": False}
    product = timed("matmul", "fp32", 2e11, path="blas", flags=["busy"])
    return _record(device, "numpy", "2024-04-06T12:00:00Z", [product])


def _software() -> dict[str, Any]:
    device = {"name": "llvmpipe (LLVM 15.0.6, 256 bits)", "kind": "software", "is_gpu": False}
    return _record(device, "wgpu", "2024-04-06T12:00:00Z", [timed("matmul", "fp32", 5e9)])
