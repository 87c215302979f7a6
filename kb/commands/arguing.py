"""Ask the argument what would turn a claim, what to check next, and how far to trust a standing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.commands.opening import Opened, standings
from kb.commands.selecting import UnknownName, resolve
from kb.diagnostics.spelling import did_you_mean
from kb.graph import links, members
from kb.model import Interval, Record, Result, Standing
from kb.standing.cone import cone
from kb.standing.labels import STANDARDS, thresholds

if TYPE_CHECKING:
    from kb.standing.audits import AuditFinding
    from kb.standing.crisp import Crisp, Disagreement
    from kb.standing.cruxes import Cruxes
    from kb.standing.levers import Levers
    from kb.standing.resolving import Known
    from kb.standing.robustness import Outcome, Robustness
    from kb.standing.worth import Ranking

SEMANTICS = ("df-quad", "quadratic-energy", "euler", "mlp")
"""Other semantics, known without importing them."""


class WrongSupposition(ValueError):
    """Something that cannot be supposed; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The check that is nearest to a claim, the claim it bears on, and how many steps lie between them."""

    check: str
    claim: str
    steps: int


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is worth knowing of a claim beside the reasons for it.

    ``limits`` are the strengths (at or below, at or above) at which it falls and stands, by the proof
    ``standard`` that it names, if any. ``nearest`` is None where no check lies behind it. ``crisp`` is what
    it is without weights, ``disagreement`` set where that is not what its standing says.
    """

    claim: str
    thesis: bool
    contested: bool
    standard: str
    limits: Interval
    nearest: Nearest | None
    crisp: Crisp
    disagreement: Disagreement | None


# --- what would turn a claim ----------------------------------------------------


def cruxes(
    opened: Opened,
    records: Mapping[str, Record],
    claim: str,
    *,
    to: Standing | None,
    claims: bool,
    largest: int,
    budget: int | None,
    accept_unverified: bool,
) -> Cruxes:
    """The smallest sets of verdicts that would give a claim another label. Raises ``UnknownName``."""
    from kb.standing.cruxes import cruxes as found

    node = node_of(opened, claim)
    known = _known(opened, records, (node,), accept_unverified=accept_unverified)
    return found(known, node, to=to, claims=claims, largest=largest, budget=budget)


def worth_checking(
    opened: Opened, records: Mapping[str, Record], claims: Sequence[str], *, accept_unverified: bool
) -> Ranking:
    """What to check next for some claims (all theses, if none is named). Raises ``UnknownName``."""
    from kb.standing.worth import worth_checking as found

    nodes = [node_of(opened, claim) for claim in claims] or theses(opened)
    return found(_known(opened, records, nodes, accept_unverified=accept_unverified), nodes)


def levers(opened: Opened, records: Mapping[str, Record], claim: str, *, accept_unverified: bool) -> Levers:
    """Everything that moves a claim, and how far. Raises ``UnknownName``."""
    from kb.standing.levers import levers as found

    node = node_of(opened, claim)
    return found(opened.argument, opened.base, results_of(records), node, accept_unverified=accept_unverified)


# --- how far to trust it ---------------------------------------------------------


def robustness(
    opened: Opened, records: Mapping[str, Record], claim: str | None, *, accept_unverified: bool
) -> Robustness:
    """How far theses (one, or all) depend on the semantics and its scale. Raises ``UnknownName``."""
    from kb.standing.robustness import robustness as found

    node = None if claim is None else node_of(opened, claim)
    amap = opened.argument if node is None else cone(opened.argument, node)
    whole = found(amap, opened.base, results_of(records), accept_unverified=accept_unverified)
    if node is None:
        return whole
    return replace(whole, theses=tuple(thesis for thesis in whole.theses if thesis.thesis == node))


def standings_by(
    opened: Opened, records: Mapping[str, Record], semantics: str, *, accept_unverified: bool
) -> Mapping[str, Outcome]:
    """Where every claim stands under another semantics. Raises ``WrongSupposition`` for an unknown one."""
    if semantics not in SEMANTICS:
        there = did_you_mean(semantics, SEMANTICS) or f"there is {', '.join(SEMANTICS)}"
        raise WrongSupposition(f"no other semantics is called {semantics!r}; {there}")
    from kb.standing.robustness import standings_by as found

    known = _known(opened, records, opened.argument.claims, accept_unverified=accept_unverified)
    return found(known, semantics)


def audits(
    opened: Opened, records: Mapping[str, Record], *, accept_unverified: bool
) -> tuple[AuditFinding, ...]:
    """What to look into in the argument, given what the checks say."""
    from kb.standing.audits import audits as found

    return found(opened.argument, opened.base, results_of(records), accept_unverified=accept_unverified)


def disagreements(
    opened: Opened, records: Mapping[str, Record], *, accept_unverified: bool
) -> tuple[Disagreement, ...]:
    """Where the standings and the crisp reading differ."""
    from kb.standing.crisp import disagreements as found

    accounts = standings(opened, records, accept_unverified=accept_unverified)
    return found(accounts.marks, accounts.crisp)


def remarks(opened: Opened, records: Mapping[str, Record], claim: str, *, accept_unverified: bool) -> Remarks:
    """What to say of a claim beside the reasons for it. Raises ``UnknownName``."""
    from kb.standing.crisp import disagreements as found

    node = node_of(opened, claim)
    part = replace(opened, argument=cone(opened.argument, node))
    accounts = standings(part, records, accept_unverified=accept_unverified)
    own = [opened.base.claims[member] for member in members(opened.argument)[node]]
    limits = thresholds(own, opened.base.config.scale)
    demanded = [member.standard for member in own if member.standard in STANDARDS]
    return Remarks(
        claim=node,
        thesis=node in theses(opened),
        contested=accounts.marks[node].contested,
        standard=max(demanded, key=STANDARDS.__getitem__, default=""),
        limits=limits,
        nearest=nearest(part, node),
        crisp=accounts.crisp[node],
        disagreement=next(iter(found({node: accounts.marks[node]}, accounts.crisp)), None),
    )


def nearest(opened: Opened, claim: str) -> Nearest | None:
    """The check nearest to a claim, by the fewest steps, ties by the order of the map; context counts not."""
    amap = opened.argument
    own: dict[str, str] = {}
    for bearing in amap.bearings:
        if bearing.bears != "context":
            own.setdefault(bearing.claim, bearing.check)
    into: defaultdict[str, list[str]] = defaultdict(list)
    for source, target, _ in links(amap):
        into[target].append(source)
    steps = {claim: 0}
    queue = [claim]
    for reached in queue:  # grows while it is read
        if reached in own:
            return Nearest(own[reached], reached, steps[reached])
        for source in into[reached]:
            if source not in steps:
                steps[source] = steps[reached] + 1
                queue.append(source)
    return None


def theses(opened: Opened) -> list[str]:
    """The theses of all questions that are in the map, each once, restated ones under what they restate."""
    amap = opened.argument
    found = (amap.alias.get(t, t) for q in opened.base.config.questions for t in q.theses)
    there = set(amap.claims)
    return [thesis for thesis in dict.fromkeys(found) if thesis in there]


def _known(
    opened: Opened, records: Mapping[str, Record], nodes: Iterable[str], *, accept_unverified: bool
) -> Known:
    """The solved map: of one claim, the part behind it."""
    from kb.standing.resolving import known_of

    amap, wanted = opened.argument, list(nodes)
    if len(wanted) == 1:
        amap = cone(amap, wanted[0])
    return known_of(amap, opened.base, results_of(records), accept_unverified=accept_unverified)


def results_of(records: Mapping[str, Record]) -> dict[str, Result]:
    return {check: record.result for check, record in records.items()}


def node_of(opened: Opened, name: str) -> str:
    """The node of the map that a claim's name stands for."""
    claim, kind = resolve(opened, name)
    if kind != "claim":
        raise UnknownName(f"{name!r} is a {kind}, not a claim")
    node = opened.argument.alias.get(claim, claim)
    if node not in opened.argument.claims:
        raise UnknownName(f"the claim {name!r} is {opened.base.claims[claim].status}: no argument goes by it")
    return node
