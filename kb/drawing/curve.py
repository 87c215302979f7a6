"""P over one input, small enough to stand beside a slider; the page's script moves the marker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from kb.drawing.svg import Axis, Chart, element, label, line, path_of, picture, px, text_width
from kb.wording import chance, number, with_unit

#: Fits a phone, so there is no other for it.
WIDTH = 340
_TOP, _BASE, _RIGHT = 26, 156, 52
#: Labels of the upright axis stand at least so far apart.
_APART = 14


def curve(
    values: Sequence[float],
    chances: Sequence[float | None],
    *,
    title: str,
    name: str,
    unit: str,
    stated: float,
    fails: float,
    holds: float,
    log: bool,
) -> Chart:
    """P at each value of an input, with the thresholds of a verdict and the ``stated`` value.

    ``title`` says in words what the input is, ``name`` what the axis can hold of it.
    ``values`` rise evenly, by a factor where ``log``; a chance is None where the output is undefined.
    The element ``here`` says in ``data-box`` where the drawing begins and ends: left, right, top, base.
    """
    up = Axis(0, 1, _BASE, _TOP)
    marks = [fails, holds] if abs(up.at(0.5) - up.at(holds)) < _APART else [fails, 0.5, holds]
    left = max(text_width(f"{mark:g}") for mark in marks) + 16
    across = Axis(values[0], values[-1], left, WIDTH - _RIGHT, log)
    named = f"{name}, {unit}" if unit else name
    here = _between(values, chances, across, across.at(stated))
    words = _words(values, chances, unit)
    parts = [
        element(
            "rect",
            x=left,
            y=up.at(1),
            width=across.right - left,
            height=up.at(holds) - up.at(1),
            class_="zone good",
        ),
        element(
            "rect",
            x=left,
            y=up.at(fails),
            width=across.right - left,
            height=_BASE - up.at(fails),
            class_="zone bad",
        ),
        *(line(f"M{px(left)} {px(up.at(mark))}H{px(across.right)}", "rung") for mark in marks),
        *(label(f"{mark:g}", left - 8, up.at(mark) + 4, "end", "tick") for mark in marks),
        label("holds", across.right + 8, up.at(holds) + 4, kind="tick"),
        label("fails", across.right + 8, up.at(fails) + 4, kind="tick"),
        label("P", left - 8, 12, "end", "tick"),
        line(f"M{px(across.at(stated))} {_TOP}V{_BASE}", "mark median"),
        label("stated", across.at(stated), 18, "middle", "tick"),
        *(line(path, "mark computed") for path in _paths(values, chances, across, up)),
        _marker(across, up, across.at(stated), here),
        *across.draw(_BASE, named + (" (log scale)" if log else "")),
    ]
    rows = [
        (number(value, 4), "undefined" if p is None else chance(p))
        for value, p in zip(values, chances, strict=True)
    ]
    drawn = picture(WIDTH, _BASE + 50, f"P over {title}", words, parts, "small")
    return Chart(drawn, "", words, (named, "P"), tuple(rows), named=False)


def _marker(across: Axis, up: Axis, x: float, p: float | None) -> str:
    """The place that the slider stands at: a line, and a dot on the curve."""
    box = " ".join(map(px, (across.left, across.right, _TOP, _BASE)))
    dot = element("circle", cx=x, cy=up.at(p or 0.0), r=6, class_="dot")
    return element("g", line(f"M{px(x)} {_TOP}V{_BASE}", "hair") + dot, class_="here", data_box=box)


def _between(
    values: Sequence[float], chances: Sequence[float | None], across: Axis, x: float
) -> float | None:
    """P at a px of the axis, on the line between the points beside it."""
    place = (x - across.left) / (across.right - across.left) * (len(values) - 1)
    before = min(int(place), len(values) - 2)
    low, high = chances[before], chances[before + 1]
    return None if low is None or high is None else low + (place - before) * (high - low)


def _paths(values: Sequence[float], chances: Sequence[float | None], across: Axis, up: Axis) -> Iterator[str]:
    """A line for each run of points that have a P."""
    pairs = zip(values, chances, strict=True)
    for known, run in groupby(pairs, key=lambda pair: pair[1] is not None):
        if known:
            yield path_of("M" + "L".join(f"{across.at(x):.1f} {up.at(p or 0.0):.1f}" for x, p in run))


def _words(values: Sequence[float], chances: Sequence[float | None], unit: str) -> str:
    """The curve in words: P at its ends and, where that lies between them, at its lowest and highest."""
    found = [(x, p) for x, p in zip(values, chances, strict=True) if p is not None]
    if not found:
        return "The output is undefined at every value."
    ends = [("from", *found[0]), ("to", *found[-1])]
    said = "P goes " + " ".join(f"{word} {chance(p)} at {with_unit(x, unit)}" for word, x, p in ends)
    inner = list(_extremes(found))
    return f"{said}; {', '.join(inner)}." if inner else f"{said}."


def _extremes(found: Sequence[tuple[float, float]]) -> Iterable[str]:
    at_ends = (found[0][1], found[-1][1])
    least, most = min(p for _, p in found), max(p for _, p in found)
    if least < min(at_ends):
        yield f"its lowest is {chance(least)}"
    if most > max(at_ends):
        yield f"its highest is {chance(most)}"
