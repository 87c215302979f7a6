"""kb: argument maps that run.

    import kb
    base = kb.load("claims")
    base.check("gpt3-petaflop-days").result.verdict

``kb.api`` documents the whole interface. Importing this imports nothing else of kb.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.api import (
        Account,
        BaseError,
        Check,
        CheckReport,
        Claim,
        ClusterError,
        Comparison,
        Cruxes,
        Diagnostic,
        KnowledgeBase,
        NoBase,
        Power,
        Quantity,
        Question,
        Record,
        Result,
        Row,
        Source,
        Standing,
        UnknownName,
        Verdict,
        WhatIf,
        Why,
        load,
        rows,
    )

__all__ = [
    "Account",
    "BaseError",
    "Check",
    "CheckReport",
    "Claim",
    "ClusterError",
    "Comparison",
    "Cruxes",
    "Diagnostic",
    "KnowledgeBase",
    "NoBase",
    "Power",
    "Quantity",
    "Question",
    "Record",
    "Result",
    "Row",
    "Source",
    "Standing",
    "UnknownName",
    "Verdict",
    "WhatIf",
    "Why",
    "__version__",
    "load",
    "rows",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("kb.api"), name)


def __dir__() -> list[str]:
    return __all__
