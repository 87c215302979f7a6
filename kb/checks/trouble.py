"""What goes wrong with checks: texts that cannot be read, runs that could not be, and who is to blame.

Reasons are sentences for readers; their first words are fixed, so that a program can tell a missing device
(which is nobody's fault) from an error.
"""

from __future__ import annotations

from typing import Literal

from kb.model import Result

#: Reasons that start so speak of something this machine or this base lacks.
MISSING = ("no recorded measurement", "no device", "not installed", "not supported")
#: Reasons that start so speak of a program that failed or took too long, or of a check that is wrong.
ERROR = "error:"
#: Reasons that start so speak of a computation without a finite result.
UNDEFINED = "undefined:"


class MisreadError(ValueError):
    """A text that cannot be used: what is wrong, at which column of it (from 1), and the likely fix."""

    def __init__(self, message: str, column: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.hint = hint


class CouldNotRunError(Exception):
    """A check cannot produce a verdict. The reason starts with one of the fixed openings."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def blame(result: Result) -> Literal["device", "error", ""]:
    """What kept a check, or one of its readings, from running: something missing, an error, or neither.

    "" also for an undefined result: the computation ran, and said nothing.
    """
    reasons = [result.reason, *(reading.reason for reading in result.readings)]
    if any(reason.startswith(ERROR) for reason in reasons):
        return "error"
    if any(reason.startswith(MISSING) for reason in reasons):
        return "device"
    return ""
