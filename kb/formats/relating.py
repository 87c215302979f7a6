"""Relations as a file names them, to steps and undercuts with ids, in the claims that hold them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.formats.exchange import Loss
from kb.model import Step, Undercut
from kb.source.ids import malformed
from kb.source.naming import id_from

Kind = Literal["supports", "attacks"]
LONGEST = 255
"""The longest id that a file can name. The usual id of an undercut of an undercut holds all ids below it;
one that would be longer is short."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A step, or without a ``kind`` an undercut. ``premises`` and ``target`` are the file's own keys."""

    key: str
    kind: Kind | None
    premises: tuple[str, ...]
    target: str
    strength: str = ""
    because: str = ""
    scheme: str = ""
    id: str = ""
    line: int = 0

    @property
    def verb(self) -> str:
        return self.kind or "undercuts"


def named(wish: str, words: str, taken: set[str], otherwise: str) -> str:
    """The id that is wished for where it can be had, else one made of words; it is taken after this."""
    fits = wish and not malformed(wish) and wish not in taken
    name = wish if fits else id_from(words, taken, otherwise=otherwise)
    taken.add(name)
    return name


def related(
    relations: Sequence[Relation], ids: Mapping[str, str], taken: set[str]
) -> tuple[Mapping[str, list[Step]], Mapping[str, list[Undercut]], list[Loss]]:
    """Steps and undercuts by the claim that holds them, and the relations that nothing can hold.

    ``ids`` are those of the claims by key. Linear.
    """
    steps: defaultdict[str, list[Step]] = defaultdict(list)
    cuts: defaultdict[str, list[Undercut]] = defaultdict(list)
    sound, lost = _sound(relations, ids)
    given = _given(sound, ids, taken)
    for relation in sound:
        owner, name = ids[relation.premises[0]], given[relation.key]
        premises = tuple(dict.fromkeys(ids[premise] for premise in relation.premises))
        strength, because = relation.strength, relation.because
        if relation.kind is None:
            target = given[relation.target]
            own = name != _usual(relation, ids, given)
            strength, index = strength or "decisive", len(cuts[owner])
            cuts[owner].append(Undercut(name, premises, target, strength, because, own, "", owner, index))
            continue
        target, own = ids[relation.target], name != _usual(relation, ids, given)
        strength, index = strength or "weak", sum(step.kind == relation.kind for step in steps[owner])
        steps[owner].append(
            Step(
                name,
                relation.kind,
                premises,
                target,
                strength,
                because,
                relation.scheme,
                own,
                "",
                owner,
                index,
            )
        )
    for held in steps.values():
        held.sort(key=lambda step: (step.kind == "attacks", step.index))
    return steps, cuts, lost


def _sound(relations: Sequence[Relation], ids: Mapping[str, str]) -> tuple[list[Relation], list[Loss]]:
    """The relations that a base can hold, and the others; what undercuts a lost one is lost with it."""
    known = {relation.key for relation in relations}
    sound: dict[str, Relation] = {}
    lost: list[Loss] = []
    gone: list[str] = []
    against: defaultdict[str, list[str]] = defaultdict(list)

    def lose(relation: Relation, why: str) -> None:
        named_so = " and ".join(relation.premises) or "nothing"
        lost.append(Loss(f"{named_so} {relation.verb} {relation.target}", why, relation.line))

    for relation in relations:
        if relation.key in sound:
            lose(relation, f"another relation of the file is called {relation.key}")
        elif why := _wrong(relation, ids, known):
            lose(relation, why)
            gone.append(relation.key)
        else:
            sound[relation.key] = relation
            if relation.kind is None:
                against[relation.target].append(relation.key)
    gone = [key for key in gone if key not in sound]
    while gone:
        for key in against.pop(gone.pop(), ()):
            lose(sound.pop(key), "what it undercuts was lost")
            gone.append(key)
    return list(sound.values()), lost


def _wrong(relation: Relation, ids: Mapping[str, str], known: set[str]) -> str:
    missing = [name for name in relation.premises if name not in ids]
    if relation.kind and relation.target not in ids:
        missing.append(relation.target)
    if missing or not relation.premises:
        return f"{', '.join(missing) or 'its premise'} is no claim of the file"
    if relation.kind and relation.target in relation.premises:
        return "a claim cannot be a reason for or against itself"
    if not relation.kind and relation.target not in known:
        return "what it undercuts is no inference of the file"
    return ""


def _given(relations: Sequence[Relation], ids: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    """The id of each relation by its key: the one that a base gives by itself, where that is free and short.

    An undercut's usual id names what it undercuts, which must have its id first; undercuts in a circle get
    ids of their own.
    """
    given: dict[str, str] = {}
    usual: set[str] = set()
    against: defaultdict[str, list[Relation]] = defaultdict(list)

    def give(first: Relation, own: bool) -> None:
        waiting = [first]
        while waiting:
            relation = waiting.pop()
            if relation.key not in given:
                wanted = "" if own and relation is first else _usual(relation, ids, given)
                given[relation.key] = _id(relation, wanted, usual, taken, ids)
                waiting.extend(reversed(against.pop(relation.key, ())))

    for relation in sorted(relations, key=lambda relation: relation.kind is None):
        if relation.kind is None and not relation.id and relation.target not in given:
            against[relation.target].append(relation)
        else:
            give(relation, own=False)
    for relation in relations:
        give(relation, own=True)
    return given


def _usual(relation: Relation, ids: Mapping[str, str], given: Mapping[str, str]) -> str:
    target = ids[relation.target] if relation.kind else given.get(relation.target, "")
    return f"{ids[relation.premises[0]]}--{relation.verb}--{target}"


def _id(relation: Relation, usual: str, used: set[str], taken: set[str], ids: Mapping[str, str]) -> str:
    if not relation.id and usual and usual not in used and len(usual) <= LONGEST:
        used.add(usual)
        return usual
    return named(relation.id, f"{ids[relation.premises[0]]} {relation.verb}", taken, "step")
