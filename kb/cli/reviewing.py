"""``kb review``: read again what has changed, and stamp it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from kb.cli.completing import ids as proposed
from kb.cli.options import FINDINGS, base_option, cache_option, format_option, sound_base, stop
from kb.cli.paragraphs import paragraph
from kb.cli.words import plural

if TYPE_CHECKING:
    from kb.api import KnowledgeBase, Reviewed


@click.command(
    epilog="""\b
Examples:
  kb review                         what has changed since it was reviewed
  kb review compute-is-a-bottleneck --stamp
  kb review by-price "energy-of-gpt3 > training-is-costly" --stamp"""
)
@click.argument("names", metavar="[CLAIM|STEP]…", nargs=-1, shell_complete=proposed("claim"))
@base_option
@format_option
@cache_option
@click.option("--all", "everything", is_flag=True, help="All relations and bearings of the base.")
@click.option("--stamp", is_flag=True, help="Write into the files that these were read as they are today.")
def review(
    names: tuple[str, ...], base_path: str | None, output: str, cache: bool, everything: bool, stamp: bool
) -> None:
    """List what has changed since it was reviewed; with --stamp, say that it was read again.

    A stamp is a short hash, in the field `reviewed`, of what a reviewer judges: the sentences that a relation
    joins, its kind, strength and reason; of a check's bearing the claim and what the check does. Without
    names, what is suspect is listed, with the words of then and now where git has them. A claim's name means
    all relations that it has part in, and its checks.
    """
    from kb.api import StampingError, UnknownName
    from kb.cli import printing

    if stamp and not names and not everything:
        stop("say what you have read: kb review CLAIM --stamp, or kb review --all --stamp", output)
    if names and everything:
        stop("give names or --all, not both", output)
    base = sound_base(base_path, output, cache)
    try:
        chosen = base.review(*names, everything=everything)
        done = base.stamp(chosen) if stamp else ()
    except (UnknownName, StampingError) as error:
        stop(str(error), output)
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}; no file was changed", output, code=FINDINGS)
    if output == "json":
        printing.print_json(
            {"reviews": [_data(each) for each in chosen], "stamped": [each.review.id for each in done]}
        )
    elif stamp:
        for each in done:
            click.echo(f"{each.file}: {each.review.id}: reviewed {each.review.stamp}")
        click.echo(f"{plural(len(done), 'stamp')} written; {len(chosen) - len(done)} were up to date.")
    else:
        _print(base, chosen)


def _print(base: KnowledgeBase, chosen: tuple[Reviewed, ...]) -> None:
    for each in chosen:
        _print_one(base, each)
    counts = Counter(each.review.state for each in chosen)
    said = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    click.echo(said or "Nothing has changed since it was reviewed.")


def _print_one(base: KnowledgeBase, each: Reviewed) -> None:
    review = each.review
    line, column = base.place(each.file, _path(each))
    state = click.style(review.state, fg="yellow" if review.state == "suspect" else None)
    click.echo(f"{each.file}:{line}:{column}: {state} {review.id}")
    if not each.known:
        click.echo("    git does not know the words of that time; these are today's:")
        for name, words in review.words.items():
            click.echo(paragraph(f"{name}: {words}", indent=4, hang=2))
    for edit in each.edits:
        click.echo(f"    {edit.field}:")
        click.echo(paragraph(f"- {edit.before or '(nothing)'}", indent=6, hang=2))
        click.echo(paragraph(f"+ {edit.after or '(nothing)'}", indent=6, hang=2))


def _path(each: Reviewed) -> tuple[str | int, ...]:
    part = each.review.part
    field = getattr(part, "kind", "checks" if hasattr(part, "check") else "undercuts")
    return (field, part.index)


def _data(each: Reviewed) -> dict[str, object]:
    from kb.cli.printing import plain

    return {
        "id": each.review.id,
        "claim": each.review.owner,
        "file": each.file,
        "state": each.review.state,
        "stamp": each.review.part.reviewed,
        "stamp_today": each.review.stamp,
        "words": dict(each.review.words),
        "changes": [plain(edit) for edit in each.edits],
        "past_known": each.known,
    }
