"""Characters that nobody sees: what they are called, and that no command writes them into a base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.api import add_sources, import_file, load
from kb.checks.records import damage, entries
from kb.commands.creating import new_question
from kb.commands.starting import init
from kb.source.unseen import UNSEEN, counted, named, without
from kb.source.writer import dump_yaml


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x00", "U+0000 (NULL)"),
        ("\x07", "U+0007 (BELL)"),
        ("\x1b", "U+001B (ESCAPE)"),
        ("\x1f", "U+001F (UNIT SEPARATOR)"),
        ("\x7f", "U+007F (DELETE)"),
        ("\x9b", "U+009B (CONTROL)"),
        ("\u2066", "U+2066 (LEFT-TO-RIGHT ISOLATE)"),
        ("\ufeff", "U+FEFF (BYTE ORDER MARK)"),
        ("\uffff", "U+FFFF (no character)"),
    ],
)
def test_each_has_a_name(character: str, name: str) -> None:
    assert named(character) == name


def test_what_is_left_out_and_what_stays() -> None:
    given = {
        "a\u202eb": ["x\r\ny\rz\x0b.", ("\ufeff", 1.5, None, True)],
        "c": "tab\t, mark\u200f, break\u2028",
    }
    kept = {"ab": ["x\ny\nz .", ["", 1.5, None, True]], "c": "tab\t, mark\u200f, break\u2028"}
    assert without(given) == kept
    assert (counted(given), counted(kept)) == (4, 0)
    assert "\\u2028" in dump_yaml(kept), UNSEEN


def test_other_tools_files_bring_none_into_a_base(tmp_path: Path, small_base: Path) -> None:
    (tmp_path / "talk.argdown").write_text("[A tower]: The tower\x1b is \u202etall.\n", "utf-8")
    done = import_file("argdown", tmp_path / "talk.argdown", tmp_path / "new")
    assert [loss.what for loss in done.exchange.lost] == ["2 characters"]
    assert load(tmp_path / "new").claims["a-tower"].text == "The tower is tall."
    work = {"type": "book", "issued": "2001", "title": "A \x07bell", "author": [{"family": "Ring\ufeff"}]}
    (tmp_path / "works.json").write_text(json.dumps([work]), "utf-8")
    added = add_sources(small_base, tmp_path / "works.json")
    assert [loss.what for loss in added.lost] == ["2 characters"]
    assert load(small_base).sources["ring-2001"].title == "A bell"


def test_what_a_person_types_brings_none_into_a_base(small_base: Path, tmp_path: Path) -> None:
    made = new_question(small_base, "Is\x1b it \u202eold?", ["tower-is-tall"], about="From \x07there.")
    assert [found.rule for found in made.findings] == ["KB218"]
    question = [*load(small_base).questions.values()][-1]
    assert (question.text, question.about) == ("Is it old?", "From there.")
    started = init(tmp_path / "new", title="The \x1btower\u202e")
    assert started.title == load(started.base).title == "The tower"
    assert not any("\x1b" in (started.folder / file).read_text("utf-8") for file in started.files)


def test_a_recorded_verdict_with_one_is_passed_over(small_base: Path) -> None:
    load(small_base).run("tower-climb", record=True)
    file = small_base / "results" / "tower-climb.json"
    data = json.loads(file.read_text("utf-8"))
    data["entries"].append(json.loads(json.dumps(data["entries"][0])))
    data["entries"][1]["result"]["reason"] = "\x1b[2Jfine"
    file.write_text(json.dumps(data), "utf-8")
    assert len(entries(small_base, "tower-climb")) == 1
    assert str(damage(small_base, "tower-climb")) == "entry 2 holds a character that cannot be seen"
