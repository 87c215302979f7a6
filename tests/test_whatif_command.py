"""``kb whatif`` as a user runs it, and ``suppose`` as a program asks it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import kb as package
from kb.api import WrongSupposition
from kb.model import Scale, Step
from tests.conftest import SMALL_BASE, Ran, write_base

Kb = Callable[..., Ran]
STEP = "tower-is-climbed--supports--tower-is-short"
DEEPER = {
    "towers/tower-is-modest.yaml": """\
claim: The tower is nothing to look at.
title: The tower is modest
evidence: [{source: guide-1999, at: p4}]
checkable: {no: A matter of taste.}
requires: [{claim: tower-is-short, because: What is tall is looked at.}]
""",
    "towers/tower-is-tall.yaml": SMALL_BASE["towers/tower-is-tall.yaml"]
    + "supports: [{claim: tower-is-modest, strength: strong, because: Height hides all else.}]\n",
}


@pytest.fixture
def run_base(small_base: Path) -> Path:
    """A small base of which every check was run."""
    package.load(small_base).run()
    return small_base


def test_a_verdict_moves_what_rests_on_the_check_and_the_way_is_told(kb: Kb, run_base: Path) -> None:
    ran = kb("whatif", "--verdict", "tower-climb=fails", cwd=run_base)
    assert (ran.code, ran.err) == (0, "")
    order = ("Theses", "“The tower is short” [", "Other claims", "“Visitors climb a thousand steps” [")
    places = [ran.out.index(text) for text in order]
    assert places == sorted(places)
    assert "stands 0.95 → falls 0.05" in ran.out
    said = " ".join(ran.out.split())
    assert "by check “Steps that a visitor climbs”; “Visitors climb a thousand steps” supports it" in said
    assert "1 other claim would stay as it is." in ran.out


def test_nothing_of_it_is_recorded(kb: Kb, run_base: Path) -> None:
    before = kb("why", "tower-is-short", "--format", "json", cwd=run_base).out
    kb("whatif", "--verdict", "tower-climb=fails", "--remove", STEP, cwd=run_base)
    assert kb("why", "tower-is-short", "--format", "json", cwd=run_base).out == before


def test_json_has_every_move_and_what_it_came_by(kb: Kb, run_base: Path) -> None:
    data = kb("whatif", "--verdict", "tower-climb=0.3", "--format", "json", cwd=run_base).json
    moved = {item["claim"]: item for item in data["moved"]}
    assert set(moved) == {"tower-is-short", "tower-is-climbed"}
    assert moved["tower-is-climbed"]["via"] is None
    assert moved["tower-is-climbed"]["standing_after"] == "open"
    assert moved["tower-is-short"]["via"] == {
        "source": "tower-is-climbed",
        "relation": STEP,
        "target": "tower-is-short",
    }
    assert (moved["tower-is-short"]["thesis"], data["unmoved"]) == (True, 1)


def test_a_check_that_gives_context_only_is_left_unused(kb: Kb, run_base: Path) -> None:
    ran = kb("whatif", "--verdict", "tower-steps=fails", cwd=run_base)
    assert "No standing would move." in ran.out
    assert "Left unused: no claim rests on the check tower-steps." in ran.out


def test_relations_are_taken_out_put_in_and_made_stronger(kb: Kb, run_base: Path) -> None:
    def moved(*changes: str) -> dict[str, str]:
        data = kb("whatif", *changes, "--format", "json", cwd=run_base).json
        return {item["claim"]: item["standing_after"] for item in data["moved"]}

    assert moved("--strength", f"{STEP}=decisive") == {"tower-is-short": "stands"}
    assert moved("--remove", STEP) == {"tower-is-short": "open"}
    assert moved("--remove", "tower-height>tower-is-tall") == {"tower-is-tall": "open"}
    assert moved("--add", "tower-is-tall and tower-is-climbed supports tower-is-short [strong]") == {
        "tower-is-short": "stands"
    }
    assert moved("--add", f"tower-is-tall undercuts {STEP}") == {"tower-is-short": "open"}


def test_a_path_through_a_dependence_is_told(kb: Kb, tmp_path: Path) -> None:
    base = write_base(tmp_path / "deeper", SMALL_BASE | DEEPER)
    package.load(base).run()
    ran = kb("whatif", "--verdict", "tower-climb=fails", cwd=base)
    said = " ".join(ran.out.split())
    assert (
        "by check “Steps that a visitor climbs”; “Visitors climb a thousand steps” supports “The tower is "
        "short”, which is required by it" in said
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), "nothing to suppose"),
        (("--verdict", "tower-clim=fails"), "did you mean tower-climb"),
        (("--verdict", "tower-is-tall=fails"), "is a claim, not a check; its checks: tower-height"),
        (("--verdict", "tower-climb=fail"), "did you mean fails?"),
        (("--verdict", "tower-climb=nan"), "between 0 and 1"),
        (("--verdict", "tower-climb"), "takes NAME=VALUE"),
        (("--verdict", "tower-climb=fails", "--verdict", "tower-climb=holds"), "two values"),
        (("--strength", f"{STEP}=strng"), "did you mean strong"),
        (("--remove", STEP[:-1]), f"did you mean {STEP}"),
        (("--add", "tower-is-tal supports tower-is-short"), "did you mean tower-is-tall"),
        (("--add", "tower-is-tall helps tower-is-short"), "cannot read"),
        (("--add", "tower-is-tall supports tower-is-short [stron]"), "did you mean strong"),
        (("--add", "tower-is-climbed supports tower-is-short"), f"there already, as {STEP}"),
        (("--add", "tower-is-tall supports tower-is-tall"), "among its premises"),
        (("--reading", "floors=all"), "no check has a reading 'floors'"),
    ],
)
def test_a_wrong_change_is_wrong_usage(kb: Kb, run_base: Path, changes: tuple[str, ...], said: str) -> None:
    ran = kb("whatif", *changes, cwd=run_base)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert kb("whatif", *changes, "--format", "json", cwd=run_base).json["error"] in ran.err


def test_in_a_pipe_lines_are_of_one_width_whatever_the_terminal(kb: Kb, run_base: Path) -> None:
    narrow = kb("whatif", "--verdict", "tower-climb=fails", cwd=run_base, COLUMNS="40")
    assert narrow.out == kb("whatif", "--verdict", "tower-climb=fails", cwd=run_base).out
    assert not re.search(r"\x1b", narrow.out)


# --- from Python ------------------------------------------------------------------


def test_suppose_takes_the_results_of_changed_checks(run_base: Path) -> None:
    base = package.load(run_base)
    lower = base.check("tower-height", set={"storey_height": 2})
    found = base.suppose(changed={"tower-height": lower})
    [moved] = found.moved
    assert (moved.claim, moved.standing_before, moved.standing_after) == ("tower-is-tall", "stands", "falls")
    follows = base.standings(results={**base.results(), "tower-height": lower})
    assert follows["tower-is-tall"].strength == moved.after


def test_suppose_takes_steps_scales_and_other_results(run_base: Path) -> None:
    base = package.load(run_base)
    step = base.relation("tower-is-tall attacks tower-is-short")
    assert isinstance(step, Step)
    assert step.strength == "weak"
    assert [m.claim for m in base.suppose(add=[step]).moved] == ["tower-is-short"]
    [moved] = base.suppose(scale=Scale(stands=0.46)).moved
    assert moved.standing_after == "stands"
    assert base.suppose(verdicts={"tower-climb": "could-not-run"}, results={}).moved == ()
    with pytest.raises(WrongSupposition):
        base.suppose(verdicts={"tower-climb": 1.5})
    with pytest.raises(package.UnknownName, match="tower-climb"):
        base.suppose(changed={"tower-clim": base.results()["tower-climb"]})


def test_a_relation_that_is_supposed_gets_an_id_of_its_own(run_base: Path) -> None:
    base = package.load(run_base)
    linked = base.relation("tower-is-climbed, tower-is-tall supports tower-is-short")
    assert linked.id == f"{STEP}--2"
    assert base.relation("tower-is-tall undercuts  tower-climb>tower-is-climbed weak").strength == "weak"
