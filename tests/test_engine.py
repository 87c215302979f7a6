"""Runs that are killed at any moment, runs side by side, and executors that lose what they were given."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from kb import checks, store
from kb.model import Base, Check, Config, Expectation, Flip, Formula, Input, Quantity, Simulation
from tests.conftest import PROJECT, Ran, write_base

FORMULA = """\
kind: formula
title: Formula {n}
inputs:
  storeys: tower-storeys
compute: storeys * {n}
unit: "1"
expect: {{at_least: 1}}
flips_if: {{set: {{storeys: 0}}, to: fails}}
"""
TOY = """\
kind: simulation
title: Toy {n}
experiment: best_of_k
params: {{samples: {n}, trials: 200}}
seeds: 2
"""


@pytest.fixture
def busy_base(small_base: Path) -> Path:
    """A base of thirty more formulas and four simulations."""
    write_base(small_base, {f"checks/formula-{n}.yaml": FORMULA.format(n=n) for n in range(1, 31)})
    return write_base(small_base, {f"checks/toy-{n}.yaml": TOY.format(n=n) for n in range(2, 6)})


def start(base: Path, cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kb", "check", "--base", str(base), "--format", "json", "--jobs", "2"],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "KB_CACHE_DIR": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def results(said: str) -> dict[str, Any]:
    return {found["result"]["check"]: found["result"] for found in json.loads(said)["checks"]}


def stored(cache: Path) -> list[Path]:
    return list((cache / "objects").rglob("*.json"))


def undisturbed(kb: Callable[..., Ran], base: Path, cache: Path) -> dict[str, Any]:
    alone = kb("check", "--base", base, "--format", "json", KB_CACHE_DIR=str(cache))
    assert alone.code == 0, alone.err
    return results(alone.out)


def test_a_run_survives_kills_at_any_moment(kb: Callable[..., Ran], busy_base: Path, tmp_path: Path) -> None:
    cache = tmp_path / "killed"
    luck = random.Random(3)
    survived = 0
    for _ in range(5):
        running = start(busy_base, cache)
        goal = len(stored(cache)) + luck.randrange(1, 9)
        deadline = time.monotonic() + 60
        while running.poll() is None and len(stored(cache)) < goal and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(luck.random() * 0.02)
        running.kill()
        running.communicate()
        kept = [store.get(cache, path.stem) for path in stored(cache)]
        assert None not in kept
        assert len(kept) >= survived
        survived = len(kept)
    out, err = start(busy_base, cache).communicate(timeout=120)
    assert results(out) == undisturbed(kb, busy_base, tmp_path / "alone"), err
    assert json.loads(out)["computed"] < len(results(out))


def test_two_runs_on_one_cache_do_not_disturb_each_other(
    kb: Callable[..., Ran], busy_base: Path, tmp_path: Path
) -> None:
    both = [start(busy_base, tmp_path / "shared") for _ in range(2)]
    said = [running.communicate(timeout=120) for running in both]
    assert [running.returncode for running in both] == [0, 0]
    first, second = (results(out) for out, _ in said)
    assert first == second == undisturbed(kb, busy_base, tmp_path / "alone")
    assert all(store.get(tmp_path / "shared", path.stem) for path in stored(tmp_path / "shared"))


# --- executors ------------------------------------------------------------------


def base_of(*found: Check) -> Base:
    quantity = Quantity("two", value=2.0, verified=True)
    return Base(
        root="/nowhere", config=Config("t"), checks={c.id: c for c in found}, quantities={"two": quantity}
    )


def formula(name: str) -> Check:
    return Check(
        name,
        "formula",
        Formula("a", "1"),
        inputs=(Input("a", "two"),),
        expect=Expectation(at_least=1.0),
        flips_if=(Flip({"a": 0.0}, "fails"),),
    )


class Losing(Executor):
    """Does the first task and treats the second as ``fate`` says."""

    def __init__(self, fate: Callable[[Future[Any]], object]) -> None:
        self.fate = fate
        self.given = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        future: Future[Any] = Future()
        if self.given == 1:
            future.set_result(fn(*args, **kwargs))
        else:
            self.fate(future)
        return future


def refuse(_: Future[Any]) -> None:
    raise TypeError("cannot pickle 'generator' object")


@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        (refuse, "error: the executor did not take it: TypeError: cannot pickle 'generator' object"),
        (lambda f: f.set_exception(OSError("gone\naway")), "error: the executor lost it: OSError: gone away"),
        (lambda f: f.set_exception(KeyboardInterrupt()), "error: the executor lost it: KeyboardInterrupt"),
        (
            lambda f: f.cancel() and f.set_running_or_notify_cancel(),
            "error: the executor dropped it: is the cluster still there?",
        ),
    ],
)
def test_what_an_executor_loses_is_a_reason(
    tmp_path: Path, fate: Callable[[Future[Any]], object], reason: str
) -> None:
    base = base_of(formula("kept"), formula("lost"))
    told: list[str] = []
    found = checks.run_all(
        base,
        ["kept", "lost"],
        cache=tmp_path,
        executor=Losing(fate),
        progress=lambda name, done, total: told.append(name),
    )
    assert (found["kept"].result.verdict, found["lost"].result.verdict) == ("holds", "could-not-run")
    assert found["lost"].result.reason == reason
    assert sorted(told) == ["kept", "lost"]
    again = checks.run_all(base, ["kept", "lost"], cache=tmp_path)
    assert again["lost"].result.verdict == "holds"


def test_what_runs_is_told(tmp_path: Path) -> None:
    toy = Check("toy", "simulation", Simulation("best_of_k", {"trials": 100}, seeds=2))
    told: list[tuple[str, float]] = []
    base = base_of(formula("plain"), toy)
    checks.run_all(
        base, ["plain", "toy"], cache=False, running=lambda name, share: told.append((name, share))
    )
    assert ("plain", 0.0) in told
    shares = [share for name, share in told if name == "toy"]
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares == sorted(shares)


def test_a_simulation_has_the_time_that_it_is_given() -> None:
    slow = {"parameters": 1000, "samples": 2000, "trials": 500}
    toy = Check("toy", "simulation", Simulation("overfit_at_n", slow, seeds=1))
    found = checks.run(base_of(toy), toy, seconds=1)
    assert found.result.reason == "error: stopped after 1 s: time limit"
    assert "wall time 1 s" in found.run.limits
