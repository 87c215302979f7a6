"""What several tests need: a small base on disk, and the command line as a function."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.forking import STARTS, Copies

PROJECT = Path(__file__).parents[1]

SMALL_BASE = {
    "kb.yaml": """\
format: 1
title: Is the tower tall?
questions:
  - id: height
    question: Is the tower tall?
    theses: [tower-is-tall, tower-is-short]
""",
    "towers/tower-is-tall.yaml": """\
claim: The tower is more than 300 metres high.
title: The tower is tall
evidence: [{source: guide-1999, at: p1}]
checks: [tower-height]
""",
    "towers/tower-is-short.yaml": """\
claim: The tower is lower than a hill nearby.
title: The tower is short
evidence: [{source: guide-1999, at: p2}]
checkable: {no: Nobody says which hill is meant.}
checks:
  - {check: tower-steps, bears: context, because: Says how many steps a visitor climbs.}
attacks: [tower-is-tall]
""",
    "towers/tower-is-climbed.yaml": """\
claim: Visitors climb more than a thousand steps.
title: Visitors climb a thousand steps
evidence: [{source: guide-1999, at: p3}]
checks: [tower-climb]
supports:
  - {claim: tower-is-short, strength: moderate, because: People climb only what is low.}
""",
    "sources/guide-1999.yaml": """\
type: book
title: A guide to the tower
author: [{family: Rivet, given: Anne}]
issued: 1999-05-01
""",
    "quantities/towers.yaml": """\
tower-storeys:
  title: Storeys of the tower
  distribution: {p5: 95, p95: 105}
  unit: "1"
  source: guide-1999
  at: p1
  as_of: 1999-05-01
  verified: true
""",
    "checks/tower-height.yaml": """\
kind: formula
title: The tower's height from its storeys
inputs:
  storeys: tower-storeys
  storey_height: {value: 4, unit: m, source: guide-1999, at: p1, verified: true}
compute: storeys * storey_height
unit: m
expect: {at_least: 300 m}
flips_if: {set: {storeys: 10}, to: fails}
""",
    "checks/tower-climb.yaml": """\
kind: formula
title: Steps that a visitor climbs
inputs:
  storeys: tower-storeys
  steps: {value: 18, unit: "1", source: guide-1999, at: p3, verified: true}
compute: storeys * steps
unit: "1"
expect: {at_least: 1000}
flips_if: {set: {steps: 5}, to: fails}
""",
    "checks/tower-steps.yaml": """\
kind: formula
title: Steps of the tower
inputs:
  storeys: tower-storeys
compute: storeys * 20
unit: "1"
""",
}


def write_base(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def small_base(tmp_path: Path) -> Path:
    """A clean base of three claims and three checks, all of kind formula."""
    return write_base(tmp_path / "base", SMALL_BASE)


def missing(reason: str) -> NoReturn:
    """Skip for want of a program or a driver; where every test has to run, fail instead."""
    if os.environ.get("KB_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def axe() -> Any:
    """axe-core, which finds what keeps people from using a page."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        missing("axe-playwright-python is not installed")
    return Axe()


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def copies() -> Iterator[Copies]:
    started = Copies(PROJECT)
    yield started
    started.close()


@pytest.fixture
def kb(tmp_path: Path, copies: Copies) -> Callable[..., Ran]:
    """Run ``kb`` in a process of its own, as a user does, outside any base."""

    def run(*arguments: object, cwd: Path | None = None, timeout: float = 300, **env: str) -> Ran:
        words = [*map(str, arguments)]
        whole = {**os.environ, "PYTHONPATH": str(PROJECT), "COLUMNS": "100", **env}
        if not any(name.startswith(STARTS) for name in env):
            code, out, err = copies.run(words, cwd or tmp_path, whole, timeout)
            return Ran(code, out.decode(), err.decode())
        done = subprocess.run(
            [sys.executable, "-m", "kb", *words],
            cwd=cwd or tmp_path,
            env=whole,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run
