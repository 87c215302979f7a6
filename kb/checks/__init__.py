"""Checks: expressions with units, sampling, expectations, verdicts, and the records of runs.

``validate`` finds what is wrong before anything runs, ``run`` and ``run_all`` produce records, ``known``
finds earlier ones without computing, ``record`` keeps the ledger in ``results/``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.checks.belief import believe
    from kb.checks.engine import known, run, run_all
    from kb.checks.executors import ClusterError, address, cluster
    from kb.checks.keys import key
    from kb.checks.perturbation import Power, power
    from kb.checks.records import LedgerError, record, record_data, record_of, recorded
    from kb.checks.sizes import SAMPLES
    from kb.checks.trouble import blame
    from kb.checks.validation import validate

__all__ = [
    "SAMPLES",
    "ClusterError",
    "LedgerError",
    "Power",
    "address",
    "believe",
    "blame",
    "cluster",
    "key",
    "known",
    "power",
    "record",
    "record_data",
    "record_of",
    "recorded",
    "run",
    "run_all",
    "validate",
]

_HOMES = {
    "SAMPLES": "sizes",
    "ClusterError": "executors",
    "address": "executors",
    "cluster": "executors",
    "LedgerError": "records",
    "Power": "perturbation",
    "believe": "belief",
    "blame": "trouble",
    "key": "keys",
    "known": "engine",
    "power": "perturbation",
    "record": "records",
    "record_data": "records",
    "record_of": "records",
    "recorded": "records",
    "run": "engine",
    "run_all": "engine",
    "validate": "validation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
