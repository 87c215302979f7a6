"""What is wrong with an argument that its files alone do not show: it takes the results to see it.

What a file can tell by itself is a rule of ``kb validate`` (docs/rules.md), and is not said here again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.graph import bearing_id, members
from kb.model import ArgumentMap, Base, Check, Interval, Result, Standing
from kb.standing.gradual import reason_value
from kb.standing.idle import without_effect
from kb.standing.phrases import check_name, counted, quoted
from kb.standing.resolving import Known, known_of
from kb.wording import listed

Kind = Literal["one-sided", "one source", "double counting", "only proxies", "without effect"]


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing to look into: the claim it is about, the relations concerned, and a sentence."""

    kind: Kind
    claim: str
    relations: tuple[str, ...]
    words: str


def audits(
    amap: ArgumentMap, base: Base, results: Mapping[str, Result], *, accept_unverified: bool = False
) -> tuple[AuditFinding, ...]:
    """Everything to look into, by kind and then in the order of the map. Linear for each thesis."""
    case = _Case(known_of(amap, base, results, accept_unverified=accept_unverified))
    return (*_one_sided(case), *_one_source(case), *_twice(case), *_only_proxies(case), *_idle(case))


class _Case:
    """A solved map with what several audits ask of it."""

    def __init__(self, known: Known) -> None:
        self.known, self.snap = known, known.snap
        snap = known.snap
        self.value: tuple[Interval, ...] = tuple(
            reason_value(snap, known.scores, known.state, reason) for reason in range(len(snap.sign))
        )
        self.theses = {
            snap.number[amap_id]: None
            for question in known.base.config.questions
            for amap_id in (snap.amap.alias.get(thesis, thesis) for thesis in question.theses)
            if amap_id in snap.number
        }
        self.standings = tuple(map(known.standing, range(len(snap.ids))))
        self.merged = members(snap.amap)
        self.shared: dict[str, list[frozenset[str]]] = {}
        for evidence in snap.amap.shared:
            for claim in evidence:
                self.shared.setdefault(claim, []).append(evidence)

    def argued(self, claim: int) -> bool:
        """Whether reasons make a claim what it is, rather than checks."""
        return not (self.snap.checked[claim] or self.known.grounds[claim].pending)

    def reasons(self, claim: int, sign: int) -> tuple[int, ...]:
        groups = (self.snap.groups_for if sign > 0 else self.snap.groups_against)[claim]
        return tuple(reason for group in groups for reason in group)

    def sure(self, claim: int, sign: int) -> tuple[int, ...]:
        """The reasons of one side that count whatever the open questions turn out to be."""
        return tuple(reason for reason in self.reasons(claim, sign) if self.value[reason][0] > 0)

    def name(self, claim: int) -> str:
        return quoted(self.known.base.claims[self.snap.ids[claim]].name)

    def id(self, reason: int) -> str:
        bearing = self.snap.proxy[reason]
        amap = self.snap.amap
        return amap.steps[reason].id if bearing < 0 else bearing_id(amap.bearings[bearing])

    def who(self, reason: int) -> str:
        """Who gives a reason: its premises, or its proxy check."""
        bearing = self.snap.proxy[reason]
        if bearing < 0:
            return " with ".join(self.name(premise) for premise in self.snap.premises[reason])
        return f"proxy check {check_name(self.check(bearing))}"

    def check(self, bearing: int) -> Check:
        return self.known.base.checks[self.snap.amap.bearings[bearing].check]

    def finding(self, kind: Kind, claim: int, reasons: Sequence[int], words: str) -> AuditFinding:
        return AuditFinding(kind, self.snap.ids[claim], tuple(map(self.id, reasons)), words)


_SAID: Mapping[Standing, str] = {Standing.STANDS: "stands", Standing.FALLS: "falls", Standing.OPEN: "is open"}


def _one_sided(case: _Case) -> Iterator[AuditFinding]:
    """Claims settled by reasons while no reason of the other side counts.

    A thesis that nothing was ever said against is left to rule KB219.
    """
    for claim, standing in enumerate(case.standings):
        if standing is Standing.OPEN or not case.argued(claim):
            continue
        sign = 1 if standing is Standing.STANDS else -1
        other = case.reasons(claim, -sign)
        if not case.sure(claim, sign) or any(case.value[reason][1] > 0 for reason in other):
            continue
        if not other and claim in case.theses and sign > 0:
            continue
        against = "against" if sign > 0 else "for"
        said = f"{case.name(claim)} {_SAID[standing]} by argument, and "
        if not other:
            said += f"nothing is said {against} it."
        else:
            only = "it" if len(other) == 1 else "any"
            said += f"of what is said {against} it ({listed([case.who(r) for r in other])}) nothing counts: "
            said += f"look for a better reason than {only}, or say that there is none."
        yield case.finding("one-sided", claim, other, said)


Sources = frozenset[str]
"""Where a claim's grounds come from; two stand for many, and "" for the base's own work."""


def _one_source(case: _Case) -> Iterator[AuditFinding]:
    """Claims settled by reasons whose grounds, however many steps away, all come from one source.

    Where all premises themselves cite that one source, rule KB223 says so already.
    """
    if len(case.known.base.sources) < 2:
        return
    rests = _sources(case)
    for claim, standing in enumerate(case.standings):
        if standing is Standing.OPEN or not case.argued(claim):
            continue
        reasons = case.sure(claim, 1 if standing is Standing.STANDS else -1)
        behind = frozenset(s for reason in reasons for s in _behind(case, rests, reason))
        if len(behind) != 1 or "" in behind:
            continue
        (source,) = behind
        premises = {premise for reason in reasons for premise in case.snap.premises[reason]}
        if len(premises) > 1 and all(_cited(case, premise) == {source} for premise in premises):
            continue
        given = quoted(case.known.base.sources[source].title) if source in case.known.base.sources else source
        how = "the reason" if len(reasons) == 1 else f"all {counted(len(reasons), 'reason')}"
        said = (
            f"{case.name(claim)} {_SAID[standing]}, and what decides it comes from one source, {given}, "
            f"by way of {how} that {'counts' if len(reasons) == 1 else 'count'}."
        )
        yield case.finding("one source", claim, reasons, said)


def _sources(case: _Case) -> list[Sources]:
    """By claim, the sources behind its being so. Support within a circle is none (nothing lifts itself)."""
    snap = case.snap
    found: list[Sources] = [frozenset()] * len(snap.ids)
    for claim in (claim for component in snap.components for claim in component):
        if case.argued(claim):
            behind = (s for reason in case.sure(claim, 1) for s in _behind(case, found, reason))
        else:
            own = case.known.grounds[claim]
            behind = (s for j in (*own.direct, *own.parts) for s in _of_check(case, j))
        found[claim] = _at_most_two(behind)
    return found


def _at_most_two(sources: Iterator[str]) -> Sources:
    return frozenset(sorted(set(sources))[:2])


def _behind(case: _Case, rests: Sequence[Sources], reason: int) -> Iterator[str]:
    bearing = case.snap.proxy[reason]
    if bearing >= 0:
        yield from _of_check(case, bearing)
    for premise in case.snap.premises[reason]:
        yield from rests[premise]


def _of_check(case: _Case, bearing: int) -> Iterator[str]:
    """The sources of a check's numbers, or of the claim it bears on if it has none."""
    base = case.known.base
    given = [
        base.quantities.get(entry.quantity) if entry.quantity else entry.inline
        for entry in case.check(bearing).inputs
    ]
    sources = [quantity.source for quantity in given if quantity is not None and not quantity.definition]
    cited = _cited(case, case.snap.number[case.snap.amap.bearings[bearing].claim])
    yield from sources or cited or [""]


def _cited(case: _Case, claim: int) -> set[str]:
    base, own = case.known.base, case.snap.ids[claim]
    return {evidence.source for other in case.merged[own] for evidence in base.claims[other].evidence}


def _twice(case: _Case) -> Iterator[AuditFinding]:
    """Theses with several reasons that go back to the same claim or check by way of others.

    Reasons whose own premises share evidence count once anyway; these count each, yet do not stand apart.
    """
    for thesis in case.theses:
        if not case.argued(thesis):
            continue
        for sign in (1, -1):
            reasons = [r for r in case.reasons(thesis, sign) if case.value[r][1] > 0]
            for together, grounds in _sharing(case, thesis, sign):
                side = "for" if sign > 0 else "against"
                who = [r for r in reasons if r in together]
                said = (
                    f"The reasons {side} {case.name(thesis)} given by {listed([case.who(r) for r in who])} "
                    f"are counted separately, yet all go back to {listed(grounds)}."
                )
                yield case.finding("double counting", thesis, who, said)


Place = int | str | frozenset[str]
"""What a reason may go back to: a claim, a check, or evidence that claims declare to be the same."""


def _sharing(case: _Case, thesis: int, sign: int) -> Iterator[tuple[frozenset[int], list[str]]]:
    """Reasons of one side that meet further back, and the names of the places where they do."""
    groups = (case.snap.groups_for if sign > 0 else case.snap.groups_against)[thesis]
    owner: dict[Place, int] = {thesis: -1}
    seen: set[Place] = {thesis}
    meeting: dict[Place, set[int]] = {}
    for number, group in enumerate(groups):
        front: list[Place] = []
        for reason in group:
            if case.value[reason][1] > 0:
                front += _starting(case, reason)
        for place in front:  # grows while it is read
            first = owner.setdefault(place, number)
            if first not in (number, -1):
                meeting.setdefault(place, {first}).add(number)
            elif place not in seen:
                seen.add(place)
                front += _grounds(case, place)
    places: dict[frozenset[int], list[str]] = {}
    for place, met in meeting.items():
        places.setdefault(frozenset(met), []).append(_place(case, place))
    for numbers, names in places.items():
        yield frozenset(reason for number in numbers for reason in groups[number]), names


def _starting(case: _Case, reason: int) -> list[Place]:
    bearing = case.snap.proxy[reason]
    return [case.check(bearing).id] if bearing >= 0 else [*case.snap.premises[reason]]


def _grounds(case: _Case, place: Place) -> list[Place]:
    """What a claim's being so goes back to, one step back: checks that decide it, or its reasons."""
    if not isinstance(place, int):
        return []
    shared: list[Place] = [*case.shared.get(case.snap.ids[place], ())]
    if case.argued(place):
        counting = [reason for reason in case.reasons(place, 1) if case.value[reason][1] > 0]
        return [*shared, *(further for reason in counting for further in _starting(case, reason))]
    own = case.known.grounds[place]
    return [*shared, *(case.check(j).id for j in (*own.direct, *own.parts))]


def _place(case: _Case, place: Place) -> str:
    if isinstance(place, int):
        return case.name(place)
    if isinstance(place, str):
        return f"the check {check_name(case.known.base.checks[place])}"
    names = listed([case.name(case.snap.number[claim]) for claim in sorted(place)])
    return f"the evidence that {names} share"


def _only_proxies(case: _Case) -> Iterator[AuditFinding]:
    """Claims for which, of all their reasons, nothing but proxies counts for sure."""
    for claim, standing in enumerate(case.standings):
        if not case.argued(claim):
            continue
        counting = (*case.sure(claim, 1), *case.sure(claim, -1))
        if not counting or any(case.snap.proxy[reason] < 0 for reason in counting):
            continue
        names = listed([check_name(case.check(case.snap.proxy[reason])) for reason in counting])
        said = (
            f"{case.name(claim)} {_SAID[standing]}, and nothing but "
            f"{'a proxy' if len(counting) == 1 else 'proxies'} counts for or against it: {names}."
        )
        yield case.finding("only proxies", claim, counting, said)


def _idle(case: _Case) -> Iterator[AuditFinding]:
    """Relations that could be taken out without any effect, by claim and by why."""
    snap = case.snap
    for claim, relations, why in without_effect(case.known):
        what = "A relation" if len(relations) == 1 else f"Any one of {len(relations)} relations"
        said = f"{what} could be left out and {case.name(claim)} would be as it is: {why}."
        yield AuditFinding("without effect", snap.ids[claim], relations, said)
