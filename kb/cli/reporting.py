"""What ``kb check`` prints: a table, a line a check; of one check alone, everything that it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb.cli import printing
from kb.cli.details import detail_lines
from kb.cli.volume import quiet
from kb.cli.words import MARKS, VERDICT_STYLE, computed, p_ends, plural, said_verdict

if TYPE_CHECKING:
    from rich.console import Console

    from kb.api import CheckReport, KnowledgeBase, Result

COUNTED = {"holds": "hold", "fails": "fail"}


def check_data(base: KnowledgeBase, report: CheckReport, failures: Sequence[str]) -> dict[str, object]:
    from kb.api import record_data

    counts = Counter(str(r.result.verdict) for r in report.records.values())
    return {
        "base": str(base.root),
        "counts": dict(sorted(counts.items())),
        "computed": report.computed,
        "failures": list(failures),
        "moved": [asdict(m) for m in report.moved],
        "recorded": list(report.recorded),
        "checks": [{"title": base.checks[c].title, **record_data(r)} for c, r in report.records.items()],
    }


def print_check_report(base: KnowledgeBase, report: CheckReport, failures: Sequence[str]) -> None:
    """A table, a line a check: what it says, its chance, computed against claimed."""
    from rich.table import Table
    from rich.text import Text

    out = printing.console()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Check", ratio=3)
    table.add_column("P", justify="right", no_wrap=True)
    table.add_column("Computed", ratio=2)
    table.add_column("Condition or reason", ratio=3)
    for check_id, record in report.records.items():
        result = record.result
        verdict = said_verdict(base.checks[check_id], record)
        mark = f"{MARKS[verdict]} {verdict.replace('-', ' ')}" + (" *" if result.provisional else "")
        title = base.checks[check_id].title
        name = Text(title or check_id)
        if title:
            name.append(f"\n{check_id}", style="dim")
        table.add_row(
            Text(mark, style=VERDICT_STYLE.get(verdict, "dim")),
            name,
            _p(result),
            computed(base.checks[check_id], result),
            result.reason or result.condition,
        )
    if report.records:
        out.print(table)
    if len(report.records) == 1:
        [(only, record)] = report.records.items()
        said = detail_lines(base.checks[only], record, base.believe(only, record))
        click.echo("\n" + "\n".join(said))
    _print_check_summary(out, base, report, failures)


def _p(result: Result) -> str:
    """P; where it decides nothing, with its interval below it."""
    from kb.wording import chance

    if result.p is None:
        return ""
    ends = p_ends(result) if result.verdict == "inconclusive" else ""
    return chance(result.p) + (f"\n{ends}" if ends else "")


def _print_check_summary(
    out: Console, base: KnowledgeBase, report: CheckReport, failures: Sequence[str]
) -> None:
    if not quiet():
        _print_counts(out, base, report)
    for moved in report.moved:
        out.print(f"moved since the record: {moved.check} was {moved.was}, is now {moved.now}")
    for path in report.recorded:
        out.print(f"recorded: {path}")
    for failure in failures:
        click.echo(f"failed: {failure}", err=True)


def _print_counts(out: Console, base: KnowledgeBase, report: CheckReport) -> None:
    counts = Counter(said_verdict(base.checks[c], r) for c, r in report.records.items())
    said = ", ".join(f"{counts[v]} {COUNTED.get(v, v.replace('-', ' '))}" for v in MARKS if counts[v])
    kept = len(report.records) - report.computed
    out.print(f"\n{plural(len(report.records), 'check')}: {said or 'none selected'}. {kept} from the cache.")
    if any(r.result.provisional for r in report.records.values()):
        out.print("* provisional: at least one input is not verified against its source.")
    if any(r.result.p is not None for r in report.records.values()):
        out.print(
            "P is the chance that the computed condition is met given the stated spread of inputs, "
            "not the chance that the claim is true."
        )
