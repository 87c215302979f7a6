"""The lines between the cards of a map: a curve for each step, and the points at which undercuts hit.

As in the browser (``templates/static/map-lines.js``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.drawing.svg import px
from kb.drawing.tree import WIDTH, Place

Curve = tuple[float, float, float, float, float, float, float, float]
_DEEPEST = 20


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """A step between two cards; ``relation`` is pro, con, cut, need, same, thesis or question.

    ``above`` says that the tree has it: it leads from a card to its parent. ``beside`` is the card whose step
    to the same end this one joins (``joined``) or undercuts; the end itself where a check of it is undercut.
    """

    start: Place
    end: Place
    relation: str
    above: bool
    beside: Place | None = None
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A tie as an SVG path; ``hit`` is the point that an undercut strikes, ``tip`` the end with its direction
    (1 to the right) of a line outside the tree."""

    tie: Tie
    path: str
    hit: tuple[float, float] | None = None
    tip: tuple[float, float, int] | None = None


def lines(ties: Sequence[Tie]) -> list[Line]:
    """A line for each tie, once the cards have their places."""
    drawn = _Lines(ties)
    return [drawn.line(tie) for tie in ties]


class _Lines:
    def __init__(self, ties: Sequence[Tie]) -> None:
        self._between: dict[tuple[int, int], Tie] = {}
        for tie in ties:
            self._between.setdefault((id(tie.start), id(tie.end)), tie)
        self._curves: dict[int, Curve] = {}

    def line(self, tie: Tie) -> Line:
        if tie.joined and tie.above and tie.beside is not None:
            x, side = _inner(tie.start), tie.start.side
            # Both lie under one card, so the bracket lies before both.
            far = max(x * side, _inner(tie.beside) * side) * side if tie.beside.side == side else x
            path = f"M{px(x)} {px(tie.start.middle)}H{px(far - side * 12)}V{px(tie.beside.middle)}"
            return Line(tie, path)
        c = self._curve(tie, 0)
        path = f"M{px(c[0])} {px(c[1])}C" + " ".join(px(value) for value in c[2:])
        hit = self._goal(tie, 0) if tie.relation == "cut" and not tie.joined else None
        tip = None if tie.above or hit else (c[6], c[7], 1 if c[6] > c[4] else -1)
        return Line(tie, path, hit, tip)

    def _curve(self, tie: Tie, depth: int) -> Curve:
        known = self._curves.get(id(tie))
        if known is None:
            known = self._curves[id(tie)] = self._drawn(tie, depth)
        return known

    def _drawn(self, tie: Tie, depth: int) -> Curve:
        start, end = tie.start, tie.end
        hit = self._goal(tie, depth) if tie.relation == "cut" and not tie.joined else None
        if tie.above:
            x, y, to = _inner(start), start.middle, _outer(end, start.side)
            if hit:
                away = -1 if to < x else 1
                return x, y, x + away * 30, y, hit[0] - away * 22, hit[1], *hit
            bend = (x + to) / 2
            return x, y, bend, y, bend, end.middle, to, end.middle
        same = start.side == end.side
        x, to = _outer(start, start.side) if same else _inner(start), _outer(end, end.side)
        y, down = start.top + 14, end.middle + end.height / 2 - 12
        tip = end.side
        if hit:
            (to, down), tip = hit, 0
        reach = (max if start.side > 0 else min)(x, to) + start.side * 60
        out = reach if same else (x + to) / 2
        return x, y, out, y, out, down, to + tip * 6, down

    def _goal(self, tie: Tie, depth: int) -> tuple[float, float] | None:
        """Where an undercut hits: the middle of the line of the card beside it, or a card's edge."""
        struck = tie.beside
        if struck is None or depth > _DEEPEST:
            return None
        if struck is tie.end:
            return _outer(struck, tie.start.side), struck.middle + min(struck.height / 3, 26)
        other = self._between.get((id(struck), id(tie.end)))
        if other is None or other is tie:
            return None
        c = self._curve(other, depth + 1)
        return (c[0] + 3 * c[2] + 3 * c[4] + c[6]) / 8, (c[1] + 3 * c[3] + 3 * c[5] + c[7]) / 8


def _inner(place: Place) -> float:
    return place.x if place.side > 0 else place.x + WIDTH


def _outer(place: Place, side: int) -> float:
    return place.x + WIDTH if side > 0 else place.x
