"""What a change does, as a page that stands alone: what moves, the maps before and after, every change."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256

from kb import resources, wording
from kb.model import Interval
from kb.review.model import Comparison, Move, State, Verdicts
from kb.review.report import Section, moving, names_of
from kb.review.written import renames
from kb.site import words
from kb.site.renderer import Renderer
from kb.site.sides import marks, sides
from kb.site.view import View, view_of
from kb.site.words import Data

_STYLES = ("static/site.css", "static/map.css", "diff.css")


def page(
    comparison: Comparison,
    states: tuple[State, State],
    names: tuple[str, str],
    lead: Sequence[str],
    sections: Sequence[Section],
) -> str:
    """The page as HTML with its style in it; nothing is loaded and nothing runs.

    ``names`` are those of the two states, ``lead`` what is said first, ``sections`` the report in words.
    """
    views = _views(states)
    title = views[1].base.config.title
    style = "\n".join((resources.templates_folder() / name).read_text("utf-8") for name in _STYLES)
    content = {
        "title": title,
        "names": names,
        "lead": lead,
        "style": style,
        "style_hash": b64encode(sha256(style.encode()).digest()).decode(),
        "moves": list(_moves(comparison, views, names_of(*states))),
        "verdicts": [_verdict(moved) for moved in comparison.verdicts],
        "questions": _questions(comparison, views, states),
        "sections": [asdict(section) for section in sections if not moving(section)],
    }
    return Renderer({}).render("diff.html", "diff.html", content).decode()


def _views(states: tuple[State, State]) -> tuple[View, View]:
    before, after = (view_of(state.base, state.argument, {}, state.accounts) for state in states)
    return before, after


def _questions(comparison: Comparison, views: tuple[View, View], states: tuple[State, State]) -> list[Data]:
    before, after = (state.base for state in states)
    renamed = renames(before, after)
    marked = marks(comparison, before, after, renamed)
    asked = dict.fromkeys((*views[1].questions, *(renamed.get(name, name) for name in views[0].questions)))
    found = (sides(views, question, marked, renamed) for question in asked)
    return [each for each in found if each]


def _moves(comparison: Comparison, views: tuple[View, View], names: Mapping[str, str]) -> Iterator[Data]:
    """Theses that move and claims that change sides, with the way that the change came."""
    was = {change.id: change.was for change in comparison.changes if change.was}
    for move in comparison.moves:
        both = move.before is not None and move.after is not None
        if move.thesis or (move.relabelled and both):
            ids = (was.get(move.claim, move.claim), move.claim)
            yield {
                "title": move.title,
                "thesis": move.thesis,
                "before": _standing(views[0], ids[0], move, move.strength_before),
                "after": _standing(views[1], ids[1], move, move.strength_after),
                "path": [names.get(claim, claim) for claim in move.path],
            }


def _standing(view: View, claim: str, move: Move, strength: Interval | None) -> Data:
    if strength is None:
        return {"glyph": "ring", "word": "Not there", "reason": "", "strength": ""}
    shown = words.standing(view.marks.get(view.node(claim)))
    return {**shown, "strength": wording.interval(strength)}


def _verdict(moved: Verdicts) -> Data:
    pairs = ((moved.before, moved.p_before), (moved.after, moved.p_after))
    before, after = (_said(verdict, p) for verdict, p in pairs)
    return {"title": moved.title, "before": before, "after": after}


def _said(verdict: str, p: float | None) -> Data:
    shown = words.verdict_mark(verdict) if verdict else {"glyph": "ring", "word": "Not run"}
    return {**shown, "reason": "", "strength": "" if p is None else wording.p_is(p)}
