"""KB401-KB410: whether recorded measurements can be true, as ``kb.bench.judging`` sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb.bench.judging import JUDGEMENTS, Judgement
from kb.lint.view import Finding, View


def _rule(number: str, judge: Judgement) -> Callable[[View], Iterator[Finding]]:
    def measured(view: View) -> Iterator[Finding]:
        for measurement in view.base.measurements.values():
            for found in judge(measurement.raw):
                yield Finding(number, found.message, measurement.file, found.path, found.expected, found.hint)

    # The engine reads a rule's number from here.
    measured.__doc__ = number
    return measured


RULES = tuple(_rule(number, judge) for number, judge in JUDGEMENTS.items())
