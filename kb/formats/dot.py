"""Graphviz DOT: a picture of the argument, for ``dot`` and its kin. Written only.

A step with one premise is one arrow; one with several, or one that is undercut, gets a small node of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.drawing.svg import sound
from kb.formats import network
from kb.formats.format import Format, Material
from kb.formats.pictured import STYLES, card, joined, wrapped
from kb.model import Claim

_LEFT_OUT = {"paragraphs", "tags", "notes", "origin", "sources", "because", "scheme", "restates", "shared"}
_MEANT = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;", "\n": "\\n", "\t": " ", "\r": " "})

FORMAT = Format(
    "dot",
    "Graphviz DOT",
    "dot",
    holds=network.HOLDS - _LEFT_OUT | {"standings"},
    reads=False,
    going=("claims show their title, or the start of their text",),
)


def write(material: Material) -> str:
    return "\n".join(["digraph argument {", *(f"  {line}" for line in _lines(material)), "}", ""])


def _lines(material: Material) -> Iterator[str]:
    exchange = material.exchange
    yield f"graph [rankdir=RL, label={_text(exchange.title)}, labelloc=t, fontname=Helvetica];"
    yield 'node [shape=box, style="rounded,filled", fillcolor=white, fontname=Helvetica, fontsize=11];'
    yield "edge [fontname=Helvetica, fontsize=9];"
    for question in exchange.questions:
        drawn = f"label={_text(wrapped(question.text))}, style=filled, fillcolor=gray90"
        yield f"{_text(question.id)} [{drawn}];"
        for thesis in question.theses:
            yield f"{_text(thesis)} -> {_text(question.id)} [style=dotted, arrowhead=none];"
    for claim in exchange.claims.values():
        said = card(material, claim)
        drawn = f"label={_text(said.label)}, tooltip={_text(claim.text)}, color={said.colour}"
        yield f"{_text(claim.id)} [{drawn}];"
    split = joined(exchange.claims.values())
    for claim in exchange.claims.values():
        yield from _relations(claim, split)


def _relations(claim: Claim, split: frozenset[str]) -> Iterator[str]:
    for step in claim.steps:
        style = STYLES[step.kind]
        drawn = f'color="{style.colour}", style={style.line}, xlabel={_text(step.strength)}'
        yield from _arrow(step.id, step.premises, step.conclusion, drawn, step.id in split)
    for cut in claim.undercuts:
        style = STYLES["undercuts"]
        drawn = f'color="{style.colour}", style={style.line}, arrowhead=tee'
        yield from _arrow(cut.id, cut.premises, cut.target, drawn, cut.id in split)
    for kind in ("assumes", "requires"):
        for need in getattr(claim, kind):
            yield f"{_text(claim.id)} -> {_text(need.claim)} [label={kind}, color=gray50, arrowhead=odot];"


def _arrow(name: str, premises: tuple[str, ...], target: str, drawn: str, split: bool) -> Iterator[str]:
    if not split:
        yield f"{_text(premises[0])} -> {_text(target)} [{drawn}];"
        return
    yield f"{_text(name)} [shape=point, width=0.08, tooltip={_text(name)}];"
    for premise in premises:
        yield f"{_text(premise)} -> {_text(name)} [{drawn}, arrowhead=none];"
    yield f"{_text(name)} -> {_text(target)} [{drawn}];"


def _text(words: str) -> str:
    """A quoted string. Graphviz reads entities of HTML in it, and draws SVG, which is XML."""
    return f'"{sound(words).translate(_MEANT)}"'
