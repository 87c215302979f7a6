"""Elements, text widths and axes: what every chart is made of."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

from kb.wording import number

WIDE = 760
NARROW = 358  # what a phone of 390 px has beside its margins, so that text is not scaled down
BOLD = 14.5  # the same in bold, as if it were larger
FONT = 13  # px, as in the style sheet; the text of a chart is never scaled far from it

_SLIM = dict.fromkeys("iljtfrI.,:;'|!’()[] ·", 0.34)
_BROAD = dict.fromkeys("mwMW%@—ABCDGHNOQUVX", 0.78)
_WIDTHS = {chr(code): 0.6 for code in range(128)} | _SLIM | _BROAD
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Chart:
    """A wide and a narrow SVG, the same in a sentence (``words``), and its numbers as a table.

    The first of ``columns`` names the rows where ``named``, all others are numbers. A chart that is small
    enough for a phone as it is has no ``narrow``; one whose numbers the page shows anyway has no ``rows``.
    """

    wide: str
    narrow: str
    words: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    named: bool = True


def text_width(text: str, size: float = FONT) -> float:
    """About how wide the text is in px, in a common sans serif (rather too wide than too narrow)."""
    return sum(map(_WIDTHS.__getitem__ if text.isascii() else _width, text)) * size


def _width(char: str) -> float:
    if char < "\u1100":
        return _WIDTHS.get(char, 0.6)
    # Chinese, Japanese and Korean signs and pictures take a square each.
    return 1.02 if east_asian_width(char) in "WF" else _WIDTHS.get(char, 0.6)


def wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """The text in at most so many lines that fit ``width`` px, the last one cut; long words are broken."""
    room, space = width / size, _width(" ")
    found: list[str] = []
    line, used = "", 0.0
    for piece, wide in _pieces(text, room):
        if line and used + space + wide <= room:
            line, used = f"{line} {piece}", used + space + wide
            continue
        if line:
            found.append(line)
        if len(found) == most:
            return [*found[:-1], clip(found[-1] + "…", width, size)]
        line, used = piece, wide
    return [*found, line] if line else found


def _pieces(text: str, room: float) -> Iterator[tuple[str, float]]:
    """The words with their widths in ems, those that are wider than ``room`` in parts."""
    for word in text.split():
        start, used = 0, 0.0
        for at, char in enumerate(word):
            wide = _width(char)
            if used + wide > room:
                yield word[start:at], used
                start, used = at, 0.0
            used += wide
        yield word[start:], used


def clip(text: str, width: float, size: float = FONT) -> str:
    """The text, cut with an ellipsis so that it fits ``width`` px."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def sound(text: str) -> str:
    """The text without the characters that XML cannot carry."""
    return _NOT_XML.sub("�", text)


def escaped(text: str) -> str:
    """The text as content or attribute; most of it is a number, and looking is quicker than replacing."""
    if "&" in text or "<" in text or ">" in text or '"' in text or "'" in text:
        return escape(text)
    return text


def px(value: float) -> str:
    """A coordinate to a tenth of a pixel, without a needless decimal."""
    return f"{value:.1f}".removesuffix(".0")


def path_of(text: str) -> str:
    """A path whose coordinates were written to a tenth of a pixel (``.1f``), as ``px`` writes each."""
    return text.replace(".0", "")


def element(tag: str, content: str = "", **attributes: str | float) -> str:
    """One SVG element. Attribute values are escaped, ``content`` is SVG already."""
    parts = [
        f' {name.rstrip("_").replace("_", "-")}="{escaped(value) if isinstance(value, str) else px(value)}"'
        for name, value in attributes.items()
    ]
    return f"<{tag}{''.join(parts)}>{content}</{tag}>" if content else f"<{tag}{''.join(parts)}/>"


def label(text: str, x: float, y: float, anchor: str = "start", kind: str = "") -> str:
    """Text at a place; ``kind`` is its CSS class."""
    place = f'x="{px(x)}" y="{px(y)}" text-anchor="{anchor}" class="{kind or "plain"}"'
    return f"<text {place}>{escaped(text)}</text>" if text else f"<text {place}/>"


def line(path: str, kind: str) -> str:
    """A line; neither its path nor its CSS class comes from a base."""
    return f'<path d="{path}" class="{kind}"/>'


def picture(width: float, height: float, title: str, words: str, parts: Iterable[str], kind: str) -> str:
    """The whole SVG, named by ``title`` and described by ``words`` for people who do not see it."""
    head = f'<svg class="chart {kind}" viewBox="0 0 {px(width)} {px(height)}" role="img">'
    told = element("title", escaped(title)) + element("desc", escaped(words))
    return f"{head}{told}{''.join(parts)}</svg>"


@dataclass(frozen=True, slots=True)
class Axis:
    """A horizontal axis: values ``low`` to ``high`` over the px ``left`` to ``right``."""

    low: float
    high: float
    left: float
    right: float
    log: bool = False

    def at(self, value: float) -> float:
        """The px of a value, held inside the axis."""
        if not self.log:
            share = (value - self.low) / (self.high - self.low)
        elif value > 0:
            low = math.log10(self.low)
            share = (math.log10(value) - low) / (math.log10(self.high) - low)
        else:
            share = 0.0
        # Not min and max, which would take most of the time here, where charts spend theirs.
        share = 0.0 if share < 0 else 1.0 if share > 1 else share
        return self.left + share * (self.right - self.left)

    def ticks(self) -> list[tuple[float, str]]:
        """Round values with their labels: as many as stand side by side without touching."""
        return next(filter(None, map(self._labels, self._candidates())), [])

    def rungs(self, most: int) -> list[float]:
        """At most so many round values, for an axis that stands upright."""
        found = ([v for v in values if self.low <= v <= self.high] for values in self._candidates())
        return next((values for values in found if 0 < len(values) <= most), [])

    def _labels(self, values: Iterable[float]) -> list[tuple[float, str]]:
        """The values whose labels do not stand out at the ends; none where two labels would touch."""
        found: list[tuple[float, str]] = []
        end = -math.inf
        for value in values:
            text = number(value, 6)
            x, half = self.at(value), text_width(text) / 2
            if self.left - 22 <= x - half and x + half <= self.right + 22:
                if x - half < end + 8:
                    return []
                end = x + half
                found.append((value, text))
        return found

    def _candidates(self) -> Iterable[Iterable[float]]:
        decades = math.log10(self.high / self.low) if self.log else 0.0
        if self.log and decades >= 0.9:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            for figures, stride in (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 4), ((1,), 8)):
                found = [
                    figure * 10.0**power for power in range(first, last + 1, stride) for figure in figures
                ]
                inside = [value for value in found if self.low * 0.999 <= value <= self.high * 1.001]
                if len(inside) > 1:
                    yield inside
            return
        span = self.high - self.low
        step = 10.0 ** math.floor(math.log10(span / 8))
        for factor in (1, 2, 5, 10, 20, 50, 100):
            yield self._multiples(step * factor)

    def _multiples(self, step: float) -> Iterator[float]:
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return (float(f"{index * step:.12g}") for index in range(first, min(last, first + 40) + 1))

    def draw(self, y: float, title: str) -> list[str]:
        """The axis line at height ``y`` with ticks, labels and a title below (44 px in all)."""
        ticks = self.ticks()
        marks = "".join(f"M{px(self.at(value))} {px(y)}v5" for value, _ in ticks)
        middle = (self.left + self.right) / 2
        return [
            line(f"M{px(self.left)} {px(y)}H{px(self.right)}{marks}", "axis"),
            *(label(text, self.at(value), y + 20, "middle", "tick") for value, text in ticks),
            label(clip(title, self.right - self.left), middle, y + 40, "middle"),
        ]


def is_log_spaced(edges: Sequence[float]) -> bool:
    """Whether positive edges grow by a constant factor rather than a constant step."""
    if len(edges) < 3 or edges[0] <= 0:
        return False
    first, last = edges[1] - edges[0], edges[-1] - edges[-2]
    return last > first * 1.5 and math.isclose(edges[1] / edges[0], edges[-1] / edges[-2], rel_tol=0.02)


def limits(low: float, high: float, marks: Iterable[float], log: bool) -> tuple[float, float]:
    """The ends of an axis that shows ``low`` to ``high`` and those marks that are not too far off.

    A mark further away than twice the span is left outside, so that it does not squeeze the rest.
    """
    forward = math.log10 if log else float
    back = (lambda value: 10.0**value) if log else float
    start, stop = forward(low), forward(high)
    span = (stop - start) or abs(start) or 1.0
    if stop == start:
        start, stop = start - span / 2, stop + span / 2
    reach = [forward(mark) for mark in marks if not log or mark > 0]
    near = [mark for mark in reach if start - 2 * span <= mark <= stop + 2 * span]
    left, right = min([start, *near]), max([stop, *near])
    pad = (right - left) * 0.04
    # An axis from zero must not start below it only to make room.
    start = left if not log and low >= 0 and left == 0 else left - pad if left < start else left
    return back(start), back(right + pad if right > stop else right)
