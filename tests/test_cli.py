"""The command line as its users meet it: output, exit codes, what is written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Ran

Kb = Callable[..., Ran]
COMMANDS = (
    ["validate"],
    ["check"],
    ["history"],
    ["show"],
    ["why"],
    ["render"],
    ["sources", "verify"],
    ["serve"],
    ["diff"],
    ["import"],
    ["export"],
    ["formats"],
    ["whatif"],
    ["cruxes"],
    ["audit"],
    ["solve"],
    ["search"],
    ["bench", "flops"],
    ["bench", "devices"],
    ["explain"],
    ["doctor"],
)


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_help_imports_click_only() -> None:
    code = (
        "import sys; from kb.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'yaml', 'numpy', 'scipy', 'networkx', 'jinja2', 'jsonschema_rs', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(kb: Kb, command: list[str]) -> None:
    ran = kb(*command, "--help")
    assert ran.code == 0
    assert "Example" in ran.out
    assert f"kb {' '.join(command)}" in ran.out


def test_validate_a_clean_base(kb: Kb, small_base: Path) -> None:
    ran = kb("validate", "--base", small_base)
    assert (ran.code, ran.err) == (0, "")
    assert "9 files read" in ran.out
    assert kb("validate", "--base", small_base, "--format", "json").json["errors"] == 0


def test_check_prints_a_table_and_answers_again_from_the_cache(kb: Kb, small_base: Path) -> None:
    first = kb("check", "--base", small_base)
    assert first.code == 0, first.err
    assert "holds" in first.out
    assert "The tower's height from its storeys" in first.out
    assert "3 checks" in first.out
    again = kb("check", "--base", small_base, "--format", "json")
    assert again.json["computed"] == 0
    verdicts = {c["result"]["check"]: c["result"]["verdict"] for c in again.json["checks"]}
    assert verdicts["tower-height"] == "holds"


def test_a_failing_claim_is_no_error_unless_asked(kb: Kb, small_base: Path) -> None:
    path = small_base / "checks/tower-height.yaml"
    path.write_text(
        path.read_text()
        .replace("300 m", "600 m")
        .replace("storeys: 10}, to: fails", "storeys: 900}, to: holds")
    )
    assert kb("check", "--base", small_base).code == 0
    strict = kb("check", "--base", small_base, "--fail-on", "fails")
    assert strict.code == 1
    assert "tower-height: fails" in strict.err
    assert kb("check", "--base", small_base, "--fail-on", "nonsense").code == 2


def test_a_flip_that_does_not_flip_fails_the_run(kb: Kb, small_base: Path) -> None:
    path = small_base / "checks/tower-height.yaml"
    path.write_text(path.read_text().replace("storeys: 10}", "storeys: 99}"))
    ran = kb("check", "--base", small_base)
    assert ran.code == 1
    assert "tower-height" in ran.err


def test_record_then_moved(kb: Kb, small_base: Path) -> None:
    assert kb("check", "--base", small_base, "--record").code == 0
    ledger = small_base / "results/tower-height.json"
    before = ledger.read_bytes()
    assert kb("check", "--base", small_base, "--record").code == 0
    assert ledger.read_bytes() == before, "an unchanged verdict is recorded once"
    path = small_base / "checks/tower-height.yaml"
    path.write_text(
        path.read_text()
        .replace("300 m", "600 m")
        .replace("storeys: 10}, to: fails", "storeys: 900}, to: holds")
    )
    ran = kb("check", "--base", small_base, "--fail-on", "moved")
    assert ran.code == 1
    assert "was holds, is now fails" in ran.out + ran.err


def test_why_adds_up(kb: Kb, small_base: Path) -> None:
    kb("check", "--base", small_base)
    ran = kb("why", "tower-is-short", "--base", small_base)
    assert ran.code == 0, ran.err
    assert "Visitors climb a thousand steps" in ran.out
    account = kb("why", "tower-is-short", "--base", small_base, "--format", "json").json["account"]
    for end in (0, 1):
        total = sum(line["nats"][end] for line in account["contributions"])
        assert total == pytest.approx(account["log_odds"][end], abs=1e-9)


def test_why_and_show_never_compute(kb: Kb, small_base: Path) -> None:
    assert "not run" in kb("why", "tower-is-tall", "--base", small_base).out
    assert "not run yet" in kb("show", "tower-height", "--base", small_base).out


@pytest.mark.parametrize("name", ["tower-is-tall", "tower-height", "guide-1999", "tower-storeys", "height"])
def test_show_every_kind_of_thing(kb: Kb, small_base: Path, name: str) -> None:
    ran = kb("show", name, "--base", small_base)
    assert ran.code == 0, ran.err
    assert ran.out.strip()
    assert kb("show", name, "--base", small_base, "--format", "json").json["kind"]


def test_unknown_names_are_usage_errors_with_a_suggestion(kb: Kb, small_base: Path) -> None:
    for command in (["show", "tower-heigth"], ["why", "tower-is-tal"], ["check", "tower-heigth"]):
        ran = kb(*command, "--base", small_base, "--format", "json")
        assert ran.code == 2
        assert "did you mean" in ran.err
        assert "did you mean" in ran.json["error"]


def test_no_base_names_the_places_tried(kb: Kb, tmp_path: Path) -> None:
    ran = kb("validate", "--format", "json")
    assert ran.code == 2
    assert str(tmp_path) in ran.json["error"]


def test_base_is_found_from_inside_and_by_variable(kb: Kb, small_base: Path) -> None:
    assert kb("validate", cwd=small_base / "towers").code == 0
    assert kb("validate", KB_BASE=str(small_base)).code == 0


def test_errors_stop_check_and_render_before_anything_is_written(
    kb: Kb, small_base: Path, tmp_path: Path
) -> None:
    (small_base / "checks/tower-height.yaml").write_text("kind: formula\ncompute: 1 +\nunit: m\n")
    before = {k: v for k, v in tree(small_base).items() if not k.startswith(".kb")}
    for command in (["check", "--record"], ["render", "--out", str(tmp_path / "site")]):
        ran = kb(*command, "--base", small_base)
        assert ran.code == 1
        assert "checks/tower-height.yaml:2" in ran.out
    assert not (tmp_path / "site").exists()
    assert {k: v for k, v in tree(small_base).items() if not k.startswith(".kb")} == before


def test_render_prints_the_first_page_and_rewrites_nothing(kb: Kb, small_base: Path, tmp_path: Path) -> None:
    kb("check", "--base", small_base)
    out = tmp_path / "site"
    ran = kb("render", "--base", small_base, "--out", out)
    assert ran.code == 0, ran.err
    assert ran.out.strip() == str((out / "index.html").resolve())
    first = tree(out)
    again = kb("render", "--base", small_base, "--out", out)
    assert "0 pages written" in again.err
    assert tree(out) == first


def test_renders_of_one_base_are_identical(kb: Kb, small_base: Path, tmp_path: Path) -> None:
    kb("check", "--base", small_base)
    for name, seed in (("one", "1"), ("two", "2")):
        # Sets are walked in another order under each seed.
        said = kb("render", "--base", small_base, "--out", tmp_path / name, PYTHONHASHSEED=seed)
        assert said.code == 0, said.err
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_explain(kb: Kb) -> None:
    assert kb("explain", "KB101").code == 0
    assert kb("explain", "101").out.startswith("KB101")
    assert kb("explain", "KB999").code == 2
    assert len(kb("explain", "--format", "json").json) >= 15


def test_doctor_reports_and_exits_clean(kb: Kb, small_base: Path) -> None:
    ran = kb("doctor", "--base", small_base, "--format", "json")
    assert ran.code == 0
    subjects = {f["subject"] for f in ran.json}
    assert {"Python", "numpy", "cache", "device"} <= subjects


def test_bench_devices_as_json(kb: Kb) -> None:
    devices = kb("bench", "devices", "--format", "json").json
    cpu = next(d for d in devices if d["backend"] == "numpy")
    assert cpu["is_gpu"] is False
    assert cpu["name"]


def test_bench_saves_a_measurement_that_the_base_accepts(kb: Kb, small_base: Path) -> None:
    ran = kb(
        "bench",
        "flops",
        "--backend",
        "numpy",
        "--seconds",
        "1",
        "--save",
        "--base",
        small_base,
        "--format",
        "json",
    )
    assert ran.code == 0, ran.err
    assert ran.json["device"]["is_gpu"] is False
    saved = list((small_base / "measurements").glob("*.yaml"))
    assert len(saved) == 1
    assert kb("validate", "--base", small_base).code == 0
    assert kb("show", saved[0].stem, "--base", small_base).code == 0


def test_a_closed_pipe_is_no_bug(small_base: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m kb explain | head -1",
        shell=True,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_no_cache_leaves_no_trace(kb: Kb, small_base: Path) -> None:
    before = tree(small_base)
    assert kb("check", "--no-cache", "--base", small_base).code == 0
    assert tree(small_base) == before


def test_two_runs_at_once(small_base: Path) -> None:
    command = [sys.executable, "-m", "kb", "check", "--base", str(small_base), "--format", "json"]
    runs = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [run.wait(timeout=300) for run in runs] == [0, 0]


INTERRUPTED = """
from kb.cli import main, running

def interrupted(arguments):
    try:
        exec("raise KeyboardInterrupt")  # as while a dataclass is made
    except KeyboardInterrupt:
        return 7

running._run = interrupted
main([])
"""


def test_an_interrupt_that_was_caught_while_loading_decides_nothing(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(INTERRUPTED)
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{PROJECT}"}
    done = subprocess.run([sys.executable, "-m", "interrupted"], env=env, check=False)
    assert done.returncode == 7
