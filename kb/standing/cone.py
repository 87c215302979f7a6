"""The part of a map on which one claim rests."""

from __future__ import annotations

from collections import defaultdict

from kb.graph import bearing_id, links
from kb.model import ArgumentMap


def cone(amap: ArgumentMap, claim: str) -> ArgumentMap:
    """The part of a map that a claim's strength may depend on. Claims in it stand as they do in the whole.

    Raises:
        KeyError: the claim is not in the map.
    """
    node = amap.alias.get(claim, claim)
    if node not in amap.claims:
        raise KeyError(claim)
    into: defaultdict[str, list[str]] = defaultdict(list)
    for source, target, _ in links(amap):
        into[target].append(source)
    kept = {node}
    queue = [node]
    for reached in queue:  # grows while it is read
        new = [source for source in into[reached] if source not in kept]
        kept.update(new)
        queue.extend(dict.fromkeys(new))
    return restricted(amap, kept)


def restricted(amap: ArgumentMap, kept: set[str]) -> ArgumentMap:
    """A map of some claims only, with all relations among them; ``kept`` must hold the ancestors of each."""
    steps = tuple(step for step in amap.steps if step.conclusion in kept)
    bearings = tuple(bearing for bearing in amap.bearings if bearing.claim in kept)
    taken = {step.id for step in steps} | {bearing_id(b) for b in bearings}
    cuts = [cut for cut in amap.undercuts if kept.issuperset(cut.premises)]
    takers: defaultdict[str, list[str]] = defaultdict(list)
    for cut in cuts:
        takers[cut.target].append(cut.id)
    queue = [cut for target in taken if target in takers for cut in takers[target]]
    for reached in queue:  # grows while it is read
        queue.extend(takers[reached])
    alive = set(queue)
    return ArgumentMap(
        claims=tuple(claim for claim in amap.claims if claim in kept),
        steps=steps,
        undercuts=tuple(cut for cut in cuts if cut.id in alive),
        bearings=bearings,
        assumes={claim: others for claim, others in amap.assumes.items() if claim in kept},
        requires={claim: others for claim, others in amap.requires.items() if claim in kept},
        shared=tuple(group & kept for group in amap.shared if group & kept),
        alias={claim: node for claim, node in amap.alias.items() if node in kept},
    )
