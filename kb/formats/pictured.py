"""What pictures of an argument share: what a card says, and how a relation is drawn."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kb.formats.format import Material
from kb.model import Claim, Step, Undercut

_WIDE, _LONGEST = 32, 120


@dataclass(frozen=True, slots=True)
class Style:
    """A relation's colour and line; never colour alone."""

    colour: str
    line: str


STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "supports": Style("#0b62a4", "solid"),
        "attacks": Style("#b04408", "dashed"),
        "undercuts": Style("#6d5a00", "dotted"),
    }
)
_COLOURS = MappingProxyType({"stands": "#0b7d55", "falls": "#6e0f3a", "open": "#5a4fcf"})


@dataclass(frozen=True, slots=True)
class Card:
    label: str
    colour: str


def card(material: Material, claim: Claim) -> Card:
    """What the card of a claim says, wrapped, with its standing in a line of its own where it is known."""
    account = material.account(claim.id)
    label = wrapped(claim.name)
    if account is None:
        return Card(label, '"#646a74"')
    return Card(f"{label}\n({account.standing.value})", f'"{_COLOURS[account.standing.value]}"')


def wrapped(words: str, width: int = _WIDE) -> str:
    """Words over several lines, cut where they are too long for a card."""
    short = textwrap.shorten(words, _LONGEST, placeholder=" …")
    if 2 * len(short) < min(len(words), _LONGEST):  # without spaces, as Chinese is written
        short = f"{words[:_LONGEST]} …"
    return "\n".join(textwrap.wrap(short, width))


def joined(claims: Iterable[Claim]) -> frozenset[str]:
    """Steps and undercuts that need a node of their own: several premises, or something undercuts them."""
    steps: list[Step | Undercut] = []
    cuts: list[Undercut] = []
    for claim in claims:
        steps.extend(claim.steps)
        cuts.extend(claim.undercuts)
    hit = {cut.target for cut in cuts}
    return frozenset(part.id for part in [*steps, *cuts] if len(part.premises) > 1 or part.id in hit)
