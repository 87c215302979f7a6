"""``kb completion``, and what else a shell's surroundings say."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Ran, missing

Kb = Callable[..., Ran]


def proposed(kb: Kb, base: Path, *words: str) -> list[str]:
    """What bash is told for the last of some words; the ids without their kinds."""
    asked = {"COMP_WORDS": " ".join(("kb", *words)), "COMP_CWORD": str(len(words)), "KB_BASE": str(base)}
    done = kb(_KB_COMPLETE="bash_complete", **asked)
    assert (done.code, done.err) == (0, "")
    return [line.partition(",")[2] for line in done.out.splitlines() if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(kb: Kb, shell: str) -> None:
    if shutil.which("bash") is None:
        missing("bash is not installed")
    done = kb("completion", shell)
    assert done.code == 0, done.err
    assert f"_KB_COMPLETE={shell}_complete" in done.out
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=done.out, text=True, check=False).returncode == 0


def test_ids_of_the_base_are_proposed(kb: Kb, small_base: Path) -> None:
    assert proposed(kb, small_base, "why", "tower-is-t") == ["tower-is-tall"]
    assert proposed(kb, small_base, "history", "tower-") == ["tower-climb", "tower-height", "tower-steps"]
    assert proposed(kb, small_base, "sources", "links", "") == ["guide-1999"]
    assert proposed(kb, small_base, "show", "gu") == ["guide-1999"]
    assert proposed(kb, small_base, "val") == ["validate"]
    assert proposed(kb, small_base / "nowhere", "why", "") == []


def test_a_base_named_on_the_line_is_the_one_that_is_looked_at(kb: Kb, small_base: Path) -> None:
    assert proposed(kb, Path("nowhere"), "why", "--base", str(small_base), "tower-is-s") == ["tower-is-short"]


def on_a_terminal(*arguments: object, **env: str) -> str:
    """What ``kb`` writes to a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kb", *map(str, arguments)]
    everything = {**os.environ, "PYTHONPATH": str(PROJECT), "TERM": "xterm-256color", **env}
    done = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, env=everything)
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    done.wait()
    os.close(ours)
    return said.decode()


def test_no_color_means_no_colour(small_base: Path) -> None:
    plain = {"NO_COLOR": ""}
    (small_base / "towers/tower-is-tall.yaml").write_text("claim: [\n")
    asked = ("validate", "--base", small_base)
    assert "\x1b[" in on_a_terminal(*asked, **plain)
    assert "\x1b[" not in on_a_terminal(*asked, NO_COLOR="1")
