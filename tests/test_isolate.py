"""Functions that misbehave are contained, named for what they did, and leave no process behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import textwrap
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from kb.isolate import Outcome, Reach, bubblewrap, run_child

LINUX = sys.platform.startswith("linux")

FUNCTIONS = """
import ctypes, os, signal, subprocess, sys, time

def add(payload):
    return {"sum": payload["a"] + payload["b"]}

def surroundings(payload):
    return {"cwd": os.getcwd(), "env": dict(os.environ), "hash": hash("kb")}

def halves(payload, progress):
    progress(0.5)
    progress(1.0)
    return {}

def loop(payload):
    while True:
        pass

def deaf_loop(payload):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)

def hog(payload):
    kept = []
    while True:
        kept.append(bytearray(50_000_000))

def leave(payload):
    os._exit(0)

def leave_with_three(payload):
    os._exit(3)

def ask_to_exit(payload):
    sys.exit(0)

def crash(payload):
    ctypes.string_at(0)

def complain(payload):
    raise ValueError("no such thing")

def flood(payload):
    for _ in range(200_000):
        print("0123456789" * 10)
    os.write(1, b"raw\\n")
    return {"printed": True}

def fake(payload):
    for text in ('{"value": {"forged": 1}}', 'deadbeef {"value": {"forged": 1}}'):
        print(text, flush=True)
        os.write(1, (text + "\\n").encode())
    os._exit(0)

def number(payload):
    return 7

def grandchild(payload):
    started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(payload["note"], "w") as note:
        note.write(str(started.pid))
    time.sleep(payload["rest"])
    return {}

def look_around(payload):
    import socket
    import numpy as np
    found = {"product": (np.ones((2, 2)) @ np.ones(2)).tolist(), "home": os.path.exists(payload["secret"])}
    try:
        socket.create_connection(("127.0.0.1", payload["port"]), timeout=5).close()
        found["connected"] = True
    except OSError:
        found["connected"] = False
    for name, path in (("here", "note"), ("there", payload["there"])):
        try:
            open(path, "w").close()
            found[name] = True
        except OSError:
            found[name] = False
    found["processes"] = len([name for name in os.listdir("/proc") if name.isdigit()])
    return found

def large(payload):
    return {"x": "x" * 20_000_000}

def endless_line(payload):
    for number in range(3, 32):
        try:
            for _ in range(2000):
                os.write(number, b"x" * 65536)
        except OSError:
            pass
    return {}

def impatient(payload, progress):
    for _ in range(200_000):
        progress(0.5)
    progress(float("nan"))
    progress(7)
    return {}

def daemon(payload):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            with open(payload["note"], "w") as note:
                note.write(str(os.getpid()))
            time.sleep(600)
        os._exit(0)
    while not os.path.exists(payload["note"]) or not open(payload["note"]).read():
        time.sleep(0.01)
    return {"done": True}
"""


@pytest.fixture(autouse=True)
def _functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "misbehaving.py").write_text(FUNCTIONS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def run(
    name: str, seconds: float = 20.0, memory: int | None = None, reach: Reach = "all", **payload: object
) -> Outcome:
    return run_child(f"misbehaving:{name}", payload, seconds=seconds, memory=memory, reach=reach)


def alive(pid: int) -> bool:
    """Whether the process still runs; one that is dead but not yet reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    if not LINUX:
        return True
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"


def test_returns_the_functions_value() -> None:
    outcome = run("add", a=2, b=3)
    assert outcome.ok
    assert outcome.value == {"sum": 5}
    assert outcome.reason == ""
    assert "wall time 20 s" in outcome.limits


def test_a_large_payload_and_value_pass() -> None:
    outcome = run("add", a=["x" * 1000] * 3000, b=["y"])
    assert outcome.value is not None
    assert len(outcome.value["sum"]) == 3001


def test_surroundings_are_scrubbed_and_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    first, second = run("surroundings").value, run("surroundings").value
    assert first is not None
    assert second is not None
    assert first["hash"] == second["hash"]
    env = first["env"]
    assert "SECRET_TOKEN" not in env
    assert env["TZ"] == "UTC"
    assert env["OMP_NUM_THREADS"] == env["OPENBLAS_NUM_THREADS"] == "1"
    assert first["cwd"] != second["cwd"]
    assert not Path(first["cwd"]).exists()


def test_environment_can_be_added() -> None:
    outcome = run_child(
        "misbehaving:surroundings", {}, seconds=20, memory=None, env={"OMP_NUM_THREADS": "2", "EXTRA": "1"}
    )
    assert outcome.value is not None
    assert outcome.value["env"]["OMP_NUM_THREADS"] == "2"
    assert outcome.value["env"]["EXTRA"] == "1"


def test_progress_arrives_in_order() -> None:
    seen: list[float] = []
    outcome = run_child("misbehaving:halves", {}, seconds=20, memory=None, progress=seen.append)
    assert outcome.ok
    assert seen == [0.5, 1.0]


@pytest.mark.parametrize("name", ["loop", "deaf_loop"])
def test_endless_loop_is_stopped(name: str) -> None:
    outcome = run(name, seconds=0.5)
    assert not outcome.ok
    assert outcome.value is None
    assert outcome.reason == "stopped after 0.5 s: time limit"


@pytest.mark.skipif(not LINUX, reason="only Linux enforces a limit on memory")
def test_memory_hog_is_stopped() -> None:
    outcome = run("hog", memory=400_000_000)
    assert outcome.reason == "used more than 0.4 GB of memory"
    assert "memory 0.4 GB" in outcome.limits


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("leave", "ended without a result"),
        ("leave_with_three", "ended without a result (exit code 3)"),
        ("ask_to_exit", "ended without a result"),
        ("fake", "ended without a result"),
        ("complain", "stopped by an error: ValueError: no such thing"),
        ("number", "returned a int where an object was expected"),
        pytest.param(
            "crash",
            "killed by signal 11 (segmentation fault)",
            marks=pytest.mark.skipif(not LINUX, reason="signals differ"),
        ),
    ],
)
def test_failure_has_its_reason(name: str, reason: str) -> None:
    outcome = run(name)
    assert (outcome.ok, outcome.value, outcome.reason) == (False, None, reason)


def test_unknown_target_is_a_reason() -> None:
    outcome = run_child("no_such_module:main", {}, seconds=20, memory=None)
    assert outcome.reason == "stopped by an error: ModuleNotFoundError: No module named 'no_such_module'"


def test_flood_of_output_neither_blocks_nor_becomes_the_result() -> None:
    outcome = run("flood")
    assert outcome.value == {"printed": True}
    assert len(outcome.printed) <= 2000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs process groups")
@pytest.mark.parametrize(("rest", "ok"), [(0, True), (600, False)])
def test_grandchild_dies_with_the_child(tmp_path: Path, rest: float, ok: bool) -> None:
    note = tmp_path / "pid"
    outcome = run("grandchild", seconds=3, note=str(note), rest=rest)
    assert outcome.ok is ok
    assert not alive(int(note.read_text(encoding="utf-8")))


@pytest.mark.skipif(not LINUX, reason="needs Linux: other systems let a daemon go")
def test_daemonised_grandchild_dies_too(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    outcome = run("daemon", note=str(note))
    assert outcome.value == {"done": True}
    assert "all descendants" in outcome.limits
    assert not alive(int(note.read_text(encoding="utf-8")))


@pytest.mark.skipif(not LINUX, reason="needs signals and /proc")
def test_interrupt_kills_the_child_and_goes_on(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        from kb.isolate import run_child
        try:
            run_child(
                "misbehaving:grandchild", {{"note": {str(note)!r}, "rest": 600}}, seconds=60, memory=None
            )
        except KeyboardInterrupt:
            print("interrupted")
    """)
    caller = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not (note.exists() and note.read_text(encoding="utf-8")) and time.monotonic() < deadline:
        time.sleep(0.02)
    caller.send_signal(2)
    said, _ = caller.communicate(timeout=30)
    assert said.strip() == "interrupted"
    assert not alive(int(note.read_text(encoding="utf-8")))


@pytest.mark.skipif(not LINUX, reason="needs signals and /proc")
def test_child_does_not_outlive_a_killed_caller(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        from kb.isolate import run_child
        run_child("misbehaving:grandchild", {{"note": {str(note)!r}, "rest": 600}}, seconds=60, memory=None)
    """)
    caller = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 30
    while not (note.exists() and note.read_text(encoding="utf-8")) and time.monotonic() < deadline:
        time.sleep(0.02)
    caller.kill()
    caller.wait()
    while alive(int(note.read_text(encoding="utf-8"))) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(int(note.read_text(encoding="utf-8")))


def test_works_where_the_system_has_no_limits(tmp_path: Path) -> None:
    """Without ``resource`` the function still runs, and the limits say what is missing."""
    (tmp_path / "resource.py").write_text("raise ImportError('not on this system')", encoding="utf-8")
    outcome = run_child(
        "misbehaving:add",
        {"a": 1, "b": 1},
        seconds=20,
        memory=10**9,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert outcome.value == {"sum": 2}
    assert not any("memory" in limit or "processor" in limit for limit in outcome.limits)


# --- what a child can reach -----------------------------------------------------


def look_around(tmp_path: Path, reach: Reach) -> tuple[Outcome, dict[str, object]]:
    secret = tmp_path.parent / f"{tmp_path.name}-secret"
    secret.write_text("not on the search path")
    with socket.create_server(("127.0.0.1", 0)) as server:
        outcome = run(
            "look_around",
            reach=reach,
            port=server.getsockname()[1],
            secret=str(secret),
            there=str(tmp_path / "written"),
        )
    assert outcome.value is not None, outcome.reason
    assert outcome.value["product"] == [2.0, 2.0]
    assert outcome.value["here"] is True
    return outcome, outcome.value


def test_all_means_all(tmp_path: Path) -> None:
    outcome, found = look_around(tmp_path, "all")
    assert (found["connected"], found["there"], found["home"]) == (True, True, True)
    assert not {"no network", "read-only files"} & set(outcome.limits)


@pytest.mark.skipif(not LINUX, reason="other systems have no such network")
def test_no_network_is_said_only_where_there_is_none(tmp_path: Path) -> None:
    outcome, found = look_around(tmp_path, "files")
    assert found["connected"] is ("no network" not in outcome.limits)
    assert (found["there"], found["home"]) == (True, True)
    if os.geteuid() == 0 and not bubblewrap.problem():
        assert "no network" in outcome.limits


def test_the_least_is_what_an_interpreter_needs(tmp_path: Path) -> None:
    if bubblewrap.problem():
        pytest.skip(bubblewrap.problem())
    outcome, found = look_around(tmp_path, "least")
    assert (found["connected"], found["there"], found["home"]) == (False, False, False)
    assert not (tmp_path / "written").exists()
    assert found["processes"] == 3
    assert {"no network", "read-only files", "all descendants"} <= set(outcome.limits)


def test_without_bubblewrap_the_limits_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "_probe", lambda: ((), "bubblewrap does not work here (No permissions)"))
    outcome, found = look_around(tmp_path, "least")
    assert found["there"] is True
    assert "read-only files" not in outcome.limits
    assert outcome.limits[-1] == "files not shielded (bubblewrap does not work here (No permissions))"


@pytest.mark.skipif(not LINUX, reason="bubblewrap is of Linux")
@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (None, "bubblewrap is not installed"),
        (
            "echo bwrap: No permissions to create a namespace >&2; exit 1",
            "No permissions to create a namespace",
        ),
    ],
)
def test_bubblewrap_is_tried_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, problem: str
) -> None:
    if script:
        program = tmp_path / "bwrap"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    bubblewrap._probe.cache_clear()
    try:
        assert problem in bubblewrap.problem()
        assert bubblewrap.command("/tmp", []) == []
    finally:
        bubblewrap._probe.cache_clear()


def test_projects_installed_in_place_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, note in (
        ("here", {"url": f"file://{tmp_path}/my%20project", "dir_info": {"editable": True}}),
        ("copied", {"url": f"file://{tmp_path}/copied", "dir_info": {}}),
        ("damaged", None),
    ):
        info = tmp_path / "site" / f"{name}-1.dist-info"
        info.mkdir(parents=True)
        (info / "direct_url.json").write_text("{" if note is None else json.dumps(note))
    monkeypatch.setattr(bubblewrap, "_probe", lambda: (("bwrap",), ""))
    words = bubblewrap.command(str(tmp_path / "folder"), [str(tmp_path / "site")])
    assert words[0] == "bwrap"
    shown = {path for option, path in pairwise(words) if option == "--ro-bind-try"}
    assert {str(tmp_path / "site"), str(tmp_path / "my project"), "/usr"} <= shown
    assert str(tmp_path / "copied") not in shown


# --- what it says ---------------------------------------------------------------


def test_a_value_beyond_bounds_is_refused() -> None:
    assert run("large").reason == "stopped by an error: it returned more than 16 MB"


@pytest.mark.skipif(not LINUX, reason="writes to inherited descriptors")
def test_an_endless_line_on_every_descriptor_costs_the_caller_little() -> None:
    tracemalloc.start()
    try:
        outcome = run("endless_line")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome.ok
    assert peak < 100_000_000


def test_progress_is_a_share_and_no_flood() -> None:
    seen: list[float] = []
    outcome = run_child("misbehaving:impatient", {}, seconds=20, memory=None, progress=seen.append)
    assert outcome.ok
    assert seen[-1] == 1.0
    assert all(0 <= share <= 1 for share in seen)
    assert len(seen) < 1000
