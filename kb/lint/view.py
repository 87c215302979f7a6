"""What every rule works on: the base, its argument map, and a few look-ups made once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kb.diagnostics import PathItem
from kb.diagnostics.spelling import Spelling, asked
from kb.graph import bearing_id, members
from kb.model import ArgumentMap, Base, Bearing, Claim, Evidence, Step, Undercut
from kb.wording import listed

BASE_FILE = "kb.yaml"
GUESSES = 50  # a base with more misspelt ids of a kind than this has one cause for them all


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: ``path`` leads to the offending value in ``file``; its line is looked up later.

    ``expected`` says what would have been right, ``hint`` what to do.
    """

    rule: str
    message: str
    file: str
    path: tuple[PathItem, ...] = ()
    expected: str = ""
    hint: str = ""


@dataclass(frozen=True)
class View:
    """A base as rules see it. ``unread`` are the files that exist but could not be used."""

    base: Base
    amap: ArgumentMap
    today: date
    unread: frozenset[str] = frozenset()
    spellings: dict[str, Spelling] = field(default_factory=dict, repr=False)
    guesses: Counter[str] = field(default_factory=Counter, repr=False)

    @cached_property
    def live(self) -> tuple[Claim, ...]:
        """Accepted and draft claims."""
        return tuple(c for c in self.base.claims.values() if c.status != "retired")

    @cached_property
    def accepted(self) -> tuple[Claim, ...]:
        return tuple(c for c in self.base.claims.values() if c.status == "accepted")

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        return members(self.amap)

    def node(self, claim: str) -> str:
        """The claim's node in the map: itself, or what it restates."""
        return self.amap.alias.get(claim, claim)

    def told(self, claim: str) -> tuple[Claim, ...]:
        """Every claim that says the same as this one, itself included."""
        restated = self._restated.get(self.amap.alias.get(claim, claim))
        if restated is None:
            return (self.base.claims[claim],)
        return tuple(self.base.claims[each] for each in restated)

    @cached_property
    def _restated(self) -> Mapping[str, tuple[str, ...]]:
        return {node: claims for node, claims in self.members.items() if len(claims) > 1}

    def bearings(self, claim: str) -> Sequence[Bearing]:
        """The checks of a claim, those of its restatements included."""
        told = self.told(claim)
        return told[0].checks if len(told) == 1 else [each for one in told for each in one.checks]

    def evidence(self, claim: str) -> Sequence[Evidence]:
        """The evidence of a claim, that of its restatements included."""
        told = self.told(claim)
        return told[0].evidence if len(told) == 1 else [each for one in told for each in one.evidence]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps of live claims, as written."""
        return tuple(step for claim in self.live for step in claim.steps)

    @cached_property
    def undercuts(self) -> tuple[Undercut, ...]:
        """The undercuts of live claims, as written."""
        return tuple(cut for claim in self.live for cut in claim.undercuts)

    @cached_property
    def alike(self) -> Mapping[tuple[tuple[str, ...], str], list[Step]]:
        """The steps of live claims by premises and conclusion, where several share both."""
        node = self.amap.alias.get
        first: dict[tuple[tuple[str, ...], str], Step] = {}
        found: dict[tuple[tuple[str, ...], str], list[Step]] = {}
        for step in self.steps:
            premises = tuple(node(premise, premise) for premise in step.premises)
            if len(premises) > 1:
                premises = tuple(sorted(set(premises)))
            key = (premises, node(step.conclusion, step.conclusion))
            other = first.setdefault(key, step)
            if other is not step:
                found.setdefault(key, [other]).append(step)
        return found

    @cached_property
    def into(self) -> Mapping[str, list[Step]]:
        """The steps of the map by conclusion."""
        found: defaultdict[str, list[Step]] = defaultdict(list)
        for step in self.amap.steps:
            found[step.conclusion].append(step)
        return found

    @cached_property
    def users(self) -> Mapping[str, list[Bearing]]:
        """The bearings of live claims by check."""
        found: defaultdict[str, list[Bearing]] = defaultdict(list)
        for claim in self.live:
            for bearing in claim.checks:
                found[bearing.check].append(bearing)
        return found

    @cached_property
    def theses(self) -> Mapping[str, tuple[PathItem, ...]]:
        """Where in kb.yaml each thesis is first named."""
        found: dict[str, tuple[PathItem, ...]] = {}
        for number, question in enumerate(self.base.config.questions):
            for index, thesis in enumerate(question.theses):
                found.setdefault(thesis, ("questions", number, "theses", index))
        return found

    @cached_property
    def targets(self) -> frozenset[str]:
        """Everything that an undercut can take: steps, undercuts and bearings."""
        written = [
            *(step.id for step in self.steps),
            *(cut.id for cut in self.undercuts),
            *(bearing_id(bearing) for claim in self.live for bearing in claim.checks),
        ]
        mapped = [
            *(step.id for step in self.amap.steps),
            *(cut.id for cut in self.amap.undercuts),
            *(bearing_id(bearing) for bearing in self.amap.bearings),
        ]
        return frozenset(written + mapped)

    @cached_property
    def retired_targets(self) -> Mapping[str, str]:
        """What an undercut could take if its claim were not retired, with that claim."""
        found: dict[str, str] = {}
        for claim in self.base.claims.values():
            if claim.status == "retired":
                found.update((step.id, claim.id) for step in claim.steps)
                found.update((cut.id, claim.id) for cut in claim.undercuts)
                found.update((bearing_id(bearing), claim.id) for bearing in claim.checks)
        return found

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """What each id of the base names."""
        base = self.base
        questions = [question.id for question in base.config.questions]
        return {
            **dict.fromkeys(base.measurements, "a measurement"),
            **dict.fromkeys(base.tables, "a table"),
            **dict.fromkeys(base.quantities, "a quantity"),
            **dict.fromkeys(base.sources, "a source"),
            **dict.fromkeys(questions, "a question"),
            **dict.fromkeys(base.checks, "a check"),
            **dict.fromkeys(base.claims, "a claim"),
        }

    def is_unread(self, wanted: str, kind: str) -> bool:
        """Whether a file that could not be used may have held this id: that file is reported already.

        Questions stand in kb.yaml, and quantities share files.
        """
        match kind:
            case "question":
                return BASE_FILE in self.unread
            case "quantity":
                return any(path.startswith("quantities/") for path in self.unread)
        return wanted in self._unread_ids

    @cached_property
    def _unread_ids(self) -> frozenset[str]:
        return frozenset(path.rsplit("/", 1)[-1].removesuffix(".yaml") for path in self.unread)

    def known(self, kind: str) -> Collection[str]:
        """The ids of a kind: "claim", "check", …, or "step" for all that an undercut can take."""
        base = self.base
        shelves: Mapping[str, Collection[str]] = {
            "claim": base.claims,
            "check": base.checks,
            "source": base.sources,
            "quantity": base.quantities,
            "table": base.tables,
            "measurement": base.measurements,
            "question": {question.id for question in base.config.questions},
        }
        return self.targets if kind == "step" else shelves[kind]

    def did_you_mean(self, wanted: str, kind: str) -> str:
        """A hint towards the id that was meant: a rename, the likeliest spelling, or nothing."""
        if new := self.base.config.renamed.get(wanted):
            return f"it was renamed to {new}"
        if other := self.kinds.get(wanted):
            return f"{wanted} is {other}"
        self.guesses[kind] += 1
        if self.guesses[kind] > GUESSES:
            return ""
        # An undercut's default id holds its target's, so the undercut itself would always look near.
        itself = f"--undercuts--{wanted}"
        return asked(name for name in self._spelling(kind).near(wanted) if not name.endswith(itself))

    def _spelling(self, kind: str) -> Spelling:
        if kind not in self.spellings:
            self.spellings[kind] = Spelling(sorted(self.known(kind)))
        return self.spellings[kind]


def relations(claim: Claim) -> Iterator[tuple[str, tuple[PathItem, ...]]]:
    """Each claim that the relations of ``claim`` name, with the path to its mention."""
    for step in claim.steps:
        path = (step.kind, step.index)
        yield step.conclusion, (*path, "claim")
        for index, premise in enumerate(step.premises[1:]):
            yield premise, (*path, "with", index)
    for cut in claim.undercuts:
        for index, premise in enumerate(cut.premises[1:]):
            yield premise, ("undercuts", cut.index, "with", index)
    for kind, dependences in (("assumes", claim.assumes), ("requires", claim.requires)):
        for index, dependence in enumerate(dependences):
            yield dependence.claim, (kind, index, "claim")


def some(items: Iterable[str], most: int = 3) -> str:
    """A list in words, cut short: "a, b, c and 4 more"."""
    items = list(items)
    return listed(items if len(items) <= most else [*items[:most], f"{len(items) - most} more"])
