"""Apply all rules, set aside what the base allows, and say where each finding stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kb.diagnostics import Diagnostic, Diagnostics
from kb.diagnostics.rules import RULES as CATALOGUE
from kb.lint import coverage, debate, evidence, logic, measured, references, reviewed, wording
from kb.lint.view import BASE_FILE, Finding, View
from kb.model import Allowance, ArgumentMap, Base

Rule = Callable[[View], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    *references.RULES,
    *logic.RULES,
    *coverage.RULES,
    *evidence.RULES,
    *debate.RULES,
    *wording.RULES,
    *measured.RULES,
    *reviewed.RULES,
)
UNUSED_ALLOWANCE = "KB240"
ABOUT_FILES = ("KB0", "KB11")
HARMLESS = ("KB031", "KB032", "KB035", "KB115")  # stray files, half tables; settings that were passed over


def lint(
    base: Base,
    amap: ArgumentMap,
    diagnostics: Diagnostics,
    *,
    today: date | None = None,
    errors_only: bool = False,
) -> None:
    """Add what every rule finds in ``base`` to ``diagnostics``, placed and under the base's severities.

    ``diagnostics`` holds what other rooms found before. Files with faults that kept them out of the base are
    taken to exist, so that a reference into one is not called dangling. A finding of any room
    is taken back when the file it stands in, or kb.yaml, allows its rule; an allowance that nothing needs is
    a finding itself. ``today`` is the day against which dates are judged. With ``errors_only``, rules that
    only warn are passed over, and so are allowances that nothing needs.
    """
    view = View(base, amap, today or date.today(), _unread(base, diagnostics))
    allowances = _Allowances.of(base)
    for finding in list(diagnostics):
        if CATALOGUE[finding.rule].adjustable and allowances.cover(finding.rule, finding.file):
            diagnostics.discard(finding)
    rules = [rule for rule in RULES if not errors_only or _severity(base, rule) == "error"]
    found = [finding for rule in rules for finding in rule(view)]
    kept = [finding for finding in found if not allowances.cover(finding.rule, finding.file)]
    for diagnostic in _placed(base, kept if errors_only else [*kept, *allowances.unused()]):
        diagnostics.record(diagnostic)


def _severity(base: Base, rule: Rule) -> str:
    """The severity that the rule has in this base; a rule function's docstring is its number."""
    number = rule.__doc__ or ""
    if number not in CATALOGUE:  # docstrings are stripped under -OO; then no rule is passed over
        return "error"
    return base.config.severities.get(number, CATALOGUE[number].severity)


def _unread(base: Base, diagnostics: Diagnostics) -> frozenset[str]:
    """The files with findings about themselves that gave nothing to the base."""
    shelves = (base.claims, base.checks, base.sources, base.quantities, base.tables, base.measurements)
    read = {item.file for shelf in shelves for item in shelf.values()}
    faulty = {d.file for d in diagnostics if d.rule.startswith(ABOUT_FILES) and d.rule not in HARMLESS}
    if base.config.questions:
        read.add(BASE_FILE)
    return frozenset(faulty - read)


def _placed(base: Base, findings: Iterable[Finding]) -> Iterator[Diagnostic]:
    from kb.source.places import places

    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        if base.config.severities.get(finding.rule) != "off":
            by_file.setdefault(finding.file, []).append(finding)
    for file, here in by_file.items():
        spots = places(base.home, file, [finding.path for finding in here])
        for finding, (line, column) in zip(here, spots, strict=True):
            yield Diagnostic(
                finding.rule,
                CATALOGUE[finding.rule].severity,
                finding.message,
                file,
                line,
                column,
                finding.expected,
                finding.hint,
                finding.path,
            )


@dataclass(slots=True)
class _Allowances:
    """The rules that files set aside, and which of these were needed."""

    given: dict[tuple[str, str], int]  # file and rule, to the position in the file's list
    needed: set[tuple[str, str]]

    @staticmethod
    def of(base: Base) -> _Allowances:
        given: dict[tuple[str, str], int] = {}
        holders: list[tuple[str, tuple[Allowance, ...]]] = [(BASE_FILE, base.config.allow)]
        for shelf in (base.claims, base.checks, base.sources):
            holders.extend((item.file, item.allow) for item in shelf.values() if item.allow)
        for file, allow in holders:
            for index, allowance in enumerate(allow):
                given.setdefault((file, allowance.rule), index)
        return _Allowances(given, set())

    def cover(self, rule: str, file: str) -> bool:
        """Whether the file, or kb.yaml for the whole base, sets the rule aside."""
        for key in ((file, rule), (BASE_FILE, rule)):
            if key in self.given:
                self.needed.add(key)
                return True
        return False

    def unused(self) -> Iterator[Finding]:
        for (file, rule), index in self.given.items():
            # A rule that another command looks for may well find something there.
            looked_for = rule in CATALOGUE and CATALOGUE[rule].by == "kb validate"
            if looked_for and (file, rule) not in self.needed:
                where = "the base" if file == BASE_FILE else "this file"
                yield Finding(
                    UNUSED_ALLOWANCE,
                    f"{rule} finds nothing in {where}, so nothing need be allowed",
                    file,
                    ("allow", index, "rule"),
                    hint="delete the allowance",
                )
