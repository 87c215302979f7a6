"""``kb check`` under other assumptions, its power, its history, and its end by Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import checks
from kb.cli.past import sparkline, trend
from kb.cli.progress import Now
from kb.commands import whatif
from kb.commands.history import Entry, changes
from kb.model import (
    Base,
    Check,
    Config,
    Expectation,
    InputUsed,
    Output,
    Record,
    Result,
    Simulation,
    Spread,
    Verdict,
)
from tests.conftest import PROJECT, Ran, write_base

Kb = Callable[..., Ran]

READINGS = """\
kind: formula
title: Storeys by two ways of counting
inputs:
  storeys: {value: 100, unit: "1", source: guide-1999, at: p1, verified: true}
compute: storeys
unit: "1"
expect: {at_least: 99}
readings:
  ground: {counted: {title: with the ground floor}, left_out: {title: without it, set: {storeys: 98}}}
"""
SIMULATED = """\
kind: simulation
title: Best of a few
experiment: best_of_k
params: {trials: 200}
seeds: 2
expect: {output: single, at_least: 0}
flips_if: {set: {trials: 100}, to: fails}
"""
#: Seeds are quick, and there are many: the share done is told often.
SLOW = """\
kind: simulation
title: Slow
experiment: overfit_at_n
params: {parameters: 200, samples: 300, trials: 5}
seeds: 10000
expect: {output: test_error, at_least: 0}
flips_if: {set: {trials: 1}, to: fails}
"""


def edit(base: Path, name: str, old: str, new: str) -> None:
    path = base / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def stored(base: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in (base / ".kb" / "objects").rglob("*.json")}


# --- other assumptions ----------------------------------------------------------


def test_a_changed_input_is_shown_beside_what_is_stated(kb: Kb, small_base: Path) -> None:
    ran = kb("check", "tower-height", "--set", "storeys=60", "--base", small_base)
    assert ran.code == 0, ran.err
    assert re.search(r"verdict +✓ holds +✗ fails", ran.out)
    assert re.search(r"P +1 +0 *\n", ran.out)
    assert re.search(r"computed +399\.5 m \(5 to 95 %: 380 to 420 m\) +240 m", ran.out)
    assert "moved: the verdict, from holds to fails; P, from 1 to 0" in ran.out


def test_a_change_leaves_what_is_known_as_it_was(kb: Kb, small_base: Path) -> None:
    kb("check", "--base", small_base)
    before = stored(small_base)
    kb("check", "tower-height", "--set", "storeys=60", "--base", small_base)
    after = stored(small_base)
    assert {name: after[name] for name in before} == before
    again = kb("check", "tower-height", "--base", small_base, "--format", "json").json
    assert again["computed"] == 0
    assert again["checks"][0]["result"]["verdict"] == "holds"


def test_json_has_both_records(kb: Kb, small_base: Path) -> None:
    ran = kb("check", "--set", "storey_height=2 m", "--base", small_base, "--format", "json").json
    assert (len(ran["checks"]), ran["left_out"]) == (1, 2)
    [found] = ran["checks"]
    assert found["change"]["set"] == {"storey_height": "2 m"}
    assert found["stated"]["result"]["verdict"] == "holds"
    assert found["changed"]["result"]["verdict"] == "fails"
    assert found["stated"]["result"]["key"] != found["changed"]["result"]["key"]


def test_an_input_can_be_another_quantity(kb: Kb, small_base: Path) -> None:
    more = 'low-storeys: {title: Few, value: 7, unit: "1", source: guide-1999, at: p9}\n'
    write_base(small_base, {"quantities/more.yaml": more})
    ran = kb("check", "tower-climb", "--set", "storeys=low-storeys", "--base", small_base, "--format", "json")
    assert ran.json["checks"][0]["changed"]["result"]["output"]["value"] == 7 * 18


def test_one_option_of_a_reading(kb: Kb, small_base: Path) -> None:
    write_base(small_base, {"checks/counted.yaml": READINGS})
    ran = kb("check", "counted", "--reading", "ground=left_out", "--base", small_base, "--format", "json")
    [found] = ran.json["checks"]
    assert found["stated"]["result"]["verdict"] == "mixed"
    assert found["changed"]["result"]["verdict"] == "fails"


def test_fewer_samples(kb: Kb, small_base: Path) -> None:
    ran = kb("check", "tower-height", "--samples", "256", "--base", small_base, "--format", "json")
    assert ran.json["checks"][0]["changed"]["result"]["samples"] == 256
    assert ran.json["checks"][0]["stated"]["result"]["samples"] == 65536


def test_params_of_a_simulation(kb: Kb, small_base: Path) -> None:
    write_base(small_base, {"checks/sim.yaml": SIMULATED})
    ran = kb("check", "sim", "--set", "trials=300", "--base", small_base, "--format", "json")
    params = {given["name"]: given["value"] for given in ran.json["checks"][0]["changed"]["result"]["inputs"]}
    assert params["trials"] == 300


REFUSED: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("--set", "storey=3"),
        "no input 'storey'; did you mean storeys?; to set there are storey_height, storeys",
    ),
    (("--set", "zzz=3"), "no input 'zzz'; to set there are storey_height, storeys"),
    (("--set", "storeys"), "'storeys' is not of the form name=value"),
    (("--set", "storey_height=3 s"), "storey_height cannot be 3 s"),
    (("--set", "storeys=tower-storeyz"), "did you mean tower-storeys?"),
    (("--samples", "1000"), "a power of two, from 256 to 16,777,216; the nearest is 512 or 1,024"),
    (("--samples", "-1"), "the nearest is 256"),
    (("--samples", "65536"), "the change leaves the selected checks as they are"),
    (("--reading", "ground=x"), "no reading is called 'ground'"),
    (("--live",), "only benchmark checks measure this machine"),
    (("--set", "storeys=1", "--record"), "not recorded"),
    (("--power", "--set", "storeys=1"), "--power makes its own changes"),
    (("--cluster", "nowhere", "--force"), "nowhere is no address of a cluster"),
)


@pytest.mark.parametrize(("arguments", "said"), REFUSED, ids=[" ".join(a) for a, _ in REFUSED])
def test_what_cannot_be_tried_is_a_usage_error(
    kb: Kb, small_base: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = kb("check", "tower-height", *arguments, "--base", small_base, "--format", "json")
    assert ran.code == 2
    assert said in ran.err
    assert said in ran.json["error"]


def test_an_unknown_option_of_a_reading_names_the_others(kb: Kb, small_base: Path) -> None:
    write_base(small_base, {"checks/counted.yaml": READINGS})
    ran = kb("check", "counted", "--reading", "ground=left", "--base", small_base)
    assert ran.code == 2
    assert "no option 'left'; did you mean left_out?; it has counted, left_out" in ran.err


def test_moved_by_the_change_counts_only_when_asked(kb: Kb, small_base: Path) -> None:
    change = ("check", "tower-height", "--set", "storeys=60", "--base", small_base)
    assert kb(*change).code == 0
    ran = kb(*change, "--fail-on", "moved")
    assert ran.code == 1
    assert "tower-height: is holds, with the change fails" in ran.err


# --- one check, and its power -----------------------------------------------------


def test_one_check_says_what_moves_it_and_what_would_turn_it(kb: Kb, small_base: Path) -> None:
    edit(small_base, "checks/tower-height.yaml", "300 m", "390 m")
    ran = kb("check", "tower-height", "--base", small_base)
    assert re.search(r"storeys: (over 99|100) %; P = 0 and P = 1", ran.out)
    assert "storeys would have to be below 97.5" in ran.out
    shown = kb("show", "tower-height", "--base", small_base)
    assert "storeys would have to be below 97.5" in shown.out


FITTED = """\
kind: fit
title: A line
fit: {table: heights, model: linear, x: day, y: height, train: day < 9, predict: day >= 9, compare: power-law}
expect: {output: slope, at_least: LEAST}
flips_if: {set: {train: day < 5}, to: fails}
"""


def test_a_fit_is_told_in_full_and_why_it_is_inconclusive(kb: Kb, small_base: Path) -> None:
    days = range(1, 22)
    write_base(
        small_base,
        {
            "data/heights.yaml": "title: Heights\ncolumns: [{name: day}, {name: height, unit: m}]\n",
            "data/heights.csv": "day,height\n" + "".join(f"{d},{2 * d + (d * 7 % 5) / 10}\n" for d in days),
            "checks/line.yaml": FITTED.replace("LEAST", "2 m"),
        },
    )
    for ran in (kb("check", "line", "--base", small_base), kb("show", "line", "--base", small_base)):
        assert "? inconclusive" in ran.out, ran.err
        assert re.search(r"0\.\d+ to 0\.\d+", ran.out.split("best fit")[0]), "P's interval"
        assert re.search(r"mind: P is the share of 512 resamples and lies between 0\.\d+ and 0\.\d+", ran.out)
        assert "  best fit to 8 rows: linear\n    intercept = " in ran.out
        assert re.search(r"    slope = \S+ m \(5 to 95 %: \S+ to \S+\)\n", ran.out)
        assert re.search(
            r"    error \S+ % on the rows fitted, \S+ % on 13 rows held out; AICc \S+, BIC \S+", ran.out
        )
        assert "  best fit of the rival: power-law\n    scale = " in ran.out
        assert re.search(
            r"  held out, with the curve's 90 % interval\n    day 9: height \S+ m, predicted \S+ m", ran.out
        )
        assert "    and 3 other rows\n" in ran.out


def test_the_limits_that_held_are_named(kb: Kb, small_base: Path) -> None:
    write_base(small_base, {"checks/sim.yaml": SIMULATED})
    ran = kb("check", "sim", "--base", small_base)
    assert "held to: wall time" in ran.out


def test_power_finds_a_check_that_holds_whatever_is_claimed(kb: Kb, small_base: Path) -> None:
    edit(small_base, "checks/tower-height.yaml", "at_least: 300 m", "about: 400 m, within: 1000x")
    edit(small_base, "checks/tower-height.yaml", "storeys: 10}", "storeys: 0.01}")
    ran = kb("check", "tower-height", "tower-climb", "--power", "--base", small_base)
    assert ran.code == 0, ran.err
    assert re.search(r"claimed +ten times +✓ holds", ran.out)
    assert re.search(r"steps +9 \(half\) +✗ fails", ran.out)
    assert re.search(r"checks/tower-height\.yaml:8:\d+: warning KB319: tower-height holds", ran.out)
    data = kb("check", "tower-height", "--power", "--base", small_base, "--format", "json").json
    assert data["checks"][0]["blind"] is True
    assert data["checks"][0]["findings"][0]["rule"] == "KB319"


# --- history ------------------------------------------------------------------------


def test_an_empty_history_says_how_to_record(kb: Kb, small_base: Path) -> None:
    ran = kb("history", "tower-height", "--base", small_base)
    assert ran.code == 0
    assert "kb check tower-height --record" in ran.out
    assert kb("history", "tower-height", "--base", small_base, "--format", "json").json["entries"] == []


def test_history_says_what_changed(kb: Kb, small_base: Path) -> None:
    record = ("check", "tower-height", "--record", "--base", small_base)
    kb(*record)
    edit(small_base, "checks/tower-height.yaml", "value: 4,", "value: 3.9,")
    kb(*record)
    edit(small_base, "quantities/towers.yaml", "p5: 95", "p5: 60")
    kb(*record)
    edit(small_base, "quantities/towers.yaml", "at: p1", "at: p7")
    kb(*record)
    ran = kb("history", "tower-height", "--base", small_base)
    assert ran.code == 0, ran.err
    assert "first record" in ran.out
    assert "storey_height: 4 m → 3.9 m" in ran.out
    assert "verdict: holds → inconclusive" in ran.out
    assert "storeys: 95 to 105 (5 to 95 %) → 60 to 105 (5 to 95 %)" in ran.out
    assert "the key only" in ran.out
    assert re.search(r"P  ██▁▁  from 1 to 0\.\d+, over 4 records", ran.out)
    plain = kb("history", "tower-height", "--base", small_base, PYTHONIOENCODING="ascii")
    assert re.search(r"P  8811  from 1 to 0\.\d+, over 4 records", plain.out)
    data = kb("history", "tower-height", "--base", small_base, "--format", "json").json
    assert data["entries"][0]["changed"] == ["first record"]
    assert len(data["entries"]) == 4


def test_history_of_what_is_no_check(kb: Kb, small_base: Path) -> None:
    ran = kb("history", "tower-is-tall", "--base", small_base, "--format", "json")
    assert ran.code == 2
    assert ran.json["error"] == "'tower-is-tall' is a claim, not a check"


def result(value: float, *, p: float = 1.0, key: str = "k", given: tuple[InputUsed, ...] = ()) -> Result:
    return Result("x", key, "formula", Verdict.HOLDS, p=p, output=Output("result", "m", value), inputs=given)


def entries(*results: Result) -> list[Entry]:
    return [Entry(Record(r), ()) for r in results]


def test_the_trend_is_never_a_sparkline_alone() -> None:
    assert trend(entries(result(1))) == ""
    assert trend(entries(result(1), result(3))) == "computed  ▁█  from 1 m to 3 m, over 2 records"
    assert trend(entries(result(2), result(2))) == "computed  ▅▅  2 m throughout, over 2 records"
    assert trend(entries(result(1, p=0.2), result(1, p=0.8))) == "P  ▁█  from 0.2 to 0.8, over 2 records"


def test_a_sparkline_spans_the_whole_range_of_doubles() -> None:
    assert sparkline([-1.7e308, 0, 1.7e308]) == "▁▅█"


def test_changes_of_inputs() -> None:
    point = InputUsed("a", 1, "m")
    wide = InputUsed("a", 1, "m", Spread("uniform", (0, 2)))
    other = InputUsed("b", 2, "m")
    assert changes(result(1, given=(point,)), result(1, given=(wide,))) == ("a: 1 m → uniform (0, 2) m",)
    assert changes(result(1, given=(point,)), result(1, given=(other,))) == (
        "b: new, 2 m",
        "a: no longer used",
    )
    assert changes(result(1), result(1)) == ("nothing",)
    assert changes(result(1), result(1, key="l"))[0].startswith("the key only")


# --- progress, and the end ----------------------------------------------------------


def test_changed_runs_share_the_pool_with_as_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each changed run waits for the other: one after another, neither would end."""
    both = threading.Barrier(2, timeout=30)
    found = {
        name: Check(name, "simulation", Simulation("best_of_k", seeds=2), expect=Expectation(at_least=0.0))
        for name in ("one", "two")
    }
    base = Base("/nowhere", Config("test"), checks=found)

    def run(base: Base, check: Check, **options: object) -> Record:
        if options["overrides"]:
            both.wait()
        return Record(Result(check.id, "", check.kind, Verdict.HOLDS))

    def run_all(base: Base, ids: list[str], **options: object) -> dict[str, Record]:
        return {name: run(base, found[name], overrides={}) for name in ids}

    monkeypatch.setattr(checks, "run", run, raising=False)
    monkeypatch.setattr(checks, "run_all", run_all, raising=False)
    told: list[str] = []
    compared = whatif.compare(
        base,
        list(found),
        whatif.Change({"samples": 4.0}),
        jobs=2,
        cache=False,
        progress=lambda name, done, of: told.append(f"{done} of {of}"),
    )
    assert [c.check for c in compared] == ["one", "two"]
    assert told == ["1 of 2", "2 of 2"]


def test_what_runs_now_is_named_with_its_share() -> None:
    now = Now()
    for name in ("one", "two", "three", "four"):
        now.told(name, 0.0)
    now.told("two", 0.4)
    assert now.words() == "one, two 40 %, three and 1 more"
    now.ended("one")
    assert now.words() == "two 40 %, three, four"


def children(pid: int) -> list[str]:
    """Its child processes, whichever of its threads began them."""
    tasks = Path("/proc", str(pid), "task").glob("*/children")
    return [child for task in tasks for child in task.read_text("utf-8").split()]


def wait_for(happens: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_ctrl_c_on_a_terminal_ends_a_slow_run_and_keeps_the_rest(kb: Kb, small_base: Path) -> None:
    """With one job, the second simulation never starts; the bar names the first, and how far it is."""
    write_base(small_base, {"checks/slow-one.yaml": SLOW, "checks/slow-two.yaml": SLOW})
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "kb", "check", "--base", str(small_base), "--format", "json", "--jobs", "1"],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "COLUMNS": "120", "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    seen = bytearray()

    def shown(text: str) -> bool:
        while select.select([ours], [], [], 0)[0]:
            seen.extend(os.read(ours, 65536))
        return re.search(text, seen.decode("utf-8", "replace")) is not None

    try:
        assert wait_for(lambda: shown(r"3/5.*slow-one \d+ %")), seen[-300:].decode("utf-8", "replace")
        [supervisor] = [Path("/proc", pid) for pid in children(running.pid)]
        running.send_signal(signal.SIGINT)
        # The work asks for it: what runs has stopped within a second.
        assert wait_for(lambda: not supervisor.exists(), seconds=1.0)
        out, _ = running.communicate(timeout=30)
    finally:
        running.kill()
        os.close(ours)
    assert running.returncode == 130
    assert json.loads(out)["error"] == "Interrupted. What was finished is kept."
    for slow in ("one", "two"):
        (small_base / "checks" / f"slow-{slow}.yaml").unlink()
    assert kb("check", "--base", small_base, "--format", "json").json["computed"] == 0
