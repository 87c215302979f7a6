"""``kb diff`` on histories with known edits: it names exactly those, and touches nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import pytest

from kb.commands.diff import BrokenRevision, Difference, diff
from kb.commands.opening import open_base
from kb.resources import example_base
from kb.review import NoRevision, base_at
from kb.review.model import Edit
from kb.source import outcome
from kb.source.outcome import examine
from tests.conftest import SMALL_BASE, Ran, write_base

Kb = Callable[..., Ran]
Named = tuple[str, str, str]
TALL, SHORT, CLIMBED = (f"towers/tower-is-{word}.yaml" for word in ("tall", "short", "climbed"))
STEP = "tower-is-climbed--supports--tower-is-short"
MEASURED = next((example_base() / "measurements").glob("*.yaml"))
MORE = {
    "data/floors.csv": "year,floors\n1900,90\n1950,100\n2000,110\n",
    "data/floors.yaml": """\
title: Floors by year
columns: [{name: year}, {name: floors}]
source: guide-1999
at: p4
licence: CC0
""",
}


def git(root: Path, *arguments: str) -> str:
    names = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *arguments], cwd=root, env={**os.environ, **names}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(root: Path) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "A state of the base")
    return git(root, "rev-parse", "HEAD")


def put(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a base in its folder ``claims``, in one commit with the tag ``start``."""
    top = tmp_path / "repository"
    write_base(top / "claims", {**SMALL_BASE, **MORE})
    (top / ".gitignore").write_text(".kb/\n", "utf-8")
    git(top, "init", "-q")
    commit(top)
    git(top, "tag", "start")
    return top


def compared(top: Path, before: str = "start", after: str = "") -> Difference:
    return diff(top / "claims", before, after)


def named(found: Difference) -> set[Named]:
    return {(change.kind, change.how, change.id) for change in found.comparison.changes}


@dataclass(frozen=True)
class Known:
    """An edit of the base, and what it is called."""

    edit: Callable[[Path], None]
    names: frozenset[Named] = frozenset()


def _write(file: str, text: str) -> Callable[[Path], None]:
    return lambda root: write_base(root, {file: text}) and None


def _put(file: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: put(root, file, old, new)


def _all(*edits: Callable[[Path], None]) -> Callable[[Path], None]:
    def every(root: Path) -> None:
        for edit in edits:
            edit(root)

    return every


def _rename(root: Path) -> None:
    (root / CLIMBED).rename(root / "towers" / "people-climb.yaml")


def _move(root: Path) -> None:
    (root / "heights").mkdir()
    (root / SHORT).rename(root / "heights" / "tower-is-short.yaml")


LEANS = """\
claim: The tower leans.
origin: ours
checkable: {no: A test.}
supports: [tower-is-short]
undercuts: [tower-is-short--attacks--tower-is-tall]
"""
EDITS = {
    "a claim is added": Known(
        _write("towers/tower-leans.yaml", LEANS),
        frozenset(
            {
                ("claim", "added", "tower-leans"),
                ("relation", "added", "tower-leans--supports--tower-is-short"),
                ("relation", "added", "tower-leans--undercuts--tower-is-short--attacks--tower-is-tall"),
            }
        ),
    ),
    "a claim is reworded": Known(
        _put(SHORT, "a hill nearby", "any hill"), frozenset({("claim", "changed", "tower-is-short")})
    ),
    "a claim is retired": Known(
        _put(SHORT, "title:", "status: retired\ntitle:"), frozenset({("claim", "retired", "tower-is-short")})
    ),
    "a claim is removed": Known(
        lambda root: (root / CLIMBED).unlink(),
        frozenset(
            {
                ("claim", "removed", "tower-is-climbed"),
                ("relation", "removed", STEP),
                ("relation", "removed", "tower-climb > tower-is-climbed"),
            }
        ),
    ),
    "a claim is renamed in kb.yaml": Known(
        _all(
            _rename,
            lambda root: put(
                root, "kb.yaml", "format: 1", "format: 1\nrenamed: {tower-is-climbed: people-climb}"
            ),
            lambda root: put(root, "towers/people-climb.yaml", "more than a thousand", "over 1000"),
        ),
        frozenset({("claim", "renamed", "people-climb")}),
    ),
    "a claim is renamed without a word": Known(_rename, frozenset({("claim", "renamed", "people-climb")})),
    "a file is moved": Known(_move),
    "a relation is added": Known(
        _put(TALL, "checks:", "attacks: [tower-is-short]\nchecks:"),
        frozenset({("relation", "added", "tower-is-tall--attacks--tower-is-short")}),
    ),
    "a relation is removed": Known(
        _put(SHORT, "attacks: [tower-is-tall]\n", ""),
        frozenset({("relation", "removed", "tower-is-short--attacks--tower-is-tall")}),
    ),
    "a strength is changed": Known(
        _put(CLIMBED, "strength: moderate", "strength: strong"), frozenset({("relation", "changed", STEP)})
    ),
    "the bearing of a check is changed": Known(
        _put(SHORT, "bears: context, because: Says", "bears: context, because: Tells"),
        frozenset({("relation", "changed", "tower-steps > tower-is-short")}),
    ),
    "a number of a check is changed": Known(
        _put("checks/tower-height.yaml", "value: 4", "value: 2"),
        frozenset({("check", "changed", "tower-height")}),
    ),
    "a check is added": Known(
        _write("checks/tower-floors.yaml", SMALL_BASE["checks/tower-steps.yaml"]),
        frozenset({("check", "added", "tower-floors")}),
    ),
    "a source is changed": Known(
        _put("sources/guide-1999.yaml", "1999-05-01", "1999-06-01"),
        frozenset({("source", "changed", "guide-1999")}),
    ),
    "a quantity is changed": Known(
        _put("quantities/towers.yaml", "p95: 105", "p95: 106"),
        frozenset({("quantity", "changed", "tower-storeys")}),
    ),
    "a table is described anew": Known(
        _put("data/floors.yaml", "title: Floors", "title: Storeys"),
        frozenset({("table", "changed", "floors")}),
    ),
    "a row of a table is changed": Known(
        _put("data/floors.csv", "1950,100", "1950,101"), frozenset({("table", "changed", "floors")})
    ),
    "a measurement is added": Known(
        lambda root: (
            write_base(root, {f"measurements/{MEASURED.name}": MEASURED.read_text("utf-8")}) and None
        ),
        frozenset({("measurement", "added", MEASURED.stem)}),
    ),
    "a question is renamed in kb.yaml": Known(
        _all(
            _put("kb.yaml", "id: height", "id: tallness"),
            _put("kb.yaml", "question: Is the tower tall?", "question: Is it a tall tower?"),
            _put("kb.yaml", "format: 1", "format: 1\nrenamed: {height: tallness}"),
        ),
        frozenset({("question", "renamed", "tallness")}),
    ),
    "a question is renamed without a word": Known(
        _put("kb.yaml", "id: height", "id: tallness"), frozenset({("question", "renamed", "tallness")})
    ),
    "a question is asked otherwise": Known(
        _put("kb.yaml", "question: Is the tower tall?", "question: Is it a tall tower?"),
        frozenset({("question", "changed", "height")}),
    ),
    "the settings are changed": Known(
        _put("kb.yaml", "title: Is the tower tall?", "title: How tall is the tower?"),
        frozenset({("setting", "changed", "kb.yaml")}),
    ),
    "only the layout is changed": Known(
        _all(
            _put(TALL, "checks: [tower-height]\n", "checks:\n  # the storeys\n  - check: tower-height\n"),
            _put(SHORT, "claim: The tower is lower than", "claim: >-\n  The tower is lower\n  than"),
            _put("data/floors.csv", "1950,100\n", "1950, 100\r\n"),
            _put("kb.yaml", "format: 1", "# the format\nformat: 1"),
        )
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_named_and_nothing_else(repository: Path, edit: str) -> None:
    EDITS[edit].edit(repository / "claims")
    assert named(compared(repository)) == EDITS[edit].names
    commit(repository)
    assert named(compared(repository, "start", "HEAD")) == EDITS[edit].names


APART = [
    "a claim is added",
    "a claim is renamed without a word",
    "a file is moved",
    "a number of a check is changed",
    "a row of a table is changed",
    "a question is asked otherwise",
]


@pytest.mark.parametrize("pair", [*combinations(APART, 2), tuple(APART)], ids=" and ".join)
def test_several_edits_are_named_together(repository: Path, pair: tuple[str, ...]) -> None:
    for edit in pair:
        EDITS[edit].edit(repository / "claims")
    commit(repository)
    assert named(compared(repository, "start", "HEAD")) == frozenset().union(*(EDITS[e].names for e in pair))


def test_a_thesis_of_two_questions_counts_once(repository: Path) -> None:
    root = repository / "claims"
    with (root / "kb.yaml").open("a", encoding="utf-8") as file:
        file.write("  - {id: other, question: Which hill?, theses: [tower-is-tall, tower-is-short]}\n")
    assert compared(repository).lead[0] == "None of the 2 theses moves."
    (root / "kb.yaml").write_text("format: 1\ntitle: Towers\n", "utf-8")
    assert compared(repository).lead[0] == "There is no thesis that could move."


def test_back_again_is_the_opposite(repository: Path) -> None:
    EDITS["a claim is added"].edit(repository / "claims")
    commit(repository)
    names = EDITS["a claim is added"].names
    assert named(compared(repository, "HEAD", "start")) == {(kind, "removed", i) for kind, _, i in names}


def test_a_verdict_that_flips_moves_its_thesis_and_says_by_which_path(repository: Path) -> None:
    EDITS["a number of a check is changed"].edit(repository / "claims")
    found = compared(repository)
    assert [(v.check, v.before, v.after) for v in found.comparison.verdicts] == [
        ("tower-height", "holds", "fails")
    ]
    [change] = found.comparison.changes
    assert change.edits == (Edit("inputs storey height value", "4.0", "2.0"),)
    [move] = found.flipped
    assert (move.claim, str(move.before), str(move.after)) == ("tower-is-tall", "stands", "falls")
    assert move.path == ("tower-is-tall",)


def test_the_path_of_a_move_leads_from_what_was_changed(repository: Path) -> None:
    EDITS["a strength is changed"].edit(repository / "claims")
    moves = {move.claim: move.path for move in compared(repository).comparison.moves}
    assert moves["tower-is-short"][-1] == "tower-is-short"


def test_a_strength_that_reads_the_same_has_not_moved(repository: Path) -> None:
    root = repository / "claims"
    put(root, "checks/tower-height.yaml", "at_least: 300 m", "at_least: 378 m")
    commit(repository)
    put(root, "quantities/towers.yaml", "p5: 95,", "p5: 95.02,")
    assert compared(repository, "HEAD").comparison.moves == ()
    put(root, "quantities/towers.yaml", "p5: 95.02,", "p5: 98,")
    assert compared(repository, "HEAD").comparison.moves


def test_findings_that_come_and_go_are_told(repository: Path) -> None:
    put(repository / "claims", SHORT, "attacks: [tower-is-tall]\n", "title_: x\n".replace("title_: x\n", ""))
    commit(repository)
    found = compared(repository, "start", "HEAD")
    assert "KB219" in [d.rule for d in found.found]
    back = compared(repository, "HEAD", "start")
    assert [d.rule for d in back.mended] == [d.rule for d in found.found]


# --- nothing is touched ---------------------------------------------------------------


def state(top: Path) -> tuple[str, ...]:
    files = sorted(p for p in top.rglob("*") if p.is_file() and not {".git", ".kb"} & set(p.parts))
    return (
        *(f"{p} {p.stat().st_mtime_ns} {p.read_bytes()!r}" for p in files),
        git(top, "for-each-ref"),
        git(top, "stash", "list"),
        (top / ".git" / "HEAD").read_text("utf-8"),
        str((top / ".git" / "index").read_bytes()),
    )


def test_work_tree_index_and_refs_are_as_they_were(repository: Path, kb: Kb) -> None:
    EDITS["a claim is reworded"].edit(repository / "claims")
    git(repository, "add", "-A")
    put(repository / "claims", TALL, "300", "200")
    before = state(repository)
    assert kb("diff", "start", "--base", repository / "claims").code == 0
    assert kb("diff", "start", "HEAD", "--base", repository / "claims").code == 0
    assert state(repository) == before


def test_a_state_of_git_reads_like_its_folder(repository: Path) -> None:
    root = repository / "claims"
    stray = {"towers/old.yml": "claim: x\n", "towers/.hidden.yaml": "x", "node_modules/m.yaml": "x"}
    inner = {"inner/kb.yaml": "format: 1\n", "inner/a.yaml": "claim: Another base.\n"}
    write_base(root, {**stray, **inner, "results/tower-height.json": "{"})
    put(root, CLIMBED, "more than", "rather more than")
    (root / "towers/tower-is-linked.yaml").symlink_to("../towers/tower-is-climbed.yaml")
    commit(repository)
    files = base_at(root, "HEAD").files
    kept, lying = (open_base(root, cache=False, thorough=True, files=each) for each in (files, None))
    assert {"KB030", "KB228", "KB318"} <= {d.rule for d in kept.diagnostics}
    assert kept.diagnostics == lying.diagnostics
    assert replace(kept.base, files=None) == lying.base


def test_what_was_met_before_is_not_parsed_again(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    EDITS["a claim is reworded"].edit(repository / "claims")
    commit(repository)
    EDITS["a strength is changed"].edit(repository / "claims")
    commit(repository)
    open_base(repository / "claims")
    read: list[str] = []

    def noted(data: bytes, path: str, kind: str) -> object:
        read.append(path)
        return examine(data, path, kind)

    monkeypatch.setattr(outcome, "examine", noted)
    for expected in ([SHORT, CLIMBED], []):
        assert named(compared(repository, "start", "HEAD~1"))
        assert sorted(read) == sorted(expected)
        read.clear()


# --- what cannot be compared ------------------------------------------------------------


def test_no_repository(small_base: Path, kb: Kb) -> None:
    ran = kb("diff", "main", "--base", small_base, GIT_CEILING_DIRECTORIES=str(small_base.parent))
    assert ran.code == 2
    assert "is in no git repository" in ran.err


def test_no_git(small_base: Path, kb: Kb, tmp_path: Path) -> None:
    ran = kb("diff", "main", "--base", small_base, PATH=str(tmp_path))
    assert ran.code == 2
    assert "git is not installed" in ran.err


def test_an_unknown_revision(repository: Path, kb: Kb) -> None:
    ran = kb("diff", "no-such-branch", "--base", repository / "claims", "--format", "json")
    assert ran.code == 2
    assert "no-such-branch" in ran.json["error"]
    ran = kb("diff", "--", "--output=x", "--base", repository / "claims")
    assert ran.code == 2
    assert not (repository / "claims" / "x").exists()


def test_a_shallow_clone_is_said_to_be_one(repository: Path, tmp_path: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    EDITS["a claim is reworded"].edit(repository / "claims")
    commit(repository)
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "clone")
    with pytest.raises(NoRevision, match="git fetch --unshallow"):
        compared(tmp_path / "clone", first)


def test_a_base_that_stood_elsewhere_then(repository: Path) -> None:
    git(repository, "mv", "claims", "base")
    commit(repository)
    with pytest.raises(NoRevision, match="was the base somewhere else then"):
        diff(repository / "base", "start")


def test_a_revision_without_a_base(repository: Path) -> None:
    git(repository, "rm", "-q", "claims/kb.yaml")
    name = commit(repository)
    git(repository, "checkout", "-q", "start")
    with pytest.raises(NoRevision, match=r"no kb\.yaml"):
        compared(repository, name)


def test_a_revision_with_errors_is_shown_with_them(repository: Path, kb: Kb) -> None:
    put(repository / "claims", SHORT, "attacks: [tower-is-tall]", "attacks: [no-such-claim]")
    name = commit(repository)
    git(repository, "checkout", "-q", "start")
    with pytest.raises(BrokenRevision) as caught:
        compared(repository, name)
    assert [[d.rule for d in each.errors] for each in caught.value.broken] == [["KB101"]]
    ran = kb("diff", name, "--base", repository / "claims")
    assert ran.code == 1
    assert ran.out == ""
    assert "KB101" in ran.err
    assert "1 error" in ran.err


def test_in_a_hook_the_base_is_that_of_its_own_folder(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git tells a hook which repository it runs for; from within a folder that names another top."""
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    assert "kb.yaml" in base_at(repository / "claims", "start").files


def test_what_git_lacks_is_neither_fetched_nor_a_bug(repository: Path, tmp_path: Path) -> None:
    EDITS["a claim is reworded"].edit(repository / "claims")
    commit(repository)
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{repository}", "clone")
    clone, ran = tmp_path / "clone", tmp_path / "ran"
    git(clone, "config", "remote.origin.uploadpack", f"touch {ran}; git-upload-pack")
    git(clone, "config", "protocol.file.allow", "always")
    with pytest.raises(NoRevision, match="git lacks files of that revision"):
        compared(clone)
    assert not ran.exists()
    blob = git(repository, "rev-parse", f"start:claims/{SHORT}")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(NoRevision, match="git lacks files of that revision"):
        compared(repository)


# --- what is printed ----------------------------------------------------------------------


def test_a_flip_can_fail_the_command(repository: Path, kb: Kb) -> None:
    EDITS["a claim is reworded"].edit(repository / "claims")
    assert kb("diff", "start", "--fail-on-flip", "--base", repository / "claims").code == 0
    EDITS["a number of a check is changed"].edit(repository / "claims")
    assert kb("diff", "start", "--base", repository / "claims").code == 0
    assert kb("diff", "start", "--fail-on-flip", "--base", repository / "claims").code == 1


def test_json_says_what_text_says(repository: Path, kb: Kb) -> None:
    EDITS["a number of a check is changed"].edit(repository / "claims")
    data = kb("diff", "start", "--format", "json", "--base", repository / "claims").json
    assert data["before"] == {"name": "start", "commit": git(repository, "rev-parse", "start")}
    assert [(c["kind"], c["how"], c["id"]) for c in data["changes"]] == [("check", "changed", "tower-height")]
    assert [move["claim"] for move in data["moves"] if move["thesis"]] == ["tower-is-tall"]
    text = kb("diff", "start", "--base", repository / "claims").out
    assert data["headline"] in text
    assert "1 of the 2 theses gets another label." in text


def test_no_difference_is_said(repository: Path, kb: Kb) -> None:
    EDITS["only the layout is changed"].edit(repository / "claims")
    out = kb("diff", "start", "--base", repository / "claims").out
    assert "Nothing that is said differs, and nothing that follows." in out


def test_a_huge_change_still_fits_into_a_comment(repository: Path, kb: Kb) -> None:
    for number in range(500):
        text = (
            f"claim: Claim {number} says <b>that</b> | things are so and so, which takes a good many words.\n"
        )
        name = f"towers/claim-{number}.yaml"
        write_base(repository / "claims", {name: text + "origin: ours\nattacks: [tower-is-tall]\n"})
    ran = kb("diff", "start", "--format", "markdown", "--base", repository / "claims")
    assert ran.code == 0
    assert 40_000 < len(ran.out) <= 60_000
    assert "more lines are not shown" in ran.out
    assert "<b>" not in ran.out
    assert ran.out.count("<details>") == ran.out.count("</details>")


def test_the_cache_is_not_needed(repository: Path) -> None:
    EDITS["a claim is reworded"].edit(repository / "claims")
    found = diff(repository / "claims", "start", cache=False)
    assert named(found) == EDITS["a claim is reworded"].names
    assert not (repository / "claims" / ".kb").exists()


def test_json_is_one_document(repository: Path, kb: Kb) -> None:
    out = kb("diff", "start", "--format", "json", "--base", repository / "claims").out
    assert json.loads(out)["changes"] == []


def test_the_base_can_be_the_whole_repository(tmp_path: Path) -> None:
    root = write_base(tmp_path / "base", SMALL_BASE)
    git(root, "init", "-q")
    commit(root)
    shutil.rmtree(root / ".kb", ignore_errors=True)
    put(root, SHORT, "a hill nearby", "any hill")
    assert named(diff(root, "HEAD")) == EDITS["a claim is reworded"].names
