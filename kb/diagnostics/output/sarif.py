"""Findings as SARIF 2.1.0, the format of code scanning services.

Static Analysis Results Interchange Format, OASIS 2020: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from kb.diagnostics import Diagnostic
from kb.diagnostics.output.excerpt import Lines, extent
from kb.diagnostics.output.fingerprints import fingerprints
from kb.diagnostics.rules import RULES, Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "note": "note"}
_FINGERPRINT = "kb/v1"


def sarif(
    diagnostics: Iterable[Diagnostic], *, version: str, named: Callable[[str], str], lines: Lines
) -> dict[str, Any]:
    """One SARIF log with one run; every rule is described, whether it found something or not.

    ``named`` gives a file's path from the root of the repository, with forward slashes. Columns count Unicode
    characters, as in all findings.
    """
    found = list(diagnostics)
    numbers = {number: index for index, number in enumerate(RULES)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "kb",
                        "semanticVersion": version,
                        "rules": [_rule(rule) for rule in RULES.values()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(d, numbers[d.rule], mark, named(d.file), lines(d.file))
                    for d, mark in zip(found, fingerprints(found), strict=True)
                ],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    example = f"\n\nExample:\n\n```\n{rule.example}\n```" if rule.example else ""
    plain = f"\n\nExample:\n{rule.example}" if rule.example else ""
    return {
        "id": rule.number,
        "name": "".join(word.capitalize() for word in _words(rule.title)),
        "shortDescription": {"text": rule.title[:1].upper() + rule.title[1:]},
        "fullDescription": {"text": rule.doc},
        "help": {"text": rule.doc + plain, "markdown": rule.doc + example},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _words(title: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in title).split()


def _result(d: Diagnostic, index: int, mark: str, uri: str, lines: Sequence[str]) -> dict[str, Any]:
    said = [d.message, f"Expected: {d.expected}" if d.expected else "", d.hint]
    region = {"startLine": d.line, "startColumn": d.column}
    if d.line <= len(lines):
        region["endColumn"] = d.column + extent(lines[d.line - 1], d.column)
    location = {"artifactLocation": {"uri": quote(uri), "uriBaseId": "%SRCROOT%"}, "region": region}
    return {
        "ruleId": d.rule,
        "ruleIndex": index,
        "level": _LEVELS[d.severity],
        "message": {"text": ". ".join(part[:1].upper() + part[1:] for part in said if part)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {_FINGERPRINT: mark},
    }
