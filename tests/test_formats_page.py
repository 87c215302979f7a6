"""The page about formats says what their modules say."""

from __future__ import annotations

import re

import pytest

from kb import formats
from kb.formats.holding import FEATURES
from kb.formats.page import END, START, renewed, tables
from tests.conftest import PROJECT

PAGE = PROJECT / "docs" / "formats.md"
EVERY = [formats.module(name).FORMAT for name in formats.MODULES]


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text("utf-8")
    assert page == renewed(page, EVERY), "run python -m kb.formats.page docs/formats.md"


def test_every_format_and_feature_is_in_the_tables() -> None:
    made = tables(EVERY)
    rows = [line for line in made.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(EVERY) + 2 + len(FEATURES)
    for form in EVERY:
        assert all(words in made for words in (form.title, *form.coming, *form.going))
    told = {row.split("|")[1].strip() for row in rows}
    assert set(FEATURES.values()) <= told
    assert sum(row.count("| yes") for row in rows) == sum(
        len(form.holds) + form.reads + form.writes for form in EVERY
    )


def test_features_are_spelled_right() -> None:
    for form in EVERY:
        assert form.holds <= FEATURES.keys(), form.name
        assert form.reads or form.writes


def test_commands_on_the_page_name_formats() -> None:
    named = re.findall(r"kb (import|export) ([a-z-]+)", PAGE.read_text("utf-8"))
    assert len(named) > 8
    for way, name in named:
        form = formats.module(name).FORMAT
        assert form.reads if way == "import" else form.writes


@pytest.mark.parametrize("page", ["", START, END, f"{END}{START}"])
def test_a_page_without_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="lacks the line"):
        renewed(page, EVERY)


def test_words_outside_the_marks_stay() -> None:
    page = f"before\n{START}\nold\n{END}\nafter\n"
    made = renewed(page, EVERY)
    assert made.startswith("before\n")
    assert made.endswith("\nafter\n")
    assert "old" not in made.splitlines()
    assert renewed(made, EVERY) == made
