"""What a base finds, as a page for people: what stands and falls, what surprises, what would change it.

``python -m kb.commands.findings docs/findings.md`` writes the page of the base that ``kb`` would find.
It says only what is known already: it runs no check, and writes nothing while some wait to be run.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from kb import checks, store
from kb.commands import doubting, turning
from kb.commands.opening import find, open_base
from kb.commands.reported import Report, escaped, items, table, wrapped
from kb.model import Account, Base, Quantity, Standing, Verdict
from kb.source import NoBase
from kb.standing import OPEN_WORDS
from kb.standing.phrases import counted, finding
from kb.wording import listed

_HEAD = """\
# What the base finds

<!-- Written by `python -m kb.commands.findings docs/findings.md`; edit the files of the base instead. -->"""
_HOW_TO_READ = """\
Each claim has a strength between 0 (refuted) and 1 (established), of which two ends are known. It **stands**
when even the low end is high enough, **falls** when even the high end is low, and is **open** in between. It
is *contested* when something that was itself looked into speaks against it. A check can hold, fail, be
inconclusive, come out differently by definition (mixed), or not run; P is the chance that its condition is
met, given how uncertain its numbers are. [How a standing is computed](standings.md) has the arithmetic. A
title leads to the file in which the claim or the check is written."""
_WAYS = ("tested by a check", "informed by a proxy", "with context only", "without a check")


class Unfinished(Exception):
    """The base cannot be reported on yet; the text says why and what to run."""


def report(root: Path, page: Path) -> Report:
    """A base ready to be reported on, for a page at ``page``; runs no check.

    Raises:
        Unfinished: a file has a fault, or a check has no up-to-date result.
    """
    opened = open_base(root)
    if opened.errors:
        raise Unfinished(f"{counted(len(opened.errors), 'error')} in {root}; run: kb validate")
    records = checks.known(opened.base)
    waiting = [
        name
        for name in opened.base.checks
        if name not in records or records[name].result.verdict is Verdict.STALE
    ]
    if waiting:
        more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
        raise Unfinished(
            f"{counted(len(waiting), 'check')} not run, or run on other numbers: "
            f"{', '.join(waiting[:3])}{more}; run: kb check"
        )
    return Report(opened, records, Path(os.path.relpath(root, page.resolve().parent)).as_posix())


def to_markdown(report: Report) -> str:
    """The page; equal bases with equal results give equal bytes."""
    parts = [
        _HEAD,
        wrapped(_HOW_TO_READ),
        *_questions(report),
        *_counts(report),
        *_claims(report, Standing.STANDS, "What stands", "No claim of a cited work stands."),
        *_claims(report, Standing.FALLS, "What falls", "No claim of a cited work falls."),
        *_mixed(report),
        *turning.surprising(report),
        *doubting.doubtful(report),
        *turning.cruxes(report),
        *turning.next_checks(report),
        *turning.forecasts(report),
    ]
    return "\n\n".join(parts) + "\n"


# --- the questions, and the numbers ----------------------------------------------


def _questions(report: Report) -> Iterator[str]:
    marks = report.accounts.marks
    yield "## The questions"
    if not report.theses:
        yield "The base asks no question that has a thesis."
        return
    tally = Counter(marks[thesis].standing for thesis in report.theses)
    said = listed([f"{tally[s]} {_verb(s, tally[s])}" for s in Standing if tally[s]])
    theses = "one thesis" if len(report.theses) == 1 else f"{len(report.theses)} theses"
    yield wrapped(f"Of {theses}, {said}.")
    alias = report.opened.argument.alias
    for question in report.base.config.questions:
        nodes = dict.fromkeys(alias.get(thesis, thesis) for thesis in question.theses)
        yield f"### {escaped(question.text)}"
        if question.about:
            yield wrapped(escaped(question.about))
        yield items(
            (_thesis(report, node) for node in nodes if node in report.members),
            "It has no thesis in the map.",
        )


def _verb(standing: Standing, count: int) -> str:
    if standing is Standing.OPEN:
        return "is open" if count == 1 else "are open"
    return str(standing) if count == 1 else str(standing).removesuffix("s")


def _thesis(report: Report, node: str) -> str:
    mark, account = report.accounts.marks[node], report.accounts[node]
    notes = [OPEN_WORDS.get(mark.open_reason, mark.open_reason)] if mark.open_reason else []
    if mark.open_reason != "contested":
        notes.append("contested" if mark.contested else "uncontested")
    return (
        f"{report.claim(node)}: **{mark.standing}** ({', '.join(notes)}). "
        f"{escaped(report.base.claims[node].text)} *Why:* {_because(account)}"
    )


def _counts(report: Report) -> Iterator[str]:
    base, marks, nodes = report.base, report.accounts.marks, report.opened.argument.claims
    yield "## In numbers"
    ways: dict[str, list[str]] = {way: [] for way in _WAYS}
    for node in nodes:
        ways[_way(report, node)].append(node)
    rows = [*ways.items(), ("all", list(nodes))]
    yield table(
        ["Claims", *Standing, "all"],
        (
            [way, *(sum(marks[n].standing is standing for n in found) for standing in Standing), len(found)]
            for way, found in rows
        ),
    )
    yield wrapped(
        "A claim that is *tested* names a check with which the sentence, or a part of it, stands or falls. A "
        "*proxy* is a weak sign, and *context* shows a number without counting for or against."
    )
    reasons = Counter(marks[node].open_reason for node in nodes if marks[node].standing is Standing.OPEN)
    if reasons:
        ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        said = listed([f"{OPEN_WORDS.get(reason, reason)} ({count})" for reason, count in ordered])
        yield wrapped(f"Why claims are open: {said}.")
    verdicts = [verdict for verdict in Verdict if verdict is not Verdict.STALE]
    kinds = sorted({check.kind for check in base.checks.values()})
    yield table(
        ["Checks", *(verdict.replace("-", " ") for verdict in verdicts), "context", "all"],
        (_kind(report, kind, verdicts) for kind in [*kinds, "all"]),
    )
    provisional = sum(record.result.provisional for record in report.records.values())
    yield wrapped(
        f"Of these results, {provisional} rest on a number that nobody has compared with its source."
    )
    if report.texts:
        yield table(["Claims found in", *Standing, "all"], (_text(report, source) for source in report.texts))
    numbers = list(_numbers(base))
    stated = [number for number in numbers if not number.definition]
    verified = sum(number.verified for number in stated)
    yield wrapped(
        f"The checks compute from {len(stated)} cited numbers: {verified} were compared with their sources, "
        f"{len(stated) - verified} were not; {len(numbers) - len(stated)} more are definitions. "
        f"{len(base.sources)} works are cited."
    )


def _way(report: Report, node: str) -> str:
    """How the checks of a claim bear on it, by the strongest."""
    bears = {bearing.bears for bearing in report.bearings[node]}
    if bears & {"direct", "part", "corroborates"}:
        return _WAYS[0]
    return _WAYS[1] if "proxy" in bears else _WAYS[2] if bears else _WAYS[3]


def _kind(report: Report, kind: str, verdicts: Sequence[Verdict]) -> list[object]:
    own = [check for check in report.base.checks.values() if kind in ("all", check.kind)]
    context = [check for check in own if not check.expects and report.records[check.id].result.ran]
    aside = {check.id for check in context}
    tally = Counter(report.records[check.id].result.verdict for check in own if check.id not in aside)
    return [kind, *(tally[verdict] for verdict in verdicts), len(context), len(own)]


def _text(report: Report, source: str) -> list[object]:
    found = [
        node
        for node, merged in report.members.items()
        if any(e.source == source for claim in merged for e in claim.evidence)
    ]
    tally = Counter(report.accounts.marks[node].standing for node in found)
    work = report.base.sources.get(source)
    title = f"*{escaped(work.title)}*" if work else escaped(source)
    return [title, *(tally[standing] for standing in Standing), len(found)]


def _numbers(base: Base) -> Iterator[Quantity]:
    yield from base.quantities.values()
    for check in base.checks.values():
        yield from (item.inline for item in check.inputs if item.inline is not None)


# --- claims -----------------------------------------------------------------------


def _claims(report: Report, standing: Standing, title: str, none: str) -> Iterator[str]:
    yield f"## {title}"
    found = report.from_texts(standing)
    decided = [node for node in found if report.accounts.marks[node].decided]
    argued = [node for node in found if not report.accounts.marks[node].decided]
    if not found:
        yield none
    for nodes, how in ((decided, "Decided by a check"), (argued, "Settled by argument")):
        if nodes:
            yield f"### {how}"
            yield items((f"{report.claim(node)}. {_because(report.accounts[node])}" for node in nodes), "")


def _mixed(report: Report) -> Iterator[str]:
    yield "## What depends on what is meant"
    yield wrapped("Claims of the works whose own check comes out differently under different definitions.")
    entries = []
    for node in report.from_texts(Standing.OPEN):
        own = [
            report.records[bearing.check].result
            for bearing in report.bearings[node]
            if bearing.bears in ("direct", "part")
        ]
        said = [
            escaped(finding(report.base.checks[result.check], result))
            for result in own
            if result.verdict is Verdict.MIXED
        ]
        if said:
            entries.append(f"{report.claim(node)}. {' '.join(said)}")
    yield items(entries, "There are none.")


def _because(account: Account) -> str:
    """Why a claim stands as it does, without what the line or the heading before it says already."""
    head, colon, rest = account.because.partition(": ")
    text = rest if colon and head.lower() in set(Standing) else account.because
    for said in ("A check decides it. ", "Checks decide it. ", "A check refutes it. ", "Checks refute it. "):
        text = text.removeprefix(said)
    return escaped(text[:1].upper() + text[1:])


def main(arguments: Sequence[str]) -> int:
    """Write the page to the one path given; 1 where the base is not ready, 2 for wrong usage."""
    if len(arguments) != 1:
        print("usage: python -m kb.commands.findings PAGE", file=sys.stderr)
        return 2
    page = Path(arguments[0])
    try:
        text = to_markdown(report(find(), page))
    except (NoBase, Unfinished) as error:
        print(error, file=sys.stderr)
        return 1
    store.write_atomic(page, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
