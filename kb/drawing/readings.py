"""One row a reading: what the same check gives under each definition."""

from __future__ import annotations

from collections.abc import Sequence

from kb.drawing.distribution import Band, band_words
from kb.drawing.svg import (
    BOLD,
    NARROW,
    WIDE,
    Axis,
    Chart,
    clip,
    element,
    label,
    limits,
    line,
    picture,
    px,
    text_width,
)
from kb.wording import number, with_unit

Row = tuple[str, float, float, float]


def readings(rows: Sequence[Row], *, title: str, unit: str, band: Band | None = None) -> Chart:
    """Points with their spread side by side; ``rows`` are (name, low, middle, high) in ``unit``.

    The axis is logarithmic when the values are positive and span more than a factor of 20.
    """
    values = [value for _, *numbers in rows for value in numbers]
    bounds = [bound for bound in band or () if bound is not None]
    log = min([*values, *bounds]) > 0 and max(values) / min(values) > 20
    low, high = min(values), max(values)
    if low == high:
        low, high = (
            (low / 1.5, high * 1.5) if log else (low - (abs(low) or 1.0) / 4, high + (abs(high) or 1.0) / 4)
        )
    low, high = (low / 1.15, high * 1.15) if log else (low - (high - low) / 16, high + (high - low) / 16)
    ends = limits(low, high, bounds, log)
    words = " ".join(f"{name}: {with_unit(middle, unit)}." for name, _, middle, _ in rows)
    if band:
        words += f" Accepted: {band_words(band, unit)}."

    def draw(width: float, kind: str) -> str:
        # On a phone a name has a line of its own above its point.
        beside = width > NARROW
        names = [clip(name, width * 0.36 if beside else width - 12) for name, *_ in rows]
        left = max(text_width(name) for name in names) + 22 if beside else 22
        axis = Axis(*ends, left, width - 22, log)
        top, step = 27, 38 if beside else 60
        base = top + step * len(rows)
        parts = []
        if band:
            start = axis.left if band[0] is None else axis.at(band[0])
            stop = axis.right if band[1] is None else axis.at(band[1])
            text = clip(f"accepted: {band_words(band, unit)}", width - 12, BOLD)
            half = text_width(text, BOLD) / 2 + 4
            middle = min(max((start + stop) / 2, half), width - half)
            parts.append(
                element("rect", x=start, y=top, width=max(stop - start, 2), height=base - top, class_="band")
            )
            parts.append(label(text, middle, top - 8, "middle", "lab good"))
        for index, ((_, least, centre, most), name) in enumerate(zip(rows, names, strict=True)):
            y = top + step * index + (19 if beside else 44)
            x = axis.at(centre)
            shown = number(centre)
            right = x + 12 + text_width(shown, BOLD) < width
            parts += [
                label(name, left - 14, y + 5, "end") if beside else label(name, 6, y - 26, kind="halo"),
                line(f"M{px(axis.at(least))} {px(y)}H{px(axis.at(most))}", "swing"),
                element("circle", cx=x, cy=y, r=6, class_="dot"),
                label(shown, x + 11 if right else x - 11, y - 7, "start" if right else "end", "lab computed"),
            ]
        parts.extend(axis.draw(base, f"{title}, {unit}" if unit else title))
        return picture(width, base + 50, title, words, parts, kind)

    spread = any(low != high for _, low, _, high in rows)
    columns = ("Reading", "5 %", "median", "95 %") if spread else ("Reading", "computed")
    table = tuple(
        (name, *(number(value, 6) for value in (numbers if spread else numbers[1:2])))
        for name, *numbers in rows
    )
    return Chart(draw(WIDE, "wide"), draw(NARROW, "narrow"), words, columns, table)
