"""The argument map as one SVG file: cards with titles and standings, lines between them. Written only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.drawing.argument import Bond, Card, argument
from kb.drawing.signs import standing
from kb.formats.format import Format, Material
from kb.graph.outline import Node, Outline, grow
from kb.model import Base, Bearing, Claim, Config, Question, Step, Undercut

FORMAT = Format(
    "svg",
    "SVG picture of the map",
    "svg",
    holds=frozenset(
        (
            *("titles", "questions", "supports", "attacks", "linked", "undercuts", "nested", "bearings"),
            *("assumes", "requires", "restates", "standings"),
        )
    ),
    reads=False,
    going=("long titles and texts are cut to fit their cards",),
)
_TAGS = {
    "pro": "Supports",
    "con": "Attacks",
    "cut": "Undercuts",
    "and": "Together with it",
    "thesis": "Thesis",
    "question": "Question",
}
_OTHERS = " others"
"""The key of the claims that lead to no question; no id has a space."""


@dataclass(slots=True)
class _Around:
    """What leads to each claim, for ``kb.graph.outline``."""

    base: Base
    questions: dict[str, Question]
    incoming: Mapping[str, list[Step]] = field(default_factory=lambda: defaultdict(list))
    undercuts: Mapping[str, list[Undercut]] = field(default_factory=lambda: defaultdict(list))
    bearings: Mapping[str, list[Bearing]] = field(default_factory=lambda: defaultdict(list))
    assumes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    requires: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def node(self, claim: str) -> str:
        return claim

    def reasons(self, claim: str) -> list[Step]:
        """Supports first."""
        return sorted(self.incoming.get(claim, ()), key=lambda step: -step.sign)


def write(material: Material) -> str:
    exchange = material.exchange
    title = exchange.title or "An argument map"
    around = _around(material)
    outline = _outline(around, exchange.questions, title)
    cards = {key: _card(material, node, title, around) for key, node in outline.nodes.items()}
    for key, node in outline.nodes.items():
        cards[key].children = [cards[child.key] for child in node.children]
    bonds = list(_bonds(outline, cards, exchange.claims))
    said = [standing(material.account(name))["word"].lower() for name in exchange.claims]
    counts = ", ".join(f"{said.count(word)} {word}" for word in dict.fromkeys(said))
    words = f"An argument map of {len(exchange.claims)} claims ({counts}), each under what it argues about."
    return argument(cards[outline.top.key], bonds, title, words if said else "There is no claim in it.")


def _around(material: Material) -> _Around:
    exchange = material.exchange
    claims = dict(exchange.claims)
    around = _Around(
        Base("", Config(exchange.title), claims=claims),
        {question.id: question for question in exchange.questions},
        assumes={claim.id: [need.claim for need in claim.assumes] for claim in claims.values()},
        requires={claim.id: [need.claim for need in claim.requires] for claim in claims.values()},
    )
    for claim in claims.values():
        for step in claim.steps:
            around.incoming[step.conclusion].append(step)
        for cut in claim.undercuts:
            around.undercuts[cut.target].append(cut)
        around.bearings[claim.id].extend(replace(bearing, claim=claim.id) for bearing in claim.checks)
    return around


def _outline(around: _Around, questions: Iterable[Question], title: str) -> Outline:
    """The outline of all claims; those that lead to no question stand under a card of their own."""
    asked = [question.id for question in questions]
    reached = grow(around, asked, float("inf"), depth=float("inf")).nodes if asked else {}
    left = [name for name in around.base.claims if name not in reached]
    if left:
        text = "Other claims" if asked else title
        around.questions[_OTHERS] = Question(_OTHERS, text, tuple(_heads(around, left)))
        asked.append(_OTHERS)
    return grow(around, asked, float("inf"), depth=float("inf"))


def _heads(around: _Around, names: Sequence[str]) -> list[str]:
    """Claims under which all of these stand: those that argue for none, and one of each circle."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    arguing: set[str] = set()
    ends = {s.id: s.conclusion for held in around.incoming.values() for s in held}
    ends.update((f"{b.check} > {name}", name) for name, held in around.bearings.items() for b in held)
    waiting = list(ends)
    for target in waiting:  # an undercut stands under the claim that its step leads to
        for cut in around.undercuts.get(target, ()):
            if cut.id not in ends:
                ends[cut.id] = ends[target]
                waiting.append(cut.id)
    parts: list[Step | Undercut] = [step for held in around.incoming.values() for step in held]
    parts += [cut for held in around.undercuts.values() for cut in held]
    links = [(premise, ends.get(part.id, "")) for part in parts for premise in part.premises]
    links += [
        (other, name)
        for needs in (around.assumes, around.requires)
        for name, others in needs.items()
        for other in others
    ]
    for premise, end in links:
        if end and end != premise:
            below[end].append(premise)
            arguing.add(premise)
    heads: list[str] = []
    seen: set[str] = set()
    for name in sorted(names, key=lambda name: name in arguing):
        if name in seen:
            continue
        heads.append(name)
        reach = [name]
        while reach:
            at = reach.pop()
            if at not in seen:
                seen.add(at)
                reach.extend(below[at])
    return heads


def _card(material: Material, node: Node, title: str, around: _Around) -> Card:
    claim = material.exchange.claims.get(node.key)
    if claim is None:
        question = around.questions.get(node.key)
        if question is None or node.key == _OTHERS:
            return Card(question.text if question else title)
        return Card(question.text, relation="question", tag=_TAGS["question"])
    tag = _TAGS.get(node.relation, "Is assumed" if node.word == "assumes" else "Is required")
    if node.parent == _OTHERS:
        tag = ""
    relation = node.word if node.relation == "and" else node.relation
    account = material.account(claim.id)
    text = claim.text if claim.title else ""
    if account is None:
        return Card(claim.name, text, relation, tag)
    shown = standing(account)
    return Card(claim.name, text, relation, tag, shown["glyph"], shown["word"])


def _bonds(outline: Outline, cards: Mapping[str, Card], claims: Mapping[str, Claim]) -> Iterable[Bond]:
    for node in outline.nodes.values():
        card = cards[node.key]
        if node.parent:
            joined = node.relation == "and"
            relation = node.word if joined else node.relation
            yield Bond(card, cards[node.parent], relation, True, cards.get(node.beside), joined)
        for link in node.also:
            yield Bond(card, cards[link.to], link.relation, False, cards.get(link.beside))
    for claim in claims.values():
        for other in claim.restates:
            yield Bond(cards[claim.id], cards[other], "same", False)
