"""``kb bench flops`` as a user sees it: a table, a roofline, an answer, a record to save."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb import bench
from kb.bench import run
from kb.cli.app import cli
from kb.commands import bench as commands
from kb.model import Device
from kb.source import read_yaml
from kb.source.schemas import misfits
from tests.conftest import Ran
from tests.test_bench_record import entry, record

A100 = Device("NVIDIA A100-SXM4-80GB", "gpu", "torch", True, "CUDA 12.4")
EPYC = Device("AMD EPYC 7763", "cpu", "numpy")
ENERGY = {
    "source": "nvml",
    "counted": True,
    "seconds": 9.0,
    "joules": 3.6e3,
    "watts": 400.0,
    "pj_per_flop": 1.6,
    "throttled": ["power limit"],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A machine with an A100 that measures as told here; what was asked of it."""
    seen: list[dict[str, Any]] = []
    tests = [
        entry(2.5e14, flags=["throttled"], energy=ENERGY),
        entry(2.6e14, data="zeros"),
        entry(2.3e14, phase="sustained"),
        entry(1.8e13, test="fma", dtype="fp32", path="shader", accumulate="fp32"),
        entry(1.7e12, test="triad", dtype="fp32", path="loop", accumulate="fp32"),
    ]
    measured = record(*tests)
    measured["skipped"] = [{"test": "matmul", "dtype": "fp8", "reason": "an A100 has no fp8"}]
    assert misfits("measurement", measured) == []

    def measure(device: Device, **named: Any) -> dict[str, Any]:
        seen.append({"device": device, **named})
        return measured

    monkeypatch.setattr(bench, "listing", lambda: run.Listing((A100, EPYC)))
    monkeypatch.setattr(bench, "flops", measure)
    return seen


def flops(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["bench", "flops", *map(str, arguments)], env={"COLUMNS": "200"})


def test_a_table_that_a_person_understands(asked: list[dict[str, Any]]) -> None:
    ran = flops()
    assert ran.exit_code == 0, ran.output
    lines = ran.output.splitlines()
    assert lines[0] == "NVIDIA A100-SXM4-80GB (GPU), torch 2.6.0"
    rows = [line.split() for line in lines if line.startswith(("matmul  ", "triad  "))]
    assert rows[0][:7] == ["matmul", "bf16", "matrix", "unit", "8192", "250", "TFLOP/s"]
    assert rows[0][7:] == ["249.8", "to", "250.2", "250.7", "80", "%", "40,", "1", "%"]
    assert rows[1][2:5] == ["matrix", "unit,", "zeros"]
    assert rows[2][2:5] == ["matrix", "unit,", "sustained"]
    assert rows[3][:6] == ["triad", "fp32", "loop", "8192", "1.7", "TB/s"]
    assert "mind: matmul bf16 n=8192 (matrix unit): throttled" in lines
    assert "energy: matmul bf16 n=8192 (matrix unit): 1.6 pJ/FLOP at 400 W (nvml)" in lines
    assert "left out: matmul fp8: an A100 has no fp8" in lines
    assert "A: matrix product of 8,192 × 8,192 in bf16, matrix units, 250 TFLOP/s" in lines
    assert "throttled: the device held its clock down" in lines
    assert "the memory is the limit (triad, 1.7 TB/s)" in ran.output


def test_defaults_suit_the_device(asked: list[dict[str, Any]]) -> None:
    flops()
    flops("--device", "cpu")
    assert asked[0]["device"] == A100
    assert (asked[0]["tests"], asked[0]["dtypes"]) == (("matmul", "fma", "triad"), ("bf16", "fp32"))
    assert asked[1]["device"] == EPYC
    assert asked[1]["dtypes"] == ("fp32",)
    assert (asked[1]["zeros"], asked[1]["sustained"]) == (False, 0.0)


def test_wishes_are_passed_on(asked: list[dict[str, Any]]) -> None:
    ran = flops(
        *("--test", "copy", "--test", "matmul", "--dtype", "fp64", "--zeros", "--sustained", "--seconds", 3)
    )
    assert ran.exit_code == 0, ran.output
    (wish,) = asked
    assert (wish["tests"], wish["dtypes"], wish["budget"]) == (("copy", "matmul"), ("fp64",), 3)
    assert (wish["zeros"], wish["sustained"]) == (True, 10.0)
    flops("--sustained", 60)
    assert asked[1]["sustained"] == 60


@pytest.mark.parametrize(
    "wrong", [["--test", "sort"], ["--dtype", "fp4"], ["--sustained", "1"], ["--seconds", "nan"]]
)
def test_unknown_wishes_are_refused(asked: list[dict[str, Any]], wrong: list[str]) -> None:
    assert flops(*wrong).exit_code == 2
    assert not asked


def test_json_is_the_record_with_the_makers_figure(asked: list[dict[str, Any]]) -> None:
    ran = CliRunner().invoke(cli, ["bench", "flops", "--format", "json", "--answer"])
    found = json.loads(ran.stdout)
    assert misfits("measurement", found) == []
    assert found["tests"][0]["peak"] == {
        "value": pytest.approx(312e12),
        "source": "NVIDIA A100 Tensor Core GPU Architecture, white paper, Table 1",
        "url": found["tests"][0]["peak"]["url"],
        "verified": True,
    }
    assert "39.8 years" in ran.stderr


def test_the_answer_takes_the_bases_number(asked: list[dict[str, Any]], small_base: Path) -> None:
    quantity = "title: GPT-3, twice\n  value: 6.28e23\n  unit: FLOP\n  definition: true\n"
    (small_base / "quantities" / "compute.yaml").write_text(f"gpt3-training-compute:\n  {quantity}", "utf-8")
    check = "kind: benchmark\ntitle: Years\nmeasure: {test: matmul, dtype: bf16, device: {kind: gpu}}\n"
    (small_base / "checks" / "years-here.yaml").write_text(
        f"{check}inputs: {{work: gpt3-training-compute}}\ncompute: work / rate\nunit: year\n", "utf-8"
    )
    ran = flops("--answer", "--base", small_base, "--usd-per-hour", 2)
    assert "79.6 years" in ran.output
    assert "140 MWh" not in ran.output
    assert "279 MWh" in ran.output
    assert "these checks can take: years-here" in ran.output
    assert "USD an hour" in ran.output


def test_without_a_base_the_answer_says_where_its_number_is_from(
    asked: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KB_BASE", raising=False)
    said = "\n".join(commands.meaning(record()))
    assert "39.8 years" in said
    assert "Brown et al. 2020" in said


def test_no_answer_without_a_product() -> None:
    (said,) = commands.meaning(record(entry(1.7e12, test="triad", dtype="fp32", path="loop")))
    assert said.startswith("No answer")


def test_saved_records_are_ready_for_a_pull_request(asked: list[dict[str, Any]], small_base: Path) -> None:
    ran = flops("--save", "--base", small_base)
    assert ran.exit_code == 0, ran.output
    (path,) = (small_base / "measurements").glob("*.yaml")
    assert path.name == "nvidia-a100-sxm4-80gb-2025-03-01.yaml"
    data, diagnostics = read_yaml(path.read_text("utf-8"), path.name)
    assert not list(diagnostics)
    assert misfits("measurement", data) == []
    judged = CliRunner().invoke(cli, ["validate", "--base", str(small_base)])
    assert "KB406" in judged.output  # throttled, and it says so
    assert "KB401" not in judged.output


def test_a_wrong_result_has_no_rate(asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = entry(flags=["wrong-result"])
    wrong = {k: v for k, v in wrong.items() if k not in ("stats", "samples_s", "variant", "timer", "stop")}
    wrong["check"] = {"err": 0.3, "tol": 1e-2, "ok": False}
    monkeypatch.setattr(bench, "flops", lambda device, **named: record(wrong))
    ran = flops()
    assert ran.exit_code == 1
    assert "matmul bf16 n=8192: the result was WRONG (error 0.3); no rate is reported" in ran.output
    assert "FLOP/s" not in ran.output


def test_a_real_run_on_the_processor(kb: Callable[..., Ran], tmp_path: Path) -> None:
    """End to end in processes of their own; rates are not looked at."""
    command = ("bench", "flops", "--backend", "numpy", "--test", "all", "--seconds", 2, "--format", "json")
    ran = kb(*command)
    assert misfits("measurement", ran.json) == []
    assert {test["test"] for test in ran.json["tests"]} == {"matmul", "copy", "triad"}
    assert [entry["test"] for entry in ran.json["skipped"]] == ["fma"]
    assert all(test["check"]["ok"] for test in ran.json["tests"])
