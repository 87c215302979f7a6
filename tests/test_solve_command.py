"""``kb solve`` as a user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

Kb = Callable[..., Ran]
NIXON = """\
arg(pacifist).
arg(hawk).
arg(votes).
att(pacifist,hawk).
att(hawk,pacifist).
att(hawk,votes).
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "nixon.apx"
    path.write_text(NIXON)
    return path


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("--semantics", "gr", "--task", "SE"), "[]"),
        (("--semantics", "co", "--task", "EE"), "[[],[pacifist,votes],[hawk]]"),
        (("--semantics", "pr", "--task", "EE"), "[[pacifist,votes],[hawk]]"),
        (("--semantics", "st", "--task", "EE"), "[[pacifist,votes],[hawk]]"),
        (("--semantics", "pr", "--task", "DC", "--argument", "votes"), "YES"),
        (("--semantics", "pr", "--task", "DS", "--argument", "votes"), "NO"),
    ],
)
def test_the_answer_alone_is_on_standard_output(
    kb: Kb, file: Path, arguments: tuple[str, ...], printed: str
) -> None:
    ran = kb("solve", file, *arguments)
    assert (ran.code, ran.out, ran.err) == (0, f"{printed}\n", "")


def test_json_has_the_extensions_and_the_notation(kb: Kb, file: Path) -> None:
    found = kb("solve", file, "--semantics", "pr", "--task", "EE", "--format", "json").json
    assert found["extensions"] == [["pacifist", "votes"], ["hawk"]]
    assert found["notation"] == "[[pacifist,votes],[hawk]]"


def test_a_question_without_its_argument_is_wrong_usage(kb: Kb, file: Path) -> None:
    ran = kb("solve", file, "--task", "DC")
    assert (ran.code, ran.out) == (2, "")
    assert "DC needs an argument" in ran.err
    ran = kb("solve", file, "--task", "DC", "--argument", "hawks")
    assert (ran.code, "did you mean" in ran.err) == (2, True)


def test_a_damaged_file_is_a_finding_with_its_place(kb: Kb, tmp_path: Path) -> None:
    path = tmp_path / "bad.apx"
    path.write_text("arg(a).\natt(a,b).\n")
    ran = kb("solve", path)
    assert ran.code == 1
    assert f"{path}:2:" in ran.err
