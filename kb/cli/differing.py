"""``kb diff``: what a change does to the conclusions."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb.cli.options import FINDINGS, base_option, cache_option, found_base, stop
from kb.cli.paragraphs import paragraph

if TYPE_CHECKING:
    from kb.api import Difference, Section

FAIL_ON = ("flips", "findings", "errors")


@click.command(
    epilog="""\b
Examples:
  kb diff main                 the files as they are, against main
  kb diff v1.0 v1.1 --format markdown > comment.md"""
)
@click.argument("before")
@click.argument("after", required=False, default="")
@base_option
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="markdown is a comment for a pull request, of 60,000 characters at most.",
)
@click.option("--fail-on-flip", is_flag=True, help="Exit with 1 when a thesis gets another label.")
@cache_option
def diff(
    before: str, after: str, base_path: str | None, output: str, fail_on_flip: bool, cache: bool
) -> None:
    """Say what a change does to the base: what it says, and what follows for the theses.

    BEFORE and AFTER are revisions of git: branches, tags, commits. Without AFTER the files as they are now
    are meant. The work tree is never touched. Checks that are quick to compute are computed for both; of
    others counts what is known.
    """
    from kb.api import BrokenRevision, NoRevision
    from kb.api import diff as compared
    from kb.cli.progress import counted

    root = found_base(base_path, "json" if output == "json" else "text", cache).root
    asked = "json" if output == "json" else "text"
    try:
        with counted("Checks") as progress:
            found = compared(root, before, after, cache=cache, progress=progress)
    except NoRevision as error:
        stop(str(error), asked)
    except BrokenRevision as error:
        from kb.cli import printing

        if output != "json":
            printing.print_diagnostics(error.root, error.diagnostics)
        stop(f"{error}; mend it first, or compare with another revision", asked, code=FINDINGS)
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}", asked, code=FINDINGS)
    if output == "json":
        from kb.cli import printing

        printing.print_json(_data(found))
    elif output == "markdown":
        click.echo(found.markdown(), nl=False)
    else:
        _print(found)
    sys.exit(FINDINGS if fail_on_flip and found.flipped else 0)


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
