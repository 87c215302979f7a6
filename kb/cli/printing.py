"""What the reporting commands print: tables for people, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli import streams
from kb.cli.words import clip, plural

if TYPE_CHECKING:
    from rich.console import Console

    from kb.api import Diagnostic, Finding, Findings, KnowledgeBase, Verification
    from kb.diagnostics.rules import Rule
    from kb.model import Device

SEVERITY_COLOUR = {"error": "red", "warning": "yellow", "note": "cyan"}
DEVICE_KINDS = {"cpu": "processor", "software": "software adapter, no GPU"}
PIN_WORDS = {"found": "found", "moved": "moved", "stale": "stale", "no text": "without a text"}
PIPE_WIDTH = 120
#: On a narrower terminal a table's lines run over: in columns of one letter nothing could be read.
LEAST_WIDTH = 60


def console() -> Console:
    """Standard output for people: colours and width as the terminal has them, plain in a pipe."""
    from rich.console import Console

    on_terminal = sys.stdout.isatty()
    found = Console(width=None if on_terminal else PIPE_WIDTH, highlight=False, soft_wrap=False)
    if found.width < LEAST_WIDTH:
        found.width = LEAST_WIDTH
    return found


def print_json(data: object) -> None:
    """One JSON document on standard output; what is no number in JSON is refused, not printed as NaN."""
    escape = not streams.speaks_unicode()
    click.echo(json.dumps(data, ensure_ascii=escape, indent=2, allow_nan=False, default=plain))


def plain(thing: Any) -> Any:
    """A dataclass or path as plain data."""
    return asdict(thing) if hasattr(thing, "__dataclass_fields__") else str(thing)


# --- validate -----------------------------------------------------------------


def diagnostic_data(diagnostic: Diagnostic) -> dict[str, object]:
    data = asdict(diagnostic)
    data.pop("path", None)
    return data


def findings_data(found: Findings) -> dict[str, object]:
    counts = Counter(d.severity for d in found.diagnostics)
    return {
        "base": str(found.root),
        "files": found.files,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "notes": counts["note"],
        "diagnostics": [diagnostic_data(d) for d in found.diagnostics],
    }


def print_diagnostics(root: Path, diagnostics: Iterable[Diagnostic]) -> None:
    """Each finding as ``file:line:column: severity KB000: what``, then what was expected and the cure."""
    lines = []
    for d in diagnostics:
        where = f"{_near(root / d.file)}:{d.line}:{d.column}"
        severity = click.style(d.severity, fg=SEVERITY_COLOUR[d.severity])
        lines.append(f"{where}: {severity} {d.rule}: {d.message}")
        lines += [f"    expected: {d.expected}"] if d.expected else []
        lines += [f"    {d.hint}"] if d.hint else []
    if lines:
        click.echo("\n".join(lines))


def print_findings(found: Findings, *, quiet: bool) -> None:
    shown = [d for d in found.diagnostics if not quiet or d.severity == "error"]
    print_diagnostics(found.root, shown)
    if quiet:
        return
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    counts = Counter(d.severity for d in found.diagnostics)
    said = ", ".join(plural(counts[s], s) for s in ("error", "warning", "note") if counts[s])
    click.echo(f"{plural(found.files, 'file')} read: {said or 'all in order'}.")


def _near(path: Path) -> str:
    """The path as seen from here when that is shorter to read."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


# --- the smaller reports ------------------------------------------------------


def verification_data(results: Sequence[Verification]) -> dict[str, object]:
    counts = Counter(r.status for r in results)
    return {"counts": dict(sorted(counts.items())), "pins": [plain(r) for r in results]}


def print_verifications(base: KnowledgeBase, results: Sequence[Verification], *, everything: bool) -> None:
    """The pins that need a person, each with its place in the claim's file; then the counts."""
    without_text = {r.source: r for r in results if r.status == "no text"}
    for r in without_text.values():
        click.echo(f"{r.source}: {r.says}")
    for r in results:
        if r.status == "no text" or (r.status == "found" and not everything):
            continue
        line, column = base.place(r.file, ("evidence", r.index))
        click.echo(f"{_near(base.root / r.file)}:{line}:{column}: {r.says}")
    counts = Counter(str(r.status) for r in results)
    said = ", ".join(f"{counts[status]} {words}" for status, words in PIN_WORDS.items() if counts[status])
    click.echo(f"{plural(len(results), 'pin')}: {said or 'the base pins no quotes'}.")


def device_data(device: Device) -> dict[str, object]:
    return {
        "backend": device.backend,
        "name": device.name,
        "kind": device.kind,
        "is_gpu": device.is_gpu,
        "driver": device.driver,
    }


def device_kind(kind: str, *, is_gpu: bool) -> str:
    """What a device is, in words that leave no doubt about software adapters."""
    return "GPU" if is_gpu else DEVICE_KINDS.get(kind, kind)


def print_devices(devices: Sequence[Device]) -> None:
    """A line a device, with the number by which ``--device`` takes it; twins show their driver, too."""
    width = max((len(d.backend) for d in devices), default=0)
    twins = Counter((d.backend, d.name) for d in devices)
    for number, d in enumerate(devices):
        kind = device_kind(d.kind, is_gpu=d.is_gpu)
        driver = f" ({d.driver})" if twins[d.backend, d.name] > 1 else ""
        click.echo(f"{number:2}  {d.backend:{width}}  {kind:24}  {d.name}{driver}")
    if not any(d.is_gpu for d in devices):
        click.echo("No GPU was found here.", err=True)


def rule_data(rule: Rule) -> dict[str, object]:
    return asdict(rule)


def print_rules(rules: Sequence[Rule]) -> None:
    for rule in rules:
        click.echo(f"{rule.number}  {rule.severity:7}  {rule.title}")


def print_rule(rule: Rule) -> None:
    click.echo(f"{rule.number}: {rule.title} ({rule.severity})\n\n{rule.doc}")
    if rule.example:
        click.echo("\nExample:\n" + "\n".join(f"    {line}" for line in rule.example.splitlines()))


def print_doctor(findings: Sequence[Finding]) -> None:
    width = max(len(f.subject) for f in findings)
    for f in findings:
        mark = {"ok": "ok", "note": "note", "problem": "PROBLEM"}[f.state]
        click.echo(f"{mark:8}{f.subject:{width}}  {clip(f.says, 300)}")
        if f.cure:
            click.echo(f"{'':8}{'':{width}}  → {f.cure}")
