"""Broken files, full disks, closed streams, interrupts: kb says what is wrong, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb import checks, source
from kb.diagnostics import Diagnostic
from kb.isolate import run_child
from tests.conftest import PROJECT, SMALL_BASE, Ran, write_base

Kb = Callable[..., Ran]
LINUX = sys.platform.startswith("linux")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT), "COLUMNS": "100"}
CLAIM = "claim: A thing.\nevidence: [{source: guide-1999, at: p1}]\nsupports: [tower-is-tall]\n"
HEAVY = "{discrete: {values: [1, 2], weights: [1e308, 1e308]}}"
SLOW = """\
kind: simulation
title: Slow
experiment: overfit_at_n
params: {parameters: 1000, samples: 2000, trials: 500}
seeds: 1000
expect: {output: test_error, at_least: 0}
flips_if: {set: {trials: 1}, to: fails}
"""


def check_file(inputs: str = "value: 1", *, rest: str = "") -> str:
    return (
        "kind: formula\ntitle: Hostile\ninputs:\n"
        f'  a: {{{inputs}, unit: "1", source: guide-1999, at: p1, verified: true}}\n'
        f'compute: a\nunit: "1"\nexpect: {{at_least: 0}}\nflips_if: {{set: {{a: -1}}, to: fails}}\n{rest}'
    )


def readings(dimensions: int, options: int) -> str:
    return "readings:\n" + "".join(
        f"  d{d}: {{{', '.join(f'o{o}: {{set: {{a: {o + 1}}}}}' for o in range(options))}}}\n"
        for d in range(dimensions)
    )


def shell(command: str, base: Path, **env: str) -> subprocess.CompletedProcess[str]:
    kb = f"{sys.executable} -m kb"
    return subprocess.run(
        ["bash", "-c", command.replace("KB", kb).replace("BASE", str(base))],
        env={**ENVIRONMENT, **env},
        cwd=base.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def sound(done: subprocess.CompletedProcess[str]) -> bool:
    """Neither a traceback nor a bug."""
    return done.returncode in (0, 1, 2) and "Traceback" not in done.stderr and "bug" not in done.stderr


# --- files ----------------------------------------------------------------------


FAULTS: tuple[tuple[str, str | bytes, str, tuple[int, int]], ...] = (
    ("towers/xx.yaml", "", "KB004", (1, 1)),
    ("towers/xx.yaml", 'claim: A thing.\nevidence: [{source: "gui', "KB005", (2, 21)),
    ("towers/xx.yaml", b"claim: a\x80\n", "KB003", (1, 9)),
    ("towers/xx.yaml", b"\xef\xbb\xbf" + CLAIM.encode(), "KB003", (1, 1)),
    ("towers/xx.yaml", CLAIM.encode("utf-16"), "KB003", (1, 1)),
    ("towers/xx.yaml", "claim: A\nclaim: B\n", "KB006", (2, 1)),
    ("towers/xx.yaml", "claim: A\n\tnotes: b\n", "KB011", (2, 1)),
    ("towers/xx.yaml", "claim: " + "a" * 900_000, "KB008", (1, 1)),
    ("towers/xx.yaml", "claim: a\nnotes: |\n" + "  lorem ipsum\n" * 800_000, "KB008", (1, 1)),
    ("towers/xx.yaml", "a: &a [x,x]\nclaim: [*a,*a]\n", "KB007", (1, 4)),
    ("towers/xx.yaml", "\n".join(" " * i + "a:" for i in range(999)), "KB008", (41, 41)),
    ("towers/con.yaml", CLAIM, "KB113", (1, 1)),
    ("towers/tоwer.yaml", CLAIM, "KB110", (1, 1)),  # a Cyrillic о
    ("towers/xx.yaml", CLAIM.replace("guide-1999", "../../etc/passwd"), "KB024", (2, 21)),
    ("checks/xx.yaml", check_file("value: 1e400"), "KB010", (4, 14)),
    ("checks/xx.yaml", check_file("value: 1" + "0" * 4000), "KB010", (4, 14)),
    ("checks/xx.yaml", check_file("value: .nan"), "KB010", (4, 14)),
    ("checks/xx.yaml", check_file("value: many"), "KB022", (4, 14)),
    ("checks/xx.yaml", check_file("distribution: {p5: 5, p95: 1}"), "KB316", (4, 21)),
    ("checks/xx.yaml", check_file("distribution: {uniform: [-1.7e308, 1.7e308]}"), "KB316", (4, 21)),
    ("checks/xx.yaml", check_file("distribution: {triangular: [-1e308, 0, 1e308]}"), "KB316", (4, 21)),
    ("checks/xx.yaml", check_file(f"distribution: {HEAVY}"), "KB316", (4, 21)),
    ("checks/xx.yaml", check_file(rest=readings(10, 8)), "KB317", (10, 3)),
    ("checks/xx.yaml", check_file().replace('"1"\nexp', "9**9**9\nexp"), "KB303", (6, 7)),
    ("checks/xx.yaml", check_file().replace("at_least: 0", "about: 1e308, within: 10x"), "KB306", (7, 32)),
    ("results/tower-height.json", '<<<<<<< HEAD\n{"entries": []}', "KB318", (1, 1)),
    ("results/tower-height.json", '{"check": "tower-height",\n "entries": [}', "KB318", (2, 14)),
    ("results/tower-height.json", '{"check": "tower-height", "entries": [{}]}', "KB318", (1, 1)),
)


@pytest.mark.parametrize(
    ("name", "content", "rule", "place"), FAULTS, ids=[f"{i}-{row[2]}" for i, row in enumerate(FAULTS)]
)
def test_each_fault_has_its_rule_and_place(
    small_base: Path, name: str, content: str | bytes, rule: str, place: tuple[int, int]
) -> None:
    file = small_base / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = {(d.rule, d.file): (d.line, d.column) for d in judged(small_base)}
    assert found.get((rule, name)) == place


def judged(root: Path) -> list[Diagnostic]:
    from kb.commands.opening import findings

    return list(findings(root, cache=False).diagnostics)


def test_too_many_readings_are_refused_by_the_engine_too(small_base: Path) -> None:
    write_base(small_base, {"checks/many.yaml": check_file(rest=readings(10, 8))})
    base = source.load(small_base).base
    found = checks.run(base, base.checks["many"], samples=256).result
    assert found.verdict == "could-not-run"
    assert "1,073,741,824 combinations" in found.reason


def test_a_result_over_the_whole_range_of_doubles_is_kept_and_printed(kb: Kb, small_base: Path) -> None:
    text = check_file("distribution: {uniform: [-1, 1]}").replace("compute: a", "compute: a * 1.7e308")
    write_base(small_base, {"checks/wide.yaml": text})
    ran = kb("check", "wide", "--base", small_base, "--format", "json", PYTHONWARNINGS="error")
    assert ran.json["checks"][0]["result"]["verdict"] == "inconclusive"


def test_links_out_of_the_base_and_in_circles_are_named_not_followed(kb: Kb, small_base: Path) -> None:
    for name, target in (
        ("towers/secret", "/etc/passwd"),
        ("towers/loop", "loop.yaml"),
        ("sources/zero", "/dev/zero"),
    ):
        (small_base / f"{name}.yaml").symlink_to(target)
    (small_base / "towers" / "self").symlink_to(small_base)
    ran = kb("validate", "--base", small_base, "--format", "json", timeout=30)
    linked = [d["file"] for d in ran.json["diagnostics"] if d["rule"] == "KB002"]
    assert linked == ["sources/zero.yaml", "towers/loop.yaml", "towers/secret.yaml", "towers/self"]


# --- the ledger -----------------------------------------------------------------


def test_a_damaged_ledger_is_left_as_it_is(kb: Kb, small_base: Path) -> None:
    assert kb("check", "--base", small_base, "--record").code == 0
    ledger = small_base / "results" / "tower-height.json"
    ledger.write_bytes(damaged := ledger.read_bytes()[:-40])
    change = SMALL_BASE["checks/tower-height.yaml"].replace("300 m", "900 m")
    write_base(small_base, {"checks/tower-height.yaml": change})
    ran = kb("check", "--base", small_base, "--record", "--format", "json")
    assert ran.code == 1
    assert any("tower-height: not recorded: the file is not JSON" in f for f in ran.json["failures"])
    assert ledger.read_bytes() == damaged


def test_entries_of_another_version_are_kept(kb: Kb, small_base: Path) -> None:
    strange = {"result": {"verdict": "of a later version"}, "run": {}}
    text = json.dumps({"check": "tower-height", "entries": [strange]})
    write_base(small_base, {"results/tower-height.json": text})
    assert kb("check", "--base", small_base, "--record").code == 0
    entries = json.loads((small_base / "results/tower-height.json").read_bytes())["entries"]
    assert entries[0] == strange
    assert len(entries) == 2


def test_runs_that_record_at_once_lose_nothing(small_base: Path) -> None:
    base = source.load(small_base).base
    record = checks.run(base, base.checks["tower-height"], samples=256)
    entries = [replace(record, result=replace(record.result, key=f"key-{i}")) for i in range(16)]
    writers = [threading.Thread(target=checks.record, args=(small_base, [e])) for e in entries]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    kept = json.loads((small_base / "results/tower-height.json").read_bytes())["entries"]
    assert {e["result"]["key"] for e in kept} == {f"key-{i}" for i in range(16)}


def test_a_ledger_that_cannot_be_written_is_a_finding(kb: Kb, small_base: Path) -> None:
    (small_base / "results").write_text("a file", encoding="utf-8")
    ran = kb("check", "--base", small_base, "--record", "--format", "json")
    assert ran.code == 1
    assert len(ran.json["failures"]) == 3
    assert len(ran.json["checks"]) == 3


# --- places ---------------------------------------------------------------------


def test_a_cache_folder_of_an_unknown_user_is_no_bug(kb: Kb, small_base: Path) -> None:
    assert kb("check", "--base", small_base, KB_CACHE_DIR="~nobody-of-that-name/x").code == 0


@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/x", "/proc/x", "a" * 300])
@pytest.mark.skipif(not LINUX, reason="needs /dev and /proc")
def test_a_cache_that_cannot_be_written_is_a_note(kb: Kb, small_base: Path, place: str) -> None:
    ran = kb("validate", "--base", small_base, KB_CACHE_DIR=place)
    assert ran.code == 0
    assert "no cache folder" in ran.err


@pytest.mark.skipif(not LINUX, reason="a working directory cannot be removed elsewhere")
def test_a_working_directory_that_is_gone(small_base: Path) -> None:
    enter = "mkdir gone && cd gone && rmdir ../gone && "
    lost = shell(enter + "KB validate --format json", small_base)
    assert lost.returncode == 2
    assert "working directory is gone" in json.loads(lost.stdout)["error"]
    (small_base / "towers" / "xx.yaml").write_text("claim:\n", encoding="utf-8")
    named = shell(enter + "KB validate --base BASE", small_base)
    assert named.returncode == 1
    assert "KB027" in named.stdout


@pytest.mark.skipif(not LINUX or os.getuid() == 0, reason="root may look into every folder")
def test_a_folder_that_may_not_be_looked_into_is_no_base(kb: Kb, small_base: Path) -> None:
    small_base.chmod(0)
    try:
        assert kb("validate", "--base", small_base).code == 2
    finally:
        small_base.chmod(0o755)


# --- streams --------------------------------------------------------------------


@pytest.mark.parametrize("command", ["validate --base BASE", "check --base BASE", "explain", "--help"])
def test_a_closed_output_or_error_stream_is_no_bug(small_base: Path, command: str) -> None:
    for streams in (">&-", "2>&-", ">&- 2>&-"):
        done = shell(f"KB {command} {streams}", small_base)
        assert sound(done)
        assert done.returncode == 0


@pytest.mark.parametrize("command", ["check --base BASE", "check --base BASE --format json", "explain"])
@pytest.mark.skipif(not LINUX, reason="needs /dev/full")
def test_a_full_disk_under_the_output_is_said_and_no_success(small_base: Path, command: str) -> None:
    done = shell(f"KB {command} > /dev/full", small_base)
    assert sound(done)
    assert done.returncode == 1
    assert "No space left" in done.stderr


@pytest.mark.parametrize("command", ["check --base BASE", "explain"])
def test_a_reader_that_has_had_enough_is_no_failure(small_base: Path, command: str) -> None:
    done = shell(f"KB {command} | head -1; echo ${{PIPESTATUS[0]}}", small_base)
    assert (done.stdout.splitlines()[-1], done.stderr) == ("0", "")


def test_an_output_that_knows_only_ascii(kb: Kb, small_base: Path) -> None:
    title = "The tower's “height” ≥ 300 m, naïvely"
    text = SMALL_BASE["checks/tower-height.yaml"].replace("The tower's height from its storeys", title)
    write_base(small_base, {"checks/tower-height.yaml": text})
    plain = kb("check", "--base", small_base, PYTHONIOENCODING="ascii", NO_COLOR="1", TERM="dumb")
    assert plain.code == 0
    assert "+ holds" in plain.out
    assert """The tower's "height" >= 300 m, naively""" in plain.out
    data = kb("check", "tower-height", "--base", small_base, "--format", "json", PYTHONIOENCODING="ascii")
    assert data.json["checks"][0]["title"] == title
    assert kb("check", "--base", small_base, COLUMNS="20", HOME="").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "--nonsense"],
        ["validate", "--base", "/nonexistent"],
        ["check", "--jobs", "0"],
        ["check", "tower-is-tall,,"],
        ["show"],
        ["why", "nothing"],
        ["explain", "KB999"],
        ["nonsense"],
        ["bench", "flops", "--seconds", "nan"],
        ["bench", "flops", "--device", "no such device"],
        ["sources", "verify", "--texts", "/nonexistent"],
    ],
    ids=" ".join,
)
def test_failures_are_json_too(kb: Kb, small_base: Path, arguments: list[str]) -> None:
    ran = kb(*arguments, "--format", "json", KB_BASE=str(small_base))
    assert ran.code in (1, 2)
    assert ran.json["error"]


# --- interrupts -----------------------------------------------------------------


def children(of: int) -> list[str]:
    """The ids of a process's children."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(of)], capture_output=True, text=True)
    return listed.stdout.split()


def wait_for(happened: Callable[[], object], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(happened())


def test_a_child_is_stopped_from_another_thread() -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    outcome = run_child("tests.test_hostile:rest", {}, seconds=60, memory=None, stop=stop)
    assert (outcome.ok, outcome.reason) == (False, "stopped on request")
    again = run_child("tests.test_hostile:rest", {}, seconds=60, memory=None, stop=stop)
    assert (again.reason, again.limits) == ("stopped on request", ())


def rest(_: dict[str, object]) -> dict[str, object]:
    time.sleep(600)
    return {}


def test_a_child_that_cannot_be_started_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    outcome = run_child("tests.test_hostile:rest", {}, seconds=60, memory=None)
    assert not outcome.ok
    assert outcome.reason.startswith("could not be started: ")


@pytest.mark.skipif(not LINUX, reason="needs signals and ps")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_an_interrupt_stops_the_children_and_keeps_what_is_done(
    kb: Kb, small_base: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    write_base(small_base, {"checks/slow-one.yaml": SLOW, "checks/slow-two.yaml": SLOW})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    running = subprocess.Popen(
        [sys.executable, "-m", "kb", "check", "--base", str(small_base), "--format", "json", "--jobs", "2"],
        env={**ENVIRONMENT, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    done = small_base / ".kb" / "objects"
    # The findings and the three formulas are in the cache, and both simulations run.
    try:
        assert wait_for(lambda: len(list(done.rglob("*.json"))) >= 4 and len(children(running.pid)) == 2)
        supervisors = [Path("/proc", pid) for pid in children(running.pid)]
        running.send_signal(number)
        out, err = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == code
    assert "Traceback" not in err
    assert wait_for(lambda: not any(s.exists() for s in supervisors))
    if number is signal.SIGINT:
        assert json.loads(out)["error"] == err.strip() == "Interrupted. What was finished is kept."
    if number is not signal.SIGKILL:
        assert list(temporary.iterdir()) == []
    assert list(small_base.rglob("*.tmp")) == []
    for slow in ("one", "two"):
        (small_base / "checks" / f"slow-{slow}.yaml").unlink()
    assert kb("check", "--base", small_base, "--format", "json").json["computed"] == 0


# --- shapes of the argument -----------------------------------------------------


def test_a_dense_argument_is_explained_in_bounded_time(kb: Kb, small_base: Path) -> None:
    every = [f"c{i:03d}" for i in range(40)]
    write_base(
        small_base,
        {
            f"dense/{c}.yaml": f"claim: Claim {c}.\nsupports: [{', '.join(o for o in every if o != c)}]\n"
            for c in every
        },
    )
    ran = kb("why", "c000", "--depth", "50", "--base", small_base, "--format", "json", timeout=60)
    accounts = ran.out.count('"account"')
    assert accounts == len(every)


@pytest.mark.parametrize("relation", ["supports", "attacks", "requires", "assumes", "restates"])
def test_a_long_cycle_ends(kb: Kb, small_base: Path, relation: str) -> None:
    count = 300
    write_base(
        small_base,
        {
            f"ring/r{i:04d}.yaml": f"claim: Link {i}.\n{relation}: [r{(i + 1) % count:04d}]\n"
            for i in range(count)
        },
    )
    ran = kb("why", "r0000", "--base", small_base, "--format", "json", timeout=60)
    assert ran.code == 0
    assert ran.json["account"]["standing"] == "open"
