"""Show one thing of a base, or the tree of reasons under a claim, as text or as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from kb.api import OPEN_WORDS
from kb.cli.details import detail_lines
from kb.cli.words import MARKS, STANDING_MARKS, said_p, said_verdict
from kb.model import (
    Account,
    Bearing,
    Check,
    Claim,
    Contribution,
    Interval,
    Measurement,
    Quantity,
    Question,
    Record,
    Source,
    Table,
)
from kb.wording import interval, number, signed, with_unit

if TYPE_CHECKING:
    from kb.api import KnowledgeBase, Look, Why

BEARS = {
    "direct": "tests it",
    "corroborates": "corroborates it",
    "part": "tests a part of it",
    "proxy": "informs it",
    "context": "gives context only",
}


def show_data(look: Look) -> dict[str, object]:
    """The thing, its account and record, as plain data."""
    from kb.api import record_data

    return {
        "kind": look.kind,
        look.kind: asdict(look.thing),
        **({"account": asdict(look.account)} if look.account else {}),
        **({"record": record_data(look.record)} if look.record else {}),
        **({"used_by": list(look.used_by)} if look.used_by else {}),
        **({"suspect": list(look.suspect)} if look.suspect else {}),
    }


def show_text(base: KnowledgeBase, look: Look) -> str:
    match look.thing:
        case Claim():
            lines = _claim(base, look.thing, look)
        case Check():
            lines = _check(base, look.thing, look)
        case Source():
            lines = _source(base, look.thing, look)
        case Quantity():
            lines = _quantity(look.thing, look)
        case Measurement():
            lines = _measurement(look.thing)
        case Question():
            lines = _question(base, look.thing)
        case Table():
            lines = iter(
                (look.thing.title or look.thing.id, *(f"  {c.name} ({c.unit})" for c in look.thing.columns))
            )
    return "\n".join(lines)


def why_data(tree: Why) -> dict[str, object]:
    """The tree as plain data; a claim that is explained higher up only says so, or it grows endlessly."""
    from kb.api import record_data

    if tree.again:
        return {"claim": tree.claim, "again": True}
    return {
        "claim": tree.claim,
        "account": asdict(tree.account),
        "checks": [
            {"check": b.check, "bears": b.bears, "record": record_data(r) if r else None}
            for b, r in tree.checks
        ],
        "reasons": {step: [why_data(p) for p in premises] for step, premises in tree.reasons.items()},
        "again": False,
    }


def why_text(base: KnowledgeBase, tree: Why) -> str:
    """The tree of reasons as indented text."""
    return "\n".join(_why(base, tree, ""))


def _why(base: KnowledgeBase, tree: Why, indent: str) -> Iterator[str]:
    account = tree.account
    yield f"{indent}{_headline(base, account)}"
    if tree.again:
        yield f"{indent}  (explained above)"
        return
    inner = indent + "  "
    yield inner + account.because
    for bearing, record in tree.checks:
        yield from _check_line(base, bearing, record, inner)
    for line in account.contributions:
        yield from _contribution(base, tree, line, inner)
    if account.contributions and not account.decided:
        yield f"{inner}{'log-odds':>10} {_nats(account.log_odds)}  → strength {interval(account.strength)}"
    for claim, relation, limit in account.limits:
        yield f"{inner}held down: it {relation} “{base.claims[claim].name}” {interval(limit)}"
    if account.tension:
        yield inner + "not counted, because a check decides this claim:"
        for line in account.tension:
            yield from _contribution(base, tree, line, inner + "  ")


def _contribution(base: KnowledgeBase, tree: Why, line: Contribution, indent: str) -> Iterator[str]:
    note = f" ({line.note})" if line.note else ""
    yield f"{indent}{_nats(line.nats):>10}  {line.words}{note}"
    for premise in tree.reasons.get(line.id, ()):
        yield from _why(base, premise, indent + "    ")


def _headline(base: KnowledgeBase, account: Account) -> str:
    mark = STANDING_MARKS[account.standing]
    reason = f" ({OPEN_WORDS[account.open_reason]})" if account.open_reason else ""
    name = base.claims[account.claim].name
    provisional = ", provisional" if account.provisional else ""
    return f"{mark} {account.standing.upper()}{reason} {interval(account.strength)}{provisional}: {name}"


def _check_line(base: KnowledgeBase, bearing: Bearing, record: Record | None, indent: str) -> Iterator[str]:
    check = base.checks[bearing.check]
    title = check.title or check.id
    verdict = said_verdict(check, record)
    p = f", {said_p(record.result)}" if record and record.result.p is not None else ""
    yield f"{indent}{MARKS[verdict]} check “{title}” ({BEARS[bearing.bears]}): {verdict}{p}"
    if record and (said := record.result.reason or record.result.condition):
        yield f"{indent}    {said}"


def _claim(base: KnowledgeBase, claim: Claim, look: Look) -> Iterator[str]:
    yield claim.name
    if claim.title:
        yield claim.text
    yield ""
    if look.account:
        yield _headline(base, look.account)
        yield f"  {look.account.because}"
    for bearing in claim.checks:
        record = look.records.get(bearing.check) if look.records else None
        yield from _check_line(base, bearing, record, "  ")
    if claim.uncheckable:
        yield f"  no direct check: {claim.uncheckable}"
    yield ""
    for step in base.argument.steps:
        if step.conclusion == claim.id:
            premises = " and ".join(f"“{base.claims[p].name}”" for p in step.premises)
            yield f"{'for' if step.sign > 0 else 'against'} ({step.strength}): {premises}"
    for step in claim.steps:
        if step.conclusion in base.claims:
            verb = "supports" if step.sign > 0 else "attacks"
            yield f"{verb} ({step.strength}): “{base.claims[step.conclusion].name}”"
    for entry in claim.evidence:
        source = base.sources.get(entry.source)
        yield f"{entry.role} in {source.short if source else entry.source}" + (
            f", {entry.at}" if entry.at else ""
        )
    yield from _suspect(look)
    if claim.notes:
        yield f"\n{claim.notes}"
    yield f"\nid {claim.id}, in {claim.file}"


def _check(base: KnowledgeBase, check: Check, look: Look) -> Iterator[str]:
    yield check.title or check.id
    result = look.record.result if look.record else None
    if result is None:
        yield f"not run yet; run it with: kb check {check.id}"
    else:
        p = f", {said_p(result)}" if result.p is not None else ""
        verdict = said_verdict(check, look.record)
        yield f"{MARKS[verdict]} {verdict}{p}" + (", provisional" if result.provisional else "")
        if result.reason or result.condition:
            yield f"  {result.reason or result.condition}"
        assert look.record is not None
        yield from detail_lines(check, look.record, look.believe)
    for claim in look.used_by:
        yield f"used by: {base.claims[claim].name}"
    yield from _suspect(look)
    if check.notes:
        yield f"\n{check.notes}"
    yield f"\nid {check.id}, in {check.file}"


def _suspect(look: Look) -> Iterator[str]:
    for name in look.suspect:
        quoted = f'"{name}"' if " " in name else name
        yield f"suspect, changed since it was reviewed: {name} (kb review {quoted} shows what)"


def _source(base: KnowledgeBase, source: Source, look: Look) -> Iterator[str]:
    yield source.title
    yield ", ".join(filter(None, (*source.authors, source.issued)))
    if source.url:
        yield source.url + (f" (read {source.accessed})" if source.accessed else "")
    for claim in look.used_by:
        yield f"  {base.claims[claim].name}"


def _quantity(quantity: Quantity, look: Look) -> Iterator[str]:
    yield quantity.title or quantity.id
    if quantity.value is not None:
        yield f"  {with_unit(quantity.value, quantity.unit)}"
    if quantity.spread is not None:
        parameters = ", ".join(number(p) for p in quantity.spread.parameters)
        yield f"  {quantity.spread.kind} ({parameters}) {quantity.unit}"
    said = ", ".join(filter(None, (quantity.source, quantity.at, quantity.version, quantity.as_of)))
    yield f"  {said or 'no source'}; {'verified' if quantity.verified else 'not verified'}"
    for check in look.used_by:
        yield f"  used by check {check}"


def _measurement(measurement: Measurement) -> Iterator[str]:
    yield f"{measurement.device.name} ({measurement.device.kind}), {measurement.when}"
    for run in measurement.runs:
        yield f"  {run.test} {run.dtype} n={run.n}: {with_unit(run.median, run.unit)}"


def _question(base: KnowledgeBase, question: Question) -> Iterator[str]:
    yield question.text
    for thesis in question.theses:
        yield f"  {base.claims[thesis].name}"


def _nats(nats: Interval) -> str:
    low, high = map(signed, nats)
    return low if low == high else f"{low} … {high}"
