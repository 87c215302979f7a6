"""Findings for people: a line with the place, the line itself with carets, what was expected, the cure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kb.diagnostics import Diagnostic
from kb.diagnostics.output.excerpt import Lines, excerpt

Paint = Callable[[str, str], str]
"""A text in the colour of a severity, or as it is."""

_LEAST_ROOM = 40


def text(
    diagnostics: Iterable[Diagnostic],
    *,
    named: Callable[[str], str],
    lines: Lines | None,
    paint: Paint,
    width: int = 100,
) -> Iterator[str]:
    """The lines to print. ``named`` is a file's name as seen from here; without ``lines`` no excerpts."""
    for d in diagnostics:
        yield f"{named(d.file)}:{d.line}:{d.column}: {paint(d.severity, d.severity)} {d.rule}: {d.message}"
        if lines is not None:
            yield from _excerpt(d, lines(d.file), paint, width)
        if d.expected:
            yield f"    expected: {d.expected}"
        if d.hint:
            yield f"    {d.hint}"


def _excerpt(d: Diagnostic, found: Sequence[str], paint: Paint, width: int) -> Iterator[str]:
    if d.line > len(found) or not found[d.line - 1].strip():
        return
    number = f"{d.line:5}"
    shown = excerpt(found[d.line - 1], d.column, max(width - len(number) - 3, _LEAST_ROOM))
    yield f"{number} | {shown.line}"
    yield f"{'':{len(number)}} | {'':{shown.before}}{paint('^' * shown.width, d.severity)}"
