"""What a measured device means for the debate: how long a training run would take on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kb.bench.peaks import share
from kb.bench.roofline import headline_tests
from kb.wording import number, with_unit

#: GPT-3's training compute in FLOP (Brown et al. 2020, Appendix D, Table D.1).
GPT3 = 3.14e23
#: Number types in which models are trained, the most usual first.
TRAINED_IN = ("bf16", "fp16", "tf32", "fp32")
YEAR = 365.25 * 86400  # seconds, as the unit ``year`` of a check
MONTH = 30 * 86400
_KWH = 3.6e6
_UTILISATIONS = (1.0, 0.5, 0.2)


@dataclass(frozen=True, slots=True)
class Answer:
    """A training run of ``work`` FLOP at the measured rate of matrix products in one type.

    Rates are in FLOP/s. ``of_peak`` is the share of the maker's verified peak, ``joules`` the energy of the
    device alone for one FLOP; both None where unknown.
    """

    device: str
    dtype: str
    work: float
    rate: float
    low: float
    high: float
    of_peak: float | None = None
    joules: float | None = None

    def years(self, utilisation: float = 1.0) -> float:
        """Years if that share of the measured rate is kept up all the time."""
        return self.work / (self.rate * utilisation) / YEAR

    def devices_for_a_month(self, utilisation: float = 1.0) -> float:
        """How many such devices would do it in thirty days, if they lost nothing by working together."""
        return self.work / (self.rate * utilisation) / MONTH

    @property
    def kwh(self) -> float | None:
        """The electricity of the device alone in kWh, without the machine around it and its cooling."""
        return None if self.joules is None else self.work * self.joules / _KWH


def answers(record: Mapping[str, Any], work: float = GPT3) -> tuple[Answer, ...]:
    """An answer for each type of TRAINED_IN in which matrix products were measured and right, fastest first.

    The rate is the median with its 95 % interval, as benchmark checks take it.
    """
    found = [_answer(record, test, work) for test in headline_tests(record["tests"]) if _counts(test)]
    return tuple(sorted(found, key=lambda answer: -answer.rate))


def sentences(answer: Answer, *, usd_per_hour: float | None = None, run: str = "GPT-3") -> Iterator[str]:
    """The answer in plain words. ``usd_per_hour`` is what one device costs, if that is known."""
    rate = with_unit(answer.rate, "FLOP/s", 3)
    yield (
        f"{run} took {number(answer.work, 3)} FLOP to train. At the {rate} that {answer.device} reaches in "
        f"{answer.dtype} matrix products, that is {_span(answer)}."
    )
    shares = [
        f"{_years(answer.years(part))} at {number(100 * part)} % of that rate" for part in _UTILISATIONS[1:]
    ]
    yield (
        "That would be a utilisation of 100 % of what was measured, which no training run reaches: it is "
        f"{' and '.join(shares)}."
    )
    if answer.of_peak is not None:
        reached = number(100 * answer.of_peak, 3)
        yield f"The measured rate is {reached} % of the peak that the maker prints for {answer.dtype}."
    most, fewest = (number(max(1, answer.devices_for_a_month(part)), 3) for part in (0.2, 1.0))
    yield (
        f"To do it in a month takes {fewest} such devices at 100 %, {most} at 20 %, if they lost nothing by "
        "working together."
    )
    yield _energy(answer)
    yield _cost(answer, usd_per_hour)


def _counts(test: Mapping[str, Any]) -> bool:
    return test["test"] == "matmul" and test["dtype"] in TRAINED_IN and test["check"]["ok"]


def _answer(record: Mapping[str, Any], test: Mapping[str, Any], work: float) -> Answer:
    reached = share(record, test)
    picojoules = test.get("energy", {}).get("pj_per_flop")
    return Answer(
        record["device"]["name"],
        test["dtype"],
        work,
        test["stats"]["median"],
        test["stats"]["ci_low"],
        test["stats"]["ci_high"],
        reached[0] if reached else None,
        None if picojoules is None else picojoules * 1e-12,
    )


def _span(answer: Answer) -> str:
    slow, fast = (answer.work / end / YEAR for end in (answer.low, answer.high))
    return f"{_years(answer.years())} (95 % interval of the rate: {number(fast, 3)} to {number(slow, 3)})"


def _years(years: float) -> str:
    return f"{number(years, 3)} years"


def _energy(answer: Answer) -> str:
    if answer.kwh is None:
        return "Energy: not known, as the device's power could not be read."
    drawn = with_unit(answer.kwh / 1000, "MWh", 3)
    return f"Energy: {drawn} for the device alone, without the machine around it and its cooling."


def _cost(answer: Answer, usd_per_hour: float | None) -> str:
    if usd_per_hour is None:
        return "Cost: not known; say what the device costs with --usd-per-hour."
    hours = answer.work / answer.rate / 3600
    dollars = [f"{number(hours / part * usd_per_hour, 3)} USD" for part in _UTILISATIONS]
    return (
        f"Cost at {number(usd_per_hour)} USD an hour: {dollars[0]} at 100 % of that rate, {dollars[1]} at "
        f"50 %, {dollars[2]} at 20 %."
    )
