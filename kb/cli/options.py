"""What the commands share: options, exit codes, opening a base, leaving with a message."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kb.cli.volume import detail, verbose, volume_options
from kb.cli.volume import note as say

if TYPE_CHECKING:
    from kb.api import KnowledgeBase

FINDINGS, USAGE, INTERNAL, INTERRUPTED = 1, 2, 3, 130


def negated(_: click.Context, __: click.Parameter, given: bool) -> bool:
    """For the parameter ``x`` of an option ``--no-x``: a callback, so that a variable of 1 means it, too."""
    return not given


def base_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that opens a base: which one, and how much to say."""
    return _base_option(volume_options(command))


_base_option = click.option(
    "--base",
    "base_path",
    metavar="FOLDER",
    help="The base's folder (default: KB_BASE, else the nearest kb.yaml upwards, else claims/kb.yaml).",
)
format_option = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json prints one JSON document on standard output, whatever happens.",
)
cache_option = click.option(
    "--no-cache", "cache", is_flag=True, callback=negated, help="Neither read nor write the cache (.kb)."
)


def found_base(base_path: str | None, output: str, cache: bool = True) -> KnowledgeBase:
    """The base that is meant, not read yet; without one, leave with 2 and the places tried."""
    from kb.api import NoBase, load

    try:
        base = load(base_path, strict=False, cache=cache)
    except NoBase as error:
        stop(str(error), output)
    if verbose():
        detail(f"base: {base.root}")
        detail(f"cache: {base.cache_folder or 'none'}")
    return base


def sound_base(base_path: str | None, output: str, cache: bool) -> KnowledgeBase:
    """A base without errors; with errors, print them and leave with 1."""
    base = found_base(base_path, output, cache)
    errors = base.errors
    for note in base.notes:
        say(f"note: {note}")
    if errors:
        from kb.cli import printing

        if output == "json":
            printing.print_json({"diagnostics": [printing.diagnostic_data(d) for d in errors]})
        else:
            printing.print_diagnostics(base.root, errors)
            said = f"{len(errors)} error{'s'[: len(errors) != 1]} in the base; nothing was done."
            click.echo(said, err=True)
        sys.exit(FINDINGS)
    return base


def stop(message: str, output: str, code: int = USAGE) -> NoReturn:
    """Leave with a message; as JSON too when that was asked for, so that the output always parses."""
    if output == "json":
        from kb.cli import printing

        printing.print_json({"error": message})
    click.echo(f"kb: {message}", err=True)
    sys.exit(code)
