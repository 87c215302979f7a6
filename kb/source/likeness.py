"""Which texts are much like another one: the cosine of weighted runs of three letters.

Weights are those of Salton & Buckley (1988), "Term-weighting approaches in automatic text retrieval". Runs of
letters rather than words, so that "scale" and "scaling", or a misspelling, are still alike.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

_word = re.compile(r"\w+").findall
_RUN = 3


class Like(NamedTuple):
    """A text by its name, and how alike it is: from 0 (no run shared) to 1 (the same words)."""

    name: str
    likeness: float


class Texts:
    """Texts by name, for many questions; both building and asking take time linear in their length."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        counted = {name: _runs(text) for name, text in texts.items()}
        holders = Counter(run for runs in counted.values() for run in runs)
        self._number = len(texts)
        self._holders = holders
        self._by_run: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
        for name, runs in counted.items():
            for run, weight in self._weighted(runs).items():
                self._by_run[run].append((name, weight))

    def nearest(self, text: str, most: int = 3) -> list[Like]:
        """The texts most like ``text``, the likest first; those that share nothing are left out."""
        found: Counter[str] = Counter()
        for run, weight in self._weighted(_runs(text)).items():
            for name, other in self._by_run.get(run, ()):
                found[name] += weight * other  # type: ignore[assignment]
        likest = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [Like(name, min(float(likeness), 1.0)) for name, likeness in likest]

    def _weighted(self, runs: Mapping[str, int]) -> dict[str, float]:
        """Rare runs weigh more; the whole has length 1."""
        weights = {
            run: (1 + math.log(count)) * math.log1p((1 + self._number) / (1 + self._holders[run]))
            for run, count in runs.items()
        }
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values())) or 1.0
        return {run: weight / length for run, weight in weights.items()}


def _runs(text: str) -> Counter[str]:
    return Counter(
        f" {word} "[at : at + _RUN] for word in _word(text.casefold()) for at in range(len(word) + 3 - _RUN)
    )
