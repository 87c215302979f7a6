"""What ``formats.py`` races: a generated file of each format, and the programs that read it."""

from __future__ import annotations

import json
import os
import random
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from formats_argdown import argdown_commands, argdown_text
from installing import PEERS, install, note

ARGUEBUF = "2.7.2"
WORDS = ("river", "bridge", "tower", "cable", "north", "old", "safe", "deep", "light", "cost", "year", "plan")


@dataclass(frozen=True)
class Race:
    """A format, how a file with so many nodes is made, and the command by which each program reads it.

    A command prints ``{"claims": …, "inferences": …}``; kb's comes first.
    """

    format: str
    text: Callable[[int], str]
    commands: Callable[[Path, Path], dict[str, Sequence[str]]]


def sentence(r: random.Random, number: int) -> str:
    return f"{' '.join(r.choices(WORDS, k=12))} {number}"


def kb_command(name: str, file: Path) -> Sequence[str]:
    return (sys.executable, str(PEERS / "reading.py"), "kb", name, str(file))


# --- AIF ------------------------------------------------------------------------


def aif_text(size: int) -> str:
    """Half claims and half inferences of one or two premises, three of four for their conclusion."""
    r = random.Random(7)
    claims = size // 2
    stamp = {"timestamp": "2021-10-08 08:20:21"}
    nodes: list[dict[str, Any]] = [
        {"nodeID": str(i), "text": sentence(r, i), "type": "I", **stamp} for i in range(1, claims + 1)
    ]
    edges: list[tuple[int, int]] = []
    for key in range(claims + 1, size + 1):
        kind, scheme, number = (
            ("RA", "Default Inference", "72") if r.random() < 0.75 else ("CA", "Default Conflict", "71")
        )
        about = {"scheme": scheme, "schemeID": number}
        nodes.append({"nodeID": str(key), "text": scheme, "type": kind, **stamp, **about})
        conclusion, *premises = r.sample(range(1, claims + 1), r.choice((2, 2, 3)))
        edges += [*((premise, key) for premise in premises), (key, conclusion)]
    links = [
        {"edgeID": str(n), "fromID": str(start), "toID": str(end), "formEdgeID": None}
        for n, (start, end) in enumerate(edges, size + 1)
    ]
    return json.dumps({"nodes": nodes, "edges": links, "locutions": []})


def aif_commands(file: Path, folder: Path) -> dict[str, Sequence[str]]:
    return {
        "kb": kb_command("aif", file),
        f"arguebuf {ARGUEBUF}": (
            arguebuf_python(folder),
            str(PEERS / "reading.py"),
            "arguebuf",
            "aif",
            str(file),
        ),
    }


def arguebuf_python(folder: Path) -> str:
    """The interpreter that KB_ARGUEBUF_PYTHON names, else that of an environment made here."""
    if python := os.environ.get("KB_ARGUEBUF_PYTHON"):
        return python
    home = folder / f"arguebuf-{ARGUEBUF}"
    made = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = home / "ready"
    if not ready.exists():
        note(f"installing arguebuf {ARGUEBUF} in {home}")
        venv.create(home, with_pip=True, clear=True)
        wanted = f"arguebuf=={ARGUEBUF}"
        install([str(made), "-m", "pip", "install", "--quiet", wanted], home, "arguebuf by pip")
        ready.touch()
    return str(made)


RACES = (
    Race("aif", aif_text, aif_commands),
    Race("argdown", argdown_text, argdown_commands),
)
