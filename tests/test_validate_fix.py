"""``kb validate --fix``: what has one safe cure is cured, and nothing else is touched."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.commands import fixing
from kb.commands.fixing import FixingError, fix
from kb.diagnostics.rules import RULES
from kb.lint.cures import CURES, one_slip
from kb.resources import example_base
from kb.source import replacing
from kb.source.replacing import write_text
from tests.conftest import Ran

Kb = Callable[..., Ran]
TALL, SHORT, CLIMBED = (f"towers/tower-is-{word}.yaml" for word in ("tall", "short", "climbed"))
HEAD = "# what we found out\nclaim: Visitors climb more than a thousand steps.  # all of them\n\n"


def read(root: Path, file: str) -> str:
    return (root / file).read_bytes().decode("utf-8")


def edit(root: Path, file: str, old: str, new: str) -> None:
    text = read(root, file)
    assert old in text
    (root / file).write_bytes(text.replace(old, new).encode())


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".kb" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


CASES = {
    "KB020": (CLIMBED, "suports: [tower-is-tall]\n", "supports: [tower-is-tall]\n"),
    "KB022 list": (CLIMBED, "supports: tower-is-tall # why\n", "supports: [tower-is-tall] # why\n"),
    "KB022 text": (CLIMBED, "title: 2024 # year\n", 'title: "2024" # year\n'),
    "KB022 number": (CLIMBED, "prior: '0.4'\n", "prior: 0.4\n"),
    "KB023": (
        CLIMBED,
        "supports:\n  # the one\n  - {claim: tower-is-tall, strength: Strong, because: So.}\n",
        "supports:\n  # the one\n  - {claim: tower-is-tall, strength: strong, because: So.}\n",
    ),
    "KB028": (CLIMBED, "tags: [steps, towers, steps]  # two\n", "tags: [steps, towers]  # two\n"),
    "KB225": (
        CLIMBED,
        "supports:\n  - {claim: tower-is-tall, id: tower-is-climbed--supports--tower-is-tall}  # x\n",
        "supports:\n  - {claim: tower-is-tall}  # x\n",
    ),
    "KB240": (
        CLIMBED,
        "allow:\n  - {rule: KB216, because: It is short.}\nnotes: Some.\n",
        "notes: Some.\n",
    ),
    "KB101": (CLIMBED, "supports:\n  - old-tall  # it was\n", "supports:\n  - tower-is-tall  # it was\n"),
    "KB102": (CLIMBED, "checks: [old-climb]\n", "checks: [tower-climb]\n"),
    "KB103": (
        CLIMBED,
        "evidence:\n  - source: old-guide\n    at: p3  # there\n",
        "evidence:\n  - source: guide-1999\n    at: p3  # there\n",
    ),
    "KB106": (
        CLIMBED,
        "undercuts: [tower-is-short--attacks--old-tall]\n",
        "undercuts: [tower-is-short--attacks--tower-is-tall]\n",
    ),
    "KB109": (CLIMBED, "stance: {old-tall: neutral}\n", "stance: {tower-is-tall: neutral}\n"),
    "KB036": (
        CLIMBED,
        "",
        "",
    ),
}
RENAMED = """\
renamed: {old-tall: older-tall, older-tall: tower-is-tall, old-climb: tower-climb, old-guide: guide-1999}
"""


@pytest.mark.parametrize("case", CASES)
def test_a_fault_with_one_safe_cure_is_cured_and_all_else_stays(small_base: Path, case: str) -> None:
    rule = case.split()[0]
    file, before, after = CASES[case]
    start = HEAD
    if rule == "KB036":
        start = "# yaml-language-server: $schema=../../schema/check.schema.json\n" + HEAD
    (small_base / file).write_text(start + before, "utf-8")
    (small_base / "kb.yaml").write_text(read(small_base, "kb.yaml") + RENAMED, "utf-8")
    untouched = {name: data for name, data in files(small_base).items() if name != file}
    fixed = fix(small_base)
    assert rule in [d.rule for d in fixed.cured]
    assert read(small_base, file) == start.replace("check.schema", "claim.schema") + after
    assert {name: data for name, data in files(small_base).items() if name != file} == untouched
    assert rule not in [d.rule for d in fixed.left.diagnostics]
    again = fix(small_base)
    assert (again.cured, again.after) == ((), {})


def test_a_byte_order_mark_goes(small_base: Path) -> None:
    text = (small_base / TALL).read_bytes()
    (small_base / TALL).write_bytes(b"\xef\xbb\xbf" + text)
    assert [d.rule for d in fix(small_base).cured] == ["KB003"]
    assert (small_base / TALL).read_bytes() == text


def test_a_byte_order_mark_within_a_file_goes_and_what_a_person_must_judge_stays(small_base: Path) -> None:
    text = read(small_base, TALL)
    (small_base / TALL).write_text(text.replace("is more", "is\ufeff more"), "utf-8")
    assert [d.rule for d in fix(small_base).cured] == ["KB012"]
    assert read(small_base, TALL) == text
    (small_base / TALL).write_text(text.replace("is more", "is\u202e more"), "utf-8")
    (left,) = (d for d in fix(small_base).left.diagnostics if d.rule == "KB012")
    assert left.message.startswith("the character U+202E (RIGHT-TO-LEFT OVERRIDE) makes text read in another")


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_nothing_else_of_the_file_changes(small_base: Path, end: str) -> None:
    text = f"{HEAD}evidence: [{{source: guide-1999, at: p3}}]  \nchecks: [tower-climb]".replace("\n", end)
    (small_base / CLIMBED).write_bytes(text.replace("all of", "all\ufeff of").encode())
    assert [d.rule for d in fix(small_base).cured] == ["KB012"]
    assert (small_base / CLIMBED).read_bytes() == text.encode()


def test_a_rename_that_is_cut_short_loses_no_file(small_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cut short by a kill cannot put back what it removed."""
    (small_base / TALL).rename(small_base / "towers" / "tower-is-tall.yml")
    there: list[bool] = []

    def noted(path: Path, text: str | None) -> None:
        write_text(path, text)
        there.append(any((small_base / "towers").glob("tower-is-tall.y*ml")))

    monkeypatch.setattr(replacing, "write_text", noted)
    assert [d.rule for d in fix(small_base).cured] == ["KB030"]
    assert there == [True, True]


def test_a_file_with_another_ending_is_renamed_when_it_is_sound_in_its_place(small_base: Path) -> None:
    (small_base / TALL).rename(small_base / "towers" / "tower-is-tall.yml")
    (small_base / "towers" / "compose.yml").write_text("services: {web: {}}\n", "utf-8")
    fixed = fix(small_base)
    assert [d.rule for d in fixed.cured] == ["KB030"]
    assert fixed.after["towers/tower-is-tall.yml"] is None
    assert (small_base / TALL).is_file()
    assert (small_base / "towers" / "compose.yml").is_file()
    assert [d.file for d in fixed.left.diagnostics if d.rule == "KB030"] == ["towers/compose.yml"]


def test_windows_line_ends_stay(small_base: Path) -> None:
    (small_base / CLIMBED).write_bytes(b"claim: Visitors climb.\r\ntags: [a-b, a-b]\r\n")
    fix(small_base)
    assert (small_base / CLIMBED).read_bytes() == b"claim: Visitors climb.\r\ntags: [a-b]\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "supports: [tower-is-tal]\n",  # a claim of that name may still be meant to be written
        "supports: a, b\n",  # two entries, or one?
        "sports: tower-is-tall\n",  # the value does not fit the field of that name
        "colour: red\n",
        "title:\n",
        "prior: 1.4\n",
        "title: One\ntitle: Two\n",
    ],
)
def test_what_a_person_has_to_decide_is_left_alone(small_base: Path, text: str) -> None:
    (small_base / CLIMBED).write_text(HEAD + text, "utf-8")
    before = files(small_base)
    fixed = fix(small_base)
    assert (fixed.cured, fixed.after) == ((), {})
    assert any(d.severity == "error" for d in fixed.left.diagnostics)
    assert files(small_base) == before


def test_several_faults_of_one_file_are_cured_together(small_base: Path) -> None:
    text = "tags: [x-y, x-y, z-z, x-y]\nsuports: [tower-is-tall]\ntitle: 2024\n"
    (small_base / CLIMBED).write_text(HEAD + text, "utf-8")
    fixed = fix(small_base)
    cured = 'tags: [x-y, z-z]\nsupports: [tower-is-tall]\ntitle: "2024"\n'
    assert read(small_base, CLIMBED) == HEAD + cured
    assert [d for d in fixed.left.diagnostics if d.severity == "error"] == []


def test_a_dry_run_prints_a_diff_that_patch_applies(kb: Kb, small_base: Path) -> None:
    (small_base / CLIMBED).write_text(HEAD + "tags: [steps, steps]\n", "utf-8")
    before = files(small_base)
    ran = kb("validate", "--fix", "--dry-run", "--base", small_base)
    assert ran.code == 1
    assert "1 finding in 1 file would be fixed." in ran.err
    assert files(small_base) == before
    done = subprocess.run(
        ["git", "apply", "-p1"], cwd=small_base, input=ran.out, text=True, capture_output=True, check=False
    )
    assert done.stderr == ""
    assert read(small_base, CLIMBED) == HEAD + "tags: [steps]\n"
    assert kb("validate", "--fix", "--dry-run", "--base", small_base).code == 0


def test_the_command_says_what_it_did_and_what_is_left(kb: Kb, small_base: Path) -> None:
    (small_base / CLIMBED).write_text(HEAD + "tags: [steps, steps]\nsupports: [no-such-claim]\n", "utf-8")
    ran = kb("validate", "--fix", "--base", small_base)
    assert ran.code == 1
    said = f'fixed {CLIMBED}: KB028: `tags` has "steps" twice\n1 finding in 1 file fixed.\n'
    assert ran.out.startswith(said)
    assert "KB101" in ran.out
    assert "KB028" not in kb("validate", "--base", small_base).out
    data = kb("validate", "--fix", "--format", "json", "--base", small_base).json
    assert (data["fixed"], data["files_changed"], data["errors"]) == ([], [], 1)


def test_dry_run_alone_is_wrong_usage(kb: Kb, small_base: Path) -> None:
    ran = kb("validate", "--dry-run", "--base", small_base)
    assert ran.code == 2
    assert "--fix" in ran.err


def test_when_one_file_cannot_be_written_none_is_changed(
    small_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (CLIMBED, SHORT):
        (small_base / file).write_text(HEAD + "tags: [steps, steps]\n", "utf-8")
    before = files(small_base)
    original = fixing.replace_texts.__globals__["write_text"]
    written: list[Path] = []

    def failing(path: Path, text: str | None) -> None:
        written.append(path)
        if len(written) == 2:
            raise OSError(28, "No space left on device", str(path))
        original(path, text)

    monkeypatch.setitem(fixing.replace_texts.__globals__, "write_text", failing)
    with pytest.raises(OSError, match="No space"):
        fix(small_base)
    assert files(small_base) == before


def test_a_file_that_is_changed_meanwhile_is_not_overwritten(
    small_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small_base / CLIMBED).write_text(HEAD + "tags: [steps, steps]\n", "utf-8")
    original = fixing.replace_texts

    def late(root: Path, before: dict[str, str | None], after: dict[str, str | None]) -> None:
        (small_base / CLIMBED).write_text("claim: Mine.\n", "utf-8")
        original(root, before, after)

    monkeypatch.setattr(fixing, "replace_texts", late)
    with pytest.raises(FixingError, match="changed meanwhile"):
        fix(small_base)
    assert read(small_base, CLIMBED) == "claim: Mine.\n"


def test_the_shipped_base_is_never_changed(small_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixing, "is_shipped", lambda root: root == small_base)
    with pytest.raises(FixingError, match="copy it first"):
        fix(small_base)


def test_the_example_has_nothing_to_fix(tmp_path: Path) -> None:
    copy = tmp_path / "claims"
    shutil.copytree(example_base(), copy, ignore=shutil.ignore_patterns(".kb"))
    assert fix(copy).after == {}


def test_the_rules_that_are_cured_say_so() -> None:
    assert {rule.number for rule in RULES.values() if rule.fix} == {*CURES, "KB030"}


@pytest.mark.parametrize(
    ("written", "meant", "slip"),
    [
        ("suports", "supports", True),
        ("suppports", "supports", True),
        ("supprots", "supports", True),
        ("supportz", "supports", True),
        ("supports", "supports", False),
        ("sports", "supports", False),
        ("uspprots", "supports", False),
        ("tile", "title", True),
        ("as", "at", False),
    ],
)
def test_one_slip_of_the_pen(written: str, meant: str, slip: bool) -> None:
    assert one_slip(written, meant) is slip
