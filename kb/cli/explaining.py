"""``kb why``: the tree of reasons for a claim's standing, and what would move it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from kb.cli.completing import ids as proposed
from kb.cli.options import base_option, cache_option, format_option, sound_base, stop

if TYPE_CHECKING:
    from kb.api import KnowledgeBase, Levers, Outcome, Remarks, Robustness, Why

OURS = "log-odds"
SEMANTICS = (OURS, "df-quad", "quadratic-energy", "euler", "mlp")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beside the tree; None where it was not."""

    remarks: Remarks
    levers: Levers | None = None
    robustness: Robustness | None = None
    outcome: Outcome | None = None


@click.command(
    epilog="""\b
Examples:
  kb why only-the-rich-can-train --depth 2
  kb why only-the-rich-can-train --levers --semantics df-quad"""
)
@click.argument("claim", shell_complete=proposed("claim"))
@base_option
@format_option
@cache_option
@click.option("--depth", type=click.IntRange(0, 50), default=3, show_default=True, help="Levels of reasons.")
@click.option("--levers", is_flag=True, help="Say how far each check and relation behind it moves it.")
@click.option(
    "--semantics",
    type=click.Choice(SEMANTICS),
    default=OURS,
    show_default=True,
    help="Show where it stands under another way to weigh reasons, beside ours.",
)
@click.option("--accept-unverified", is_flag=True, help="Count unverified numbers as if they were verified.")
def why(
    claim: str,
    base_path: str | None,
    output: str,
    cache: bool,
    depth: int,
    levers: bool,
    semantics: str,
    accept_unverified: bool,
) -> None:
    """Explain a claim's standing: its reasons, what each one adds, down to the checks.

    The lines of a claim add up to its log-odds, so the result can be recomputed by hand. Computes no
    check: it reads the cache and the recorded results.
    """
    from kb.api import UnknownName
    from kb.cli import printing
    from kb.cli.showing import why_data, why_text

    base = sound_base(base_path, output, cache)
    results = base.results()
    try:
        tree = base.why(claim, depth=depth, accept_unverified=accept_unverified, results=results)
        remarks = base.remarks(claim, accept_unverified=accept_unverified, results=results)
    except UnknownName as error:
        stop(str(error), output)
    node, other = remarks.claim, semantics != OURS
    asked = Asked(
        remarks,
        base.levers(node, accept_unverified=accept_unverified, results=results) if levers else None,
        base.robustness(node, accept_unverified=accept_unverified, results=results)
        if remarks.thesis and (levers or other)
        else None,
        base.standings_by(semantics, accept_unverified=accept_unverified, results=results)[node]
        if other
        else None,
    )
    if output == "json":
        printing.print_json({**why_data(tree), **asked_data(asked)})
    else:
        click.echo(why_text(base, tree))
        for lines in _asked_parts(base, tree, asked):
            click.echo("\n".join(("", *lines)))


def asked_data(asked: Asked) -> dict[str, object]:
    """The remarks, and what else was asked for."""
    robustness = asked.robustness
    return {
        "remarks": _remarks_data(asked.remarks),
        **({"levers": asdict(asked.levers)} if asked.levers else {}),
        **(
            {
                "robustness": {
                    "theses": [{**asdict(t), "words": t.words} for t in robustness.theses],
                    "lost": list(robustness.lost),
                }
            }
            if robustness
            else {}
        ),
        **({"semantics": asdict(asked.outcome)} if asked.outcome else {}),
    }


def _remarks_data(remarks: Remarks) -> dict[str, object]:
    data = asdict(remarks)
    if remarks.disagreement:
        data["disagreement"] = {**asdict(remarks.disagreement), "words": remarks.disagreement.words}
    return data


def _asked_parts(base: KnowledgeBase, tree: Why, asked: Asked) -> Iterator[list[str]]:
    if remarks := list(_asked_lines(base, tree, asked)):
        yield remarks
    if asked.levers:
        from kb.cli.moving import lever_lines

        yield list(lever_lines(base, asked.levers))


def _asked_lines(base: KnowledgeBase, tree: Why, asked: Asked) -> Iterator[str]:
    from kb.cli.paragraphs import paragraph
    from kb.wording import interval

    yield from (paragraph(line, hang=2) for line in _remark_lines(base, tree, asked.remarks))
    if asked.outcome:
        yield paragraph(
            f"Under the {asked.outcome.choice.title} semantics it "
            f"{_is(asked.outcome.standing)}, at {interval(asked.outcome.strength)}; "
            f"here it {_is(tree.account.standing)}, {interval(tree.account.strength)}.",
            hang=2,
        )
    for thesis in asked.robustness.theses if asked.robustness else ():
        yield paragraph(thesis.words, hang=2)


def _remark_lines(base: KnowledgeBase, tree: Why, remarks: Remarks) -> Iterator[str]:
    from kb.cli.naming import check_name, claim_name

    falls, stands = remarks.limits
    if remarks.standard:
        yield (
            f"Proof standard: {remarks.standard.replace('-', ' ')}. "
            f"It stands from {stands:g} and falls up to {falls:g}."
        )
    if remarks.thesis:
        yield (
            "Contested: something that was looked into speaks against it."
            if remarks.contested
            else "Uncontested: nothing that was looked into speaks against it."
        )
    near = remarks.nearest
    if near is None:
        yield "No check lies behind it."
    elif near.steps:
        away = "one step" if near.steps == 1 else f"{near.steps} steps"
        yield (
            f"The nearest check is {away} away: {check_name(base, near.check)}, "
            f"on {claim_name(base, near.claim)}."
        )
    if remarks.disagreement:
        yield remarks.disagreement.words


def _is(standing: str) -> str:
    return "is open" if standing == "open" else str(standing)
