"""``kb init``: start a base."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kb.cli.asking import wants_to_ask
from kb.cli.options import FINDINGS, format_option, stop


@click.command(
    epilog="""\b
Examples:
  kb init wind-power --question "Does wind power pay?"
  kb init my-copy --example"""
)
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--title", default="", help="What the base is about. [default: made of the folder's name]")
@click.option("--question", default="", help="The first question. [default: that of the sample]")
@click.option("--example", is_flag=True, help="Copy the base that comes with kb.")
@format_option
def init(folder: Path, title: str, question: str, example: bool, output: str) -> None:
    """Start a base in FOLDER (the working directory), which must be new or empty but for git.

    Writes a first question with two claims, their sources and checks, all of which run; schemas, from which
    editors complete; a README for contributors; and what a repository on GitHub needs to validate each pull
    request and to publish the site.
    """
    from kb.api import AddingError, Refused
    from kb.api import init as start

    if wants_to_ask(output) and not example:
        title = title or click.prompt("What is the base about? (optional)", default="", show_default=False)
        asked = "Its first question (optional; a sample is written otherwise)"
        question = question or click.prompt(asked, default="", show_default=False)
    try:
        done = start(folder, title=title, question=question, example=example)
    except Refused as error:
        stop(str(error), output)
    except AddingError as error:
        stop(str(error), output, code=FINDINGS)
    except OSError as error:
        stop(f"{error.filename or folder}: {error.strerror}; nothing was written", output, code=FINDINGS)
    steps = _steps(done.folder)
    if output == "json":
        from kb.cli import printing

        data = {"folder": str(done.folder), "base": str(done.base), "files": list(done.files), "next": steps}
        printing.print_json(data)
        return
    click.echo(f"Started {done.title} in {done.folder}: {len(done.files)} files.")
    click.echo("Next:")
    for step in steps:
        click.echo(f"  {step}")
    click.echo("Then open _site/index.html, and put your question and claims in place of the sample's.")


def _steps(folder: Path) -> list[str]:
    """What to type next, each line as it stands."""
    import shlex

    steps = ["kb validate", "kb check", "kb render --out _site", "kb new claim"]
    if folder == Path.cwd():
        return steps
    try:
        there = os.path.relpath(folder)
    except ValueError:
        there = str(folder)
    quoted = (
        f'"{there}"' if os.name == "nt" and " " in there else there if os.name == "nt" else shlex.quote(there)
    )
    return [f"cd {quoted}", *steps]
