"""A roofline: how fast a device computes, by how much it does with each byte that it fetches."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from kb.bench.roofline import Point, Roofline, sentences
from kb.drawing.svg import NARROW, WIDE, Axis, Chart, clip, element, label, line, picture, px, text_width
from kb.wording import number, percent
from kb.wording import rate as short

_TOP, _KEY_LINE = 34, 22
_ACROSS, _ACROSS_SHORT = "FLOP for each byte from memory (log scale)", "FLOP for each byte (log scale)"


def roofline(roof: Roofline) -> Chart:
    """The measured roof with the measured tests under it, numbered; a key below says which is which."""
    title = f"What {roof.device} reaches"
    words = " ".join(sentences(roof))

    def draw(width: float, kind: str) -> str:
        base = 280 if width > NARROW else 240
        low, high = _reach(roof)
        slowest = min(roof.roof(low), roof.points[-1].rate)
        up = Axis(slowest / 1.5, roof.top * 2, base, _TOP, log=True)
        rungs = up.rungs(5)
        left = max((text_width(short(value, "FLOP/s")) for value in rungs), default=0) + 20
        across = Axis(low, high, left, width - 22, log=True)
        parts = [
            label("FLOP/s", 6, 16),
            *_ladder(up, rungs, left, width - 22),
            line(_roof(roof, across, up), "mark computed"),
            *_ridge(roof, across, up, base),
            *(dot for index, point in enumerate(roof.points, 1) for dot in _dot(index, point, across, up)),
            *across.draw(base, _ACROSS if width > NARROW else _ACROSS_SHORT),
            *_key(roof.points, base + 72, width),
        ]
        return picture(width, base + 64 + _KEY_LINE * len(roof.points), title, words, parts, kind)

    columns = ("Test", "FLOP for each byte", "rate", "of the roof")
    return Chart(draw(WIDE, "wide"), draw(NARROW, "narrow"), words, columns, tuple(_rows(roof)))


def _rows(roof: Roofline) -> Iterable[tuple[str, ...]]:
    yield f"Memory ({roof.moved})", "–", short(roof.bandwidth, "byte/s"), "–"
    yield "Ridge", number(roof.ridge, 3), short(roof.top, "FLOP/s"), "–"
    for place, point in enumerate(roof.points, 1):
        found = short(point.rate, "FLOP/s"), percent(point.rate / roof.roof(point.intensity))
        yield f"{place}  {point.words}", number(point.intensity, 3), *found


def _reach(roof: Roofline) -> tuple[float, float]:
    """The intensities that are shown: those of the points, and some way to both sides of the ridge."""
    finite = [point.intensity for point in roof.points if math.isfinite(point.intensity)]
    return min([roof.ridge / 30, *finite]) / 1.5, max([roof.ridge * 30, *finite]) * 1.5


def _roof(roof: Roofline, across: Axis, up: Axis) -> str:
    ends = [(x, roof.roof(x)) for x in (across.low, roof.ridge, across.high)]
    return "M" + "L".join(f"{px(across.at(x))} {px(up.at(y))}" for x, y in ends)


def _ridge(roof: Roofline, across: Axis, up: Axis, base: float) -> Iterable[str]:
    x = across.at(roof.ridge)
    yield line(f"M{px(x)} {px(up.at(roof.top))}V{px(base)}", "rung")
    room = (x - across.left, across.right - x)
    for word, end, anchor, width in (
        ("memory limits", x - 8, "end", room[0]),
        ("arithmetic limits", x + 8, "start", room[1]),
    ):
        yield label(clip(word, width - 8), end, base - 10, anchor, "tick")


def _ladder(up: Axis, rungs: Sequence[float], left: float, right: float) -> Iterable[str]:
    for value in rungs:
        y = up.at(value)
        yield line(f"M{px(left)} {px(y)}H{px(right)}", "rung")
        yield label(short(value, "FLOP/s"), left - 8, y + 4, "end", "tick")


def _dot(index: int, point: Point, across: Axis, up: Axis) -> Iterable[str]:
    # What works in registers alone has no place on the axis; it stands at its end.
    x, y = across.at(min(point.intensity, across.high)), up.at(point.rate)
    yield element("circle", cx=x, cy=y, r=5.5, class_="dot")
    yield label(str(index), x, y - 10, "middle", "tick")


def _key(points: Sequence[Point], top: float, width: float) -> Iterable[str]:
    for row, point in enumerate(points):
        said = f"{row + 1}  {point.words}, {short(point.rate, 'FLOP/s')}"
        yield label(clip(said, width - 12), 6, top + row * _KEY_LINE, kind="tick")
