"""What a check computed: its chart, its outputs, each reading's, what drives it, and what was fitted."""

from __future__ import annotations

from kb import wording
from kb.model import Check, Expectation, Fitted, ModelFit, Output, ReadingResult, Result
from kb.site import words
from kb.site.words import Data


def chart(check: Check, result: Result | None) -> Data | None:
    """What the chart is drawn from; drawing itself waits until the page is rendered."""
    if result is None or result.output is None or (check.expect and check.expect.is_true):
        return None
    output = result.output
    common = {
        "title": "The output" if output.name in ("", "result") else output.name.replace("_", " "),
        "unit": wording.unit(output.unit),
        "claimed": _claimed_value(check.expect, result.band),
        "band": list(result.band) if result.band else None,
    }
    shown = [(reading.title or words.settings(reading.choice), reading.output) for reading in result.readings]
    rows = [[name, *_span(found)] for name, found in shown if found and found.unit == output.unit]
    if len(rows) > 1:
        return {"rows": rows, "title": common["title"], "unit": common["unit"], "band": common["band"]}
    if len(output.edges) > 2 and any(output.counts):
        return {"edges": list(output.edges), "counts": list(output.counts), "median": output.value, **common}
    return {"value": output.value, **common} if output.value == output.value else None


def _claimed_value(
    expect: Expectation | None, band: tuple[float | None, float | None] | None
) -> float | None:
    """Where the claim puts the output, in the output's unit, as the accepted range implies it."""
    if expect is None or band is None:
        return None
    low, high = band
    if expect.about is not None and low is not None and high is not None:
        by_factor = isinstance(expect.within, str) and expect.within.strip().endswith("x")
        return float((low * high) ** 0.5) if by_factor and low > 0 else (low + high) / 2
    if expect.at_least is not None:
        return low
    if expect.at_most is not None:
        return high
    return None


def _span(output: Output) -> tuple[float, float, float]:
    low, high = _ends(output) or (output.value, output.value)
    return low, output.value, high


def _ends(output: Output | None) -> tuple[float, float] | None:
    if output is None or not {"p5", "p95"} <= output.quantiles.keys():
        return None
    return output.quantiles["p5"], output.quantiles["p95"]


def by_reading(result: Result) -> str:
    """The outputs of all readings as one range, when they differ."""
    found = [reading.output for reading in result.readings if reading.output is not None]
    values = sorted({output.value for output in found})
    if len(values) < 2 or len({output.unit for output in found}) > 1:
        return ""
    return f"{wording.number(values[0])} to {wording.with_unit(values[-1], found[0].unit)}"


def output_row(output: Output) -> Data:
    """One output with its 90 % interval, as cells of a table."""
    ends = _ends(output)
    return {
        "name": output.name.replace("_", " "),
        "unit": wording.unit(output.unit),
        "value": wording.number(output.value, 6),
        "low": wording.number(ends[0], 6) if ends else "",
        "high": wording.number(ends[1], 6) if ends else "",
    }


def interval(output: Output | None) -> str:
    """The 90 % interval of an output in words; nothing for a point."""
    ends = _ends(output)
    if output is None or ends is None or ends[0] == ends[1]:
        return ""
    return f"{wording.number(ends[0])} to {wording.with_unit(ends[1], output.unit)}"


def chance(p: float | None, low: float | None, high: float | None) -> str:
    """P with its interval, where that is wide enough to matter."""
    if p is None:
        return ""
    shown = wording.chance(p)
    if low is None or high is None or high - low < 0.002:
        return shown
    return f"{shown} ({low:.3f} to {high:.3f})"


def reading_row(reading: ReadingResult) -> Data:
    """What came out under one reading, as cells of a table."""
    output = reading.output
    return {
        "title": reading.title or words.settings(reading.choice),
        "choice": ", ".join(f"{name}={option}" for name, option in reading.choice.items()),
        **words.verdict_mark(reading.verdict),
        "condition": reading.condition,
        "computed": wording.with_unit(output.value, output.unit) if output else "",
        "interval": interval(output),
        "p": chance(reading.p, reading.p_low, reading.p_high),
        "reason": reading.reason,
    }


def samples(result: Result | None) -> str:
    """What the values of an output are, in words; nothing for a point."""
    if result is None or result.samples < 2:
        return ""
    match result.kind:
        case "simulation":
            return f"{result.samples:,} runs, each with a seed of its own"
        case "fit":
            return f"{result.samples:,} fits, whose spread gives the interval"
    return f"{result.samples:,} samples of the inputs’ stated spread"


def shown(result: Result) -> ReadingResult | None:
    """The reading whose numbers a result shows, where it has readings."""
    return next((reading for reading in result.readings if reading.choice == result.shown), None)


def drivers(result: Result | None) -> Data | None:
    """What the tornado is drawn from: of a check with readings, of the one that is shown."""
    if result is None or not result.drivers:
        return None
    reading = shown(result)
    p = result.p if reading is None else reading.p
    if p is None:
        return None
    titles = {used.name: used.title for used in result.inputs}
    rows = [
        [titles.get(driver.input) or driver.input, driver.share, driver.p_low, driver.p_high]
        for driver in sorted(result.drivers, key=lambda driver: (-driver.share, driver.input))
    ]
    return {
        "rows": rows[:12],
        "p": p,
        "left_out": max(len(rows) - 12, 0),
        "reading": reading.title if reading else "",
    }


def fitted(fit: Fitted) -> Data:
    """What was fitted, and its rival if it has one."""
    return {
        "chart": {"title": "The fit", "fit": fit},
        "models": [_model(model) for model in (fit.best, fit.rival) if model],
    }


def _model(model: ModelFit) -> Data:
    return {
        "name": model.model.replace("-", " "),
        "parameters": [output_row(found) for found in model.parameters],
        "train_error": _error(model.train_error),
        "held_out_error": "" if model.held_out_error is None else _error(model.held_out_error),
        "aicc": "" if model.aicc is None else wording.number(model.aicc),
        "bic": "" if model.bic is None else wording.number(model.bic),
    }


def _error(share: float) -> str:
    return wording.with_unit(100 * share, "%", 2)
