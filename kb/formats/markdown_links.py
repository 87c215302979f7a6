"""The links of a Markdown text, and the text without them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAGE = re.compile(r"(?:https?|ftp)://[^\s/]\S*\Z")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_TARGET = re.compile(r"""\(\s*<?([^\s<>]*?)>?(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\s*\)""")
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    address: str

    @property
    def sound(self) -> bool:
        """Whether it leads to a page."""
        return _PAGE.match(self.address) is not None

    @property
    def title(self) -> str:
        """What the source may be called: words that were linked, unless they say nothing by themselves."""
        return self.words if any(c.isalpha() for c in self.words) else self.address


def linked(text: str) -> tuple[str, list[Link]]:
    """The text with the words of its links in their place and escapes undone, and the links in order.

    Brackets within the words, and parentheses within an address, must pair. Linear in the text.
    """
    parts: list[str] = []
    opened: list[int] = []
    links: list[Link] = []
    closed = _pairs(text)
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and (escape := _ESCAPED.match(text, at)):
            parts.append(escape[1])
            at = escape.end()
            continue
        if char == "[":
            opened.append(len(parts))
        elif char == "]" and opened:
            start = opened.pop()
            end = closed.get(at + 1, 0)
            if at < end < at + _LONGEST and (target := _TARGET.fullmatch(text, at + 1, end)):
                words = "".join(parts[start + 1 :])
                links.append(Link(" ".join(words.split()), _ESCAPED.sub(r"\1", target[1])))
                image = start > 0 and parts[start - 1] == "!"
                parts[start - image :] = [words]
                opened.clear()
                at = end
                continue
        parts.append(char)
        at += 1
    return "".join(parts), links


def _pairs(text: str) -> dict[int, int]:
    """Where each parenthesis that opens is closed in its line, one further."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for sign in re.finditer(r"[()\n]", text):
        if sign[0] == "(":
            opened.append(sign.start())
        elif sign[0] == "\n":
            opened.clear()
        elif opened:
            found[opened.pop()] = sign.end()
    return found
