"""Checks on a Dask cluster of two workers: the same bytes, whatever happens to a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest

from kb import checks, store
from kb.checks import executors
from kb.commands.opening import open_base
from kb.model import (
    Base,
    Check,
    Config,
    Expectation,
    Flip,
    Formula,
    Input,
    Quantity,
    Record,
    Simulation,
    Spread,
)
from tests.conftest import PROJECT, missing
from tests.test_experiments import install

SAMPLES = 2**12


@pytest.fixture(scope="module")
def two() -> Iterator[Any]:
    if not _has_distributed():
        missing("needs the extra kb-argmap[cluster]")
    with checks.cluster("local:2") as executor:
        yield executor


def _has_distributed() -> bool:
    from importlib.util import find_spec

    return find_spec("distributed") is not None


def base_of(*found: Check) -> Base:
    quantity = Quantity("unsure", spread=Spread("uniform", (0.0, 1.0)), verified=True)
    return Base(
        root="/nowhere", config=Config("t"), checks={c.id: c for c in found}, quantities={"unsure": quantity}
    )


def formula(name: str, compute: str = "a * a") -> Check:
    return Check(
        name,
        "formula",
        Formula(compute, "1"),
        inputs=(Input("a", "unsure"),),
        expect=Expectation(at_least=0.25),
        flips_if=(Flip({"a": 0.1}, "fails"),),
    )


def simulation(experiment: str = "best_of_k", **params: object) -> Check:
    return Check("toy", "simulation", Simulation(experiment, params, seeds=2))


def refused(address: str, sentence: str) -> None:
    with pytest.raises(checks.ClusterError, match=sentence), checks.cluster(address, seconds=0.5):
        pytest.fail("connected")


def bytes_of(found: dict[str, Record]) -> dict[str, bytes]:
    return {name: store.canonical(checks.record_data(record)["result"]) for name, record in found.items()}


def test_the_whole_base_gives_the_same_bytes(two: Executor) -> None:
    base = open_base(PROJECT / "claims", cache=False).base
    quick = [c.id for c in base.checks.values() if c.kind in ("formula", "published", "fit")]
    toys = [c.id for c in base.checks.values() if c.kind == "simulation"][:2]
    ids = [*quick, *toys]
    here = checks.run_all(base, ids, cache=False, samples=SAMPLES)
    there = checks.run_all(base, ids, cache=False, samples=SAMPLES, executor=two)
    assert list(there) == ids
    assert bytes_of(here) == bytes_of(there)
    assert "all descendants" in there[toys[0]].run.limits or not sys.platform.startswith("linux")


def test_a_worker_that_is_killed_loses_nothing(two: Any) -> None:
    found = [formula(f"check-{i}", f"a * a + {i}") for i in range(60)]
    base, ids = base_of(*found), [c.id for c in found]
    victim = two.submit(os.getpid).result()
    told: list[str] = []

    def kill_one(name: str, done: int, total: int) -> None:
        told.append(name)
        if done == 5:
            os.kill(victim, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    there = checks.run_all(base, ids, cache=False, executor=two, progress=kill_one)
    assert sorted(told) == sorted(ids)
    assert bytes_of(there) == bytes_of(checks.run_all(base, ids, cache=False))


def test_a_scheduler_that_runs_already_is_used_and_left_running(two: Any) -> None:
    address = two._client.scheduler.address
    with checks.cluster(address) as executor:
        found = checks.run_all(base_of(formula("one")), ["one"], cache=False, executor=executor)
    assert found["one"].result.ran
    assert two.submit(pow, 2, 3).result() == 8


def test_workers_with_another_engine_are_refused(two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "ENGINE", 999)
    with (
        pytest.raises(
            checks.ClusterError, match=r"has check engine \d+, this machine 999: results would not"
        ),
        checks.cluster(two._client.scheduler.address),
    ):
        pytest.fail("connected")


def test_what_a_worker_lacks_is_a_reason(two: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "ours")
    monkeypatch.syspath_prepend(str(tmp_path / "ours"))
    base = base_of(simulation("coin"))
    lacking = checks.run_all(base, ["toy"], cache=False, executor=two)["toy"].result
    assert (lacking.verdict, lacking.reason) == ("could-not-run", "not installed: the experiment coin")
    install(tmp_path / "theirs", body="def run(params, rng):\n    return {'heads': 0.0}\n")
    two._client.run(exec, f"import sys; sys.path.insert(0, {str(tmp_path / 'theirs')!r})")
    other = checks.run_all(base, ["toy"], cache=False, executor=two)["toy"].result
    assert other.reason == "error: the worker has another version of what the check runs than this machine"
    assert (other.key, other.output) == (checks.key(base, base.checks["toy"]), None)


def test_an_address_that_says_nothing_is_refused_with_a_sentence() -> None:
    for address, sentence in (
        ("local:none", "local:none: after local: comes the number of workers, such as local:4"),
        ("local:0", "comes the number of workers"),
        ("somewhere", "somewhere is no address of a cluster; write tcp://host:port, or local:4"),
    ):
        refused(address, sentence)


def test_nobody_answers() -> None:
    if not _has_distributed():
        missing("needs the extra kb-argmap[cluster]")
    refused("tcp://127.0.0.1:9", r"no scheduler answers at tcp://127.0.0.1:9 within 0.5 s")


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused("local:1", r"pip install 'kb-argmap\[cluster\]'")


INTERRUPTED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from kb import checks
from tests.test_cluster import base_of, formula, simulation
if __name__ == "__main__":
    slow = simulation("overfit_at_n", parameters=1000, samples=2000, trials=500)
    base = base_of(slow, *(formula(f"check-{i}") for i in range(10)))
    try:
        with checks.cluster("local:2") as executor:
            checks.run_all(base, list(base.checks), cache=Path(sys.argv[2]), executor=executor)
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs signals and /proc")
def test_an_interrupt_ends_the_cluster_and_keeps_what_is_done(tmp_path: Path) -> None:
    if not _has_distributed():
        missing("needs the extra kb-argmap[cluster]")
    (tmp_path / "program.py").write_text(INTERRUPTED)
    cache = tmp_path / "cache"
    running = subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py"), str(PROJECT), str(cache)],
        env={**os.environ, "KB_TEST_MARK": str(tmp_path), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert _wait(lambda: len(list(cache.rglob("*.json"))) == 10)
        # To the whole group, as a terminal does.
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=30)
    finally:
        running.kill()
    assert (out.strip(), err.strip()) == ("interrupted", "")
    assert _wait(lambda: not _marked(str(tmp_path)))
    assert len(list(cache.rglob("*.json"))) == 10


def _wait(happened: Any, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(happened())


def _marked(mark: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
            if mark.encode() in (process / "environ").read_bytes() and state != "Z":
                found.append(process.name)
        except OSError:
            continue
    return found
