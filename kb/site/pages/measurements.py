"""The page of measured devices: what was measured, how surely, and which checks rest on it."""

from __future__ import annotations

from collections import defaultdict

from kb.checks.benchmark import RATE, selected
from kb.model import Benchmark, InputUsed, Measurement
from kb.site.view import View
from kb.site.words import Data

# What a device is, in a table and in a sentence. Real GPUs come first on the page.
KINDS = {
    "gpu": ("GPU", "A GPU."),
    "cpu": ("Processor", "A processor."),
    "software": ("Software adapter", "A software adapter, not a GPU: a program on the processor."),
    "unknown": ("Unknown", "What it is could not be told, so it does not count as a GPU."),
}


def chosen(view: View) -> dict[str, str]:
    """For each benchmark check the id of the recorded measurement that it computes from, if there is one."""
    found = (
        (check.id, selected(view.base, check.body))
        for check in view.base.checks.values()
        if isinstance(check.body, Benchmark)
    )
    return {check: measurement.id for check, measurement in found if measurement is not None}


def reference(view: View, check: str) -> Data | None:
    """Where a check's page leads for its measurement: to the record, or to how one is made.

    None for a check that is no benchmark.
    """
    if not isinstance(view.base.checks[check].body, Benchmark):
        return None
    name = view.measured.get(check)
    if name is None:
        return {"href": "measurements.html#add", "title": "How to record one", "found": False}
    return {"href": _href(name), "title": _title(view.base.measurements[name]), "found": True}


def source(view: View, check: str, used: InputUsed) -> Data | None:
    """The record that an input of a result was taken from, as a citation; None for any other input.

    A result that is not up to date may have used another record than the check would now.
    """
    name = view.measured.get(check) if used.name == RATE else None
    found = view.base.measurements[name] if name else None
    if found is None or found.when != used.as_of:
        return None
    return {"href": _href(found.id), "title": _title(found), "short": _title(found)}


def entry(view: View, name: str) -> list[str]:
    """What the search finds of a measurement."""
    found = view.base.measurements[name]
    return ["Measurement", _title(found), KINDS[found.device.kind][0], _href(name), "", ""]


def content(view: View) -> Data:
    """Every measurement: GPUs first, then by the device's name, the newest first."""
    if not view.base.measurements:
        return {"rows": []}
    # Slow to import, and most bases have no measurement.
    from kb.site.pages.devices import record

    users: dict[str, list[Data]] = defaultdict(list)
    for check, name in view.measured.items():
        users[name].append(view.check(check))
    every = sorted(view.base.measurements.values(), key=lambda found: (found.when, found.id), reverse=True)
    every.sort(key=lambda found: (list(KINDS).index(found.device.kind), found.device.name.casefold()))
    return {"rows": [record(view, found, users[found.id]) for found in every]}


def anchor(name: str) -> str:
    return f"m-{name}"  # apart from the ids of the frame


def _href(name: str) -> str:
    return f"measurements.html#{anchor(name)}"


def _title(found: Measurement) -> str:
    return f"{found.device.name}, {found.when[:10]}"
