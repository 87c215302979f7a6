"""What undercuts act on in the end, and which of them make one claim depend on another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.graph import bearing_id
from kb.graph.grouping import strong_components
from kb.model import ArgumentMap
from kb.standing.grouping import Groups, count_once
from kb.standing.roles import Roles


@dataclass(frozen=True, slots=True)
class Root:
    """What an undercut acts on in the end: the claim, with which sign, and whether through a check.

    ``counts`` is false where that adds nothing to the claim's strength: a reason beside a check that decides.
    The sign of what never counts, a context check, is 0.
    """

    claim: int
    sign: int
    of_check: bool
    counts: bool


def idle_premises(
    depends: Sequence[Sequence[int]],
    checks: Roles,
    cut_premises: Sequence[tuple[int, ...]],
    roots: Sequence[Root],
) -> list[frozenset[int]]:
    """By undercut, the premises without a check that rest on the check they would take: they take nothing.

    So they are no circle either, or a stranger's undercut could keep a claim from what a check shows.
    """
    none: list[frozenset[int]] = [frozenset()] * len(roots)
    if not any(root.of_check for root in roots):
        return none
    place = places(strong_components(with_cuts(depends, cut_premises, roots, none)), len(depends))
    return [
        frozenset(p for p in linked if not checks.settle[p] and place[p] == place[root.claim])
        if root.of_check
        else frozenset()
        for linked, root in zip(cut_premises, roots, strict=True)
    ]


def with_cuts(
    depends: Sequence[Sequence[int]],
    cut_premises: Sequence[tuple[int, ...]],
    roots: Sequence[Root],
    idle: Sequence[frozenset[int]],
) -> list[list[int]]:
    """What each claim depends on, undercuts included."""
    found = [list(others) for others in depends]
    for linked, root, left_out in zip(cut_premises, roots, idle, strict=True):
        if root.counts:
            found[root.claim].extend(premise for premise in linked if premise not in left_out)
    return found


def places(components: Sequence[Sequence[int]], n_claims: int) -> list[int]:
    """The component of each claim, by number."""
    found = [0] * n_claims
    for place, members in enumerate(components):
        for claim in members:
            found[claim] = place
    return found


def cuts_of(
    amap: ArgumentMap, number: Mapping[str, int], checks: Roles, evidence: Callable[[int], Iterable[int]]
) -> tuple[tuple[tuple[tuple[int, Groups], ...], ...], tuple[Root, ...]]:
    """For each claim the slots that undercuts on it take, the deepest first; and each undercut's root."""
    n_steps, n_bearings = len(amap.steps), len(amap.bearings)
    if not amap.undercuts:
        return ((),) * len(number), ()
    takers: defaultdict[str, list[int]] = defaultdict(list)
    for k, cut in enumerate(amap.undercuts):
        takers[cut.target].append(k)
    queue: list[tuple[str, int, Root]] = []
    for i, step in enumerate(amap.steps):
        if step.id in takers:
            claim = number[step.conclusion]
            queue.append((step.id, i, Root(claim, step.sign, False, not checks.settle[claim])))
    proxies = {j for j, _ in checks.proxies}
    for j, bearing in enumerate(amap.bearings):
        if (name := bearing_id(bearing)) in takers:
            claim = number[bearing.claim]
            sets_score = j in checks.bearings[claim]
            argues = j in proxies
            counts = sets_score or (argues and not checks.settle[claim])
            queue.append((name, n_steps + j, Root(claim, int(sets_score or argues), sets_score, counts)))
    cuts: list[list[tuple[int, Groups]]] = [[] for _ in number]
    roots: dict[int, Root] = {}
    for name, slot, root in queue:  # grows while it is read: breadth first
        cuts[root.claim].append((slot, count_once(takers[name], evidence)))
        for k in takers[name]:
            roots[k] = replace(root, sign=-root.sign)
            if amap.undercuts[k].id in takers:
                queue.append((amap.undercuts[k].id, n_steps + n_bearings + k, roots[k]))
    return tuple(tuple(reversed(found)) for found in cuts), tuple(
        roots[k] for k in range(len(amap.undercuts))
    )
