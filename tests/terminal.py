"""The command line as a person at a terminal has it: questions that are read, answers that are typed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pty = pytest.importorskip("pty", reason="a terminal of POSIX is needed")

PATIENCE = 60.0


def talk(cwd: Path, arguments: Sequence[str], answers: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """Run ``kb`` on a terminal, type each answer after its question; the exit code and all that was shown."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(PROJECT), "COLUMNS": "200", "TERM": "dumb"}
    command = [sys.executable, "-m", "kb", *arguments]
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    shown = ""
    try:
        for question, answer in answers:
            shown = _until(ours, shown, question)
            os.write(ours, answer.encode() + b"\n")
        shown = _until(ours, shown, None)
        return process.wait(PATIENCE), shown.replace("\r\n", "\n")
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _until(terminal: int, shown: str, question: str | None) -> str:
    """Read on until a new question stands at the end, or until nothing more comes."""
    start, deadline = len(shown), time.monotonic() + PATIENCE
    while question is None or question not in shown[start:]:
        if not select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise AssertionError(f"kb did not ask {question!r}; it showed:\n{shown}")
        try:
            read = os.read(terminal, 65536)
        except OSError:
            read = b""
        if not read:
            if question is None:
                return shown
            raise AssertionError(f"kb ended before it asked {question!r}; it showed:\n{shown}")
        shown += read.decode("utf-8", "replace")
    return shown
