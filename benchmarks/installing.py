"""The tools that checks are compared with: installed on demand, each in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np

PEERS = Path(__file__).resolve().parent / "peers"
SQUIGGLEPY, SQUIGGLE = "0.30", "0.10.0"


class MissingPeer(RuntimeError):
    """A peer cannot be installed or run here."""


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def squigglepy_command(folder: Path) -> list[str]:
    """Installs squigglepy where it is not yet, and says how to run the models with it."""
    home = folder / f"squigglepy-{SQUIGGLEPY}-numpy-{np.__version__}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = home / "ready"
    if not ready.exists():
        note(f"installing squigglepy {SQUIGGLEPY} in {home}")
        venv.create(home, with_pip=True, clear=True)
        wanted = [f"squigglepy=={SQUIGGLEPY}", f"numpy=={np.__version__}"]
        install([str(python), "-m", "pip", "install", "--quiet", *wanted], home, "squigglepy by pip")
        ready.touch()
    return [str(python), str(PEERS / "with_squigglepy.py")]


def node_and_npm(peer: str) -> tuple[str, str]:
    """Where they are. Raises MissingPeer when one of the two that ``peer`` needs is not."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise MissingPeer(f"{'node' if not node else 'npm'} is not on PATH; {peer} needs node 18 or newer")
    return node, npm


def squiggle_command(folder: Path) -> list[str]:
    """Installs Squiggle where it is not yet, and says how to run the models with it."""
    node, npm = node_and_npm("Squiggle")
    home = folder / f"squiggle-{SQUIGGLE}"
    ready = home / "ready"
    if not ready.exists():
        note(f"installing @quri/squiggle-lang {SQUIGGLE} in {home}")
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text('{"private": true, "type": "module"}\n')
        package = f"@quri/squiggle-lang@{SQUIGGLE}"
        install([npm, "install", "--silent", "--no-audit", "--no-fund", package], home, "Squiggle by npm")
        ready.touch()
    runner = shutil.copy(PEERS / "with_squiggle.mjs", home)
    return [node, "--max-old-space-size=6144", str(runner)]


def install(command: list[str], folder: Path, what: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise MissingPeer(f"cannot install {what}; is there a network? It says: {last[0]}")
