"""The page of findings says what the base says now, and each of its sections says when it has nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import checks
from kb.commands import arguing, doubting, findings, turning
from kb.commands.opening import open_base
from kb.commands.reported import Report, escaped, wrapped
from kb.commands.surprising import Surprise, surprises
from kb.model import Verdict
from tests.conftest import PROJECT, SMALL_BASE, write_base

PAGE = PROJECT / "docs" / "findings.md"
CLAIMED = """\
claim: {text}
title: {title}
evidence: [{{source: guide-1999, at: p4, role: {role}}}]
checks: [{check}]
"""
DAYS = """\
kind: formula
title: Days of work on the tower
inputs:
  days: {value: 800, unit: day, source: guide-1999, at: p5, verified: true}
compute: days
unit: day
expect: {at_least: 900 day}
flips_if: {set: {days: 1000 day}, to: holds}
"""
WIDTHS = """\
kind: formula
title: The width of the tower
inputs:
  foot: {value: 125, unit: m, source: guide-1999, at: p6, verified: false}
compute: foot
unit: m
expect: {at_least: 100 m}
readings:
  level:
    ground: {title: at the ground, set: {foot: 120 m}}
    top: {title: at the top, set: {foot: 10 m}}
flips_if: {set: {foot: 5 m}, to: fails}
"""
DEVICE = """\
kind: benchmark
title: What a tower's computer does
measure: {test: matmul, dtype: fp32, device: {kind: gpu}}
expect: {at_least: 1e12 FLOP/s}
flips_if: {set: {rate: 1e9 FLOP/s}, to: fails}
"""


def reported(root: Path, *, run: bool = True) -> Report:
    if run:
        base = open_base(root).base
        checks.run_all(base, list(base.checks), jobs=2)
    return findings.report(root, root.parent / "docs" / "findings.md")


def section(page: str, title: str) -> str:
    """What stands under a heading, without line breaks."""
    assert f"## {title}\n" in page
    return " ".join(page.partition(f"## {title}\n")[2].partition("\n## ")[0].split())


def with_files(tmp_path: Path, **files: str) -> Path:
    named = {name.replace("__", "/").replace("_", "-") + ".yaml": text for name, text in files.items()}
    return write_base(tmp_path / "base", SMALL_BASE | named)


def test_the_page_in_docs_says_what_the_base_says_now() -> None:
    opened = open_base(PROJECT / "claims")
    checks.run_all(opened.base, list(opened.base.checks), jobs=2)
    page = findings.to_markdown(findings.report(PROJECT / "claims", PAGE))
    assert PAGE.read_text("utf-8") == page, "run: kb check && python -m kb.commands.findings docs/findings.md"


def test_every_link_of_the_page_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE.read_text("utf-8"))
    assert len(links) > 100
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []


def test_a_small_base(small_base: Path) -> None:
    page = findings.to_markdown(reported(small_base))
    questions = section(page, "The questions")
    assert "Of 2 theses, 1 stands and 1 is open." in questions
    assert "[The tower is tall](../base/towers/tower-is-tall.yaml): **stands**" in questions
    assert "uncontested" in questions
    numbers = section(page, "In numbers")
    assert "| tested by a check | 2 | 0 | 0 | 2 |" in numbers
    assert "| with context only | 0 | 0 | 1 | 1 |" in numbers
    assert "| formula | 2 | 0 | 0 | 0 | 0 | 1 | 3 |" in numbers
    assert "3 cited numbers: 3 were compared with their sources, 0 were not" in numbers
    stands = section(page, "What stands")
    assert "[Visitors climb a thousand steps](../base/towers/tower-is-climbed.yaml)" in stands
    assert "is at least 1,000 (P = 1)" in stands
    cruxes = section(page, "The cruxes")
    assert "[The tower is tall](../base/towers/tower-is-tall.yaml), now stands" in cruxes
    assert "fails (now holds): falls, 0.05" in cruxes
    assert "tower-is-short" not in re.sub(r"\([^)]*\)", "", page), "titles, not ids"


def test_an_empty_base(tmp_path: Path) -> None:
    root = write_base(tmp_path / "base", {"kb.yaml": "format: 1\ntitle: Nothing yet\n"})
    page = findings.to_markdown(reported(root))
    assert "asks no question" in section(page, "The questions")
    assert "| all | 0 | 0 | 0 | 0 |" in section(page, "In numbers")
    for title, none in {
        "What stands": "No claim of a cited work stands.",
        "What falls": "No claim of a cited work falls.",
        "What depends on what is meant": "There are none.",
        "The most surprising checks": "No check is surprising in this sense.",
        "The checks to trust least": "No check is doubtful in this sense.",
        "The cruxes": "There is no thesis.",
        "What to check next": "Nothing undecided would move a thesis.",
        "Forecasts": "No claim forecasts anything with a date.",
    }.items():
        assert section(page, title).endswith(none)


def test_a_base_without_theses(tmp_path: Path) -> None:
    root = write_base(tmp_path / "base", {**SMALL_BASE, "kb.yaml": "format: 1\ntitle: A tower\n"})
    page = findings.to_markdown(reported(root))
    assert "asks no question" in section(page, "The questions")
    assert "There is no thesis." in section(page, "The cruxes")
    assert "The tower is tall" in section(page, "What stands")


def test_a_claim_that_falls_surprises(tmp_path: Path) -> None:
    claim = CLAIMED.format(
        text="It took 900 days to build.", title="It took 900 days", role="asserts", check="days"
    )
    claim += "supports: [{claim: tower-is-short, strength: strong, because: Little was built.}]\n"
    report = reported(with_files(tmp_path, towers__it_took_long=claim, checks__days=DAYS))
    (found,) = surprises(report.opened, report.records)
    assert found == Surprise("days", "it-took-long", True, ("guide-1999",), found.moves, found.moves_claim)
    assert found.moves > 0.05
    assert found.moves_claim == pytest.approx(0.9)
    page = findings.to_markdown(report)
    assert "[It took 900 days](../base/towers/it-took-long.yaml)" in section(page, "What falls")
    said = section(page, "The most surprising checks")
    assert "The computed 800 days is not at least 900 days" in said
    assert "asserted in Rivet 1999. It moves its claim by 0.90, and the theses by" in said


@pytest.mark.parametrize(("role", "surprising"), [("rejects", True), ("concedes", False), ("asks", False)])
def test_a_check_that_holds_surprises_only_where_the_claim_is_rejected(
    tmp_path: Path, role: str, surprising: bool
) -> None:
    claim = CLAIMED.format(text="It took 700 days.", title="It took 700 days", role=role, check="days")
    fewer = DAYS.replace("at_least: 900", "at_least: 700").replace(
        "1000 day}, to: holds", "10 day}, to: fails"
    )
    report = reported(with_files(tmp_path, towers__it_took_long=claim, checks__days=fewer))
    assert report.records["days"].result.verdict is Verdict.HOLDS
    assert [found.check for found in surprises(report.opened, report.records)] == ["days"] * surprising


def test_a_claim_that_depends_on_a_definition(tmp_path: Path) -> None:
    claim = CLAIMED.format(text="It is wide.", title="It is wide", role="asserts", check="widths")
    page = findings.to_markdown(reported(with_files(tmp_path, towers__wide=claim, checks__widths=WIDTHS)))
    said = section(page, "What depends on what is meant")
    assert "[It is wide](../base/towers/wide.yaml)" in said
    assert "holds under “at the ground”; fails under “at the top”" in said
    assert "1 rest on a number that nobody has compared" in section(page, "In numbers")


def test_a_doubtful_check_says_why_and_what_hangs_on_it(tmp_path: Path) -> None:
    def wide(name: str, check: str, *, supports: str = "") -> str:
        text = CLAIMED.format(text=f"{name} is wide.", title=name, role="asserts", check=check)
        return text + (f"supports: [{{claim: {supports}}}]\n" if supports else "")

    unread = WIDTHS.partition("readings:")[0] + "flips_if: {set: {foot: 5 m}, to: fails}\n"
    torn = DAYS.replace("value: 800", "distribution: {uniform: [700, 1000]}").replace("1000 day", "2000 day")
    report = reported(
        with_files(
            tmp_path,
            towers__behind=wide("Behind", "unread", supports="tower-is-short"),
            towers__apart=wide("Apart", "torn"),
            towers__both=wide("Both", "copied"),
            towers__beside=wide("Beside", "sure"),
            checks__unread=unread,
            checks__torn=torn,
            checks__copied="circular: true\n" + unread.replace("verified: false", "verified: true"),
            checks__sure=DAYS,
        )
    )
    found = {doubt.check: doubt for doubt in doubting.doubts(report)}
    assert next(iter(found)) == "unread", "what moves a thesis comes first"
    assert set(found) == {"unread", "torn", "copied"}
    assert found["unread"].reasons == ("it rests on “foot”, not compared with a source",)
    assert found["unread"].theses > 0.01
    assert found["torn"].theses == 0
    assert found["torn"].claims == pytest.approx(0.9)
    assert found["torn"].reasons[0].startswith("its numbers do not settle it (P = ")
    assert found["copied"].reasons == ("it is in part computed from what it tests",)
    said = section(findings.to_markdown(report), "The checks to trust least")
    assert "The width of the tower](../base/checks/unread.yaml) (now holds): it rests on “foot”" in said
    assert "It parts no thesis, its own claims by 0.90." in said
    assert "these are the first" not in said


def test_a_check_that_could_not_run_is_a_result(tmp_path: Path) -> None:
    claim = CLAIMED.format(text="It computes.", title="It computes", role="asserts", check="device")
    claim += "supports: [tower-is-short]\n"
    page = findings.to_markdown(reported(with_files(tmp_path, towers__computes=claim, checks__device=DEVICE)))
    assert "| benchmark | 0 | 0 | 0 | 0 | 1 | 0 | 1 |" in section(page, "In numbers")
    assert "(now could not run)" in section(page, "What to check next")


def test_forecasts_come_by_their_dates(tmp_path: Path) -> None:
    def forecast(name: str, by: str) -> str:
        claim = CLAIMED.format(text=f"{name} is so.", title=name, role="asserts", check="tower-climb")
        return claim + f"forecast: {{by: {by}, probability: 0.7, check: tower-climb}}\n"

    root = with_files(
        tmp_path,
        towers__later=forecast("Later", "2031-05-01"),
        towers__sooner=forecast("Sooner", "2030-01-01"),
    )
    said = section(findings.to_markdown(reported(root)), "Forecasts")
    assert said.index("By 2030-01-01, 70 %: [Sooner]") < said.index("By 2031-05-01, 70 %: [Later]")
    assert "[Steps that a visitor climbs](../base/checks/tower-climb.yaml), which says today: holds." in said


def test_a_search_that_stopped_early_says_so(small_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = arguing.cruxes
    monkeypatch.setattr(arguing, "cruxes", lambda *given, **named: searched(*given, **named | {"budget": 1}))
    said = " ".join("\n".join(turning.cruxes(reported(small_base))).split())
    assert "The search stopped early" in said


def test_nothing_is_written_before_every_check_has_run(
    small_base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_BASE", str(small_base))
    page = small_base.parent / "findings.md"
    assert findings.main([str(page)]) == 1
    assert "three checks not run" in capsys.readouterr().err
    assert not page.exists()
    reported(small_base)
    assert findings.main([str(page)]) == 0
    first = page.read_bytes()
    assert findings.main([str(page)]) == 0
    assert page.read_bytes() == first


def test_nothing_is_written_while_a_file_has_a_fault(
    small_base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_BASE", str(small_base))
    (small_base / "towers" / "tower-is-tall.yaml").write_text("claim: [", "utf-8")
    page = small_base.parent / "findings.md"
    assert findings.main([str(page)]) == 1
    assert "run: kb validate" in capsys.readouterr().err
    assert not page.exists()


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert findings.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_text_shows_as_it_is() -> None:
    assert escaped("a *b* [c] <d>\n $5 R&D &amp;") == r"a \*b\* \[c\] \<d> \$5 R&D \&amp;"


@pytest.mark.parametrize("start", ["1.", "-", "#", ">", "=", "12)"])
def test_no_wrapped_line_begins_another_block(start: str) -> None:
    first, second = wrapped("x" * 109 + f" {start} rest").splitlines()
    assert first == "x" * 109
    assert re.match(r"(\d+[.)]|[-#>=])\s", second) is None
    assert second.replace("\\", "") == f"{start} rest"


def test_the_module_runs(kb: Callable[..., object], small_base: Path) -> None:
    import subprocess
    import sys

    reported(small_base)
    page = small_base.parent / "page.md"
    done = subprocess.run(
        [sys.executable, "-m", "kb.commands.findings", str(page)],
        cwd=small_base,
        env={"PYTHONPATH": str(PROJECT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert page.read_text("utf-8").startswith("# What the base finds\n")
