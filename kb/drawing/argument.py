"""A whole argument as one SVG file: cards with words and standings, and the lines between them.

It stands alone: no script, no font, nothing from elsewhere; light or dark as the system, plain on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from kb.drawing.lines import Line, Tie, lines
from kb.drawing.signs import sign
from kb.drawing.svg import clip, element, label, px, sound, text_width, wrapped
from kb.drawing.tree import WIDTH, Place, lay_out

_LIGHT = """--bg:#faf9f6;--surface:#fff;--ink:#1b1d21;--ink2:#474c55;--rule:#e1ded6;--edge:#8a8f98;
--pro:#0b62a4;--con:#b04408;--cut:#6b5900;--yes:#0b7d55;--no:#6e0f3a;--half:#5a4fcf;--ring:#5e646d;--inverse:#23262c;
--inverse-ink:#fff;"""
_DARK = """--bg:#131519;--surface:#1b1e24;--ink:#eceae5;--ink2:#bfc2c8;--rule:#2e323a;--edge:#6b717c;
--pro:#6db5f2;--con:#f59c66;--cut:#d9c26a;--yes:#7de8cf;--no:#f0679a;--half:#9e92f5;--ring:#989da7;--inverse:#e4e1da;
--inverse-ink:#15171b;"""
_STYLE = f"""
svg{{{_LIGHT}background:var(--bg);
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}}
@media (prefers-color-scheme:dark){{svg{{{_DARK}}}}}
@media print{{svg{{{_LIGHT}--bg:#fff;--ink:#000;--ink2:#222}}}}
.l{{fill:none;stroke:var(--c);stroke-width:2}}
.pro{{--c:var(--pro)}}.con{{--c:var(--con);stroke-dasharray:7 4}}.cut{{--c:var(--cut);stroke-dasharray:2 4}}
.other{{--c:var(--edge)}}.cross{{stroke-width:1.5;stroke-dasharray:1 5;stroke-linecap:round;opacity:.6}}
.dot{{fill:var(--cut);stroke:var(--bg);stroke-width:2}}.tip{{fill:var(--c);opacity:.8}}
.box{{fill:var(--surface);stroke:var(--rule)}}.bar{{fill:none;stroke:var(--c);stroke-width:4}}
.top .box{{fill:var(--inverse);stroke:var(--inverse)}}.top text{{fill:var(--inverse-ink)}}
.tag{{fill:var(--ink2);font-size:12.5px}}.ti{{fill:var(--ink);font-size:15px;font-weight:620}}
.tx{{fill:var(--ink2);font-size:13.5px}}.word{{font-size:12.5px;font-weight:620}}.key text{{fill:var(--ink2)}}
.s-yes{{--s:var(--yes)}}.s-no{{--s:var(--no)}}.s-half{{--s:var(--half)}}.s-ring{{--s:var(--ring)}}
.s-fill{{fill:var(--s)}}.s-line{{fill:none;stroke:var(--surface);stroke-width:1.8}}
.s-half .s-line,.s-ring .s-line{{stroke:var(--s);stroke-width:1.4}}.s-ring .s-line{{stroke-dasharray:2.8 2.2}}
.word.s-yes,.word.s-no,.word.s-half,.word.s-ring{{fill:var(--s)}}
"""
_PAD, _MARGIN, _KEY = 12.0, 56.0, 24.0
_TITLE, _TEXT = (15.0, 19.0, 5), (13.5, 18.0, 3)
"""Size, line height and most lines of a card's title and text."""
_INDENT, _BOLD = 34.0, 1.16
_LINES = {"pro": "supports", "con": "attacks", "cut": "undercuts a step"}
_SIGNS = {"yes": "Stands", "no": "Falls", "half": "Open", "ring": "Open, nothing decides it"}


@dataclass(slots=True, eq=False)
class Card:
    """What a card shows; ``relation`` is how it bears on the one above (pro, con, cut, need, same, thesis,
    question or top), ``tag`` the same in words, ``mark`` its standing in words with its ``glyph``."""

    title: str
    text: str = ""
    relation: str = "top"
    tag: str = ""
    glyph: str = ""
    mark: str = ""
    children: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Bond:
    """How one card bears on another; ``kb.drawing.lines.Tie`` says what the fields mean."""

    start: Card
    end: Card
    relation: str
    above: bool
    beside: Card | None = None
    joined: bool = False


@dataclass(frozen=True, slots=True)
class _Set:
    """A card with its words in lines."""

    card: Card
    place: Place
    title: list[str]
    text: list[str]


def argument(root: Card, bonds: Sequence[Bond], title: str, words: str) -> str:
    """The file. ``title`` names the picture, ``words`` says the same as it. Linear in the cards and bonds."""
    order = [root]
    for card in order:
        order.extend(card.children)
    cards = {id(card): _set(card) for card in order}
    places = {key: found.place for key, found in cards.items()}
    for card in order:
        places[id(card)].children = [places[id(child)] for child in card.children]
    width, height = lay_out(places[id(root)])
    ties = [
        Tie(
            places[id(bond.start)],
            places[id(bond.end)],
            bond.relation,
            bond.above,
            places[id(bond.beside)] if bond.beside else None,
            bond.joined,
        )
        for bond in bonds
    ]
    drawn = lines(ties)
    behind = [_line(line) for line in drawn]
    before = [
        element("circle", cx=line.hit[0], cy=line.hit[1], r=5.0, class_="dot") for line in drawn if line.hit
    ]
    inside = "".join([*behind, *map(_card, cards.values()), *before])
    whole_width = max(width + 2 * _MARGIN, 900.0)
    left = (whole_width - width) / 2
    whole_height = height + 2 * _MARGIN + _KEY
    picture = element("g", inside, transform=f"translate({px(left)} {px(_MARGIN + _KEY)})")
    size = f'width="{px(whole_width)}" height="{px(whole_height)}"'
    view = f'viewBox="0 0 {px(whole_width)} {px(whole_height)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} role="img" aria-labelledby="t d">'
    told = element("title", escape(title), id="t") + element("desc", escape(words), id="d")
    return sound(f"{head}\n{told}\n<style>{_STYLE}</style>\n{_key()}\n{picture}\n</svg>\n")


def _set(card: Card) -> _Set:
    inner = WIDTH - 2 * _PAD
    title = wrapped(card.title, inner, _TITLE[0] * _BOLD, _TITLE[2])
    text = wrapped(card.text, inner, _TEXT[0], _TEXT[2])
    head = 24.0 if card.tag or card.mark else 4.0
    height = head + len(title) * _TITLE[1] + len(text) * _TEXT[1] + 2 * 8 + (4 if text else 0)
    place = Place(height, indent=_INDENT if card.relation == "cut" else 0.0)
    return _Set(card, place, title, text)


def _card(found: _Set) -> str:
    card, place = found.card, found.place
    x, y, side = place.x, place.top, place.side
    parts = [
        element("title", escape(" — ".join(filter(None, (card.tag, card.title, card.mark))))),
        element("rect", x=x, y=y, width=WIDTH, height=place.height, rx=6.0, class_="box"),
    ]
    if place.rank > 1 or card.relation in ("pro", "con", "cut"):
        edge = x + 2 if side > 0 else x + WIDTH - 2
        kind = card.relation if card.relation in _LINES else "other"
        bar = f"M{px(edge)} {px(y + 1)}V{px(y + place.height - 1)}"
        parts.append(element("path", d=bar, class_=f"bar {kind}"))
    left, line = x + _PAD, y + 8.0
    if card.tag or card.mark:
        taken = 0.0
        if card.mark:
            mark = clip(card.mark, WIDTH / 2, 12.5 * _BOLD)
            taken = text_width(mark, 12.5 * _BOLD) + 24
            right = x + WIDTH - _PAD
            parts.append(sign(card.glyph, right - taken + 10, line + 9, 7.0))
            parts.append(label(mark, right, line + 13.5, "end", f"word s-{card.glyph}"))
        if card.tag:
            tag = clip(card.tag, WIDTH - 2 * _PAD - taken - 6, 12.5)
            parts.append(label(tag, left, line + 13.5, kind="tag"))
        line += 20
    for words, (_, high, _most), kind in ((found.title, _TITLE, "ti"), (found.text, _TEXT, "tx")):
        line += 4 if kind == "tx" and words else 0
        for part in words:
            line += high
            parts.append(label(part, left, line - 3, kind=kind))
    top = " top" if card.relation in ("top", "question") else ""
    return element("g", "".join(parts), class_=f"card{top}")


def _line(line: Line) -> str:
    relation = line.tie.relation if line.tie.relation in _LINES else "other"
    kind = f"l {relation}" if line.tie.above else f"l {relation} cross"
    drawn = element("path", d=line.path, class_=kind)
    if line.tip is None:
        return drawn
    x, y, away = line.tip
    head = f"M{px(x + away * 2)} {px(y)}L{px(x - away * 8)} {px(y - 5)}V{px(y + 5)}z"
    return drawn + element("path", d=head, class_=f"tip {relation}")


def _key() -> str:
    """What the lines and signs mean."""
    parts: list[str] = []
    x, y = _MARGIN, 30.0
    for name, word in _LINES.items():
        parts.append(element("path", d=f"M{px(x)} {px(y)}h34", class_=f"l {name}"))
        if name == "cut":
            parts.append(element("circle", cx=x + 34, cy=y, r=5.0, class_="dot"))
        parts.append(label(word, x + 44, y + 4.5, kind="tag"))
        x += 68 + text_width(word, 12.5)
    for name, word in _SIGNS.items():
        parts.append(sign(name, x + 8, y, 7.0))
        parts.append(label(word, x + 22, y + 4.5, kind="tag"))
        x += 44 + text_width(word, 12.5)
    return element("g", "".join(parts), class_="key")
