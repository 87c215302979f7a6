"""Experiments that misbehave, brought by another distribution and run as checks by the whole engine.

Whatever they do, no process is left, nothing of them is taken for a result, and the record says why.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import checks
from kb.isolate import bubblewrap
from kb.model import Base, Check, Config, Expectation, Record, Simulation, Verdict
from tests.conftest import PROJECT, Ran, write_base

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits as Linux has them")

SECONDS = 3.0

MISCHIEF = """
import ctypes, itertools, os, shutil, signal, subprocess, sys, threading, time

FINE = {"x": 1.0}
FORGED = '{"value": {"outputs": {"x": [7.0]}, "params": {}}}'

class Odd(BaseException):
    pass

class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no words")

def python_loop():
    while True:
        pass

def c_loop():
    sum(itertools.repeat(0))

def deaf_loop():
    for number in range(1, 32):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)

def hoard():
    import numpy as np
    kept = [np.empty(10**8 // 8) for _ in range(100)]
    return FINE

def hoard_mapped():
    import mmap
    kept = [mmap.mmap(-1, 10**9) for _ in range(10)]
    return FINE

def hoard_at_once():
    bytearray(10**10)
    return FINE

def fork_bomb():
    for number in range(100):
        if os.fork() == 0:
            if number % 2:
                os.setsid()
            time.sleep(600)
            os._exit(0)
    time.sleep(600)

def fork_chain():
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if os.fork():
            os._exit(0)

def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open("started", "w").close()
            time.sleep(600)
        os._exit(0)
    while not os.path.exists("started"):
        time.sleep(0.01)
    return FINE

def thread_that_stays():
    threading.Thread(target=time.sleep, args=(600,)).start()
    return FINE

def leave():
    os._exit(0)

def crash():
    ctypes.string_at(0)

def kill_group():
    os.killpg(0, signal.SIGKILL)

def kill_parent():
    if os.getppid() > 1:
        os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)

def flood():
    line = b"0123456789" * 6554
    for _ in range(4000):
        os.write(1, line)
    os._exit(0)

def flood_everywhere():
    for number in range(3, 32):
        try:
            for _ in range(2000):
                os.write(number, b"x" * 65536)
        except OSError:
            pass
    os._exit(0)

def forge():
    for number in range(1, 32):
        for text in (FORGED, "0" * 32 + " " + FORGED):
            try:
                os.write(number, (text + "\\n").encode())
            except OSError:
                pass
    os._exit(0)

def mumble_and_return():
    for number in range(1, 32):
        try:
            os.write(number, b"no line end")
        except OSError:
            pass
    return FINE

def close_all():
    os.closerange(0, 1024)
    return FINE

def raise_odd():
    raise Odd("odd")

def raise_mute():
    raise Mute

def raise_interrupt():
    raise KeyboardInterrupt

def raise_long():
    raise ValueError("\\x1b[2J\\ud800 long " * 100_000)

def ask_to_exit():
    sys.exit("goodbye")

def recurse():
    return recurse()

def nan():
    return {"x": float("nan")}

def infinite():
    return {"x": float("inf")}

def huge():
    return {"x": 10**400}

def text():
    return {"x": "high"}

def nothing():
    return None

def a_list():
    return [1.0]

def other_name():
    return {"y": 1.0}

def numbered():
    return {1: 1.0}

def many_names():
    return dict.fromkeys(map(str, range(1_000_000)), 1.0)

def delete_folder():
    shutil.rmtree(os.getcwd(), ignore_errors=True)
    return FINE

def fill_disk():
    with open("large", "wb") as file:
        file.seek(2_000_000_000)
        file.write(b"x")
    return FINE

def outside():
    open("/usr/kb-was-here", "w").close()
    return FINE

def run(params, rng):
    kinds = [f for f in list(globals().values()) if callable(f) and getattr(f, "__module__", "") == __name__]
    return {f.__name__: f for f in kinds}[NAME]()
"""

#: What each does → how the reason begins; "" where the experiment has returned its number all the same.
ENDS = {
    "python_loop": "error: stopped after 3 s: time limit",
    "c_loop": "error: stopped after 3 s: time limit",
    "deaf_loop": "error: stopped after 3 s: time limit",
    "hoard": "error: used more than 4 GB of memory",
    "hoard_mapped": "error: used more than 4 GB of memory",
    "hoard_at_once": "error: used more than 4 GB of memory",
    "fork_bomb": "error: stopped after 3 s: time limit",
    "fork_chain": "error: ended without a result",
    "daemon": "",
    "thread_that_stays": "",
    "leave": "error: ended without a result",
    "crash": "error: killed by signal 11 (segmentation fault)",
    "kill_group": "error: killed by signal 9",
    "kill_parent": "error: ",
    "flood": "error: ended without a result",
    "flood_everywhere": "error: ended without a result",
    "forge": "error: ended without a result",
    "mumble_and_return": "",
    "close_all": "error: ended without a result",
    "raise_odd": "error: stopped by an error: Odd: odd",
    "raise_mute": "error: stopped by an error: Mute, which cannot be put in words",
    "raise_interrupt": "error: stopped by an error: KeyboardInterrupt",
    "raise_long": "error: stopped by an error: ValueError: ",
    "ask_to_exit": "error: ended without a result (exit code 1)",
    "recurse": "error: stopped by an error: RecursionError: ",
    "nan": "undefined:",
    "infinite": "undefined:",
    "huge": "error: stopped by an error: OverflowError: ",
    "text": "error: stopped by an error: ValueError: ",
    "nothing": "error: stopped by an error: ",
    "a_list": "error: stopped by an error: ",
    "other_name": "error: stopped by an error: ValueError: experiment mischief returned y, but declares x",
    "numbered": "error: stopped by an error: ",
    "many_names": "error: stopped ",  # on a busy machine the time limit is there first
    "delete_folder": "",
    "fill_disk": "error: stopped by an error: OSError: [Errno 27] File too large",
}


WAYS = ("bubblewrap", "plain")
#: What only answers or raises something odd is looked at before it matters how the child was run.
ANSWERS = {name for name in ENDS if name.startswith("raise_")} | {
    *("recurse", "nan", "infinite", "huge", "text", "nothing", "a_list", "other_name", "numbered")
}


def install(folder: Path, name: str) -> None:
    """A distribution with the experiment ``mischief``, as pip would lay it out."""
    package = folder / "trouble"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "maker.py").write_text(f"NAME = {name!r}\n{MISCHIEF}")
    (package / "kb-experiments.json").write_text(
        json.dumps({"mischief": {"title": "M", "shows": "S.", "cannot": "C.", "outputs": {"x": {}}}})
    )
    info = folder / "trouble-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trouble\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kb.experiments]\nmischief = trouble.maker:run\n")


def left(marker: str) -> list[str]:
    """The processes that were started with ``marker`` in their environment and still run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
            if marker.encode() in (process / "environ").read_bytes() and state != "Z":
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A way to run a child: in bubblewrap, where that works on this machine, or without it."""
    if request.param == "plain":
        monkeypatch.setattr(bubblewrap, "_probe", lambda: ((), "bubblewrap is not installed"))
    elif bubblewrap.problem():
        pytest.skip(bubblewrap.problem())
    return str(request.param)


Attempt = Callable[[str], Record]


@pytest.fixture
def attempt(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    """Run the experiment that does what is named, and see that nothing of it stays."""

    def run(name: str) -> Record:
        install(tmp_path / "lab", name)
        monkeypatch.syspath_prepend(str(tmp_path / "lab"))
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        body = Simulation("mischief", {}, seeds=1)
        check = Check(name.replace("_", "-"), "simulation", body, expect=Expectation(output="x", at_least=0))
        base = Base(root=str(tmp_path), config=Config("t"), checks={check.id: check})
        cache = tmp_path / "cache"
        found = checks.run_all(base, [check.id], cache=cache, seconds=SECONDS)[check.id]
        assert left(str(temporary)) == []
        assert list(temporary.iterdir()) == []
        again = checks.known(base, cache=cache)[check.id]
        assert again.result == found.result
        return found

    return run


@pytest.mark.parametrize(
    ("way", "name"),
    [(way, name) for name in ENDS for way in (WAYS if name not in ANSWERS else WAYS[:1])],
    indirect=["way"],
)
def test_it_ends_and_leaves_nothing(attempt: Attempt, name: str) -> None:
    found = attempt(name)
    reason = ENDS[name]
    if not reason:
        assert (found.result.verdict, found.result.output and found.result.output.value) == ("holds", 1.0)
    else:
        assert found.result.verdict is Verdict.COULD_NOT_RUN
        assert found.result.reason.startswith(reason)
        assert len(found.result.reason) < 700
        assert found.result.reason.isprintable()
        assert (found.result.output, found.result.outputs, found.result.p) == (None, (), None)
    assert "wall time 3 s" in found.run.limits


def test_files_outside_cannot_be_written_in_bubblewrap(attempt: Attempt, way: str) -> None:
    if way == "plain":
        pytest.skip("only bubblewrap keeps files")
    found = attempt("outside")
    assert found.result.reason.endswith("OSError: [Errno 30] Read-only file system: '/usr/kb-was-here'")
    assert {"no network", "read-only files"} <= set(found.run.limits)


def test_the_record_says_what_held(attempt: Attempt, way: str) -> None:
    limits = attempt("daemon").run.limits
    assert {"wall time 3 s", "memory 4 GB", "files of 1 GB", "all descendants"} <= set(limits)
    assert ("read-only files" in limits) is (way == "bubblewrap")
    assert ("files not shielded (bubblewrap is not installed)" in limits) is (way == "plain")


CHECK = """\
kind: simulation
title: Mischief
experiment: mischief
seeds: 2
"""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("forge", "error: ended without a result"),
        ("crash", "error: killed by signal 11 (segmentation fault)"),
        ("raise_mute", "error: stopped by an error: Mute, which cannot be put in words"),
        ("fork_chain", "error: ended without a result"),
    ],
)
def test_the_command_line_names_it_and_counts_it_as_an_error(
    kb: Callable[..., Ran], small_base: Path, tmp_path: Path, name: str, reason: str
) -> None:
    install(tmp_path / "lab", name)
    write_base(small_base, {"checks/mischief.yaml": CHECK})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    places = os.pathsep.join((str(PROJECT), str(tmp_path / "lab")))
    said = kb(
        *("check", "mischief", "--base", small_base, "--format", "json"),
        PYTHONPATH=places,
        TMPDIR=str(temporary),
    )
    (found,) = said.json["checks"]
    assert said.code == 1
    assert (found["result"]["verdict"], found["result"]["reason"]) == ("could-not-run", reason)
    assert said.json["failures"] == [f"mischief: {reason}"]
    assert left(str(temporary)) == []
    assert list(temporary.iterdir()) == []
