"""What a reader can try: P at other values of an input, and the commands that answer exactly."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from itertools import islice

from kb import wording
from kb.model import Amount, Benchmark, Check, Curve, InputUsed, Result, Scale, Simulation
from kb.site import words
from kb.site.words import Data

#: Changes that are offered as commands: more would be a list to read, not to try.
MOST = 4
#: Where there is no curve, by kind of check.
_NONE = {
    "simulation": "The experiment would have to run again for each value, so there is no slider.",
    "fit": "A fit has no uncertain input to move, so there is no slider.",
}
_FIXED = "Every input is a plain number, so the condition is met or it is not, and P has no curve."


def command(check: str, settings: Mapping[str, str], reading: Mapping[str, str] | None = None) -> str:
    """``kb check`` with these inputs set and these readings kept, ready for a shell."""
    parts = ["kb", "check", check]
    for option, pairs in (("--set", settings), ("--reading", reading or {})):
        for name, value in pairs.items():
            parts += [option, f"{name}={value}"]
    return shlex.join(parts)


def sliders(check: Check, result: Result | None, scale: Scale) -> list[Data]:
    """One for each curve of the result, in its order."""
    if result is None or not result.ran:
        return []
    given = {used.name: used for used in result.inputs}
    return [
        _slider(check, result, curve, given[curve.inputs[0]], scale)
        for curve in result.curves
        if curve.inputs[0] in given and any(p is not None for p in curve.p)
    ]


def _slider(check: Check, result: Result, curve: Curve, used: InputUsed, scale: Scale) -> Data:
    # As after a number: "tokens", not "token".
    unit = wording.with_unit(2.0, used.unit).removeprefix("2").strip()
    title = used.title or used.name.replace("_", " ")
    stated = f"{used.value:.4g}"
    return {
        "id": curve.inputs[0],
        "title": title,
        "unit": unit,
        "low": curve.low,
        "high": curve.high,
        "log": curve.log,
        "p": " ".join("-" if p is None else f"{p:g}" for p in curve.p),
        "stated": used.value,
        "stated_words": wording.with_unit(used.value, used.unit),
        "ends": [wording.with_unit(end, used.unit, 3) for end in (curve.low, curve.high)],
        "before": command(check.id, {}),
        "names": " ".join(curve.inputs),
        "after": command("", {}, result.shown).removeprefix(command("", {})),
        "command": command(check.id, dict.fromkeys(curve.inputs, stated), result.shown),
        "chart": {
            "values": [curve.at(place) for place in range(len(curve.p))],
            "chances": list(curve.p),
            "title": title,
            "name": used.name.replace("_", " "),
            "unit": wording.unit(used.unit),
            "stated": used.value,
            "fails": scale.fails,
            "holds": scale.holds,
            "log": curve.log,
        },
    }


def without(check: Check, result: Result | None) -> str:
    """Why there is no slider, of a check that ran and was judged."""
    if result is None or not result.ran or not check.expects or result.curves:
        return ""
    return _NONE.get(check.kind, _FIXED)


def suggested(check: Check, result: Result | None) -> list[Data]:
    """Commands worth trying: the changes that must flip it, then just beyond where the answer turns."""
    dimensions = {reading.name for reading in check.readings}
    found = {}
    for flip in check.flips_if:
        settings = {name: _written(value) for name, value in flip.set.items()}
        kept = {name: value for name, value in settings.items() if name in dimensions}
        changed = {name: value for name, value in settings.items() if name not in dimensions}
        found[command(check.id, changed, kept)] = f"must give: {words.verdict_name(flip.to).lower()}"
    for line, note in _beyond(check, result) if result is not None else ():
        found.setdefault(line, note)
    if isinstance(check.body, Benchmark):
        found[f"kb check {check.id} --live"] = "on a measurement of your machine, made now"
    if not found and (name := _first_number(check)):
        found[f"kb check {check.id} --set {name}=…"] = "with a number of yours in place of the dots"
    return [{"line": line, "note": note} for line, note in islice(found.items(), MOST)]


def _written(value: Amount) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"


def _first_number(check: Check) -> str:
    """An input, or a simulation's param, that takes a number."""
    if isinstance(check.body, Simulation):
        numeric = (name for name, value in check.body.params.items() if isinstance(value, int | float))
        return next(numeric, "")
    return next((item.name for item in check.inputs), "")


def _beyond(check: Check, result: Result) -> Iterator[tuple[str, str]]:
    quantities = {used.name: used.quantity for used in result.inputs}
    for turn in result.turns:
        shared = quantities.get(turn.input, "")
        together = [name for name, quantity in quantities.items() if shared and quantity == shared]
        value = turn.value * (0.99 if turn.below == (turn.value > 0) else 1.01)
        way = "met" if turn.met else "not met"
        if value:
            settings = dict.fromkeys(together or [turn.input], f"{value:.4g}")
            line = command(check.id, settings, result.shown)
            yield line, f"just beyond where the answer turns: more likely {way} than not"
