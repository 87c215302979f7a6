"""What ``kb check --set`` and its like print: each check as stated and as changed, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb.cli import printing
from kb.cli.details import settings
from kb.cli.volume import quiet
from kb.cli.words import MARKS, VERDICT_STYLE, computed, p_ends, plural, said_verdict
from kb.wording import chance, number, percent, with_unit

if TYPE_CHECKING:
    from rich.table import Table

    from kb.api import Change, Comparison, KnowledgeBase
    from kb.model import Check, Record, Result


def comparison_data(
    base: KnowledgeBase, found: Sequence[Comparison], left_out: int, failures: Sequence[str]
) -> dict[str, object]:
    from kb.api import record_data

    return {
        "base": str(base.root),
        "failures": list(failures),
        "left_out": left_out,
        "checks": [
            {
                "check": c.check,
                "title": base.checks[c.check].title,
                "change": asdict(c.change),
                "stated": record_data(c.stated),
                "changed": record_data(c.changed),
            }
            for c in found
        ],
    }


def print_comparisons(
    base: KnowledgeBase, found: Sequence[Comparison], left_out: int, failures: Sequence[str]
) -> None:
    """A small table a check, then in words what moved."""
    out = printing.console()
    for comparison in found:
        check = base.checks[comparison.check]
        click.echo(f"{check.title or check.id}" + (f" ({check.id})" if check.title else ""))
        click.echo(f"  changed: {_change(comparison.change)}")
        out.print(_table(check, comparison))
        moved = list(_moved(check, comparison.stated, comparison.changed))
        click.echo(f"  moved: {'; '.join(moved) or 'nothing that is shown'}\n")
    if not quiet():
        if left_out:
            click.echo(f"{plural(left_out, 'other check')} selected, which the change does not touch.")
        click.echo("Nothing of this is recorded: the checks say what they said before.")
    for failure in failures:
        click.echo(f"failed: {failure}", err=True)


def _change(change: Change) -> str:
    from kb.api import SAMPLES

    parts = [settings(change.set)] if change.set else []
    parts += [f"the reading {dimension} is {option}" for dimension, option in change.reading.items()]
    parts += [f"{change.samples:,} samples"] if change.samples != SAMPLES else []
    parts += ["measured on this machine, now"] if change.live else []
    return "; ".join(parts)


def _table(check: Check, comparison: Comparison) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="bold")
    for heading, ratio in (("", 1), ("as stated", 3), ("changed", 3)):
        table.add_column(heading, ratio=ratio)
    sides = comparison.stated, comparison.changed
    words = [said_verdict(check, side) for side in sides]
    verdicts = [Text(f"{MARKS[w]} {w.replace('-', ' ')}", style=VERDICT_STYLE.get(w, "dim")) for w in words]
    table.add_row("verdict", *verdicts)
    rows = (
        ("P", _p),
        ("computed", lambda result: _computed(check, result)),
        ("condition", lambda result: result.condition),
        ("reason", lambda result: result.reason),
        ("what moves it", _drivers),
    )
    for heading, say in rows:
        cells = [say(side.result) for side in sides]
        if any(cells):
            table.add_row(heading, *map(Text, cells))
    return table


def _p(result: Result) -> str:
    if result.p is None:
        return ""
    ends = p_ends(result)
    return chance(result.p) + (f" ({ends})" if ends else "")


def _computed(check: Check, result: Result) -> str:
    said = computed(check, result)
    ends = result.output.quantiles if result.output else {}
    if "p5" not in ends or "p95" not in ends or result.verdict == "mixed":
        return said
    assert result.output is not None
    return f"{said} (5 to 95 %: {number(ends['p5'])} to {with_unit(ends['p95'], result.output.unit)})"


def _drivers(result: Result) -> str:
    return ", ".join(f"{driver.input} {percent(driver.share)}" for driver in result.drivers[:3])


def _moved(check: Check, was: Record, now: Record) -> Iterator[str]:
    """What differs, in words."""
    before, after = said_verdict(check, was), said_verdict(check, now)
    if before != after:
        yield f"the verdict, from {before.replace('-', ' ')} to {after.replace('-', ' ')}"
    if was.result.p is not None and now.result.p is not None and was.result.p != now.result.p:
        yield f"P, from {chance(was.result.p)} to {chance(now.result.p)}"
    first, second = was.result.output, now.result.output
    if not first or not second or (first.value, first.unit) == (second.value, second.unit):
        return
    times = ""
    if first.unit == second.unit and first.value and second.value / first.value > 0:
        factor = number(second.value / first.value, 3)
        times = f", {factor} times as much" if factor != "1" else ""
    yield f"the computed value, from {computed(check, was.result)} to {computed(check, now.result)}{times}"
