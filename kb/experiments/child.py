"""The entry of the child process that runs an experiment."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from kb.experiments.catalogue import find
from kb.experiments.spec import complete


def main(payload: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Run ``payload``'s experiment once for each seed.

    ``payload``: ``{"experiment": name, "params": {name: number}, "seeds": [whole number, …]}``. Returns
    ``{"outputs": {name: [one number a seed]}, "params": {all, defaults included}}``. Raises LookupError for
    an unknown experiment, ParamError for its parameters, ValueError when it returns other outputs than it
    declares. ``progress`` is told the share done after each seed, and during it by an experiment that takes
    a third parameter ``progress``.
    """
    spec = find(payload["experiment"])
    params = complete(spec, payload.get("params", {}))
    run = getattr(import_module(spec.module), spec.function)
    import numpy as np

    outputs: dict[str, list[float]] = {name: [] for name in spec.outputs}
    seeds = payload["seeds"]
    follows = "progress" in inspect.signature(run).parameters
    for done, seed in enumerate(seeds):
        extra = {"progress": _within(progress, done, len(seeds))} if follows else {}
        values = run(params, np.random.default_rng(seed), **extra)
        if set(values) != set(spec.outputs):
            raise ValueError(
                f"experiment {spec.name} returned {', '.join(sorted(values))}, "
                f"but declares {', '.join(sorted(spec.outputs))}"
            )
        for name, value in values.items():
            outputs[name].append(float(value))
        progress((done + 1) / len(seeds))
    return {"outputs": outputs, "params": params}


def _within(progress: Callable[[float], None], done: int, seeds: int) -> Callable[[float], None]:
    """What an experiment is given to say its own share done, as a part of the whole run."""
    return lambda share: progress((done + min(max(share, 0.0), 1.0)) / seeds)
