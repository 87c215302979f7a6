"""Ids for what has none yet: made of words, well-formed, and not taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count

from kb.source.ids import malformed

_LONGEST = 63
_FEW = frozenset(
    "a an the of and or to is are was were be been in on at by for with that it its".split()  # noqa: SIM905
)
LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th"}
"""Letters that no decomposition takes to the Latin alphabet, and what is typed in their place."""
_PLAIN = str.maketrans(LETTERS)


def id_from(words: str, taken: Container[str], *, otherwise: str = "claim", most: int = 48) -> str:
    """An id made of a title or sentence; ``otherwise`` where it has no letter that an id can have.

    Small words go first where it would be longer than ``most`` characters, then the end. A number is added
    while the id is in ``taken``.
    """
    flat = words.casefold()
    if not flat.isascii():
        flat = unicodedata.normalize("NFKD", flat.translate(_PLAIN))
        flat = "".join(c for c in flat if not unicodedata.combining(c))
    found = re.findall(r"[a-z0-9]+", flat)
    if len("-".join(found)) > most:
        found = [word for word in found if word not in _FEW] or found
    name = _cut("-".join(found).lstrip("0123456789-"), most) if found else ""
    if not name or malformed(name):
        name = _cut(f"{otherwise}-{'-'.join(found)}".strip("-"), most)
    if name not in taken:
        return name
    for number in count(2):
        numbered = f"{name[: _LONGEST - len(str(number)) - 1]}-{number}"
        if numbered not in taken:
            return numbered
    raise AssertionError("there is always a next number")


def _cut(name: str, most: int) -> str:
    """No longer than ``most``, at a hyphen where there is one."""
    if len(name) <= most:
        return name
    head, hyphen, _ = name[: most + 1].rpartition("-")
    return (head if hyphen else name[:most]).strip("-")
