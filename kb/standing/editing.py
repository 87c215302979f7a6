"""Maps with relations taken out, put in, or of another strength. Nothing is changed in place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kb.diagnostics.spelling import did_you_mean
from kb.graph import bearing_id, effects
from kb.model import STRENGTHS, ArgumentMap, Step, Undercut


class UnknownRelation(LookupError):
    """No relation, claim or strength of that name; the text says so and what may have been meant."""


def need_id(claim: str, relation: str, other: str) -> str:
    """The name of a dependence: "a assumes b", "a requires b"."""
    return f"{claim} {relation} {other}"


def relation_ids(amap: ArgumentMap) -> Iterator[str]:
    """The names of all that can be taken out: steps, undercuts, bearings, dependences."""
    yield from (step.id for step in amap.steps)
    yield from (cut.id for cut in amap.undercuts)
    yield from (bearing_id(bearing) for bearing in amap.bearings)
    for relation, needs in (("assumes", amap.assumes), ("requires", amap.requires)):
        yield from (need_id(claim, relation, other) for claim, others in needs.items() for other in others)


def without(amap: ArgumentMap, names: Collection[str]) -> ArgumentMap:
    """The map without some relations, and without the undercuts that then take nothing.

    Raises:
        UnknownRelation: the map has no such relation.
    """
    _known(names, relation_ids(amap), "relations")
    gone = frozenset(names)

    def kept(needs: Mapping[str, tuple[str, ...]], relation: str) -> dict[str, tuple[str, ...]]:
        left = {
            c: tuple(o for o in others if need_id(c, relation, o) not in gone) for c, others in needs.items()
        }
        return {claim: others for claim, others in left.items() if others}

    return _alive(
        replace(
            amap,
            steps=tuple(step for step in amap.steps if step.id not in gone),
            undercuts=tuple(cut for cut in amap.undercuts if cut.id not in gone),
            bearings=tuple(b for b in amap.bearings if bearing_id(b) not in gone),
            assumes=kept(amap.assumes, "assumes"),
            requires=kept(amap.requires, "requires"),
        )
    )


def strengthened(amap: ArgumentMap, strengths: Mapping[str, str]) -> ArgumentMap:
    """The map with other strengths for some steps and undercuts.

    Raises:
        UnknownRelation: there is no such step or undercut, or no such strength.
    """
    ids = (inference.id for some in (amap.steps, amap.undercuts) for inference in some)
    _known(strengths, ids, "steps and undercuts")
    _known(strengths.values(), STRENGTHS, "strengths")
    return replace(
        amap,
        steps=tuple(replace(s, strength=strengths.get(s.id, s.strength)) for s in amap.steps),
        undercuts=tuple(replace(c, strength=strengths.get(c.id, c.strength)) for c in amap.undercuts),
    )


def with_added(amap: ArgumentMap, added: Sequence[Step | Undercut]) -> ArgumentMap:
    """The map with more steps and undercuts, restated claims resolved.

    Raises:
        UnknownRelation: one names a claim or target that is not in the map, or takes an id that is.
    """

    def node(claim: str) -> str:
        return amap.alias.get(claim, claim)

    placed: list[Step | Undercut] = []
    for item in added:
        premises = tuple(dict.fromkeys(map(node, item.premises)))
        if isinstance(item, Step):
            placed.append(replace(item, premises=premises, conclusion=node(item.conclusion)))
        else:
            placed.append(replace(item, premises=premises))
    steps = tuple(item for item in placed if isinstance(item, Step))
    cuts = tuple(item for item in placed if isinstance(item, Undercut))
    _known((premise for item in placed for premise in item.premises), amap.claims, "claims")
    _known((step.conclusion for step in steps), amap.claims, "claims")
    _known((item.strength for item in placed), STRENGTHS, "strengths")
    ids = [*(step.id for step in amap.steps), *(cut.id for cut in amap.undercuts), *(i.id for i in placed)]
    if len(ids) > len(set(ids)):
        twice = max(ids, key=ids.count)
        given = [item.id for item in placed].count(twice)
        said = "is to be added twice" if given > 1 else "is there already"
        raise UnknownRelation(f"a relation of the id {twice!r} {said}")
    for step in steps:
        if step.conclusion in step.premises:
            raise UnknownRelation(f"{step.id!r} would have {step.conclusion!r} as its own premise")
    larger = replace(amap, steps=(*amap.steps, *steps), undercuts=(*amap.undercuts, *cuts))
    reached = effects(larger)
    _known((cut.target for cut in cuts), reached, "steps, undercuts and bearings of checks")
    return larger


def _alive(amap: ArgumentMap) -> ArgumentMap:
    reached = effects(amap)
    return replace(amap, undercuts=tuple(cut for cut in amap.undercuts if cut.id in reached))


def _known(names: Iterable[str], among: Iterable[str], kind: str) -> None:
    found = set(among)
    for name in names:
        if name not in found:
            guess = did_you_mean(name, sorted(found))
            if kind == "strengths":
                guess = guess or f"there is {', '.join(STRENGTHS)}"
            raise UnknownRelation(" ".join((f"there is no {name!r} among the {kind};", guess)))
