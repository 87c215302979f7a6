"""``kb init``: a base that runs at once, and the next steps as they are printed."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import source
from kb.commands import starting
from kb.commands.drafts import Refused
from kb.commands.starting import init
from kb.resources import schema_folder
from tests.conftest import PROJECT, Ran

Kb = Callable[..., Ran]


def listed(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_printed_steps_work_as_they_stand(tmp_path: Path, kb: Kb) -> None:
    done = kb("init", "wind power")
    assert done.code == 0, done.err
    steps = [line.strip() for line in done.out.splitlines() if line.startswith("  ")]
    assert steps == ["cd 'wind power'", "kb validate", "kb check", "kb render --out _site", "kb new claim"]
    runs = " && ".join(steps[:-1]).replace("kb ", f"{shlex.quote(sys.executable)} -m kb ")
    env = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(["sh", "-ec", runs], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "all in order" in ran.stdout
    assert "1 hold, 1 fail" in ran.stdout
    assert "Wind power" in (tmp_path / "wind power/_site/index.html").read_text(encoding="utf-8")
    claim = kb("new", "claim", "--claim", "Rain falls.", "--topic", "rain", cwd=tmp_path / "wind power")
    assert claim.code == 0, claim.err


def test_every_file_finds_its_schema(tmp_path: Path) -> None:
    done = init(tmp_path / "new")
    for path in done.base.rglob("*.yaml"):
        schema = path.read_text(encoding="utf-8").partition("\n")[0].partition("$schema=")[2]
        assert (path.parent / schema).is_file(), path
    assert {path.name for path in schema_folder().iterdir()} == {
        p.name for p in (tmp_path / "new/schema").iterdir()
    }


def test_title_and_question_are_those_that_were_given(tmp_path: Path) -> None:
    title = 'Wind: "power" & {{ title }} # 1'
    done = init(tmp_path / "new", title=title, question="Does wind  power pay?")
    config = source.load(done.base, cache=False).base.config
    assert config.title == title
    assert [(q.id, q.text) for q in config.questions] == [("does-wind-power-pay", "Does wind power pay?")]
    assert (tmp_path / "new/README.md").read_text(encoding="utf-8").startswith(f"# {title}\n")
    assert "# What the base is about" in (done.base / "kb.yaml").read_text(encoding="utf-8")


def test_whatever_lies_in_the_starter_folder_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starter = tmp_path / "starter"
    (starter / ".github/workflows").mkdir(parents=True)
    (starter / "claims").mkdir()
    (starter / "claims/kb.yaml").write_text("format: 1\ntitle: x\n")
    (starter / ".github/workflows/validate.yml").write_text("run: ${{ title }} {{ title }}\n")
    monkeypatch.setattr(starting, "starter_folder", lambda: starter)
    init(tmp_path / "new", title="Mine")
    assert (tmp_path / "new/.github/workflows/validate.yml").read_text() == "run: ${{ title }} Mine\n"


def test_the_example_is_copied_without_what_tools_left(tmp_path: Path, kb: Kb) -> None:
    done = kb("init", "copy", "--example", "--format", "json")
    assert done.code == 0, done.err
    copied = listed(tmp_path / "copy/claims")
    assert "kb.yaml" in copied
    assert not [path for path in copied if path.startswith(".")]
    assert (tmp_path / "copy/README.md").read_text(encoding="utf-8").startswith("# Does AI scaling keep")
    assert kb("validate", "--base", "copy").code == 0


def test_a_folder_with_git_only_will_do_and_others_stay_as_they_are(tmp_path: Path, kb: Kb) -> None:
    (tmp_path / "repo/.git").mkdir(parents=True)
    assert kb("init", cwd=tmp_path / "repo").code == 0
    before = listed(tmp_path / "repo")
    again = kb("init", "repo")
    assert (again.code, listed(tmp_path / "repo")) == (2, before)
    assert "is not empty (.github, .gitignore, .pre-commit-config.yaml and 3 more)" in again.err
    assert "lies within the base" in kb("init", "repo/claims/inner").err
    (tmp_path / "file").write_text("")
    assert "is a file" in kb("init", "file").err
    with pytest.raises(Refused, match="part of the program"):
        init(PROJECT / "kb/inner")
    with pytest.raises(Refused, match="leave out yours"):
        init(tmp_path / "other", title="Mine", example=True)


def test_nothing_is_left_of_a_start_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kb import store

    write = store.write_atomic

    def full(path: Path, data: str) -> None:
        if path.name == "source.schema.json":
            raise OSError(28, "No space left on device", str(path))
        write(path, data)

    monkeypatch.setattr(store, "write_atomic", full)
    with pytest.raises(OSError, match="No space left"):
        init(tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_title_and_question_are_asked_for_on_a_terminal(tmp_path: Path) -> None:
    from tests.terminal import talk

    code, shown = talk(
        tmp_path,
        ["init", "tower"],
        [("What is the base about?", "Towers"), ("Its first question", "Is it tall?")],
    )
    assert code == 0, shown
    config = source.load(tmp_path / "tower/claims", cache=False).base.config
    assert (config.title, config.questions[0].text) == ("Towers", "Is it tall?")
