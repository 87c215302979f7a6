"""``kb check --since``: the checks that a change touches, and no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import kb as api
from kb.review import NoRevision
from tests.conftest import SMALL_BASE, Ran, write_base
from tests.workflows import git

Kb = Callable[..., Ran]
FIT = """\
kind: fit
title: A line
fit: {table: heights, model: linear, x: day, y: height, train: day < 9, predict: day >= 9, compare: power-law}
expect: {output: slope, at_least: 1 m}
flips_if: {set: {train: day < 5}, to: fails}
"""
TABLE = {
    "data/heights.yaml": "title: Heights\ncolumns: [{name: day}, {name: height, unit: m}]\n",
    "data/heights.csv": "day,height\n" + "".join(f"{d},{2 * d + d % 3 / 10}\n" for d in range(1, 22)),
    "checks/line.yaml": FIT,
}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with a base in its folder ``claims``, on the branch ``main``."""
    write_base(tmp_path / "top/claims", {**SMALL_BASE, **TABLE})
    git(tmp_path / "top", "init", "-q", "-b", "main")
    git(tmp_path / "top", "add", "-A")
    git(tmp_path / "top", "commit", "-q", "-m", "start")
    return tmp_path / "top"


def edit(top: Path, file: str, old: str, new: str) -> None:
    text = (top / "claims" / file).read_text("utf-8")
    assert old in text
    (top / "claims" / file).write_text(text.replace(old, new), "utf-8")


def touched(top: Path, *selectors: str) -> set[str]:
    return set(api.load(top).run(*selectors, since="main").records)


ALL = {"tower-height", "tower-climb", "tower-steps", "line"}
EDITS = (
    ("checks/tower-height.yaml", "300 m", "310 m", {"tower-height"}),
    ("checks/tower-height.yaml", "title: The", "title: Our", set()),
    ("towers/tower-is-tall.yaml", "300 metres", "310 metres", set()),
    ("quantities/towers.yaml", "p95: 105", "p95: 106", {"tower-height", "tower-climb", "tower-steps"}),
    ("data/heights.csv", "\n21,", "\n22,", {"line"}),
    ("kb.yaml", "format: 1", "format: 1\nthresholds: {holds: 0.96}", ALL),
)


@pytest.mark.parametrize(("file", "old", "new", "wanted"), EDITS, ids=[f"{e[0]} {e[2]}" for e in EDITS])
def test_what_an_edit_touches(top: Path, file: str, old: str, new: str, wanted: set[str]) -> None:
    assert touched(top) == set()
    edit(top, file, old, new)
    assert touched(top) == wanted


def test_new_and_renamed_checks_are_touched(top: Path) -> None:
    folder = top / "claims/checks"
    (folder / "again.yaml").write_text((folder / "tower-steps.yaml").read_text("utf-8"), "utf-8")
    (folder / "tower-climb.yaml").rename(folder / "tower-ascent.yaml")
    edit(top, "towers/tower-is-climbed.yaml", "tower-climb]", "tower-ascent]")
    assert touched(top) == {"again", "tower-ascent"}
    assert touched(top, "again", "tower-height") == {"again"}


def test_numbers_that_moved_touch_nothing(top: Path) -> None:
    for kind in ("quantities", "data"):
        for path in sorted((top / "claims" / kind).iterdir()):
            (path.parent / "inner").mkdir(exist_ok=True)
            path.rename(path.parent / "inner" / path.name)
    assert touched(top) == set()


def test_after_a_state_with_errors_every_check_may_have_changed(top: Path) -> None:
    edit(top, "checks/tower-height.yaml", "kind: formula", "kind: formulae")
    git(top, "commit", "-qam", "broken")
    edit(top, "checks/tower-height.yaml", "kind: formulae", "kind: formula")
    assert touched(top) == ALL


def test_nothing_is_left_behind_without_the_cache(top: Path) -> None:
    edit(top, "checks/tower-height.yaml", "300 m", "310 m")
    before = git(top, "status", "--porcelain", "--ignored")
    found = api.load(top, cache=False).run(since="main")
    assert set(found.records) == {"tower-height"}
    assert git(top, "status", "--porcelain", "--ignored") == before


def test_on_the_command_line(top: Path, kb: Kb) -> None:
    edit(top, "checks/tower-height.yaml", "300 m", "310 m")
    data = kb("check", "--since", "main", "--format", "json", cwd=top).json
    assert [check["title"] for check in data["checks"]] == ["The tower's height from its storeys"]
    nowhere = kb("check", "--since", "nowhere", cwd=top)
    assert (nowhere.code, "git knows no revision 'nowhere'" in nowhere.err) == (2, True)
    power = kb("check", "--since", "main", "--power", cwd=top)
    assert (power.code, "--since would have no effect with --power" in power.err) == (2, True)
    with pytest.raises(NoRevision):
        api.load(top).run(since="--all")
