"""What each check of a map does for the claims it bears on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.model import ArgumentMap, Base


@dataclass(frozen=True, slots=True)
class Roles:
    """The bearings of a map by what they do. Context, circular checks and checks of nothing do nothing."""

    bearings: list[list[int]]  # by claim: those that set the base score
    settle: list[bool]  # by claim: whether one of them is direct or a part
    deciding: list[tuple[str, ...]]  # by claim: the checks that are direct or a part
    proxies: list[tuple[int, int]]  # (bearing, sign) of each reason that a proxy makes


def roles_of(amap: ArgumentMap, base: Base, number: Mapping[str, int]) -> Roles:
    """The roles of a map's bearings; ``number`` gives claims their numbers."""
    n = len(number)
    found = Roles([[] for _ in range(n)], [False] * n, [()] * n, [])
    for j, bearing in enumerate(amap.bearings):
        claim = number[bearing.claim]
        check = base.checks[bearing.check]
        if bearing.bears == "context" or check.circular or not check.expects:
            continue
        if bearing.bears == "proxy":
            found.proxies.append((j, 1))
            if bearing.if_fails == "against":
                found.proxies.append((j, -1))
            continue
        found.bearings[claim].append(j)
        if bearing.bears in ("direct", "part"):
            found.settle[claim] = True
            found.deciding[claim] = (*found.deciding[claim], bearing.check)
    return found
