"""Makers' figures: what is in the table, what a rate may be compared with, and the energy beside it."""

from __future__ import annotations

from typing import Any

import pytest

from kb.bench import peaks


def record(
    name: str,
    *,
    test: str = "matmul",
    dtype: str = "bf16",
    path: str = "matrix-unit",
    accumulate: str = "fp32",
    rate: float = 7e14,
    is_gpu: bool = True,
) -> dict[str, Any]:
    entry = {
        "test": test,
        "dtype": dtype,
        "path": path,
        "accumulate": accumulate,
        "stats": {"median": rate, "unit": "byte/s" if test in peaks.MEMORY_TESTS else "FLOP/s"},
    }
    return {"device": {"name": name, "is_gpu": is_gpu}, "tests": [entry]}


def peak(name: str, **named: Any) -> peaks.Peak | None:
    found = record(name, **named)
    return peaks.peak_of(found, found["tests"][0])


def test_the_table_is_large_and_every_figure_has_a_source() -> None:
    listed = peaks.listed()
    assert len(listed) >= 30
    assert len({device.name for device in listed}) == len(listed)
    for device in listed:
        assert device.peaks, device.name
        for found in device.peaks:
            assert found.source, device.name
            assert found.url.startswith("https://"), device.name
            assert found.value > 0
    assert sum(found.verified for device in listed for found in device.peaks) >= 100


def test_a_figure_is_there_once() -> None:
    for device in peaks.listed():
        keys = [(found.path, found.dtype, found.accumulate) for found in device.peaks]
        assert len(keys) == len(set(keys)), device.name


def test_figures_fit_together() -> None:
    """Matrix units are no slower than shaders, and half the bits give twice the rate; nothing is sparse."""
    for device in peaks.listed():
        rate = {(p.path, p.dtype): p.value for p in device.peaks if p.accumulate != "fp16"}
        for (path, dtype), value in rate.items():
            if path == "tensor":
                assert value >= rate.get(("shader", dtype), 0) * 0.999, (device.name, dtype)
        for coarse, fine in (("fp8", "fp16"), ("fp16", "tf32")):
            one, two = rate.get(("tensor", coarse)), rate.get(("tensor", fine))
            if one and two:
                assert 1.9 <= one / two <= 2.1, (device.name, coarse, fine)


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("NVIDIA H100 80GB HBM3", "NVIDIA H100 SXM5"),
        ("NVIDIA H100 PCIe", "NVIDIA H100 PCIe"),
        ("NVIDIA A100-SXM4-80GB", "NVIDIA A100 SXM4 80 GB"),
        ("NVIDIA A100 80GB PCIe", "NVIDIA A100 PCIe 80 GB"),
        ("Tesla V100-SXM2-16GB", "NVIDIA V100 SXM2"),
        ("Tesla T4", "NVIDIA T4"),
        ("NVIDIA L4", "NVIDIA L4"),
        ("NVIDIA L40", "NVIDIA L40"),
        ("NVIDIA L40S", "NVIDIA L40S"),
        ("NVIDIA B200", "NVIDIA B200 (HGX, 1,000 W)"),
        ("NVIDIA GB200", "NVIDIA GB200, one GPU"),
        ("NVIDIA GH200 480GB", "NVIDIA GH200, its GPU"),
        ("NVIDIA GeForce RTX 4090", "NVIDIA GeForce RTX 4090"),
        ("AMD Instinct MI300X", "AMD Instinct MI300X"),
        ("Apple M1", "Apple M1, its GPU"),
        ("Apple M1 Max", "Apple M1 Max, its GPU"),
        ("Intel(R) Arc(TM) A770 Graphics (DG2)", "Intel Arc A770"),
        # The same name for two, or a cut-down part: no figure rather than a wrong one.
        ("AMD Instinct MI250X / MI250", None),
        ("NVIDIA GRID T4-8Q", None),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", None),
        ("NVIDIA GeForce RTX 4090 D", None),
        ("NVIDIA A10G", None),
        ("NVIDIA H200 NVL", None),
        ("Apple M1 Pro", None),
        ("llvmpipe (LLVM 15.0.6, 256 bits)", None),
        ("", None),
    ],
)
def test_names_find_their_device(name: str, listed: str | None) -> None:
    found = peaks.known(name)
    assert (found.name if found else None) == listed


def test_paths_are_kept_apart() -> None:
    a100 = "NVIDIA A100-SXM4-80GB"
    tensor = peak(a100, dtype="fp16")
    shader = peak(a100, dtype="fp16", path="shader", accumulate="fp16")
    assert tensor is not None
    assert shader is not None
    assert [tensor.value, shader.value] == pytest.approx([312e12, 78e12])
    assert peak(a100, dtype="fp16", path="library") is None
    assert peak(a100, dtype="fp32") is None  # matrix units of an A100 do not compute in fp32


def test_accumulators_are_kept_apart() -> None:
    wide = peak("NVIDIA GeForce RTX 4090", dtype="fp16")
    narrow = peak("NVIDIA GeForce RTX 4090", dtype="fp16", accumulate="fp16")
    assert wide is not None
    assert narrow is not None
    assert [wide.value, narrow.value] == pytest.approx([165.2e12, 330.3e12])


def test_memory_has_its_own_figure() -> None:
    found = peak("NVIDIA H100 80GB HBM3", test="triad", dtype="fp32", path="loop", accumulate="fp32")
    assert found is not None
    assert found.value == pytest.approx(3.35e12)


def test_half_a_module_has_half_its_figure() -> None:
    found = peak("AMD Instinct MI250")
    assert found is not None
    assert found.value == pytest.approx(181.05e12)


def test_software_has_no_peak() -> None:
    assert peak("NVIDIA H100 80GB HBM3", is_gpu=False) is None


def test_a_share_needs_a_verified_figure() -> None:
    known = record("NVIDIA H100 80GB HBM3")
    found = peaks.share(known, known["tests"][0])
    assert found is not None
    assert found[0] == pytest.approx(7e14 / 989.4e12)
    unverified = record("NVIDIA L4", rate=1e14)
    assert peaks.peak_of(unverified, unverified["tests"][0]) is not None
    assert peaks.share(unverified, unverified["tests"][0]) is None


def test_records_get_the_figure_with_its_source() -> None:
    made = peaks.with_peaks(record("NVIDIA H100 80GB HBM3"))
    assert made["tests"][0]["peak"]["verified"] is True
    assert "H100" in made["tests"][0]["peak"]["source"]
    plain = record("Something New")
    assert peaks.with_peaks(plain) == plain
