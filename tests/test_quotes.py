"""Quote pins: what is pinned is found again, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.model import Base, Claim, Config, Evidence, Quote
from kb.source import quotes, verifying
from kb.source.norm import normalise, shingles

TEXT = (
    "Training a larger model costs more. “Compute is the bottleneck,” they wrote, and few disagreed. "
    "Yet the price of a FLOP keeps falling – by half every two years – so the bill may not grow."
)

words = st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=1, max_size=40)


def spoiled(text: str, choices: list[int]) -> str:
    """The same words with other spaces, quotation marks and dashes, and soft hyphens inside words."""
    variants = {
        " ": ["  ", "\n", " \t ", "\u00a0"],
        "'": ["\u2019", "\u2018", "\u2032"],
        '"': ["\u201c", "\u201d", "\u00ab"],
        "-": ["\u2013", "\u2014", "\u2212"],
    }
    out = []
    for number, character in enumerate(text):
        choice = choices[number % len(choices)] if choices else 0
        options = variants.get(character, [character, character + "\u00ad"])
        out.append(options[choice % len(options)])
    return "".join(out)


@given(st.text(), st.text())
def test_normalising_twice_changes_nothing(a: str, b: str) -> None:
    once = normalise(a + b)
    assert normalise(once) == once


def test_norm_1_folds_marks_and_space_and_keeps_case() -> None:
    assert normalise("  ‘Yes’,\u00a0she\nsaid — “N\u00adO” ﬁn\u00b4s ") == "'Yes', she said - \"NO\" fin's"


def test_a_pin_holds_no_words_and_its_hashes_are_the_documented_ones() -> None:
    pinned = quotes.pin("a Compute is, the", "Compute is, the")
    assert quotes.to_yaml(pinned) == {
        "norm": 1,
        "start": 2,
        "end": 17,
        # printf 'Compute is, the' | sha256sum; the shingle: printf 'compute is the' | sha256sum | cut -c-8
        "sha256": "a4cb1539853482f090ee76340e5e06e3e72c69406ddc876fd5600bcbab2caf61",
        "shingles": [0x7A5DE171],
    }


@given(words, st.data())
def test_pinned_words_are_found_after_spaces_quotes_and_dashes_change(
    vocabulary: list[str], data: st.DataObject
) -> None:
    joints = data.draw(st.lists(st.sampled_from([" ", " - ", ' "', "' "]), min_size=len(vocabulary)))
    text = normalise("".join(word + joint for word, joint in zip(vocabulary, joints, strict=False)))
    first = data.draw(st.integers(0, len(vocabulary) - 1))
    last = data.draw(st.integers(first, len(vocabulary) - 1))
    spans = quotes.Text(text).words
    start, end = spans[first][0], spans[last][1]
    pinned = quotes.pin(text, text[start:end], near=start)
    found = quotes.find(pinned, spoiled(text, data.draw(st.lists(st.integers(0, 3), max_size=7))))
    assert (found.status, found.start, found.end, found.share) == ("found", start, end, 1.0)


@given(words, words, st.data())
def test_words_that_moved_are_found_where_they_went(
    before: list[str], quoted: list[str], data: st.DataObject
) -> None:
    mark = data.draw(st.sampled_from(["", '"', "(", "..."]))
    quote = mark + " ".join(["zebra", *quoted])
    text = quote + " end"
    pinned = quotes.pin(text, quote)
    moved = "X " + " ".join(before) + " " + text
    found = quotes.find(pinned, moved)
    assert found.status == "moved"
    assert moved[found.start : found.end] == quote


@given(st.lists(st.text("abcdefgh", min_size=2, max_size=6), min_size=6, max_size=30), st.data())
def test_an_edit_inside_the_quote_is_stale_and_the_passage_is_shown(
    vocabulary: list[str], data: st.DataObject
) -> None:
    assume(len(set(vocabulary)) == len(vocabulary))
    quote = " ".join(vocabulary)
    pinned = quotes.pin(f"Before it. {quote} After it.", quote)
    edited = list(vocabulary)
    edited[data.draw(st.integers(0, len(vocabulary) - 1))] = "zulu"
    text = f"Something else came first. {' '.join(edited)} After it."
    found = quotes.find(pinned, text)
    assert found.status == "stale"
    assert 0 < found.share < 1
    assert text[found.start : found.end] == " ".join(edited)


@given(st.builds(Quote, st.integers(-5, 60), st.integers(-5, 60), st.text(max_size=64)), st.text())
def test_a_nonsense_pin_is_stale_and_never_crashes(quote: Quote, text: str) -> None:
    assert quotes.find(quote, text).status == "stale"


@given(st.text(), st.text())
def test_any_text_can_be_pinned_or_is_refused_with_a_reason(text: str, quoted: str) -> None:
    try:
        pinned = quotes.pin(text, quoted)
    except quotes.PinError:
        return
    assert quotes.find(pinned, text).status == "found"
    assert quotes.find(pinned, "Q " + normalise(text)).status in ("found", "moved")


def test_words_that_stand_twice_need_a_place_and_the_nearest_is_taken() -> None:
    text = "more is better, said he; more is better, said she; more is better."
    with pytest.raises(quotes.PinError, match=r"3 places \(0, 25, 51\)"):
        quotes.pin(text, "more is better")
    pinned = quotes.pin(text, "more is better", near=30)
    assert pinned.start == 25
    assert quotes.find(pinned, "Oh, " + text).start == 29


@pytest.mark.parametrize(
    ("quoted", "says"),
    [
        (" \n ", "no words"),
        ("compute was the bottleneck", "does not hold"),
        ("ompute is the", "inside a word"),
        ("Compute is the bottlenec", "inside a word"),
    ],
)
def test_what_cannot_be_pinned_is_said(quoted: str, says: str) -> None:
    with pytest.raises(quotes.PinError, match=says):
        quotes.pin(TEXT, quoted)


def test_a_word_or_two_are_found_without_shingles() -> None:
    pinned = quotes.pin(TEXT, "FLOP keeps")
    assert pinned.shingles == ()
    assert quotes.find(pinned, "New. " + TEXT).status == "moved"
    assert quotes.find(pinned, TEXT.replace("keeps", "kept")) == quotes.Found("stale", 0, 0, 0.0)


def test_scripts_without_spaces_can_be_quoted_from_the_middle() -> None:
    text = "大規模な計算は高価である。しかし価格は下がる。"
    pinned = quotes.pin(text, "計算は高価")
    assert len(pinned.shingles) == 3
    assert quotes.find(pinned, "さて、" + text).status == "moved"


def test_shingles_ignore_case_and_punctuation() -> None:
    assert shingles("The price, of A flop") == shingles("the (price) of a FLOP")
    assert shingles("two words") == ()


def test_a_pin_of_another_norm_is_refused() -> None:
    with pytest.raises(ValueError, match="norm 2"):
        quotes.find(Quote(0, 1, "", norm=2), TEXT)


# --- a base against a folder of texts -----------------------------------------


def base_of(*pins: tuple[str, str, Quote]) -> Base:
    claims = {
        claim: Claim(claim, "Text.", file=f"topic/{claim}.yaml", evidence=(Evidence(source, quote=quote),))
        for claim, source, quote in pins
    }
    return Base("", Config("Test"), claims=claims)


def test_a_source_is_matched_by_its_id_before_its_words(tmp_path: Path) -> None:
    (tmp_path / "another.txt").write_text(TEXT, "utf-8")
    (tmp_path / "essay.txt").write_text("Nothing of the kind is said in here.", "utf-8")
    base = base_of(("bottleneck", "essay", quotes.pin(TEXT, "Compute is the bottleneck")))
    [result] = verifying.verify(base, tmp_path)
    assert (result.status, result.text, result.claim, result.index) == ("stale", "essay.txt", "bottleneck", 0)


def test_a_source_without_a_file_of_its_name_is_matched_by_its_words(tmp_path: Path) -> None:
    (tmp_path / "000.txt").write_text("Quite another text about other things altogether.", "utf-8")
    (tmp_path / "001.txt").write_text("Preface. " + TEXT.replace("larger", "bigger"), "utf-8")
    base = base_of(
        ("bottleneck", "essay", quotes.pin(TEXT, "Compute is the bottleneck")),
        ("costs", "essay", quotes.pin(TEXT, "Training a larger model costs more")),
        ("elsewhere", "unknown", quotes.pin("Not in any of the files", "Not in any")),
    )
    moved, stale, missing = verifying.verify(base, tmp_path)
    assert (moved.status, moved.text) == ("moved", "001.txt")
    assert (stale.status, stale.passage) == ("stale", "Training a bigger model costs more")
    assert "nearest passage" in stale.says
    assert (missing.status, missing.text) == ("no text", "")
    assert "unknown.txt" in missing.says


def test_texts_that_are_not_utf_8_are_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "essay.txt").write_bytes(b"\xff\xfe caf\xe9 and more. Compute is the bottleneck.")
    base = base_of(("bottleneck", "essay", quotes.pin(TEXT, "Compute is the bottleneck")))
    assert [r.status for r in verifying.verify(base, tmp_path)] == ["moved"]
