"""A fit: the rows of the table, the curve through those that it saw, and how far off it is at the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.drawing.residuals import HEIGHT, Residuals
from kb.drawing.svg import (
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
from kb.model import FitPoint, Fitted
from kb.wording import listed, number, unit

_SEEN = {"train": "fitted", "held out": "held out", "left out": "left out"}
#: From this ratio of largest to smallest on, positive values get a logarithmic axis.
_WIDE = 20.0
Pair = tuple[float, float]


def fitted(fit: Fitted, *, title: str) -> Chart:
    """The rows and the fitted curve with its 90 % band; below, how far off the fit is at each row.

    With several columns to predict from there is no one curve: the rows are drawn as predicted against
    reported, beside the line on which both are equal.
    """
    plain = bool(fit.curve)
    points = [(p.x[0], p.y) if plain else (p.y, p.predicted) for p in fit.points]
    spans = [(x, low, high) for x, _, low, high in fit.curve]
    xs = [*(x for x, _ in points), *(x for x, *_ in spans)]
    ys = [*(y for _, y in points), *(y for _, *ends in spans for y in ends)]
    if not plain:
        xs = ys = [*xs, *ys]
    said = _titled(fit.y, fit.y_unit)
    names = (_titled(fit.x[0], fit.x_units[0]), said) if plain else (f"reported {said}", f"predicted {said}")
    curve = [(x, y) for x, y, *_ in fit.curve] if plain else [(min(xs), min(xs)), (max(xs), max(xs))]
    words = _words(fit)
    left_over = Residuals(fit.points, fit.y_unit)

    def draw(width: float, kind: str) -> str:
        rungs = _axis(ys, 0, 1).rungs(6)
        signs = [*map(number, rungs), *map(left_over.shown, left_over.rungs())]
        left = max(map(text_width, signs), default=0) + 20
        top, base = 52, 300 if width > NARROW else 260
        foot = base + HEIGHT
        across, up = _axis(xs, left, width - 22), _axis(ys, base, top)
        dots = [(across.at(x), up.at(y), p.role) for (x, y), p in zip(points, fit.points, strict=True)]
        parts = [
            label(clip(names[1], width - 12), 6, 16),
            *_key(fit.points, left, width),
            *_ladder(up, rungs, left, width - 22),
            *_band(spans, across, up),
            line(_path(curve, across, up), "mark computed"),
            *(_dot(*dot) for dot in dots),
            line(f"M{px(left)} {base}H{px(width - 22)}", "axis"),
            *left_over.draw(
                [x for x, *_ in dots], base, left, width - 22, lambda x, y, i: _dot(x, y, fit.points[i].role)
            ),
            *across.draw(foot, names[0] + (" (log scale)" if across.log else "")),
        ]
        return picture(width, foot + 50, title, words, parts, kind)

    return Chart(draw(WIDE, "wide"), draw(NARROW, "narrow"), words, *_table(fit, left_over))


def _table(fit: Fitted, left_over: Residuals) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Every row, with what the fit says of it."""
    inputs = [_titled(name, text) for name, text in zip(fit.x, fit.x_units, strict=True)]
    spread = any(point.low != point.high for point in fit.points)
    ends = ("5 %", "95 %") if spread else ()
    columns = (
        "Row was",
        *inputs,
        _titled(fit.y, fit.y_unit),
        "Fit says",
        *ends,
        left_over.title.capitalize(),
    )
    rows = [
        (
            _SEEN[point.role],
            *(number(value, 6) for value in (*point.x, point.y, point.predicted)),
            *((number(point.low, 6), number(point.high, 6)) if spread else ()),
            left_over.shown(span[1]),
        )
        for point, span in zip(fit.points, left_over.spans, strict=True)
    ]
    return columns, tuple(rows)


def _titled(name: str, unit_text: str) -> str:
    said = unit(unit_text)
    return name.replace("_", " ") + (f", {said}" if said else "")


def _words(fit: Fitted) -> str:
    unseen = [point for point in fit.points if point.role == "held out"]
    seen = sum(point.role == "train" for point in fit.points)
    words = f"{fit.best.model.replace('-', ' ').capitalize()}: {seen} {'row' if seen == 1 else 'rows'} fitted"
    if unseen:
        off = [f"{number(point.predicted)} for {number(point.y)}" for point in unseen[:5]]
        words += f", {len(unseen)} held out, predicted {listed(off)}"
    return words + "."


def _axis(values: Sequence[float], start: float, stop: float) -> Axis:
    low, high = min(values), max(values)
    log = low > 0 and high / low > _WIDE
    low, high = limits(low, high, (), log)
    pad = (high / low) ** 0.06 if log else (high - low) * 0.06
    return Axis(low / pad, high * pad, start, stop, log) if log else Axis(low - pad, high + pad, start, stop)


def _ladder(up: Axis, rungs: Sequence[float], left: float, right: float) -> Iterable[str]:
    for value in rungs:
        y = up.at(value)
        yield line(f"M{px(left)} {px(y)}H{px(right)}", "rung")
        yield label(number(value), left - 8, y + 4, "end", "tick")


def _band(spans: Sequence[tuple[float, float, float]], across: Axis, up: Axis) -> list[str]:
    if all(low == high for _, low, high in spans):
        return []
    there = [(x, high) for x, _, high in spans]
    back = [(x, low) for x, low, _ in reversed(spans)]
    return [line(_path([*there, *back], across, up) + "z", "reach90")]


def _path(points: Sequence[Pair], across: Axis, up: Axis) -> str:
    return "M" + "L".join(f"{px(across.at(x))} {px(up.at(y))}" for x, y in points)


def _key(points: Sequence[FitPoint], left: float, width: float) -> Iterable[str]:
    """What the shapes of the points mean: shape and filling, so that no colour is needed."""
    x = left
    for role, word in _SEEN.items():
        if any(point.role == role for point in points):
            yield _dot(x + 6, 34, role)
            yield label(clip(word, width - x - 16), x + 18, 38, kind="tick")
            x += 18 + text_width(word) + 22


def _dot(x: float, y: float, role: str) -> str:
    match role:
        case "train":
            return element("circle", cx=x, cy=y, r=5.5, class_="dot")
        case "held out":
            return line(f"M{px(x)} {px(y - 7)}l7 7l-7 7l-7-7z", "low")
    return line(f"M{px(x - 5)} {px(y - 5)}l10 10m0-10l-10 10", "axis")
