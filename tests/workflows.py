"""The workflows that come with kb, and a stand-in for the machine that runs their shell steps."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import PROJECT

STARTER = PROJECT / "kb/starter"
FOLDERS = (PROJECT / ".github/workflows", STARTER / ".github/workflows")
WORKFLOWS = tuple(path for folder in FOLDERS for path in sorted(folder.glob("*.yml")))
ACTION = PROJECT / "action.yml"
_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")


def loaded(path: Path) -> dict[Any, Any]:
    found = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def steps_of(path: Path) -> Iterator[dict[str, Any]]:
    """Every step of every job of a workflow, or of an action."""
    content = loaded(path)
    for job in content.get("jobs", {"": content.get("runs")}).values():
        yield from job["steps"]


def git(folder: Path, *arguments: str) -> str:
    who = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env = {**os.environ, **who}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    (folder / name).chmod(0o755)


@dataclass
class Runner:
    """Runs the shell steps of a job in ``folder``, as GitHub does, and leaves out those of other actions.

    ``facts`` are what expressions stand for: one that is not among them is an error. ``programs`` comes
    first on the PATH; ``kb`` is put there.
    """

    folder: Path
    home: Path
    facts: Mapping[str, str]
    programs: Path
    env: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    outcomes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        kb = f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m kb "$@"\n'
        program(self.programs, "kb", kb)

    def job(self, path: Path, *, but: Collection[str] = ()) -> bool:
        """Whether all steps of the only job came out well; those named in ``but`` are left out."""
        content = loaded(path)
        [job] = content["jobs"].values() if "jobs" in content else [content["runs"]]
        ended_well = True
        for step in job["steps"]:
            if "run" not in step or step.get("name") in but or not self._wanted(step, ended_well):
                continue
            done = self.step(step, job.get("env", {}))
            self.outcomes[step.get("id", step["name"])] = "success" if done else "failure"
            ended_well = ended_well and done
        return ended_well

    def step(self, step: Mapping[str, Any], env: Mapping[str, str] | None = None) -> bool:
        """Whether one step came out well; ``env`` is its job's."""
        script = self.home / "step"
        script.write_text(step["run"], "utf-8")
        output = self.home / "output"
        output.write_text("")
        named = {
            name: self._filled(str(text)) for name, text in {**(env or {}), **step.get("env", {})}.items()
        }
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.home / "summary")}
        search = f"{self.programs}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.folder,
            env={**os.environ, "PATH": search, "RUNNER_TEMP": str(self.home), **files, **self.env, **named},
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.said += done.stdout + done.stderr
        for line in output.read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            self.facts = {**self.facts, f"steps.{step.get('id')}.outputs.{name}": value}
        return done.returncode == 0

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self.facts[found[1]], text)

    def _wanted(self, step: Mapping[str, Any], ended_well: bool) -> bool:
        condition = str(step.get("if", "")).removeprefix("${{").removesuffix("}}").strip()
        parts = [part.strip() for part in condition.split("&&")] if condition else []
        if "!cancelled()" not in parts and not ended_well:
            return False
        return all(self._true(part) for part in parts if part != "!cancelled()")

    def _true(self, part: str) -> bool:
        if found := re.fullmatch(r"steps\.(\w+)\.outcome == '(\w+)'", part):
            return self.outcomes.get(found[1], "skipped") == found[2]
        if re.fullmatch(r"steps\.\w+\.outputs\.\w+", part):
            return bool(self.facts.get(part))
        raise ValueError(f"not understood: {part}")
