"""The map: the argument as a nested list of cards, which the script turns into a picture."""

from __future__ import annotations

import msgspec

from kb import wording
from kb.graph.outline import Link, Node, Outline, grow
from kb.site import words
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
_ALSO = {
    "pro": "supports",
    "con": "attacks",
    "cut": "undercuts a step to",
    "need": "is needed by",
    "thesis": "is a thesis of",
}


def whole(view: View) -> Data:
    """The map of everything; above ``WHOLE_LIMIT`` claims only the questions with their theses."""
    large = _is_large(view)
    return {
        "title": "Argument map",
        "lede": "Choose a question to open its own map." if large else "",
        "large": large,
        "nodes": _cards(view, _outline(view)),
        "details": "map.js",
        "open": 1,
        "crumbs": [],
    }


def of_question(view: View, question: str) -> Data:
    """The map of one question: up to ``QUESTION_LIMIT`` claims, those nearest to its theses."""
    asked = view.questions[question]
    return {
        "title": f"Map: {asked.text}",
        "lede": "",
        "large": False,
        "nodes": _cards(view, _outline(view, question)),
        "details": f"map/{question}.js",
        "open": 2,
        "crumbs": [{"href": f"question/{question}.html", "title": asked.text}],
    }


def script(view: View, question: str = "") -> bytes:
    """What the map of a question, or of everything, shows of a chosen card, as a script.

    The outline is read without it, and a page opened from disk may load nothing else.
    """
    return b"window.kbMapDetails=" + msgspec.json.encode(details(view, question)) + b";\n"


def _outline(view: View, question: str = "") -> Outline:
    if question:
        return grow(view, [question], QUESTION_LIMIT)
    return grow(view, view.questions, WHOLE_LIMIT, depth=0 if _is_large(view) else 60)


def _is_large(view: View) -> bool:
    return len(view.members) > WHOLE_LIMIT


def _cards(view: View, outline: Outline) -> list[Data]:
    """The tree as a flat list in reading order; each card says how many list levels close after it."""
    cards: list[Data] = []
    stack: list[tuple[Node, int]] = [(outline.top, 0)]
    while stack:
        node, level = stack.pop()
        cards.append({**card(view, node), "level": level, "opens": bool(node.children)})
        stack.extend((child, level + 1) for child in reversed(node.children))
    for shown, after in zip(cards, [*cards[1:], {"level": 0}], strict=True):
        shown["closes"] = max(shown["level"] - after["level"], 0)
    return cards


def card(view: View, node: Node) -> Data:
    """What the card of a claim, a question or the whole shows, and how it bears on the one above it."""
    links = [
        {"relation": link.relation, "to": link.to, "beside": link.beside, **_also(view, link)}
        for link in node.also
        if link.to in view.base.claims or link.to in view.questions
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


def _also(view: View, link: Link) -> Data:
    if link.relation == "thesis":
        return {"title": view.questions[link.to].text, "word": _ALSO["thesis"]}
    word = (
        "undercuts a check of" if link.relation == "cut" and link.beside == link.to else _ALSO[link.relation]
    )
    return {"title": view.base.claims[link.to].name, "word": word}


def details(view: View, question: str = "") -> Data:
    """What the map shows of a chosen card and filters by.

    ``claims`` holds for each card: why it stands as it does, its strength, the strength of its step and why
    that holds, its checks as (number, how it bears) and its sources by number, both numbered as listed.
    """
    checks: dict[str, int] = {}
    sources: dict[str, int] = {}
    claims: Data = {}
    for node in _outline(view, question).nodes.values():
        if node.relation in ("question", "top"):
            continue
        account, step = view.account(node.key), view.targets[node.step] if node.step else None
        claims[node.key] = [
            words.because(account),
            wording.interval(account.strength) if account else "",
            step.strength if step else "",
            step.because if step else "",
            [
                [checks.setdefault(bearing.check, len(checks)), words.BEARS[bearing.bears]]
                for bearing in view.bearings.get(node.key, ())
                if bearing.check in view.base.checks
            ],
            [
                sources.setdefault(source, len(sources))
                for source in dict.fromkeys(entry.source for entry in view.base.claims[node.key].evidence)
            ],
        ]
    shown = ("title", "glyph", "word", "reason", "href")
    return {
        "claims": claims,
        "checks": [[view.check(check)[field] for field in shown] for check in checks],
        "sources": [[view.source(source)[field] for field in ("title", "href")] for source in sources],
    }
