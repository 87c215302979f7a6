"""``kb bench`` under attack: interruptions, odd wishes, full folders, and records that were made up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb import bench
from kb.bench import coverage, judging, peaks, run, stats, timing
from kb.bench.record import save
from kb.bench.trouble import explain
from kb.cli.app import cli
from kb.commands import bench as commands
from kb.isolate import Outcome
from kb.model import Device
from tests.conftest import PROJECT
from tests.test_bench_record import entry, record

CPU = Device("AMD EPYC 7763", "cpu", "numpy")
PROCESSOR = {"name": CPU.name, "kind": "cpu", "is_gpu": False, "reported": "CPU"}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    """A processor that measures at once; what was measured."""
    seen: list[Device] = []

    def measure(device: Device, **_: Any) -> dict[str, Any]:
        seen.append(device)
        return record(entry(4e11, dtype="fp32", path="blas"), **PROCESSOR)

    monkeypatch.setattr(bench, "listing", lambda: run.Listing((CPU,)))
    monkeypatch.setattr(bench, "flops", measure)
    return seen


def flops(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["bench", "flops", *map(str, arguments)], env={"COLUMNS": "200"})


# --- wishes -----------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--seconds", "--sustained", "--usd-per-hour"])
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_no_number_that_is_none(machine: list[Device], option: str, value: str) -> None:
    ran = flops("--answer", option, value)
    assert ran.exit_code == 2
    assert option in ran.output
    assert not machine


def test_a_base_that_is_named_must_be_there(machine: list[Device], tmp_path: Path) -> None:
    ran = flops("--answer", "--base", tmp_path / "nowhere")
    assert ran.exit_code != 0
    assert "nowhere" in ran.output
    assert not machine


def test_a_kind_is_no_part_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    soft = Device("SwiftShader GPU", "software", "wgpu")
    monkeypatch.setattr(bench, "listing", lambda: run.Listing((CPU, soft)))
    with pytest.raises(commands.NoSuchDevice, match="'gpu'"):
        commands.choose_device("gpu")
    assert commands.choose_device("swiftshader") == soft
    assert commands.choose_device("software") == soft


@pytest.mark.parametrize(
    ("unit", "value"), [("USD", "3e23"), ("ExaFLOP", "3"), ("FLOP", "0"), ("FLOP", "-5")]
)
def test_an_odd_base_does_not_spoil_the_answer(
    machine: list[Device], small_base: Path, unit: str, value: str
) -> None:
    (small_base / "quantities" / "compute.yaml").write_text(
        f"gpt3-training-compute:\n  title: Odd\n  value: {value}\n  unit: {unit}\n  definition: true\n",
        "utf-8",
    )
    ran = flops("--answer", "--base", small_base)
    assert ran.exit_code == 0, ran.output
    assert "Brown et al. 2020" in ran.output
    assert "of no use" in ran.output


# --- what was measured is kept ----------------------------------------------------


def child(monkeypatch: pytest.MonkeyPatch, *ends: BaseException | Outcome) -> None:
    """Children that journal a test each and then end like this, in turn."""
    left = list(ends)

    def run_child(_: str, payload: dict[str, Any], **__: Any) -> Outcome:
        about = {
            "backend": {"name": "numpy", "version": "2.0"},
            "device": {"name": CPU.name, "reported": "CPU", "driver": "", "features": []},
        }
        end = left.pop(0)
        if not isinstance(end, KeyboardInterrupt) or end.args:
            done = {"tests": [entry(4e11, dtype="fp32", path="blas", test=payload["test"])]}
            Path(payload["journal"]).write_text(f"{json.dumps(about)}\n{json.dumps(done)}\n{{", "utf-8")
        if isinstance(end, BaseException):
            raise end
        return end

    monkeypatch.setattr(run, "run_child", run_child)


def test_an_interruption_keeps_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, KeyboardInterrupt("late"))
    with pytest.raises(bench.Interrupted) as stopped:
        bench.flops(CPU, tests=("matmul", "triad"))
    found = stopped.value.record
    assert [test["test"] for test in found["tests"]] == ["matmul"]
    assert found["skipped"] == [{"test": "matmul", "dtype": "fp32", "reason": "interrupted"}]


def test_an_early_interruption_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt) as stopped:
        bench.flops(CPU)
    assert not isinstance(stopped.value, bench.Interrupted)


@pytest.mark.parametrize("output", ["text", "json"])
def test_the_command_prints_and_saves_a_part(
    monkeypatch: pytest.MonkeyPatch, small_base: Path, output: str
) -> None:
    monkeypatch.setattr(bench, "listing", lambda: run.Listing((CPU,)))
    child(monkeypatch, KeyboardInterrupt("late"))
    ran = CliRunner().invoke(cli, ["bench", "flops", "--save", "--base", str(small_base), "--format", output])
    assert ran.exit_code == 130
    assert "Interrupted" in ran.stderr
    assert len(list((small_base / "measurements").glob("*.yaml"))) == 1
    if output == "json":
        assert json.loads(ran.stdout)["skipped"][0]["reason"] == "interrupted"


def test_interrupted_before_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "listing", lambda: run.Listing((CPU,)))
    child(monkeypatch, KeyboardInterrupt())
    ran = CliRunner().invoke(cli, ["bench", "flops", "--format", "json"])
    assert ran.exit_code == 130
    assert "before anything was measured" in json.loads(ran.stdout)["error"]


def test_a_child_that_vanishes_leaves_its_part_and_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, Outcome(False, None, "ended without a result", 0.1, ()))
    found = bench.flops(CPU)
    assert len(found["tests"]) == 1
    assert "measure again" in found["skipped"][0]["reason"]
    assert "measure again" in explain("ended without a result")


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on POSIX")
def test_control_c_in_a_real_run_leaves_one_json_text() -> None:
    """Whether something was measured by then or not."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "bench", "flops", "--seconds", "30", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(out)


# --- saving -----------------------------------------------------------------------


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_record_that_cannot_be_saved_is_still_printed(
    machine: list[Device], small_base: Path, output: str
) -> None:
    (small_base / "measurements").write_text("a file, no folder", "utf-8")
    ran = CliRunner().invoke(cli, ["bench", "flops", "--save", "--base", str(small_base), "--format", output])
    assert ran.exit_code == 1
    assert "could not be saved" in ran.stderr
    assert "matmul" in ran.stdout
    if output == "json":
        assert json.loads(ran.stdout)["schema"] == "kb.measurement/1"


def test_records_written_at_once_do_not_overwrite_one_another(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: save(record(), tmp_path), range(16)))
    assert len(set(paths)) == 16
    assert all(path.read_text("utf-8").startswith("# yaml") for path in paths)


# --- numbers ----------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_timings_make_no_interval(count: int) -> None:
    taken = timing.Timing([1.0] * count, True, "budget", 1.0, 0.0)
    assert "noisy" in timing.flags(taken, 0)
    assert "noisy" not in timing.flags(timing.Timing([1.0] * 6, True, "budget", 1.0, 0.0), 0)


def test_the_table_claims_no_interval_of_few(machine: list[Device], monkeypatch: pytest.MonkeyPatch) -> None:
    few = entry(4e11, dtype="fp32", path="blas")
    few["stats"] |= {"n": 3, "n_eff": 3}
    monkeypatch.setattr(bench, "flops", lambda device, **_: record(few, **PROCESSOR))
    assert "too few timings" in flops().output


def test_six_is_where_an_interval_begins() -> None:
    """The fastest and the slowest of n hold the median in 1 - 2·(1/2)ⁿ."""
    assert 1 - 2 * 0.5**stats.FEWEST >= 0.95 > 1 - 2 * 0.5 ** (stats.FEWEST - 1)


def test_the_simulated_rule_is_the_one_in_use() -> None:
    for rho in (0.0, 0.5):
        found = coverage.simulate(rho, 0.1, times=400)
        assert found.timings == timing.MOST
        assert found.held >= 0.93


def test_a_slice_has_no_peak_of_the_whole() -> None:
    assert peaks.known("NVIDIA H100 80GB HBM3") is not None
    assert peaks.known("NVIDIA H100 80GB HBM3 MIG 1g.10gb") is None


# --- made-up records --------------------------------------------------------------


def scaled(found: dict[str, Any]) -> None:
    """All rates made higher, the timings left as they were."""
    for name in ("median", "ci_low", "ci_high", "p10", "p90", "best"):
        found["tests"][0]["stats"][name] *= 1.2


def noisy(found: dict[str, Any]) -> None:
    """Timings that scatter by 20 %, with statistics that fit, and no flag."""
    middle = found["tests"][0]["samples_s"][0]
    samples = [middle * (1 + 0.2 * ((7 * i) % 20 - 9.5) / 9.5) for i in range(40)]
    work = 2.0 * 8192**3
    found["tests"][0]["samples_s"] = [float(f"{sample:.5g}") for sample in samples]
    made = stats.rates(found["tests"][0]["samples_s"], work)
    keep = found["tests"][0]["stats"]
    keep |= {name: made[name] for name in keep if name != "unit"}


def narrowed(found: dict[str, Any]) -> None:
    noisy(found)
    middle = found["tests"][0]["stats"]["median"]
    found["tests"][0]["stats"] |= {"ci_low": middle, "ci_high": middle}


def powered(found: dict[str, Any]) -> None:
    found["tests"][0]["energy"] = {
        "source": "nvml",
        "counted": True,
        "throttled": [],
        "seconds": 10.0,
        "joules": 4000.0,
        "watts": 40.0,
    }


MADE_UP: list[tuple[str, Callable[[dict[str, Any]], None]]] = [
    ("KB403", scaled),
    ("KB403", lambda r: r["tests"][0]["stats"].update(unit="byte/s")),
    ("KB403", lambda r: r["tests"][0].update(n=16384)),
    ("KB403", narrowed),
    ("KB403", powered),
    ("KB404", lambda r: r["tests"][0].update(flags=["wrong-result"])),
    (
        "KB405",
        lambda r: r["device"].update(name="llvmpipe (LLVM 15.0.6)", kind="cpu", is_gpu=False, reported="CPU"),
    ),
    ("KB406", noisy),
]


@pytest.mark.parametrize(("number", "change"), MADE_UP)
def test_a_made_up_record_is_found_out(number: str, change: Callable[[dict[str, Any]], None]) -> None:
    found = record(entry(2.3e14))
    if number == "KB405":
        found["backend"]["name"] = "wgpu"
    assert not list(judging.objections(found))
    change(found)
    assert number in {rule for rule, _ in judging.objections(found)}


def test_an_unflagged_but_calm_record_is_left_alone() -> None:
    moved = entry(1.7e12, test="triad", dtype="fp32", path="loop", accumulate="fp32", n=2**24)
    assert not list(judging.objections(record(entry(), moved)))


@pytest.mark.parametrize("slow", [1.5, 4.0, 40.0])
def test_what_a_busy_machine_measured_is_no_contradiction(slow: float) -> None:
    """A long tail of slow timings widens the interval of the times far more than that of the rates."""
    n, samples = 512, [0.001 * (slow if i % 9 > 4 else 1 + i / 1000) for i in range(27)]
    work = 2.0 * n**3
    said = {"unit": "FLOP/s", **stats.rates(samples, work)}
    found = record(entry(dtype="fp32", path="blas", n=n, stats=said, samples_s=samples), **PROCESSOR)
    assert [number for number, _ in judging.objections(found) if number == "KB403"] == []
