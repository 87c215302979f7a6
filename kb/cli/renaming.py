"""``kb rename`` and ``kb migrate``: changes that go through all files of a base."""

from __future__ import annotations

import sys

import click

from kb.cli.completing import ids as proposed
from kb.cli.options import FINDINGS, base_option, format_option, found_base, stop


@click.command(epilog="Example: kb rename gpt3-days gpt3-petaflop-days --dry-run")
@click.argument("old", shell_complete=proposed("claim", "check", "source"))
@click.argument("new")
@click.option("--dry-run", "trial", is_flag=True, help="Say what would change, and write nothing.")
@base_option
@format_option
def rename(old: str, new: str, trial: bool, base_path: str | None, output: str) -> None:
    """Give OLD the id NEW, everywhere in the base.

    Works for claims, checks, sources, quantities, tables, measurements, questions and named inferences. Files
    that bear the id move, references follow, comments and layout stay, and kb.yaml keeps the old id, so that
    old addresses lead on. All is written or nothing is.
    """
    from kb.api import ChangedMeanwhile, EditingError, Refused
    from kb.api import rename as renamed
    from kb.cli import printing
    from kb.cli.asking import shown_path

    root = found_base(base_path, output).root
    try:
        done = renamed(root, old, new, trial=trial)
    except Refused as error:
        stop(str(error), output)
    except (EditingError, ChangedMeanwhile) as error:
        stop(str(error), output, code=FINDINGS)
    except OSError as error:
        stop(f"{error.filename or 'a file'}: {error.strerror}; nothing was changed", output, code=FINDINGS)
    if output == "json":
        data = {
            "old": done.old,
            "new": done.new,
            "kind": done.kind,
            "written": not trial,
            "changed": list(done.changed),
            "moved": dict(done.moved),
            "prose": [{"file": file, "line": line} for file, line in done.prose],
            "diagnostics": [printing.diagnostic_data(found) for found in done.findings],
        }
        printing.print_json(data)
        sys.exit(FINDINGS if done.findings else 0)
    would = "Would move" if trial else "Moved"
    for path, target in done.moved.items():
        click.echo(f"{would} {shown_path(root, path)} to {target.rpartition('/')[2]}.")
    for path in done.changed:
        click.echo(f"{'Would change' if trial else 'Changed'} {shown_path(root, path)}.")
    if done.prose:
        click.echo(f"Running text that still says {old} (no reference; change it by hand where it is meant):")
        for path, line in done.prose:
            click.echo(f"  {shown_path(root, path)}:{line}")
    if done.findings:
        printing.print_diagnostics(root, done.findings)
        sys.exit(FINDINGS)
    click.echo(f"The {done.kind} {old} {'would be' if trial else 'is'} {new} now; old addresses lead to it.")


@click.command(epilog="Example: kb migrate --dry-run")
@click.option("--dry-run", "trial", is_flag=True, help="Say what would change, and write nothing.")
@base_option
@format_option
def migrate(trial: bool, base_path: str | None, output: str) -> None:
    """Bring the base's files to the newest file format.

    Comments and layout stay, all files are written or none, and a base of the newest format is left as it is.
    """
    from kb.api import ChangedMeanwhile, EditingError, Refused
    from kb.api import migrate as migrated
    from kb.cli.asking import shown_path

    root = found_base(base_path, output).root
    try:
        done = migrated(root, trial=trial)
    except Refused as error:
        stop(str(error), output)
    except (EditingError, ChangedMeanwhile) as error:
        stop(str(error), output, code=FINDINGS)
    except OSError as error:
        stop(f"{error.filename or 'a file'}: {error.strerror}; nothing was changed", output, code=FINDINGS)
    if output == "json":
        from kb.cli import printing

        printing.print_json(
            {"from": done.before, "to": done.after, "written": not trial, "changed": list(done.changed)}
        )
        return
    for path in done.changed:
        click.echo(f"{'Would change' if trial else 'Changed'} {shown_path(root, path)}.")
    if done.before == done.after:
        click.echo(f"The base has format {done.after}, the newest: nothing to do.")
    else:
        click.echo(f"Format {done.before} {'would become' if trial else 'became'} format {done.after}.")
