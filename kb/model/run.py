"""What a check's run says: verdicts, outputs, readings, flips, and the record of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from kb.model.checked import Amount, Spread


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
    its logarithm when all samples are positive; ``p_low`` and ``p_high`` are P with the input fixed at its
    10th and 90th percentile, the others as stated.
    """

    input: str
    share: float
    p_low: float
    p_high: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the answer turns: the value of one input, all others as stated, from which on (seen from the
    stated value) the condition is more likely met than not (``met``), or unmet than met.

    ``below`` says on which side of the stated value it lies, which ``value``, being rounded, may not show.
    """

    input: str
    value: float
    met: bool
    below: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """P at evenly spaced values of what ``inputs`` share, from ``low`` to ``high``, all else as stated.

    The values grow by a constant factor where ``log``, else by a constant step; ``p`` is None where the
    output is undefined. ``inputs`` are several names where they are one quantity and move together.
    """

    inputs: tuple[str, ...]
    low: float
    high: float
    log: bool
    p: tuple[float | None, ...]

    def at(self, place: int) -> float:
        """The value of the point ``place``, from 0."""
        share = place / (len(self.p) - 1)
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class FitPoint:
    """A row of the fitted table. ``role`` says whether the fit saw it; ``low`` and ``high`` are the 90 %
    interval of ``predicted``, equal to it where no interval was asked for."""

    x: tuple[float, ...]
    y: float
    predicted: float
    low: float
    high: float
    role: Literal["train", "held out", "left out"]


@dataclass(frozen=True, slots=True)
class ModelFit:
    """One model fitted: its parameters, and how well it does on the rows that it saw and on those held out.

    Errors are root mean squares of relative errors. ``aicc`` is Akaike's criterion with the small-sample
    correction (Hurvich & Tsai 1989), ``bic`` the Bayesian one (Schwarz 1978); None with too few rows.
    """

    model: str
    parameters: tuple[Output, ...]
    train_error: float
    held_out_error: float | None = None
    aicc: float | None = None
    bic: float | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit shows beside its outputs: the model, its rival if there is one, every row, and a curve.

    ``curve`` holds (x, y, low, high) over the range of the first column of x; empty with several columns.
    """

    best: ModelFit
    rival: ModelFit | None = None
    x: tuple[str, ...] = ()
    y: str = ""
    x_units: tuple[str, ...] = ()
    y_unit: str = "1"
    points: tuple[FitPoint, ...] = ()
    curve: tuple[tuple[float, float, float, float], ...] = ()


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
    """The part of a record that is a pure function of its key.

    Of a check with readings, the numbers are those of the reading ``shown``: its option by dimension.
    ``caveats`` are sentences for the reader: too few samples, inputs that interact, a fit that barely holds.
    """

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
    turns: tuple[Turn, ...] = ()
    curves: tuple[Curve, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    fit: Fitted | None = None
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
