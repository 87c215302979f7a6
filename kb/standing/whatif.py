"""What if: which standings move when verdicts, strengths or relations are other than they are, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.diagnostics.spelling import did_you_mean
from kb.graph import bearing_id, effects
from kb.model import (
    ArgumentMap,
    Base,
    Interval,
    ReadingResult,
    Result,
    Scale,
    Standing,
    Step,
    Undercut,
    Verdict,
)
from kb.standing.editing import UnknownRelation, need_id, strengthened, with_added, without
from kb.standing.labels import all_labels
from kb.standing.resolving import Known, known_of
from kb.standing.supposing import supposed

SAME = 1e-9
"""Strengths that differ by less than this have not moved."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be otherwise. Everything is optional.

    ``verdicts``: by check, a verdict or a chance P. ``results``: by check, another result (a verdict of the
    same check goes before it). ``strengths``: by step or undercut. ``remove``: names of steps, undercuts,
    bearings ("check > claim") and dependences ("a requires b"). ``add``: new steps and undercuts.
    ``readings``: by reading dimension, the one definition to go by. ``scale``: other bands, thresholds or
    weights. ``accept_unverified`` and ``use_priors`` as in ``kb.standing.solve``.
    """

    verdicts: Mapping[str, str | float] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    strengths: Mapping[str, str] = field(default_factory=dict)
    remove: Sequence[str] = ()
    add: Sequence[Step | Undercut] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    scale: Scale | None = None
    accept_unverified: bool = False
    use_priors: bool = False

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that would say something else."""
        return tuple(dict.fromkeys((*self.verdicts, *self.results)))


@dataclass(frozen=True, slots=True)
class Hop:
    """One stretch of the way that a change travels: by a relation (its name), from a claim to a claim."""

    source: str
    relation: str
    target: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A claim whose standing moved: its label, interval and reason for being open, before and after.

    ``cause`` is the check, relation or setting that was changed and reached it first.
    """

    claim: str
    before: Interval
    after: Interval
    standing_before: Standing
    standing_after: Standing
    open_before: str
    open_after: str
    cause: str

    @property
    def relabelled(self) -> bool:
        return self.standing_before is not self.standing_after

    @property
    def moves(self) -> float:
        """How far the middle moves."""
        return (sum(self.after) - sum(self.before)) / 2


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Which standings move: those with another label first, then by how far. ``unmoved`` counts the rest.

    ``unused`` are changes that act on nothing: a check that bears on no claim (or as context only), a reading
    that no result distinguishes. ``arrivals``: by claim, the hop by which a change reached it; None where the
    change acts on the claim itself.
    """

    moved: tuple[Moved, ...]
    unmoved: int
    unused: tuple[str, ...]
    arrivals: Mapping[str, Hop | None]

    def path(self, claim: str) -> tuple[Hop, ...]:
        """The shortest way from a change to a claim that moved; empty where it acts on the claim itself."""
        path: list[Hop] = []
        arrived = self.arrivals.get(claim)
        while arrived is not None:
            path.append(arrived)
            arrived = self.arrivals[arrived.source]
        return tuple(reversed(path))


def whatif(amap: ArgumentMap, base: Base, results: Mapping[str, Result], changes: Changes) -> WhatIf:
    """Solve the map as it is and as it would be with ``changes``; nothing is recorded.

    Raises:
        UnknownRelation: a change names a check, relation, claim, reading or strength that is not there.
        ValueError: no such verdict, a P outside 0 to 1, or a relation that is both taken out and changed.
    """
    for check in changes.checks:
        if check not in base.checks:
            raise UnknownRelation(f"there is no check {check!r}; {did_you_mean(check, base.checks)}".strip())
    for name in (*changes.strengths, *(item.target for item in changes.add if isinstance(item, Undercut))):
        if name in changes.remove:
            raise ValueError(f"{name} is to be taken out, so nothing else can be supposed of it")
    after_results, read = _read(results, changes.readings)
    after_results |= changes.results
    after_results |= {c: supposed(base.checks[c], v, base) for c, v in changes.verdicts.items()}
    changed = strengthened(without(amap, changes.remove), changes.strengths)
    changed = with_added(changed, changes.add)
    after_base = base
    if changes.scale is not None:
        after_base = replace(base, config=replace(base.config, scale=changes.scale))
    before = known_of(amap, base, results)
    after = known_of(
        changed,
        after_base,
        after_results,
        accept_unverified=changes.accept_unverified,
        use_priors=changes.use_priors,
    )
    causes = _touched(before, after, changes, read)
    moved, arrivals = _moved(before, after, causes)
    bear = {bearing.check for bearing in changed.bearings if bearing.bears != "context"}
    unused = [check for check in changes.checks if check not in bear]
    unused += [dimension for dimension in changes.readings if dimension not in read.values()]
    return WhatIf(moved, len(amap.claims) - len(moved), tuple(unused), arrivals)


def _read(
    results: Mapping[str, Result], readings: Mapping[str, str]
) -> tuple[dict[str, Result], dict[str, str]]:
    """The results under one definition of each dimension, and by which dimension each check changed."""
    found, read = dict(results), {}
    for dimension, option in readings.items():
        options = {r.choice[dimension] for f in results.values() for r in f.readings if dimension in r.choice}
        if options and option not in options:
            raise UnknownRelation(
                f"{dimension!r} has no reading {option!r}; {did_you_mean(option, options)}".strip()
            )
        for check, result in found.items():
            left = [r for r in result.readings if r.choice.get(dimension, option) == option]
            if left and len(left) < len(result.readings):
                found[check] = _under(result, left)
                read[check] = dimension
    return found, read


def _under(result: Result, left: Sequence[ReadingResult]) -> Result:
    """A result of which only some readings are meant: that of the one, or mixed if they still differ."""
    verdicts = {reading.verdict for reading in left}
    first = left[0]
    if len(left) > 1 and (len(verdicts) > 1 or len({reading.p for reading in left}) > 1):
        return replace(result, verdict=Verdict.MIXED, p=None, readings=tuple(left))
    return replace(
        result,
        verdict=first.verdict,
        p=first.p,
        output=first.output,
        condition=first.condition,
        reason=first.reason,
        readings=tuple(left),
    )


def _touched(before: Known, after: Known, changes: Changes, read: Mapping[str, str]) -> dict[str, str]:
    """The claims on which a change acts directly, each with the name of that change."""
    found: dict[str, str] = {}
    for bearing in after.snap.amap.bearings:
        if bearing.bears == "context":
            continue
        if bearing.check in changes.checks:
            found.setdefault(bearing.claim, bearing.check)
        elif bearing.check in read:
            found.setdefault(bearing.claim, read[bearing.check])
    ends: dict[str, str] = {}
    for known in (before, after):
        ends.update((name, claim) for name, (claim, _) in effects(known.snap.amap).items())
        for relation, needs in (("assumes", known.snap.amap.assumes), ("requires", known.snap.amap.requires)):
            ends.update((need_id(c, relation, o), c) for c, others in needs.items() for o in others)
    for name in (*changes.remove, *changes.strengths, *(item.id for item in changes.add)):
        found.setdefault(ends[name], name)
    settings = {
        "another scale": changes.scale is not None,
        "unverified numbers accepted": changes.accept_unverified,
        "the authors' priors": changes.use_priors,
    }
    used = next((name for name, wanted in settings.items() if wanted), "")
    if used:
        said = [
            {bearing_id(b): score for b, score in zip(k.snap.amap.bearings, k.scores, strict=True)}
            for k in (before, after)
        ]
        resaid = {
            b.claim for b in after.snap.amap.bearings if said[0].get(bearing_id(b)) != said[1][bearing_id(b)]
        }
        for i, claim in enumerate(before.snap.ids):
            rebased = before.state.base[i] != after.state.base[i]
            if rebased or claim in resaid or changes.scale is not None:
                found.setdefault(claim, used)
    return found


def _moved(
    before: Known, after: Known, causes: Mapping[str, str]
) -> tuple[tuple[Moved, ...], dict[str, Hop | None]]:
    labels = [all_labels(k.snap, k.base, k.scores, k.grounds, k.state) for k in (before, after)]
    both = [*zip(*labels, strict=True)]
    ids = before.snap.ids
    moved = [
        i
        for i, (old, new) in enumerate(both)
        if _differ(before.interval(i), after.interval(i))
        or (old.standing, old.reason) != (new.standing, new.reason)
    ]
    came, arrivals = _arrivals(before, after, causes, {ids[i] for i in moved})
    found = [
        Moved(
            claim=ids[i],
            before=before.interval(i),
            after=after.interval(i),
            standing_before=both[i][0].standing,
            standing_after=both[i][1].standing,
            open_before=both[i][0].reason,
            open_after=both[i][1].reason,
            cause=came.get(ids[i], ""),
        )
        for i in moved
    ]
    return tuple(sorted(found, key=lambda m: (not m.relabelled, -abs(m.moves), m.claim))), arrivals


def _differ(a: Interval, b: Interval) -> bool:
    return abs(a[0] - b[0]) > SAME or abs(a[1] - b[1]) > SAME


def _arrivals(
    before: Known, after: Known, causes: Mapping[str, str], moved: set[str]
) -> tuple[dict[str, str], dict[str, Hop | None]]:
    """By claim that moved: the change that reached it first, and the last hop of its way."""
    out: defaultdict[str, dict[Hop, None]] = defaultdict(dict)
    for known in (before, after):
        for hop in _hops(known.snap.amap):
            out[hop.source][hop] = None
    came = {claim: cause for claim, cause in causes.items() if claim in moved}
    arrivals: dict[str, Hop | None] = dict.fromkeys(came)
    queue = list(came)
    for claim in queue:  # grows while it is read
        for hop in out[claim]:
            if hop.target in moved and hop.target not in came:
                came[hop.target], arrivals[hop.target] = came[claim], hop
                queue.append(hop.target)
    return came, arrivals


def _hops(amap: ArgumentMap) -> Iterator[Hop]:
    reached = effects(amap)
    inferences: list[Step | Undercut] = [*amap.steps, *amap.undercuts]
    for inference in inferences:
        for premise in inference.premises:
            yield Hop(premise, inference.id, reached[inference.id][0])
    for relation, needs in (("assumes", amap.assumes), ("requires", amap.requires)):
        for claim, others in needs.items():
            for other in others:
                yield Hop(other, need_id(claim, relation, other), claim)
