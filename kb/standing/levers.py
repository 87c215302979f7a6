"""All that could move one conclusion, put together: slopes, dead reasons, removals, shares of checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.model import ArgumentMap, Base, Result
from kb.standing.cone import cone
from kb.standing.gradients import Gradient, gradient
from kb.standing.removal import DeadReason, Removal, dead_reasons, nearest_relations, removals
from kb.standing.resolving import affordable, known_of
from kb.standing.shapley import Shares, TooManyChecks, shares


@dataclass(frozen=True, slots=True)
class Levers:
    """What moves a claim. ``shares`` is None where too many checks bear on it for exact values.

    ``untried`` counts the relations that lie too far off, behind too many others, to be taken out as well.
    """

    slopes: Gradient
    dead: tuple[DeadReason, ...]
    removals: tuple[Removal, ...]
    shares: Shares | None
    untried: int = 0


def levers(
    amap: ArgumentMap,
    base: Base,
    results: Mapping[str, Result],
    claim: str,
    *,
    accept_unverified: bool = False,
    use_priors: bool = False,
) -> Levers:
    """How fast and how far the middle of a claim's interval moves with all that lies behind it.

    Raises:
        KeyError: the claim is not in the map.
    """
    part = cone(amap, claim)
    known = known_of(part, base, results, accept_unverified=accept_unverified, use_priors=use_priors)
    try:
        split = shares(known, claim)
    except TooManyChecks:
        split = None
    most = affordable(known)
    near = nearest_relations(known, claim)
    without = removals(
        part,
        base,
        results,
        claim,
        only=near if len(near) <= most else near[:most],
        accept_unverified=accept_unverified,
        use_priors=use_priors,
    )
    moving = tuple(removal for removal in without if removal.after != removal.before)
    dead = dead_reasons(known, claim, most=most)
    return Levers(gradient(known, claim), dead, moving, split, max(0, len(near) - most))
