"""What passes between a base and a file of another format: claims, sources, questions, and what was lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kb.model import Claim, Question, Source


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that had no place on the other side, and why. ``line`` is 0 where the file has none."""

    what: str
    why: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A piece of an argument on its way.

    ``claims`` and ``sources`` are by id; relations stand in the claims, as in a base. ``places`` says where
    in the file a claim was found ("node 12", "line 3"). ``counted`` counts the parts of the file under the
    format's own names, whether or not they found a place.
    """

    title: str = ""
    about: str = ""
    questions: tuple[Question, ...] = ()
    claims: Mapping[str, Claim] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[Loss, ...] = ()
    counted: Mapping[str, int] = field(default_factory=dict)

    @property
    def relations(self) -> int:
        """How many relations the claims have among them."""
        return sum(
            len(c.steps) + len(c.undercuts) + len(c.assumes) + len(c.requires) + len(c.restates)
            for c in self.claims.values()
        )


def founded(claims: Mapping[str, Claim], *, bearings: bool = True) -> dict[str, Claim]:
    """The claims without undercuts of what is not among them; ``bearings``: their checks' bearings are."""
    there = {step.id for claim in claims.values() for step in claim.steps}
    if bearings:
        there.update(f"{b.check} > {claim.id}" for claim in claims.values() for b in claim.checks)
    against: defaultdict[str, list[str]] = defaultdict(list)
    for claim in claims.values():
        for cut in claim.undercuts:
            there.add(cut.id)
            against[cut.target].append(cut.id)
    gone: set[str] = set()
    waiting = [cut for target in against.keys() - there for cut in against[target]]
    while waiting:
        cut_id = waiting.pop()
        if cut_id not in gone:
            gone.add(cut_id)
            waiting.extend(against[cut_id])
    return {
        name: replace(claim, undercuts=tuple(u for u in claim.undercuts if u.id not in gone))
        for name, claim in claims.items()
    }
