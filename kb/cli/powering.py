"""What ``kb check --power`` prints: what was changed about each check, and whether its verdict turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb.cli import printing
from kb.cli.volume import quiet
from kb.cli.words import MARKS, VERDICT_STYLE, plural

if TYPE_CHECKING:
    from kb.api import KnowledgeBase, Power


def power_data(base: KnowledgeBase, found: Mapping[str, Power]) -> dict[str, object]:
    return {
        "base": str(base.root),
        "checks": [
            {
                **asdict(power),
                "title": base.checks[name].title,
                "findings": [printing.diagnostic_data(d) for d in power.findings],
            }
            for name, power in found.items()
        ],
    }


def print_power(base: KnowledgeBase, found: Mapping[str, Power]) -> None:
    """A table a check, then the findings with their places."""
    for name, power in found.items():
        title = base.checks[name].title
        click.echo(f"{title or name}" + (f" ({name})" if title else ""))
        _print_table(power)
        if power.deaf_to:
            click.echo(f"  it makes no difference to the verdict to move: {', '.join(power.deaf_to)}")
        if power.note:
            click.echo(f"  {power.note}")
        click.echo()
    findings = [d for power in found.values() for d in power.findings]
    printing.print_diagnostics(base.root, findings)
    if quiet():
        return
    judged = sum(bool(power.claims or power.inputs) for power in found.values())
    told = "no findings" if not findings else plural(len(findings), "finding")
    click.echo(f"{plural(judged, 'check')} of {len(found)} tried: {told if judged else 'nothing to say'}.")


def _print_table(power: Power) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), show_header=False)
    rows = [("as stated", "", power.verdict)]
    rows += [("claimed", moved.to, moved.verdict) for moved in power.claims]
    rows += [(moved.input, moved.to, moved.verdict) for moved in power.inputs]
    for what, to, verdict in rows:
        mark = f"{MARKS[verdict]} {verdict.replace('-', ' ')}"
        table.add_row(what, to, Text(mark, style=VERDICT_STYLE.get(verdict, "dim")))
    printing.console().print(table)
