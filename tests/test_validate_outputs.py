"""What ``kb validate`` writes for people and for other tools."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from kb.diagnostics import Diagnostic
from kb.diagnostics.output.excerpt import excerpt, extent
from kb.diagnostics.output.fingerprints import fingerprints
from kb.diagnostics.output.github import github
from kb.diagnostics.output.junit import junit
from kb.diagnostics.output.sarif import sarif
from kb.diagnostics.rules import PARTS, RULES
from tests.conftest import Ran

Kb = Callable[..., Ran]
SCHEMA = Path(__file__).parent / "fixtures" / "sarif" / "sarif-schema-2.1.0.json"
MISSPELT = "supports: [tower-is-tal]  # the first reason\n"


def finding(**changed: Any) -> Diagnostic:
    given: dict[str, Any] = {
        "rule": "KB101",
        "severity": "error",
        "message": "there is no claim x",
        "file": "towers/a.yaml",
        "line": 3,
        "column": 12,
        "path": ("supports", 0, "claim"),
    }
    return Diagnostic(**{**given, **changed})


@pytest.fixture
def broken(small_base: Path) -> Path:
    """A repository whose base has one error, in the file of the climbed tower."""
    file = small_base / "towers" / "tower-is-climbed.yaml"
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("supports:")] + MISSPELT, "utf-8")
    (small_base.parent / ".git").mkdir()
    return small_base


# --- text ----------------------------------------------------------------------


def test_a_finding_shows_its_line_with_carets_under_the_value(kb: Kb, broken: Path) -> None:
    ran = kb("validate", "-q", "--base", ".", cwd=broken)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "towers/tower-is-climbed.yaml:5:12: error KB101: there is no claim tower-is-tal",
        f"    5 | {MISSPELT.rstrip()}",
        "      |            ^^^^^^^^^^^^",
        "    expected: the id of a claim of this base",
        "    did you mean tower-is-tall or tower-is-short?",
    ]
    assert "\x1b[" not in ran.out


def test_without_excerpts_each_finding_is_as_before(kb: Kb, broken: Path) -> None:
    out = kb("validate", "-q", "--no-excerpt", "--base", ".", cwd=broken).out
    assert out.splitlines()[1] == "    expected: the id of a claim of this base"
    assert "^" not in out


@pytest.mark.parametrize(
    ("line", "column", "marked"),
    [
        ("supports: [a-b, c-d]", 12, "a-b"),
        ("supports: [a-b, c-d]", 17, "c-d"),
        ("supports: [a-b, c-d]", 1, "supports"),
        ("  - {claim: a-b, because: Since, say}", 13, "a-b"),
        ('title: "A: b # c"  # why', 8, '"A: b # c"'),
        ("title: 'it''s' # why", 8, "'it''s'"),
        ("claim: Costs, of course, grow.  # why", 8, "Costs, of course, grow."),
        ("claim: x", 8, "x"),
        ("claim: x", 9, ""),
        ("checks: [{check: a}]", 10, "{"),
        ('say: "[" # a', 6, '"["'),
    ],
)
def test_the_value_that_starts_at_a_column_is_marked_as_a_whole(line: str, column: int, marked: str) -> None:
    assert extent(line, column) == max(len(marked), 1)
    assert line[column - 1 : column - 1 + extent(line, column)] == marked


def test_carets_stand_under_the_value_where_signs_are_wide_or_combined() -> None:
    shown = excerpt("t: 塔が [e\u0301, 塔]", 12, 80)
    assert (shown.before, shown.width) == (12, 2)


def test_a_long_line_is_cut_around_the_value() -> None:
    line = "claim: " + "word " * 60 + "[bad-id]"
    shown = excerpt(line, line.index("bad-id") + 1, 60)
    assert shown.line[shown.before : shown.before + shown.width] == "bad-id"
    assert shown.line.startswith("…")
    assert len(excerpt(line, 8, 60).line) == 60


def test_a_file_cannot_send_commands_to_the_terminal(kb: Kb, small_base: Path) -> None:
    (small_base / "towers" / "evil.yaml").write_bytes(b'claim: "x\x1b[31m"\n')
    ran = kb("validate", "--base", small_base)
    assert "KB012" in ran.out
    assert "\x1b" not in ran.out


def test_a_finding_beyond_the_file_has_no_excerpt(kb: Kb, small_base: Path) -> None:
    (small_base / "towers" / "bare.yaml").write_text("", "utf-8")
    out = kb("validate", "-q", "--base", ".", cwd=small_base).out
    assert "KB004" in out
    assert " | " not in out


# --- fingerprints ----------------------------------------------------------------


def test_a_fingerprint_survives_moved_lines_and_moved_files() -> None:
    [first] = fingerprints([finding()])
    assert fingerprints([finding(line=90, column=2, file="other/a.yaml", severity="warning")]) == [first]
    for changed in ({"rule": "KB102"}, {"file": "towers/b.yaml"}, {"path": ()}, {"message": "another"}):
        assert fingerprints([finding(**changed)]) != [first]


def test_a_line_that_a_message_names_is_not_part_of_it() -> None:
    [a, b] = (fingerprints([finding(message=f"opened in line {n}")])[0] for n in (3, 40))
    assert a == b


def test_like_findings_have_fingerprints_of_their_own() -> None:
    first, second = fingerprints([finding(), finding(line=9)])
    assert first.partition(":")[0] == second.partition(":")[0]
    assert (first[-2:], second[-2:]) == (":1", ":2")


def test_json_has_the_fingerprints(kb: Kb, broken: Path) -> None:
    before = kb("validate", "--format", "json", "--base", broken).json["diagnostics"]
    file = broken / "towers" / "tower-is-climbed.yaml"
    file.write_text("# one more line\n" + file.read_text("utf-8"), "utf-8")
    file.rename(broken / file.name)
    after = kb("validate", "--format", "json", "--base", broken).json["diagnostics"]
    assert [d["fingerprint"] for d in before] == [d["fingerprint"] for d in after]
    assert [d["line"] for d in before] != [d["line"] for d in after]


# --- SARIF -----------------------------------------------------------------------


def test_sarif_is_valid_and_places_the_finding_in_the_repository(kb: Kb, broken: Path) -> None:
    ran = kb("validate", "--format", "sarif", "--base", broken)
    assert ran.code == 1
    jsonschema_rs.Draft4Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(ran.json)
    [run] = ran.json["runs"]
    [result] = [r for r in run["results"] if r["level"] == "error"]
    assert result["ruleId"] == "KB101"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "KB101"
    [location] = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "base/towers/tower-is-climbed.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 5, "startColumn": 12, "endColumn": 24},
    }
    assert list(result["partialFingerprints"]) == ["kb/v1"]
    assert "Did you mean tower-is-tall or tower-is-short?" in result["message"]["text"]


def test_sarif_describes_every_rule() -> None:
    log = sarif([], version="1.2.3", named=str, lines=lambda _: ())
    jsonschema_rs.Draft4Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(log)
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules)
    assert log["runs"][0]["results"] == []


def test_the_schema_refuses_what_is_no_sarif() -> None:
    validator = jsonschema_rs.Draft4Validator(json.loads(SCHEMA.read_text("utf-8")))
    log = sarif([finding()], version="1.2.3", named=str, lines=lambda _: ())
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(log)


def test_an_address_in_sarif_is_percent_encoded() -> None:
    log = sarif([finding(file="my towers/ä#1.yaml")], version="1", named=str, lines=lambda _: ())
    [result] = log["runs"][0]["results"]
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "my%20towers/%C3%A4%231.yaml"


# --- GitHub ----------------------------------------------------------------------


def test_github_annotations_name_the_file_from_the_top_of_the_repository(kb: Kb, broken: Path) -> None:
    ran = kb("validate", "--format", "github", "--base", broken)
    errors = [line for line in ran.out.splitlines() if line.startswith("::error")]
    assert errors == [
        "::error file=base/towers/tower-is-climbed.yaml,line=5,col=12,title=KB101 dangling relation::"
        "there is no claim tower-is-tal%0Aexpected: the id of a claim of this base%0A"
        "did you mean tower-is-tall or tower-is-short?"
    ]
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in ran.out.splitlines())


def test_what_github_would_read_as_its_own_is_escaped() -> None:
    [line] = github([finding(file="a,b:c%.yaml", message="100%\r\n::error::x")], str)
    assert line == (
        "::error file=a%2Cb%3Ac%25.yaml,line=3,col=12,title=KB101 dangling relation::100%25%0D%0A::error::x"
    )


# --- JUnit -----------------------------------------------------------------------


def test_junit_has_a_case_for_each_rule_that_was_looked_for(kb: Kb, broken: Path) -> None:
    ran = kb("validate", "--format", "junit", "--base", broken)
    root = ElementTree.fromstring(ran.out)
    assert [suite.get("name") for suite in root] == list(PARTS.values())
    cases = list(root.iter("testcase"))
    assert len(cases) == sum(rule.by == "kb validate" for rule in RULES.values())
    failed = [case for case in cases if case.find("failure") is not None]
    assert [case.get("name") for case in failed] == ["KB101 dangling relation"]
    assert (failed[0].get("file"), failed[0].get("line")) == ("base/towers/tower-is-climbed.yaml", "5")
    assert (root.get("tests"), root.get("failures")) == (str(len(cases)), "1")
    assert "base/towers/tower-is-climbed.yaml:5:12" in (failed[0].find("failure").text or "")  # type: ignore[union-attr]


def test_in_junit_a_warning_fails_only_where_it_makes_kb_fail() -> None:
    warning = finding(severity="warning", rule="KB206")
    for strict, failures in ((False, "0"), (True, "1")):
        root = ElementTree.fromstring(junit([warning], named=str, strict=strict))
        assert root.get("failures") == failures
        text = "".join(root.itertext())
        assert "towers/a.yaml:3:12: warning KB206" in text


def test_junit_holds_no_sign_that_xml_forbids() -> None:
    text = junit([finding(message="a\x00\x1b<b>&\ufffe")], named=str)
    failure = next(ElementTree.fromstring(text).iter("failure"))
    assert failure.get("message") == "a��<b>&�"


# --- all of them -------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "sarif", "github", "junit"])
def test_a_form_for_tools_is_nothing_but_that_form(kb: Kb, small_base: Path, form: str) -> None:
    ran = kb("validate", "--format", form, "--base", small_base)
    assert ran.code == 0
    assert ran.err == ""
    match form:
        case "junit":
            ElementTree.fromstring(ran.out)
        case "github":
            assert ran.out == "" or ran.out.startswith("::")
        case _:
            json.loads(ran.out)


def test_a_base_outside_a_repository_is_named_from_where_one_stands(kb: Kb, small_base: Path) -> None:
    top = subprocess.run(["git", "rev-parse"], cwd=small_base, capture_output=True, check=False)
    if top.returncode == 0:
        pytest.skip("the folder for tests lies in a git repository")
    (small_base / "towers" / "bare.yaml").write_text("", "utf-8")
    out = kb("validate", "--format", "github", "--base", "base", cwd=small_base.parent).out
    assert "file=base/towers/bare.yaml," in out
