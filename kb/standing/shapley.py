"""How much of a standing is owed to each check: Shapley values, exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import factorial, fsum

from kb.standing.resolving import Known, bearing_checks, effort, resolve

MOST = 12
"""At most so many checks: 2**12 maps are solved."""
MOST_WORK = 5_000_000
"""And at most so many claims computed, where many are behind few checks."""


class TooManyChecks(ValueError):
    """More checks bear on the claim than exact values can be computed for."""


@dataclass(frozen=True, slots=True)
class Shares:
    """The Shapley value of each check, in strength; they add up to ``with_all`` − ``with_none``.

    ``with_all`` is the middle of the claim's interval as it is, ``with_none`` the one if none had run.
    """

    claim: str
    values: Mapping[str, float]
    with_all: float
    with_none: float


def shares(known: Known, claim: str) -> Shares:
    """Each check's average effect on the middle of a claim's interval, over all orders of running them.

    Players are the checks that ran and may bear on the claim; a check outside a coalition has not run.
    Shapley, *A Value for n-Person Games* (1953). Largest first.

    Raises:
        KeyError: the claim is not in the map.
        TooManyChecks: more than ``MOST`` checks bear on it.
    """
    snap = known.snap
    target = snap.number[snap.amap.alias.get(claim, claim)]
    players = [check for check in bearing_checks(known, target) if known.scores[known.bearings[check][0]].ran]
    n = len(players)
    if n > MOST or 2**n * effort(known) > MOST_WORK:
        raise TooManyChecks(
            f"{n} checks and {len(snap.ids)} claims lie behind {claim!r}: too many for exact shares, "
            f"which take 2**{n} solutions (at most {MOST} checks)"
        )
    middles = _middles(known, target, players)
    weight = [factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)]
    values = {
        player: fsum(
            weight[coalition.bit_count()] * (middles[coalition | 1 << i] - middles[coalition])
            for coalition in range(2**n)
            if not coalition >> i & 1
        )
        for i, player in enumerate(players)
    }
    ranked = dict(sorted(values.items(), key=lambda item: (-abs(item[1]), item[0])))
    return Shares(snap.ids[target], ranked, middles[-1], middles[0])


def _middles(known: Known, target: int, players: Sequence[str]) -> list[float]:
    """The claim's middle by coalition, one bit a player; in Gray's order, one check after another."""
    everyone = 2 ** len(players) - 1
    found = [0.0] * (everyone + 1)
    coalition, solved = everyone, known
    for i in range(everyone + 1):
        turned = everyone ^ i ^ (i >> 1)
        if turned != coalition:
            bit = (turned ^ coalition).bit_length() - 1
            player = players[bit]
            solved = resolve(solved, {player: known.results[player] if turned >> bit & 1 else None})
            coalition = turned
        found[coalition] = solved.middle(target)
    return found
