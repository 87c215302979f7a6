"""What would change where a thesis stands, as far as the pages tell: worked out within a budget.

The budget is counted in claims solved, never in seconds, so that every machine comes to the same pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kb.model import ArgumentMap, Base, Interval, Question, Result, Standing, Verdict
from kb.standing.cruxes import Cruxes, cruxes
from kb.standing.gradients import gradient
from kb.standing.removal import Removal, removals
from kb.standing.resolving import Known, bearing_checks, known_of, resolve
from kb.standing.supposing import supposed
from kb.standing.worth import Worth, worth_checking

MOST_BEHIND = 400
"""Claims behind a thesis, above which nothing is worked out for it."""
TOTAL, EACH = 400_000, 25_000
"""Claims solved for each part of the outlooks of all theses together, and of one thesis."""
MOVED = 0.005
"""A strength that moves by less reads the same."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a thesis would be if a check came to a verdict."""

    verdict: Verdict
    standing: Standing
    strength: Interval


@dataclass(frozen=True, slots=True)
class Move:
    """What one check can do: how fast the thesis moves with its score, and where other verdicts lead."""

    check: str
    slope: float
    turns: tuple[Turn, ...]
    reach: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What a thesis is under another choice of method; fields as in ``kb.standing.robustness``."""

    kind: str
    title: str
    standing: Standing
    strength: Interval


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would change where a thesis stands.

    ``behind`` counts the claims on which it rests. ``cruxes`` is None where there are too many of them;
    ``wider`` are those among open claims as well, searched where checks alone flip nothing. ``flipping``
    are the relations without which it would have another label. ``robust`` says, and ``judged`` lists, what
    other ways to compute standings make of it. ``partly``: some of it would have taken too long and was
    left out.
    """

    thesis: str
    behind: int
    cruxes: Cruxes | None = None
    wider: Cruxes | None = None
    moves: tuple[Move, ...] = ()
    robust: str = ""
    judged: tuple[Judged, ...] = ()
    worth: tuple[Worth, ...] = ()
    flipping: tuple[Removal, ...] = ()
    partly: bool = False


def outlook(
    part: ArgumentMap,
    base: Base,
    results: Mapping[str, Result],
    thesis: str,
    budget: int,
    *,
    accept_unverified: bool = False,
) -> Outlook:
    """The outlook of a thesis whose cone is ``part``; each kind of question solves ``budget`` claims at most.

    Raises:
        KeyError: the thesis is not in the map.
    """
    from kb.standing.robustness import robustness

    size = len(part.claims)
    solves = max(1, budget // size)
    known = known_of(part, base, results, accept_unverified=accept_unverified)
    found = Outlook(thesis, size, cruxes=cruxes(known, thesis, budget=solves))
    if found.cruxes and not found.cruxes.found:
        found = replace(found, wider=cruxes(known, thesis, claims=True, budget=solves))
    # Other theses behind this one are no matter here.
    alone = replace(base, config=replace(base.config, questions=(Question("", "", (thesis,)),)))
    (robust,) = robustness(part, alone, results, accept_unverified=accept_unverified).theses
    checks = bearing_checks(known, known.snap.number[thesis])
    relations = len(part.steps) + len(part.undercuts) + len(part.bearings)
    few_checks = 2 * len(checks) <= solves
    few_open = 2 * (len(checks) + size) <= solves
    few_relations = relations <= solves
    return replace(
        found,
        robust=replace(robust, name="It").words,
        judged=tuple(
            Judged(other.choice.kind, other.choice.title, other.standing, other.strength)
            for other in robust.outcomes
        ),
        moves=_moves(known, thesis, checks) if few_checks else (),
        worth=worth_checking(known, [thesis]) if few_open else (),
        flipping=_flipping(part, base, results, thesis, accept_unverified) if few_relations else (),
        partly=not (few_checks and few_open and few_relations),
    )


def _flipping(
    part: ArgumentMap, base: Base, results: Mapping[str, Result], thesis: str, accept_unverified: bool
) -> tuple[Removal, ...]:
    tried = removals(part, base, results, thesis, accept_unverified=accept_unverified)
    return tuple(removal for removal in tried if removal.standing_after is not removal.standing_before)


def _moves(known: Known, thesis: str, checks: tuple[str, ...]) -> tuple[Move, ...]:
    """The checks that can move a thesis, those that can move it furthest first."""
    target = known.snap.number[thesis]
    slopes = gradient(known, thesis)
    before = known.interval(target)
    found = []
    for check in checks:
        score = known.scores[known.bearings[check][0]]
        turns = []
        reach = 0.0
        for verdict in (Verdict.HOLDS, Verdict.FAILS):
            if verdict is score.verdict and not score.provisional:
                continue
            after = resolve(known, {check: supposed(known.base.checks[check], verdict, known.base)})
            strength = after.interval(target)
            reach = max(reach, abs(strength[0] - before[0]), abs(strength[1] - before[1]))
            turns.append(Turn(verdict, after.standing(target), strength))
        if reach >= MOVED:
            found.append(Move(check, slopes.check(check), tuple(turns), reach))
    return tuple(sorted(found, key=lambda move: (-move.reach, move.check)))
