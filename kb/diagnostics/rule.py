"""What a numbered rule is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue, as ``kb explain`` shows it.

    ``doc`` says why the rule is there and what to do; ``example`` is a shortest text that breaks it.
    A rule that is not ``adjustable`` keeps its severity whatever ``kb.yaml`` says.
    ``by`` is the command that looks for it; ``fix`` says what ``kb validate --fix`` does, where it can.
    A ``silent`` rule reports only where ``kb.yaml`` gives it a severity.
    """

    number: str
    title: str
    severity: Severity
    doc: str
    example: str = ""
    adjustable: bool = True
    by: str = "kb validate"
    fix: str = ""
    silent: bool = False
