"""The shell steps of the workflows, run on a made-up pull request and on reports that mean harm."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from kb.commands.starting import init
from tests.conftest import PROJECT, missing
from tests.workflows import ACTION, STARTER, Runner, git, program, steps_of

CHECK, COMMENT = (STARTER / f".github/workflows/{name}.yml" for name in ("check", "comment"))
RELEASE = PROJECT / ".github/workflows/release.yml"
HEAD = "0123456789abcdef0123456789abcdef01234567"
MARKER = "<!-- kb: what this change does -->"
# Answers as GitHub's command does, from files named for what is asked, and writes down what is sent.
GH = f"""#!{sys.executable}
import json, os, pathlib, subprocess, sys
state = pathlib.Path(os.environ["GH_STATE"])
asked, fields, jq, method, rest = "", {{}}, "", "GET", sys.argv[2:]
while rest:
    word = rest.pop(0)
    if word == "--paginate":
        continue
    if word == "--jq":
        jq = rest.pop(0)
    elif word == "--method":
        method = rest.pop(0)
    elif word in ("-f", "-F"):
        name, _, value = rest.pop(0).partition("=")
        read = word == "-F" and value.startswith("@")
        fields[name] = pathlib.Path(value[1:]).read_bytes().decode() if read else value
    else:
        asked = word
answer = state / asked.partition("?")[0].replace("/", "_")
if method != "GET":
    with (state / "sent").open("a") as sent:
        sent.write(json.dumps([method, asked, fields]) + "\\n")
    sys.exit((state / "refused").is_file() and asked.endswith((state / "refused").read_text()))
if not answer.is_file():
    sys.exit("gh: Not Found (HTTP 404)")
if jq:
    sys.exit(subprocess.run(["jq", "-r", jq, answer]).returncode)
sys.stdout.buffer.write(answer.read_bytes())
"""


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# --- check.yml ----------------------------------------------------------------------


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A repository as ``kb init`` starts one."""
    folder = tmp_path / "origin"
    init(folder)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "start")
    return folder


def merged(started: Path, file: str, old: str, new: str) -> Path:
    """A clone with a pull request merged into it, as the runner checks it out: on no branch."""
    git(started, "checkout", "-q", "-b", "theirs")
    edited(started / file, old, new)
    git(started, "commit", "-qam", "a change")
    git(started, "checkout", "-q", "main")
    (started / "README.md").write_text("Somebody else was here meanwhile.\n")
    git(started, "commit", "-qam", "another")
    clone = started.parent / "clone"
    git(started.parent, "clone", "-q", str(started), str(clone))
    git(clone, "checkout", "-q", "--detach", "origin/main")
    git(clone, "merge", "-q", "--no-ff", "-m", "merge", "origin/theirs")
    git(clone, "branch", "-q", "-D", "main")
    return clone


def checked(clone: Path, path: Path = CHECK, target: str = "main") -> Runner:
    home = clone.parent / "home"
    facts = {
        "github.base_ref": target,
        "inputs.against": target,
        "inputs.base": "",
        "github.event.pull_request.number": "12",
    }
    return Runner(clone, home, facts, clone.parent / "programs")


SUN = "claims/checks/time-of-sunlight.yaml"


@pytest.mark.parametrize("path", [CHECK, ACTION], ids=["workflow", "action"])
def test_a_change_is_judged_compared_and_shown(started: Path, path: Path) -> None:
    clone = merged(started, SUN, "at_least: 8 minute", "at_least: 8.4 minute")
    runner = checked(clone, path)
    assert not runner.job(path, but=["Install kb"]), "the change that should make it fail shows nothing now"
    assert runner.outcomes == {
        "files": "success",
        "Run the checks that the change touches": "failure",
        "Say what the change does": "success",
        "Render the site": "success",
    }
    assert "1 check: 1 fail" in runner.said
    report = clone / "_report"
    assert (report / "number").read_text() == "12\n"
    said = (report / "diff.md").read_text("utf-8")
    assert "From main to the files as they are" in said
    assert "Minutes that sunlight is on its way" in said
    assert said == (runner.home / "summary").read_text("utf-8")
    assert "Minutes that sunlight is on its way" in (report / "diff.html").read_text("utf-8")
    assert json.loads((report / "kb.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert (report / "site/index.html").is_file()


def test_a_sound_change_passes(started: Path) -> None:
    clone = merged(started, SUN, "title: Minutes that", "title: How many minutes")
    runner = checked(clone)
    assert runner.job(CHECK, but=["Install kb"]), runner.said
    assert "0 checks" in runner.said


def test_a_broken_file_is_named_and_still_reported(started: Path) -> None:
    runner = checked(clone := merged(started, SUN, "compute: distance / speed", "compute: distance / sped"))
    assert not runner.job(CHECK, but=["Install kb"])
    assert runner.outcomes == {"files": "failure", "Say what the change does": "failure"}
    assert f"::error file={SUN},line=5" in runner.said
    said = (clone / "_report/diff.md").read_text("utf-8")
    assert "The base after the change (the files as they are) has 1 error" in said
    assert "KB302" in said
    assert not (clone / "_report/diff.html").exists()
    results = json.loads((clone / "_report/kb.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert any(result["level"] == "error" for result in results)
    assert not (clone / "_report/site").exists()


def test_a_branch_with_a_hostile_name_is_only_a_name(started: Path) -> None:
    target = "x;touch${IFS}pwned;`touch${IFS}pwned`$(touch${IFS}pwned)"
    clone = merged(started, SUN, "title: Minutes that", "title: How many minutes")
    runner = checked(clone, target=target)
    assert runner.job(CHECK, but=["Install kb"]), runner.said
    assert git(clone, "rev-parse", f"refs/heads/{target}") == git(clone, "rev-parse", "HEAD^1")
    assert not list(clone.parent.rglob("pwned*"))


# --- comment.yml --------------------------------------------------------------------


REPORT = {
    "number": b"12\n",
    "diff.md": "## From main to here\n\nNo thesis moves. “é”\n".encode(),
    "kb.sarif": b"{}",
}


class GitHub:
    """GitHub with one pull request, whose check left a report."""

    def __init__(self, folder: Path, report: Mapping[str, bytes]) -> None:
        self.folder, self.state = folder, folder / "state"
        self.state.mkdir(parents=True)
        with zipfile.ZipFile(
            self.state / "repos_o_r_actions_artifacts_7_zip", "w", zipfile.ZIP_DEFLATED
        ) as file:
            for name, content in report.items():
                file.writestr(name, content)
        artifacts = [
            {"id": 5, "name": "other", "size_in_bytes": 1},
            {"id": 7, "name": "kb-report", "size_in_bytes": 900},
        ]
        self.answer("actions/runs/99/artifacts", {"artifacts": artifacts})
        self.answer("pulls/12", {"head": {"sha": HEAD}})
        self.answer("pulls/13", {"head": {"sha": "f" * 40}})
        self.answer("issues/12/comments", [])

    def answer(self, asked: str, content: object) -> None:
        (self.state / f"repos_o_r_{asked.replace('/', '_')}").write_text(json.dumps(content), "utf-8")

    def told(self) -> tuple[bool, list[tuple[str, str, dict[str, str]]], str]:
        """Whether the job came out well, what it sent, and what it said."""
        facts = {
            "github.token": "secret",
            "github.event.workflow_run.head_sha": HEAD,
            "github.event.workflow_run.id": "99",
            "github.repository": "o/r",
            "github.server_url": "https://example.org",
        }
        programs = self.folder / "programs"
        runner = Runner(self.folder, self.folder / "home", facts, programs, {"GH_STATE": str(self.state)})
        program(programs, "gh", GH)
        well = runner.job(COMMENT)
        sent = self.state / "sent"
        lines = sent.read_text("utf-8").splitlines() if sent.is_file() else []
        return well, [tuple(json.loads(line)) for line in lines], runner.said


@pytest.fixture(autouse=True)
def _programs() -> None:
    for name in ("jq", "unzip", "git"):
        if shutil.which(name) is None:
            missing(f"{name} is not installed")


def test_a_report_becomes_one_comment_and_findings(tmp_path: Path) -> None:
    well, sent, said = GitHub(tmp_path, REPORT).told()
    assert well, said
    (method, where, comment), (scan, scans, findings) = sent
    assert (method, where) == ("POST", "repos/o/r/issues/12/comments")
    lines = comment["body"].splitlines()
    assert lines[0] == MARKER
    assert "(https://example.org/o/r/actions/runs/99/artifacts/7)" in lines[1]
    assert "No thesis moves. “é”" in lines
    assert (scan, scans) == ("POST", "repos/o/r/code-scanning/sarifs")
    assert (findings["commit_sha"], findings["ref"]) == (HEAD, "refs/pull/12/head")
    assert unpacked(findings["sarif"]) == b"{}"


def unpacked(text: str) -> bytes:
    return gzip.decompress(base64.b64decode(text))


def test_the_comment_that_is_there_is_written_anew(tmp_path: Path) -> None:
    github = GitHub(tmp_path, REPORT)
    comments = [
        {"id": 1, "user": {"login": "somebody"}, "body": f"{MARKER} mine"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "another"},
        {"id": 3, "user": {"login": "github-actions[bot]"}, "body": f"{MARKER}\nold"},
        {"id": 4, "user": {"login": "github-actions[bot]"}, "body": f"{MARKER}\nold too"},
    ]
    github.answer("issues/12/comments", comments)
    _, sent, _ = github.told()
    assert sent[0][:2] == ("PATCH", "repos/o/r/issues/comments/3")
    assert len(sent) == 2


@pytest.mark.parametrize(
    "number",
    [
        b"1; rm -rf ~",
        b"$(touch pwned)",
        b"`touch pwned`",
        b"12\n13",
        b"-1",
        b"012",
        b"",
        b"1" * 40,
        b"12/../13",
        b"a[$(touch pwned)]",
    ],
)
def test_a_number_that_is_none_ends_it(tmp_path: Path, number: bytes) -> None:
    well, sent, said = GitHub(tmp_path, {**REPORT, "number": number}).told()
    assert (well, sent) == (False, [])
    assert "no number of a pull request" in said
    assert not list(tmp_path.rglob("pwned"))


def test_another_pull_request_gets_no_comment(tmp_path: Path) -> None:
    well, sent, said = GitHub(tmp_path / "13", {**REPORT, "number": b"13"}).told()
    assert (well, sent, "not the one that was checked" in said) == (True, [], True)
    well, sent, said = GitHub(tmp_path / "14", {**REPORT, "number": b"14"}).told()
    assert (well, sent, "Not Found" in said) == (False, [], True)


def test_hostile_text_is_cut_and_calls_nobody(tmp_path: Path) -> None:
    text = b"`$(touch pwned)` \"; touch pwned; ' @everyone ::set-output name=x::y \x1b[31m\x00 \n"
    hostile = {**REPORT, "diff.md": text + b"\xff\xfe" + "é".encode() * 200_000}
    well, sent, said = GitHub(tmp_path, hostile).told()
    assert well, said
    body = sent[0][2]["body"]
    assert len(body) < 65_000
    assert "`$(touch pwned)` \"; touch pwned; ' @\u200beveryone" in body
    assert not {"\x1b", "\x00", "\ufffd"} & {*body}
    assert "set-output" not in said
    assert not list(tmp_path.rglob("pwned"))


def test_what_is_missing_or_too_much_is_said(tmp_path: Path) -> None:
    well, sent, said = GitHub(tmp_path / "bare", {"number": b"12"}).told()
    assert well
    assert [where for _, where, _ in sent] == ["repos/o/r/issues/12/comments"]
    assert "no findings for code scanning" in said
    huge = GitHub(tmp_path / "huge", {**REPORT, "kb.sarif": b" " * 11_000_000})
    _, sent, said = huge.told()
    assert len(sent) == 1
    assert "more than 10 megabytes" in said
    for number, artifacts in enumerate(([], [{"id": 7, "name": "kb-report", "size_in_bytes": 10**12}])):
        github = GitHub(tmp_path / f"none-{number}", REPORT)
        github.answer("actions/runs/99/artifacts", {"artifacts": artifacts})
        well, sent, said = github.told()
        assert (well, sent, "left no report" in said) == (True, [], True)


def test_files_beside_the_report_are_not_unpacked(tmp_path: Path) -> None:
    GitHub(tmp_path, {**REPORT, "../../escaped": b"x", "site/evil.sh": b"x", "output": b"number=1\n"}).told()
    assert not [path for path in tmp_path.rglob("*") if path.name in ("escaped", "evil.sh")]
    assert (tmp_path / "home/output").read_bytes() == b""


def test_code_scanning_that_is_off_is_no_failure(tmp_path: Path) -> None:
    github = GitHub(tmp_path, REPORT)
    (github.state / "refused").write_text("sarifs")
    well, sent, said = github.told()
    assert (well, len(sent), "may be switched off" in said) == (True, 2, True)


# --- release.yml --------------------------------------------------------------------


@pytest.mark.parametrize(("tag", "wanted"), [("v{}", True), ("v{}0", False), ("{}", False)])
def test_a_tag_must_name_the_version(tmp_path: Path, tag: str, wanted: bool) -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)
    runner = Runner(tmp_path, tmp_path / "home", {}, programs, {"GITHUB_REF_NAME": tag.format(version)})
    step = next(s for s in steps_of(RELEASE) if s.get("name", "").startswith("Compare"))
    assert runner.step(step) is wanted
    assert ("both must agree" in runner.said) is not wanted
