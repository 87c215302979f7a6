"""``kb search``: what it finds in which order, and what it says when nothing has the words."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import kb as package
from kb.cli import searching
from kb.commands.searching import KINDS, fold
from tests.conftest import PROJECT, Ran, missing

Kb = Callable[..., Ran]
ODD = 'claim: Żółć, naïveté and Ærøskøbing are spelt so.\ntitle: "Łódź’s Straße"\ncheckable: {no: A name.}\n'


def test_each_kind_is_found_the_best_first(small_base: Path) -> None:
    (small_base / "towers/odd-letters.yaml").write_text(ODD, "utf-8")
    base = package.load(small_base)
    for words, kinds, first in (
        ("is tower tall", (), "height"),  # a question before a claim that is as good
        ("tall tower", ("claim",), "tower-is-tall"),
        ("STOREYS height", (), "tower-height"),
        ("rivet", (), "guide-1999"),
        ("guide-19", (), "guide-1999"),
        ("hill nearby", (), "tower-is-short"),
        ("climb", (), "tower-is-climbed"),
        ("lodz strasse", (), "odd-letters"),
        ("zolc AEROSKOBING naivete", (), "odd-letters"),
    ):
        assert base.search(words, kinds).hits[0].id == first, words
    assert {hit.kind for hit in base.search("tower", ("check",)).hits} == {"check"}
    assert base.search("  ").hits == ()
    with pytest.raises(ValueError, match="measurement, not claims"):
        base.search("tower", ("claims", "check"))


def test_letters_are_folded_as_on_the_site() -> None:
    node = shutil.which("node")
    if node is None:
        missing("node is not installed")
    script = (PROJECT / "templates/static/site.js").read_text("utf-8")
    parts = (r"(?:var|const) PLAIN = .*?;\n", r"function fold\(text\) \{.*?\n  \}\n")
    found = [match[0] for part in parts if (match := re.search(part, script, re.DOTALL))]
    assert len(found) == len(parts)
    text = "ŻÓŁĆ naïveté Ærøskøbing Straße İstanbul ıd Þór ĐŽ ﬁne ΣΑΣ é"
    code = "".join(found) + f"process.stdout.write(fold({text!r}))"
    done = subprocess.run([node, "-e", code], capture_output=True, check=True)
    assert done.stdout.decode() == fold(text)


def test_on_the_command_line(kb: Kb, small_base: Path) -> None:
    ran = kb("search", "of", "tower", "steps", "--base", small_base)
    assert ran.code == 0, ran.err
    assert ran.out == "Steps of the tower\n  check: not run yet · checks/tower-steps.yaml\n"
    assert ran.err == "1 hit.\n"
    few = kb("search", "tower", "--base", small_base, "--kind", "claim", "--limit", "1")
    assert few.out.splitlines()[1].startswith("  claim: open, ")
    assert "; 2 more with a higher --limit." in few.err
    data = kb("search", "tower", "--base", small_base, "--limit", "2", "--format", "json").json
    assert data["count"] > len(data["hits"]) == 2
    assert data["hits"][0] | {"score": 0, "text": ""} == {
        "kind": "question",
        "id": "height",
        "title": "Is the tower tall?",
        "text": "",
        "file": "kb.yaml",
        "score": 0,
        "state": "",
        "reason": "",
    }


def test_nothing_found_says_which_word_and_what_was_meant(kb: Kb, small_base: Path) -> None:
    ran = kb("search", "towre", "storeyz", "--base", small_base)
    assert (ran.code, ran.err) == (1, "")
    assert (
        ran.out == "Nothing has “towre”; did you mean tower?\nNothing has “storeyz”; did you mean storeys?\n"
    )
    apart = kb("search", "hill", "rivet", "--base", small_base)
    assert apart.code == 1
    assert "Nothing has all of “hill rivet”, though each word stands in one" in apart.out
    elsewhere = kb("search", "rivet", "--base", small_base, "--kind", "claim", "--kind", "check")
    assert elsewhere.out == "No claim or check has “rivet”.\n"
    told = kb("search", "qqq", "--base", small_base, "--format", "json")
    assert (told.code, told.json["hits"], told.json["unknown"]) == (1, [], {"qqq": []})
    assert kb("search", " ", "--base", small_base).code == 2


def test_a_check_that_was_run_says_its_verdict(small_base: Path) -> None:
    base = package.load(small_base)
    base.run("tower-height")
    (hit,) = base.search("height from its storeys").hits
    assert (hit.state, hit.file) == ("holds", "checks/tower-height.yaml")
    assert base.search("tower is tall", ("claim",)).hits[0].state == "stands"


def test_the_kinds_of_the_command_are_those_that_are_searched() -> None:
    assert searching.KINDS == KINDS
