"""Somebody who never saw kb does the tutorial, makes the likely mistakes, and mends each by its message."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import documents

pytestmark = pytest.mark.skipif(os.name == "nt", reason="it is typed at a POSIX shell")

CLAIM = "claims/light/moonlight-is-a-second-old.yaml"
CHECK = "claims/checks/how-old-moonlight-is.yaml"


@dataclass(frozen=True)
class Mistake:
    """A text put in place of another in a file, where the message has to point, and what it has to say.

    ``mended`` is what the line becomes by the message alone: it gets the line and the message.
    """

    file: str
    was: str
    now: str
    line: int
    said: tuple[str, ...]
    mended: Callable[[str, str], str]


def meant(line: str, message: str) -> str:
    """The word at fault becomes the one that the message proposes."""
    found = re.search(r"did you mean `?([\w-]+)", message)
    shown = re.search(r"\n +\| ( *)(\^+)", message)
    assert found, message
    assert shown, message
    start, length = len(shown[1]), len(shown[2])
    return line[:start] + found[1] + line[start + length :]


def indented(line: str, message: str) -> str:
    """The line gets as many spaces as the message expects."""
    found = re.search(r"expected: (\d+) spaces?", message)
    assert found, message
    return " " * int(found[1]) + line.lstrip()


def quoted(line: str, message: str) -> str:
    assert "put quotes around the whole text" in message
    name, _, text = line.partition(": ")
    return f'{name}: "{text}"'


def closed(line: str, message: str) -> str:
    assert "add the closing quote" in message
    return f'{line}"'


def spaced(line: str, message: str) -> str:
    assert "replace it by two spaces" in message
    return line.replace("\t", "  ")


def preceded(added: str) -> Callable[[str, str], str]:
    return beside(added, "{added}\n{line}")


def followed(added: str) -> Callable[[str, str], str]:
    return beside(added, "{line}\n{added}")


def beside(added: str, both: str) -> Callable[[str, str], str]:
    """The field that the message names is written above or below the line, as it says."""

    def write(line: str, message: str) -> str:
        name = added.strip().partition(":")[0]
        assert f"{name}:" in message, message
        return both.format(added=added, line=line)

    return write


def word(text: str) -> Callable[[str, str], str]:
    """One of the words that the message expects."""

    def write(line: str, message: str) -> str:
        expected = re.search(r"expected: (.*)", message)
        assert expected, message
        assert text in re.split(r", | or ", expected[1]), message
        return f"{line.rpartition(' ')[0]} {text}"

    return write


MISTAKES = {
    "indented too little": Mistake(
        CLAIM, "    strength:", "   strength:", 9, ("indented by 3 spaces", "first word of line 8"), indented
    ),
    "indented too far": Mistake(
        CLAIM, "    strength:", "     strength:", 9, ("indented by 5 spaces",), indented
    ),
    "an unquoted colon": Mistake(
        CLAIM, "title: Moonlight is", "title: Moonlight: it is", 2, ("a colon",), quoted
    ),
    "a quote that is not closed": Mistake(CLAIM, "title: Moon", 'title: "Moon', 2, ("a quote",), closed),
    "a tab": Mistake(CLAIM, "    strength:", "\t\tstrength:", 9, ("a tab", "expected: spaces"), spaced),
    "a misspelt field": Mistake(CLAIM, "evidence:", "evidnce:", 4, ("no field `evidnce`",), meant),
    "a misspelt claim": Mistake(
        CLAIM, "sunlight-comes-at-once", "sunlight-come-at-once", 8, ("no claim", "id of a claim"), meant
    ),
    "a misspelt check": Mistake(
        CLAIM, "[how-old-moonlight-is]", "[how-old-moonlite-is]", 11, ("no check", "id of a check"), meant
    ),
    "a source that is not there": Mistake(
        CLAIM, "williams-2024", "williams-2042", 5, ("no source", "id of a source"), meant
    ),
    "a misspelt quantity": Mistake(
        CHECK, "speed-of-light", "speed-of-ligth", 11, ("no quantity", "id of a quantity"), meant
    ),
    "a number without a source": Mistake(
        CHECK, "    source: williams-2024\n", "", 5, ("`source:`",), followed("    source: williams-2024")
    ),
    "an unknown unit": Mistake(CHECK, "unit: km", "unit: kms", 7, ("unknown unit 'kms'",), meant),
    "a word that is none of those": Mistake(
        CLAIM, "strength: moderate", "strength: medium", 9, ("weak, moderate",), word("moderate")
    ),
    "no reason": Mistake(
        CLAIM,
        "    because: The Sun is further away than the Moon.\n",
        "",
        9,
        ("nothing says why", "`because:`"),
        followed("    because: The Sun is further away than the Moon."),
    ),
    "nothing expected": Mistake(
        CHECK,
        'expect:\n  at_least: "1 s"\n',
        "",
        2,
        ("nothing is expected", "add expect:"),
        preceded('expect: {at_least: "1 s"}'),
    ),
}


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> documents.Shell:
    """A terminal in which everything of the tutorial was done."""
    shell = documents.Shell(tmp_path_factory.mktemp("newcomer"))
    documents.filled("tutorial.md", shell)
    assert "all in order" in shell.type("kb validate")
    return shell


@pytest.fixture
def shell(learnt: documents.Shell, tmp_path: Path) -> documents.Shell:
    """The same in a clone of its own."""
    shutil.copytree(learnt.folder, tmp_path / "clone")
    own = documents.Shell(tmp_path / "home")
    own.folder = tmp_path / "clone"
    return own


@pytest.mark.parametrize("name", MISTAKES)
def test_a_message_is_enough_to_mend_a_mistake(shell: documents.Shell, name: str) -> None:
    mistake = MISTAKES[name]
    path = shell.folder / mistake.file
    text = path.read_text("utf-8")
    assert text.count(mistake.was) == 1
    path.write_text(text.replace(mistake.was, mistake.now), "utf-8")
    message = shell.type("kb validate")
    assert f"{mistake.file}:{mistake.line}:" in message, message
    message = message[message.index(f"{mistake.file}:{mistake.line}:") :]
    for said in mistake.said:
        assert said in message, message
    lines = path.read_text("utf-8").split("\n")
    lines[mistake.line - 1] = mistake.mended(lines[mistake.line - 1], message)
    path.write_text("\n".join(lines), "utf-8")
    assert "all in order" in (after := shell.type("kb validate")), after


def test_fix_mends_what_has_one_safe_cure(shell: documents.Shell) -> None:
    path = shell.folder / CLAIM
    text = path.read_text("utf-8")
    path.write_text(text.replace("evidence:", "evidnce:"), "utf-8")
    shell.type("kb validate --fix")
    assert path.read_text("utf-8") == text
    assert "all in order" in shell.type("kb validate")


def test_a_check_among_the_claims_is_told_where_it_belongs(shell: documents.Shell) -> None:
    (shell.folder / CHECK).rename(shell.folder / "claims/light/how-old-moonlight-is.yaml")
    message = shell.type("kb validate")
    assert "claims/light/how-old-moonlight-is.yaml:2:1: error KB020" in message
    assert "the fields are those of a check, but the file lies among the claims" in message
    folder = re.search(r"move the file to ([\w/]+)", message)
    assert folder, message
    assert "1 error" in message
    shell.type(f"mv claims/light/how-old-moonlight-is.yaml claims/{folder[1]}")
    assert "all in order" in shell.type("kb validate")


@pytest.mark.parametrize("folder", ["checks", "sources", "quantities"])
def test_a_claim_in_a_folder_of_others_is_told_where_it_belongs(shell: documents.Shell, folder: str) -> None:
    (shell.folder / CLAIM).rename(shell.folder / "claims" / folder / Path(CLAIM).name)
    message = shell.type("kb validate")
    assert f"claims/{folder}/moonlight-is-a-second-old.yaml:" in message
    assert "the fields are those of a claim" in message
    assert "move the file to a folder for its topic" in message


def test_an_id_used_twice_names_both_files(shell: documents.Shell) -> None:
    shutil.copy(shell.folder / CLAIM, shell.folder / "claims" / Path(CLAIM).name)
    message = shell.type("kb validate")
    assert "claims/moonlight-is-a-second-old.yaml:1:1: error KB111" in message
    assert "light/moonlight-is-a-second-old.yaml" in message
    assert "rename one of the two" in message
    shell.type("mv claims/moonlight-is-a-second-old.yaml claims/moonlight-is-old.yaml")
    assert "error" not in (after := shell.type("kb validate")), after


def test_a_file_that_is_not_read_is_named(shell: documents.Shell) -> None:
    path = shell.folder / CLAIM
    path.rename(path.with_suffix(".yml"))
    message = shell.type("kb validate")
    assert "claims/light/moonlight-is-a-second-old.yml:1:1: warning KB030" in message
    name = re.search(r"name it ([\w/.-]+)", message)
    assert name, message
    shell.type(f"mv claims/light/moonlight-is-a-second-old.yml claims/{name[1]}")
    assert "all in order" in shell.type("kb validate")


def test_a_unit_of_another_dimension_is_shown_where_it_is_used(shell: documents.Shell) -> None:
    path = shell.folder / CHECK
    path.write_text(path.read_text("utf-8").replace("unit: km", "unit: kg"), "utf-8")
    message = shell.type("kb validate")
    assert f"{CHECK}:12:10: error KB304: compute gives kg*s/m, but its unit is s" in message
    assert "expected: s" in message


def test_an_expectation_that_cannot_fail_is_found_by_running_it(shell: documents.Shell) -> None:
    path = shell.folder / CHECK
    text = path.read_text("utf-8")
    path.write_text(text.replace('at_least: "1 s"', 'at_least: "0 s"'), "utf-8")
    message = shell.type("kb check how-old-moonlight-is")
    assert "the change that should give “fails” gave “holds” (checks/how-old-moonlight-is.yaml:16)" in message
    assert "correct what is expected or what is changed" in message
    path.write_text(text, "utf-8")
    assert "failed:" not in shell.type("kb check how-old-moonlight-is")
