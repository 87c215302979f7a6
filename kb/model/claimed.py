"""Claims, how they argue, and where they are found; a base of them, and the map that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kb.model.checked import Allowance, Check, Interval, Measurement, Quantity, Table


@dataclass(frozen=True, slots=True)
class Quote:
    """A pin on quoted words that stores none of them.

    Offsets count characters of the normalised text (norm 1: NFKC, quotes, dashes
    and white space folded); ``shingles`` are 32-bit hashes of each three-word run.
    """

    start: int
    end: int
    sha256: str
    shingles: tuple[int, ...] = ()
    norm: int = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a claim is found: a source, the place in it, and what the source does with it."""

    source: str
    at: str = ""
    role: str = "asserts"
    quote: Quote | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One inference: premises (all needed) that support or attack a conclusion."""

    id: str
    kind: Literal["supports", "attacks"]
    premises: tuple[str, ...]
    conclusion: str
    strength: str = "weak"
    because: str = ""
    scheme: str = ""
    named: bool = False
    reviewed: str = ""
    owner: str = ""
    index: int = 0

    @property
    def sign(self) -> int:
        return 1 if self.kind == "supports" else -1


@dataclass(frozen=True, slots=True)
class Undercut:
    """A reason against a step, not against a claim.

    ``target`` is a step's id, another undercut's id, or ``"check-id > claim-id"``
    (the bearing of a check on a claim).
    """

    id: str
    premises: tuple[str, ...]
    target: str
    strength: str = "decisive"
    because: str = ""
    named: bool = False
    reviewed: str = ""
    owner: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Dependence:
    """A claim that this one assumes or requires."""

    claim: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Bearing:
    """How a check bears on a claim."""

    check: str
    bears: str = "direct"
    because: str = ""
    if_fails: str = ""
    if_fails_because: str = ""
    reviewed: str = ""
    claim: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    by: str
    probability: float
    check: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    id: str
    text: str
    file: str = ""
    title: str = ""
    question: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    status: str = "accepted"
    replaced_by: str = ""
    origin: str = "text"
    prior: float | None = None
    forecast: Forecast | None = None
    standard: str = ""
    stance: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    steps: tuple[Step, ...] = ()
    undercuts: tuple[Undercut, ...] = ()
    assumes: tuple[Dependence, ...] = ()
    requires: tuple[Dependence, ...] = ()
    restates: tuple[str, ...] = ()
    same_evidence_as: tuple[str, ...] = ()
    checks: tuple[Bearing, ...] = ()
    uncheckable: str = ""
    allow: tuple[Allowance, ...] = ()

    @property
    def topic(self) -> str:
        return self.file.rsplit("/", 1)[0] if "/" in self.file else ""

    @property
    def name(self) -> str:
        """What people call it: the title, or the claim itself."""
        return self.title or self.text


@dataclass(frozen=True, slots=True)
class Source:
    """A cited work; ``csl`` holds its CSL-JSON fields as written."""

    id: str
    title: str
    file: str = ""
    type: str = "document"
    authors: tuple[str, ...] = ()
    issued: str = ""
    url: str = ""
    accessed: str = ""
    csl: Mapping[str, object] = field(default_factory=dict)
    allow: tuple[Allowance, ...] = ()

    @property
    def short(self) -> str:
        """Author and year, as in running text."""
        families = [a.split(",")[0] for a in self.authors]
        match families:
            case []:
                who = self.title
            case [one]:
                who = one
            case [one, two]:
                who = f"{one} & {two}"
            case _:
                who = f"{families[0]} et al."
        return f"{who} {self.issued[:4]}".strip()


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    theses: tuple[str, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers of the standing semantics; a base may set its own in ``kb.yaml``.

    ``odds`` are the odds ratios of a reason's strength (their logarithm is ω), ``cap``
    the odds that weak reasons and proxies of one side reach together at most.
    """

    stands: float = 0.6
    falls: float = 0.4
    holds: float = 0.9
    fails: float = 0.1
    odds: Mapping[str, float] = field(
        default_factory=lambda: {"weak": 2.0, "moderate": 4.0, "strong": 10.0, "decisive": 100.0}
    )
    undercut: Mapping[str, float] = field(
        default_factory=lambda: {"weak": 0.25, "moderate": 0.5, "strong": 0.75, "decisive": 1.0}
    )
    cap: float = 4.0
    unchecked: Interval = (0.2, 0.8)
    not_run: Interval = (0.02, 0.98)
    inconclusive: Interval = (0.35, 0.65)


@dataclass(frozen=True, slots=True)
class Config:
    title: str
    format: int = 1
    requires: str = ""
    about: str = ""
    questions: tuple[Question, ...] = ()
    scale: Scale = field(default_factory=Scale)
    repository: str = ""
    branch: str = "main"
    host: str = ""
    site: str = ""
    severities: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[Allowance, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """Everything a base's files say, by id. ``root`` is the folder that holds ``kb.yaml``.

    ``files`` are its files' bytes by path where they do not lie there: an earlier state, that git keeps.
    """

    root: str
    config: Config
    claims: Mapping[str, Claim] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    files: Mapping[str, bytes] | None = field(default=None, repr=False)

    @property
    def home(self) -> str | Mapping[str, bytes]:
        """Where its files are to be read."""
        return self.root if self.files is None else self.files


@dataclass(frozen=True, slots=True)
class ArgumentMap:
    """The argument of a base, ready for reasoning: restated claims merged, ids resolved.

    Only accepted and draft claims that are not aliases appear. ``alias`` sends the id of a restated
    claim to the one node that stands for it. ``shared`` groups claims that declare the
    same evidence. Relations that point at nothing are left out (lint reports them).
    """

    claims: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    undercuts: tuple[Undercut, ...] = ()
    bearings: tuple[Bearing, ...] = ()
    assumes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: tuple[frozenset[str], ...] = ()
    alias: Mapping[str, str] = field(default_factory=dict)
