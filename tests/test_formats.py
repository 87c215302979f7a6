"""What all formats have in common: reading with care, drafts, the files of a base, the commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings

from kb.formats import graphml, nodelink
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange, founded
from kb.formats.placing import Origin, files_of
from kb.formats.relating import LONGEST
from kb.model import Base, Config
from kb.source import load
from tests.exchanges import comparable, exchanges, there_and_back

ORIGIN = Origin("tea-debate.txt", "a format", "2026-01-02")


@pytest.mark.parametrize("module", [nodelink, graphml])
@given(exchanges())
@settings(max_examples=200, deadline=None)
def test_plain_graphs_lose_nothing(module: ModuleType, exchange: Exchange) -> None:
    sent, back = there_and_back(module, exchange)
    assert back == sent


# --- undercuts of undercuts -----------------------------------------------------


def nested(depth: int, *, backwards: bool = False) -> Exchange:
    """A step with an undercut, an undercut of that one, and so on."""
    drafting = Drafting(title="Nested")
    for key in ("aa", "bb", "cc"):
        drafting.claim(key, f"Claim {key}.", id=key)
    drafting.step("u0", "supports", ["aa"], "bb")
    levels = range(1, depth + 1)
    for level in reversed(levels) if backwards else levels:
        drafting.undercut(f"u{level}", [("aa", "bb", "cc")[level % 3]], f"u{level - 1}")
    return drafting.finish()


def targets(exchange: Exchange) -> dict[str, str]:
    return {cut.id: cut.target for claim in exchange.claims.values() for cut in claim.undercuts}


@pytest.mark.parametrize("backwards", [False, True])
def test_ids_of_undercuts_do_not_grow_with_their_depth(backwards: bool) -> None:
    exchange = nested(10_000, backwards=backwards)
    found = targets(exchange)
    assert len(found) == 10_000
    assert max(map(len, found)) <= LONGEST
    at, seen = next(cut for cut in found if cut not in found.values()), 0
    while at in found:
        at, seen = found[at], seen + 1
    assert (at, seen) == ("aa--supports--bb", 10_000)
    for module in (nodelink, graphml):
        sent, back = there_and_back(module, exchange)
        assert back == sent


def test_the_first_levels_keep_the_ids_that_a_base_gives() -> None:
    found = targets(nested(3))
    assert [*sorted(found, key=len)] == [
        "bb--undercuts--aa--supports--bb",
        "cc--undercuts--bb--undercuts--aa--supports--bb",
        "aa--undercuts--cc--undercuts--bb--undercuts--aa--supports--bb",
    ]


def test_the_order_of_undercuts_does_not_matter() -> None:
    assert comparable(nested(50)) == comparable(nested(50, backwards=True))


def test_what_undercuts_a_lost_step_is_lost_however_deep() -> None:
    exchange = nested(5_000)
    claims = {name: replace(claim, steps=()) for name, claim in exchange.claims.items()}
    assert not any(claim.undercuts for claim in founded(claims).values())
    assert founded(exchange.claims) == exchange.claims


# --- files ----------------------------------------------------------------------


def placed(exchange: Exchange, folder: Path, *, new: bool = True) -> Mapping[str, str]:
    return files_of(exchange, ORIGIN, folder, "tea", (), new=new)


def written(exchange: Exchange, folder: Path) -> Base:
    for path, text in placed(exchange, folder).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    loaded = load(folder, cache=False)
    assert not list(loaded.diagnostics)
    return loaded.base


def tea(title: str = "", *, ask: bool = False) -> Exchange:
    """Two claims that are argued about, one reason for each, and one claim alone."""
    drafting = Drafting(title=title, about="About tea." if title else "")
    for key in ("wakes", "good", "cools", "bad", "alone"):
        drafting.claim(key, f"Tea: {key}.", id=key, place=f"line {key}")
    drafting.step("s1", "supports", ["wakes"], "good")
    drafting.step("s2", "attacks", ["cools"], "bad")
    drafting.undercut("u", ["good"], "s2")
    if ask:
        drafting.question("What of tea?", ["good", "bad"], id="what-of-tea")
    return drafting.finish()


def test_a_new_base_has_settings_and_one_without_needs_none(tmp_path: Path) -> None:
    new, added = placed(tea(), tmp_path), placed(tea(), tmp_path, new=False)
    assert new.keys() - added.keys() == {"kb.yaml"}
    assert added == {path: text for path, text in new.items() if path != "kb.yaml"}
    assert sorted(added) == [
        "sources/tea-debate.yaml",
        *(f"tea/{name}.yaml" for name in ("alone", "bad", "cools", "good", "wakes")),
    ]


def test_a_new_base_asks_for_what_argues_for_nothing_else(tmp_path: Path) -> None:
    base = written(tea(), tmp_path)
    assert base.config.title == "tea-debate"
    (question,) = base.config.questions
    assert question.text == "What stands?"
    assert question.theses == ("bad",)  # `good` undercuts a step, and nothing is said about `alone`
    for claim in base.claims.values():
        assert [(found.source, found.at) for found in claim.evidence] == [("tea-debate", f"line {claim.id}")]
    source = base.sources["tea-debate"]
    assert source.csl["accessed"] == "2026-01-02"
    assert "tea-debate.txt" in source.csl["note"]


def test_the_title_of_a_file_names_its_base_and_question(tmp_path: Path) -> None:
    base = written(tea("Is tea good"), tmp_path)
    assert (base.config.title, base.config.about) == ("Is tea good", "About tea.")
    assert base.config.questions[0].text == "Is tea good: what stands?"
    assert base.config.questions[0].id not in {"is-tea-good", *base.claims}
    (tmp_path / "asked").mkdir()
    assert written(tea("Is tea good?"), tmp_path / "asked").config.questions[0].text == "Is tea good?"


def test_questions_of_a_file_stay(tmp_path: Path) -> None:
    (question,) = written(tea(ask=True), tmp_path).config.questions
    assert (question.id, question.text, question.theses) == ("what-of-tea", "What of tea?", ("good", "bad"))


@pytest.mark.parametrize("circle", [False, True])
def test_there_is_a_question_where_nothing_is_at_the_end(tmp_path: Path, circle: bool) -> None:
    drafting = Drafting()
    for key in ("first", "second"):
        drafting.claim(key, f"The {key}.", id=key)
    if circle:
        drafting.step("s", "supports", ["first"], "second")
        drafting.step("t", "supports", ["second"], "first")
    assert written(drafting.finish(), tmp_path).config.questions[0].theses == ("first",)


def test_sources_alone_make_a_base_without_questions(tmp_path: Path) -> None:
    drafting = Drafting()
    drafting.source("work", {"title": "Work", "type": "book"}, id="work")
    base = written(drafting.finish(), tmp_path)
    assert base.config == Config(base.config.title, format=1)
    assert sorted(base.sources) == ["tea-debate", "work"]
