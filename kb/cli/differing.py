"""``kb diff``: what a change does to the conclusions."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kb.cli.options import FINDINGS, base_option, cache_option, found_base, stop
from kb.cli.paragraphs import paragraph
from kb.cli.writing import out_option, put

if TYPE_CHECKING:
    from kb.api import BrokenRevision, Difference, Section


@click.command(
    epilog="""\b
Examples:
  kb diff main                 the files as they are, against main
  kb diff v1.0 v1.1 --format markdown > comment.md
  kb diff main --format html -o change.html"""
)
@click.argument("before")
@click.argument("after", required=False, default="")
@base_option
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    show_default=True,
    help="markdown is a comment for a pull request, of 60,000 characters at most; html is a page with the "
    "maps before and after side by side.",
)
@out_option
@click.option("--fail-on-flip", is_flag=True, help="Exit with 1 when a thesis gets another label.")
@cache_option
def diff(
    before: str,
    after: str,
    base_path: str | None,
    output: str,
    out: Path | None,
    fail_on_flip: bool,
    cache: bool,
) -> None:
    """Say what a change does to the base: what it says, and what follows for the theses.

    BEFORE and AFTER are revisions of git: branches, tags, commits. Without AFTER the files as they are now
    are meant. The work tree is never touched. Checks that are quick to compute are computed for both; of
    others counts what is known.
    """
    from kb.api import BrokenRevision, NoRevision
    from kb.api import diff as compared
    from kb.cli.progress import counted

    asked = "json" if output == "json" else "text"
    if out is not None and output == "text":
        stop("--out needs --format markdown, html or json", asked)
    root = found_base(base_path, asked, cache).root
    try:
        with counted("Checks") as progress:
            found = compared(root, before, after, cache=cache, progress=progress)
    except NoRevision as error:
        stop(str(error), asked)
    except BrokenRevision as error:
        _stop_broken(error, root, output, out)
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}", asked, code=FINDINGS)
    match output:
        case "json":
            put(_json(_data(found)), out, asked)
        case "markdown":
            put(found.markdown(), out)
        case "html":
            put(found.html(), out)
        case _:
            _print(found)
    sys.exit(FINDINGS if fail_on_flip and found.flipped else 0)


def _stop_broken(error: BrokenRevision, root: Path, output: str, out: Path | None) -> NoReturn:
    """Say which state has which errors: as a comment or JSON where that was asked, else on standard error."""
    from kb.cli import printing

    if output == "markdown":
        put(error.markdown(), out)
    elif output == "json":
        states = [
            {
                "name": each.name,
                "when": each.when,
                "diagnostics": [printing.diagnostic_data(found) for found in each.errors],
            }
            for each in error.broken
        ]
        put(_json({"error": str(error), "broken": states}), out, output)
    for each in error.broken:
        click.secho(f"Errors {each.when} ({each.name}):", bold=True, err=True)
        printing.print_diagnostics(root, each.errors, files=each.files, err=True)
    stop(str(error), "text", code=FINDINGS)


def _json(data: object) -> str:
    from kb.cli import printing

    return printing.json_text(data) + "\n"


def _print(found: Difference) -> None:
    click.secho(f"{found.title}.", bold=True)
    for line in found.lead:
        click.echo(paragraph(line))
    for section in found.sections:
        click.echo()
        _print_section(section)


def _print_section(section: Section) -> None:
    click.secho(section.heading, bold=True)
    for line in section.lines:
        click.echo(paragraph(f"{line.sign} {line.words}", indent=2, hang=2, name=line.file))
        for words in line.below:
            click.echo(paragraph(words, indent=6, hang=2))


def _data(found: Difference) -> dict[str, object]:
    return {
        "before": {"name": found.before, "commit": found.commit_before},
        "after": {"name": found.after, "commit": found.commit_after},
        "headline": found.lead[0],
        **asdict(found.comparison),
        "newly_open": [move.claim for move in found.comparison.opened],
        "new_findings": [asdict(finding) for finding in found.found],
        "mended_findings": [asdict(finding) for finding in found.mended],
        "not_run": list(found.unrun),
    }
