"""Quote pins: find quoted words again without storing them.

A pin (``kb.model.Quote``) holds where the words stood, their SHA-256 and a 32-bit hash of each
three-word run, all over the text in norm 1 (``kb.source.norm``). ``find`` needs no network and no copy
of the quote: the hashed runs lead to the few places where the words may start, and the SHA-256
decides. When no place matches, the passage that shares most runs with the pin is the likeliest rewording.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.model import Quote
from kb.source.norm import NORM, RUN, Text, encode, normalise, shingles, splits_word

__all__ = ["Found", "PinError", "Text", "find", "find_all", "normalise", "pin", "places", "short", "to_yaml"]

Places = Mapping[int, Sequence[int]]
"""For each shingle the numbers of the words at which it begins, ascending."""


class PinError(ValueError):
    """The words to pin are absent, ambiguous, empty or begin inside a word; the message says which."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a pin: its words' place now, or the nearest passage.

    ``share`` is the part of the pin's three-word runs that the passage has: 1 for found and moved words.
    A stale pin without any like passage has share 0 and ``start == end == 0``.
    """

    status: Literal["found", "moved", "stale"]
    start: int
    end: int
    share: float


def pin(text: str | Text, quoted: str, *, near: int | None = None) -> Quote:
    """Pin ``quoted`` where it stands in ``text``; ``near`` is an offset in the normalised text.

    Raises ``PinError`` when the words are empty, absent, begin or end inside a word, or stand in several
    places and no ``near`` picks one.
    """
    text = _prepared(text)
    wanted = normalise(quoted)
    if not wanted:
        raise PinError("there are no words to pin")
    starts = places(text, wanted)
    if not starts and wanted not in text.norm:
        raise PinError(f"the text does not hold the words {short(wanted)}")
    if not starts:
        raise PinError(f"{short(wanted)} begins or ends inside a word; quote whole words")
    if near is None and len(starts) > 1:
        named = ", ".join(map(str, starts[:5])) + (", …" if len(starts) > 5 else "")
        raise PinError(f"{short(wanted)} stands at {len(starts)} places ({named}); say near which")
    start = starts[0] if near is None else min(starts, key=lambda place: abs(place - near))
    return Quote(start, start + len(wanted), _sha256(wanted), shingles=shingles(wanted), norm=NORM)


def places(text: Text, wanted: str) -> list[int]:
    """Every offset at which normalised words stand in a text, whole words only."""
    return [
        start
        for start in _occurrences(text.norm, wanted)
        if not splits_word(text.norm, start) and not splits_word(text.norm, start + len(wanted))
    ]


def find(quote: Quote, text: str | Text) -> Found:
    """Where the pinned words are now: at their place, elsewhere (the place nearest the old one), or gone.

    A pin of fewer than three words has no shingles, so each word start is tried. Raises ``ValueError`` for a
    pin of another norm.
    """
    return find_all((quote,), text)[0]


def find_all(quotes: Sequence[Quote], text: str | Text) -> list[Found]:
    """``find`` for many pins of one text, in a few passes over it however many they are.

    A text whose pins are all at their places is not even taken apart into words.
    """
    for quote in quotes:
        if quote.norm != NORM:
            raise ValueError(f"the pin uses norm {quote.norm}; this version of kb knows norm {NORM}")
    text = _prepared(text)
    lost = [quote for quote in quotes if not _matches(quote, text.norm, quote.start)]
    begun = text.places({run for quote in lost for run in quote.shingles}) if lost else {}
    brief = _brief([quote for quote in lost if not quote.shingles], text)
    absent = {id(quote) for quote in lost}
    return [
        _elsewhere(quote, text, begun, brief)
        if id(quote) in absent
        else Found("found", quote.start, quote.end, 1.0)
        for quote in quotes
    ]


def to_yaml(quote: Quote) -> dict[str, object]:
    """The pin as it stands under ``quote:`` in a claim's file."""
    return {
        "norm": quote.norm,
        "start": quote.start,
        "end": quote.end,
        "sha256": quote.sha256,
        "shingles": list(quote.shingles),
    }


def short(words: str, most: int = 60) -> str:
    """Words in quotation marks, cut where they are many."""
    return f"“{words}”" if len(words) <= most else f"“{words[: most - 1]}…”"


def _elsewhere(quote: Quote, text: Text, begun: Places, brief: _Brief) -> Found:
    if quote.shingles:
        starts = [start for start in _candidates(quote, text, begun) if _matches(quote, text.norm, start)]
    else:
        starts = brief[quote.end - quote.start, quote.sha256]
    if starts:
        start = min(starts, key=lambda place: (abs(place - quote.start), place))
        return Found("moved", start, start + quote.end - quote.start, 1.0)
    return _nearest(quote, text, begun)


def _prepared(text: str | Text) -> Text:
    return Text.of(text) if isinstance(text, str) else text


def _sha256(text: str) -> str:
    return hashlib.sha256(encode(text)).hexdigest()


def _occurrences(norm: str, wanted: str) -> Iterator[int]:
    start = norm.find(wanted)
    while start >= 0:
        yield start
        start = norm.find(wanted, start + 1)


def _matches(quote: Quote, norm: str, start: int) -> bool:
    end = start + quote.end - quote.start
    return 0 <= start < end <= len(norm) and _sha256(norm[start:end]) == quote.sha256


def _candidates(quote: Quote, text: Text, begun: Places) -> Iterator[int]:
    """Every offset outside a word at which the pinned words may begin: their first and last run must fit."""
    last = len(quote.shingles) - 1
    ends = set(begun.get(quote.shingles[-1], ()))
    for word in begun.get(quote.shingles[0], ()):
        if word + last in ends:
            yield from _gap(text, word)


def _gap(text: Text, word: int) -> range:
    """Where words may begin that go on with that one: opening punctuation belongs to no word."""
    return range(text.words[word - 1][1] if word else 0, text.words[word][0] + 1)


_Brief = Mapping[tuple[int, str], list[int]]
"""For the length and SHA-256 of quotes without shingles: the offsets at which they stand."""


def _brief(quotes: Sequence[Quote], text: Text) -> _Brief:
    """One pass over the text for each length that occurs, since nothing leads to so few words."""
    found: dict[tuple[int, str], list[int]] = {(q.end - q.start, q.sha256): [] for q in quotes}
    lengths = sorted({length for length, _ in found if 0 < length <= len(text.norm)})
    if not lengths:
        return found
    norm, inside = text.norm, text.inside
    gaps = [_gap(text, word) for word in range(len(text.words))]
    gaps.append(range(text.words[-1][1] if text.words else 0, len(norm)))
    starts = [start for gap in gaps for start in gap if norm[start] != " "]
    for length in lengths:
        last = len(norm) - length
        for start in starts:
            # Hashing costs most: normalised words neither end inside a word nor behind a space.
            if start <= last and not inside[start + length] and norm[start + length - 1] != " ":
                at = found.get((length, _sha256(norm[start : start + length])))
                if at is not None:
                    at.append(start)
    return found


def _nearest(quote: Quote, text: Text, begun: Places) -> Found:
    """The passage that holds most of the quote's runs in as many words; the nearest to its place if tied.

    Only places of the quote's runs are looked at: a run enters the window as others leave it.
    """
    wanted = frozenset(quote.shingles)
    hits = sorted((word, run) for run in wanted for word in begun.get(run, ()))
    inside: Counter[int] = Counter()
    window: deque[tuple[int, int]] = deque()
    best, kept = (0, 0), (0, 0)
    for word, run in hits:
        window.append((word, run))
        inside[run] += 1
        while window[0][0] <= word - len(quote.shingles):
            _, gone = window.popleft()
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        first = window[0][0]
        score = (len(inside), -abs(text.words[first][0] - quote.start))
        if not best[0] or score > best:
            best, kept = score, (first, word)
    if not best[0]:
        return Found("stale", 0, 0, 0.0)
    first, last = _passage(quote, text, *kept)
    return Found("stale", text.words[first][0], text.words[last][1], best[0] / len(wanted))


def _passage(quote: Quote, text: Text, first: int, last: int) -> tuple[int, int]:
    """First and last word of what the quote has become, given its first and last run in the window.

    The runs that are still there say how many words of the quote stood before and after them.
    """
    before = quote.shingles.index(text.runs[first])
    after = quote.shingles[::-1].index(text.runs[last])
    return max(first - before, 0), min(last + RUN - 1 + after, len(text.words) - 1)
