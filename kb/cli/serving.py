"""``kb serve``: the site of a base while it is being edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.options import FINDINGS, base_option, found_base, negated, stop
from kb.cli.volume import note, quiet
from kb.cli.words import plural

if TYPE_CHECKING:
    from kb.api import FileChange, KnowledgeBase, Round

_NAMED = 3


@click.command(epilog="Example: kb serve --open")
@base_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on: by default only this machine reaches it.",
)
@click.option(
    "--allow-remote",
    "remote",
    multiple=True,
    metavar="NAME",
    help="Let others in who ask for this host name (may be repeated): they can read the whole base.",
)
@click.option("--open", "browse", is_flag=True, help="Open the first page in the browser.")
@click.option(
    "--no-check", "check", is_flag=True, callback=negated, help="Run no checks; show what is known."
)
@click.option("--jobs", "-j", type=click.IntRange(1), help="Checks to run at once (default: the cores).")
@click.option(
    "--docs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of Markdown files that become pages of the site.",
)
def serve(
    base_path: str | None,
    port: int,
    host: str,
    remote: tuple[str, ...],
    browse: bool,
    check: bool,
    jobs: int | None,
    docs: Path | None,
) -> None:
    """Show the site in the browser and keep it up to date while files are edited.

    Each save is validated, checks that it touches are run again, pages that changed are written anew, and
    those that are open reload by themselves. While a file is wrong, pages stay as they were and show where
    it is wrong. Your own folders are left alone: the pages lie in the base's cache until Ctrl-C.
    """
    from kb.api import AddressError

    base = found_base(base_path, "text")

    def started(address: str) -> None:
        click.echo(f"{address}  (Ctrl-C to stop)")
        if remote:
            names = ", ".join(remote)
            note(f"note: answers under {names}, too; whoever reaches it reads the whole base.")
        if browse:
            click.launch(address)

    try:
        base.serve(
            host=host,
            port=port,
            remote=remote,
            check=check,
            jobs=jobs or 0,
            docs=docs,
            started=started,
            told=lambda done: _print(base, done),
        )
    except AddressError as error:
        stop(str(error), "text", code=FINDINGS)
    except KeyboardInterrupt:
        note("Stopped.")


def _print(base: KnowledgeBase, done: Round) -> None:
    """One line for a round; below it, what is wrong."""
    what = _changed(done.changes)
    if done.errors:
        from kb.cli import printing

        click.echo(f"{what}: {plural(len(done.errors), 'error')}; pages stay as they were.")
        printing.print_diagnostics(base.root, done.errors)
        return
    if quiet() and not done.trouble:
        return
    said = []
    if claims := sum(change.kind == "claim" for change in done.changes):
        said.append(plural(claims, "claim"))
    if done.checked:
        said.append(f"{plural(done.checked, 'check')} run")
    if done.report:
        said.append(f"{plural(done.report.written, 'page')} written")
        said += [f"{done.report.removed} removed"] if done.report.removed else []
    if done.checking:
        said.append(f"{plural(done.checking, 'check')} still running")
    click.echo(f"{what}: {', '.join((*said, f'{done.seconds:.1f} s'))}")
    if done.trouble:
        click.echo(f"kb: {done.trouble}", err=True)


def _changed(changes: tuple[FileChange, ...]) -> str:
    """``a.yaml changed, b.yaml removed``: the first few, and how many more."""
    if not changes:
        return "Ready"
    said = [f"{change.path} {change.how}" for change in changes[:_NAMED]]
    more = [f"{len(changes) - _NAMED} more"] if len(changes) > _NAMED else []
    return ", ".join((*said, *more))
