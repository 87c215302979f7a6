"""Bars: which input moves the verdict, what each reading gives, and how strong a claim is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kb.drawing.svg import (
    FONT,
    NARROW,
    WIDE,
    Axis,
    Chart,
    element,
    label,
    line,
    picture,
    px,
    text_width,
    wrapped,
)
from kb.model import Interval
from kb.wording import chance, interval, percent

_STRENGTHS = Axis(0, 1, 6, 254)


def tornado(rows: Sequence[tuple[str, float, float, float]], *, p: float) -> Chart:
    """How P moves when each input is fixed at its 10th and at its 90th percentile.

    ``rows`` are (name, share of the spread explained, P at the low end, P at the high end);
    ``p`` is P itself.
    """
    ordered = sorted(rows, key=lambda row: (-abs(row[3] - row[2]), -row[1], row[0]))
    title = "What the result is sensitive to"
    words = " ".join(
        f"{name}: P goes from {low:.2f} at its low end to {high:.2f} at its high end, and it explains "
        f"{percent(share)} of the spread."
        for name, share, low, high in ordered
    )

    def draw(width: float, kind: str) -> str:
        # On a phone a name stands above its bar, else beside it: in two lines where it is long.
        beside = width > NARROW
        step, top = 40 if beside else 54, 26
        names = [
            wrapped(name, width * 0.34 if beside else width - 12, FONT, 1 + beside) for name, *_ in ordered
        ]
        left = max((text_width(part) for name in names for part in name), default=0) + 24 if beside else 14
        share_width = 92 if beside else 52
        axis = Axis(0, 1, left, width - share_width - 14)
        base = top + step * len(ordered)
        head = "share of spread" if beside else "share"
        key = [left + 6, left + 32 + text_width("low (10 %)")]
        parts = [
            element("circle", cx=key[0], cy=12, r=5, class_="low"),
            label("low (10 %)", key[0] + 11, 16, kind="tick"),
            element("circle", cx=key[1], cy=12, r=5, class_="high"),
            label("high (90 %)", key[1] + 11, 16, kind="tick"),
            label(head, width - 4, 16, "end", "tick"),
        ]
        parts.append(line(f"M{px(axis.at(p))} {top}V{base}", "mark median"))
        for index, ((_, share, low, high), lines) in enumerate(zip(ordered, names, strict=True)):
            y = top + index * step + (20 if beside else 36)
            reach = [axis.at(value) for value in (low, high, p)]
            if beside:
                first = y + 5 - 8 * (len(lines) - 1)
                parts += [label(text, left - 14, first + 16 * at, "end") for at, text in enumerate(lines)]
            else:
                parts += [label(text, 6, y - 16, kind="halo") for text in lines]
            parts += [
                line(f"M{px(min(reach))} {px(y)}H{px(max(reach))}", "swing"),
                element("circle", cx=axis.at(low), cy=y, r=6, class_="low"),
                element("circle", cx=axis.at(high), cy=y, r=6, class_="high"),
                label(percent(share), width - 4, y + 5, "end"),
            ]
        parts.extend(axis.draw(base, "P, the chance that the condition is met" if beside else "P"))
        return picture(width, base + 50, title, words, parts, kind)

    columns = ("Input", "share of spread", "P, input low", "P, input high")
    table = tuple((name, percent(share), chance(low), chance(high)) for name, share, low, high in ordered)
    return Chart(draw(WIDE, "wide"), draw(NARROW, "narrow"), words, columns, table)


def strength_bar(strength: Interval, falls: float, stands: float) -> str:
    """A claim's interval of strength between the two thresholds: one small picture, 0 to 1."""
    low, high = _STRENGTHS.at(strength[0]), _STRENGTHS.at(strength[1])
    reach = element("rect", x=low - 1, y=9, width=max(high - low, 1) + 2, height=22, rx=3, class_="reach")
    zones, scale, ends = _scale(falls, stands)
    words = f"Strength {interval(strength)} on a scale from 0 to 1. {ends}"
    return picture(260, 68, "Strength", words, (zones, reach, scale), "strength")


@lru_cache(maxsize=8)
def _scale(falls: float, stands: float) -> tuple[str, str, str]:
    """What is behind and before the bar of every claim, and in words: a site has one pair of thresholds."""
    at = _STRENGTHS.at
    zones = [
        element("rect", x=6, y=14, width=at(falls) - 6, height=12, class_="zone bad"),
        element("rect", x=at(falls), y=14, width=at(stands) - at(falls), height=12, class_="zone"),
        element("rect", x=at(stands), y=14, width=254 - at(stands), height=12, class_="zone good"),
    ]
    marks = [(0.0, "0", "start"), (falls, f"{falls:g}", "middle"), (stands, f"{stands:g}", "middle")]
    scale = [
        line(f"M{px(at(falls))} 6v28M{px(at(stands))} 6v28", "axis"),
        *(label(text, at(mark), 47, anchor, "tick") for mark, text, anchor in [*marks, (1.0, "1", "end")]),
        label("falls", (6 + at(falls)) / 2, 63, "middle", "tick"),
        label("open", (at(falls) + at(stands)) / 2, 63, "middle", "tick"),
        label("stands", (at(stands) + 254) / 2, 63, "middle", "tick"),
    ]
    ends = f"A claim falls at {falls:g} or below and stands at {stands:g} or above."
    return "".join(zones), "".join(scale), ends
