"""Benchmark checks: a measured rate, recorded with ``kb bench`` or measured now, as an input of a formula.

The rate is the median of the run. Its uncertainty is that of the median, the 95 % confidence interval that
the run records, taken as a normal distribution. The scatter of single repetitions (p10 to p90) is not used:
what a claim asks is what the device sustains, and a long job averages the scatter out.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Event

from kb import bench
from kb.checks.trouble import CouldNotRunError
from kb.model import Base, Benchmark, Device, Measurement, Quantity, Spread, TestRun

#: The standard normal's 97.5th percentile: half a 95 % interval in standard deviations.
Z975 = 1.959963984540054
#: What an expression calls the measured rate.
RATE = "rate"
#: Seconds of timing that a live run takes.
BUDGET = 10.0

_WORDS = {"gpu": "GPU", "cpu": "CPU", "software": "software adapter"}


def selected(base: Base, body: Benchmark) -> Measurement | None:
    """The recorded measurement that a benchmark names, if there is one. Imports nothing heavy.

    A selector of something that measurements do not have (the schema refuses it) finds none.
    """
    try:
        return bench.select(base.measurements, _selector(body))
    except ValueError:
        return None


def unit_of(base: Base, body: Benchmark) -> str:
    """The unit of the rate: that of the measurement there is, else FLOP/s."""
    found = selected(base, body)
    run = bench.pick(found, body.test, body.dtype) if found else None
    return run.unit if run else "FLOP/s"


def rate(measurement: Measurement, body: Benchmark) -> Quantity:
    """The measured rate as a quantity: the median, spread like its 95 % interval.

    Raises:
        CouldNotRunError: no run of the test had its result checked, the result was wrong, or the device is no
            GPU where one is asked for.
    """
    device = measurement.device
    if body.device.get("kind") == "gpu" and not device.is_gpu:
        raise CouldNotRunError(f"{_missing(body)}: {device.name} is no GPU")
    run = bench.pick(measurement, body.test, body.dtype)
    if run is None or "wrong-result" in run.flags:
        raise CouldNotRunError(
            f"{_missing(body)}: {measurement.id or device.name} has no {body.test} in {body.dtype} that was "
            "proven right"
        )
    return replace(
        _quantity(run),
        id=measurement.id,
        title=f"{run.test} {run.dtype} on {device.name}",
        as_of=measurement.when,
        note=", ".join(run.flags),
        file=measurement.file,
    )


def _quantity(run: TestRun) -> Quantity:
    deviation = (run.ci_high - run.ci_low) / (2 * Z975)
    if deviation > 0:
        spread = Spread("normal", (run.median, deviation))
        return Quantity(RATE, spread=spread, unit=run.unit, verified=True)
    return Quantity(RATE, value=run.median, unit=run.unit, verified=True)


def recorded(base: Base, body: Benchmark) -> Measurement:
    """The recorded measurement that the check is about. Raises CouldNotRunError when there is none."""
    found = selected(base, body)
    if found is None:
        raise CouldNotRunError(f"{_missing(body)}; run `kb bench flops --save` on one")
    return found


def measured_now(body: Benchmark, stop: Event | None = None) -> Measurement:
    """A measurement of this machine, made now; setting ``stop`` ends it.

    Raises:
        CouldNotRunError: there is no such device here, or measuring it failed.
    """
    device = next((d for d in bench.devices() if _is_meant(d, body)), None)
    if device is None:
        raise CouldNotRunError(f"no device here is {_wanted(body)}; `kb bench devices` lists what there is")
    try:
        return bench.to_measurement(bench.flops(device, budget=BUDGET, stop=stop))
    except bench.MeasurementFailed as error:
        raise CouldNotRunError(f"error: {error}") from None


def fits(measurement: Measurement, body: Benchmark) -> bool:
    """Whether a measurement could answer a benchmark check, whatever id the check names."""
    wanted = {name: value for name, value in _selector(body).items() if name != "id"}
    return bench.select([measurement], wanted) is not None


def _is_meant(device: Device, body: Benchmark) -> bool:
    """Whether a device of this machine answers to the selector; a recorded id means nothing here."""
    here = Measurement("", device, "", (TestRun(body.test, body.dtype, 0, 0, 0, 0, 0, 0, checked=True),))
    return fits(here, body)


def _selector(body: Benchmark) -> dict[str, str]:
    return {"test": body.test, "dtype": body.dtype, **body.device}


def _missing(body: Benchmark) -> str:
    return f"no recorded measurement of {_wanted(body)}"


def _wanted(body: Benchmark) -> str:
    named = body.device.get("id") or body.device.get("name")
    word = _WORDS.get(body.device.get("kind", ""), "device")
    return f"a {word}" + (f" matching {named}" if named else "")
