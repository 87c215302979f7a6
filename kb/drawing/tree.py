"""Places for the cards of a tree: the root in the middle, its children to both sides, packed by outline.

The layout of the site's map (``templates/static/map-tree.js``), in linear time for any depth: outlines are
merged for as many ranks as the shorter one has (Reingold and Tilford, "Tidier drawings of trees", 1981; van
der Ploeg, "Drawing non-layered tidy trees in linear time", 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 264.0
GAP = 92.0
NEAR = 14.0
APART = 28.0


@dataclass(slots=True, eq=False)
class Place:
    """A card's place: ``height`` and ``children`` are given, the rest is found by ``lay_out``.

    ``x`` and ``middle`` (of the height) are px; ``side`` is 1 to the right of the root, -1 to the left.
    ``indent`` px are added outwards.
    """

    height: float
    children: list[Place] = field(default_factory=list)
    indent: float = 0.0
    x: float = 0.0
    middle: float = 0.0
    side: int = 1
    rank: int = 0
    offset: float = 0.0

    @property
    def top(self) -> float:
        return self.middle - self.height / 2


@dataclass(slots=True)
class _Outline:
    """Top and bottom of each rank below a node, the deepest first, all moved by ``shift``."""

    spans: list[tuple[float, float]]
    shift: float = 0.0

    def span(self, rank: int) -> tuple[float, float]:
        top, bottom = self.spans[-1 - rank]
        return top + self.shift, bottom + self.shift


def lay_out(root: Place) -> tuple[float, float]:
    """Set ``x``, ``middle``, ``side`` and ``rank`` of every card; returns width and height in px."""
    order = _ranked(root)
    outlines: dict[int, _Outline] = {}
    for place in reversed(order[1:]):
        outlines[id(place)] = _packed(place, place.children, outlines)
    spans = {id(child): _extent(outlines[id(child)]) for child in root.children}
    right, left = _halves(root.children, [spans[id(child)] for child in root.children])
    extents = [_extent(_packed(root, half, outlines)) for half in (right, left)]
    highest, lowest = min(top for top, _ in extents), max(bottom for _, bottom in extents)
    for child in left:
        child.side = -1
    root.middle = -highest
    for place in order:
        for child in place.children:
            child.side = child.side if place is root else place.side
            child.middle = place.middle + child.offset
            child.x = child.side * (child.rank * (WIDTH + GAP) + child.indent)
    least = min(place.x for place in order)
    for place in order:
        place.x -= least
    return max(place.x for place in order) + WIDTH, lowest - highest


def _ranked(root: Place) -> list[Place]:
    order = [root]
    for place in order:
        for child in place.children:
            child.rank = place.rank + 1
        order.extend(place.children)
    return order


def _packed(place: Place, children: Sequence[Place], outlines: dict[int, _Outline]) -> _Outline:
    """The outline of a node over its children, whose offsets are set; the children's outlines are used up."""
    own = (-place.height / 2, place.height / 2)
    if not children:
        return _Outline([own])
    offsets = [0.0]
    outline = outlines.pop(id(children[0]))
    for child in children[1:]:
        below = outlines.pop(id(child))
        shared = min(len(outline.spans), len(below.spans))
        near = NEAR if len(below.spans) == 1 else APART
        shift = max(
            outline.span(rank)[1] - below.span(rank)[0] + (APART if rank else near) for rank in range(shared)
        )
        offsets.append(shift)
        below.shift += shift
        outline = _joined(outline, below, shared)
    middle = offsets[-1] / 2
    for child, offset in zip(children, offsets, strict=True):
        child.offset = offset - middle
    outline.shift -= middle
    outline.spans.append((own[0] - outline.shift, own[1] - outline.shift))
    return outline


def _joined(upper: _Outline, lower: _Outline, shared: int) -> _Outline:
    """One outline around two, made of the deeper one."""
    deep = upper if len(upper.spans) >= len(lower.spans) else lower
    for rank in range(shared):
        span = upper.span(rank)[0] - deep.shift, lower.span(rank)[1] - deep.shift
        deep.spans[-1 - rank] = span
    return deep


def _extent(outline: _Outline) -> tuple[float, float]:
    tops, bottoms = zip(*outline.spans, strict=True)
    return min(tops) + outline.shift, max(bottoms) + outline.shift


def _halves(
    children: Sequence[Place], spans: Sequence[tuple[float, float]]
) -> tuple[list[Place], list[Place]]:
    """The children to the right and to the left: in order, until half of the height is to the right."""
    heights = [bottom - top + APART for top, bottom in spans]
    right: list[Place] = []
    left: list[Place] = []
    total, above = sum(heights), 0.0
    for child, height in zip(children, heights, strict=True):
        (right if not right or above + height / 2 <= total / 2 else left).append(child)
        above += height
    return right, left
