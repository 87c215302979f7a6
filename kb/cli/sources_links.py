"""``kb sources links``: whether the addresses of sources still lead somewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.completing import ids as proposed
from kb.cli.options import FINDINGS, base_option, format_option, found_base, stop

if TYPE_CHECKING:
    from kb.api import Link


EPILOG = """\b
Examples:
  kb sources links
  kb sources links guide-1999 --archive https://web.archive.org/web/2020/https://example.org/guide"""


@click.command(epilog=EPILOG)
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=proposed("source"))
@click.option("--archive", metavar="URL", help="Ask nothing: note the address of an archived copy of ID.")
@click.option("--seconds", type=click.FloatRange(0.1, 300), default=20, show_default=True, help="To wait.")
@click.option("--all", "everything", is_flag=True, help="List the addresses that are fine, too.")
@click.option("--allow-loopback", "loopback", is_flag=True, hidden=True)
@base_option
@format_option
def links(
    ids: tuple[str, ...],
    archive: str | None,
    seconds: float,
    everything: bool,
    loopback: bool,
    base_path: str | None,
    output: str,
) -> None:
    """Ask over the net whether the addresses of sources (all, without ID) still lead somewhere.

    No other command does. Each server is asked once a second at most, for the headers only; machines without
    a public address are never asked, wherever a name or a redirect leads. A server that wants a login or
    bars programs tells nothing of the page: "cannot tell". Exit code 1 when a page is gone or not reached.
    """
    from kb.api import Refused, check_links
    from kb.cli.progress import counted

    root = found_base(base_path, output).root
    if archive is not None:
        _archive(root, ids, archive, output)
        return
    try:
        with counted("Addresses") as progress:
            found = check_links(root, ids, seconds=seconds, loopback=loopback, progress=progress)
    except Refused as error:
        stop(str(error), output)
    _say_links(found, everything, output)
    sys.exit(FINDINGS if any(link.state in ("gone", "unreachable", "not asked") for link in found) else 0)


def _archive(root: Path, ids: tuple[str, ...], url: str, output: str) -> None:
    from kb.api import ChangedMeanwhile, EditingError, Refused, save_archived
    from kb.cli import printing
    from kb.cli.asking import shown_path

    if len(ids) != 1:
        stop("--archive needs one ID: the source of which that address is a copy", output)
    try:
        file = save_archived(root, ids[0], url)
    except Refused as error:
        stop(str(error), output)
    except (EditingError, ChangedMeanwhile) as error:
        stop(f"{error}; nothing was written", output, code=FINDINGS)
    if output == "json":
        printing.print_json({"file": file, "archive_location": url})
    else:
        click.echo(f"{shown_path(root, file)} names the archived copy {url}.")


def _say_links(found: tuple[Link, ...], everything: bool, output: str) -> None:
    from collections import Counter

    from kb.cli import printing
    from kb.cli.paragraphs import paragraph

    counts = Counter(str(link.state) for link in found)
    if output == "json":
        printing.print_json({"counts": dict(counts), "links": [printing.plain(link) for link in found]})
        return
    for link in found:
        if link.state != "ok" or everything:
            click.echo(paragraph(f"{link.state:12} {link.url}", hang=13, name=link.source))
            for said in filter(None, (link.says, link.archived and f"archived copy: {link.archived}")):
                click.echo(paragraph(said, indent=13))
    said = ", ".join(f"{number} {state}" for state, number in counts.items())
    click.echo(f"{len(found)} address{'es'[: 2 * (len(found) != 1)]}: {said or 'no source has one'}.")
