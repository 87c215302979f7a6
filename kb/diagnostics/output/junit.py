"""Findings as JUnit XML, which nearly every service for continuous integration reads.

A test case is a rule and a test suite a part of the catalogue, so that the report says what was looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from xml.etree import ElementTree as Tree  # only written here; nothing is parsed

from kb.diagnostics import Diagnostic
from kb.diagnostics.rules import PARTS, RULES, Rule


def junit(diagnostics: Iterable[Diagnostic], *, named: Callable[[str], str], strict: bool = False) -> str:
    """The report as a text. What makes ``kb validate`` exit with 1 fails its case; the rest is its output."""
    found: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    for d in diagnostics:
        found[d.rule].append(d)
    looked_for = [rule for rule in RULES.values() if rule.by == "kb validate" or rule.number in found]
    root = Tree.Element("testsuites", name="kb validate")
    for part, rules in groupby(looked_for, key=lambda rule: rule.number[:3]):
        _suite(root, part, list(rules), found, named, strict)
    _count(root, root.iter("testcase"))
    Tree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Tree.tostring(root, "unicode") + "\n"


def _suite(
    root: Tree.Element,
    part: str,
    rules: Sequence[Rule],
    found: dict[str, list[Diagnostic]],
    named: Callable[[str], str],
    strict: bool,
) -> None:
    suite = Tree.SubElement(root, "testsuite", name=PARTS[part])
    for rule in rules:
        case = Tree.SubElement(
            suite, "testcase", classname=f"kb.{part}", name=f"{rule.number} {rule.title}", time="0"
        )
        here = found.get(rule.number, [])
        bad = [d for d in here if d.severity == "error" or (strict and d.severity == "warning")]
        rest = [d for d in here if d not in bad]
        if bad:
            case.set("file", named(bad[0].file))
            case.set("line", str(bad[0].line))
            more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
            failure = Tree.SubElement(
                case, "failure", type=bad[0].severity, message=_legal(bad[0].message) + more
            )
            failure.text = _said(bad, named)
        if rest:
            Tree.SubElement(case, "system-out").text = _said(rest, named)
    _count(suite, suite.iter("testcase"))


def _count(element: Tree.Element, cases: Iterable[Tree.Element]) -> None:
    every = list(cases)
    failed = sum(case.find("failure") is not None for case in every)
    for name, value in (("tests", len(every)), ("failures", failed), ("errors", 0), ("skipped", 0)):
        element.set(name, str(value))
    element.set("time", "0")


def _said(diagnostics: Sequence[Diagnostic], named: Callable[[str], str]) -> str:
    lines = []
    for d in diagnostics:
        lines.append(f"{named(d.file)}:{d.line}:{d.column}: {d.severity} {d.rule}: {d.message}")
        lines += [f"    expected: {d.expected}"] if d.expected else []
        lines += [f"    {d.hint}"] if d.hint else []
    return _legal("\n" + "\n".join(lines) + "\n")


def _legal(text: str) -> str:
    """Without the characters that XML cannot hold at all."""
    return "".join(c if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff") else "�" for c in text)
