"""KB401-KB411: whether recorded measurements can be true, as ``kb.bench.judging`` sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb.diagnostics.rules import RULES as CATALOGUE
from kb.lint.view import Finding, View


def _rule(number: str) -> Callable[[View], Iterator[Finding]]:
    def measured(view: View) -> Iterator[Finding]:
        if not view.base.measurements:
            return
        # Slow to import, and most bases have no measurement.
        from kb.bench.judging import JUDGEMENTS

        for measurement in view.base.measurements.values():
            for found in JUDGEMENTS[number](measurement.raw):
                yield Finding(number, found.message, measurement.file, found.path, found.expected, found.hint)

    # The engine reads a rule's number from here.
    measured.__doc__ = number
    return measured


RULES = tuple(_rule(number) for number in CATALOGUE if number.startswith("KB4"))
