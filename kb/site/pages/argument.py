"""The map: the argument as a nested list of cards, which the script turns into a picture."""

from __future__ import annotations

from kb.site.outline import Node, Outline, grow
from kb.site.view import View
from kb.site.words import Data

QUESTION_LIMIT = 300
WHOLE_LIMIT = 1000

_TAGS = {
    "pro": "Supports",
    "con": "Attacks",
    "cut": "Undercuts",
    "need": "Is needed",
    "thesis": "Thesis",
    "question": "Question",
    "top": "",
}
_ALSO = {"pro": "supports", "con": "attacks", "cut": "undercuts a step to", "need": "is needed by"}


def whole(view: View) -> Data:
    """The map of everything; above ``WHOLE_LIMIT`` claims only the questions with their theses."""
    questions = [question.id for question in view.base.config.questions]
    large = len(view.members) > WHOLE_LIMIT
    outline = grow(view, questions, WHOLE_LIMIT, depth=0 if large else 60)
    return {
        "title": "Argument map",
        "lede": "Choose a question to open its own map." if large else "",
        "large": large,
        "nodes": _cards(view, outline),
        "open": 1,
        "crumbs": [],
    }


def of_question(view: View, question: str) -> Data:
    """The map of one question: up to ``QUESTION_LIMIT`` claims, those nearest to its theses."""
    asked = view.questions[question]
    outline = grow(view, [question], QUESTION_LIMIT)
    return {
        "title": f"Map: {asked.text}",
        "lede": "",
        "large": False,
        "nodes": _cards(view, outline),
        "open": 2,
        "crumbs": [{"href": f"question/{question}.html", "title": asked.text}],
    }


def _cards(view: View, outline: Outline) -> list[Data]:
    """The tree as a flat list in reading order; each card says how many list levels close after it."""
    cards: list[Data] = []
    stack: list[tuple[Node, int]] = [(outline.top, 0)]
    while stack:
        node, level = stack.pop()
        cards.append({**_card(view, node), "level": level, "opens": bool(node.children)})
        stack.extend((child, level + 1) for child in reversed(node.children))
    for card, after in zip(cards, [*cards[1:], {"level": 0}], strict=True):
        card["closes"] = max(card["level"] - after["level"], 0)
    return cards


def _card(view: View, node: Node) -> Data:
    links = [
        {"relation": relation, "to": key, "title": view.base.claims[key].name, "word": _ALSO[relation]}
        for relation, key in node.also
        if relation in _ALSO and key in view.base.claims
    ]
    common = {
        "key": node.key,
        "relation": node.word if node.relation == "and" else node.relation,
        "joined": node.relation == "and",
        "beside": node.beside,
        "also": links,
        "more": node.more,
    }
    if node.key in view.base.claims and node.relation not in ("question", "top"):
        return {**view.claim(node.key), **common, "tag": _tag(node)}
    plain = {"glyph": "", "word": "", "reason": "", "tag": _TAGS[node.relation], **common}
    if node.key in view.questions:
        asked = view.questions[node.key]
        return {**plain, "href": f"question/{asked.id}.html", "title": asked.text, "text": asked.about}
    return {**plain, "href": "index.html", "title": view.base.config.title, "text": ""}


def _tag(node: Node) -> str:
    if node.relation == "and":
        return "Together with it"
    if node.relation == "need":
        return "Is assumed" if node.word == "assumes" else "Is required"
    return _TAGS[node.relation]
