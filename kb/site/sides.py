"""The map of a question before and after a change, side by side: what the change touches and all above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.graph.outline import Outline, grow
from kb.model import Base, Question, Step, Undercut
from kb.review.model import Comparison
from kb.review.written import relation_now
from kb.site import words
from kb.site.pages.argument import QUESTION_LIMIT, card
from kb.site.pages.front import picture
from kb.site.view import View
from kb.site.words import Data

Marks = Mapping[str, tuple[Data, ...]]
_DEEPEST = 6
_WIDE = 60
_WHOLE = ("Added", "Removed", "Retired")
_SIGNS = {"added": "+", "changed": "~", "retired": "−", "removed": "−", "renamed": "›"}


def marks(comparison: Comparison, before: Base, after: Base, renamed: Mapping[str, str]) -> Marks:
    """What the change does to each claim that it touches, as signs with words; claims by their new ids."""
    found: defaultdict[str, dict[str, Data]] = defaultdict(dict)

    def mark(claim: str, sign: str, word: str) -> None:
        found[claim][word] = {"sign": sign, "word": word}

    holders = dict(_holders(before, renamed)) | dict(_holders(after, {}))
    for change in comparison.changes:
        if change.kind == "claim":
            mark(renamed.get(change.id, change.id), _SIGNS[change.how], change.how.capitalize())
        elif change.kind == "question":
            mark(change.id, _SIGNS[change.how], f"Question {change.how}")
        elif change.kind == "relation":
            check, _, rest = change.id.rpartition(" > ")
            what = "Check" if check and change.id not in holders else "Relation"
            mark(holders.get(change.id) or rest.split()[0], _SIGNS[change.how], f"{what} {change.how}")
    moved = {verdict.check for verdict in comparison.verdicts}
    for claim in after.claims.values():
        if any(bearing.check in moved for bearing in claim.checks):
            mark(claim.id, "!", "Its check says something else")
    for move in comparison.moves:
        if move.relabelled and move.before is not None and move.after is not None:
            mark(move.claim, "!", "Its standing changes")
    return {claim: tuple(_plain(each)) for claim, each in found.items()}


def _plain(said: Mapping[str, Data]) -> Iterable[Data]:
    """What is said of a claim; that its relations came or went with it goes without saying."""
    whole = [said[word] for word in _WHOLE if word in said]
    return whole or said.values()


def _holders(base: Base, renamed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each step and undercut with the claim whose card shows it, by the ids as they are now."""
    for claim in base.claims.values():
        parts: tuple[Step | Undercut, ...] = (*claim.steps, *claim.undercuts)
        for part in parts:
            yield relation_now(part, renamed), renamed.get(part.premises[0], part.premises[0])


@dataclass(frozen=True, slots=True)
class _Side:
    """A question's outline in one state, its cards by today's ids."""

    view: View
    asked: Question
    outline: Outline
    cards: Mapping[str, Data]
    parents: Mapping[str, str]


def sides(views: tuple[View, View], question: str, marked: Marks, renamed: Mapping[str, str]) -> Data | None:
    """The two maps of a question as rows of cards that face each other; None where nothing in it is touched.

    ``question`` is its id as it is now. Rows come in reading order, each with its depth; claims that nothing
    is said about are counted in place.
    """
    was = next((old for old, new in renamed.items() if new == question), question)
    found = (_side(views[0], was, renamed), _side(views[1], question, {}))
    parents = {key: up for side in found if side for key, up in side.parents.items()}
    wanted: set[str] = set()
    for key in marked.keys() & parents.keys():
        while key and key not in wanted:
            wanted.add(key)
            key = parents.get(key, "")
    if not wanted:
        return None
    below: defaultdict[str, list[str]] = defaultdict(list)
    for key, up in parents.items():
        below[up].append(key)
    top = next(key for key, up in parents.items() if not up)
    return {
        "id": question,
        "title": next(side.asked.text for side in reversed(found) if side),
        "wide": any(len(side.cards) > _WIDE for side in found if side),
        "pictures": [side and _picture(side, marked, renamed) for side in found],
        "rows": list(_rows(found, below, wanted, marked, top, 0)),
    }


def _rows(
    found: Sequence[_Side | None],
    below: Mapping[str, Sequence[str]],
    wanted: Collection[str],
    marked: Marks,
    key: str,
    depth: int,
) -> Iterator[Data]:
    """The rows of a card and of all under it."""
    cards = [side.cards.get(key) if side else None for side in found]
    shown = {"cards": cards, "marks": marked.get(key, ()), "alike": _alike(cards), "more": ""}
    yield {"depth": min(depth, _DEEPEST), **shown}
    inner = below.get(key, ())
    for child in inner:
        if child in wanted:
            yield from _rows(found, below, wanted, marked, child, depth + 1)
    if left := sum(_size(below, child) for child in inner if child not in wanted):
        more = words.counted(left, "more claim") + ", not touched"
        yield {"depth": min(depth + 1, _DEEPEST), "cards": (), "marks": (), "alike": True, "more": more}


def _side(view: View, question: str, renamed: Mapping[str, str]) -> _Side | None:
    if question not in view.questions:
        return None
    outline = grow(view, [question], QUESTION_LIMIT)
    named = {key: renamed.get(key, key) for key in outline.nodes}
    cards = {named[key]: card(view, node) for key, node in outline.nodes.items()}
    parents = {named[key]: named.get(node.parent, "") for key, node in outline.nodes.items()}
    return _Side(view, view.questions[question], outline, cards, parents)


def _alike(cards: list[Data | None]) -> bool:
    """Whether both cards say the same; on a phone one of them will do."""
    said = [card and [card[name] for name in ("title", "text", "tag", "glyph", "reason")] for card in cards]
    return said[0] == said[1]


def _size(below: Mapping[str, Sequence[str]], key: str) -> int:
    found = [key]
    for each in found:
        found.extend(below.get(each, ()))
    return len(found)


def _picture(side: _Side, marked: Marks, renamed: Mapping[str, str]) -> Data:
    ringed = {key for key in side.outline.nodes if renamed.get(key, key) in marked}
    return picture(side.view, side.asked, ringed)
