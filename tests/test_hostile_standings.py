"""Hostile questions to the argument: huge maps, contradictory suppositions, confusing names and files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

import kb as package
from kb.graph import argument_map
from kb.model import Verdict
from kb.standing import resolving
from kb.standing.cruxes import cruxes
from kb.standing.levers import levers
from kb.standing.resolving import known_of, resolve
from kb.standing.shapley import TooManyChecks, shares
from kb.standing.supposing import supposed
from kb.standing.worth import worth_checking
from tests.conftest import PROJECT, Ran
from tests.standing_maps import base, claim, random_case, results

Kb = Callable[..., Ran]
STEP = "tower-is-climbed--supports--tower-is-short"


# --- what is proved -----------------------------------------------------------


@pytest.mark.parametrize("seed", [306, 313, 502, 652, 928])
def test_what_is_proved_stays_whatever_becomes_of_the_checks(seed: int) -> None:
    """Maps on which "proved" was once said, and a surer verdict turned the claim all the same."""
    r = Random(seed)
    made, found = random_case(r, cyclic=r.random() < 0.5)
    known = known_of(argument_map(made), made, found)
    proved = [i for i, name in enumerate(known.snap.ids) if cruxes(known, name, budget=10**6).settled]
    said: list[str | float | None] = [*(v.value for v in Verdict if v.value not in ("mixed", "stale")), None]
    for _ in range(400):
        changed = {
            check: None if (to := r.choice([*said, 0.1, 0.5, 0.97])) is None
            else supposed(made.checks[check], to, made)
            for check in known.bearings
            if r.random() < 0.8
        }  # fmt: skip
        after = resolve(known, changed)
        for target in proved:
            assert after.standing(target) is known.standing(target)


# --- maps that are too large to try everything on -------------------------------


def test_what_to_check_next_stops_at_a_number_of_claims_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "WORK", 0)
    monkeypatch.setattr(resolving, "FEWEST", 6)
    far = [claim(f"c{i}", supports=[(f"c{i - 1}", "decisive")]) for i in range(1, 11)]
    made = base([claim("c0"), *far])
    ranking = worth_checking(known_of(argument_map(made), made, {}), ["c0"])
    assert [worth.id for worth in ranking] == ["c1", "c2", "c3"]
    assert ranking.untried == 7
    monkeypatch.setattr(resolving, "FEWEST", 100)
    assert worth_checking(known_of(argument_map(made), made, {}), ["c0"]).untried == 0


def test_the_nearest_relations_are_left_out_first(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = [claim(f"c{i}", supports=[(f"c{i - 1}", "decisive")]) for i in range(9, 0, -1)]
    made = base([*chain, claim("c0", checks=[])])
    whole = levers(argument_map(made), made, {}, "c0")
    monkeypatch.setattr(resolving, "WORK", 0)
    monkeypatch.setattr(resolving, "FEWEST", 2)
    part = levers(argument_map(made), made, {}, "c0")
    assert (whole.untried, part.untried) == (0, 7)
    tried = {"c1--supports--c0", "c2--supports--c1"}
    assert part.removals == tuple(removal for removal in whole.removals if removal.relation in tried)
    assert len(part.dead) <= 2
    assert set(part.dead) <= set(whole.dead)


def test_shares_are_not_computed_over_very_many_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    made = base([claim("a"), *(claim(f"b{i}", checks=[f"k{i}"], supports=["a"]) for i in range(3))])
    known = known_of(argument_map(made), made, results(k0="holds", k1="fails", k2="holds"))
    assert shares(known, "a").values
    monkeypatch.setattr("kb.standing.shapley.MOST_WORK", 31)
    with pytest.raises(TooManyChecks, match="3 checks and 4 claims"):
        shares(known, "a")


def test_a_search_that_hardly_began_says_so() -> None:
    made = base([claim("a"), claim("b", checks=["k"], supports=[("a", "decisive")])])
    found = cruxes(known_of(argument_map(made), made, results(k="fails")), "a", budget=1)
    assert found.words == (
        "None flips it. Of the one check behind it, not every single change was tried. "
        "The search stopped early, after one solution; others may flip it."
    )


# --- suppositions that contradict themselves --------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["--remove", STEP, "--strength", f"{STEP}=strong"], f"{STEP} is to be taken out"),
        (["--remove", STEP, "--add", f"tower-is-tall undercuts {STEP}"], f"{STEP} is to be taken out"),
        (["--add", "tower-is-climbed attacks tower-is-tall"] * 2, "is to be added twice"),
        (["--add", "tower-is-climbed attacks tower-is-tall []"], "a strength is weak, moderate, strong"),
        (["--add", "tower-is-climbed attacks tower-is-tall [xyzzy]"], "a strength is weak, moderate, strong"),
        (["--strength", f"{STEP}=xyzzy"], "'xyzzy' among the strengths; there is weak, moderate, strong"),
        (["--strength", "xyzzy=strong"], "no 'xyzzy' among the steps and undercuts"),
        (["--remove", ""], "no '' among the relations"),
        (["--add", "tower-is-tall undercuts xyzzy"], "among the steps, undercuts and bearings"),
    ],
)
def test_a_supposition_that_cannot_be_is_named(
    kb: Kb, small_base: Path, changes: list[str], said: str
) -> None:
    ran = kb("whatif", *changes, cwd=small_base)
    assert ran.code == 2
    assert said in ran.err
    assert json.loads(kb("whatif", *changes, "--format", "json", cwd=small_base).out)["error"]


def test_an_undercut_is_the_same_in_whatever_order_its_premises_are_named(small_base: Path) -> None:
    path = small_base / "towers/tower-is-tall.yaml"
    cut = f"undercuts: [{{step: {STEP}, with: [tower-is-climbed], because: So.}}]\n"
    path.write_text(path.read_text(encoding="utf-8") + cut, encoding="utf-8")
    found = package.load(small_base)
    for premises in ("tower-is-tall and tower-is-climbed", "tower-is-climbed and tower-is-tall"):
        with pytest.raises(package.api.WrongSupposition, match="there already"):
            found.relation(f"{premises} undercuts {STEP}")


# --- frameworks from files ------------------------------------------------------------


def test_a_solver_that_does_not_load_is_as_good_as_missing(kb: Kb, tmp_path: Path) -> None:
    (tmp_path / "clingo.py").write_text("raise ImportError('GLIBC_9.9 not found')\n", encoding="utf-8")
    (tmp_path / "f.af").write_text("p af 2\n1 2\n", encoding="utf-8")
    ran = kb("solve", "f.af", "--semantics", "pr", PYTHONPATH=f"{PROJECT}:{tmp_path}")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be loaded (GLIBC_9.9 not found)" in ran.err
    assert kb("solve", "f.af", PYTHONPATH=f"{PROJECT}:{tmp_path}").out == "[1]\n"


def test_a_name_is_never_written_as_another(kb: Kb, tmp_path: Path) -> None:
    (tmp_path / "f.apx").write_text("arg(é).arg(e).att(é,e).", encoding="utf-8")
    assert kb("solve", "f.apx").out == "[é]\n"
    ran = kb("solve", "f.apx", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.out) == (1, "")
    assert "--format json" in ran.err
    ran = kb("solve", "f.apx", "--format", "json", PYTHONIOENCODING="ascii")
    assert ran.json["extensions"] == [["é"]]
    assert kb("solve", "f.apx", "--task", "DC", "--argument", "é", PYTHONIOENCODING="ascii").out == "YES\n"
