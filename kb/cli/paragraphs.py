"""Sentences on a terminal: wrapped to its width and indented, with ids that can be copied."""

from __future__ import annotations

import shutil
import sys
import textwrap

import click

PIPE_WIDTH = 120
NARROWEST = 20
_KEPT = "\N{NO-BREAK SPACE}"


def paragraph(text: str, *, indent: int = 0, hang: int = 0, name: str = "") -> str:
    """``text`` wrapped, its first line indented, the others ``hang`` further; ``name`` follows in brackets.

    No word is cut, so that an id can be copied.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH
    # An indent that leaves too little room for words gives way.
    indent = min(indent, max(0, width - NARROWEST - hang))
    bracketed = f"[{name}]".replace(" ", _KEPT) if name else ""
    wrapped = textwrap.fill(
        f"{text} {bracketed}".rstrip(),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    if bracketed:
        wrapped = wrapped.removesuffix(bracketed) + click.style(f"[{name}]", dim=True)
    return wrapped


def some(lines: list[str], most: int, indent: int) -> list[str]:
    """At most ``most`` of some entries, and how many more there are."""
    if len(lines) <= most:
        return lines
    left = len(lines) - most
    return [*lines[:most], paragraph(f"… and {left:,} more; --format json has all.", indent=indent, hang=2)]
