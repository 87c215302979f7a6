"""The catalogue of rules, by number.

KB0xx files, YAML and their fields · KB1xx ids and references · KB2xx the argument and its
evidence · KB3xx checks: units, expressions, expectations · KB4xx measurements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kb.diagnostics._argument_rules import ARGUMENT_RULES
from kb.diagnostics._check_rules import CHECK_RULES
from kb.diagnostics._file_rules import FILE_RULES
from kb.diagnostics._id_rules import ID_RULES
from kb.diagnostics._measurement_rules import MEASUREMENT_RULES
from kb.diagnostics._reference_rules import REFERENCE_RULES
from kb.diagnostics.rule import Rule, Severity

__all__ = ["PARTS", "RULES", "Rule", "Severity"]

PARTS: Mapping[str, str] = MappingProxyType(
    {
        "KB0": "Files, YAML and their fields",
        "KB1": "Ids and references",
        "KB2": "The argument and its evidence",
        "KB3": "Checks: units, expressions, expectations",
        "KB4": "Recorded measurements",
    }
)
"""What the rules of each range are about."""


def _catalogue(rows: Iterable[Rule]) -> Mapping[str, Rule]:
    rules: dict[str, Rule] = {}
    for rule in sorted(rows, key=lambda r: r.number):
        if rule.number in rules:
            raise ValueError(f"rule {rule.number} is registered twice")
        rules[rule.number] = rule
    return MappingProxyType(rules)


RULES: Mapping[str, Rule] = _catalogue(
    [*FILE_RULES, *REFERENCE_RULES, *ID_RULES, *ARGUMENT_RULES, *CHECK_RULES, *MEASUREMENT_RULES]
)
