"""``kb sources add``: works that a file describes become sources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.options import FINDINGS, base_option, format_option, found_base, stop

if TYPE_CHECKING:
    from kb.api import Added, AlreadyThere, Repeated


@click.command(
    epilog="""\b
Examples:
  kb sources add crossref.json
  kb sources add refs.bib --skip"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "name", default="", help="The id, of one work. [default: made of the author and year]")
@click.option("--anyway", is_flag=True, help="Even if the base has the work already.")
@click.option("--skip", is_flag=True, help="Pass over works that the base has already.")
@base_option
@format_option
def add(file: Path, name: str, anyway: bool, skip: bool, base_path: str | None, output: str) -> None:
    """Write a source for each work that FILE describes: all of them, or none.

    FILE is what a registry answered when it was asked for a DOI (Crossref or DataCite, as JSON) or an arXiv
    id (Atom), or a list in BibTeX or CSL-JSON. Nothing is fetched. A work that the base seems to have, by its
    DOI, arXiv id, address or title, is shown; it is written only with --anyway. On a terminal kb asks.
    """
    from kb.api import AddingError, AlreadyThere, FormatError, Refused, add_sources

    root = found_base(base_path, output).root
    if anyway and skip:
        stop("--anyway writes what --skip passes over; give one of them", output)
    try:
        try:
            done = add_sources(root, file, name=name, anyway=anyway, skip=skip)
        except AlreadyThere as error:
            answer = _already_there(error, output)
            done = add_sources(root, file, name=name, anyway=answer == "all", skip=answer == "others")
    except Refused as error:
        stop(str(error), output)
    except (FormatError, AddingError) as error:
        stop(str(error), output, code=FINDINGS)
    _say_added(done, output)
    sys.exit(FINDINGS if any(found.severity == "error" for found in done.findings) else 0)


def _already_there(error: AlreadyThere, output: str) -> str:
    """Whether to write "all" works or the "others" only, asked on a terminal; else, or for none, leave."""
    from kb.cli import printing
    from kb.cli.asking import wants_to_ask

    if output == "json":
        printing.print_json({"error": str(error), "repeated": [_repeated(each) for each in error.repeated]})
    else:
        _say_repeated(error.repeated)
    if wants_to_ask(output):
        click.echo(f"{str(error).capitalize()}.")
        asked = click.prompt(
            "Write which works", type=click.Choice(("none", "others", "all")), default="none"
        )
        if asked != "none":
            return str(asked)
    click.echo(f"kb: {error}. --anyway writes all of the file, --skip the others only.", err=True)
    sys.exit(FINDINGS)


def _repeated(work: Repeated) -> dict[str, Any]:
    return {"title": work.title, "known": [known._asdict() for known in work.known]}


def _say_repeated(works: tuple[Repeated, ...]) -> None:
    from kb.cli.paragraphs import paragraph

    for work in works:
        click.echo(paragraph(work.title, hang=2))
        for known in work.known:
            click.echo(paragraph(f"{known.why}: {known.title}", indent=2, hang=2, name=known.id))


def _say_added(done: Added, output: str) -> None:
    from kb.cli import printing
    from kb.cli.asking import shown_path
    from kb.cli.paragraphs import paragraph, some

    if output == "json":
        told = {
            "sources": [
                {"id": name, "title": title, "file": file, "text": done.texts[file]}
                for (name, title), file in zip(done.sources.items(), done.files, strict=True)
            ],
            "skipped": [_repeated(work) for work in done.skipped],
            "overruled": [_repeated(work) for work in done.overruled],
            "lost": [printing.plain(loss) for loss in done.lost],
            "diagnostics": [printing.diagnostic_data(found) for found in done.findings],
        }
        printing.print_json(told)
        return
    for (name, title), file in zip(done.sources.items(), done.files, strict=True):
        click.echo(paragraph(f"Wrote {shown_path(done.root, file)}: {title}", hang=2, name=name))
    if done.skipped:
        click.echo("Passed over, for the base has them:")
        _say_repeated(done.skipped)
    if done.overruled:
        click.echo("Written all the same, though the base seems to have:")
        _say_repeated(done.overruled)
    if done.lost:
        click.echo("Left out, for want of a place in a source:")
        lines = [paragraph(f"{loss.what}: {loss.why}", indent=2, hang=2) for loss in done.lost]
        click.echo("\n".join(some(lines, 20, 2)))
    if done.findings:
        printing.print_diagnostics(done.root, done.findings)
    if done.sources:
        click.echo(f"Cite it: kb new claim --source {next(iter(done.sources))} --at PLACE")
