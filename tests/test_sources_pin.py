"""``kb sources pin``: a passage becomes a pin, its words stay out of the base; and many pins at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import source
from kb.commands import drafts
from kb.commands.drafts import Refused
from kb.commands.pinning import NotPinned, pin_quote
from kb.model import Base, Claim, Config, Evidence, Quote
from kb.source import norm, passages, quotes, verifying
from tests.conftest import Ran

Kb = Callable[..., Ran]
TEXT = (
    "Preface.\n\nThe tower is “very  tall”, we\nsaid – more than three hundred\nmetres. The view is fine.\n"
    "From below the view is fine.\n"
)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "guide-1999.txt").write_text(TEXT, "utf-8")
    return folder


def evidence(root: Path, claim: str) -> tuple[Evidence, ...]:
    return source.load(root, cache=False).base.claims[claim].evidence


def test_a_passage_is_pinned_without_its_words(small_base: Path, texts: Path, kb: Kb) -> None:
    file = small_base / "towers/tower-is-tall.yaml"
    file.write_text("# Kept.\n" + file.read_text() + "\n# Kept, too.\n")
    before = file.read_text()
    done = kb(
        *("sources", "pin", "tower-is-tall", "--texts", texts, "--base", small_base),
        *("--quote", 'is "very tall", we said - more than three hundred metres'),
    )
    assert done.code == 0, done.err
    assert "guide-1999.txt:3" in done.out
    after = file.read_text()
    assert "hundred" not in after
    kept = [line for line in before.splitlines() if not line.startswith("evidence")]
    assert [line for line in after.splitlines() if line in kept] == kept
    [entry] = evidence(small_base, "tower-is-tall")
    assert entry.at == "p1"
    assert entry.quote is not None
    wanted = 'is "very tall", we said - more than three hundred metres'
    assert entry.quote.sha256 == hashlib.sha256(wanted.encode()).hexdigest()
    verified = kb("sources", "verify", "--texts", texts, "--base", small_base, "--format", "json")
    assert verified.json["counts"] == {"found": 1}


def test_the_passage_may_come_from_a_file_or_standard_input(small_base: Path, texts: Path, kb: Kb) -> None:
    passage = texts.parent / "passage"
    passage.write_text("three hundred\n\nmetres\n")
    asked = ("sources", "pin", "tower-is-tall", "--texts", texts / "guide-1999.txt", "--base", small_base)
    done = kb(*asked, "--quote-file", passage, "--format", "json")
    assert (done.code, done.json["changed"]) == (0, True)
    assert done.json["place"] == {
        "text": "guide-1999.txt",
        "line": 4,
        "start": 55,
        "words": '…ce. The tower is "very tall", we said - more than three hundred metres. The view is fine. '
        "From below the view is fine.",
        "share": 1.0,
    }
    assert kb(*asked, "--quote-file", passage, "--format", "json").json["changed"] is False
    for wrong in ((), ("--quote", "x", "--quote-file", "-")):
        refused = kb(*asked, *wrong)
        assert refused.code == 2
        assert "--quote-file FILE" in refused.err


def test_words_that_are_not_there_show_the_likest_passage(small_base: Path, texts: Path, kb: Kb) -> None:
    before = (small_base / "towers/tower-is-tall.yaml").read_text()
    asked = ("sources", "pin", "tower-is-tall", "--texts", texts, "--base", small_base, "--quote")
    done = kb(*asked, "much more than three hundred feet")
    assert done.code == 1
    assert done.out.startswith("guide-1999.txt:4: (")
    assert "does not hold" in done.err
    assert (small_base / "towers/tower-is-tall.yaml").read_text() == before
    data = kb(*asked, "much more than three hundred feet", "--format", "json").json
    assert data["places"][0]["line"] == 4
    assert 0.4 < data["places"][0]["share"] < 1


def test_words_that_stand_twice_need_a_line(small_base: Path, texts: Path) -> None:
    with pytest.raises(NotPinned, match="2 places") as twice:
        pin_quote(small_base, "tower-is-tall", "", texts, "view is fine.")
    assert [place.line for place in twice.value.places] == [5, 6]
    with pytest.raises(NotPinned, match="line 1"):
        pin_quote(small_base, "tower-is-tall", "", texts, "view is fine", line=1)
    assert pin_quote(small_base, "tower-is-tall", "", texts, "view is fine", line=6).place.line == 6


def test_another_pin_is_replaced_only_when_told(small_base: Path, texts: Path) -> None:
    pin_quote(small_base, "tower-is-tall", "", texts, "three hundred metres")
    with pytest.raises(Refused, match="--replace"):
        pin_quote(small_base, "tower-is-tall", "", texts, "Preface.")
    done = pin_quote(small_base, "tower-is-tall", "", texts, "Preface.", replace=True)
    assert (done.start, done.end, done.index, done.changed) == (0, 8, 0, True)
    assert len(evidence(small_base, "tower-is-tall")) == 1


def test_a_new_place_makes_an_entry(small_base: Path, texts: Path) -> None:
    assert pin_quote(small_base, "tower-is-tall", "guide-1999", texts, "Preface.", at="p9").index == 1
    assert [found.at for found in evidence(small_base, "tower-is-tall")] == ["p1", "p9"]


@pytest.mark.parametrize(
    ("claim", "named", "says"),
    [
        ("tower-is-tal", "", "tower-is-tall"),
        ("tower-is-tall", "guide-199", "guide-1999"),
        ("tower-is-tall", "other", "does not cite other"),
        ("uncited", "", "cites 0 sources"),
        ("twice", "", "cites guide-1999 2 times, at 'p1', 'p2'"),
    ],
)
def test_what_is_in_doubt_is_refused(
    small_base: Path, texts: Path, claim: str, named: str, says: str
) -> None:
    (small_base / "sources/other.yaml").write_text("title: Another guide\n")
    (small_base / "towers/uncited.yaml").write_text("claim: Nobody says so.\norigin: ours\n")
    two = "claim: Twice.\nevidence: [{source: guide-1999, at: p1}, {source: guide-1999, at: p2}]\n"
    (small_base / "towers/twice.yaml").write_text(two)
    with pytest.raises(Refused, match=says):
        pin_quote(small_base, claim, named, texts, "Preface.")


def test_a_text_of_another_name_is_found_by_the_words(small_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    with pytest.raises(Refused, match=r"guide-1999\.txt"):
        pin_quote(small_base, "tower-is-tall", "", folder, "three hundred metres")
    (folder / "a.md").write_text(TEXT)
    (folder / "b.txt").write_text("Something else.")
    assert pin_quote(small_base, "tower-is-tall", "", folder, "three hundred metres").place.text == "a.md"
    (folder / "b.txt").write_text(TEXT)
    with pytest.raises(NotPinned, match="2 texts hold"):
        pin_quote(small_base, "tower-is-short", "", folder, "three hundred metres")
    with pytest.raises(NotPinned, match="none holds"):
        pin_quote(small_base, "tower-is-short", "", folder, "four hundred metres")


def test_the_base_that_comes_with_kb_is_left_alone(
    small_base: Path, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "is_shipped", lambda root: True)
    with pytest.raises(Refused, match="read-only"):
        pin_quote(small_base, "tower-is-tall", "", texts, "Preface.")


# --- lines and likeness -----------------------------------------------------------


@given(st.text(), st.data())
def test_every_offset_has_its_line(raw: str, data: st.DataObject) -> None:
    starts = passages.line_starts(raw)
    whole = norm.normalise(raw)
    lines = [norm.normalise(line) for line in raw.split("\n")]
    assert " ".join(filter(None, lines)) == whole
    if whole:
        at = data.draw(st.integers(0, len(whole) - 1))
        line = passages.line_of(starts, at)
        begun = starts[line - 1]
        assert begun <= at
        assert (lines[line - 1] + " ")[at - begun] == whole[at]


def test_the_likest_passages_do_not_overlap_and_come_in_order() -> None:
    text = quotes.Text.of("a cat sat on the mat. the dog ate. a cat sat on one mat. nothing. the end of it")
    first, second = passages.nearest(text, "a cat sat on the mat")[:2]
    assert text.norm[first.start : first.end] == "a cat sat on the mat"
    assert text.norm[second.start : second.end] == "a cat sat on one mat"
    assert first.share == pytest.approx(1)
    assert second.share < 1
    assert passages.nearest(text, "entirely other words") == []


# --- many pins --------------------------------------------------------------------


def base_of(pins: list[tuple[str, Quote]]) -> Base:
    claims = {
        f"c{number}": Claim(f"c{number}", "Text.", file="t/c.yaml", evidence=(Evidence(name, quote=quote),))
        for number, (name, quote) in enumerate(pins)
    }
    return Base("", Config("Test"), claims=claims)


WORDS = st.lists(st.sampled_from(["ab", "ba", "abba", "aab.", "(b)", "c"]), min_size=5, max_size=60)


@given(WORDS, WORDS, st.lists(st.tuples(st.integers(0, 50), st.integers(1, 8)), min_size=1, max_size=12))
def test_many_pins_at_once_become_what_each_becomes_alone(
    old: list[str], new: list[str], spans: list[tuple[int, int]]
) -> None:
    text = " ".join(old)
    pins = []
    for first, length in spans:
        words = " ".join(old[first % len(old) :][:length])
        near = len(" ".join(old[: first % len(old)])) + 1
        pins.append(quotes.pin(text, words, near=near))
    for now in (text, " ".join(new), " ".join([*new, *old])):
        assert quotes.find_all(pins, now) == [quotes.find(pin, now) for pin in pins]
        for pin, found in zip(pins, quotes.find_all(pins, now), strict=True):
            if found.status != "stale":
                words = now[found.start : found.end]
                assert hashlib.sha256(words.encode()).hexdigest() == pin.sha256


def test_work_grows_with_pins_and_texts_and_not_with_their_product(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts are taken apart once each, and read one at a time; counted, for a time would be luck."""
    apart: list[int] = []
    taken = norm.shingles

    def counted(words: str) -> tuple[int, ...]:
        if len(words) > 2_000:
            apart.append(len(words))
        return taken(words)

    monkeypatch.setattr(norm, "shingles", counted)
    pins, files = [], 12
    for number in range(files):
        words = [f"w{number}x{at}" for at in range(500)]
        text = " ".join(words)
        (tmp_path / f"scan{number}.txt").write_text("Before it. " + text)
        pins += [
            (f"source-{number}", quotes.pin(text, " ".join(words[at : at + length])))
            for at in range(0, 480, 10)
            for length in (2, 9)
        ]
    results = verifying.verify(base_of(pins), tmp_path)
    assert {result.status for result in results} == {"moved"}
    assert {result.text for result in results if result.source == "source-3"} == {"scan3.txt"}
    assert len(apart) == files


def test_pins_at_their_places_need_no_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "essay.txt").write_text(TEXT, "utf-8")
    pins = [("essay", quotes.pin(TEXT, "three hundred metres")), ("essay", quotes.pin(TEXT, "Preface."))]

    def refuse(self: Any) -> Any:
        raise AssertionError("the text was taken apart")

    monkeypatch.setattr(norm.Text, "words", property(refuse))
    monkeypatch.setattr(norm.Text, "runs", property(refuse))
    assert [result.status for result in verifying.verify(base_of(pins), tmp_path)] == ["found", "found"]
