"""Results as flat rows: plain numbers, texts, booleans and None, the same columns always.

    import pandas as pd
    pd.DataFrame(base.rows("checks"))

The columns are the keys of the rows, in this order; docs/api.md says what each one holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, get_args

from kb.model import Check, Record, Result, Verdict

if TYPE_CHECKING:
    from kb.api.knowledge import KnowledgeBase
    from kb.model import Output

Row = dict[str, str | int | float | bool | None]
TableName = Literal["claims", "checks", "inputs", "drivers", "turns", "readings"]

#: The quantiles of an output that have a column.
QUANTILES = ("p5", "p50", "p95")


def as_records(results: Mapping[str, Record | Result]) -> dict[str, Record]:
    """Records and bare results by check, all as records."""
    return {name: item if isinstance(item, Record) else Record(item) for name, item in results.items()}


def rows(results: Mapping[str, Record | Result] | Iterable[Record | Result]) -> list[Row]:
    """One row a result: ``kb.rows(base.results())``, or of any records and results at hand."""
    items = results.values() if isinstance(results, Mapping) else results
    return [_result(item if isinstance(item, Record) else Record(item)) for item in items]


def table(base: KnowledgeBase, name: TableName) -> list[Row]:
    """The rows of one of a base's tables, in the base's order; computes no check.

    Raises:
        ValueError: there is no such table.
    """
    known = {check: record.result for check, record in base.results().items()}
    match name:
        case "claims":
            return _claims(base)
        case "checks":
            return _checks(base)
        case "inputs":
            return [row for result in known.values() for row in _inputs(result)]
        case "drivers":
            return [row for result in known.values() for row in _drivers(result)]
        case "turns":
            return [row for result in known.values() for row in _turns(result)]
        case "readings":
            return [row for result in known.values() for row in _readings(result)]
    raise ValueError(f"there is no table {name!r}; choose from {', '.join(get_args(TableName))}")


def _result(record: Record) -> Row:
    result = record.result
    return {
        "check": result.check,
        "kind": result.kind,
        "verdict": str(result.verdict),
        "provisional": result.provisional,
        "p": result.p,
        "p_low": result.p_low,
        "p_high": result.p_high,
        **_output(result.output),
        "claimed": result.claimed,
        "condition": result.condition,
        "reason": result.reason,
        "samples": result.samples,
        "device": result.device,
        "finished": record.run.finished or None,
        "seconds": record.run.seconds,
        "key": result.key,
    }


def _output(output: Output | None) -> Row:
    found: Row = {"computed": None if output is None else output.value}
    for name in QUANTILES:
        found[name] = None if output is None else output.quantiles.get(name)
    found["unit"] = None if output is None else output.unit
    return found


def _checks(base: KnowledgeBase) -> list[Row]:
    """Every check of the base; one that never ran has the verdict None."""
    known = base.results()
    found = []
    for name, check in base.checks.items():
        said = _result(known[name]) if name in known else _never(check)
        found.append({"check": name, "title": check.title, **said})
    return found


def _never(check: Check) -> Row:
    """The row of a check that never ran: the columns of a result, with nothing in them."""
    blank = _result(Record(Result(check.id, "", check.kind, Verdict.COULD_NOT_RUN)))
    return {**dict.fromkeys(blank), "check": check.id, "kind": check.kind}


def _claims(base: KnowledgeBase) -> list[Row]:
    accounts = base.standings()
    found: list[Row] = []
    for name, claim in base.claims.items():
        account = accounts.get(name)
        low, high = account.strength if account else (None, None)
        found.append(
            {
                "claim": name,
                "title": claim.title,
                "text": claim.text,
                "topic": claim.topic,
                "question": claim.question,
                "status": claim.status,
                "tags": " ".join(claim.tags),
                "standing": str(account.standing) if account else None,
                "strength_low": low,
                "strength_high": high,
                "open_reason": account.open_reason if account else None,
                "decided": account.decided if account else None,
                "provisional": account.provisional if account else None,
                "because": account.because if account else None,
                "checks": " ".join(bearing.check for bearing in claim.checks),
                "file": claim.file,
            }
        )
    return found


def _inputs(result: Result) -> list[Row]:
    return [
        {
            "check": result.check,
            "input": given.name,
            "value": given.value,
            "unit": given.unit,
            "spread": given.spread.kind if given.spread else None,
            "parameters": " ".join(map(repr, given.spread.parameters)) if given.spread else None,
            "quantity": given.quantity or None,
            "title": given.title,
            "source": given.source,
            "at": given.at,
            "version": given.version,
            "as_of": given.as_of,
            "verified": given.verified,
            "definition": given.definition,
        }
        for given in result.inputs
    ]


def _drivers(result: Result) -> list[Row]:
    return [
        {
            "check": result.check,
            "input": driver.input,
            "share": driver.share,
            "p_low": driver.p_low,
            "p_high": driver.p_high,
        }
        for driver in result.drivers
    ]


def _turns(result: Result) -> list[Row]:
    """Each value at which the answer turns, of points, too."""
    units = {given.name: given.unit for given in result.inputs}
    return [
        {
            "check": result.check,
            "input": turn.input,
            "turns_at": turn.value,
            "unit": units.get(turn.input),
            "side": "below" if turn.below else "above",
            "then_met": turn.met,
        }
        for turn in result.turns
    ]


def _readings(result: Result) -> list[Row]:
    return [
        {
            "check": result.check,
            "reading": " ".join(f"{dimension}={option}" for dimension, option in reading.choice.items()),
            "title": reading.title,
            "verdict": str(reading.verdict),
            "p": reading.p,
            "p_low": reading.p_low,
            "p_high": reading.p_high,
            **_output(reading.output),
            "condition": reading.condition,
            "reason": reading.reason,
        }
        for reading in result.readings
    ]
