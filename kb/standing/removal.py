"""What each reason does for a conclusion: solve again without it, or as if it held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from kb.graph import bearing_id, effects
from kb.model import ArgumentMap, Base, Interval, Result, Standing
from kb.standing.cone import cone
from kb.standing.editing import need_id, relation_ids, without
from kb.standing.grouping import Groups
from kb.standing.resolving import Known, known_of, reaching, resolve, reweighed
from kb.standing.scores import BEARING_LIMIT
from kb.standing.snapshot import Snapshot

HELD: Interval = (1 - BEARING_LIMIT, 1 - BEARING_LIMIT)
"""The strength of a claim whose check holds."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A claim's strength and label as they are, and as they would be without one relation."""

    relation: str
    before: Interval
    after: Interval
    standing_before: Standing
    standing_after: Standing

    @property
    def moves(self) -> float:
        """How far the middle moves when the relation is taken out."""
        return (sum(self.after) - sum(self.before)) / 2


@dataclass(frozen=True, slots=True)
class DeadReason:
    """A step or undercut without a slope, a premise being at or below one half; and what if it held.

    ``dead_at`` "low": only at the low end, where the premise is not settled. ``premises`` are those at or
    below one half; ``after`` and ``standing_after`` are the conclusion's if checks of theirs held.
    """

    relation: str
    premises: tuple[str, ...]
    dead_at: Literal["low", "both"]
    before: Interval
    after: Interval
    standing_before: Standing
    standing_after: Standing

    @property
    def moves(self) -> float:
        """How far the conclusion's middle would move."""
        return (sum(self.after) - sum(self.before)) / 2


def removals(
    amap: ArgumentMap,
    base: Base,
    results: Mapping[str, Result],
    claim: str,
    *,
    only: Sequence[str] = (),
    accept_unverified: bool = False,
    use_priors: bool = False,
) -> tuple[Removal, ...]:
    """Every relation behind a claim, by how far its removal moves the claim's middle; largest first.

    Exact: where taking out a relation may open a circle, split a group of shared evidence, or leave a
    claim without a check, the part of the map behind the claim is compiled anew. ``only`` names the relations
    to try ("check > claim" is a check's bearing, "a requires b" a dependence).

    Raises:
        KeyError: the claim is not in the map.
        UnknownRelation: no relation behind the claim has a name of ``only``.
    """
    node = amap.alias.get(claim, claim)
    part = cone(amap, claim)

    def solved(changed: ArgumentMap) -> Known:
        return known_of(changed, base, results, accept_unverified=accept_unverified, use_priors=use_priors)

    known = solved(part)
    target = known.snap.number[node]
    light, idle = _weights(known), _idle_bearings(known, target)
    found = []
    for name in only or tuple(relation_ids(part)):
        if name in idle:
            after = known
        elif name in light:
            snap, touched = light[name]()
            after = reweighed(known, snap, (touched,))
        else:
            after = solved(without(part, (name,)))
        labels = known.standing(target), after.standing(target)
        found.append(Removal(name, known.interval(target), after.interval(target), *labels))
    return tuple(sorted(found, key=lambda removal: (-abs(removal.moves), removal.relation)))


def nearest_relations(known: Known, claim: str) -> list[str]:
    """The names of all relations of a map, those that act nearest to a claim first."""
    snap = known.snap
    amap = snap.amap
    target = snap.number[amap.alias.get(claim, claim)]
    distance = {reached: place for place, reached in enumerate(reaching(known, target))}
    acts_on = {name: snap.number[end] for name, (end, _) in effects(amap).items()}
    for relation, needs in (("assumes", amap.assumes), ("requires", amap.requires)):
        for needing, others in needs.items():
            acts_on.update((need_id(needing, relation, other), snap.number[needing]) for other in others)
    return sorted(relation_ids(amap), key=lambda name: distance.get(acts_on[name], len(distance)))


def _weights(known: Known) -> dict[str, Callable[[], tuple[Snapshot, int]]]:
    """The relations that are as good as gone when they weigh nothing, with the map where they do.

    Not within a circle, which might open without them; nor in a group of three or more that share evidence,
    which might fall apart.
    """
    snap = known.snap
    found: dict[str, Callable[[], tuple[Snapshot, int]]] = {}

    def weightless(claim: int, groups: Groups) -> list[int]:
        open_ended = not snap.cyclic[snap.component[claim]]
        return [item for group in groups if open_ended and len(group) < 3 for item in group]

    def without_step(reason: int, claim: int) -> tuple[Snapshot, int]:
        omega = (*snap.omega[:reason], 0.0, *snap.omega[reason + 1 :])
        return replace(snap, omega=omega), claim

    def without_cut(cut: int, claim: int) -> tuple[Snapshot, int]:
        weight = (*snap.cut_weight[:cut], 0.0, *snap.cut_weight[cut + 1 :])
        return replace(snap, cut_weight=weight), claim

    for claim in range(len(snap.ids)):
        for groups in (snap.groups_for[claim], snap.groups_against[claim]):
            for reason in weightless(claim, groups):
                if snap.proxy[reason] < 0:
                    found[snap.amap.steps[reason].id] = partial(without_step, reason, claim)
        for _, groups in snap.cuts[claim]:
            for cut in weightless(claim, groups):
                found[snap.amap.undercuts[cut].id] = partial(without_cut, cut, claim)
    return found


def _idle_bearings(known: Known, target: int) -> frozenset[str]:
    """The bearings that do nothing for a claim: context, and those of claims that do not count for it."""
    snap = known.snap
    near = reaching(known, target)
    used = {j for claim in near for j in snap.bearings[claim]} | set(snap.proxy)
    return frozenset(bearing_id(bearing) for j, bearing in enumerate(snap.amap.bearings) if j not in used)


def dead_reasons(known: Known, claim: str, *, most: int | None = None) -> tuple[DeadReason, ...]:
    """The reasons behind a claim that have no slope at one end or both, by what they could do.

    A gradient cannot rank them: a premise at or below one half adds nothing, however it moves. So each is
    tried by solving again as if its premises held. Those that would move nothing are left out. ``most``
    bounds the maps solved: the reasons nearest to the claim go first.

    Raises:
        KeyError: the claim is not in the map.
    """
    snap, amap = known.snap, known.snap.amap
    target = snap.number[amap.alias.get(claim, claim)]
    distance = {reached: place for place, reached in enumerate(reaching(known, target))}
    counting = _counting(known, frozenset(distance))
    if most is not None:
        counting = iter(sorted(counting, key=lambda reason: min(map(distance.__getitem__, reason[1]))))
    before, label = known.interval(target), known.standing(target)
    found = []
    tried: dict[tuple[int, ...], tuple[Interval, Standing]] = {}
    for name, premises in counting:
        dead = tuple(p for p in premises if known.state.low[p] <= 0.5)
        if not dead or target in dead:
            continue
        if dead not in tried:
            if most is not None and len(tried) >= most:
                continue
            held = resolve(known, {}, dict.fromkeys(dead, HELD))
            tried[dead] = held.interval(target), held.standing(target)
        after, new_label = tried[dead]
        if after != before:
            both = any(known.state.high[p] <= 0.5 for p in dead)
            names = tuple(snap.ids[p] for p in dead)
            found.append(DeadReason(name, names, "both" if both else "low", before, after, label, new_label))
    return tuple(sorted(found, key=lambda reason: (-abs(reason.moves), reason.relation)))


def _counting(known: Known, near: frozenset[int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The steps and undercuts that count somewhere behind a claim, with their premises."""
    snap, reached = known.snap, effects(known.snap.amap)
    for i, step in enumerate(snap.amap.steps):
        conclusion = snap.number[step.conclusion]
        if conclusion in near and not snap.checked[conclusion] and not snap.circular[i]:
            yield step.id, snap.premises[i]
    for k, cut in enumerate(snap.amap.undercuts):
        claim = snap.number[reached[cut.id][0]]
        if claim in near and (snap.cut_of_check[k] or not snap.checked[claim]):
            yield cut.id, tuple(p for p in snap.cut_premises[k] if p not in snap.cut_idle[k])
