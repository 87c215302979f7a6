"""``kb sources``: the works that claims come from, their texts, their addresses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.completing import ids as proposed
from kb.cli.options import FINDINGS, base_option, cache_option, format_option, found_base, sound_base, stop
from kb.cli.sources_adding import add
from kb.cli.sources_links import links

if TYPE_CHECKING:
    from kb.api import NotPinned, Pinned


@click.group()
def sources() -> None:
    """Work with the texts that claims come from."""


sources.add_command(add)
sources.add_command(links)


@sources.command("verify", epilog="Example: kb sources verify --texts ~/texts")
@base_option
@format_option
@cache_option
@click.option(
    "--texts",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with the sources' texts: .txt or .md files in UTF-8.",
)
@click.option("--all", "everything", is_flag=True, help="List the pins that were found, too.")
def sources_verify(base_path: str | None, output: str, cache: bool, texts: Path, everything: bool) -> None:
    """Find every pinned quote again in the sources' texts, offline.

    A source's text is the file that bears its id, else the one that holds most of its pins. A pin found
    elsewhere in its text is reported as moved; one that is gone as stale, with the nearest passage: read the
    claim against it and pin it again. Exit code 1 when a pin is stale or a source has no text.
    """
    from kb.cli import printing

    base = sound_base(base_path, output, cache)
    results = base.verify_quotes(texts)
    if output == "json":
        printing.print_json(printing.verification_data(results))
    else:
        printing.print_verifications(base, results, everything=everything)
    sys.exit(FINDINGS if any(r.status in ("stale", "no text") for r in results) else 0)


@sources.command(
    epilog="""\b
Examples:
  kb sources pin tower-is-tall --texts ~/texts --quote "more than three hundred metres"
  kb sources pin tower-is-tall --source guide-1999 --at p4 --texts guide.txt --quote-file -"""
)
@click.argument("claim", shell_complete=proposed("claim"))
@click.option(
    "--source",
    default="",
    metavar="ID",
    shell_complete=proposed("source"),
    help="[default: the only one that the claim cites]",
)
@click.option(
    "--texts",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="The source's text, or the folder with the texts, as for kb sources verify.",
)
@click.option("--quote", metavar="PASSAGE", help="The passage, word for word.")
@click.option("--quote-file", type=click.File(encoding="utf-8"), help="A file with it; - is standard input.")
@click.option("--at", default="", metavar="PLACE", help="Which entry for the source; a new place makes one.")
@click.option("--line", type=click.IntRange(1), help="Where in the text, if it stands there twice.")
@click.option("--replace", is_flag=True, help="Put it in the place of another pin.")
@base_option
@format_option
def pin(
    claim: str,
    quote: str | None,
    quote_file: Any,
    line: int | None,
    base_path: str | None,
    output: str,
    **given: Any,
) -> None:
    """Pin a quoted passage in the evidence of CLAIM, without storing its words.

    The pin says where the passage stands in the source's text and holds hashes of it, by which kb sources
    verify finds it again. Spaces, line ends, and kinds of quotation marks and dashes do not matter.
    Exit code 1 when the text does not hold the passage: what is most like it is shown.
    """
    from kb.api import ChangedMeanwhile, EditingError, NotPinned, Refused, pin_quote

    if (quote is None) == (quote_file is None):
        stop("give the passage once: with --quote, or with --quote-file FILE (- is standard input)", output)
    root = found_base(base_path, output).root
    try:
        quoted = quote if quote_file is None else quote_file.read()
        done = pin_quote(root, claim, quoted=quoted or "", line=line or 0, **given)
    except UnicodeDecodeError:
        stop("the passage is no text in UTF-8", output)
    except NotPinned as error:
        _not_pinned(error, output)
    except Refused as error:
        stop(str(error), output)
    except (EditingError, ChangedMeanwhile) as error:
        stop(f"{error}; nothing was written", output, code=FINDINGS)
    _say_pinned(root, done, output)
    sys.exit(FINDINGS if any(found.severity == "error" for found in done.findings) else 0)


def _not_pinned(error: NotPinned, output: str) -> None:
    from kb.cli import printing
    from kb.cli.paragraphs import paragraph

    if output == "json":
        printing.print_json({"error": str(error), "places": [printing.plain(p) for p in error.places]})
    else:
        for place in error.places:
            likeness = f" ({place.share:.0%} of its words)" if place.share < 1 else ""
            click.echo(paragraph(f"{place.text}:{place.line}:{likeness} {place.words}", hang=4))
    click.echo(f"kb: {error}. Nothing was written.", err=True)
    sys.exit(FINDINGS)


def _say_pinned(root: Path, done: Pinned, output: str) -> None:
    from kb.cli import printing
    from kb.cli.asking import shown_path
    from kb.cli.paragraphs import paragraph

    if output == "json":
        findings = [printing.diagnostic_data(found) for found in done.findings]
        printing.print_json({**printing.plain(done), "findings": findings})
        return
    did = "Pinned" if done.changed else "It was pinned already"
    where = f"evidence {done.index + 1} of {done.claim}, {shown_path(root, done.file)}"
    click.echo(f"{did} in {where}: {done.place.text}:{done.place.line}.")
    click.echo(paragraph(done.place.words, indent=2))
    if done.findings:
        printing.print_diagnostics(root, done.findings)
