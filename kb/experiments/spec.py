"""What is known of an experiment without importing it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.diagnostics.spelling import did_you_mean


class ParamError(ValueError):
    """A parameter that the experiment does not have, or a value that it does not take."""


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter; ``low`` and ``high`` are the bounds that it may reach, None where there is none."""

    default: float
    unit: str = "1"
    low: float | None = None
    high: float | None = None
    doc: str = ""
    integer: bool = False


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One number that the experiment returns for each seed."""

    unit: str = "1"
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """An experiment. ``module`` and ``function`` say where its code is; ``random`` whether the seed matters.

    ``tolerance`` is how far an output for one seed may differ between two platforms with the same numpy, as a
    share of the output or of 1, whichever is larger. On one platform outputs are the same to the last bit.
    ``folder`` holds the metadata file; ``distribution`` is the name and version that ships the experiment.
    """

    name: str
    module: str
    title: str
    paper: str
    shows: str
    cannot: str
    params: Mapping[str, Param]
    outputs: Mapping[str, OutputSpec]
    random: bool = True
    function: str = "run"
    folder: str = ""
    distribution: str = ""
    tolerance: float = 1e-9


def read(
    name: str,
    module: str,
    function: str,
    data: Mapping[str, Any],
    *,
    folder: str = "",
    distribution: str = "",
) -> Spec:
    """The spec of one experiment from its entry in ``kb-experiments.json``.

    The file maps names to ``{title, paper, shows, cannot, random, tolerance, params: {name: {default, unit,
    low, high, doc, integer}}, outputs: {name: {unit, doc}}}``; ``title``, ``shows``, ``cannot``, ``outputs``
    and each parameter's ``default`` are needed. ``tolerance`` is 1e-9 unless given: enough for sums in
    another order, as other linear algebra does them. A network that is trained lets such differences grow,
    and a count of steps may then differ by one look; it needs more. Raises ValueError when it is malformed.
    """
    try:
        params = {key: Param(**value) for key, value in data.get("params", {}).items()}
        outputs = {key: OutputSpec(**value) for key, value in data["outputs"].items()}
        texts = {key: str(data[key]) for key in ("title", "shows", "cannot")}
        tolerance = float(data.get("tolerance", 1e-9))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"the metadata of experiment {name!r} is malformed: {error}") from error
    if not outputs:
        raise ValueError(f"the metadata of experiment {name!r} names no output")
    if not 0 <= tolerance < 1:
        raise ValueError(f"the tolerance of experiment {name!r} must be from 0 to below 1, not {tolerance:g}")
    return Spec(
        name=name,
        module=module,
        function=function,
        paper=str(data.get("paper", "")),
        params=params,
        outputs=outputs,
        random=bool(data.get("random", True)),
        folder=folder,
        distribution=distribution,
        tolerance=tolerance,
        **texts,
    )


def complete(spec: Spec, given: Mapping[str, object]) -> dict[str, float]:
    """All parameters of a run: those given, checked, and the defaults of the others.

    Values are numbers in the parameter's unit. Raises ParamError with what was expected.
    """
    for name in given:
        if name not in spec.params:
            hint = did_you_mean(name, spec.params) or f"it has {', '.join(spec.params)}"
            raise ParamError(f"experiment {spec.name} has no parameter {name!r}; {hint}")
    return {name: _value(name, param, given.get(name, param.default)) for name, param in spec.params.items()}


def _value(name: str, param: Param, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParamError(f"parameter {name} must be a number, not {value!r}")
    if param.integer and value != int(value):
        raise ParamError(f"parameter {name} must be a whole number, not {value:g}")
    if param.low is not None and value < param.low:
        raise ParamError(f"parameter {name} must be at least {param.low:g}, not {value:g}")
    if param.high is not None and value > param.high:
        raise ParamError(f"parameter {name} must be at most {param.high:g}, not {value:g}")
    return float(value)
