"""A whole argument as a small picture: a mark for each claim by how it stands, under what it bears on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from kb.drawing.svg import element, px

_STEP, _LEVEL, _MARK, _PAD = 22.0, 46.0, 7.0, 14.0
_LEAST, _RING = 320.0, 10.5
_SHAPES = {
    "yes": "M{l} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z",
    "no": "M{x1} {t}L{x2} {t}L{e} {y1}L{e} {y2}L{x2} {b}L{x1} {b}L{l} {y2}L{l} {y1}z",
    "half": "M{x} {t}L{e} {y}L{x} {b}L{l} {y}z",
    "ring": "M{l} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z",
}


@dataclass(slots=True)
class Branch:
    """A claim: how it stands (yes, no, half, ring; nothing for the root), how it bears on the one above it
    (pro, con, cut or other), its words, shown when pointed at, and whether a ring marks it out."""

    glyph: str
    relation: str
    title: str
    ringed: bool = False
    children: list[Branch] = field(default_factory=list)


def branches(root: Branch, words: str) -> str:
    """The tree as one SVG: the root on top, each claim above the middle of its children.

    Every leaf takes a column, so the picture is as wide as there are leaves. ``words`` says the same as text.
    """
    places: dict[int, tuple[float, int]] = {}
    leaves, deepest = _place(root, places)
    width = max(leaves * _STEP, _LEAST)
    shift = (width - leaves * _STEP) / 2
    lines: dict[str, list[str]] = {}
    marks: list[str] = []
    for node in _walk(root):
        column, level = places[id(node)]
        x, y = shift + (column + 0.5) * _STEP, _PAD + level * _LEVEL
        for child in node.children:
            at, _ = places[id(child)]
            lines.setdefault(child.relation, []).append(_line(x, y, shift + (at + 0.5) * _STEP))
        shape = _SHAPES.get(node.glyph)
        if shape:
            title = element("title", escape(node.title, quote=False))
            marks.append(element("path", title, d=_drawn(shape, x, y), class_=f"m-{node.glyph}"))
            if node.ringed:
                marks.append(element("circle", cx=x, cy=y, r=_RING, class_="ring"))
        else:
            marks.append(element("rect", x=x - 16, y=y - 6, width=32.0, height=12.0, rx=3.0, class_="m-root"))
    paths = [element("path", d="".join(parts), class_=f"l-{name}") for name, parts in sorted(lines.items())]
    height = 2 * _PAD + deepest * _LEVEL
    return element(
        "svg",
        "".join([*paths, *marks]),
        class_="branches",
        viewBox=f"0 0 {px(width)} {px(height)}",
        role="img",
        aria_label=words,
    )


def _place(root: Branch, places: dict[int, tuple[float, int]]) -> tuple[int, int]:
    """Column and level of every node, by id; returns how many leaves there are and the deepest level."""
    leaves = deepest = 0
    waiting: list[tuple[Branch, int, bool]] = [(root, 0, False)]
    while waiting:
        node, level, seen = waiting.pop()
        deepest = max(deepest, level)
        if seen:
            first, last = places[id(node.children[0])][0], places[id(node.children[-1])][0]
            places[id(node)] = (first + last) / 2, level
        elif node.children:
            waiting.append((node, level, True))
            waiting.extend((child, level + 1, False) for child in reversed(node.children))
        else:
            places[id(node)] = float(leaves), level
            leaves += 1
    return leaves, deepest


def _walk(root: Branch) -> Sequence[Branch]:
    found = [root]
    for node in found:
        found.extend(node.children)
    return found


def _line(x: float, y: float, to: float) -> str:
    half = _LEVEL / 2
    return f"M{px(x)} {px(y)}c0 {px(half)} {px(to - x)} {px(half)} {px(to - x)} {px(_LEVEL)}"


def _drawn(shape: str, x: float, y: float) -> str:
    r, cut = _MARK, _MARK * math.tan(math.pi / 8)
    points = {"x": x, "y": y, "r": r, "d": 2 * r, "l": x - r, "e": x + r, "t": y - r, "b": y + r}
    points |= {"x1": x - cut, "x2": x + cut, "y1": y - cut, "y2": y + cut}
    return shape.format(**{name: px(value) for name, value in points.items()})
