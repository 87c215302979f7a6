"""What a change does to a base: two revisions of it, compared as an argument."""

from kb.review.changes import compare
from kb.review.model import Change, Comparison, Edit, Move, State, Verdicts
from kb.review.revisions import NoRevision, Revision, base_at

__all__ = [
    "Change",
    "Comparison",
    "Edit",
    "Move",
    "NoRevision",
    "Revision",
    "State",
    "Verdicts",
    "base_at",
    "compare",
]
