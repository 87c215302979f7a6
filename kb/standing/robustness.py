"""How far a thesis depends on choices that nobody can check: the semantics, and the scale of its numbers.

Every thesis is judged again by four other semantics, with other base scores for claims without a check, and
with reasons that weigh half or twice as much. One whose label then changes is named with what changed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Literal

from kb.model import ArgumentMap, Base, Interval, Result, Standing
from kb.standing.gradual import strengths
from kb.standing.labels import standing
from kb.standing.modular import SEMANTICS, Semantics, in_turn
from kb.standing.phrases import quoted
from kb.standing.reducing import lost, reduced
from kb.standing.resolving import Known, known_of
from kb.standing.snapshot import Snapshot
from kb.wording import listed

BANDS: tuple[Interval, ...] = ((0.1, 0.9), (0.3, 0.7), (0.4, 0.6))
"""Other base scores for a claim without a direct check."""
FACTORS: Mapping[str, float] = {"halved": 0.5, "doubled": 2.0}
"""Other scales for what a reason adds, in nats. The cap on weak reasons stays: it is no matter of scale."""
ANYWHERE: Interval = (0.0, 1.0)
"""All that is known of a claim in a circle that comes to no rest."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to compute standings: another semantics, another base band, or another strength scale.

    ``name`` is that of the semantics, "0.1 to 0.9", or "halved"; ``title`` the same for readers.
    """

    kind: Literal["semantics", "base band", "strength scale"]
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a claim's label and strength are under a choice.

    A semantics gives one number, so both ends are the same; where a circle comes to no rest under it, the
    claim is open from 0 to 1.
    """

    choice: Choice
    standing: Standing
    strength: Interval


@dataclass(frozen=True, slots=True)
class ThesisRobustness:
    """A thesis's label as it is, and under every other choice."""

    thesis: str
    name: str
    standing: Standing
    strength: Interval
    outcomes: tuple[Outcome, ...]

    @property
    def changes(self) -> tuple[Outcome, ...]:
        """The choices that would give it another label."""
        return tuple(outcome for outcome in self.outcomes if outcome.standing is not self.standing)

    @property
    def words(self) -> str:
        """One sentence: under which choices the label is another, or that it is the same under all."""
        now = f"{self.name} {_SAID[self.standing]}"
        if not self.changes:
            return f"{now} under every semantics, base band and strength scale tried."
        others: dict[Standing, dict[str, list[str]]] = {}
        for outcome in self.changes:
            by_kind = others.setdefault(outcome.standing, {})
            by_kind.setdefault(outcome.choice.kind, []).append(outcome.choice.title)
        changed = []
        for label, kinds in others.items():
            choices = [_UNDER[kind].format(listed(titles)) for kind, titles in kinds.items()]
            changed.append(f"{_SAID[label]} {listed(choices)}")
        return f"{now}, but {'; but '.join(changed)}."


_SAID: Mapping[Standing, str] = {
    Standing.STANDS: "stands",
    Standing.FALLS: "falls",
    Standing.OPEN: "is open",
}
_UNDER: Mapping[str, str] = {
    "semantics": "under the {} semantics",
    "base band": "where unchecked claims start at {}",
    "strength scale": "where the weight of every reason is {}",
}


@dataclass(frozen=True, slots=True)
class Robustness:
    """All theses, in the order of the questions; ``lost`` says what of the map other semantics leave out."""

    theses: tuple[ThesisRobustness, ...]
    lost: tuple[str, ...]

    @property
    def changing(self) -> tuple[ThesisRobustness, ...]:
        """The theses whose label depends on a choice."""
        return tuple(thesis for thesis in self.theses if thesis.changes)


def robustness(
    amap: ArgumentMap, base: Base, results: Mapping[str, Result], *, accept_unverified: bool = False
) -> Robustness:
    """Every thesis's label under the other semantics, base bands and strength scales.

    Solves the whole map once for each choice, linear in its size. Theses that are not in the map (retired,
    or unknown) are left out.
    """
    known = known_of(amap, base, results, accept_unverified=accept_unverified)
    snap = known.snap
    named = {amap.alias.get(thesis, thesis): None for q in base.config.questions for thesis in q.theses}
    theses = [snap.number[thesis] for thesis in named if thesis in snap.number]
    outcomes: dict[int, list[Outcome]] = {thesis: [] for thesis in theses}
    for choice, strength in (*_by_semantics(known), *_by_scale(known)):
        for thesis in theses:
            outcomes[thesis].append(_outcome(known, thesis, choice, strength[thesis]))
    return Robustness(
        tuple(
            ThesisRobustness(
                snap.ids[thesis],
                quoted(base.claims[snap.ids[thesis]].name),
                known.standing(thesis),
                known.interval(thesis),
                tuple(found),
            )
            for thesis, found in outcomes.items()
        ),
        tuple(lost(snap)),
    )


def standings_by(known: Known, semantics: str) -> Mapping[str, Outcome]:
    """Every claim of a solved map under another semantics, by its name in ``SEMANTICS``, in the map's order.

    Raises:
        KeyError: there is no such semantics.
    """
    choice = Choice("semantics", semantics, SEMANTICS[semantics].title)
    strength = _read_by(known, SEMANTICS[semantics])
    return {name: _outcome(known, i, choice, strength[i]) for i, name in enumerate(known.snap.ids)}


def _outcome(known: Known, claim: int, choice: Choice, strength: Interval) -> Outcome:
    pending = known.grounds[claim].pending
    label = Standing.OPEN if pending else standing(strength, known.limits[claim])
    return Outcome(choice, label, strength)


def _read_by(known: Known, semantics: Semantics) -> list[Interval]:
    """The strength of each claim of a solved map under another semantics, as an interval of no width."""
    graph = reduced(known.snap, known.scores, known.grounds, known.state, semantics.weighing)
    points = in_turn(graph.base, graph.edges, semantics)
    if points is None:
        # Circles take numpy, whose import takes longer than all else on a map that people read.
        from kb.standing.bipolar import graph_of
        from kb.standing.rivals import solve_graph

        points = solve_graph(graph_of(graph), semantics).strength.tolist()
    points = points[: len(known.snap.ids)]
    return [ANYWHERE if isnan(point) else (point, point) for point in points]


def _by_semantics(known: Known) -> Iterator[tuple[Choice, Sequence[Interval]]]:
    for name, semantics in SEMANTICS.items():
        yield Choice("semantics", name, semantics.title), _read_by(known, semantics)


def _by_scale(known: Known) -> Iterator[tuple[Choice, Sequence[Interval]]]:
    snap, scale = known.snap, known.snap.scale
    for low, high in BANDS:
        band = f"{low:g} to {high:g}"
        choice = Choice("base band", band, band)
        yield choice, _again(known, replace(snap, scale=replace(scale, unchecked=(low, high))))
    for name, factor in FACTORS.items():
        choice = Choice("strength scale", name, name)
        yield choice, _again(known, replace(snap, omega=tuple([factor * omega for omega in snap.omega])))


def _again(known: Known, snap: Snapshot) -> Sequence[Interval]:
    state = strengths(snap, known.scores, known.grounds)
    return [*zip(state.low, state.high, strict=True)]
