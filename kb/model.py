"""The domain: claims, steps between them, checks, results.

Plain frozen data. This module imports nothing of kb and knows nothing of files,
YAML, numpy or printing; every other room speaks in these types.

Amounts (``Amount``) are either a bare number, in the unit of the place where it
stands, or text with a unit such as ``"3640 petaflop/s*day"``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Amount = float | str
Interval = tuple[float, float]

STRENGTHS = ("weak", "moderate", "strong", "decisive")
BEARS = ("direct", "corroborates", "part", "proxy", "context")
ROLES = ("asserts", "reports", "asks", "concedes", "rejects", "quotes")


# --- what a base's files hold -------------------------------------------------


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
class Allowance:
    """A rule set aside for one file, with the reason."""

    rule: str
    because: str


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
class Spread:
    """A distribution: ``kind`` and its parameters, in the order of the format.

    percentiles (p5, p95): lognormal when both are positive, else normal · uniform (low, high) ·
    normal (mean, sd) · beta (a, b, low, high) · triangular (low, mode, high) ·
    discrete (values, then as many weights).
    """

    kind: Literal["percentiles", "uniform", "normal", "beta", "triangular", "discrete"]
    parameters: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A typed, cited number. Exactly one of ``value`` and ``spread`` may be absent."""

    id: str
    value: float | None = None
    spread: Spread | None = None
    unit: str = "1"
    title: str = ""
    source: str = ""
    at: str = ""
    version: str = ""
    as_of: str = ""
    verified: bool = False
    definition: bool = False
    protocol: str = ""
    note: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A check's input: the id of a shared quantity, or a quantity written in place."""

    name: str
    quantity: str = ""
    inline: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the check's output must meet. Exactly one of the conditions is set."""

    output: str = ""
    about: Amount | None = None
    within: Amount | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    between: tuple[Amount, Amount] | None = None
    is_true: str = ""


@dataclass(frozen=True, slots=True)
class Flip:
    """A change that must give the check another verdict."""

    set: Mapping[str, Amount]
    to: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One named definition of a reading dimension."""

    name: str
    title: str = ""
    set: Mapping[str, Amount] = field(default_factory=dict)
    compute: str = ""
    expect: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A dimension of meaning, with the definitions that people use."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    compute: str
    unit: str = "1"
    let: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fit:
    table: str
    model: str
    x: tuple[str, ...]
    y: str
    train: str = ""
    predict: str = ""
    loss: str = "squares"
    interval: str = "bootstrap"
    compare: str = ""


@dataclass(frozen=True, slots=True)
class Simulation:
    experiment: str
    params: Mapping[str, object] = field(default_factory=dict)
    seeds: int = 1


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A measured rate, picked by test and device; ``compute`` may use it as ``rate``."""

    test: str
    dtype: str = "fp32"
    device: Mapping[str, str] = field(default_factory=dict)
    compute: str = "rate"
    unit: str = "FLOP/s"


@dataclass(frozen=True, slots=True)
class Published:
    """Reported figures, all on one protocol; they are the check's inputs."""

    protocol: str
    compute: str
    unit: str = "1"


Body = Formula | Fit | Simulation | Benchmark | Published


@dataclass(frozen=True, slots=True)
class Check:
    id: str
    kind: Literal["formula", "fit", "simulation", "benchmark", "published"]
    body: Body
    file: str = ""
    title: str = ""
    notes: str = ""
    inputs: tuple[Input, ...] = ()
    expect: Expectation | None = None
    readings: tuple[Reading, ...] = ()
    flips_if: tuple[Flip, ...] = ()
    circular: bool = False
    decides: bool = False
    required: bool = False
    allow: tuple[Allowance, ...] = ()

    @property
    def expects(self) -> bool:
        """Whether it can hold or fail: something is expected of it, or of every option of a reading.

        One that cannot is computed for context, and counts for or against nothing.
        """
        return self.expect is not None or any(all(o.expect for o in r.options) for r in self.readings)


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    unit: str = "1"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A small data table: its sidecar. The numbers are in the CSV file beside it."""

    id: str
    columns: tuple[Column, ...]
    file: str = ""
    csv: str = ""
    title: str = ""
    source: str = ""
    at: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    kind: Literal["gpu", "cpu", "software", "unknown"]
    backend: str
    is_gpu: bool = False
    driver: str = ""


@dataclass(frozen=True, slots=True)
class TestRun:
    """One measured test: rates in ``unit`` (FLOP/s or byte/s)."""

    __test__ = False  # not a test class, whatever pytest thinks of the name

    test: str
    dtype: str
    median: float
    ci_low: float
    ci_high: float
    p10: float
    p90: float
    best: float
    unit: str = "FLOP/s"
    n: int = 0
    accumulate: str = ""
    path: str = ""
    checked: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measurement:
    id: str
    device: Device
    when: str
    runs: tuple[TestRun, ...]
    file: str = ""
    raw: Mapping[str, object] = field(default_factory=dict)


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
    site: str = ""
    severities: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[Allowance, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """Everything a base's files say, by id. ``root`` is the folder that holds ``kb.yaml``."""

    root: str
    config: Config
    claims: Mapping[str, Claim] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    measurements: Mapping[str, Measurement] = field(default_factory=dict)


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


# --- what a check's run says --------------------------------------------------


class Verdict(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    MIXED = "mixed"
    INCONCLUSIVE = "inconclusive"
    COULD_NOT_RUN = "could-not-run"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class InputUsed:
    """An input as it entered the computation. ``value`` is the point, or the spread's median."""

    name: str
    value: float
    unit: str
    spread: Spread | None = None
    quantity: str = ""
    title: str = ""
    source: str = ""
    at: str = ""
    version: str = ""
    as_of: str = ""
    verified: bool = False
    definition: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A named output: a point, or the quantiles and histogram of its samples, in ``unit``."""

    name: str
    unit: str
    value: float
    quantiles: Mapping[str, float] = field(default_factory=dict)
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """How much of the output's spread one input explains, and P at its ends.

    ``share`` is the first-order variance share (Sobol 1993), from binned samples of the output, or of
    its logarithm when all samples are positive; ``p_low`` and ``p_high`` are P with the input in its
    lowest and highest tenth.
    """

    input: str
    share: float
    p_low: float
    p_high: float


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """The check under one definition of each reading dimension."""

    choice: Mapping[str, str]
    title: str
    verdict: Verdict
    p: float | None = None
    p_low: float | None = None
    p_high: float | None = None
    output: Output | None = None
    condition: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FlipResult:
    """What came of one ``flips_if``: it is proven when ``got`` equals ``to`` and differs from the verdict."""

    set: Mapping[str, Amount]
    to: str
    got: str
    proven: bool
    because: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The part of a record that is a pure function of its key."""

    check: str
    key: str
    kind: str
    verdict: Verdict
    reason: str = ""
    provisional: bool = False
    p: float | None = None
    p_low: float | None = None
    p_high: float | None = None
    condition: str = ""
    claimed: str = ""
    band: tuple[float | None, float | None] | None = None
    output: Output | None = None
    outputs: tuple[Output, ...] = ()
    readings: tuple[ReadingResult, ...] = ()
    inputs: tuple[InputUsed, ...] = ()
    drivers: tuple[Driver, ...] = ()
    flips: tuple[FlipResult, ...] = ()
    device: str = ""
    samples: int = 0

    @property
    def ran(self) -> bool:
        return self.verdict not in (Verdict.COULD_NOT_RUN, Verdict.STALE)


@dataclass(frozen=True, slots=True)
class Run:
    """The part of a record that differs from run to run; never compared."""

    seconds: float = 0.0
    host: str = ""
    limits: tuple[str, ...] = ()
    finished: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    result: Result
    run: Run = field(default_factory=Run)


# --- what the argument makes of it --------------------------------------------


class Standing(StrEnum):
    STANDS = "stands"
    FALLS = "falls"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line of the account that adds up to a claim's log-odds.

    ``nats`` is what it adds at the low end and at the high end. A line that adds nothing says
    why in ``note`` ("no better than a coin", "capped", "shared with …", "not counted …").
    """

    kind: Literal["base", "step", "proxy", "cap", "shared"]
    id: str
    sign: int
    nats: Interval
    words: str
    strength: str = ""
    premise: Interval | None = None
    kappa: Interval | None = None
    premises: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A claim's standing with everything needed to recompute it by hand.

    ``log_odds`` is the sum of the contributions' nats at each end; ``strength`` is its logistic,
    after ``limits`` (assumed or required claims that hold it down). For a decided claim the strength is
    the base score and ``tension`` lists the reasons that are shown but not counted.
    """

    claim: str
    standing: Standing
    strength: Interval
    open_reason: str = ""
    because: str = ""
    decided: bool = False
    base: Interval = (0.2, 0.8)
    base_words: str = ""
    log_odds: Interval = (0.0, 0.0)
    contributions: tuple[Contribution, ...] = ()
    tension: tuple[Contribution, ...] = ()
    limits: tuple[tuple[str, str, Interval], ...] = ()
    contested: bool = False
    cyclic: bool = False
    provisional: bool = False
