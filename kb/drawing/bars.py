"""Bars: which input moves the verdict, what each reading gives, and how strong a claim is."""

from __future__ import annotations

from collections.abc import Sequence

from kb.drawing.svg import NARROW, WIDE, Axis, Chart, clip, element, label, line, picture, px, text_width
from kb.model import Interval
from kb.wording import chance, interval, percent


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
        # On a phone a name has a line of its own above its bar.
        beside = width > NARROW
        step, top = 40 if beside else 54, 26
        names = [clip(name, width * 0.34 if beside else width - 12) for name, *_ in ordered]
        left = max((text_width(name) for name in names), default=0) + 24 if beside else 14
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
        for index, ((_, share, low, high), name) in enumerate(zip(ordered, names, strict=True)):
            y = top + index * step + (20 if beside else 36)
            reach = [axis.at(value) for value in (low, high, p)]
            parts += [
                label(name, left - 14, y + 5, "end") if beside else label(name, 6, y - 16, kind="halo"),
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
    axis = Axis(0, 1, 6, 254)
    low, high = axis.at(strength[0]), axis.at(strength[1])
    words = (
        f"Strength {interval(strength)} on a scale from 0 to 1. "
        f"A claim falls at {falls:g} or below and stands at {stands:g} or above."
    )
    middle = axis.at(stands) - axis.at(falls)
    ends = [(0.0, "0", "start"), (falls, f"{falls:g}", "middle"), (stands, f"{stands:g}", "middle")]
    parts = [
        element("rect", x=6, y=14, width=axis.at(falls) - 6, height=12, class_="zone bad"),
        element("rect", x=axis.at(falls), y=14, width=middle, height=12, class_="zone"),
        element("rect", x=axis.at(stands), y=14, width=254 - axis.at(stands), height=12, class_="zone good"),
        element("rect", x=low - 1, y=9, width=max(high - low, 1) + 2, height=22, rx=3, class_="reach"),
        line(f"M{px(axis.at(falls))} 6v28M{px(axis.at(stands))} 6v28", "axis"),
        *(label(text, axis.at(at), 47, anchor, "tick") for at, text, anchor in [*ends, (1.0, "1", "end")]),
        label("falls", (6 + axis.at(falls)) / 2, 63, "middle", "tick"),
        label("open", (axis.at(falls) + axis.at(stands)) / 2, 63, "middle", "tick"),
        label("stands", (axis.at(stands) + 254) / 2, 63, "middle", "tick"),
    ]
    return picture(260, 68, "Strength", words, parts, "strength")
