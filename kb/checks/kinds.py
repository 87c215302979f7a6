"""How each kind of check is evaluated: one case in, named values with units out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from threading import Event

from kb.checks import benchmark, formula, published, simulation
from kb.checks.cases import Case, Given
from kb.checks.formula import Evaluated
from kb.checks.verdict import Evaluator
from kb.model import Base, Benchmark, Check, Fit, Formula, Measurement, Published, Quantity, Simulation


def evaluator(
    base: Base,
    check: Check,
    samples: int,
    *,
    live: bool,
    seconds: float,
    progress: Callable[[float], None] | None,
    stop: Event | None = None,
    limits: list[str],
) -> Evaluator:
    """The function that runs one case of a check, of which a simulation's child may take ``seconds``.

    The limits that a child process ran under are added to ``limits``; setting ``stop`` ends it.
    """
    match check.body:
        case Formula():
            return lambda case: formula.evaluate(base, case, samples)
        case Published():
            return lambda case: published.evaluate(base, case, samples)
        case Simulation() as simulated:
            return lambda case: simulation.evaluate(
                simulated, case, seconds=seconds, progress=progress, stop=stop, limits=limits
            )
        case Benchmark() as measured:
            return _benchmark(base, measured, samples, live, stop)
        case Fit() as fitted:
            from kb.checks import fit  # it needs scipy's linear algebra, which takes long to import

            return lambda case: fit.evaluate(base, fitted, case)


def _benchmark(base: Base, body: Benchmark, samples: int, live: bool, stop: Event | None) -> Evaluator:
    @lru_cache(maxsize=1)
    def measurement() -> Measurement:
        """One measurement for all cases: a live one takes seconds, and readings are compared on the same."""
        return benchmark.measured_now(body, stop) if live else benchmark.recorded(base, body)

    def evaluate(case: Case) -> Evaluated:
        if benchmark.RATE in case.set:
            place = Quantity(benchmark.RATE, value=0.0, unit=benchmark.unit_of(base, body), verified=True)
            return formula.evaluate(base, case, samples, (Given(benchmark.RATE, place, benchmark.RATE),))
        found = measurement()
        rate = Given(benchmark.RATE, benchmark.rate(found, body), f"measurement {found.id}")
        evaluated = formula.evaluate(base, case, samples, (rate,))
        return replace(evaluated, device=found.device.name)

    return evaluate
