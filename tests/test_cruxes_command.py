"""``kb cruxes`` and ``kb audit`` as a user runs them, and the same from Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import kb as package
from kb.model import Standing
from tests.conftest import SMALL_BASE, Ran, write_base

Kb = Callable[..., Ran]
UNTESTED = {
    "towers/tower-is-short.yaml": SMALL_BASE["towers/tower-is-short.yaml"].replace(
        "attacks: [tower-is-tall]", "attacks: [{claim: tower-is-loved, strength: decisive, because: So.}]"
    ),
    "towers/tower-is-loved.yaml": """\
claim: Most visitors love the tower.
title: The tower is loved
evidence: [{source: guide-1999, at: p4}]
checkable: {no: Nobody asked them.}
attacks: [tower-is-tall]
""",
    "kb.yaml": SMALL_BASE["kb.yaml"].replace(
        "theses: [tower-is-tall, tower-is-short]", "theses: [tower-is-loved]"
    ),
}


@pytest.fixture
def run_base(small_base: Path) -> Path:
    """A small base of which every check was run."""
    package.load(small_base).run()
    return small_base


@pytest.fixture
def untested(tmp_path: Path) -> Path:
    """A base whose one thesis no check can turn, while an untested claim behind it could."""
    base = write_base(tmp_path / "untested", SMALL_BASE | UNTESTED)
    package.load(base).run()
    return base


def test_the_smallest_set_is_named_by_its_title(kb: Kb, run_base: Path) -> None:
    ran = kb("cruxes", "tower-is-tall", cwd=run_base)
    assert (ran.code, ran.err) == (0, "")
    assert "“The tower is tall” [tower-is-tall]\n  stands 0.95\n" in ran.out
    assert "✗ falls 0.05 if\n" in ran.out
    assert "the check “The tower's height from its storeys” fails (now holds) [tower-height]" in ran.out


def test_a_crux_that_is_shown_does_what_it_says(run_base: Path) -> None:
    base = package.load(run_base)
    [crux] = base.cruxes("tower-is-tall").found
    found = base.suppose(verdicts={change.id: str(change.after) for change in crux.changes})
    assert {moved.claim: moved.standing_after for moved in found.moved} == {"tower-is-tall": crux.standing}


def test_what_no_check_can_turn_is_proved_and_asked_again_with_untested_claims(
    kb: Kb, untested: Path
) -> None:
    ran = kb("cruxes", cwd=untested)
    said = " ".join(ran.out.split())
    assert "Nothing that could come of the one check behind it would change its label (proved)." in said
    assert "With untested claims behind it decided, too:" in said
    assert "a check decided “The tower is short” and found that it holds [tower-is-short]" in said
    data = kb("cruxes", "--format", "json", cwd=untested).json
    [claim] = data["claims"]
    assert (claim["settled"], claim["found"]) == (True, [])
    assert claim["with_claims"]["found"][0]["standing"] == "falls"


def test_without_a_claim_all_theses_are_asked(kb: Kb, run_base: Path) -> None:
    data = kb("cruxes", "--format", "json", cwd=run_base).json
    assert [claim["claim"] for claim in data["claims"]] == ["tower-is-tall", "tower-is-short"]
    assert data["claims"][1]["with_claims"] is None
    assert data["worth_checking"] == []


def test_one_label_can_be_asked_for(kb: Kb, run_base: Path) -> None:
    assert "✗ falls" in kb("cruxes", "tower-is-tall", "--to", "falls", cwd=run_base).out
    [claim] = kb("cruxes", "tower-is-tall", "--to", "stands", "--format", "json", cwd=run_base).json["claims"]
    assert (claim["settled"], claim["found"]) == (True, [])
    base = package.load(run_base)
    assert base.cruxes("tower-is-tall", to="falls") == base.cruxes("tower-is-tall", to=Standing.FALLS)


def test_a_search_that_stops_early_says_so(kb: Kb, run_base: Path) -> None:
    ran = kb("cruxes", "tower-is-tall", "--budget", "1", cwd=run_base)
    assert "The search stopped early" in " ".join(ran.out.split())
    assert kb("cruxes", "tower-is-tall", "--budget", "1", "--format", "json", cwd=run_base).json["claims"][0][
        "stopped"
    ]


def test_what_to_check_next_says_what_it_could_turn(kb: Kb, small_base: Path) -> None:
    ran = kb("cruxes", cwd=small_base)
    after = ran.out[ran.out.index("What to check next") :]
    assert "the check “The tower's height from its storeys” [tower-height]" in after
    assert "if it holds, “The tower is tall” stands" in after
    assert "if it fails, “The tower is tall” falls" in after
    first = package.load(small_base).worth_checking()[0]
    assert (first.id, first.flips) == ("tower-height", 1)
    assert [w.id for w in package.load(small_base).worth_checking("tower-is-climbed")] == ["tower-climb"]


def test_a_wrong_name_is_wrong_usage(kb: Kb, run_base: Path) -> None:
    ran = kb("cruxes", "tower-is-tal", cwd=run_base)
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean tower-is-tall" in ran.err
    assert "is a check, not a claim" in kb("cruxes", "tower-climb", cwd=run_base).err


def test_a_base_without_theses_wants_a_claim(kb: Kb, small_base: Path) -> None:
    (small_base / "kb.yaml").write_text("format: 1\ntitle: Towers\n", "utf-8")
    ran = kb("cruxes", cwd=small_base)
    assert (ran.code, "name a claim" in ran.err) == (2, True)


# --- audits -----------------------------------------------------------------------


def test_audits_are_grouped_and_are_no_fault(kb: Kb, run_base: Path) -> None:
    ran = kb("audit", cwd=run_base)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Without effect (1): ")
    said = " ".join(ran.out.split())
    assert "“The tower is tall” would be as it is: its own checks settle it. [tower-is-tall]" in said
    assert "“The tower is short” attacks “The tower is tall” (weak)" in said
    [found] = kb("audit", "--format", "json", cwd=run_base).json["findings"]
    assert (found["kind"], found["title"]) == ("without effect", "The tower is tall")


def test_nothing_to_look_into_is_said(kb: Kb, run_base: Path) -> None:
    short = run_base / "towers/tower-is-short.yaml"
    short.write_text(short.read_text("utf-8").replace("attacks: [tower-is-tall]\n", ""), "utf-8")
    ran = kb("audit", cwd=run_base)
    assert (ran.code, ran.out) == (0, "Nothing to look into was found.\n")
