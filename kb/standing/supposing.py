"""Results that checks do not have, supposed for the sake of argument."""

from __future__ import annotations

from kb.model import Base, Check, Result, Verdict


def supposed(check: Check, verdict: str | float, base: Base) -> Result:
    """The result that a check would have with a verdict, or with a chance P that its condition is met.

    Raises:
        ValueError: no such verdict, or P is not between 0 and 1.
    """
    if isinstance(verdict, str):
        found = Verdict(verdict)
        p = {Verdict.HOLDS: 1.0, Verdict.FAILS: 0.0}.get(found)
    else:
        if not 0 <= verdict <= 1:
            raise ValueError(f"P must lie between 0 and 1, not {verdict:g}")
        p, scale = float(verdict), base.config.scale
        holds, fails = p >= scale.holds, p <= scale.fails
        found = Verdict.HOLDS if holds else Verdict.FAILS if fails else Verdict.INCONCLUSIVE
    return Result(check.id, "", check.kind, found, p=p, reason="supposed")
