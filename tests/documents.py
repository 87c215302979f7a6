"""The examples of a documentation page: files to write, commands to run, and what they print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).parents[1] / "docs"
#: A file of an example is a fenced block under a line that holds nothing but its path.
FILE = re.compile(r"^`(?P<path>[\w./-]+)`\n\n?```\w*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command as the page shows it, and what the page says it prints."""

    arguments: tuple[str, ...]
    printed: str


def files(page: str) -> Mapping[str, str]:
    """The files that a page shows, by path; no path is shown twice."""
    found = [(match["path"], match["text"]) for match in FILE.finditer(_text(page))]
    assert len(dict(found)) == len(found), f"docs/{page} shows a file twice"
    return dict(found)


def commands(page: str) -> list[Command]:
    """The ``$ kb …`` lines of the console blocks, each with the lines that follow it."""
    found = []
    for block in CONSOLE.finditer(_text(page)):
        _, *parts = re.split(r"^\$ kb ", block["text"], flags=re.MULTILINE)
        for part in parts:
            line, _, printed = part.partition("\n")
            found.append(Command(tuple(line.split()), printed.strip("\n")))
    return found


def _text(page: str) -> str:
    return (PAGES / page).read_text("utf-8")
