"""``kb why``: what it says beside the tree of reasons, and what would move a claim."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import kb as package
from kb.api import WrongSupposition
from tests.conftest import PROJECT, Ran

Kb = Callable[..., Ran]
HEAVY = {"numpy", "scipy", "networkx", "rich", "kb.standing.rivals", "kb.standing.gradients"}


@pytest.fixture
def run_base(small_base: Path) -> Path:
    """A small base of which every check was run."""
    package.load(small_base).run()
    return small_base


def flat(ran: Ran) -> str:
    """What was printed, on one line."""
    assert (ran.code, ran.err) == (0, "")
    return " ".join(ran.out.split())


def test_the_default_says_what_is_worth_knowing_of_a_thesis(kb: Kb, run_base: Path) -> None:
    said = flat(kb("why", "tower-is-short", cwd=run_base))
    assert said.startswith("○ OPEN")
    assert "Uncontested: nothing that was looked into speaks against it." in said
    assert "The nearest check is one step away: “Steps that a visitor climbs”" in said
    assert "Without weights it is accepted" in said
    assert "What moves it" not in said


def test_a_claim_that_a_check_decides_needs_no_remark(kb: Kb, run_base: Path) -> None:
    out = kb("why", "tower-is-climbed", cwd=run_base).out
    assert "0.05 + 0.9 × 1 = 0.95." in out.splitlines()[-1]


def test_a_proof_standard_is_named_in_words(kb: Kb, run_base: Path) -> None:
    tall = run_base / "towers/tower-is-tall.yaml"
    tall.write_text(tall.read_text("utf-8") + "standard: beyond-reasonable-doubt\n", "utf-8")
    said = flat(kb("why", "tower-is-tall", cwd=run_base))
    assert "Proof standard: beyond reasonable doubt. It stands from 0.9 and falls up to 0.1." in said
    remarks = package.load(run_base).remarks("tower-is-tall")
    assert remarks.standard == "beyond-reasonable-doubt"
    assert remarks.limits == pytest.approx((0.1, 0.9))
    assert package.load(run_base).remarks("tower-is-short").limits == (0.4, 0.6)


def test_levers_say_what_moves_it_and_how_robust_a_thesis_is(kb: Kb, run_base: Path) -> None:
    said = flat(kb("why", "tower-is-short", "--levers", cwd=run_base))
    levers = package.load(run_base).levers("tower-is-short")
    assert f"+{levers.slopes.check('tower-climb'):.3f} the check “Steps that a visitor climbs”" in said
    assert "without “Visitors climb a thousand steps” supports “The tower is short” (moderate)" in said
    assert levers.shares is not None
    assert f"+{levers.shares.values['tower-climb']:.3f} the check" in said.split("(Shapley)")[1]
    [thesis] = package.load(run_base).robustness("tower-is-short").theses
    assert thesis.words in said
    assert thesis.changes


def test_reasons_that_count_nothing_are_ranked_by_what_they_could_do(kb: Kb, run_base: Path) -> None:
    climb = run_base / "checks/tower-climb.yaml"
    climb.write_text(climb.read_text("utf-8").replace("at_least: 1000", "at_least: 9000"), "utf-8")
    package.load(run_base).run()
    said = flat(kb("why", "tower-is-short", "--levers", cwd=run_base))
    dead = said.split("Reasons that count nothing now")[1]
    assert "+0.199 “Visitors climb a thousand steps” supports “The tower is short” (moderate)" in dead


def test_another_semantics_stands_beside_ours(kb: Kb, run_base: Path) -> None:
    said = flat(kb("why", "tower-is-short", "--semantics", "df-quad", cwd=run_base))
    other = package.load(run_base).standings_by("df-quad")["tower-is-short"]
    assert f"Under the DF-QuAD semantics it stands, at {other.strength[0]:.2f}; here it is open" in said
    with pytest.raises(WrongSupposition, match="did you mean df-quad"):
        package.load(run_base).standings_by("dfquad")


def test_json_has_all_that_was_asked(kb: Kb, run_base: Path) -> None:
    plain = kb("why", "tower-is-short", "--format", "json", cwd=run_base).json
    assert plain["account"]["standing"] == "open"
    assert plain["remarks"]["nearest"] == {"check": "tower-climb", "claim": "tower-is-climbed", "steps": 1}
    assert plain["remarks"]["crisp"] == "in"
    assert "Without weights" in plain["remarks"]["disagreement"]["words"]
    assert not {"levers", "semantics", "robustness"} & set(plain)
    asked = ("--levers", "--semantics", "mlp", "--format", "json")
    full = kb("why", "tower-is-short", *asked, cwd=run_base).json
    assert full["semantics"]["choice"]["name"] == "mlp"
    assert full["levers"]["removals"][0]["relation"].startswith("tower-is-climbed")
    assert len(full["robustness"]["theses"]) == 1


def test_the_default_loads_nothing_heavy(run_base: Path) -> None:
    code = (
        "import json, sys\nfrom kb.cli import main\n"
        "try:\n    main(['why', 'tower-is-short'])\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    env = {"PYTHONPATH": str(PROJECT), "KB_BASE": str(run_base)}
    for _ in range(2):  # the first one judges the files of the base
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
    assert "OPEN" in done.stdout
    assert set(json.loads(done.stderr)) & HEAVY == set()


# --- from Python ------------------------------------------------------------------


def test_a_whole_base_is_asked_at_once(run_base: Path) -> None:
    base = package.load(run_base)
    assert base.crisp() == {"tower-is-climbed": "in", "tower-is-short": "in", "tower-is-tall": "in"}
    assert [found.claim for found in base.disagreements()] == ["tower-is-short"]
    assert [thesis.thesis for thesis in base.robustness().theses] == ["tower-is-tall", "tower-is-short"]
    assert [finding.kind for finding in base.audits()] == ["without effect"]


def test_what_is_given_decides(run_base: Path) -> None:
    base = package.load(run_base)
    assert base.crisp(results={}) == {
        "tower-is-climbed": "undecided",
        "tower-is-short": "undecided",
        "tower-is-tall": "undecided",
    }
    assert base.disagreements(results={}) == ()
    for ask in (base.levers, base.remarks, base.cruxes, base.robustness, base.worth_checking):
        with pytest.raises(package.UnknownName, match="did you mean tower-is-tall"):
            ask("tower-is-tal")
