"""The id that was probably meant."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable

CANDIDATES = 20
RAREST = 12  # pieces that few ids have tell most, and cost least to look up
LIKENESS = 0.7


class Spelling:
    """Known ids by their three-letter pieces, so that a misspelling is compared with a few of them only."""

    def __init__(self, known: Iterable[str]) -> None:
        self._holders: defaultdict[str, list[str]] = defaultdict(list)
        for name in known:
            for piece in _pieces(name):
                self._holders[piece].append(name)

    def near(self, wanted: str, most: int = 2) -> list[str]:
        """The known ids most like ``wanted``, the likest first; none when nothing is much like it."""
        holders = [self._holders[piece] for piece in sorted(_pieces(wanted)) if piece in self._holders]
        telling = sorted(holders, key=len)[:RAREST]
        shared = Counter(name for names in telling for name in names)
        candidates = [name for name, _ in shared.most_common(CANDIDATES) if name != wanted]
        return difflib.get_close_matches(wanted, candidates, n=most, cutoff=LIKENESS)


def _pieces(name: str) -> set[str]:
    framed = f"^{name}$"
    return {framed[at : at + 3] for at in range(len(framed) - 2)}
