"""What the pages under docs/ show is what happens."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import experiments
from kb.cli import reference as commands
from kb.cli.app import cli
from kb.experiments import page
from kb.resources import schema_folder
from kb.source import reference as fields
from tests import documents
from tests.conftest import Ran, write_base

#: Entries of `data/` whose meaning the field around them gives.
NAMED_BY_THEIR_PLACE = 2
KINDS = {"formula", "fit", "simulation", "benchmark", "published"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("docs"), dict(documents.files("checks.md")))


def test_the_page_on_checks_shows_every_kind() -> None:
    shown = documents.files("checks.md").values()
    assert {kind for kind in KINDS if any(f"kind: {kind}\n" in text for text in shown)} == KINDS


def test_the_examples_are_in_order(base: Path, kb: Callable[..., Ran]) -> None:
    ran = kb("validate", "--strict", cwd=base)
    assert ran.code == 0, ran.out


def test_every_example_can_fail(base: Path, kb: Callable[..., Ran]) -> None:
    ran = kb("check", "--format", "json", cwd=base)
    assert ran.code == 0, ran.err
    results = [entry["result"] for entry in ran.json["checks"]]
    assert {result["kind"] for result in results} == KINDS
    assert all(flip["proven"] for result in results for flip in result["flips"])
    assert [result["check"] for result in results if not result["flips"]] == []


@pytest.mark.parametrize("command", documents.commands("checks.md"), ids=lambda c: " ".join(c.arguments))
def test_commands_print_what_the_page_shows(
    command: documents.Command, base: Path, kb: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = kb(*command.arguments, cwd=base, KB_CACHE_DIR=str(tmp_path / "cache"))
    printed = "\n".join(line.rstrip() for line in ran.out.strip("\n").splitlines())
    assert printed == command.printed


def test_the_page_of_experiments_is_up_to_date() -> None:
    ours = [spec for spec in experiments.catalogue().values() if not spec.distribution]
    assert (documents.PAGES / "experiments.md").read_text("utf-8") == page.to_markdown(ours), (
        "run: python -m kb.experiments.page docs/experiments.md"
    )


@pytest.mark.skipif(os.name == "nt", reason="it is typed at a POSIX shell")
def test_what_is_typed_prints_what_the_pages_show(tmp_path: Path) -> None:
    shell = documents.Shell(tmp_path / "home")
    for name in documents.WALKED:
        filled = documents.filled(name, shell)
        assert (documents.PAGES / name).read_text("utf-8") == filled, "run: python -m tests.documents"


def test_the_page_of_commands_is_up_to_date() -> None:
    text = (documents.PAGES / "reference-commands.md").read_text("utf-8")
    assert text == commands.to_markdown(), "run: python -m kb.cli.reference docs/reference-commands.md"


def test_every_command_is_described() -> None:
    page = commands.to_markdown()
    assert [name for name in cli.commands if f"\n## kb {name}\n" not in page] == []
    assert "\n## kb new claim\n" in page
    assert "`--claim SENTENCE`" in page


def test_the_page_of_fields_is_up_to_date() -> None:
    text = (documents.PAGES / "reference-fields.md").read_text("utf-8")
    assert text == fields.to_markdown(), "run: python -m kb.source.reference docs/reference-fields.md"


def test_every_kind_of_file_is_described() -> None:
    kinds = {path.name.partition(".")[0] for path in schema_folder().glob("*.schema.json")}
    assert kinds == {*fields.KINDS, "common"}
    page = fields.to_markdown()
    for field in ("claim", "evidence[].quote.start", "inputs.*.value", "questions[].theses"):
        assert f"`{field}`" in page
    assert page.count(" |  |  |") == NAMED_BY_THEIR_PLACE
