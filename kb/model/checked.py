"""Checks and what they compute from: quantities, expectations, readings, tables, measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Amount = float | str
Interval = tuple[float, float]

STRENGTHS = ("weak", "moderate", "strong", "decisive")
BEARS = ("direct", "corroborates", "part", "proxy", "context")
ROLES = ("asserts", "reports", "asks", "concedes", "rejects", "quotes")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rule set aside for one file, with the reason."""

    rule: str
    because: str


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
class Correlation:
    """Two uncertain inputs that move together: Spearman's rank correlation, between -1 and 1."""

    first: str
    second: str
    rank: float
    because: str = ""


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
    """A model fitted to rows of a table.

    ``train`` and ``predict`` are expressions over its columns that pick rows; ``at`` is a point to predict.
    """

    table: str
    model: str
    x: tuple[str, ...]
    y: str
    train: str = ""
    predict: str = ""
    at: Mapping[str, Amount] = field(default_factory=dict)
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
    correlations: tuple[Correlation, ...] = ()
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
    """A small data table: its sidecar. The numbers are in the CSV file beside it.

    ``rows`` holds them only where a check is about to run without that file, as on another machine.
    """

    id: str
    columns: tuple[Column, ...]
    file: str = ""
    csv: str = ""
    title: str = ""
    source: str = ""
    at: str = ""
    licence: str = ""
    rows: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


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
