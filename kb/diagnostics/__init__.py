"""Findings about a base: numbered, placed, explained; and how they are collected.

Nothing here knows of printing. A rule's text is in ``kb.diagnostics.rules``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.diagnostics.rule import Severity

__all__ = ["Diagnostic", "Diagnostics", "PathItem"]

PathItem = str | int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    ``file`` is relative to the base's folder, with forward slashes; ``line`` and ``column`` count from 1.
    ``expected`` says what would have been right and ``hint`` what to do about it; both may be
    empty. ``path`` leads to the value within the file: field names, and positions from 0.
    """

    rule: str
    severity: Severity
    message: str
    file: str
    line: int = 1
    column: int = 1
    expected: str = ""
    hint: str = ""
    path: tuple[PathItem, ...] = field(default=())

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        return (self.file, self.line, self.column, self.rule, self.message)


class Diagnostics:
    """A collector: rooms add to it, in any order; reading gives file order.

    ``severities`` are a base's own settings by rule number; "off" drops a finding. Rules that are
    not adjustable (a file that cannot be read stays an error) ignore them.
    """

    def __init__(self, severities: Mapping[str, str] | None = None) -> None:
        self._found: set[Diagnostic] = set()
        self._severities = dict(severities or {})

    def add(
        self,
        rule: str,
        message: str,
        *,
        file: str,
        line: int = 1,
        column: int = 1,
        expected: str = "",
        hint: str = "",
        severity: Severity | None = None,
        path: tuple[PathItem, ...] = (),
    ) -> None:
        """Record a finding of a registered rule; the same finding twice counts once.

        Raises KeyError for a rule that the catalogue does not have.
        """
        from kb.diagnostics.rules import RULES

        self.record(
            Diagnostic(
                rule, severity or RULES[rule].severity, message, file, line, column, expected, hint, path
            )
        )

    def record(self, finding: Diagnostic) -> None:
        """Add a finished finding, unless the base's settings drop or change it."""
        # The catalogue is loaded for new findings; those of an unchanged base are only read back.
        from kb.diagnostics.rules import RULES

        known = RULES[finding.rule]
        usual = "off" if known.silent else None
        setting = self._severities.get(finding.rule, usual) if known.adjustable else None
        match setting:
            case "off":
                return
            case "error" | "warning" | "note":
                finding = replace(finding, severity=setting)
        self._found.add(finding)

    def extend(self, findings: Iterable[Diagnostic]) -> None:
        for finding in findings:
            self.record(finding)

    def discard(self, finding: Diagnostic) -> None:
        """Take a finding back: the base allows it, and says why."""
        self._found.discard(finding)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found, key=lambda d: d.order))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings of severity "error", in file order; empty when there are none."""
        return [d for d in self if d.severity == "error"]
