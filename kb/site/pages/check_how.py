"""How a check comes to its number: inputs with their citations, the formula or run, and what must flip it."""

from __future__ import annotations

from typing import Any

from kb import wording
from kb.model import (
    Benchmark,
    Check,
    Expectation,
    Fit,
    Formula,
    InputUsed,
    Published,
    Quantity,
    Result,
    Simulation,
)
from kb.site import words
from kb.site.pages import measurements
from kb.site.view import View
from kb.site.words import Data


def inputs(view: View, check: Check, result: Result | None) -> list[Data]:
    """What a check computes with: as its result says, or before it ran as its file does."""
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


def dimensions(check: Check) -> list[Data]:
    """The definitions that a check may be read by, with what each option changes."""
    return [
        {
            "name": reading.name,
            "options": [
                {
                    "name": option.name,
                    "title": option.title or words.title_of(option.name),
                    "set": words.settings(option.set),
                    "compute": option.compute,
                    "expect": expectation(option.expect, ""),
                }
                for option in reading.options
            ],
        }
        for reading in check.readings
    ]


def flips(check: Check, result: Result | None) -> list[Data]:
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


def expectation(expect: Expectation | None, unit: str) -> str:
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


def how(check: Check) -> Data:
    """How the number comes about: the lines of the formula, or what is run with what settings."""
    body = check.body
    expected = expectation(check.expect, getattr(body, "unit", ""))
    found: Data = {"expected": expected, "lines": [], "facts": []}
    match body:
        case Formula():
            found["lines"] = [
                *(f"{name} = {text}" for name, text in body.let.items()),
                f"result = {body.compute}",
            ]
            found["facts"] = [["Unit", wording.unit(body.unit)]] if wording.unit(body.unit) else []
        case Published():
            found["lines"] = [f"result = {body.compute}"]
            found["facts"] = [["Protocol", body.protocol]]
        case Simulation():
            found["facts"] = [["Experiment", body.experiment.replace("_", " ").replace("-", " ")]]
            found["facts"] += [
                [name, words.settings({name: value}).partition(" = ")[2]]
                for name, value in body.params.items()
            ]
            found["facts"] += [["Seeds", str(body.seeds)]] if body.seeds > 1 else []
        case Benchmark():
            device = ", ".join(f"{name} {value}" for name, value in body.device.items()) or "any device"
            found["lines"] = [f"result = {body.compute}"]
            found["facts"] = [["Measured", f"{body.test} ({body.dtype})"], ["Device", device]]
        case Fit():
            found["facts"] = [
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
                found["facts"].append([f"With {reading.name}={option.name}", "; ".join(parts)])
    return found
