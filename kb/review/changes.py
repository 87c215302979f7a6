"""What differs between two states of a base, in terms of the argument; files and layout do not matter."""

from __future__ import annotations

from kb.review.model import Comparison, State
from kb.review.moves import moved_standings, moved_verdicts
from kb.review.written import renames, written


def compare(before: State, after: State) -> Comparison:
    """What differs from ``before`` to ``after``. Linear in the two bases."""
    renamed = renames(before.base, after.base)
    changes = written(before.base, after.base, renamed)
    verdicts = moved_verdicts(before, after, renamed)
    return Comparison(changes, verdicts, moved_standings(before, after, renamed, changes, verdicts))
