"""Places in a text for people: the line of an offset, and the passages that are most like some words."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, deque
from typing import NamedTuple

from kb.source.norm import Text, normalise

_LEAST = 0.4


class Passage(NamedTuple):
    """A part of the normalised text; ``share`` is the weight of the words sought that it has, 0 to 1."""

    start: int
    end: int
    share: float


def line_starts(raw: str) -> list[int]:
    """For each line of a text, the offset in the normalised text at which its words begin.

    White space folds line by line as it does as a whole, so the lengths of the normalised lines add up.
    """
    starts, at = [], 0
    for line in raw.split("\n"):
        starts.append(at)
        length = len(normalise(line))
        at += length + 1 if length else 0
    return starts


def line_of(starts: list[int], offset: int) -> int:
    """The line, from 1, of an offset in the normalised text."""
    return bisect_right(starts, offset)


def nearest(text: Text, wanted: str, most: int = 3) -> list[Passage]:
    """Passages with most of the wanted words in as many words, the likest first; they do not overlap.

    A word weighs by its information, log(1 + N/n) for n of the N words of the text; one that the text has
    not weighs like one that it has once. One pass over the text.
    """
    sought = [word.casefold() for word in Text(wanted).tokens]
    size = len(sought)
    known = frozenset(sought)
    there = [(at, word) for at, token in enumerate(text.tokens) if (word := token.casefold()) in known]
    counts = Counter(word for _, word in there)
    number = len(text.tokens)
    weights = {word: math.log1p(number / max(counts[word], 1)) for word in sought}
    whole = math.fsum(weights.values())
    inside: Counter[str] = Counter()
    window: deque[tuple[int, str]] = deque()
    score, scored = 0.0, []
    for at, word in there:
        window.append((at, word))
        score += 0 if inside[word] else weights[word]
        inside[word] += 1
        while window[0][0] <= at - size:
            _, gone = window.popleft()
            inside[gone] -= 1
            score -= 0 if inside[gone] else weights[gone]
        if score >= _LEAST * whole:
            scored.append((-score, window[0][0], at))
    found: list[Passage] = []
    for lost, first, last in sorted(scored):
        start, end = text.words[first][0], text.words[last][1]
        if all(end <= other.start or start >= other.end for other in found):
            found.append(Passage(start, end, min(-lost / whole, 1.0)))
        if len(found) == most:
            break
    return found
