"""What the argument makes of the verdicts: standings, each with the account that adds up to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from kb.model.checked import Interval


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
