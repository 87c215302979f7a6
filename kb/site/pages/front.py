"""The first page and the questions: which theses stand, and what speaks for and against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from kb import wording
from kb.drawing.branches import Branch, branches
from kb.graph.outline import grow
from kb.model import Question, Standing
from kb.site import words
from kb.site.pages import cruxes
from kb.site.pages.argument import QUESTION_LIMIT
from kb.site.view import View
from kb.site.words import Data

LOOSE_LIMIT = 200
_COUNTED = {
    "Stands": ("stands", "stand"),
    "Falls": ("falls", "fall"),
    "Open": ("is open", "are open"),
    "Not weighed": ("is not weighed", "are not weighed"),
}
_DRAWN = ("pro", "con", "cut")

# Why theses are open, of one and of several.
_OPEN = {
    "not run": ("waits for a check that has not run", "wait for checks that have not run"),
    "no evidence": ("has nothing that decides it", "have nothing that decides them"),
    "contested": ("is contested", "are contested"),
    "inconclusive": ("hangs on an inconclusive check", "hang on inconclusive checks"),
    "depends on the reading": ("depends on how its words are read", "depend on how their words are read"),
    "rests on an unverified number": ("rests on an unverified number", "rest on unverified numbers"),
    "rests on a refuted assumption": ("rests on a refuted assumption", "rest on refuted assumptions"),
}


def index(view: View, stamp: str) -> Data:
    """The first page. ``stamp`` names the revision it shows."""
    config = view.base.config
    nodes = list(view.members)
    tally = Counter(words.standing(view.marks.get(claim))["word"] for claim in nodes)
    marks = {"Stands": "yes", "Falls": "no", "Open": "half", "Not weighed": "ring"}
    return {
        "title": config.title,
        "about": words.paragraphs(config.about),
        "tally": [
            {"word": word, "glyph": glyph, "count": tally[word]}
            for word, glyph in marks.items()
            if tally[word] or word in ("Stands", "Falls", "Open")
        ],
        "coverage": _coverage(view, nodes),
        "questions": [_row(view, question) for question in config.questions],
        "loose": view.claims([claim for claim in nodes if claim not in view.paths][:LOOSE_LIMIT]),
        "claims": len(nodes),
        "checks": len(view.base.checks),
        "sources": len(view.base.sources),
        "stamp": stamp,
    }


def question(view: View, name: str) -> Data:
    """One question's own page."""
    asked = view.questions[name]
    return {
        "id": asked.id,
        "href": f"question/{asked.id}.html",
        "title": asked.text,
        "about": words.paragraphs(asked.about),
        "headline": _headline(view, asked),
        "theses": [
            {**_thesis(view, thesis, limit=0), "change": cruxes.smallest(view, thesis)}
            for thesis in _theses(view, asked)
        ],
        "map": f"map/{asked.id}.html",
        "picture": picture(view, asked),
        "others": [
            {"href": f"question/{other.id}.html", "title": other.text}
            for other in view.base.config.questions
            if other.id != asked.id
        ],
    }


def picture(view: View, asked: Question, ringed: Collection[str] = ()) -> Data:
    """The question's map as one small drawing, some claims in a ring, with how its claims stand in words."""
    outline = grow(view, [asked.id], QUESTION_LIMIT)
    drawn: dict[str, Branch] = {}
    tally: Counter[str] = Counter()
    for node in outline.nodes.values():  # parents come before their children
        if node is outline.top:
            drawn[node.key] = Branch("", "", asked.text)
            continue
        line = view.claim(node.key)
        tally[line["word"]] += 1
        relation = node.word if node.relation == "and" else node.relation
        drawn_as = relation if relation in _DRAWN else "other"
        drawn[node.key] = Branch(line["glyph"], drawn_as, line["title"], node.key in ringed)
        drawn[node.parent].children.append(drawn[node.key])
    counts = [
        f"{tally[word]:,} {one if tally[word] == 1 else many}"
        for word, (one, many) in _COUNTED.items()
        if tally[word]
    ]
    said = f"{words.counted(tally.total(), 'claim')}: {wording.listed(counts)}" if tally else "No claims yet"
    return {"svg": branches(drawn[outline.top.key], said), "words": said}


def _theses(view: View, asked: Question) -> list[str]:
    found = (view.node(thesis) for thesis in asked.theses)
    return [thesis for thesis in found if thesis in view.base.claims]


def _coverage(view: View, nodes: list[str]) -> str:
    """How many claims are decided by a check, informed by a proxy, or shown with context only."""
    decided = sum(view.marks[claim].decided for claim in nodes)
    proxy = context = 0
    for claim in nodes:
        if view.marks[claim].decided:
            continue
        bears = {bearing.bears for bearing in view.bearings.get(claim, ())}
        if "proxy" in bears:
            proxy += 1
        elif "context" in bears:
            context += 1
    return (
        f"{decided:,} of {words.counted(len(nodes), 'claim')} decided by a check, "
        f"{proxy:,} informed by a proxy, {context:,} with context"
    )


def _row(view: View, asked: Question) -> Data:
    return {
        "id": asked.id,
        "href": f"question/{asked.id}.html",
        "map": f"map/{asked.id}.html",
        "title": asked.text,
        "about": words.paragraphs(asked.about),
        "headline": _headline(view, asked),
        "theses": [_thesis(view, thesis, limit=3) for thesis in _theses(view, asked)],
    }


def _headline(view: View, asked: Question) -> Data:
    """Which of the theses stand, or why none can be said to."""
    theses = _theses(view, asked)
    marks = {thesis: mark for thesis in theses if (mark := view.marks.get(thesis))}
    standing = [thesis for thesis, mark in marks.items() if mark.standing is Standing.STANDS]
    names = [f"“{view.base.claims[thesis].name}”" for thesis in standing]
    if standing:
        verb = "stands" if len(standing) == 1 else "stand"
        tail = (
            ""
            if all(marks[thesis].contested for thesis in standing)
            else ", though nothing examined speaks against "
        )
        if tail:
            tail += "it" if len(standing) == 1 else "at least one of them"
        return {"glyph": "yes", "text": f"{wording.listed(names)} {verb}{tail}."}
    if marks and all(mark.standing is Standing.FALLS for mark in marks.values()):
        return {"glyph": "no", "text": "None of its theses stands."}
    if not marks:
        return {"glyph": "ring", "text": "Unsettled, because it has no thesis yet."}
    unsettled = [mark for mark in marks.values() if mark.standing is Standing.OPEN]
    parts = Counter(_OPEN.get(mark.open_reason, ("is open", "are open")) for mark in unsettled)
    if len(marks) == 1:
        one, _ = next(iter(parts))
        return {"glyph": "half", "text": f"Unsettled, because its thesis {one}."}
    reasons = [f"{_count(count)} {one if count == 1 else many}" for (one, many), count in parts.items()]
    return {"glyph": "half", "text": f"Unsettled: of its theses {wording.listed(reasons)}."}


def _count(count: int) -> str:
    return {1: "one", 2: "two", 3: "three", 4: "four"}.get(count, str(count))


def _thesis(view: View, thesis: str, limit: int) -> Data:
    """A thesis with its direct reasons; ``limit`` to a side, 0 for all of them."""
    account = view.accounts.get(thesis)
    sides: Data = {}
    for side, sign in (("for", 1), ("against", -1)):
        reasons = [
            {
                **view.claim(step.premises[0]),
                "with": len(step.premises) - 1,
                "strength": step.strength,
                "because": step.because,
                "undercut": len(view.undercuts.get(step.id, ())),
            }
            for step in view.reasons(thesis)
            if step.sign == sign
        ]
        shown = reasons[:limit] if limit else reasons
        sides[side] = {
            "reasons": shown,
            "count": len(reasons),
            "more": len(reasons) - len(shown),
            "glyphs": [{"glyph": reason["glyph"], "word": reason["word"]} for reason in reasons[:40]],
        }
    return {
        **view.claim(thesis),
        **sides,
        "because": words.because(account),
        "strength": list(account.strength) if account else [0.0, 1.0],
        "checks": [
            view.check(bearing.check)
            for bearing in view.bearings.get(thesis, ())
            if bearing.check in view.base.checks and bearing.bears != "context"
        ],
    }
