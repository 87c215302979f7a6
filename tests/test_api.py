"""The interface for programs: what it answers, its types, what it imports, and its page of documentation."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kb
from kb import api
from tests.conftest import PROJECT, SMALL_BASE, write_base

PAGE = PROJECT / "docs" / "api.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAVY = {"click", "numpy", "scipy", "networkx", "msgspec", "yaml", "rich", "jinja2", "jsonschema_rs"}
PROGRAM = """\
from collections.abc import Mapping

import kb

base: kb.KnowledgeBase = kb.load(".", strict=False)
record: kb.Record = base.check("x", set={"a": "3 m", "b": 4.0}, reading={"r": "o"}, samples=256)
verdict: kb.Verdict = record.result.verdict
standings: Mapping[str, kb.Account] = base.standings(results={**base.results(), "x": record})
claim: kb.Claim = base.claims["c"]
rows: list[kb.Row] = base.rows("claims") + kb.rows([record])
report: kb.CheckReport = base.run("tag:t", jobs=2)
moved: tuple[kb.Comparison, ...] = base.what_if("x", set={"a": 1})
power: kb.Power = base.power("x")
tree: kb.Why = base.why("c")
supposed: kb.WhatIf = base.suppose(verdicts={"x": "fails", "y": 0.3}, changed={"x": record})
searched: kb.Cruxes = base.cruxes("c", to="falls")
diagnostics: tuple[kb.Diagnostic, ...] = base.diagnostics
"""
READINGS = """\
kind: formula
inputs:
  storeys: {value: 100, unit: "1", source: guide-1999, at: p1, verified: true}
compute: storeys
unit: "1"
readings:
  ground: {counted: {title: with the ground floor}, left_out: {title: without it, set: {storeys: 98}}}
"""
WRONG = (
    'base.check("x", sett={})',
    'base.rows("nonsense")',
    'number: int = base.check("x").result.verdict',
)


def test_importing_it_is_light() -> None:
    code = "import json, sys, kb; assert kb.__version__; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, check=True)
    modules = set(json.loads(done.stdout))
    assert not modules & HEAVY
    assert [name for name in modules if name.startswith("kb.")] == []


def test_every_public_name_is_there() -> None:
    assert [name for name in api.__all__ if not hasattr(api, name)] == []
    assert [name for name in kb.__all__ if not hasattr(kb, name)] == []
    with pytest.raises(AttributeError, match="nonsense"):
        kb.nonsense  # noqa: B018


def test_a_program_is_type_checked_against_it(tmp_path: Path) -> None:
    right = tmp_path / "right.py"
    right.write_text(PROGRAM, "utf-8")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(PROGRAM + "\n".join(WRONG) + "\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        "",
        "--cache-dir",
        str(tmp_path / "c"),
    ]
    for program, errors in ((right, 0), (wrong, len(WRONG))):
        done = subprocess.run(
            [*command, "--follow-imports=silent", str(program)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.count(": error:") == errors, done.stdout + done.stderr


# --- what it answers --------------------------------------------------------------


def test_contents(small_base: Path) -> None:
    base = kb.load(small_base)
    assert (base.root, base.title) == (small_base, "Is the tower tall?")
    assert base.claims["tower-is-tall"].title == "The tower is tall"
    assert set(base.quantities) == {"tower-storeys"}
    assert base.questions["height"].theses == ("tower-is-tall", "tower-is-short")
    assert base.sources["guide-1999"].issued == "1999-05-01"
    assert [d.rule for d in base.diagnostics] == ["KB219"]


def test_a_base_with_errors_is_refused_unless_told_otherwise(small_base: Path) -> None:
    (small_base / "checks/tower-height.yaml").write_text("kind: formula\ncompute: 1 +\nunit: m\n")
    with pytest.raises(kb.BaseError, match=r"checks/tower-height\.yaml:2:\d+: KB301") as refused:
        kb.load(small_base)
    assert {d.severity for d in refused.value.diagnostics} == {"error"}
    assert kb.load(small_base, strict=False).errors == refused.value.diagnostics


def test_no_base(tmp_path: Path) -> None:
    with pytest.raises(kb.NoBase, match=str(tmp_path)):
        kb.load(tmp_path)


def test_select(small_base: Path) -> None:
    base = kb.load(small_base)
    assert base.select("tower-is-tall", "tower-climb") == ("tower-climb", "tower-height")
    assert base.select(exclude=("tower-climb",)) == ("tower-height", "tower-steps")
    assert base.select("+tower-is-tall", of="claims") == (
        "tower-is-climbed",
        "tower-is-short",
        "tower-is-tall",
    )
    for of in ("checks", "claims"):
        with pytest.raises(kb.UnknownName, match="did you mean"):
            base.select("tower-is-tal", of=of)  # type: ignore[arg-type]


def test_a_change_has_a_key_of_its_own_and_is_kept(small_base: Path) -> None:
    base = kb.load(small_base)
    plain = base.check("tower-height")
    changed = base.check("tower-height", set={"storeys": 60})
    assert (plain.result.verdict, changed.result.verdict) == ("holds", "fails")
    assert plain.result.key != changed.result.key
    assert base.results()["tower-height"] == plain
    assert base.check("tower-height", set={"storeys": 60}).run == changed.run, "from the cache"
    again = base.check("tower-height", set={"storeys": 60}, cache=False)
    assert again.result == changed.result


def test_nothing_is_kept_without_a_cache(small_base: Path) -> None:
    base = kb.load(small_base, cache=False)
    assert base.check("tower-height").result.verdict == "holds"
    assert base.results() == {}
    assert not (small_base / ".kb").exists()


def test_what_would_follow_from_another_result(small_base: Path) -> None:
    base = kb.load(small_base)
    base.run()
    assert base.standings()["tower-is-tall"].standing == "stands"
    changed = base.check("tower-height", set={"storeys": 60})
    for other in (changed, changed.result):
        results = {**base.results(), "tower-height": other}
        assert base.standings(results=results)["tower-is-tall"].standing == "falls"
        assert base.why("tower-is-tall", results=results).account.standing == "falls"
    assert base.standings()["tower-is-tall"].standing == "stands"


def test_names_of_the_wrong_kind(small_base: Path) -> None:
    base = kb.load(small_base)
    with pytest.raises(kb.UnknownName, match="is a check; only claims have reasons"):
        base.why("tower-height")
    for ask in (base.check, base.history, base.power):
        with pytest.raises(kb.UnknownName, match="is a claim, not a check"):
            ask("tower-is-tall")


@pytest.mark.parametrize("table", ["claims", "checks", "inputs", "drivers", "turns", "readings"])
def test_rows_are_flat_with_the_columns_that_the_page_lists(small_base: Path, table: str) -> None:
    write_base(small_base, {"checks/counted.yaml": READINGS})
    base = kb.load(small_base)
    before = base.rows(table)  # type: ignore[arg-type]
    base.run()
    rows = base.rows(table)  # type: ignore[arg-type]
    columns = {tuple(row) for row in before + rows}
    assert columns
    listed = re.search(rf"^\| `{table}` \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert listed
    assert columns == {tuple(re.findall(r"`(\w+)`", listed[1]))}
    values = [value for row in rows for value in row.values()]
    assert {type(value) for value in values} <= {str, int, float, bool, type(None)}


def test_turns_of_points_have_rows_and_a_side(small_base: Path) -> None:
    write_base(small_base, {"checks/counted.yaml": READINGS.replace("storeys.yaml", "")})
    base = kb.load(small_base)
    base.run()
    turns = base.rows("turns")
    drivers = {row["input"] for row in base.rows("drivers")}
    assert {"storey_height"} == {row["input"] for row in turns if row["check"] == "tower-height"} - drivers
    (height,) = [row for row in turns if row["input"] == "storey_height"]
    assert (height["turns_at"], height["unit"], height["side"], height["then_met"]) == (
        pytest.approx(3.004, abs=0.001), "m", "below", False
    )  # fmt: skip


def test_power_refuses_a_number_of_samples_that_the_engine_does_not_take(small_base: Path) -> None:
    with pytest.raises(api.WrongChange, match="1,000 samples: it takes a power of two"):
        kb.load(small_base).power("tower-height", samples=1000)


def test_a_check_that_never_ran_has_a_row_too(small_base: Path) -> None:
    rows = kb.load(small_base).rows("checks")
    assert [(row["check"], row["verdict"]) for row in rows][1] == ("tower-height", None)


def test_an_unknown_table(small_base: Path) -> None:
    with pytest.raises(ValueError, match="choose from claims, checks"):
        kb.load(small_base).rows("nonsense")  # type: ignore[arg-type]


# --- the page -----------------------------------------------------------------------


def test_the_worked_example_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_base(tmp_path / "towers", SMALL_BASE)
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert len(blocks) >= 6
    names: dict[str, object] = {}
    for block in blocks:
        code, shown = _parts(block)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102 - our own page
        assert printed.getvalue().splitlines() == shown


def _parts(block: str) -> tuple[str, list[str]]:
    """The code of a block, and the lines that its closing comment says it prints."""
    lines = block.rstrip("\n").split("\n")
    first = len(lines)
    while first and lines[first - 1].startswith("# "):
        first -= 1
    return "\n".join(lines[:first]), [line[2:] for line in lines[first:]]
