"""How parts of an argument map act on one another: effects, links, stance."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping

from kb.model import ArgumentMap, Bearing, Step, Undercut


def bearing_id(bearing: Bearing) -> str:
    """How an undercut names the bearing of a check on a claim."""
    return f"{bearing.check} > {bearing.claim}"


def members(amap: ArgumentMap) -> dict[str, tuple[str, ...]]:
    """For each node, the ids of all claims that it stands for, its own first."""
    found: dict[str, list[str]] = {claim: [claim] for claim in amap.claims}
    for claim, node in amap.alias.items():
        found[node].append(claim)
    return {node: tuple(claims) for node, claims in found.items()}


def effects(amap: ArgumentMap) -> dict[str, tuple[str, int]]:
    """For each step, bearing and undercut by id: the claim that it acts on in the end, and its sign.

    A step has its own sign; a bearing counts as being for its claim; an undercut has the opposite
    sign of what it takes. Undercuts that take nothing in the end are absent. Linear.
    """
    takers: defaultdict[str, list[Undercut]] = defaultdict(list)
    for cut in amap.undercuts:
        takers[cut.target].append(cut)
    found = {step.id: (step.conclusion, step.sign) for step in amap.steps}
    found.update((bearing_id(b), (b.claim, 1)) for b in amap.bearings)
    queue = deque(target for target in takers if target in found)
    while queue:
        target = queue.popleft()
        claim, sign = found[target]
        for cut in takers[target]:
            found[cut.id] = (claim, -sign)
            if cut.id in takers:
                queue.append(cut.id)
    return found


def links(amap: ArgumentMap) -> Iterator[tuple[str, str, int]]:
    """Every way in which one claim acts on another: (from, to, sign).

    Premises act on conclusions, undercutters on the claim at the end of what they take, and assumed
    or required claims on the claims that need them, with sign +1.
    """
    reached = effects(amap)
    inferences: list[Step | Undercut] = [*amap.steps, *amap.undercuts]
    for inference in inferences:
        claim, sign = reached[inference.id]
        for premise in inference.premises:
            yield premise, claim, sign
    for needs in (amap.assumes, amap.requires):
        for claim, others in needs.items():
            for other in others:
                yield other, claim, 1


def stance(amap: ArgumentMap, thesis: str) -> Mapping[str, str]:
    """How each claim stands to a thesis: "for", "against" or "both", from the signs along all paths.

    Claims that do not reach the thesis are absent, and so is the thesis. A breadth-first search over
    (claim, sign), so linear in the map, circles included.
    """
    thesis = amap.alias.get(thesis, thesis)
    into: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for source, target, sign in links(amap):
        into[target].append((source, sign))
    seen = {(thesis, 1)}
    queue = deque(seen)
    while queue:
        claim, sign = queue.popleft()
        for source, step_sign in into[claim]:
            state = (source, sign * step_sign)
            if state not in seen:
                seen.add(state)
                queue.append(state)
    words = {(True, False): "for", (False, True): "against", (True, True): "both"}
    reached = {claim for claim, _ in seen} - {thesis}
    return {
        claim: words[(claim, 1) in seen, (claim, -1) in seen] for claim in amap.claims if claim in reached
    }
