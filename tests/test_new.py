"""``kb new``: what is written, what is refused, and what is asked on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import source
from kb.commands import creating_checks, drafts, opening
from kb.commands.creating import ClaimDraft, SourceDraft, new_claim, new_source
from kb.commands.creating_checks import CheckDraft, new_check
from kb.source.likeness import Texts
from tests.conftest import PROJECT, SMALL_BASE, Ran

Kb = Callable[..., Ran]
MODELINE = "# yaml-language-server: $schema=../../schema/{}.schema.json\n"


def claims(root: Path) -> dict[str, Any]:
    return dict(source.load(root, cache=False).base.claims)


def files(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*.yaml")}


def test_a_claim_is_written_from_flags(small_base: Path, kb: Kb) -> None:
    done = kb(
        *("new", "claim", "--claim", "Lifts stop when the wind is strong.", "--title", "Lifts stop in wind"),
        *("--supports", "tower-is-short", "--strength", "moderate", "--because", "Nobody climbs a high one."),
        *("--undercuts", "tower-height > tower-is-tall", "--source", "guide-1999", "--at", "p4"),
        *("--question", "height", "--tag", "wind", "--base", small_base),
    )
    assert done.code == 0, done.err
    assert (small_base / "towers/lifts-stop-in-wind.yaml").read_text() == MODELINE.format("claim") + (
        """\
title: Lifts stop in wind
claim: Lifts stop when the wind is strong.
question: height
status: draft
tags: [wind]
evidence:
  - source: guide-1999
    at: p4
supports:
  - claim: tower-is-short
    strength: moderate
    because: Nobody climbs a high one.
undercuts:
  - step: tower-height > tower-is-tall
    strength: moderate
    because: Nobody climbs a high one.
"""
    )
    assert "kb new check lifts-stop-in-wind" in done.out
    assert "kb validate finds nothing new" in done.out
    assert kb("validate", "--base", small_base).code == 0


def test_a_counter_attacks_and_lies_beside(small_base: Path, kb: Kb) -> None:
    done = kb(
        *("new", "counter", "tower-is-tall", "--claim", "The tower is less than 300 metres high."),
        *("--base", small_base, "--format", "json"),
    )
    assert done.code == 0, done.err
    assert done.json["files"] == ["towers/the-tower-is-less-than-300-metres-high.yaml"]
    written = claims(small_base)[done.json["id"]]
    assert [(step.kind, step.conclusion) for step in written.steps] == [("attacks", "tower-is-tall")]
    assert (written.status, written.origin) == ("draft", "ours")


def test_a_claim_much_like_another_needs_to_be_meant(small_base: Path, kb: Kb) -> None:
    said = ("new", "claim", "--claim", "The tower is over 300 metres in height.", "--base", small_base)
    before = files(small_base)
    refused = kb(*said)
    assert (refused.code, files(small_base)) == (1, before)
    assert "[tower-is-tall]" in refused.out
    assert "--anyway" in refused.err
    assert kb(*said, "--format", "json").json["nearest"][0]["id"] == "tower-is-tall"
    assert kb(*said, "--anyway").code == 0
    assert "the-tower-is-over-300-metres-in-height" in claims(small_base)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["claim"], "--claim is missing"),
        (["claim", "--claim", " "], "a claim needs words"),
        (["claim", "--claim", "X is so.", "--attacks", "tower-is-tal"], "did you mean tower-is-tall"),
        (["claim", "--claim", "X is so.", "--undercuts", "tower-is-tall"], "no step called"),
        (["claim", "--claim", "X is so.", "--source", "guide-199"], "did you mean guide-1999"),
        (["claim", "--claim", "X is so.", "--at", "p4"], "name the source too"),
        (["claim", "--claim", "X is so.", "--because", "y"], "that of a relation"),
        (["claim", "--claim", "X is so.", "--topic", "../out"], "cannot be a topic"),
        (["claim", "--claim", "X is so.", "--topic", "sources"], "cannot be a topic"),
        (["claim", "--claim", "X is so.", "--id", "Big"], "did you mean"),
        (["claim", "--claim", "X is so.", "--id", "tower-is-tall"], "tower-is-tall-2 is free"),
        (
            ["claim", "--claim", "X is so.", "--supports", "tower-is-tall", "--attacks", "tower-is-tall"],
            "both support and attack",
        ),
        (["source"], "--title is missing"),
        (["source", "--title", "A", "--issued", "last year"], "issued"),
        (["check"], "CLAIM is missing"),
        (["check", "tower-is-tal"], "did you mean tower-is-tall"),
        (["check", "tower-is-tall", "--bears", "context"], "give the reason"),
        (["check", "tower-is-tall", "--compute", "1"], "needs --input"),
        (["question", "--question", "Why?"], "--thesis missing"),
        (["question", "--question", "Why?", "--thesis", "towr"], "no claim called"),
    ],
)
def test_what_cannot_be_written_is_refused(small_base: Path, kb: Kb, arguments: list[str], says: str) -> None:
    before = files(small_base)
    done = kb("new", *arguments, "--base", small_base, "--format", "json")
    assert (done.code, files(small_base)) == (2, before)
    assert says in done.json["error"]


def test_a_topic_is_asked_for_where_there_are_several(small_base: Path, kb: Kb) -> None:
    other = small_base / "hills/hill.yaml"
    other.parent.mkdir()
    other.write_text("claim: The hill is a hill.\nstatus: draft\n")
    done = kb("new", "claim", "--claim", "Rain falls.", "--base", small_base)
    assert (done.code, "--topic (there is towers, hills)" in done.err) == (2, True)
    assert kb("new", "claim", "--claim", "Rain falls.", "--topic", "hills\\", "--base", small_base).code == 0
    assert (small_base / "hills/rain-falls.yaml").is_file()


def test_a_check_that_was_told_all_runs(small_base: Path, kb: Kb) -> None:
    path = small_base / "towers/tower-is-tall.yaml"
    path.write_text(
        "# mine\n" + path.read_text().replace("checks: [tower-height]", "checks: [tower-height] # one")
    )
    done = kb(
        *("new", "check", "tower-is-tall", "--input", "storeys=tower-storeys", "--input", "each=4 m"),
        *("--source", "guide-1999", "--at", "p1", "--compute", "storeys * each", "--unit", "m"),
        *("--at-least", "300 m", "--flips", "storeys=10", "--id", "height-again", "--base", small_base),
    )
    assert done.code == 0, done.err
    assert "checks: [tower-height, height-again] # one" in path.read_text()
    assert path.read_text().startswith("# mine\n")
    ran = kb("check", "height-again", "--base", small_base, "--format", "json")
    assert (ran.code, ran.json["checks"][0]["result"]["verdict"]) == (0, "holds")


@pytest.mark.parametrize("bears", creating_checks.BEARS)
def test_a_sketch_is_valid_and_decides_nothing(small_base: Path, kb: Kb, bears: str) -> None:
    done = kb("new", "check", "tower-is-short", "--bears", bears, "--because", "See.", "--base", small_base)
    assert done.code == 0, done.out + done.err
    ran = kb("check", "check-tower-is-short", "--base", small_base)
    assert ran.code == 0, ran.out + ran.err
    opened = opening.open_base(small_base, cache=False)
    assert not opened.errors
    account = opening.standings(opened, {})["tower-is-short"]
    assert account.strength[0] < 0.6


def test_a_question_keeps_the_layout_of_kb_yaml(small_base: Path, kb: Kb) -> None:
    path = small_base / "kb.yaml"
    path.write_text(path.read_text().replace("questions:", "questions: # two soon") + "\n# the end\n")
    done = kb(
        *("new", "question", "--question", "Can one climb it?", "--about", "By the stairs."),
        *("--thesis", "tower-is-climbed", "--thesis", "tower-is-short", "--base", small_base),
    )
    assert done.code == 0, done.err
    assert path.read_text() == SMALL_BASE["kb.yaml"].replace("questions:", "questions: # two soon") + (
        """\
  - id: can-one-climb-it
    question: "Can one climb it?"
    about: By the stairs.
    theses: [tower-is-climbed, tower-is-short]

# the end
"""
    )


def test_a_source_is_named_by_its_author_and_year(small_base: Path) -> None:
    draft = SourceDraft(
        "Winds", authors=("Breeze, Bo", "Weather Office"), issued="2001-02", url="https://x.org"
    )
    done = new_source(small_base, draft)
    assert done.id == "breeze-2001"
    found = source.load(small_base, cache=False).base.sources["breeze-2001"]
    assert (found.authors, found.issued) == (("Breeze, Bo", "Weather Office"), "2001-02")
    assert found.accessed


def test_nothing_is_written_into_the_base_that_comes_with_kb(
    monkeypatch: pytest.MonkeyPatch, small_base: Path
) -> None:
    monkeypatch.setattr(drafts, "is_shipped", lambda root: True)
    with pytest.raises(drafts.Refused, match="read-only"):
        new_claim(small_base, ClaimDraft("It is so."))


def test_a_check_that_cannot_be_tied_to_its_claim_is_not_written(
    small_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb import store

    write = store.write_atomic

    def full(path: Path, data: str) -> None:
        if path.parent.name == "towers" and "check-tower" in data:
            raise OSError(28, "No space left on device", str(path))
        write(path, data)

    monkeypatch.setattr(store, "write_atomic", full)
    before = files(small_base)
    with pytest.raises(OSError, match="No space left"):
        new_check(small_base, CheckDraft("tower-is-tall"))
    assert files(small_base) == before


# --- likeness -----------------------------------------------------------------


def test_a_reworded_claim_of_the_base_is_found() -> None:
    base = source.load(PROJECT / "claims").base
    texts = Texts({claim.id: claim.text for claim in base.claims.values()})
    reworded = "GPT-3's training needed roughly 3,640 petaflop/s-days of compute."
    first, second, *_ = texts.nearest(reworded)
    assert "3,640" in base.claims[first.name].text
    assert first.likeness >= drafts.ALIKE > second.likeness
    assert texts.nearest("Bees like clover.")[0].likeness < drafts.ALIKE


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=40), max_size=5), st.text(max_size=40))
def test_likeness_is_a_share_and_a_text_is_most_like_itself(texts: dict[str, str], asked: str) -> None:
    found = Texts(texts)
    for like in found.nearest(asked, 10):
        assert 0 <= like.likeness <= 1
    for text in texts.values():
        if any(c.isalnum() for c in text):
            assert found.nearest(text)[0].likeness == pytest.approx(1)


# --- on a terminal ------------------------------------------------------------


def test_a_claim_is_asked_for(small_base: Path) -> None:
    from tests.terminal import talk

    code, shown = talk(
        small_base,
        ["new", "claim"],
        [
            ("The claim, one sentence", "Lifts stop when the wind is strong."),
            ("short title", "Lifts stop"),
            ("Its id [lifts-stop]", ""),
            ("speaks for", "tower-is-shrt"),
            ("did you mean tower-is-short", "tower-is-short"),
            ("Another one", ""),
            ("speaks against", ""),
            ("Why does it count", "Nobody climbs."),
            ("How much does it count?", "moderate"),
            ("A source that says so", "guide-1999"),
            ("Where in the source", "p4"),
        ],
    )
    assert code == 0, shown
    written = claims(small_base)["lifts-stop"]
    assert written.steps[0].conclusion == "tower-is-short"
    assert (written.steps[0].strength, written.steps[0].because) == ("moderate", "Nobody climbs.")
    assert written.evidence[0].at == "p4"


def test_likeness_is_shown_before_anything_else_is_asked(small_base: Path) -> None:
    from tests.terminal import talk

    before = files(small_base)
    code, shown = talk(
        small_base,
        ["new", "claim"],
        [("The claim", "The tower is over 300 metres in height."), ("something else? Write it [y/N]", "n")],
    )
    assert (code, files(small_base)) == (1, before)
    assert "tower-is-tall" in shown


def test_checks_sources_and_questions_are_asked_for(small_base: Path) -> None:
    from tests.terminal import talk

    code, shown = talk(
        small_base,
        ["new", "check"],
        [("Which claim", "tower-is-short"), ("What it computes", "Height"), ("How it bears", "")],
    )
    assert code == 0, shown
    assert (small_base / "checks/height-2.yaml").is_file()  # "height" is a question
    code, shown = talk(
        small_base,
        ["new", "source"],
        [("Title", "Winds"), ("Author", "Breeze, Bo"), ("Author", ""), ("Issued", "2001"), ("Address", "")],
    )
    assert code == 0, shown
    assert (small_base / "sources/breeze-2001.yaml").is_file()
    code, shown = talk(
        small_base,
        ["new", "question"],
        [("The question", "Why?"), ("answers it", "tower-is-tall"), ("Another", ""), ("What lies", "")],
    )
    assert code == 0, shown
    assert source.load(small_base, cache=False).base.config.questions[1].theses == ("tower-is-tall",)
