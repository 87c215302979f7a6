"""``kb validate``: judge every file of a base, and with ``--fix`` mend what has one safe cure."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kb.cli.options import FINDINGS, base_option, cache_option, found_base, stop
from kb.cli.volume import note, quiet
from kb.cli.words import plural

if TYPE_CHECKING:
    from pathlib import Path

    from kb.api import Fixed

FORMATS = ("text", "json", "sarif", "github", "junit")


@click.command(
    epilog="""\b
Examples:
  kb validate --format json | jq '.diagnostics[].message'
  kb validate --fix --dry-run | less
  kb validate --format sarif > kb.sarif"""
)
@base_option
@click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="json: one document; sarif: code scanning; github: annotations in a workflow; junit: test reports.",
)
@cache_option
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option("--excerpt/--no-excerpt", default=True, help="Show the line that each finding is about.")
@click.option("--fix", is_flag=True, help="Mend what has one safe cure; `kb explain RULE` says what is done.")
@click.option("--dry-run", is_flag=True, help="With --fix: print the change as a diff and write nothing.")
def validate(
    base_path: str | None,
    output: str,
    cache: bool,
    strict: bool,
    excerpt: bool,
    fix: bool,
    dry_run: bool,
) -> None:
    """Judge every file of the base; run nothing.

    Reads all files, reports every fault of all of them with its place, its rule and the likely cure.
    `kb explain RULE` says more of a rule. --fix keeps comments and layout, and judges the files again.
    """
    from kb.cli import printing

    if dry_run and not fix:
        stop("--dry-run shows what --fix would do: kb validate --fix --dry-run", output)
    if dry_run and output not in ("text", "json"):
        stop("--dry-run prints a diff, or with --format json a document", output)
    base = found_base(base_path, output, cache)
    fixed = _fixed(base.root, output, dry_run) if fix else None
    found = fixed.left if fixed else base.findings
    if output == "json":
        printing.print_json({**printing.findings_data(found), **(_data(fixed) if fixed else {})})
    elif output != "text":
        printing.print_findings_for(output, found, strict=strict)
    elif dry_run and fixed:
        click.echo(fixed.diff(), nl=False)
        note(_summary(fixed, "would be fixed"))
    else:
        if fixed:
            _print_fixed(fixed)
        printing.print_findings(found, quiet=quiet(), excerpt=excerpt)
    bad = [d for d in found.diagnostics if d.severity == "error" or (strict and d.severity == "warning")]
    sys.exit(FINDINGS if bad or (dry_run and fixed and fixed.after) else 0)


def _fixed(root: Path, output: str, dry_run: bool) -> Fixed:
    from kb.api import FixingError
    from kb.api import fix as mended

    try:
        return mended(root, dry_run=dry_run)
    except FixingError as error:
        stop(str(error), output)
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}; nothing was changed", output, code=FINDINGS)


def _print_fixed(fixed: Fixed) -> None:
    if quiet():
        return
    for d in fixed.cured:
        click.echo(f"{click.style('fixed', fg='green')} {d.file}: {d.rule}: {d.message}")
    click.echo(_summary(fixed, "fixed") + "\n")


def _summary(fixed: Fixed, done: str) -> str:
    if not fixed.cured:
        return "Nothing has one safe cure."
    return f"{plural(len(fixed.cured), 'finding')} in {plural(len(fixed.after), 'file')} {done}."


def _data(fixed: Fixed) -> dict[str, object]:
    from kb.cli.printing import diagnostic_data

    return {
        "fixed": [diagnostic_data(d) for d in fixed.cured],
        "files_changed": sorted(fixed.after),
        "diff": fixed.diff(),
    }
