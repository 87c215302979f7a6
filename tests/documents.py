"""The examples of a documentation page: files to write, commands to run, and what they print.

``python -m tests.documents`` writes what is printed into the pages that a reader walks through.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests import serving

PAGES = Path(__file__).parents[1] / "docs"
#: The pages that are walked through, one after the other in the same terminal.
WALKED = ("tutorial.md", "howto.md")
#: A file of an example is a fenced block under a line that holds nothing but its path.
FILE = re.compile(r"^`(?P<path>[\w./-]+)`\n\n?```\w*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
#: What stands before a line that is typed; a line, and those that follow while each ends in a backslash.
PROMPT = re.compile(r"^\$ ", re.MULTILINE)
TYPED = re.compile(r"(?:.*\\\n)*.*")


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


def filled(page: str, shell: Shell) -> str:
    """The page as it has to be: under each line that it shows typed at a prompt, what that prints.

    A reader does it in order: saves the files that the page shows, types the lines of its console blocks.
    """
    text = _text(page)
    done, parts = 0, []
    for block in sorted((*FILE.finditer(text), *CONSOLE.finditer(text)), key=re.Match.start):
        if block.re is FILE:
            shell.save(block["path"], block["text"])
            continue
        lines = [TYPED.match(part)[0] for part in PROMPT.split(block["text"])[1:]]  # type: ignore[index]
        parts += [text[done : block.start("text")], *(f"$ {line}\n{shell.type(line)}" for line in lines)]
        done = block.end("text")
    return "".join((*parts, text[done:]))


class Shell:
    """A terminal of a reader who never used kb: a home of their own, with ``kb`` and ``git`` at hand."""

    def __init__(self, home: Path) -> None:
        self._home = self.folder = home
        programs = home / ".local" / "bin"
        programs.mkdir(parents=True)
        (programs / "kb").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kb "$@"\n', "utf-8")
        (programs / "kb").chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "KB_"))}
        self._environment = {
            **kept,
            **{f"GIT_{role}_NAME": "A Reader" for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_EMAIL": "reader@example.org" for role in ("AUTHOR", "COMMITTER")},
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(home),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(PAGES.parent),
            "COLUMNS": "100",
        }

    def type(self, line: str) -> str:
        """The lines that it prints on both streams, as they would be at any time and in any home.

        A ``cd`` holds for what is typed next; ``kb serve`` is stopped once it shows the site.
        """
        if line == "kb serve":
            return self._serve()
        done = subprocess.run(
            f"{line}\necho; pwd",
            shell=True,
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=300,
        )
        printed, _, where = done.stdout.rstrip("\n").rpartition("\n")
        self.folder = Path(where)
        return self._steady(printed)

    def save(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def _serve(self) -> str:
        with serving.serving(self.folder / "claims") as served:
            served.said("^Ready")
            assert served.get().status == 200
            return self._steady(served.printed).replace(f":{served.port}/", ":8000/")

    def _steady(self, printed: str) -> str:
        lines = (line.rstrip() for line in printed.strip("\n").splitlines())
        text = "".join(f"{line}\n" for line in lines).replace(str(self._home), "/home/reader")
        return re.sub(r"\b\d+\.\d s$", "0.5 s", text, flags=re.MULTILINE) if "Ready:" in text else text


def _text(page: str) -> str:
    return (PAGES / page).read_text("utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        terminal = Shell(Path(home))
        for name in WALKED:
            (PAGES / name).write_text(filled(name, terminal), "utf-8")
