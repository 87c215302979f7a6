"""Cruxes: the smallest sets of checks that would have to come out otherwise for a conclusion's label to flip.

Branch and bound over the checks behind the conclusion, those with most effect first. A branch is given up
only when ``kb.standing.bounding`` shows that whatever the remaining checks said, the label would stay; a set
is reported only after the map has been solved with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.model import Interval, Result, Standing, Verdict
from kb.standing.bounding import possible
from kb.standing.phrases import counted
from kb.standing.resolving import Known, affordable, bearing_checks, reaching, resolve
from kb.standing.scores import check_score
from kb.standing.supposing import supposed

LARGEST = 3
OUTCOMES = (Verdict.HOLDS, Verdict.FAILS, Verdict.INCONCLUSIVE, Verdict.COULD_NOT_RUN)
"""All that a check may come to, as far as a label can tell: a P between lies within their bounds."""

Free = tuple[Literal["check", "claim"], str]
"""Something that may come out otherwise: a check, or a claim without one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One check that would come out otherwise; or a claim without a check, if one decided it.

    ``before`` is None where nothing has been run. ``provisional``: what the check says now rests on an
    unverified number, which counts as another result than the same verdict verified.
    """

    kind: Literal["check", "claim"]
    id: str
    before: Verdict | None
    after: Verdict
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Crux:
    """A set of changes that together flip the label, none of which can be left out; and to what."""

    changes: tuple[Change, ...]
    standing: Standing
    strength: Interval


@dataclass(frozen=True, slots=True)
class Cruxes:
    """The cruxes of a claim, smallest first.

    All sets of at most ``searched`` changes were covered. When ``stopped``, the budget of ``solves`` ran out
    before sets of ``largest`` were, and there may be others of that size. ``settled``: no set of changes
    of any size flips the label, whatever the checks say.
    """

    claim: str
    standing: Standing
    strength: Interval
    checks: tuple[str, ...]
    claims: tuple[str, ...]
    found: tuple[Crux, ...]
    largest: int
    searched: int
    solves: int
    stopped: bool
    settled: bool

    @property
    def words(self) -> str:
        return said(self)


def cruxes(
    known: Known,
    claim: str,
    *,
    verdicts: Sequence[Verdict] = (Verdict.HOLDS, Verdict.FAILS),
    to: Standing | None = None,
    claims: bool = False,
    largest: int = LARGEST,
    budget: int | None = None,
) -> Cruxes:
    """The smallest sets of verdict changes that give ``claim`` another label, or the label ``to``.

    Each check behind the claim may come to any of ``verdicts`` (at P = 1 or 0). Sets have at most ``largest``
    changes; a set that holds a smaller one is no crux. With ``claims``, open claims behind it that have no
    check of their own may be decided, too, as if by a check. At most ``budget`` maps are solved or bounded;
    by default fewer the larger the map is. Give it the claim's ``cone``, not the whole map.

    Raises:
        KeyError: the claim is not in the map.
    """
    target = known.snap.number[known.snap.amap.alias.get(claim, claim)]
    if budget is None:
        budget = affordable(known)
    return _Search(known, target, verdicts, to, claims, budget).run(largest)


class _OutOfBudget(Exception):
    pass


class _Search:
    def __init__(
        self,
        known: Known,
        target: int,
        verdicts: Sequence[Verdict],
        to: Standing | None,
        claims: bool,
        budget: int,
    ) -> None:
        self.known, self.target, self.budget, self.solves = known, target, budget, 0
        self.standing = known.standing(target)
        self.wanted = frozenset({to} if to else Standing) - {self.standing}
        self.checks = {
            check: options
            for check in bearing_checks(known, target)
            if (options := dict(_options(known, check, verdicts)))
        }
        # For bounds only: a check that holds at P = 0.93 may still come to hold at P = 1.
        self.outcomes = {
            check: [supposed(known.base.checks[check], verdict, known.base) for verdict in verdicts]
            for check in self.checks
        }
        self.claims = dict(_decisions(known, target, verdicts)) if claims else {}
        self.free: dict[Free, tuple[Change, ...]] = {
            **{("check", check): tuple(options) for check, options in self.checks.items()},
            **{("claim", claim): tuple(options) for claim, options in self.claims.items()},
        }
        self.found: list[Crux] = []

    def run(self, largest: int) -> Cruxes:
        searched = 0
        settled = stopped = False
        try:
            settled = not self._may_ever_flip()
            if settled:
                searched = largest
            else:
                order = self._singles()
                searched = 1
                for size in range(2, largest + 1):
                    self._sets(order, size)
                    searched = size
        except _OutOfBudget:
            stopped = True
        return Cruxes(
            claim=self.known.snap.ids[self.target],
            standing=self.standing,
            strength=self.known.interval(self.target),
            checks=tuple(self.checks),
            claims=tuple(self.claims),
            found=tuple(self.found),
            largest=largest,
            searched=searched,
            solves=self.solves,
            stopped=stopped,
            settled=settled,
        )

    def _spend(self) -> None:
        if self.solves >= self.budget:
            raise _OutOfBudget
        self.solves += 1

    def _may_ever_flip(self) -> bool:
        """Whether the claim may get a wanted label at all, whatever becomes of the checks.

        A set of changes has verdicts at P = 1 or 0 only. "Nothing could" says more: a check that holds at
        P = 0.93 may also come to hold at 1, to be inconclusive, or not to run.
        """
        self._spend()
        known, base = self.known, self.known.base
        options = {
            check: [known.results.get(check), *(supposed(base.checks[check], v, base) for v in OUTCOMES)]
            for check in self.checks
        }
        claims = {known.snap.number[name]: [*found.values()] for name, found in self.claims.items()}
        return bool(possible(known, options, self.target, claims) & self.wanted)

    def _may_flip(self, known: Known, free: Sequence[Free]) -> bool:
        """Whether the claim may get a wanted label when all that is free comes out as it likes."""
        self._spend()
        options = {
            name: [known.results.get(name), *self.outcomes[name]] for kind, name in free if kind == "check"
        }
        number = known.snap.number
        claims = {number[name]: [*self.claims[name].values()] for kind, name in free if kind == "claim"}
        return bool(possible(known, options, self.target, claims) & self.wanted)

    def _solved(self, known: Known, change: Change) -> Known:
        self._spend()
        if change.kind == "check":
            return resolve(known, {change.id: self.checks[change.id][change]})
        return resolve(known, {}, {known.snap.number[change.id]: self.claims[change.id][change]})

    def _record(self, solved: Known, changes: tuple[Change, ...]) -> None:
        label = solved.standing(self.target)
        if label in self.wanted:
            self.found.append(Crux(changes, label, solved.interval(self.target)))

    def _singles(self) -> list[Free]:
        """Try every single change; returns all that is free by how far it moves the claim."""
        before = self.known.interval(self.target)
        effect = dict.fromkeys(self.free, 0.0)
        for free, changes in self.free.items():
            for change in changes:
                solved = self._solved(self.known, change)
                low, high = solved.interval(self.target)
                effect[free] = max(effect[free], abs(low - before[0]) + abs(high - before[1]))
                self._record(solved, (change,))
        return sorted(self.free, key=lambda free: -effect[free])

    def _sets(self, order: Sequence[Free], size: int) -> None:
        """Try every set of a size that holds no crux found so far, but for branches that cannot flip."""
        smaller = [frozenset(crux.changes) for crux in self.found]
        work: list[tuple[Known, tuple[Change, ...], int]] = [(self.known, (), 0)]
        while work:
            known, changes, start = work.pop()
            if changes and not self._may_flip(known, order[start:]):
                continue
            missing = size - len(changes)
            deeper = []
            for place in range(start, len(order) - missing + 1):
                for change in self.free[order[place]]:
                    together = (*changes, change)
                    if any(crux.issubset(together) for crux in smaller):
                        continue
                    solved = self._solved(known, change)
                    if missing == 1:
                        self._record(solved, together)
                    else:
                        deeper.append((solved, together, place + 1))
            work.extend(reversed(deeper))


def _options(known: Known, check: str, verdicts: Sequence[Verdict]) -> Iterator[tuple[Change, Result]]:
    score = known.scores[known.bearings[check][0]]
    for verdict in verdicts:
        if verdict is not score.verdict or score.provisional:
            result = supposed(known.base.checks[check], verdict, known.base)
            yield Change("check", check, score.verdict, verdict, score.provisional), result


def _decisions(
    known: Known, target: int, verdicts: Sequence[Verdict]
) -> Iterator[tuple[str, dict[Change, Interval]]]:
    """The open claims behind the target that have no check, with the strengths one would give them."""
    scale = known.base.config.scale
    for claim in reaching(known, target):
        if claim == target or known.snap.bearings[claim] or known.standing(claim) is not Standing.OPEN:
            continue
        name = known.snap.ids[claim]
        yield (
            name,
            {
                Change("claim", name, None, verdict): check_score(Result("", "", "", verdict), scale).interval
                for verdict in verdicts
            },
        )


def said(found: Cruxes) -> str:
    """What was found, and how far the search went, in one to three sentences."""
    if not (found.checks or found.claims):
        return "No check bears on this claim, so none could change where it stands."
    checks = counted(len(found.checks), "check")
    behind = f"{checks} and {counted(len(found.claims), 'open claim')}" if found.claims else checks
    if found.settled:
        return f"Nothing that could come of the {behind} behind it would change its label."
    covered = (
        f"all sets of up to {counted(found.searched, 'change')} were"
        if found.searched
        else "not every single change was"
    )
    how = f"Of the {behind} behind it, {covered} tried."
    if found.stopped:
        others = "larger sets" if found.searched else "others"
        how += f" The search stopped early, after {counted(found.solves, 'solution')}; {others} may flip it."
    if not found.found:
        return f"None flips it. {how}"
    smallest = counted(min(len(crux.changes) for crux in found.found), "change")
    sets = counted(len(found.found), "set")
    return f"{sets[:1].upper()}{sets[1:]} would flip it, the smallest of {smallest}. {how}"
