"""How a number went from one recorded run to the next."""

from __future__ import annotations

from collections.abc import Sequence

from kb.drawing.svg import Axis, Chart, element, label, line, picture, px, text_width
from kb.wording import chance, number, with_unit

#: Fits a phone, so there is no other for it.
WIDTH = 340
_TOP, _BASE = 16, 74


def sparkline(days: Sequence[str], values: Sequence[float], *, title: str, unit: str = "") -> Chart:
    """One point a record, oldest first and evenly spaced; at least one record.

    ``title`` is "P" for chances, which keep the scale from 0 to 1.
    """
    chances = title == "P"
    low, high = (0.0, 1.0) if chances else (min(values), max(values))
    shown = [chance(value) if chances else number(value) for value in (values[0], values[-1])]
    left, right = (text_width(text) + 20 for text in shown)
    across = Axis(0, max(len(values) - 1, 1), left, WIDTH - right)
    up = Axis(low, high, _BASE - 8, _TOP + 8)
    spots = [
        (across.at(place), up.at(value) if high > low else (_BASE + _TOP) / 2)
        for place, value in enumerate(values)
    ]
    first, last = (chance(v) if chances else with_unit(v, unit) for v in (values[0], values[-1]))
    went = f"{first} throughout" if len(set(values)) == 1 else f"from {first} to {last}"
    words = f"{went}, over {len(values)} {'record' if len(values) == 1 else 'records'}."
    parts = [
        line(f"M{px(across.left)} {_BASE}H{px(across.right)}", "rung"),
        line("M" + "L".join(f"{px(x)} {px(y)}" for x, y in spots), "mark computed"),
        *(element("circle", cx=x, cy=y, r=4.5, class_="dot") for x, y in spots),
        label(shown[0], left - 10, spots[0][1] + 4, "end"),
        label(days[0], 6, _BASE + 18, kind="tick"),
    ]
    if len(values) > 1:
        parts += [
            label(shown[1], WIDTH - right + 10, spots[-1][1] + 4),
            label(days[-1], WIDTH - 6, _BASE + 18, "end", "tick"),
        ]
    return Chart(picture(WIDTH, _BASE + 24, f"{title} over time", words, parts, "small"), "", words)
