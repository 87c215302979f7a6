"""What the reporting commands print: tables for people, JSON for machines."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from kb.cli import streams
from kb.cli.environment import coloured
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

    on_terminal, colour = sys.stdout.isatty(), coloured()
    found = Console(
        width=None if on_terminal else PIPE_WIDTH,
        highlight=False,
        soft_wrap=False,
        force_terminal=colour,
        # Left to itself, rich takes the colours away only, and leaves other codes in.
        color_system={None: "auto", True: "standard", False: None}[colour],
    )
    if found.width < LEAST_WIDTH:
        found.width = LEAST_WIDTH
    return found


def print_json(data: object) -> None:
    """One JSON document on standard output; what is no number in JSON is refused, not printed as NaN."""
    click.echo(json_text(data))


def json_text(data: object) -> str:
    escape = not streams.speaks_unicode()
    return json.dumps(data, ensure_ascii=escape, indent=2, allow_nan=False, default=plain)


def plain(thing: Any) -> Any:
    """A dataclass or path as plain data."""
    return asdict(thing) if hasattr(thing, "__dataclass_fields__") else str(thing)


# --- validate -----------------------------------------------------------------


def diagnostic_data(diagnostic: Diagnostic) -> dict[str, object]:
    data = asdict(diagnostic)
    data.pop("path", None)
    return data


def findings_data(found: Findings) -> dict[str, object]:
    from kb.diagnostics.output.fingerprints import fingerprints

    counts = Counter(d.severity for d in found.diagnostics)
    marks = fingerprints(found.diagnostics)
    return {
        "base": str(found.root),
        "files": found.files,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "notes": counts["note"],
        "diagnostics": [
            {**diagnostic_data(d), "fingerprint": mark}
            for d, mark in zip(found.diagnostics, marks, strict=True)
        ],
    }


def print_diagnostics(
    root: Path,
    diagnostics: Iterable[Diagnostic],
    *,
    excerpt: bool = True,
    files: Mapping[str, bytes] | None = None,
    err: bool = False,
) -> None:
    """Each finding with its place, its line with carets (unless not wanted), what was expected, the cure.

    Lines are those of ``files``, by path, where these are given.
    """
    from kb.diagnostics.output.text import text

    lines = list(
        text(
            diagnostics,
            named=lambda file: near(root / file),
            lines=lines_of(root, files) if excerpt else None,
            paint=lambda words, severity: click.style(words, fg=SEVERITY_COLOUR[severity]),
            width=shutil.get_terminal_size((PIPE_WIDTH, 24)).columns if sys.stdout.isatty() else PIPE_WIDTH,
        )
    )
    if lines:
        click.echo("\n".join(lines), err=err)


def print_findings(found: Findings, *, quiet: bool, excerpt: bool = True) -> None:
    shown = [d for d in found.diagnostics if not quiet or d.severity == "error"]
    print_diagnostics(found.root, shown, excerpt=excerpt)
    if quiet:
        return
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    counts = Counter(d.severity for d in found.diagnostics)
    said = ", ".join(plural(counts[s], s) for s in ("error", "warning", "note") if counts[s])
    click.echo(f"{plural(found.files, 'file')} read: {said or 'all in order'}.")


def print_findings_for(tool: str, found: Findings, *, strict: bool) -> None:
    """The findings in the form that a tool reads: "sarif", "github" or "junit"."""
    from kb import __version__
    from kb.diagnostics.output.github import github
    from kb.diagnostics.output.junit import junit
    from kb.diagnostics.output.sarif import sarif

    named = repository_names(found.root)
    match tool:
        case "sarif":
            print_json(sarif(found.diagnostics, version=__version__, named=named, lines=lines_of(found.root)))
        case "github":
            for line in github(found.diagnostics, named):
                click.echo(line)
        case _:
            click.echo(junit(found.diagnostics, named=named, strict=strict), nl=False)


def lines_of(root: Path, files: Mapping[str, bytes] | None = None) -> Callable[[str], Sequence[str]]:
    """A file's lines by its path in the base at ``root``, or in ``files``; none where it cannot be read."""
    from kb.api import own_file
    from kb.diagnostics.output.excerpt import split_lines

    @cache
    def lines(file: str) -> Sequence[str]:
        if files is not None:
            return split_lines(files.get(file, b"").decode("utf-8", "replace"))
        try:
            found = own_file(root, file)
            return split_lines(found.read_bytes().decode("utf-8", "replace")) if found else ()
        except OSError:
            return ()

    return lines


def repository_names(root: Path) -> Callable[[str], str]:
    """A base's files as named from the top of its git repository, with forward slashes; else from here."""
    home = root.resolve()
    top = next((folder for folder in (home, *home.parents) if (folder / ".git").exists()), Path.cwd())
    inside = home.relative_to(top).as_posix() if home.is_relative_to(top) else home.as_posix()
    return lambda file: file if inside == "." else f"{inside}/{file}"


def near(path: PurePath) -> str:
    """The path as seen from here when that is shorter to read; with forward slashes on every system."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


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
        click.echo(f"{near(base.root / r.file)}:{line}:{column}: {r.says}")
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
    if rule.fix:
        click.echo(f"\n`kb validate --fix` {rule.fix}")


def print_doctor(findings: Sequence[Finding]) -> None:
    width = max(len(f.subject) for f in findings)
    for f in findings:
        mark = {"ok": "ok", "note": "note", "problem": "PROBLEM"}[f.state]
        click.echo(f"{mark:8}{f.subject:{width}}  {clip(f.says, 300)}")
        if f.cure:
            click.echo(f"{'':8}{'':{width}}  → {f.cure}")
