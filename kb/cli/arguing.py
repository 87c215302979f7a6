"""``kb cruxes`` and ``kb audit``: what would turn a claim, what to check next, what to look into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import click

from kb.cli.completing import ids as proposed
from kb.cli.options import base_option, cache_option, format_option, sound_base, stop
from kb.cli.volume import quiet

if TYPE_CHECKING:
    from kb.api import AuditFinding, Crux, Cruxes, KnowledgeBase, Ranking

SHOWN = 10
"""So many entries of a list are printed."""
FEW = 3
"""So many relations without effect are named."""
AUDITS = {
    "one-sided": ("One-sided", "settled while nothing of the other side counts"),
    "one source": ("One source", "settled by what comes from a single source"),
    "double counting": ("Double counting", "reasons that count apart, yet go back to the same"),
    "only proxies": ("Only proxies", "nothing but stand-ins counts for or against"),
    "without effect": ("Without effect", "relations that could be left out and nothing would move"),
}


@click.command(
    epilog="""\b
Examples:
  kb cruxes only-the-rich-can-train
  kb cruxes only-the-rich-can-train --to falls --largest 2"""
)
@click.argument("claim", required=False, shell_complete=proposed("claim"))
@base_option
@format_option
@cache_option
@click.option("--to", type=click.Choice(["stands", "falls"]), help="Only what would give it this label.")
@click.option(
    "--largest",
    type=click.IntRange(1, 10),
    default=3,
    show_default=True,
    help="Try sets of at most so many changes.",
)
@click.option(
    "--budget",
    type=click.IntRange(1),
    help="Solve the argument at most so often for a claim (default: fewer the larger it is).",
)
@click.option("--accept-unverified", is_flag=True, help="Count unverified numbers as if they were verified.")
def cruxes(
    claim: str | None,
    base_path: str | None,
    output: str,
    cache: bool,
    to: str | None,
    largest: int,
    budget: int | None,
    accept_unverified: bool,
) -> None:
    """Find the fewest checks that would have to come out otherwise for a claim to change its label.

    Of CLAIM, else of every thesis. Each set shown was tried, and none of its changes can be left out. Where
    no outcome of any check could change the label, that is proved and said, and untested claims behind it are
    tried, too. Then: what to check next. Computes no check.
    """
    from kb.api import UnknownName
    from kb.cli.naming import theses
    from kb.cli.progress import counted

    base = sound_base(base_path, output, cache)
    if not (wanted := [claim] if claim else list(theses(base))):
        stop("the base asks no question, so there are no theses; name a claim", output)
    results = base.results()
    found: list[tuple[Cruxes, Cruxes | None]] = []
    try:
        with counted("Cruxes") as progress:
            for done, name in enumerate(wanted, 1):
                search = partial(
                    base.cruxes,
                    name,
                    to=to,
                    largest=largest,
                    budget=budget,
                    accept_unverified=accept_unverified,
                    results=results,
                )
                by_checks = search()
                by_claims = search(claims=True) if by_checks.settled else None
                found.append((by_checks, by_claims if by_claims and by_claims.claims else None))
                if progress:
                    progress(name, done, len(wanted))
        worth = base.worth_checking(*wanted, accept_unverified=accept_unverified, results=results)
    except UnknownName as error:
        stop(str(error), output)
    if output == "json":
        from kb.cli import printing

        printing.print_json(cruxes_data(base, found, worth))
    else:
        them = "it" if len(wanted) == 1 else "the theses"
        click.echo("\n".join((*_cruxes_lines(base, found), *_worth_lines(base, worth, them))))


@click.command(epilog="Example: kb audit --format json | jq '.findings[].words'")
@base_option
@format_option
@cache_option
@click.option("--accept-unverified", is_flag=True, help="Count unverified numbers as if they were verified.")
def audit(base_path: str | None, output: str, cache: bool, accept_unverified: bool) -> None:
    """List what to look into in the argument, given what the checks say.

    One-sided arguments, conclusions that rest on one source, reasons counted twice, claims that rest on
    proxies alone, relations without effect. These are observations, not faults: the exit code is 0.
    What the files alone show is told by `kb validate`.
    """
    base = sound_base(base_path, output, cache)
    found = base.audits(accept_unverified=accept_unverified)
    if output == "json":
        from kb.cli import printing

        titled = [{**asdict(item), "title": base.claims[item.claim].name} for item in found]
        printing.print_json({"base": str(base.root), "findings": titled})
    else:
        click.echo("\n".join(_audit_lines(base, found)))


def cruxes_data(
    base: KnowledgeBase, found: Sequence[tuple[Cruxes, Cruxes | None]], worth: Ranking
) -> dict[str, object]:
    return {
        "base": str(base.root),
        "claims": [
            {
                **asdict(by_checks),
                "title": base.claims[by_checks.claim].name,
                "words": by_checks.words,
                "with_claims": {**asdict(by_claims), "words": by_claims.words} if by_claims else None,
            }
            for by_checks, by_claims in found
        ],
        "worth_checking": [asdict(item) for item in worth],
        "worth_untried": worth.untried,
    }


def _cruxes_lines(base: KnowledgeBase, found: Sequence[tuple[Cruxes, Cruxes | None]]) -> Iterator[str]:
    from kb.cli.naming import claim_name
    from kb.cli.paragraphs import paragraph
    from kb.wording import interval

    for by_checks, by_claims in found:
        yield paragraph(claim_name(base, by_checks.claim), hang=2, name=by_checks.claim)
        yield f"  {by_checks.standing} {interval(by_checks.strength)}"
        yield from _search_lines(base, by_checks)
        if by_claims:
            yield paragraph("With untested claims behind it decided, too:", indent=2, hang=2)
            yield from _search_lines(base, by_claims)
        yield ""


def _search_lines(base: KnowledgeBase, search: Cruxes) -> Iterator[str]:
    from kb.cli.paragraphs import paragraph, some

    proved = search.settled and (search.checks or search.claims)
    said = f"{search.words.rstrip('.')} (proved)." if proved else search.words
    yield paragraph(said, indent=2, hang=2)
    sets = ["\n".join(_crux_lines(base, crux)) for crux in search.found]
    yield from some(sets, SHOWN, 4)


def _crux_lines(base: KnowledgeBase, crux: Crux) -> Iterator[str]:
    from kb.cli.naming import check_name, claim_name
    from kb.cli.paragraphs import paragraph
    from kb.cli.words import STANDING_MARKS
    from kb.wording import interval

    mark = STANDING_MARKS[crux.standing]
    yield f"    {mark} {crux.standing} {interval(crux.strength)} if"
    for i, change in enumerate(crux.changes):
        joined = "and " if i else ""
        if change.kind == "claim":
            said = f"{joined}a check decided {claim_name(base, change.id)} and found that it {change.after}"
        else:
            now = "not run yet" if change.before is None else f"now {change.before.replace('-', ' ')}"
            now += ", on unverified numbers" if change.provisional else ""
            said = f"{joined}the check {check_name(base, change.id)} {change.after} ({now})"
        yield paragraph(said, indent=6, hang=2, name=change.id)


def _worth_lines(base: KnowledgeBase, worth: Ranking, them: str) -> Iterator[str]:
    """What to check next: what could turn most theses first."""
    from kb.cli.naming import check_name, claim_name
    from kb.cli.paragraphs import paragraph, some
    from kb.wording import listed

    yield click.style("What to check next", bold=True)
    if not worth:
        tried = "Nothing of what was tried" if worth.untried else "Nothing that is undecided"
        yield f"  {tried} would move {them}."
        yield from _untried(worth)
        return
    entries = []
    for item in worth:
        if item.kind == "check":
            heading = f"the check {check_name(base, item.id)}"
        else:
            heading = f"{claim_name(base, item.id)}, which no check tests"
        lines = [paragraph(heading, indent=2, hang=2, name=item.id)]
        for outcome in item.outcomes:
            flips = [
                f"{claim_name(base, effect.thesis)} {effect.standing_after}"
                for effect in outcome.effects
                if effect.flips
            ]
            if flips:
                said = f"if it {outcome.verdict}, {listed(flips)}"
                lines.append(paragraph(said, indent=4, hang=2))
        by = f"{item.expected:.2f}" if item.expected >= 0.005 else "less than 0.01"
        lines.append(paragraph(f"moves {them} by {by} on average", indent=4, hang=2))
        entries.append("\n".join(lines))
    yield from some(entries, SHOWN, 2)
    yield from _untried(worth)


def _untried(worth: Ranking) -> Iterator[str]:
    from kb.cli.paragraphs import paragraph

    if worth.untried:
        said = f"{worth.untried:,} more that are undecided lie further off and were not tried."
        yield paragraph(said, indent=2, hang=2)


def _audit_lines(base: KnowledgeBase, found: Sequence[AuditFinding]) -> Iterator[str]:
    from kb.cli.naming import relation_names
    from kb.cli.paragraphs import paragraph, some
    from kb.cli.words import plural

    names = relation_names(base)
    for kind, (heading, means) in AUDITS.items():
        group = [item for item in found if item.kind == kind]
        if not group:
            continue
        yield paragraph(f"{heading} ({len(group)}): {means}", hang=2)
        for item in group:
            yield paragraph(f"- {item.words}", indent=2, hang=2, name=item.claim)
            if kind == "without effect":
                idle = [
                    paragraph(names[relation], indent=6, hang=2, name=relation) for relation in item.relations
                ]
                yield from some(idle, FEW, 6)
        yield ""
    if not found:
        yield "Nothing to look into was found."
    elif not quiet():
        yield f"{plural(len(found), 'thing')} to look into."
