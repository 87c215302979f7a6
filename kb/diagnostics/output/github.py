"""Findings as commands that GitHub's runner turns into annotations on the changed files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kb.diagnostics import Diagnostic
from kb.diagnostics.rules import RULES

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def github(diagnostics: Iterable[Diagnostic], named: Callable[[str], str]) -> Iterator[str]:
    """A line a finding: ``::error file=…,line=…,col=…,title=…::message``; ``named`` gives its file's path."""
    for d in diagnostics:
        said = "\n".join(
            part for part in (d.message, f"expected: {d.expected}" if d.expected else "", d.hint) if part
        )
        place = {
            "file": named(d.file),
            "line": str(d.line),
            "col": str(d.column),
            "title": f"{d.rule} {RULES[d.rule].title}",
        }
        properties = ",".join(f"{name}={_property(value)}" for name, value in place.items())
        yield f"::{_COMMANDS[d.severity]} {properties}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
