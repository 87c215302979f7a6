"""The checks to trust least: they count, and something about how their result came about is shaky."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.commands import arguing
from kb.commands.reported import Report, escaped, items, wrapped
from kb.model import Check, Result, Verdict
from kb.standing.phrases import counted
from kb.standing.resolving import known_of, resolve
from kb.standing.supposing import supposed
from kb.wording import listed, p_is

LISTED = 10
"""So many checks are listed."""

_DOUBTFUL = """\
A check is doubtful here when it counts for a claim and its result rests on a number that nobody has compared
with its source, was not clear enough for a verdict, or is in part computed from what it tests. First come
those that, coming out one way and the other, would leave the middles of all theses furthest apart, then those
that would leave their own claim furthest apart."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a check's result may not last, and how far its two verdicts part the theses and its own claims."""

    check: str
    reasons: tuple[str, ...]
    theses: float
    claims: float


def doubtful(report: Report) -> Iterator[str]:
    """The section of the page that lists them."""
    found = doubts(report)
    yield "## The checks to trust least"
    yield wrapped(_DOUBTFUL)
    if len(found) > LISTED:
        yield f"Of {counted(len(found), 'check')} that are doubtful so, these are the first {LISTED}."
    yield items((_doubt(report, doubt) for doubt in found[:LISTED]), "No check is doubtful in this sense.")


def doubts(report: Report) -> tuple[Doubt, ...]:
    """Every doubtful check that counts for a claim, those first on which the theses hang most."""
    counting: dict[str, dict[str, None]] = {}
    for bearing in report.opened.argument.bearings:
        if bearing.bears != "context":
            counting.setdefault(bearing.check, {})[bearing.claim] = None
    base, argument = report.base, report.opened.argument
    now = known_of(argument, base, arguing.results_of(report.records))
    found = []
    for name, claims in counting.items():
        check, result = base.checks[name], report.records[name].result
        reasons = tuple(_reasons(report, check, result))
        if not reasons:
            continue
        ways = [resolve(now, {name: supposed(check, v, base)}) for v in (Verdict.HOLDS, Verdict.FAILS)]
        theses, own = (
            sum(abs(ways[0].middle(now.snap.number[c]) - ways[1].middle(now.snap.number[c])) for c in about)
            for about in (report.theses, claims)
        )
        found.append(Doubt(name, reasons, theses, own))
    return tuple(sorted(found, key=lambda d: (-round(d.theses, 9), -round(d.claims, 9), d.check)))


def _reasons(report: Report, check: Check, result: Result) -> Iterator[str]:
    if not result.ran:
        return
    if result.provisional:
        unread = listed([f"“{escaped(name)}”" for name in _unverified(report, check)])
        yield f"it rests on {unread}, not compared with a source" if unread else "it rests on unverified data"
    if result.verdict is Verdict.INCONCLUSIVE:
        yield "its numbers do not settle it" + (f" ({p_is(result.p)})" if result.p is not None else "")
    if check.circular:
        yield "it is in part computed from what it tests"


def _unverified(report: Report, check: Check) -> list[str]:
    """The titles of a check's inputs that nobody has compared with a source."""
    used = [(item.name, item.inline or report.base.quantities[item.quantity]) for item in check.inputs]
    return [
        number.title or name.replace("_", " ")
        for name, number in used
        if not (number.verified or number.definition)
    ]


def _doubt(report: Report, doubt: Doubt) -> str:
    result = report.records[doubt.check].result
    name = f"{report.check(doubt.check)} (now {result.verdict.replace('-', ' ')})"
    parts = f"the theses by {doubt.theses:.2f}" if doubt.theses >= 0.005 else "no thesis"
    return f"{name}: {'; '.join(doubt.reasons)}. It parts {parts}, its own claims by {doubt.claims:.2f}."
