"""``kb search``: what has these words."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb.cli.options import FINDINGS, base_option, cache_option, format_option, sound_base, stop
from kb.cli.volume import note

if TYPE_CHECKING:
    from kb.api import Hit, SearchResult

KINDS = ("question", "claim", "check", "source", "measurement")
SHOWN = 20


@click.command(
    epilog="""\b
Examples:
  kb search compute bottleneck
  kb search energy --kind check --limit 5
  kb search tokens --format json | jq -r '.hits[].file'"""
)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only these (may be repeated)."
)
@click.option(
    "--limit", type=click.IntRange(1), default=SHOWN, show_default=True, help="Show so many at most."
)
@base_option
@format_option
@cache_option
def search(
    words: tuple[str, ...],
    kinds: tuple[str, ...],
    limit: int,
    base_path: str | None,
    output: str,
    cache: bool,
) -> None:
    """Find what has all these WORDS in its title, text or id, as the search of the site does.

    Capitals and accents make no difference, and the beginning of a word is enough. The best comes first,
    with how a claim stands or what a check says, and with its file. Runs nothing: a check without a result is
    "not run yet". The exit code is 1 when nothing was found.
    """
    base = sound_base(base_path, output, cache)
    if not (text := " ".join(words).strip()):
        stop("there is no word to search for", output)
    found = base.search(text, kinds)
    if output == "json":
        from kb.cli import printing

        printing.print_json(
            {
                "words": text.split(),
                "count": len(found.hits),
                "hits": [asdict(hit) for hit in found.hits[:limit]],
                "unknown": found.unknown,
            }
        )
    elif found.hits:
        _print(found.hits, limit)
    else:
        click.echo(_nothing(found, text, kinds))
    sys.exit(0 if found.hits else FINDINGS)


def _print(hits: tuple[Hit, ...], limit: int) -> None:
    from kb.cli.paragraphs import paragraph
    from kb.cli.words import plural

    for hit in hits[:limit]:
        click.echo(paragraph(click.unstyle(hit.title), hang=2))
        state = ", ".join(filter(None, (hit.state, hit.reason)))
        click.echo(paragraph(f"{hit.kind}{': ' if state else ''}{state} · {hit.file}", indent=2, hang=2))
    more = f"; {len(hits) - limit:,} more with a higher --limit" if len(hits) > limit else ""
    note(f"{plural(len(hits), 'hit')}{more}.")


def _nothing(found: SearchResult, text: str, kinds: tuple[str, ...]) -> str:
    """What stands nowhere and what may have been meant; else that the words do not stand together."""
    from kb.diagnostics.spelling import asked

    none = f"No {' or '.join(kinds)}" if kinds else "Nothing"
    if not found.unknown:
        return f"{none} has all of “{text}”, though each word stands in one: try fewer words."
    said = []
    for word, near in found.unknown.items():
        guess = asked(near)
        said.append(f"{none} has “{word}”" + (f"; {guess}" if guess else "."))
    return "\n".join(said)
