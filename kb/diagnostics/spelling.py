"""The name that was probably meant: one way to guess for all rooms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import get_close_matches

LIKENESS = 0.6
IDS_LIKENESS = 0.7  # ids are long, and many share words
CANDIDATES = 20
RAREST = 12  # pieces that few ids have tell most, and cost least to look up


def near(wanted: str, known: Iterable[str], most: int = 1) -> list[str]:
    """At most ``most`` of the known names that are much like ``wanted``, the likest first.

    Compares with each of them: for the few names of one place. ``Spelling`` is for the ids of a base.
    """
    return get_close_matches(wanted, list(known), most, LIKENESS)


def did_you_mean(wanted: str, known: Iterable[str], most: int = 1) -> str:
    """``did you mean a or b?`` for the known names that are much like ``wanted``; empty when none is."""
    return asked(near(wanted, known, most))


def asked(names: Iterable[str]) -> str:
    """``did you mean a or b?``; empty for no names."""
    said = " or ".join(names)
    return f"did you mean {said}?" if said else ""


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
        return get_close_matches(wanted, candidates, most, IDS_LIKENESS)


def _pieces(name: str) -> set[str]:
    framed = f"^{name}$"
    return {framed[at : at + 3] for at in range(len(framed) - 2)}
