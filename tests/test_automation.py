"""What works on GitHub and before each commit: valid, with few rights, and in a new base as here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from kb.commands.starting import init
from tests.conftest import PROJECT, missing
from tests.workflows import ACTION, STARTER, WORKFLOWS, git, loaded, steps_of

VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
FORMS = tuple(
    path for top in (PROJECT, STARTER) for path in sorted((top / ".github/ISSUE_TEMPLATE").glob("*.yml"))
)
DEPENDABOT = tuple(top / ".github/dependabot.yml" for top in (PROJECT, STARTER))
WRITES = {
    "comment.yml": {"actions": "read", "pull-requests": "write", "security-events": "write"},
    "pages.yml publish": {"id-token": "write", "pages": "write"},
    "release.yml publish": {"id-token": "write"},
}


def named(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def run(*words: object, cwd: Path = PROJECT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, words)], cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, timeout=600
    )


def module(name: str, *words: object, cwd: Path = PROJECT, **env: str) -> subprocess.CompletedProcess[str]:
    done = run(sys.executable, "-m", name, *words, cwd=cwd, **env)
    if f"No module named {name}" in done.stderr:
        missing(f"{name} is not installed")
    return done


def jobs() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in loaded(path)["jobs"].items():
            yield path, name, job


# --- valid --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "files"),
    [("workflows", WORKFLOWS), ("actions", (ACTION,)), ("issue-forms", FORMS)],
    ids=["workflows", "action", "forms"],
)
def test_github_would_read_them(schema: str, files: tuple[Path, ...]) -> None:
    done = module("check_jsonschema", "--builtin-schema", f"vendor.github-{schema}", *files)
    assert done.returncode == 0, done.stdout


def test_dependabot_would_read_its_files() -> None:
    done = module("check_jsonschema", "--builtin-schema", "vendor.dependabot", *DEPENDABOT)
    assert done.returncode == 0, done.stdout


def test_a_linter_finds_no_way_in(tmp_path: Path) -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    if zizmor is None:
        missing("zizmor is not installed")
    # We name major versions on purpose; that the second workflow takes nothing but data is tested here.
    rules = {
        "unpinned-uses": {"config": {"policies": {"*": "ref-pin"}}},
        "dangerous-triggers": {"ignore": ["comment.yml"]},
    }
    config = tmp_path / "zizmor.yml"
    config.write_text(yaml.safe_dump({"rules": rules}), "utf-8")
    words = ("--offline", "--no-progress", "--strict-collection", "--min-severity", "medium")
    done = run(zizmor, *words, "--config", config, *WORKFLOWS, ACTION, *DEPENDABOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=named)
def test_shell_steps_are_shell_and_take_no_text_but_from_the_environment(path: Path, tmp_path: Path) -> None:
    for step in steps_of(path):
        text = step.get("run", "")
        assert "${{" not in text
        (tmp_path / "step").write_text(text, "utf-8")
        done = run("bash", "-n", tmp_path / "step")
        assert done.returncode == 0, done.stderr
        if path == ACTION and text:
            assert step["shell"] == "bash"


# --- least rights -------------------------------------------------------------------


def test_every_job_has_few_rights_and_an_end() -> None:
    for path, name, job in jobs():
        allowed = WRITES.get(path.name) or WRITES.get(f"{path.name} {name}") or {"contents": "read"}
        assert job["permissions"] == allowed, (path, name)
        assert 0 < job["timeout-minutes"] <= 90, (path, name)
    for path in WORKFLOWS:
        assert loaded(path)["permissions"] == {}, path
        assert "concurrency" in loaded(path), path


def test_what_runs_a_pull_request_has_no_secret_and_leaves_no_key() -> None:
    for path in (*WORKFLOWS, ACTION):
        text = path.read_text("utf-8")
        assert "pull_request_target" not in text, path
        assert "secrets." not in text, path
        for step in steps_of(path):
            if str(step.get("uses", "")).startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, path
            if path.name == "check.yml":
                assert not str(step.get("uses", "")).startswith("actions/cache@"), "nothing of it is kept"


def test_what_may_write_on_a_pull_request_runs_nothing_of_it() -> None:
    comment = STARTER / ".github/workflows/comment.yml"
    assert [step for step in steps_of(comment) if "uses" in step] == []
    words = {word for step in steps_of(comment) for word in re.findall(r"[\w-]+", step["run"])}
    assert not words & {"git", "pip", "python", "eval", "source", "bash", "sh"}
    [workflow] = loaded(comment)[True]["workflow_run"]["workflows"]
    assert workflow == loaded(comment.with_name("check.yml"))["name"]


def test_actions_are_named_by_their_major_version_or_hash() -> None:
    for path in (*WORKFLOWS, ACTION):
        for step in steps_of(path):
            if uses := step.get("uses"):
                assert re.fullmatch(r"\./|[\w./-]+@(v\d+|release/v1|[0-9a-f]{40})", uses), (path, uses)


# --- the same in a new base as here -------------------------------------------------


def test_the_action_does_what_the_workflow_does() -> None:
    workflow, action = (
        {
            step["name"]: (step["run"], step.get("if"), step.get("id"))
            for step in steps_of(path)
            if "run" in step
        }
        for path in (STARTER / ".github/workflows/check.yml", ACTION)
    )
    assert workflow.pop("Install kb") != action.pop("Install kb")
    assert workflow == action


@pytest.mark.parametrize(
    "file",
    [
        "workflows/comment.yml",
        "pull_request_template.md",
        "ISSUE_TEMPLATE/new-claim.yml",
        "ISSUE_TEMPLATE/wrong-number.yml",
    ],
)
def test_files_that_are_shared_agree(file: str) -> None:
    assert (PROJECT / ".github" / file).read_bytes() == (STARTER / ".github" / file).read_bytes()


def test_sites_are_published_alike() -> None:
    ours, theirs = ((top / ".github/workflows/pages.yml").read_text("utf-8") for top in (PROJECT, STARTER))
    assert ours == theirs.replace("install --quiet -r .github/requirements.txt", "install --quiet .")


def test_owners_are_of_files_that_are_there(tmp_path: Path) -> None:
    started = init(tmp_path / "new")
    for top in (PROJECT, started.folder):
        lines = (top / ".github/CODEOWNERS").read_text("utf-8").splitlines()
        paths = [found[1] for line in lines if (found := re.match(r"#?(/\S+)\s+@", line))]
        assert "/claims/" in paths
        for path in paths:
            assert (top / path[1:]).exists(), path


def test_a_new_base_has_all_of_it_and_installs_this_version(tmp_path: Path) -> None:
    started = init(tmp_path / "new", title="Wind")
    automation = {p.relative_to(STARTER).as_posix() for p in (STARTER / ".github").rglob("*") if p.is_file()}
    assert {*automation, ".pre-commit-config.yaml"} <= {*started.files}
    for path in automation:
        assert (started.folder / path).read_bytes() == (STARTER / path).read_bytes(), path
    requirement = Requirement(
        (started.folder / ".github/requirements.txt").read_text("utf-8").splitlines()[-1]
    )
    hooks = yaml.safe_load((started.folder / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0][
        "hooks"
    ]
    assert [Requirement(text) for text in hooks[0]["additional_dependencies"]] == [requirement]
    assert requirement.name == "kb-argmap"
    assert requirement.specifier.contains(VERSION)


# --- before each commit -------------------------------------------------------------


def test_the_hooks_are_well_formed() -> None:
    for kind, file in (
        ("manifest", PROJECT / ".pre-commit-hooks.yaml"),
        ("config", STARTER / ".pre-commit-config.yaml"),
    ):
        done = module("pre_commit", f"validate-{kind}", file)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def hooked(tmp_path: Path) -> tuple[Path, Path]:
    """A repository with a base that uses the hooks of a clone of this project; and where hooks are kept."""
    program = tmp_path / "program"
    program.mkdir()
    for name in ("kb", "schema", "templates", "claims"):
        leave = shutil.ignore_patterns(".kb", "__pycache__")
        shutil.copytree(PROJECT / name, program / name, ignore=leave)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(PROJECT / name, program)
    git(program, "init", "-q")
    git(program, "add", "-A")
    git(program, "commit", "-q", "-m", "the program")
    base = init(tmp_path / "base").folder
    hooks = [{"id": "kb-validate"}, {"id": "kb-fix", "stages": ["manual"]}]
    repository = {"repo": str(program), "rev": git(program, "rev-parse", "HEAD"), "hooks": hooks}
    (base / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}), "utf-8")
    git(base, "init", "-q")
    git(base, "add", "-A")
    git(base, "commit", "-q", "-m", "start")
    kept = tmp_path / "kept"
    done = module("pre_commit", "install-hooks", cwd=base, PRE_COMMIT_HOME=str(kept))
    if done.returncode and "pip" in done.stdout:
        missing(f"pip cannot install what kb needs: {done.stdout[-300:]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return base, kept


def test_a_commit_is_judged_first_and_mended_on_request(hooked: tuple[Path, Path]) -> None:
    base, kept = hooked

    def commit(*words: str) -> subprocess.CompletedProcess[str]:
        return module("pre_commit", "run", "--verbose", *words, cwd=base, PRE_COMMIT_HOME=str(kept))

    (base / "README.md").write_text("Nothing of the base.\n")
    git(base, "add", "-A")
    assert "(no files to check)Skipped" in commit().stdout
    claim = base / "claims/light/sunlight-comes-at-once.yaml"
    sound = claim.read_text("utf-8")
    claim.write_text(sound + "tags: [light]\n", "utf-8")
    git(base, "add", "-A")
    done = commit()
    assert done.returncode == 0, done.stdout
    assert "Judge the files of the base" in done.stdout
    assert "all in order" in done.stdout
    claim.write_text(sound.replace("descartes-1634", "descartes-1643"), "utf-8")
    git(base, "add", "-A")
    done = commit()
    assert done.returncode == 1
    assert re.search(r"claims/light/sunlight-comes-at-once\.yaml:5:\d+: error KB\d{3}", done.stdout)
    claim.write_text(sound + "tags: [light, sun, light]  # two\n", "utf-8")
    git(base, "add", "-A")
    words = ("kb-fix", "--hook-stage", "manual")
    done = commit(*words)
    assert done.returncode == 1, "pre-commit stops once where a hook changed a file"
    assert claim.read_text("utf-8") == sound + "tags: [light, sun]  # two\n"
    git(base, "add", "-A")
    assert commit(*words).returncode == 0
