"""Norm 1: a text as quote pins see it, its words, and the hashes of its three-word runs.

Norm 1 is the text after Unicode NFKC with quotation marks folded to ``'`` and ``"``, dashes to ``-``, soft
hyphens and zero-width spaces removed, white space folded to single spaces and stripped; case is kept.
All offsets count characters of that text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

NORM = 1
RUN = 3  # words in a shingle

_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u00b4\uff07"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\uff02"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_NOTHING = "\u00ad\u200b\u2060\ufeff"
_FOLD = str.maketrans(
    dict.fromkeys(_SINGLE, "'")
    | dict.fromkeys(_DOUBLE, '"')
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_NOTHING, "")
)
# Scripts written without spaces have no words that white space could show: there a character is a word.
_SPACELESS = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+")


@dataclass(frozen=True)
class Text:
    """A normalised text with its words and their hashes, worked out once however many pins are sought."""

    norm: str

    @staticmethod
    def of(raw: str) -> Text:
        return Text(normalise(raw))

    @cached_property
    def words(self) -> list[tuple[int, int]]:
        """Start and end of each word."""
        return [word.span() for word in _WORD.finditer(self.norm)]

    @cached_property
    def tokens(self) -> list[str]:
        """The words themselves."""
        return _WORD.findall(self.norm)

    @cached_property
    def inside(self) -> bytearray:
        """For each offset, the end's too, whether it parts the characters of a word."""
        found = bytearray(len(self.norm) + 1)
        for start, end in self.words:
            found[start + 1 : end] = b"\1" * (end - start - 1)
        return found

    @cached_property
    def runs(self) -> tuple[int, ...]:
        """The shingle that begins at each word but the last two."""
        return shingles(self.norm)

    def places(self, wanted: Collection[int]) -> dict[int, list[int]]:
        """For each of the wanted shingles the numbers of the words at which it begins, ascending."""
        found: dict[int, list[int]] = {run: [] for run in wanted}
        if found:
            for word, run in enumerate(self.runs):
                if run in found:
                    found[run].append(word)
        return found


def normalise(text: str) -> str:
    """The text in norm 1. Idempotent."""
    # Folded on both sides: NFKC would split an acute accent into a space and a mark, and makes new dashes.
    folded = unicodedata.normalize("NFKC", text.translate(_FOLD)).translate(_FOLD)
    return " ".join(folded.split())


def shingles(norm: str) -> tuple[int, ...]:
    """First four bytes of the SHA-256 of every three-word run, case folded, without punctuation.

    Broder, "On the resemblance and containment of documents", 1997.
    """
    words = [word.casefold() for word in _WORD.findall(norm)]
    runs = zip(words, words[1:], words[2:], strict=False)
    return tuple(int.from_bytes(hashlib.sha256(encode(" ".join(run))).digest()[:4], "big") for run in runs)


def encode(text: str) -> bytes:
    """UTF-8, also for the lone surrogates that a damaged text may hold."""
    return text.encode("utf-8", "surrogatepass")


def splits_word(norm: str, at: int) -> bool:
    """Whether the gap before character ``at`` lies inside a word."""
    if not 0 < at < len(norm):
        return False
    word = _WORD.match(norm, at - 1)
    return word is not None and word.end() > at
