"""TeX as bibliographies use it, to plain text: accents, letters, dashes, quotes, braces."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327",
    "k": "\u0328", "d": "\u0323", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ",
    "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "S": "§", "P": "¶", "copyright": "©", "pounds": "£", "euro": "€",
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "dots": "…", "ldots": "…",
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘",
    "textquotedblleft": "“", "textquotedblright": "”", "textasciitilde": "~", "textbackslash": "\\",
    "textunderscore": "_", "slash": "/", "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX",
}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<math>\$[^$]*\$)|\\(?P<word>[A-Za-z]+)\*?(?P<space>\s*)|\\(?P<mark>[^A-Za-z])|(?P<brace>[{}])"""
    r"""|(?P<run>---?|``|''|~|!`|\?`)|(?P<blank>\s+)""",
    re.DOTALL,
)
_SPACE = re.compile(r"\s*")
_RUNS = {"---": "—", "--": "–", "``": "“", "''": "”", "~": "\u00a0", "!`": "¡", "?`": "¿"}


def plain(tex: str) -> str:
    """The text without markup: braces go, and commands that only change the type; formulas stay as written.

    Linear. White space is folded.
    """
    parts: list[str] = []
    accents: list[tuple[str, int]] = []
    depth = at = 0

    def add(text: str) -> None:
        """Accents that wait take the first letter."""
        for mark, _ in reversed(accents):
            base = {"ı": "i", "ȷ": "j"}.get(text[:1], text[:1])
            text = base + mark + text[1:]
        accents.clear()
        parts.append(text)

    while at < len(tex):
        found = _TOKEN.match(tex, at)
        if not found:
            add(tex[at])
            at += 1
            continue
        at = found.end()
        if found["math"]:
            add(found["math"])
        elif name := found["word"]:
            if name in _ACCENTS:
                accents.append((_ACCENTS[name], depth))
            elif name in _LETTERS:
                add(_LETTERS[name])
            elif found["space"] and tex[at : at + 1] not in ("{", ""):
                parts.append(" ")
        elif mark := found["mark"]:
            if mark in _ACCENTS:
                accents.append((_ACCENTS[mark], depth))
                at = _SPACE.match(tex, at).end()  # type: ignore[union-attr]
            elif mark in "\\,;:/!@ \n-":
                parts.append("" if mark in "/!@-" else " ")
            else:
                add(mark)
        elif brace := found["brace"]:
            depth += 1 if brace == "{" else -1
            if accents and depth < accents[-1][1]:
                accents.clear()
        elif found["run"]:
            add(_RUNS[found["run"]])
        else:
            add(" ")
    return unicodedata.normalize("NFC", re.sub(r"[ \t\n\r]+", " ", "".join(parts)).strip())
