"""Run checks in a process of their own, which can be left alone, or stopped, while files go on changing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from kb import checks
from kb.model import Base, Verdict

# Our own search path: the child must find what we run, and nothing in the folder where it starts.
_START = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "runpy.run_module('kb', run_name='__main__', alter_sys=True)"
)
_KB = (sys.executable, "-P", "-c", _START)
_NAMED = 100
_PATIENCE = 10.0
_FINISHED = (0, 1)


def wanted(base: Base) -> dict[str, str]:
    """The checks of which nothing valid is known, with their keys of now."""
    known = checks.known(base)
    return {
        name: checks.key(base, check)
        for name, check in base.checks.items()
        if name not in known or known[name].result.verdict is Verdict.STALE
    }


class Checker:
    """``kb check`` on what is aimed at, one process at a time; its results come through the cache."""

    def __init__(self, root: Path, jobs: int = 0) -> None:
        self._root, self._jobs = root, jobs
        self._aim: Mapping[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    def aim(self, names: Mapping[str, str]) -> None:
        """Have these checks run, by id with their keys; what runs, or ran in vain, is not begun again."""
        if names.items() <= self._aim.items():
            return
        self.stop()
        self._aim = dict(names)
        # A command line holds so many names; without any, all checks are meant, and known ones cost little.
        few = names if len(names) <= _NAMED else ()
        jobs = ("--jobs", str(self._jobs)) if self._jobs else ()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by ``stop``
        self._process = subprocess.Popen(
            [*_KB, json.dumps(sys.path), "check", "--base", str(self._root), *jobs, *few],
            # What a person wants of a `kb check` of their own, as to record, is not for the preview.
            env={name: said for name, said in os.environ.items() if not name.startswith("KB_CHECK_")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C is ours; we stop it then
        )

    def busy(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def trouble(self) -> str:
        """Why checks that have ended did not run, in the words of their process; empty when they did."""
        process, said = self._process, self._said
        if process is None or said is None or process.poll() in (None, *_FINISHED):
            return ""
        said.seek(0)
        lines = said.read().decode("utf-8", "replace").strip().splitlines()
        return lines[0] if lines else f"kb check ended with code {process.returncode}"

    def stop(self) -> None:
        """End what runs; what it finished is kept."""
        if self._process is not None and self.busy():
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._said is not None:
            self._said.close()
        self._aim, self._process, self._said = {}, None, None
