"""Characters that nobody sees: what they are called, and that no command writes them into a base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.api import add_sources, import_file, load
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
