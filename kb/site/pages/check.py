"""A check: the verdict, claimed against computed, the inputs, what would flip it, how to run it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb import checks, wording
from kb.model import (
    Benchmark,
    Check,
    Expectation,
    Fit,
    FitPoint,
    Fitted,
    Formula,
    InputUsed,
    ModelFit,
    Output,
    Published,
    Quantity,
    ReadingResult,
    Result,
    Simulation,
)
from kb.site import words
from kb.site.pages import measurements
from kb.site.pages.claim import edit_address
from kb.site.view import View
from kb.site.words import Data


def content(view: View, name: str) -> Data:
    """The page of one check; without a result it shows what would be computed."""
    check = view.base.checks[name]
    result = view.results.get(check.id)
    output = result.output if result else None
    return {
        **view.check(check.id),
        "kind": words.KINDS[check.kind],
        "simulation": check.kind == "simulation",
        "reason_words": result.reason if result and not result.readings else "",
        "ran": bool(result and result.ran),
        "provisional": bool(result and result.provisional),
        "condition": result.condition if result else "",
        "claimed": words.claimed(check.expect, result) or _expected(check.expect, ""),
        "computed": words.computed(check.expect, output),
        "interval": _interval(output),
        "by_reading": _by_reading(result) if result else "",
        "p": _p(result.p, result.p_low, result.p_high) if result else "",
        "p_is": wording.p_is(result.p) if result and result.p is not None else "",
        "chart": _chart(check, result),
        "outputs": [_output(found) for found in (result.outputs if result else ())],
        "readings": [_reading(reading) for reading in (result.readings if result else ())],
        "dimensions": _dimensions(check),
        "drivers": _drivers(view, result),
        "believe": list(checks.believe(check, result)) if result else [],
        "caveats": list(result.caveats) if result else [],
        "fit": _fit(result.fit) if result and result.fit else None,
        "inputs": _inputs(view, check, result),
        "flips": _flips(check, result),
        "how": _how(check),
        "circular": check.circular,
        "decides": check.decides,
        "required": check.required,
        "notes": words.paragraphs(check.notes),
        "device": result.device if result else "",
        "measurement": measurements.reference(view, check.id),
        "samples": f"{result.samples:,}" if result and result.samples > 1 else "",
        "used": [
            {
                **view.claim(bearing.claim),
                "bears_words": words.BEARS.get(bearing.bears, bearing.bears),
                "because": bearing.because,
            }
            for bearing in view.users.get(check.id, ())
        ],
        "edit": edit_address(view, check.file),
    }


def _p(p: float | None, low: float | None, high: float | None) -> str:
    """P with its interval, where that is wide enough to matter."""
    if p is None:
        return ""
    shown = wording.chance(p)
    if low is None or high is None or high - low < 0.002:
        return shown
    return f"{shown} ({low:.3f} to {high:.3f})"


def _interval(output: Output | None) -> str:
    ends = _ends(output)
    if output is None or ends is None or ends[0] == ends[1]:
        return ""
    return f"{wording.number(ends[0])} to {wording.with_unit(ends[1], output.unit)}"


def _ends(output: Output | None) -> tuple[float, float] | None:
    if output is None or not {"p5", "p95"} <= output.quantiles.keys():
        return None
    return output.quantiles["p5"], output.quantiles["p95"]


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


def _chart(check: Check, result: Result | None) -> Data | None:
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


def _span(output: Output) -> tuple[float, float, float]:
    low, high = _ends(output) or (output.value, output.value)
    return low, output.value, high


def _by_reading(result: Result) -> str:
    """The outputs of all readings as one range, when they differ."""
    found = [reading.output for reading in result.readings if reading.output is not None]
    values = sorted({output.value for output in found})
    if len(values) < 2 or len({output.unit for output in found}) > 1:
        return ""
    return f"{wording.number(values[0])} to {wording.with_unit(values[-1], found[0].unit)}"


def _output(output: Output) -> Data:
    ends = _ends(output)
    return {
        "name": output.name.replace("_", " "),
        "unit": wording.unit(output.unit),
        "value": wording.number(output.value, 6),
        "low": wording.number(ends[0], 6) if ends else "",
        "high": wording.number(ends[1], 6) if ends else "",
    }


def _reading(reading: ReadingResult) -> Data:
    output = reading.output
    return {
        "title": reading.title or words.settings(reading.choice),
        "choice": ", ".join(f"{name}={option}" for name, option in reading.choice.items()),
        **words.verdict_mark(reading.verdict),
        "condition": reading.condition,
        "computed": wording.with_unit(output.value, output.unit) if output else "",
        "interval": _interval(output),
        "p": _p(reading.p, reading.p_low, reading.p_high),
        "reason": reading.reason,
    }


def _dimensions(check: Check) -> list[Data]:
    return [
        {
            "name": reading.name,
            "options": [
                {
                    "name": option.name,
                    "title": option.title or words.title_of(option.name),
                    "set": words.settings(option.set),
                    "compute": option.compute,
                    "expect": _expected(option.expect, ""),
                }
                for option in reading.options
            ],
        }
        for reading in check.readings
    ]


def _drivers(view: View, result: Result | None) -> Data | None:
    if result is None or not result.drivers or result.p is None:
        return None
    titles = {used.name: used.title for used in result.inputs}
    rows = [
        [titles.get(driver.input) or driver.input, driver.share, driver.p_low, driver.p_high]
        for driver in sorted(result.drivers, key=lambda driver: (-driver.share, driver.input))
    ]
    return {"rows": rows[:12], "p": result.p, "left_out": max(len(rows) - 12, 0)}


def _fit(fit: Fitted) -> Data:
    """What was fitted, its rival if it has one, and every row with what the fit says of it."""
    return {
        "chart": {"title": "The fit", "fit": fit},
        "models": [_model(model) for model in (fit.best, fit.rival) if model],
        "columns": [*_headings(fit.x, fit.x_units), *_headings((fit.y,), (fit.y_unit,))],
        "rows": [_row(point) for point in fit.points],
    }


def _headings(names: Sequence[str], units: Sequence[str]) -> list[str]:
    pairs = [(name.replace("_", " "), wording.unit(unit)) for name, unit in zip(names, units, strict=True)]
    return [f"{name}, {unit}" if unit else name for name, unit in pairs]


def _model(model: ModelFit) -> Data:
    return {
        "name": model.model.replace("-", " "),
        "parameters": [_output(found) for found in model.parameters],
        "train_error": _error(model.train_error),
        "held_out_error": "" if model.held_out_error is None else _error(model.held_out_error),
        "aicc": "" if model.aicc is None else wording.number(model.aicc),
        "bic": "" if model.bic is None else wording.number(model.bic),
    }


def _error(share: float) -> str:
    return wording.with_unit(100 * share, "%", 2)


def _row(point: FitPoint) -> Data:
    spread = "" if point.low == point.high else f"{wording.number(point.low)} to {wording.number(point.high)}"
    return {
        "cells": [wording.number(value, 6) for value in (*point.x, point.y)],
        "predicted": wording.number(point.predicted, 6),
        "interval": spread,
        "residual": wording.number(point.y - point.predicted, 3),
        "role": point.role,
    }


def _inputs(view: View, check: Check, result: Result | None) -> list[Data]:
    if result is not None and result.inputs:
        return [
            _input(view, used.name, used, used.quantity, measurements.source(view, check.id, used))
            for used in result.inputs
        ]
    rows = []
    for entry in check.inputs:
        quantity = entry.inline or view.base.quantities.get(entry.quantity)
        if quantity is not None:
            rows.append(_input(view, entry.name, quantity, entry.quantity))
    return rows


def _input(
    view: View, name: str, found: InputUsed | Quantity, quantity: str, recorded: Data | None = None
) -> Data:
    value = "" if found.value is None else wording.with_unit(found.value, found.unit, 6)
    return {
        "name": name,
        "title": found.title,
        "value": value,
        "spread": words.spread(found.spread, found.unit),
        "source": view.source(found.source) if found.source else recorded,
        "at": found.at,
        "version": found.version,
        "as_of": found.as_of,
        "verified": found.verified,
        "definition": found.definition,
        "note": found.note,
        "quantity": quantity,
    }


def _flips(check: Check, result: Result | None) -> list[Data]:
    """Each change that must give another verdict, with what it gave when it was tried."""
    if result is not None and result.flips:
        return [
            {
                "set": words.settings(flip.set),
                "to": words.verdict_name(flip.to),
                "got": words.verdict_name(flip.got),
                "proven": flip.proven,
                "because": flip.because,
            }
            for flip in result.flips
        ]
    return [
        {
            "set": words.settings(flip.set),
            "to": words.verdict_name(flip.to),
            "got": "",
            "proven": False,
            "because": flip.because,
        }
        for flip in check.flips_if
    ]


def _expected(expect: Expectation | None, unit: str) -> str:
    """The expectation in words."""
    if expect is None:
        return ""
    if expect.about is not None:
        within = "" if expect.within is None else f", within {_within(expect.within, unit)}"
        return f"about {wording.amount(expect.about, unit)}{within}"
    if expect.at_least is not None:
        return f"at least {wording.amount(expect.at_least, unit)}"
    if expect.at_most is not None:
        return f"at most {wording.amount(expect.at_most, unit)}"
    if expect.between is not None:
        low, high = (wording.amount(end, unit) for end in expect.between)
        return f"between {low} and {high}"
    return f"{expect.is_true} is true" if expect.is_true else ""


def _within(within: Any, unit: str) -> str:
    if isinstance(within, str) and within.strip().endswith("x"):
        return f"a factor of {within.strip()[:-1]}"
    return wording.amount(within, unit)


def _how(check: Check) -> Data:
    """How the number comes about: the lines of the formula, or what is run with what settings."""
    body = check.body
    expected = _expected(check.expect, getattr(body, "unit", ""))
    how: Data = {"expected": expected, "lines": [], "facts": []}
    match body:
        case Formula():
            how["lines"] = [
                *(f"{name} = {text}" for name, text in body.let.items()),
                f"result = {body.compute}",
            ]
            how["facts"] = [["Unit", wording.unit(body.unit)]] if wording.unit(body.unit) else []
        case Published():
            how["lines"] = [f"result = {body.compute}"]
            how["facts"] = [["Protocol", body.protocol]]
        case Simulation():
            how["facts"] = [["Experiment", body.experiment.replace("_", " ").replace("-", " ")]]
            how["facts"] += [
                [name, words.settings({name: value}).partition(" = ")[2]]
                for name, value in body.params.items()
            ]
            how["facts"] += [["Seeds", str(body.seeds)]] if body.seeds > 1 else []
        case Benchmark():
            device = ", ".join(f"{name} {value}" for name, value in body.device.items()) or "any device"
            how["lines"] = [f"result = {body.compute}"]
            how["facts"] = [["Measured", f"{body.test} ({body.dtype})"], ["Device", device]]
        case Fit():
            how["facts"] = [
                ["Table", body.table],
                ["Model", body.model.replace("-", " ")],
                ["Of", f"{body.y} against {', '.join(body.x)}"],
                *([["Fitted on", body.train]] if body.train else []),
                *([["Tried on", body.predict]] if body.predict else []),
                *([["Predicts", f"at {words.settings(body.at)}"]] if body.at else []),
                ["Least", body.loss.replace("-", " ")],
                *([["Interval by", body.interval]] if body.interval != "none" else []),
            ]
    for reading in check.readings:
        for option in reading.options:
            parts = [f"result = {option.compute}"] if option.compute else []
            parts += [words.settings(option.set)] if option.set else []
            if parts:
                how["facts"].append([f"With {reading.name}={option.name}", "; ".join(parts)])
    return how
