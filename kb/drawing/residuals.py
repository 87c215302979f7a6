"""What a fit leaves: how far each row lies from what the fit says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kb.drawing.svg import Axis, clip, label, line, px
from kb.model import FitPoint
from kb.wording import number, unit

#: The height of the panel, its title included.
HEIGHT = 146
_TITLE = 40
#: Intervals are shown up to so many times the largest residual; wider ones run out of the panel.
_MOST = 3.0


class Residuals:
    """How far each row lies from the fit, relative to what the fit says where all values are positive.

    The panel shows the rows that the fit saw or was tried on.
    """

    def __init__(self, points: Sequence[FitPoint], y_unit: str) -> None:
        self.relative = all(min(p.y, p.predicted) > 0 for p in points)
        self._unit = unit(y_unit)
        self.spans = [tuple(self._off(value, p) for value in (p.low, p.y, p.high)) for p in points]
        # Rows that the fit neither saw nor was tried on may lie anywhere, and would squeeze the rest.
        self.tried = [point.role != "left out" for point in points]
        near = [span for span, tried in zip(self.spans, self.tried, strict=True) if tried] or self.spans
        largest = max(abs(off) for _, off, _ in near)
        widest = max(abs(end) for low, _, high in near for end in (low, high))
        reach = max(largest, min(widest, _MOST * largest)) or widest or 1.0
        self.reach = 1.12 * reach

    def _off(self, value: float, point: FitPoint) -> float:
        return value / point.predicted - 1 if self.relative else value - point.predicted

    @property
    def title(self) -> str:
        of = "% of what it says" if self.relative else self._unit
        return "above or below the fit" + (f", {of}" if of else "")

    def shown(self, off: float) -> str:
        """A residual in words, with its sign."""
        found = 100 * off if self.relative else off
        text = number(found, 2)
        return f"+{text}" if found > 0 and text != "0" else text

    def rungs(self) -> list[float]:
        scale = 100.0 if self.relative else 1.0
        return [rung / scale for rung in Axis(-self.reach * scale, self.reach * scale, 0, 1).rungs(5)]

    def draw(
        self,
        places: Sequence[float],
        top: float,
        left: float,
        right: float,
        dot: Callable[[float, float, int], str],
    ) -> Iterator[str]:
        """The panel from ``top`` on: no error as a line, each row tried at its px, its interval behind it."""
        base = top + HEIGHT
        up = Axis(-self.reach, self.reach, base, top + _TITLE)
        yield label(clip(self.title, right - 6), 6, top + 22)
        for rung in self.rungs():
            y = up.at(rung)
            yield line(f"M{px(left)} {px(y)}H{px(right)}", "axis" if rung == 0 else "rung")
            yield label(self.shown(rung), left - 8, y + 4, "end", "tick")
        for index, (x, (low, off, high)) in enumerate(zip(places, self.spans, strict=True)):
            if not self.tried[index]:
                continue
            if low != high:
                yield line(f"M{px(x)} {px(up.at(low))}V{px(up.at(high))}", "swing faint")
            yield dot(x, up.at(off), index)
