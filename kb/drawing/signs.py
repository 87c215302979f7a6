"""How a standing is shown: a glyph and a word, so that colour never stands alone."""

from __future__ import annotations

import math
from typing import Any

from kb.drawing.svg import element, px
from kb.model import Account, Standing
from kb.standing import OPEN_WORDS, Mark

_EMPTY_HANDED = ("not run", "no evidence")


def standing(mark: Mark | Account | None) -> dict[str, Any]:
    """Glyph, word and reason of a standing; a claim that is not in the map is not weighed.

    Glyphs are yes (a disc with a tick), no (an octagon with a cross), half (a half-filled diamond) and ring
    (a dashed ring).
    """
    if mark is None:
        return {"glyph": "ring", "word": "Not weighed", "reason": ""}
    if mark.standing is Standing.STANDS:
        return {
            "glyph": "yes",
            "word": "Stands",
            "reason": "" if mark.contested or mark.decided else "uncontested",
        }
    if mark.standing is Standing.FALLS:
        return {"glyph": "no", "word": "Falls", "reason": ""}
    reason = mark.open_reason
    glyph = "ring" if not reason or reason.startswith(_EMPTY_HANDED) else "half"
    return {"glyph": glyph, "word": "Open", "reason": OPEN_WORDS.get(reason, reason)}


def sign(glyph: str, x: float, y: float, r: float) -> str:
    """A glyph of radius ``r`` px around a place, as SVG with the classes ``s-fill`` and ``s-line``."""
    fill, line = _paths(glyph, x, y, r)
    parts = [element("path", d=fill, class_="s-fill")] if fill else []
    return element("g", "".join([*parts, element("path", d=line, class_="s-line")]), class_=f"s s-{glyph}")


def _paths(glyph: str, x: float, y: float, r: float) -> tuple[str, str]:
    def path(*points: tuple[float, float]) -> str:
        return "M" + "L".join(f"{px(x + dx * r)} {px(y + dy * r)}" for dx, dy in points)

    disc = f"M{px(x - r)} {px(y)}a{px(r)} {px(r)} 0 1 0 {px(2 * r)} 0a{px(r)} {px(r)} 0 1 0 {px(-2 * r)} 0z"
    if glyph == "yes":
        return disc, path((-0.45, 0), (-0.1, 0.36), (0.5, -0.36))
    if glyph == "no":
        corners = [math.pi / 8 + i * math.pi / 4 for i in range(8)]
        octagon = path(*((math.cos(angle), math.sin(angle)) for angle in corners)) + "z"
        return octagon, path((-0.4, -0.4), (0.4, 0.4)) + path((0.4, -0.4), (-0.4, 0.4))
    if glyph == "half":
        return path((0, -1), (-1, 0), (0, 1)) + "z", path((0, -1), (1, 0), (0, 1), (-1, 0)) + "z"
    return "", disc
