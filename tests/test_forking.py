"""Copies of a loaded process: what they are given, and what happens when one does not answer."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.forking import Copies


@pytest.fixture
def few() -> Iterator[Copies]:
    """Copies of a process that is soon there."""
    made = Copies(PROJECT, ["kb.cli"])
    yield made
    made.close()


def test_a_copy_has_the_environment_that_it_is_given_and_no_other(
    few: Copies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_EXPLAIN_FORMAT", "json")
    wrong = ["explain", "KB999"]
    code, out, _ = few.run(wrong, tmp_path, dict(os.environ), 60)
    assert (code, out[:1]) == (2, b"{")
    monkeypatch.delenv("KB_EXPLAIN_FORMAT")
    code, out, _ = few.run(wrong, tmp_path, dict(os.environ), 60)
    assert (code, out) == (2, b"")


def test_what_does_not_answer_is_no_answer_for_the_next(few: Copies, small_base: Path) -> None:
    assert few.run(["--version"], small_base, os.environ, 60)[0] == 0
    serving = ["serve", "--port", "0", "--no-check"]
    with pytest.raises(subprocess.TimeoutExpired, match="'serve'"):
        few.run(serving, small_base, os.environ, 0.2)
    code, out, _ = few.run(["--version"], small_base, os.environ, 60)
    assert (code, out[:3]) == (0, b"kb,")
    assert few._process
    os.kill(few._process.pid, signal.SIGKILL)
    with pytest.raises(ConnectionError):
        few.run(["--version"], small_base, os.environ, 60)
    assert few.run(["--version"], small_base, os.environ, 60)[0] == 0
