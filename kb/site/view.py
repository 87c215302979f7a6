"""Everything the pages look up, gathered once per build."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kb.checks.records import histories
from kb.graph import members
from kb.model import Account, ArgumentMap, Base, Bearing, Question, Record, Result, Step, Undercut
from kb.site import words
from kb.site.outlook import Outlook
from kb.site.repository import Place, place_of
from kb.site.words import Data
from kb.standing import Accounts, Mark, Score
from kb.standing.audits import AuditFinding


@dataclass(frozen=True, slots=True)
class View:
    """A base with its results and accounts, and the neighbours of each of its parts.

    Pages look everything up here, by id, and nowhere else but in the base's settings: so the tables that a
    page asked, and for which ids, say all that it depends on (``kb.site.traces``).
    """

    base: Base
    results: Mapping[str, Result]
    accounts: Mapping[str, Account]
    bases: Mapping[str, object]
    marks: Mapping[str, Mark]
    scores: Mapping[str, Score]
    weights: Mapping[str, float]
    alias: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]
    assumes: Mapping[str, tuple[str, ...]]
    requires: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, str]
    sharing: Mapping[str, tuple[str, ...]]
    suspect: Mapping[str, str]
    incoming: Mapping[str, list[Step]]
    outgoing: Mapping[str, list[Step]]
    undercuts: Mapping[str, list[Undercut]]
    cuts: Mapping[str, list[Undercut]]
    bearings: Mapping[str, list[Bearing]]
    users: Mapping[str, list[Bearing]]
    needed_by: Mapping[str, list[tuple[str, str]]]
    theses: Mapping[str, list[str]]
    targets: Mapping[str, Step | Undercut]
    questions: Mapping[str, Question]
    history: Mapping[str, tuple[Record, ...]]
    lines: Mapping[str, Data]
    place: Place
    # Worked out from the tables above by ``kb.site.pages.every``.
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cited: Mapping[str, list[Data]] = field(default_factory=dict)
    taken: Mapping[str, list[Data]] = field(default_factory=dict)
    shards: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)
    measured: Mapping[str, str] = field(default_factory=dict)
    behind: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)
    tried: Mapping[str, str] = field(default_factory=dict)
    # Worked out by ``kb.site.further``, from all that is above.
    outlooks: Mapping[str, Outlook] = field(default_factory=dict)
    audits: Mapping[str, list[AuditFinding]] = field(default_factory=dict)
    crisp: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)

    def node(self, claim: str) -> str:
        """The claim that stands for this one in the argument (itself unless it restates another)."""
        return self.alias.get(claim, claim)

    def account(self, claim: str) -> Account | None:
        return self.accounts.get(self.node(claim))

    def claim(self, claim: str) -> Data:
        """What a line or card about a claim shows. Not to be changed: it is the same for all pages."""
        return self.lines[claim]

    def claims(self, ids: Iterable[str]) -> list[Data]:
        return [line for line in map(self.lines.get, ids) if line is not None]

    def check(self, check: str) -> Data:
        """What a line about a check shows."""
        found = self.base.checks[check]
        return {
            "id": check,
            "href": f"check/{check}.html",
            "title": found.title or words.title_of(check),
            **words.verdict(found, self.results.get(check)),
        }

    def source(self, source: str) -> Data:
        """What a citation shows; a source that is not in the base is named by its id."""
        found = self.base.sources.get(source)
        if found is None:
            return {"href": "", "title": source, "short": source}
        return {"href": f"source/{source}.html", "title": found.title, "short": found.short}

    def reasons(self, claim: str) -> list[Step]:
        """The steps into a claim: supports first, the weightiest first."""
        steps = self.incoming.get(claim, ())
        return sorted(steps, key=lambda step: (-step.sign, -self.weights[step.id], step.id))


def view_of(base: Base, amap: ArgumentMap, records: Mapping[str, Record], accounts: Accounts) -> View:
    """Index the argument by neighbour. Linear in the size of the base."""
    incoming: dict[str, list[Step]] = defaultdict(list)
    outgoing: dict[str, list[Step]] = defaultdict(list)
    for step in amap.steps:
        incoming[step.conclusion].append(step)
        for premise in step.premises:
            outgoing[premise].append(step)
    undercuts: dict[str, list[Undercut]] = defaultdict(list)
    cuts: dict[str, list[Undercut]] = defaultdict(list)
    for undercut in amap.undercuts:
        undercuts[undercut.target].append(undercut)
        for premise in undercut.premises:
            cuts[premise].append(undercut)
    bearings: dict[str, list[Bearing]] = defaultdict(list)
    users: dict[str, list[Bearing]] = defaultdict(list)
    for bearing in amap.bearings:
        bearings[bearing.claim].append(bearing)
        users[bearing.check].append(bearing)
    needed_by: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for relation, needs in (("assumes", amap.assumes), ("requires", amap.requires)):
        for claim, others in needs.items():
            for other in others:
                needed_by[other].append((relation, claim))
    theses: dict[str, list[str]] = defaultdict(list)
    for question in base.config.questions:
        for thesis in question.theses:
            theses[amap.alias.get(thesis, thesis)].append(question.id)
    targets: dict[str, Step | Undercut] = {step.id: step for step in amap.steps}
    targets.update((undercut.id, undercut) for undercut in amap.undercuts)
    return View(
        base=base,
        results={check: record.result for check, record in records.items()},
        accounts=accounts,
        bases=accounts.bases,
        marks=accounts.marks,
        scores=accounts.scores,
        weights=accounts.weights,
        alias=amap.alias,
        members=members(amap),
        assumes=amap.assumes,
        requires=amap.requires,
        shared={claim: min(group) for group in amap.shared for claim in sorted(group)},
        sharing={min(group): tuple(sorted(group)) for group in amap.shared},
        suspect=_suspect(base),
        incoming=incoming,
        outgoing=outgoing,
        undercuts=undercuts,
        cuts=cuts,
        bearings=bearings,
        users=users,
        needed_by=needed_by,
        theses=theses,
        targets=targets,
        questions={question.id: question for question in base.config.questions},
        history=histories(base),
        lines=_lines(base, amap, accounts),
        place=place_of(Path(base.root)),
    )


def _suspect(base: Base) -> dict[str, str]:
    """The relations and bearings that have changed since they were reviewed, by id."""
    if not any(
        any(part.reviewed for part in parts)
        for claim in base.claims.values()
        for parts in (claim.steps, claim.undercuts, claim.checks)
    ):
        return {}
    # Slow to import, and many bases stamp nothing.
    from kb.review.stamps import suspects

    return {review.id: review.state for review in suspects(base)}


def _lines(base: Base, amap: ArgumentMap, accounts: Accounts) -> dict[str, Data]:
    """What a line about each claim shows: most claims stand on many pages."""
    marks = accounts.marks
    return {
        claim: {
            "id": claim,
            "href": f"claim/{claim}.html",
            "title": found.name,
            "text": found.text if found.title else "",
            **words.standing(marks.get(amap.alias.get(claim, claim))),
        }
        for claim, found in base.claims.items()
    }
