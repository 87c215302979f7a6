"""Options from the environment, how much is said, colours, and the base that is found from any folder."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from kb import source
from kb.api import KnowledgeBase, NoSuchDevice, load
from kb.cli import environment, running
from kb.cli.app import cli
from kb.commands import bench, doctor
from tests.conftest import PROJECT, Ran

Kb = Callable[..., Ran]
Told = Callable[[str], Ran]
TESTS_OWN = {"KB_REQUIRE_ALL", "KB_SEED_TEXTS", "KB_TORCH_PYTHON", "KB_ARGUEBUF_PYTHON", "KB_FUZZ_SECONDS"}


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command line in this process."""

    def run(line: str) -> Ran:
        try:
            running.main(shlex.split(line))
        except SystemExit as leaving:
            out, err = capsys.readouterr()
            return Ran(int(str(leaving.code)), out, err)

    return run


@pytest.fixture
def at_base(small_base: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small base, from within which commands are run."""
    monkeypatch.chdir(small_base)
    return small_base


# --- variables ----------------------------------------------------------------


def test_every_option_has_a_variable_of_its_own() -> None:
    found = list(environment.variables(cli))
    names = [name for name, _, _ in found]
    assert len(set(names)) == len(names) > 200
    assert not set(names) & (TESTS_OWN | set(environment.OTHERS))
    assert {"KB_CHECK_FAIL_ON", "KB_CHECK_NO_CACHE", "KB_SOURCES_ADD_SKIP", "KB_SERVE_PORT"} <= set(names)
    assert all(isinstance(option, click.Option) for _, _, option in found)


@pytest.mark.parametrize(
    ("variable", "value", "line", "said"),
    [
        ("KB_SEARCH_LIMIT", "1", "search tower", " more with a higher --limit"),
        ("KB_SEARCH_LIMIT", "1", "search tower --limit 9", " hits.\n"),  # what is typed goes before
        ("KB_SEARCH_KIND", "check\nsource", "search tower", "4 hits"),
        ("KB_SEARCH_KIND", "\ncheck\n\nsource\n", "search tower", "4 hits"),
        ("KB_SEARCH_LIMIT", "", "search tower --kind claim", "3 hits.\n"),
        ("KB_SEARCH_VERBOSE", "yes", "search tower", "base: "),
        ("KB_SEARCH_NO_CACHE", "1", "search tower -v", "cache: none"),
        ("KB_SEARCH_NO_CACHE", "0", "search tower -v", ".kb\n"),
        ("KB_SEARCH_VERBOSE", "1", "search tower -q", ""),
    ],
)
def test_a_variable_does_what_the_option_does(
    told: Told, at_base: Path, monkeypatch: Any, variable: str, value: str, line: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    ran = told(line)
    assert ran.code == 0
    assert said in ran.err
    assert bool(ran.err) == bool(said)


@pytest.mark.parametrize(
    ("variable", "value", "line", "said"),
    [
        ("KB_CHECK_JOBS", "many", "check", "Invalid value for the variable KB_CHECK_JOBS: 'many'"),
        ("KB_CHECK_NO_CACHE", "perhaps", "check", "the variable KB_CHECK_NO_CACHE: 'perhaps'"),
        ("KB_SOURCES_VERIFY_TEXTS", "/nowhere", "sources verify", "the variable KB_SOURCES_VERIFY_TEXTS"),
        ("KB_CHECK_FAIL_ON", "huh", "check", "note: set in the environment: KB_CHECK_FAIL_ON"),
    ],
)
def test_a_wrong_value_names_its_variable(
    told: Told, at_base: Path, monkeypatch: Any, variable: str, value: str, line: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    ran = told(line)
    assert ran.code == 2
    assert said in ran.err
    assert told("search tower").code == 0, "other commands do not mind"


def test_a_misspelt_variable_is_told_by_the_doctor(told: Told, at_base: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(doctor, "_devices", tuple)
    for name in [name for name in os.environ if name.startswith("KB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KB_CHEK_JOBS", "2")
    monkeypatch.setenv("KB_CHECK_JOBS", "2")
    (line,) = (finding for finding in told("doctor --format json").json if finding["subject"] == "variable")
    assert line["says"] == "KB_CHEK_JOBS means nothing to kb"
    assert line["cure"] == "did you mean KB_CHECK_JOBS?"


def test_a_failure_is_json_when_a_variable_asked_for_it(told: Told, at_base: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("KB_CHECK_FORMAT", "json")
    assert "no such option" in told("check --nonsense").json["error"].lower()
    assert told("check --nonsense --format text").out == ""


def test_a_variable_is_no_reason_to_refuse_a_mode_that_it_does_not_concern(
    told: Told, at_base: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("KB_CHECK_JOBS", "2")
    assert told("check tower-climb --power").code == 0
    assert told("check tower-climb --power --jobs 2").code == 2


# --- how much is said, and in which colours -----------------------------------


def test_quiet_and_verbose_mean_the_same_everywhere(
    told: Told, at_base: Path, monkeypatch: Any, tmp_path: Path
) -> None:
    (tmp_path / "talk.argdown").write_text("[A]: Towers\x07 lean.\n", "utf-8")
    lines = (
        "check",
        "check --power",
        "check tower-climb --set steps=19",
        "whatif --verdict tower-climb=fails",
        "audit",
        f"render --out {tmp_path / 'site'}",
        f"export argdown -o {tmp_path / 'out.argdown'}",
        f"import argdown {tmp_path / 'talk.argdown'} --into {tmp_path / 'new'} --dry-run",
        "search tower",
        "validate",
    )
    for line in lines:
        usual, loud, still = told(line), told(f"{line} -v"), told(f"{line} -q")
        assert {usual.code, loud.code, still.code} == {0}, line
        assert loud.err.endswith(" s\n"), line
        assert still.err == "", line
        assert len(usual.out + usual.err) > len(still.out), line
        assert not re.search(r"recorded|\btried\b|to look into\.$", still.out), line
    assert "Checks: 3 of 3" in told("check --no-cache -v").err
    assert told("check -q -v").code == 2
    assert "opposites" in told("check -q -v").err


@pytest.mark.parametrize("line", ["check", "validate"])
def test_colours_are_as_the_environment_wants_them(kb: Kb, small_base: Path, line: str) -> None:
    (small_base / "towers/tower-is-climbed.yaml").write_text("claim: Visitors climb.\n", "utf-8")
    load(small_base).run()
    plain, forced = kb(*line.split(), cwd=small_base), kb(*line.split(), cwd=small_base, FORCE_COLOR="1")
    both = kb(*line.split(), cwd=small_base, FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b[" not in plain.out + both.out
    assert click.unstyle(forced.out) == plain.out == both.out
    assert "\x1b[" in forced.out


# --- the base -----------------------------------------------------------------

LINES = (
    "check tower-climb",
    "history tower-climb",
    "why tower-is-tall",
    "whatif --verdict tower-climb=fails",
    "cruxes tower-is-tall",
    "audit",
    "bench flops --save",
    "search tower",
    "serve",
    "import argdown {tmp}/talk.argdown --dry-run",
    "export argdown",
    "diff HEAD",
    "new claim --claim 'The tower leans.' --topic towers",
    "new counter tower-is-short --claim 'It has many steps.'",
    "new source --title 'A map'",
    "new check tower-is-climbed",
    "new question --question 'Is it old?' --thesis tower-is-tall",
    "rename tower-is-climbed tower-is-scaled",
    "migrate",
    "validate",
    "review",
    "sources add {tmp}/work.json",
    "sources links",
    "sources verify --texts {tmp}",
    "sources pin tower-is-tall --quote tall --source guide-1999 --texts {tmp}",
    "show tower-is-tall",
    "render --out {tmp}/site",
    "doctor",
)


def test_every_command_finds_the_base_from_any_folder_in_it(
    told: Told, at_base: Path, monkeypatch: Any, tmp_path: Path
) -> None:
    """And every command that opens a base is in the list."""
    roots: list[Path] = []
    find = source.find

    def spied(*given: Any) -> Path:
        roots.append(find(*given))
        return roots[-1]

    def nothing(*_: Any, **__: Any) -> Any:
        raise NoSuchDevice("none")

    deep = at_base / "towers" / "old" / "ones"
    deep.mkdir(parents=True)
    (tmp_path / "talk.argdown").write_text("[A]: Towers lean.\n", "utf-8")
    (tmp_path / "work.json").write_text('[{"type": "book", "title": "Walls"}]', "utf-8")
    monkeypatch.chdir(deep)
    monkeypatch.setattr(source, "find", spied)
    monkeypatch.setattr(bench, "choose_device", nothing)
    monkeypatch.setattr(doctor, "_devices", tuple)
    monkeypatch.setattr(KnowledgeBase, "serve", lambda _, **__: None)
    before = {path.name for path in PROJECT.iterdir()}
    for line in LINES:
        roots.clear()
        ran = told(line.format(tmp=tmp_path))
        assert ran.code != 3, ran.err
        assert roots, f"{line}: {ran.err}"
        assert {root.resolve() for root in roots} == {at_base.resolve()}, line
    assert {path.name for path in PROJECT.iterdir()} == before
    opening = {
        " ".join(names)
        for names, command in environment.commands(cli)
        if any(parameter.name == "base_path" for parameter in command.params)
    }
    assert {
        name for name in opening if any(line.split(" -")[0].startswith(name) for line in LINES)
    } == opening
