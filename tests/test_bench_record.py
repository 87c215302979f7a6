"""Records of measurements: which ones can be true, what speaks against them, and what they mean."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb import bench
from kb.bench import answer, judging, kernels, roofline
from kb.bench.run import kernel_hash
from kb.diagnostics import Diagnostics
from kb.diagnostics.rules import RULES
from kb.drawing.roofline import roofline as chart
from kb.graph import argument_map
from kb.lint import lint
from kb.source import load
from kb.source.schemas import misfits
from tests.conftest import PROJECT

A100 = "NVIDIA A100-SXM4-80GB"
SAMPLES = [1.0 + 0.001 * (i % 7) for i in range(40)]  # seconds; the median is 1.003


def entry(median: float = 2.5e14, **named: Any) -> dict[str, Any]:
    """A test whose rates follow from its timings, which scatter as SAMPLES do."""
    best = median * 1.003
    n, test = named.get("n", 8192), named.get("test", "matmul")
    size = {"fp64": 8, "fp16": 2}.get(named.get("dtype", "bf16"), 4)
    work = {"copy": 2.0 * size * n, "triad": 3.0 * size * n}.get(test, 2.0 * n**3)
    unit = "byte/s" if named.get("test") in ("copy", "triad") else "FLOP/s"
    return {
        "test": "matmul",
        "dtype": "bf16",
        "accumulate": "fp32",
        "path": "matrix-unit",
        "n": 8192,
        "data": "standard normal",
        "phase": "burst",
        "variant": "torch.mm",
        "check": {"err": 1e-3, "tol": 1e-2, "all_err": 1e-3, "all_tol": 1e-2, "ok": True},
        "stats": {
            "unit": unit,
            "median": median,
            "ci_low": median * 0.999,
            "ci_high": median * 1.001,
            "p10": median * 0.998,
            "p90": median * 1.002,
            "best": best,
            "n": 40,
            "n_eff": 30.5,
        },
        "timer": "device",
        "stop": "interval",
        "linear": 1.99,
        "flags": [],
        "samples_s": [sample / 1.003 * work / median for sample in SAMPLES],
        **named,
    }


def record(*tests: dict[str, Any], **device: Any) -> dict[str, Any]:
    return {
        "schema": "kb.measurement/1",
        "when": "2025-03-01T12:00:00Z",
        "tool": {"name": "kb", "version": "0.1.0", "kernels": next(iter(kernels.published()))},
        "backend": {"name": "torch", "version": "2.6.0"},
        "device": {"name": A100, "kind": "gpu", "is_gpu": True, "reported": "CUDA", **device},
        "host": {"system": "Linux", "cpu": "AMD EPYC 7763", "cpus": 8},
        "tests": list(tests) or [entry()],
    }


def numbers(found: dict[str, Any]) -> list[str]:
    return [number for number, _ in judging.objections(found)]


Change = Callable[[dict[str, Any]], None]


def stats_of(found: dict[str, Any], **changed: float) -> None:
    found["tests"][0]["stats"].update(changed)


def timed(found: dict[str, Any], samples: list[float], **changed: float) -> None:
    found["tests"][0]["samples_s"] = samples
    stats_of(found, **changed)


def printed(found: dict[str, Any], value: float, *, verified: bool, dtype: str = "bf16") -> None:
    peak = {"value": value, "source": "A datasheet", "verified": verified}
    found["tests"][0].update(peak=peak, dtype=dtype)


def faster(factor: float) -> Change:
    def change(found: dict[str, Any]) -> None:
        stats = found["tests"][0]["stats"]
        for name in ("median", "ci_low", "ci_high", "p10", "p90", "best"):
            stats[name] *= factor
        test = found["tests"][0]
        test["samples_s"] = [sample / factor for sample in test["samples_s"]]

    return change


def test_an_honest_record_fits_and_has_no_objection() -> None:
    found = record(entry(), entry(dtype="fp32", path="shader", accumulate="fp32", median=1.8e13))
    assert misfits("measurement", found) == []
    assert numbers(found) == []


BROKEN: list[tuple[str, Change]] = [
    ("KB401", faster(2)),
    ("KB402", faster(1.3)),
    ("KB403", lambda r: stats_of(r, ci_low=2.6e14)),
    ("KB403", lambda r: stats_of(r, ci_high=2.4e14)),
    ("KB403", lambda r: stats_of(r, best=2.4e14)),
    ("KB403", lambda r: stats_of(r, best=3.0e14)),
    ("KB403", lambda r: stats_of(r, p10=2.6e14)),
    ("KB403", lambda r: stats_of(r, n_eff=41)),
    ("KB403", lambda r: stats_of(r, n=41)),
    ("KB404", lambda r: r["tests"][0]["check"].update(err=0.02)),
    ("KB404", lambda r: r["tests"][0]["check"].update(all_err=0.02)),
    ("KB404", lambda r: r["tests"][0]["check"].update(tol=0.5)),
    ("KB405", lambda r: r["device"].update(name="llvmpipe (LLVM 15.0.6)", reported="CPU")),
    ("KB405", lambda r: r["device"].update(name="Something New", reported="Unknown")),
    ("KB406", lambda r: r["tests"][0].update(flags=["noisy", "battery"])),
    ("KB410", lambda r: printed(r, 6.24e14, verified=True)),
    ("KB410", lambda r: printed(r, 3.12e14, verified=True, dtype="fp8")),
    ("KB407", lambda r: r["tool"].update(kernels="0" * 64)),
    ("KB408", lambda r: timed(r, [2.0 * 8192**3 / 2.5e14] * 40, best=2.5e14)),
    ("KB408", lambda r: timed(r, r["tests"][0]["samples_s"][:7], n=7, n_eff=7)),
]


@pytest.mark.parametrize(("number", "change"), BROKEN)
def test_each_rule_finds_its_fault_and_nothing_else(number: str, change: Change) -> None:
    found = record()
    change(found)
    assert misfits("measurement", found) == []
    assert set(numbers(found)) == {number}


def test_every_rule_is_broken_here() -> None:
    broken = {number for number, _ in BROKEN} | {"KB409", "KB411"}
    assert broken == set(judging.JUDGEMENTS) == {number for number in RULES if number.startswith("KB4")}


def test_kernels_that_a_later_release_replaced_are_told_where_a_base_asks(monkeypatch: Any) -> None:
    monkeypatch.setattr(kernels, "published", lambda: {"a" * 64: "0.1.0", kernel_hash(): "0.2.0"})
    found = record()
    found["tool"]["kernels"] = "a" * 64
    (objection,) = judging.earlier_kernels(found)
    assert "of kb 0.1.0, which this version replaces" in objection.message
    assert numbers(found) == [], "the rule is off unless a base sets it"
    found["tool"]["kernels"] = kernel_hash()
    assert list(judging.earlier_kernels(found)) == []


def test_a_wrong_result_is_noted() -> None:
    wrong = {
        name: value
        for name, value in entry(flags=["wrong-result"]).items()
        if name not in ("stats", "samples_s", "variant", "timer", "stop")
    }
    wrong["check"] = {"err": 0.3, "tol": 1e-2, "ok": False}
    found = record(entry(), wrong)
    assert misfits("measurement", found) == []
    assert numbers(found) == ["KB409"]


def test_a_processor_has_its_limits() -> None:
    slow = entry(4e11, dtype="fp32", path="blas")
    fast = entry(4e13, dtype="fp32", path="blas")
    cpu = {"name": "AMD EPYC 7763", "kind": "cpu", "is_gpu": False, "reported": "CPU"}
    assert numbers(record(slow, **cpu)) == []
    assert numbers(record(fast, **cpu)) == ["KB401"]


def test_a_bandwidth_above_the_memorys_is_a_caches() -> None:
    usual = {"test": "triad", "dtype": "fp32", "path": "loop"}
    assert numbers(record(entry(1.7e12, **usual))) == []
    assert numbers(record(entry(5.0e12, **usual))) == ["KB401"]


def test_a_library_that_hides_its_units_cannot_beat_the_fastest() -> None:
    assert numbers(record(entry(3e14, path="library"))) == []
    assert numbers(record(entry(5e14, path="library"))) == ["KB401"]


def test_unverified_figures_prove_nothing_impossible() -> None:
    l4 = {"name": "NVIDIA L4"}
    assert numbers(record(entry(1.3e14), **l4)) == []
    assert numbers(record(entry(3e14), **l4)) == ["KB402"]


def test_smaller_sizes_may_be_noisy() -> None:
    assert numbers(record(entry(), entry(n=4096, flags=["noisy"]))) == []


def test_no_stop_by_interval_or_flags_is_unknown_to_the_schema() -> None:
    for flag in judging.DISTURBED:
        assert misfits("measurement", record(entry(flags=[flag]))) == []


def test_negative_rates_do_not_fit() -> None:
    found = record()
    stats_of(found, median=-1.0)
    assert misfits("measurement", found)


# --- kb validate ----------------------------------------------------------------


def judged(root: Path) -> dict[str, tuple[str, str]]:
    loaded = load(root)
    diagnostics = Diagnostics()
    lint(loaded.base, argument_map(loaded.base), diagnostics, today=date(2026, 1, 1))
    return {d.rule: (d.file, d.severity) for d in diagnostics if d.rule.startswith("KB4")}


def test_validate_judges_saved_records(small_base: Path) -> None:
    sound = bench.save(record(), small_base)
    assert judged(small_base) == {}
    liar = copy.deepcopy(record())
    faster(2)(liar)
    stats_of(liar, n_eff=50)
    path = bench.save(liar, small_base)
    assert path != sound
    file = f"measurements/{path.name}"
    assert judged(small_base) == {"KB401": (file, "error"), "KB403": (file, "error")}


def test_the_shipped_records_are_without_objection() -> None:
    base = load(PROJECT / "claims").base
    assert base.measurements
    for measurement in base.measurements.values():
        assert list(judging.objections(measurement.raw)) == []


# --- what a record means ----------------------------------------------------------


def test_years_are_those_of_the_checks() -> None:
    (found,) = answer.answers(record())
    assert found.years() == pytest.approx(3.14e23 / 2.5e14 / (365.25 * 86400))
    assert found.years(0.5) == pytest.approx(2 * found.years())
    assert found.of_peak == pytest.approx(2.5 / 3.12)
    assert found.devices_for_a_month() == pytest.approx(found.years() * 365.25 / 30)
    text = " ".join(answer.sentences(found))
    assert "39.8 years" in text
    assert "80.1 % of the peak" in text
    assert "Energy: not known" in text
    assert "--usd-per-hour" in text


def test_energy_and_cost_where_they_are_known() -> None:
    energy = {"source": "nvml", "counted": True, "seconds": 9.0, "joules": 1e3, "watts": 111.0}
    test = entry(energy={**energy, "pj_per_flop": 1.2, "throttled": []})
    assert misfits("measurement", record(test)) == []
    (found,) = answer.answers(record(test))
    assert found.kwh == pytest.approx(3.14e23 * 1.2e-12 / 3.6e6)
    text = " ".join(answer.sentences(found, usd_per_hour=2.0))
    assert "105 MWh" in text
    assert "698,000 USD at 100 %" in text


def test_only_right_products_in_types_of_training_answer() -> None:
    tests = [
        entry(dtype="int8", accumulate="int32"),
        entry(test="fma", path="shader"),
        entry(3e14, data="zeros"),
        entry(2e14, phase="sustained"),
        entry(1e14),
        entry(1.5e13, dtype="fp32", path="shader"),
    ]
    assert [(a.dtype, a.rate) for a in answer.answers(record(*tests))] == [("bf16", 1e14), ("fp32", 1.5e13)]


def test_checks_take_no_zeros_for_a_headline() -> None:
    """A row on zeros stood in for a headline whose result was wrong."""
    zeros = entry(2.9e14, data="zeros")
    assert bench.pick(bench.to_measurement(record(zeros)), "matmul", "bf16") is None
    found = bench.pick(bench.to_measurement(record(zeros, entry(n=4096))), "matmul", "bf16")
    assert found is not None
    assert found.n == 4096


# --- the roofline -------------------------------------------------------------------


def measured() -> dict[str, Any]:
    return record(
        entry(2.4e14),
        entry(1.9e13, test="fma", dtype="fp32", path="shader"),
        entry(1.5e13, dtype="fp32", path="shader", n=4096),
        entry(1.7e12, test="triad", dtype="fp32", path="loop"),
        entry(1.6e12, test="copy", dtype="fp32", path="loop"),
    )


def test_a_roofline_is_made_of_what_was_measured() -> None:
    found = roofline.roofline(measured())
    assert found is not None
    assert (found.moved, found.bandwidth, found.top) == ("triad", 1.7e12, 2.4e14)
    assert found.ridge == pytest.approx(2.4e14 / 1.7e12)
    assert [point.name for point in found.points] == [
        "matrix product in bf16",
        "multiply-add chains in fp32",
        "matrix product in fp32",
    ]
    assert found.points[2].intensity == pytest.approx(2 * 4096 / 3 / 4)
    assert found.roof(1.0) == 1.7e12
    assert found.roof(1e9) == found.top


def test_without_bandwidth_there_is_no_roofline() -> None:
    assert roofline.roofline(record()) is None
    assert roofline.roofline(record(entry(1.7e12, test="triad", dtype="fp32", path="loop"))) is None


def test_a_roofline_is_told_in_words_and_lines() -> None:
    found = roofline.roofline(measured())
    assert found is not None
    lines = roofline.text(found)
    assert max(map(len, lines[:14])) <= 79
    named = "matrix product of 8,192 × 8,192 in bf16, matrix units, 240 TFLOP/s"
    assert f"A: {named}" in lines
    assert any("reaches 79 % of the multiply-add chains" in line for line in roofline.sentences(found))
    drawn = chart(found)
    for svg in (drawn.wide, drawn.narrow):
        assert svg.startswith("<svg")
        assert f"1  {named[:20]}" in svg
        assert "matrix-unit" not in svg
        assert "memory limits" in svg
    assert "the memory is the limit" in drawn.words


@pytest.mark.parametrize("rate", [1e6, 1e12, 1e18])
@pytest.mark.parametrize("bandwidth", [1e6, 1e12])
def test_any_device_can_be_drawn(rate: float, bandwidth: float) -> None:
    found = roofline.roofline(record(entry(rate), entry(bandwidth, test="triad", dtype="fp32", path="loop")))
    assert found is not None
    assert len(roofline.text(found)) == 15
    assert "nan" not in chart(found).narrow
