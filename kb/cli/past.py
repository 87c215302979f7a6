"""What ``kb history`` prints: a line a recorded run, and how the numbers went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from kb.cli import printing, streams
from kb.cli.words import MARKS, VERDICT_STYLE, computed, plural, said_verdict
from kb.wording import chance, with_unit

if TYPE_CHECKING:
    from kb.api import Entry, KnowledgeBase

BLOCKS = "▁▂▃▄▅▆▇█"
#: In place of blocks where the terminal has none: 1 is the lowest, 8 the highest.
DIGITS = "12345678"


def history_data(check: str, entries: Sequence[Entry]) -> dict[str, object]:
    from kb.api import record_data

    return {
        "check": check,
        "entries": [{**record_data(e.record), "changed": list(e.changed)} for e in entries],
    }


def print_history(base: KnowledgeBase, name: str, entries: Sequence[Entry]) -> None:
    """A table, oldest first, then a sparkline with its words."""
    check = base.checks[base.kind_of(name)[0]]
    click.echo(check.title or check.id)
    if not entries:
        click.echo(f"  nothing recorded yet; record what it says with: kb check {check.id} --record")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("When (UTC)", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("P", justify="right", no_wrap=True)
    table.add_column("Computed", ratio=1)
    table.add_column("What changed", ratio=3)
    for entry in entries:
        result = entry.record.result
        verdict = said_verdict(check, entry.record)
        table.add_row(
            entry.record.run.finished[:16].replace("T", " "),
            Text(f"{MARKS[verdict]} {verdict.replace('-', ' ')}", style=VERDICT_STYLE.get(verdict, "dim")),
            "" if result.p is None else chance(result.p),
            computed(check, result),
            Text("\n".join(entry.changed)),
        )
    printing.console().print(table)
    if said := trend(entries):
        click.echo(f"\n{said}")


def trend(entries: Sequence[Entry]) -> str:
    """A sparkline of P, or of the computed value where P never moved, and the same in words."""
    chances = [e.record.result.p for e in entries if e.record.result.p is not None]
    if len(set(chances)) > 1:
        first, last = chance(chances[0]), chance(chances[-1])
        return f"P  {sparkline(chances)}  {_words(chances, first, last)}"
    outputs = [e.record.result.output for e in entries]
    unit = next((output.unit for output in reversed(outputs) if output), "")
    values = [output.value for output in outputs if output and output.unit == unit]
    if len(values) < 2:
        return ""
    first, last = with_unit(values[0], unit), with_unit(values[-1], unit)
    return f"computed  {sparkline(values)}  {_words(values, first, last)}"


def _words(values: Sequence[float], first: str, last: str) -> str:
    went = f"{first} throughout" if len(set(values)) == 1 else f"from {first} to {last}"
    return f"{went}, over {plural(len(values), 'record')}"


def sparkline(values: Iterable[float]) -> str:
    """One sign a value, the lowest to the highest; blocks, or digits where the output has no blocks."""
    numbers = list(values)
    signs = BLOCKS if streams.speaks_unicode() else DIGITS
    low, high = min(numbers), max(numbers)
    if low == high:
        return signs[len(signs) // 2] * len(numbers)
    # Halved, so that the width of the whole range of doubles does not overflow.
    return "".join(signs[round((x / 2 - low / 2) / (high / 2 - low / 2) * (len(signs) - 1))] for x in numbers)
