"""What surprises, what would turn a thesis, what to check next and what is forecast, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.commands import arguing
from kb.commands.reported import Report, escaped, items, wrapped
from kb.commands.surprising import Surprise, surprises
from kb.model import Verdict
from kb.standing.cruxes import LARGEST, Crux, Cruxes
from kb.standing.phrases import finding
from kb.standing.worth import Worth
from kb.wording import interval, listed, percent

NEXT = 12
"""So many things to check next are listed."""
SETS = 5
"""So many cruxes of one thesis are listed."""
LEAST = 0.005
"""A strength that moves by less reads the same."""
WIDER = 2
"""Changes in a crux at most, where open claims may be decided, too."""

_SURPRISING = """\
A check counts as surprising here when it fails although a cited work asserts the claim that it bears on, or
when it holds although more works reject the claim than assert or concede it. A check that *tests* a claim
decides it; one that *informs* it is a weak sign. First come those that move the theses furthest, then those
that move their claim furthest: had the check come out the other way, the middle of the strength would lie
that much elsewhere, all theses together."""
_CRUXES = """\
A crux of a thesis is a smallest set of checks that would give it another label if they came out otherwise.
Where all sets up to a size were tried, or nothing at all can turn a thesis, that is proved and the list is
complete; where the search stopped early, it says so. Where checks alone turn nothing, claims that are open
and have no check of their own are let come out either way, too."""
_FORECASTS = """\
What claims say of a day to come. Each probability is the word of those who keep the base, to be scored on
that day; it counts for nothing in a standing."""
_NEXT = """\
What is undecided and would move the theses, if someone settled it: first what could give a thesis another
label, then what is expected to move their strengths most. The expectation takes the chance that a check
states now, or one half; it is no forecast."""


def surprising(report: Report) -> Iterator[str]:
    """The checks that came out otherwise than cited works say."""
    found = surprises(report.opened, report.records)
    yield "## The most surprising checks"
    yield wrapped(_SURPRISING)
    yield items((_surprise(report, surprise) for surprise in found), "No check is surprising in this sense.")


def _surprise(report: Report, surprise: Surprise) -> str:
    result = report.records[surprise.check].result
    verb = "tests" if surprise.tests else "informs"
    works = report.base.sources
    who = listed([escaped(works[s].short if s in works else s) for s in surprise.against])
    said_so = "asserted" if result.verdict is Verdict.FAILS else "rejected"
    theses = f"the theses by {surprise.moves:.2f}" if surprise.moves >= LEAST else "no thesis"
    moves = (
        f"its claim by {surprise.moves_claim:.2f}" if surprise.moves_claim >= LEAST else "hardly its claim"
    )
    said = escaped(finding(report.base.checks[surprise.check], result))
    return (
        f"{report.check(surprise.check)} **{result.verdict}**: {said} "
        f"It {verb} {report.claim(surprise.claim)}, {said_so} in {who}. It moves {moves}, and {theses}."
    )


def cruxes(report: Report) -> Iterator[str]:
    """What would give each thesis another label; with open claims, too, where checks alone would not."""
    yield "## The cruxes"
    yield wrapped(_CRUXES)
    blocks = []
    for thesis in report.theses:
        found = _searched(report, thesis, claims=False)
        blocks.append(_thesis_cruxes(report, found, ""))
        if not found.found:
            wider = _searched(report, thesis, claims=True)
            blocks.append(_thesis_cruxes(report, wider, "With open claims: "))
    yield "\n".join(blocks) or "There is no thesis."


def _searched(report: Report, thesis: str, *, claims: bool) -> Cruxes:
    return arguing.cruxes(
        report.opened,
        report.records,
        thesis,
        to=None,
        claims=claims,
        largest=WIDER if claims else LARGEST,
        budget=None,
        accept_unverified=False,
    )


def _thesis_cruxes(report: Report, found: Cruxes, lead: str) -> str:
    name = f"{report.claim(found.claim)}, now {found.standing}, {interval(found.strength)}. "
    lines = [wrapped((lead or name) + found.words, "  - " if lead else "- ", "    " if lead else "  ")]
    lines += [wrapped(_crux(report, crux), "  - ", "    ") for crux in found.found[:SETS]]
    if len(found.found) > SETS:
        lines.append(f"  - and {len(found.found) - SETS} more")
    return "\n".join(lines)


def _crux(report: Report, crux: Crux) -> str:
    parts = []
    for change in crux.changes:
        name = report.check(change.id) if change.kind == "check" else report.claim(change.id)
        now = f" (now {_plain(change.before)})" if change.before else " (now unchecked)"
        parts.append(f"{name} {change.after}{now}")
    return f"if {listed(parts)}: {crux.standing}, {interval(crux.strength)}"


def next_checks(report: Report) -> Iterator[str]:
    """What is undecided and would move the theses most."""
    yield "## What to check next"
    yield wrapped(_NEXT)
    found: Sequence[Worth] = ()
    if report.theses:
        found = arguing.worth_checking(report.opened, report.records, (), accept_unverified=False)
    yield items((_worth(report, worth) for worth in found[:NEXT]), "Nothing undecided would move a thesis.")


def _worth(report: Report, worth: Worth) -> str:
    if worth.kind == "check":
        now = report.records[worth.id].result
        state = _plain(now.verdict) + (", on an unverified number" if now.provisional else "")
        name = f"the check {report.check(worth.id)} (now {state})"
    else:
        name = f"a check for {report.claim(worth.id)} (it has none that decides it)"
    flips = dict.fromkeys(e.thesis for outcome in worth.outcomes for e in outcome.effects if e.flips)
    turned = f"; it could turn {listed([report.claim(thesis) for thesis in flips])}" if flips else ""
    text = f"{name}: it is expected to move the theses by {worth.expected:.2f}{turned}."
    return text[:1].upper() + text[1:]


def forecasts(report: Report) -> Iterator[str]:
    """What is said to be so by a date, the next date first."""
    yield "## Forecasts"
    made = [
        (forecast.by, node, forecast)
        for node in report.members
        if (forecast := report.base.claims[node].forecast) is not None
    ]
    entries = []
    for by, node, forecast in sorted(made, key=lambda entry: entry[:2]):
        now = ""
        if forecast.check:
            verdict = _plain(report.records[forecast.check].result.verdict)
            now = f" To be decided by {report.check(forecast.check)}, which says today: {verdict}."
        entries.append(
            f"By {by}, {percent(forecast.probability)}: {report.claim(node)}. "
            f"{escaped(report.base.claims[node].text)}{now}"
        )
    if entries:
        yield wrapped(_FORECASTS)
    yield items(entries, "No claim forecasts anything with a date.")


def _plain(verdict: Verdict) -> str:
    return verdict.replace("-", " ")
