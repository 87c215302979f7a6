"""From verdicts to standings: base scores, the gradual semantics, and the account of every claim."""

from __future__ import annotations

from kb.standing.account import Accounts, solve
from kb.standing.gradual import Strengths, strengths
from kb.standing.labels import OPEN_REASONS, OPEN_WORDS, STANDARDS, thresholds
from kb.standing.marks import Mark
from kb.standing.scores import Grounds, Score, all_grounds, all_scores, check_score
from kb.standing.snapshot import Snapshot, snapshot_of
from kb.standing.words import Solution

__all__ = [
    "OPEN_REASONS",
    "OPEN_WORDS",
    "STANDARDS",
    "Accounts",
    "Grounds",
    "Mark",
    "Score",
    "Snapshot",
    "Solution",
    "Strengths",
    "all_grounds",
    "all_scores",
    "check_score",
    "snapshot_of",
    "solve",
    "strengths",
    "thresholds",
]
