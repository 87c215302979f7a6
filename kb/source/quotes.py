"""Quote pins: find quoted words again without storing them.

A pin (``kb.model.Quote``) holds where the words stood, their SHA-256 and a 32-bit hash of each
three-word run, all over the text in norm 1 (``kb.source.norm``). ``find`` needs no network and no copy
of the quote: the hashed runs lead to the few places where the words may start, and the SHA-256
decides. When no place matches, the passage that shares most runs with the pin is the likeliest rewording.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb.model import Base, Quote
from kb.source.norm import NORM, RUN, Text, encode, normalise, shingles, splits_word

__all__ = ["Found", "PinError", "Text", "Verification", "find", "normalise", "pin", "to_yaml", "verify"]

TEXT_ENDINGS = (".txt", ".md")
LIKENESS = 0.5  # the share from which a text with none of a source's words still passes for its text


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


@dataclass(frozen=True, slots=True)
class Verification:
    """One pin of a base against the texts at hand.

    ``index`` is the position in the claim's ``evidence``, ``text`` the file searched (relative to the folder,
    empty when none fits), ``start``, ``end`` and ``share`` as in ``Found``. ``passage`` shows the nearest
    words when the pin is stale.
    """

    claim: str
    index: int
    source: str
    file: str
    status: Literal["found", "moved", "stale", "no text"]
    says: str
    text: str = ""
    start: int = 0
    end: int = 0
    share: float = 0.0
    passage: str = ""


def pin(text: str | Text, quoted: str, *, near: int | None = None) -> Quote:
    """Pin ``quoted`` where it stands in ``text``; ``near`` is an offset in the normalised text.

    Raises ``PinError`` when the words are empty, absent, begin or end inside a word, or stand in several
    places and no ``near`` picks one.
    """
    text = _prepared(text)
    wanted = normalise(quoted)
    if not wanted:
        raise PinError("there are no words to pin")
    starts = list(_occurrences(text.norm, wanted))
    if not starts:
        raise PinError(f"the text does not hold the words {_short(wanted)}")
    starts = [
        start
        for start in starts
        if not splits_word(text.norm, start) and not splits_word(text.norm, start + len(wanted))
    ]
    if not starts:
        raise PinError(f"{_short(wanted)} begins or ends inside a word; quote whole words")
    if near is None and len(starts) > 1:
        places = ", ".join(map(str, starts[:5])) + (", …" if len(starts) > 5 else "")
        raise PinError(f"{_short(wanted)} stands at {len(starts)} places ({places}); say near which")
    start = starts[0] if near is None else min(starts, key=lambda place: abs(place - near))
    return Quote(start, start + len(wanted), _sha256(wanted), shingles=shingles(wanted), norm=NORM)


def find(quote: Quote, text: str | Text) -> Found:
    """Where the pinned words are now: at their place, elsewhere (the place nearest the old one), or gone.

    A pin of fewer than three words has no shingles, so each word start is tried. Raises ``ValueError`` for a
    pin of another norm.
    """
    if quote.norm != NORM:
        raise ValueError(f"the pin uses norm {quote.norm}; this version of kb knows norm {NORM}")
    text = _prepared(text)
    if _matches(quote, text.norm, quote.start):
        return Found("found", quote.start, quote.end, 1.0)
    starts = [start for start in _candidates(quote, text) if _matches(quote, text.norm, start)]
    if starts:
        start = min(starts, key=lambda place: (abs(place - quote.start), place))
        return Found("moved", start, start + quote.end - quote.start, 1.0)
    return _nearest(quote, text)


def to_yaml(quote: Quote) -> dict[str, object]:
    """The pin as it stands under ``quote:`` in a claim's file."""
    return {
        "norm": quote.norm,
        "start": quote.start,
        "end": quote.end,
        "sha256": quote.sha256,
        "shingles": list(quote.shingles),
    }


def verify(base: Base, texts_dir: Path) -> list[Verification]:
    """Look for every pin of ``base`` in the .txt and .md files under ``texts_dir``, in claim order.

    A source's text is the file that bears its id (``<source-id>.txt``), else the one that holds most of the
    source's pinned words. Files that are not UTF-8 are read with replacement characters. Raises
    ``OSError`` when a file cannot be read.
    """
    texts = {
        path.relative_to(texts_dir).as_posix(): Text.of(path.read_text("utf-8", errors="replace"))
        for path in sorted(texts_dir.rglob("*"))
        if path.suffix.lower() in TEXT_ENDINGS and path.is_file()
    }
    pins: dict[str, list[Quote]] = {}
    for claim in base.claims.values():
        for evidence in claim.evidence:
            if evidence.quote is not None and evidence.quote.norm == NORM:
                pins.setdefault(evidence.source, []).append(evidence.quote)
    chosen = {source: _text_of(source, quotes, texts) for source, quotes in pins.items()}
    return [
        _verification(claim.id, index, evidence.source, claim.file, evidence.quote, texts, chosen)
        for claim in base.claims.values()
        for index, evidence in enumerate(claim.evidence)
        if evidence.quote is not None
    ]


def _text_of(source: str, quotes: Sequence[Quote], texts: Mapping[str, Text]) -> str:
    """The name of the source's text, or nothing when no text is like it."""
    for name in texts:
        if Path(name).stem == source:
            return name
    best, chosen = 0.0, ""
    for name, text in texts.items():
        found = [find(quote, text) for quote in quotes]
        score = sum(each.share for each in found)
        if score > best and any(each.share >= LIKENESS for each in found):
            best, chosen = score, name
    return chosen


def _verification(
    claim: str,
    index: int,
    source: str,
    file: str,
    quote: Quote,
    texts: Mapping[str, Text],
    chosen: Mapping[str, str],
) -> Verification:
    if quote.norm != NORM:
        says = f"the pin uses norm {quote.norm}; this version of kb knows norm {NORM}"
        return Verification(claim, index, source, file, "no text", says)
    name = chosen[source]
    if not name:
        says = f"no text for {source}: none is called {source}.txt and none holds its pinned words"
        return Verification(claim, index, source, file, "no text", says)
    found = find(quote, texts[name])
    passage = ""
    match found.status:
        case "found":
            says = f"found in {name} at its place"
        case "moved":
            shift = found.start - quote.start
            says = f"moved {abs(shift):,} characters {'further on' if shift > 0 else 'back'} in {name}"
        case "stale" if found.share:
            passage = texts[name].norm[found.start : found.end]
            says = (
                f"stale: no longer in {name}; the nearest passage shares {found.share:.0%} of its runs "
                f"(at {found.start}): {_short(passage, 200)}"
            )
        case _:
            says = f"stale: no longer in {name}, and no passage there shares three words in a row with it"
    return Verification(
        claim, index, source, file, found.status, says, name, found.start, found.end, found.share, passage
    )


def _prepared(text: str | Text) -> Text:
    return Text.of(text) if isinstance(text, str) else text


def _sha256(text: str) -> str:
    return hashlib.sha256(encode(text)).hexdigest()


def _short(words: str, most: int = 60) -> str:
    return f"“{words}”" if len(words) <= most else f"“{words[: most - 1]}…”"


def _occurrences(norm: str, wanted: str) -> Iterator[int]:
    start = norm.find(wanted)
    while start >= 0:
        yield start
        start = norm.find(wanted, start + 1)


def _matches(quote: Quote, norm: str, start: int) -> bool:
    end = start + quote.end - quote.start
    return 0 <= start < end <= len(norm) and _sha256(norm[start:end]) == quote.sha256


def _candidates(quote: Quote, text: Text) -> Iterator[int]:
    """Every offset outside a word at which the pinned words may begin: their first and last run must fit."""
    last = len(quote.shingles) - 1
    if quote.shingles:
        firsts: Sequence[int] = [
            word
            for word in text.places.get(quote.shingles[0], ())
            if word + last < len(text.runs) and text.runs[word + last] == quote.shingles[-1]
        ]
    else:
        firsts = range(len(text.words))
    for word in firsts:
        # Opening punctuation belongs to the quote but to no word, so it may begin anywhere in this gap.
        gap = text.words[word - 1][1] if word else 0
        yield from range(gap, text.words[word][0] + 1)
    if not quote.shingles:
        yield from range(text.words[-1][1] if text.words else 0, len(text.norm))


def _nearest(quote: Quote, text: Text) -> Found:
    """The passage that holds most of the quote's runs in as many words; the nearest to its place if tied.

    One pass over the text: a run enters the window as another leaves it.
    """
    wanted = frozenset(quote.shingles)
    size = len(quote.shingles)
    inside: Counter[int] = Counter()
    best, window = 0, 0
    for right, run in enumerate(text.runs):
        left = right - size + 1
        if run in wanted:
            inside[run] += 1
        if left > 0 and (gone := text.runs[left - 1]) in wanted:
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        at = max(left, 0)
        closer = abs(text.words[at][0] - quote.start) < abs(text.words[window][0] - quote.start)
        if len(inside) > best or (best and len(inside) == best and closer):
            best, window = len(inside), at
    if not best:
        return Found("stale", 0, 0, 0.0)
    first, last = _passage(quote, text, window)
    return Found("stale", text.words[first][0], text.words[last][1], best / len(wanted))


def _passage(quote: Quote, text: Text, window: int) -> tuple[int, int]:
    """First and last word of what the quote has become, given the window with most of its runs.

    The runs that are still there say how many words of the quote stood before and after them.
    """
    size = len(quote.shingles)
    kept = [
        word
        for word in range(window, min(window + size, len(text.runs)))
        if text.runs[word] in quote.shingles
    ]
    before = quote.shingles.index(text.runs[kept[0]])
    after = quote.shingles[::-1].index(text.runs[kept[-1]])
    return max(kept[0] - before, 0), min(kept[-1] + RUN - 1 + after, len(text.words) - 1)
