"""The key of a result: a hash of everything that can change it.

Computing it imports neither numpy nor scipy, so a command that finds all it needs in the cache is fast.
Versions come from the distributions' metadata; an experiment's code is hashed, not imported.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from kb import store
from kb.checks.sizes import SAMPLES
from kb.model import Amount, Base, Benchmark, Check, Fit, Formula, Measurement, Simulation

#: Raised whenever the same check may give another result than before.
ENGINE = 4
#: What draws and computes numbers: its feature releases may change them.
NUMERIC = ("numpy", "scipy")

_BESIDE_THE_POINT = ("title", "notes", "file", "allow", "circular", "decides", "required")


def key(
    base: Base,
    check: Check,
    *,
    samples: int = SAMPLES,
    choice: Mapping[str, str] | None = None,
    overrides: Mapping[str, Amount] | None = None,
) -> str:
    """SHA-256 of what the result depends on: engine, numpy's and scipy's feature versions, check, quantities,
    measurement, table or experiment, samples.

    An input's citation and title count, since a result shows them. The check's own title, its notes and how
    it bears do not.
    """
    content: dict[str, Any] = msgspec.to_builtins(check)
    for field in _BESIDE_THE_POINT:
        del content[field]
    for given in content["inputs"]:
        if given["inline"]:
            # Where a number stands is beside the point; keys made so far have the usual place of its check.
            given["inline"]["file"] = f"checks/{check.id}.yaml"
    if isinstance(check.body, Formula):
        # Its steps run in order, which the digest of a mapping does not see.
        content["body"]["let"] = list(check.body.let.items())
    return store.digest(
        {
            "engine": ENGINE,
            "versions": {name: _feature(name) for name in NUMERIC},
            "check": content,
            "quantities": {name: _quantity(base, name) for name in sorted(mentioned(base, check, overrides))},
            "samples": samples,
            "thresholds": [base.config.scale.holds, base.config.scale.fails],
            "program": _program(base, check),
            "choice": dict(choice or {}),
            "overrides": dict(overrides or {}),
        }
    )


def _quantity(base: Base, name: str) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.to_builtins(base.quantities[name])
    del content["file"]
    return content


def mentioned(base: Base, check: Check, overrides: Mapping[str, Amount] | None = None) -> set[str]:
    """The ids of shared quantities that the check may draw on."""
    names: set[Amount] = {item.quantity for item in check.inputs}
    for reading in check.readings:
        for option in reading.options:
            names.update(option.set.values())
    for flip in check.flips_if:
        names.update(flip.set.values())
    names.update((overrides or {}).values())
    return {name for name in names if isinstance(name, str) and name in base.quantities}


def _program(base: Base, check: Check) -> dict[str, Any]:
    """What stands behind a check that is more than a formula."""
    match check.body:
        case Benchmark() as body:
            from kb.checks.benchmark import selected

            return _measurement(selected(base, body))
        case Simulation() as body:
            from kb import experiments

            try:
                spec = experiments.find(body.experiment)
                return {"source": experiments.fingerprint(spec)}
            except (LookupError, OSError):
                return {}
        case Fit() as body:
            return _table(base, body)
    return {}


def _table(base: Base, body: Fit) -> dict[str, Any]:
    """A fit's table with its numbers."""
    from kb.source.tables import TableError, rows

    table = base.tables.get(body.table)
    if table is None:
        return {}
    try:
        numbers: Any = [list(rows(base.home, table)[column.name]) for column in table.columns]
    except TableError as error:
        numbers = str(error)
    sidecar = msgspec.to_builtins(replace(table, rows={}, file="", csv=""))
    return {"sidecar": sidecar, "numbers": numbers}


def _measurement(found: Measurement | None) -> dict[str, Any]:
    """A measurement without its raw timings: what was made of them is what counts."""
    return msgspec.to_builtins(replace(found, raw={}, file="")) if found else {}


@cache
def _feature(distribution: str) -> str:
    """Major and minor version: numpy's random streams and scipy's special functions may change with either
    (NEP 19)."""
    return ".".join(version(distribution).split(".")[:2])


def version(distribution: str) -> str:
    """A distribution's version, or nothing; from its folder's name, which is quicker than reading it."""
    for folder in map(Path, sys.path):
        if found := next(folder.glob(f"{distribution}-*.dist-info"), None):
            return found.name.split("-")[1].removesuffix(".dist")
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
