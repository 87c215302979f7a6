"""What moves a claim, as ``kb why --levers`` prints it: slopes, idle reasons, removals, shares of checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from kb.cli.naming import check_name, claim_name, relation_names
from kb.cli.paragraphs import paragraph, some
from kb.wording import interval, listed

if TYPE_CHECKING:
    from kb.api import KnowledgeBase, Levers

SHOWN = 10
"""So many entries of each list are printed."""
LEAST = 0.0005
"""Slopes and distances below this are not printed: they would read as nought."""


def lever_lines(base: KnowledgeBase, levers: Levers) -> Iterator[str]:
    """Each kind of lever under a heading that says what its numbers mean; kinds without any are left out."""
    names = relation_names(base)
    blocks = (
        (
            "Checks: how far its middle moves for each 1 that the score of a check moves",
            _slopes(
                {
                    f"the check {check_name(base, check)}": (levers.slopes.check(check), check)
                    for check in levers.slopes.checks
                }
            ),
        ),
        (
            "Relations: how far its middle moves for each nat of weight (for all its weight, of an undercut)",
            _slopes(
                {
                    names[name]: (slope, name)
                    for some_of in (levers.slopes.steps, levers.slopes.undercuts)
                    for name, slope in some_of.items()
                }
            ),
        ),
        ("Reasons that count nothing now, or may: if checks of what they rest on held", _dead(levers, names)),
        ("Relations left out, one at a time", _removals(levers, names)),
        (_shares_heading(levers), _shares(base, levers)),
    )
    yield click.style("What moves it", bold=True)
    empty = True
    for heading, entries in blocks:
        if entries:
            empty = False
            yield paragraph(f"{heading}:", indent=2, hang=2)
            yield from some(entries, SHOWN, 4)
    if empty:
        yield "  Nothing: no check or relation behind it would."
    if levers.slopes.kinks:
        bends = listed([claim_name(base, claim) for claim in levers.slopes.kinks[:3]])
        more = len(levers.slopes.kinks) - 3
        bends += f" and {more} more" if more > 0 else ""
        yield paragraph(f"At a bend, with another slope to its other side: {bends}.", indent=2, hang=2)
    for circle in levers.slopes.singular:
        members = listed([claim_name(base, claim) for claim in circle])
        yield paragraph(f"No slopes beyond the circle of {members}: it has none.", indent=2, hang=2)
    if levers.shares is None:
        yield paragraph(
            "More than 12 checks ran behind it, or fewer behind very many claims: no exact share of each is "
            "computed.",
            indent=2,
            hang=2,
        )
    if levers.untried:
        yield paragraph(
            f"Only the relations nearest to it were left out one at a time: {levers.untried:,} further off "
            "were not tried.",
            indent=2,
            hang=2,
        )


def _slopes(found: Mapping[str, tuple[float, str]]) -> list[str]:
    ranked = sorted(found.items(), key=lambda item: (-abs(item[1][0]), item[0]))
    return [
        paragraph(f"{_moves(slope)}  {said}", indent=4, hang=8, name=name)
        for said, (slope, name) in ranked
        if abs(slope) >= LEAST
    ]


def _dead(levers: Levers, names: Mapping[str, str]) -> list[str]:
    return [
        paragraph(
            f"{_moves(reason.moves)}  {names[reason.relation]}: then "
            f"{reason.standing_after} {interval(reason.after)}",
            indent=4,
            hang=8,
            name=reason.relation,
        )
        for reason in levers.dead
        if abs(reason.moves) >= LEAST
    ]


def _removals(levers: Levers, names: Mapping[str, str]) -> list[str]:
    return [
        paragraph(
            f"{_moves(removal.moves)}  without {names[removal.relation]}: "
            f"{removal.standing_after} {interval(removal.after)}",
            indent=4,
            hang=8,
            name=removal.relation,
        )
        for removal in levers.removals
        if abs(removal.moves) >= LEAST
    ]


def _shares_heading(levers: Levers) -> str:
    if levers.shares is None:
        return ""
    ends = f"{levers.shares.with_none:.3f} with none run to {levers.shares.with_all:.3f} with all"
    return f"What each check adds, on average over all orders of running them (Shapley), from {ends}"


def _shares(base: KnowledgeBase, levers: Levers) -> list[str]:
    if levers.shares is None:
        return []
    return [
        paragraph(f"{_moves(value)}  the check {check_name(base, check)}", indent=4, hang=8, name=check)
        for check, value in levers.shares.values.items()
    ]


def _moves(distance: float) -> str:
    """Three decimals with a sign."""
    return f"{distance:+.3f}".replace("-", "−")
