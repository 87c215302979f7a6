"""Simulation checks: an experiment of an installed package, run in a child process, once for each seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from threading import Event

import numpy as np

from kb import experiments
from kb.checks.cases import Case, Given
from kb.checks.formula import Evaluated, Series
from kb.checks.trouble import CouldNotRunError
from kb.checks.units import UnitError, convert, unit
from kb.experiments import ParamError, Spec
from kb.isolate import Outcome, run_child
from kb.model import Quantity, Simulation

#: Bytes of memory that one run of all seeds may take, and of one file that it writes.
MEMORY = 4_000_000_000
FILE = 1_000_000_000


def evaluate(
    body: Simulation,
    case: Case,
    *,
    seconds: float,
    progress: Callable[[float], None] | None,
    stop: Event | None = None,
    limits: list[str],
) -> Evaluated:
    """Run an experiment with the case's params, all seeds within ``seconds`` of wall time.

    The child reaches as little of this machine as the system lets us arrange: no network, and with
    bubblewrap no files but what it needs. With one seed, or without randomness, the outputs are points; else
    one value a seed. The limits that the child ran under are added to ``limits``; setting ``stop`` ends it.

    Raises:
        CouldNotRunError: the experiment is not installed, its params do not fit, or it failed.
    """
    try:
        spec = experiments.find(body.experiment)
        params = completed(spec, {**body.params, **case.set})
    except LookupError:
        raise CouldNotRunError(f"not installed: the experiment {body.experiment}") from None
    except (ParamError, UnitError) as error:
        raise CouldNotRunError(f"error: {error}") from None
    numbers = seeds(case.check.id, body.seeds if spec.random else 1)
    payload = {"experiment": spec.name, "params": params, "seeds": numbers}
    outcome = run_child(
        "kb.experiments.child:main",
        payload,
        seconds=seconds,
        memory=MEMORY,
        file=FILE,
        reach="least",
        progress=progress,
        stop=stop,
    )
    limits.extend(outcome.limits)
    found = _outputs(outcome)
    outputs = {name: _series(found[name], spec.outputs[name].unit) for name in spec.outputs}
    return Evaluated(outputs, next(iter(outputs)), _givens(spec, params), drawn="seeds")


def seeds(check: str, count: int) -> list[int]:
    """The seeds of a check: they follow from its id, so that its other params are tried on the same luck."""
    return [int.from_bytes(sha256(f"{check}\n{i}".encode()).digest()[:6], "big") for i in range(count)]


def completed(spec: Spec, params: Mapping[str, object]) -> dict[str, float]:
    """All params of a run as numbers. Raises ParamError, or UnitError where an amount does not fit."""
    return experiments.complete(spec, _numbers(spec, params))


def _numbers(spec: Spec, params: Mapping[str, object]) -> dict[str, object]:
    """Params with their amounts as numbers in the param's own unit; the rest is the experiment's to judge."""
    return {
        name: convert(value, unit(spec.params[name].unit))
        if isinstance(value, str) and name in spec.params
        else value
        for name, value in params.items()
    }


def _outputs(outcome: Outcome) -> Mapping[str, list[float]]:
    if outcome.value is not None:
        outputs: Mapping[str, list[float]] = outcome.value["outputs"]
        return outputs
    if "ModuleNotFoundError" in outcome.reason:
        raise CouldNotRunError(f"not installed: what the experiment needs ({outcome.reason})")
    raise CouldNotRunError(f"error: {outcome.reason}")


def _series(values: list[float], text: str) -> Series:
    found = np.asarray(values, dtype=np.float64)
    return Series(found[0] if found.size == 1 else found, text)


def _givens(spec: Spec, params: Mapping[str, float]) -> tuple[Given, ...]:
    """The params as inputs. They are chosen, not found, so there is nothing to verify."""
    return tuple(
        Given(
            name,
            Quantity(
                name, value=value, unit=spec.params[name].unit, title=spec.params[name].doc, definition=True
            ),
            f"param {name}",
        )
        for name, value in params.items()
    )
