"""Review stamps: what was judged and has changed since is suspect, until somebody has read it again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kb.commands import reviewing
from kb.commands.opening import findings, open_base
from kb.commands.reviewing import StampingError, review, stamp
from kb.commands.selecting import UnknownName
from kb.review.stamps import judged, parts, stamp_of
from kb.source import load
from tests.conftest import SMALL_BASE, Ran, write_base

Kb = Callable[..., Ran]
TALL, SHORT, CLIMBED = (f"towers/tower-is-{word}.yaml" for word in ("tall", "short", "climbed"))
REASON = "tower-is-climbed--supports--tower-is-short"
ATTACK = "tower-is-short--attacks--tower-is-tall"
BEARING = "tower-height > tower-is-tall"
MORE = {
    "towers/tower-leans.yaml": """\
claim: The tower leans.
origin: ours
checkable: {no: A test.}
undercuts:
  - step: tower-is-short--attacks--tower-is-tall  # only this one
    strength: weak
""",
}
CUT = "tower-leans--undercuts--tower-is-short--attacks--tower-is-tall"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write_base(tmp_path / "base", {**SMALL_BASE, **MORE})


def edit(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), "utf-8")


def stamps(root: Path) -> Mapping[str, str]:
    """What each relation and bearing would be stamped with."""
    loaded = load(root, cache=False).base
    named = parts(loaded)
    return {name: stamp_of(judged(loaded, part, named)) for name, part in named.items()}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in {**before, **after} if before.get(name) != after.get(name)}


def stamp_all(root: Path) -> None:
    opened = open_base(root, cache=False)
    stamp(opened, review(opened, everything=True))


def suspect(root: Path) -> set[str]:
    return {each.review.id for each in review(open_base(root, cache=False))}


def git(root: Path, *arguments: str) -> str:
    names = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *arguments], cwd=root, env={**os.environ, **names}, capture_output=True, text=True, check=True
    )
    return done.stdout


def commit(root: Path) -> None:
    if not (root / ".git").is_dir():
        git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "A state of the base")


# --- what a stamp depends on ------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "parts_changed"),
    [
        (SHORT, "a hill nearby", "any hill", {REASON, ATTACK, CUT, "tower-steps > tower-is-short"}),
        (CLIMBED, "strength: moderate", "strength: strong", {REASON}),
        (CLIMBED, "People climb only", "Most people climb only", {REASON}),
        (CLIMBED, "{claim: tower-is-short,", "{claim: tower-is-tall,", {REASON, REASON[:-5] + "tall"}),
        (SHORT, "bears: context", "bears: proxy", {"tower-steps > tower-is-short"}),
        ("checks/tower-height.yaml", "at_least: 300 m", "at_least: 200 m", {BEARING}),
        ("checks/tower-height.yaml", "storeys * storey_height", "storeys * 2 * storey_height", {BEARING}),
        (
            "quantities/towers.yaml",
            "title: Storeys of the tower",
            "title: Floors of the tower",
            {BEARING, "tower-climb > tower-is-climbed", "tower-steps > tower-is-short"},
        ),
        ("towers/tower-leans.yaml", "strength: weak", "strength: strong", {CUT}),
        # What nobody has to judge again: layout, notes, tags, titles of claims, the numbers themselves.
        (SHORT, "claim: The tower is lower than", "claim:  >\n  The tower is lower\n  than", set()),
        (SHORT, "title: The tower is short", "title: Short\ntags: [low]", set()),
        ("quantities/towers.yaml", "{p5: 95, p95: 105}", "{p5: 90, p95: 110}", set()),
        ("checks/tower-height.yaml", "set: {storeys: 10}", "set: {storeys: 11}", set()),
    ],
)
def test_a_stamp_changes_with_the_words_that_were_judged(
    base: Path, file: str, old: str, new: str, parts_changed: set[str]
) -> None:
    before = stamps(base)
    edit(base, file, old, new)
    assert changed(before, stamps(base)) == parts_changed


def test_a_stamp_survives_moves_and_renames(base: Path) -> None:
    before = stamps(base)
    (base / "heights").mkdir()
    (base / SHORT).rename(base / "heights" / "a-low-tower.yaml")
    (base / TALL).rename(base / "heights" / "tower-is-tall.yaml")
    for path in base.rglob("*.yaml"):
        path.write_text(path.read_text("utf-8").replace("tower-is-short", "a-low-tower"), "utf-8")
    after = stamps(base)
    assert {name.replace("tower-is-short", "a-low-tower"): mark for name, mark in before.items()} == after


def test_undercuts_that_take_one_another_have_stamps_all_the_same(base: Path) -> None:
    edit(base, "towers/tower-leans.yaml", "tower-is-short--attacks--tower-is-tall", "other")
    edit(base, "towers/tower-leans.yaml", "strength: weak", "id: this")
    edit(base, SHORT, "attacks: [tower-is-tall]", "undercuts: [{step: this, id: other}]")
    assert set(stamps(base)) >= {"this", "other"}


# --- what is suspect --------------------------------------------------------------


def test_without_stamps_nothing_is_suspect(base: Path) -> None:
    edit(base, SHORT, "a hill nearby", "any hill")
    assert suspect(base) == set()


def test_what_changed_is_suspect_and_a_finding_until_it_is_stamped(base: Path) -> None:
    stamp_all(base)
    assert suspect(base) == set()
    edit(base, CLIMBED, "People climb only", "Most people climb only")
    assert suspect(base) == {REASON}
    [found] = [d for d in findings(base, cache=False).diagnostics if d.rule == "KB250"]
    assert (found.file, found.severity) == (CLIMBED, "warning")
    stamp_all(base)
    assert suspect(base) == set()
    assert [d for d in findings(base, cache=False).diagnostics if d.rule == "KB250"] == []


def test_what_is_suspect_is_shown_with_its_claim_and_its_check(kb: Kb, base: Path) -> None:
    stamp_all(base)
    assert "suspect" not in kb("show", "tower-is-tall", "--base", base).out
    edit(base, TALL, "more than 300", "at least 300")
    line = f'suspect, changed since it was reviewed: {BEARING} (kb review "{BEARING}" shows what)'
    assert line in kb("show", "tower-is-tall", "--base", base).out
    assert line in kb("show", "tower-height", "--base", base).out
    assert kb("show", "tower-height", "--base", base, "--format", "json").json["suspect"] == [BEARING]
    assert kb("show", "tower-is-short", "--base", base, "--format", "json").json["suspect"] == [ATTACK]


def test_a_draft_may_change_as_it_likes(base: Path) -> None:
    stamp_all(base)
    edit(base, CLIMBED, "People climb only", "Most people climb only")
    edit(base, CLIMBED, "claim: Visitors", "status: draft\nclaim: Visitors")
    assert suspect(base) == set()
    assert [d for d in findings(base, cache=False).diagnostics if d.rule == "KB250"] == []


# --- stamping ---------------------------------------------------------------------


def test_stamps_keep_the_layout_and_need_no_second_time(base: Path) -> None:
    opened = open_base(base, cache=False)
    mark = stamps(base)[CUT]
    [done] = stamp(opened, review(opened, [CUT]))
    assert done.review.id == CUT
    written = mark if mark[0].isalpha() else f'"{mark}"'
    assert (base / "towers/tower-leans.yaml").read_text("utf-8") == MORE["towers/tower-leans.yaml"] + (
        f"    reviewed: {written}\n"
    )
    again = open_base(base, cache=False)
    assert stamp(again, review(again, [CUT])) == ()


def test_a_short_form_becomes_a_long_one(base: Path) -> None:
    opened = open_base(base, cache=False)
    stamp(opened, review(opened, [ATTACK, BEARING]))
    loaded = load(base, cache=False)
    assert not len(loaded.diagnostics)
    claims = loaded.base.claims
    assert claims["tower-is-short"].steps[0].reviewed == stamps(base)[ATTACK]
    assert claims["tower-is-tall"].checks[0].reviewed == stamps(base)[BEARING]
    assert claims["tower-is-short"].checks[0].reviewed == ""


def test_the_name_of_a_claim_means_all_that_it_has_part_in(base: Path) -> None:
    opened = open_base(base, cache=False)
    assert {each.review.id for each in review(opened, ["tower-is-tall"])} == {ATTACK, BEARING}
    assert {each.review.id for each in review(opened, ["tower-leans"])} == {CUT}


def test_an_unknown_name_is_said_with_the_likeliest(base: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean tower-is-tall"):
        review(open_base(base, cache=False), ["tower-is-tal"])


def test_the_shipped_base_is_not_stamped(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "is_shipped", lambda _: True)
    opened = open_base(base, cache=False)
    with pytest.raises(StampingError, match="copy it first"):
        stamp(opened, review(opened, everything=True))


def test_a_stamp_that_looks_like_a_number_stays_text(base: Path) -> None:
    opened = open_base(base, cache=False)
    for each in review(opened, everything=True):
        stamp(open_base(base, cache=False), [each])
    reviewed = {p.reviewed for p in parts(load(base, cache=False).base).values()}
    assert reviewed == set(stamps(base).values())


# --- the command, with what git knows ------------------------------------------------


def test_the_words_of_then_and_now_are_shown(kb: Kb, base: Path) -> None:
    stamp_all(base)
    commit(base)
    edit(base, SHORT, "a hill nearby", "any hill")
    edit(base, TALL, "300", "200")
    commit(base)
    git(base, "mv", SHORT, "tower-is-short.yaml")
    commit(base)
    ran = kb("review", "--base", base)
    assert ran.code == 0
    assert f"tower-is-short.yaml:7:11: suspect {ATTACK}\n" in ran.out
    assert (
        "      - The tower is lower than a hill nearby.\n      + The tower is lower than any hill.\n"
        in ran.out
    )
    data = kb("review", ATTACK, "--format", "json", "--base", base).json
    [found] = data["reviews"]
    assert (found["state"], found["past_known"]) == ("suspect", True)
    assert {(edit["field"], edit["after"]) for edit in found["changes"]} == {
        ("premise", "The tower is lower than any hill."),
        ("conclusion", "The tower is more than 200 metres high."),
    }


def test_without_git_the_words_of_today_are_shown(kb: Kb, base: Path) -> None:
    stamp_all(base)
    edit(base, SHORT, "a hill nearby", "any hill")
    out = kb("review", ATTACK, "--base", base, GIT_CEILING_DIRECTORIES=str(base.parent)).out
    assert "git does not know the words of that time" in out
    assert "premise: The tower is lower than any hill." in out


def test_stamping_says_what_was_stamped(kb: Kb, base: Path) -> None:
    ran = kb("review", "tower-is-tall", "--stamp", "--base", base)
    assert ran.code == 0
    assert ran.out.endswith("2 stamps written; 0 were up to date.\n")
    assert (
        kb("review", "tower-is-tall", "--stamp", "--base", base).out
        == "0 stamps written; 2 were up to date.\n"
    )
    assert kb("review", "--base", base).out == "Nothing has changed since it was reviewed.\n"


def test_stamping_needs_a_name(kb: Kb, base: Path) -> None:
    ran = kb("review", "--stamp", "--base", base)
    assert ran.code == 2
    assert "kb review --all --stamp" in ran.err
    assert kb("review", "tower-is-tall", "--all", "--base", base).code == 2
    assert kb("review", "no-such-thing", "--base", base).code == 2
