"""What was computed against what was claimed: a histogram of samples, or points on a line."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from kb.drawing.svg import (
    BOLD,
    NARROW,
    WIDE,
    Axis,
    Chart,
    clip,
    element,
    is_log_spaced,
    label,
    limits,
    line,
    path_of,
    picture,
    px,
    text_width,
)
from kb.wording import number, percent, with_unit

Band = tuple[float | None, float | None]
_ROW = 19


def histogram(
    edges: Sequence[float],
    counts: Sequence[int],
    *,
    title: str,
    unit: str,
    median: float,
    claimed: float | None = None,
    band: Band | None = None,
) -> Chart:
    """Samples in bins, with the claimed value and the accepted range (``band``) in the same ``unit``.

    The axis is logarithmic when the edges are.
    """
    log = is_log_spaced(edges)
    low, high = _trimmed(edges, counts)
    marks = _finite([claimed, *(band or ())])
    ends = limits(low, high, marks, log)
    words = _words(median, claimed, band, unit)
    total = sum(counts) or 1
    if band:
        inside = sum(count for count, (a, b) in zip(counts, _pairs(edges), strict=True) if _holds(band, a, b))
        words += f" About {percent(inside / total)} of the samples lie in the accepted range."

    def draw(width: float, kind: str) -> str:
        axis = Axis(*ends, 22, width - 22, log)
        top, base = 8 + 3 * _ROW, 270
        tallest = max(counts) or 1
        bars = []
        ends_of_bins = _pairs([*map(axis.at, edges)])
        for count, (start, stop), (x, right) in zip(counts, _pairs(edges), ends_of_bins, strict=True):
            if count and stop > low and start < high:
                height = max(count / tallest * (base - top - 8), 0.7)
                bars.append(f"M{x:.1f} {base}v{-height:.1f}H{max(right - 1, x + 0.6):.1f}V{base}z")
        parts = [
            *_band(axis, band, 8 + _ROW, base, unit, width),
            line(path_of("".join(bars)), "bar"),
            *_marker(axis, claimed, "claimed", 8 + 2 * _ROW, base, unit, "claimed"),
            *_marker(axis, median, "median", 8 + 3 * _ROW, base, unit, "median"),
            *axis.draw(base, _axis_title(title, unit, log)),
        ]
        return picture(width, base + 50, title, words, parts, kind)

    columns = (_axis_title("From", unit, log=False), "to", "samples")
    named = itertools.pairwise(map(number, edges))
    rows = tuple((*pair, f"{count:,}") for count, pair in zip(counts, named, strict=True))
    return Chart(draw(WIDE, "wide"), draw(NARROW, "narrow"), words, columns, rows, named=False)


def number_line(
    value: float,
    *,
    title: str,
    unit: str,
    claimed: float | None = None,
    band: Band | None = None,
) -> Chart:
    """One computed point beside the claimed value and the accepted range."""
    marks = _finite([claimed, *(band or ()), value])
    log = min(marks) > 0 and max(marks) / min(marks) > 20
    low, high = min(marks), max(marks)
    if log:
        ends = (low / 1.6, high * 1.6)
    else:
        pad = (high - low) * 0.25 or abs(high) * 0.25 or 1.0
        ends = (0.0 if 0 <= low < pad else low - pad, high + pad)
    words = _words(value, claimed, band, unit, "computed")

    def draw(width: float, kind: str) -> str:
        axis = Axis(*ends, 22, width - 22, log)
        base = 8 + 3 * _ROW + 34
        x = axis.at(value)
        parts = [
            *_band(axis, band, 8 + _ROW, base, unit, width),
            *_marker(axis, claimed, "claimed", 8 + 2 * _ROW, base, unit, "claimed"),
            *_marker(axis, value, "computed", 8 + 3 * _ROW, base - 14, unit, "computed"),
            element("circle", cx=x, cy=base - 14, r=6, class_="dot"),
            *axis.draw(base, _axis_title(title, unit, log)),
        ]
        return picture(width, base + 50, title, words, parts, kind)

    said = (("Computed", value), ("Claimed", claimed))
    rows = [(name, with_unit(number, unit)) for name, number in said if number is not None]
    rows += [("Accepted", band_words(band, unit))] if band else []
    return Chart(draw(WIDE, "wide"), draw(NARROW, "narrow"), words, ("What", "Value"), tuple(rows))


def _pairs(edges: Sequence[float]) -> list[tuple[float, float]]:
    return list(itertools.pairwise(edges))


def _finite(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None and math.isfinite(value)]


def _trimmed(edges: Sequence[float], counts: Sequence[int]) -> tuple[float, float]:
    """The range that holds all but a thousandth of the samples at each end: tails no one can see are cut."""
    spare = sum(counts) / 1000
    first, seen = 0, 0
    while first < len(counts) - 1 and seen + counts[first] <= spare:
        seen += counts[first]
        first += 1
    last, seen = len(counts), 0
    while last > first + 1 and seen + counts[last - 1] <= spare:
        seen += counts[last - 1]
        last -= 1
    return edges[first], edges[last]


def _holds(band: Band, start: float, stop: float) -> bool:
    middle = (start + stop) / 2
    low, high = band
    return (low is None or middle >= low) and (high is None or middle <= high)


def _axis_title(title: str, unit: str, log: bool) -> str:
    words = f"{title}, {unit}" if unit else title
    return f"{words} (log scale)" if log else words


def band_words(band: Band, unit: str) -> str:
    """The accepted range in words."""
    match band:
        case (None, None):
            return "anything"
        case (None, float() | int() as high):
            return f"at most {with_unit(high, unit)}"
        case (float() | int() as low, None):
            return f"at least {with_unit(low, unit)}"
        case (low, high):
            return f"{number(low or 0)} to {with_unit(high or 0, unit)}"
    raise ValueError(f"a band is a pair, not {band!r}")


def _words(value: float, claimed: float | None, band: Band | None, unit: str, name: str = "median") -> str:
    words = f"{name.capitalize()} {with_unit(value, unit)}"
    if claimed is not None:
        words += f"; claimed {with_unit(claimed, unit)}"
    if band:
        words += f"; accepted: {band_words(band, unit)}"
    return words + "."


def _band(axis: Axis, band: Band | None, top: float, base: float, unit: str, width: float) -> list[str]:
    if band is None:
        return []
    low, high = band
    left = axis.left if low is None else axis.at(low)
    right = axis.right if high is None else axis.at(high)
    text = clip(f"accepted: {band_words(band, unit)}", width - 12, BOLD)
    half = text_width(text, BOLD) / 2 + 4
    middle = min(max((left + right) / 2, half), width - half)
    return [
        element("rect", x=left, y=top, width=max(right - left, 2.0), height=base - top, class_="band"),
        label(text, middle, top - 6, "middle", "lab good"),
    ]


def _marker(
    axis: Axis, value: float | None, name: str, y: float, base: float, unit: str, kind: str
) -> list[str]:
    """A vertical line from its own row of text down to the axis, so that no two labels meet."""
    if value is None or not math.isfinite(value):
        return []
    x = axis.at(value)
    outside = value < axis.low * (1 - 1e-9) or value > axis.high * (1 + 1e-9)
    text = f"{name} {with_unit(value, unit)}"
    text = (f"← {text}" if value < axis.low else f"{text} →") if outside else text
    before, after = x - 9, axis.right + 20 - x - 7
    needed = text_width(text, BOLD)
    right = needed <= after or (needed > before and after >= before)
    text = clip(text, after if right else before, BOLD)
    parts = [label(text, x + 7 if right else x - 7, y - 5, "start" if right else "end", f"lab {kind}")]
    return parts if outside else [line(f"M{px(x)} {px(y - 15)}V{px(base)}", f"mark {kind}"), *parts]
