"""From a base to its argument map: restated claims merged, ids resolved, loose ends left out.

Nothing is reported here. A relation that names a claim, check or step that is not there is left out,
and lint says so from the base itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kb.graph.grouping import joined
from kb.graph.relations import bearing_id, effects
from kb.model import BEARS, ArgumentMap, Base, Bearing, Claim, Dependence, Step, Undercut

_RANK = {bears: rank for rank, bears in enumerate(BEARS)}


def argument_map(base: Base) -> ArgumentMap:
    """The argument of ``base``, ready for reasoning.

    - Retired claims are left out, and every relation that needs one.
    - Claims that restate one another (through chains and circles too) become one node, named after
      the one that restates nothing; of several such, after the first by id. Their relations, checks and
      declared shared evidence are pooled on it.
    - A step whose conclusion is among its own premises, by merging or as written, is left out.
    - A default id that two steps or undercuts would share gets ``--2``, ``--3``…; an undercut of the
      shared id takes the first.
    - Undercuts that in the end take no step and no bearing (they undercut one another in a
      circle, say) are left out.
    """
    live = {claim.id: claim for claim in base.claims.values() if claim.status != "retired"}
    alias = _aliases(live)
    node = {claim: alias.get(claim, claim) for claim in live}
    names = _Names(node)
    steps = _steps(live, node, names)
    bearings = _bearings(base, live, node)
    undercuts = _undercuts(live, node, names, {bearing_id(b) for b in bearings})
    draft = ArgumentMap(
        claims=tuple(claim for claim in live if claim not in alias),
        steps=tuple(steps),
        undercuts=tuple(undercuts),
        bearings=bearings,
        assumes=_dependences(((c.id, c.assumes) for c in live.values()), node),
        requires=_dependences(((c.id, c.requires) for c in live.values()), node),
        shared=_shared(live, node),
        alias=alias,
    )
    reached = effects(draft)
    if all(cut.id in reached for cut in undercuts):
        return draft
    return replace(draft, undercuts=tuple(cut for cut in undercuts if cut.id in reached))


class _Names:
    """Ids of steps and undercuts: what was written, and what it is called in the map."""

    def __init__(self, node: Mapping[str, str]) -> None:
        self._node = node
        self._written: dict[str, str] = {}
        self._default: list[tuple[str, str]] = []
        self._merged: dict[str, str] | None = None
        self._taken: set[str] = set()
        self._count: dict[str, int] = {}

    def add(self, written: str, named: bool) -> str:
        """Register a step or undercut under its written id; return its unique id."""
        unique, count = written, self._count.get(written, 1)
        while unique in self._taken:
            count += 1
            unique = f"{written}--{count}"
        self._taken.add(unique)
        self._count[written] = count
        self._written.setdefault(written, unique)
        if not named:
            self._default.append((written, unique))
        return unique

    def find(self, target: str) -> str:
        """The unique id that a target means, or the target with aliases resolved."""
        if target in self._written:
            return self._written[target]
        if self._merged is None:  # all ids are known by now, and few bases come here
            self._merged = {}
            for written, unique in self._default:
                self._merged.setdefault(self.through_aliases(written), unique)
        merged = self.through_aliases(target)
        return self._merged.get(merged, merged)

    def through_aliases(self, target: str) -> str:
        """A default id or a bearing with every restated claim replaced by its node."""
        *cutters, last = target.split("--undercuts--")
        check, arrow, claim = last.partition(">")
        if arrow:
            last = f"{check.strip()} > {self._name(claim.strip())}"
        else:
            for kind in ("--supports--", "--attacks--"):
                premise, found, conclusion = last.partition(kind)
                if found:
                    last = f"{self._name(premise)}{kind}{self._name(conclusion)}"
        return "--undercuts--".join([*map(self._name, cutters), last])

    def _name(self, claim: str) -> str:
        return self._node.get(claim, claim)


def _aliases(live: Mapping[str, Claim]) -> dict[str, str]:
    links = [(c.id, other) for c in live.values() for other in c.restates if other in live and other != c.id]
    restating = {claim for claim, _ in links}
    alias: dict[str, str] = {}
    for group in joined(links):
        node = min((claim for claim in group if claim not in restating), default=min(group))
        alias.update((claim, node) for claim in sorted(group) if claim != node)
    return alias


def _nodes(claims: Iterable[str], node: Mapping[str, str]) -> tuple[str, ...] | None:
    """The nodes of some claims without repetition; None when one of them is not in the map."""
    found = tuple(dict.fromkeys(node.get(claim, "") for claim in claims))
    return None if not found or "" in found else found


def _steps(live: Mapping[str, Claim], node: Mapping[str, str], names: _Names) -> list[Step]:
    steps = []
    for claim in live.values():
        for step in claim.steps:
            premises, conclusion = _nodes(step.premises, node), node.get(step.conclusion)
            if premises is None or conclusion is None or conclusion in premises:
                continue
            name = names.add(step.id, step.named)
            if (name, premises, conclusion) != (step.id, step.premises, step.conclusion):
                step = replace(step, id=name, premises=premises, conclusion=conclusion)
            steps.append(step)
    return steps


def _undercuts(
    live: Mapping[str, Claim], node: Mapping[str, str], names: _Names, bearings: set[str]
) -> list[Undercut]:
    found = []
    for claim in live.values():
        for cut in claim.undercuts:
            premises = _nodes(cut.premises, node)
            if premises is not None:
                found.append((names.add(cut.id, cut.named), premises, cut))
    undercuts = []
    for name, premises, cut in found:
        target = names.through_aliases(cut.target)
        if target not in bearings:
            target = names.find(cut.target)
        if (name, premises, target) != (cut.id, cut.premises, cut.target):
            cut = replace(cut, id=name, premises=premises, target=target)
        undercuts.append(cut)
    return undercuts


def _bearings(base: Base, live: Mapping[str, Claim], node: Mapping[str, str]) -> tuple[Bearing, ...]:
    """One bearing for each check and node: of several, the one that says most."""
    pooled: dict[tuple[str, str], Bearing] = {}
    for claim in live.values():
        for bearing in claim.checks:
            if bearing.check not in base.checks:
                continue
            key = (bearing.check, node[claim.id])
            if bearing.claim != key[1]:
                bearing = replace(bearing, claim=key[1])
            other = pooled.get(key)
            if other is None or _weight(bearing) < _weight(other):
                pooled[key] = bearing
    return tuple(pooled.values())


def _weight(bearing: Bearing) -> tuple[int, bool]:
    return _RANK[bearing.bears], not bearing.if_fails


def _dependences(
    written: Iterable[tuple[str, tuple[Dependence, ...]]], node: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    pooled: dict[str, dict[str, None]] = {}
    for claim, dependences in written:
        for dependence in dependences:
            other = node.get(dependence.claim)
            if other is not None and other != node[claim]:
                pooled.setdefault(node[claim], {})[other] = None
    return {claim: tuple(others) for claim, others in pooled.items()}


def _shared(live: Mapping[str, Claim], node: Mapping[str, str]) -> tuple[frozenset[str], ...]:
    pairs = [
        (node[claim.id], node[other])
        for claim in live.values()
        for other in claim.same_evidence_as
        if other in node and node[other] != node[claim.id]
    ]
    return tuple(frozenset(group) for group in joined(pairs))
