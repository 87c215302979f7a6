"""The base for programs: ``data/*.json``, one file a kind, with the schema that describes them.

Data format 1: a field that is there stays and keeps its meaning, and fields may be added. Every field of a
row is always there; text that is not known is empty, and a number that is not known is null. Rows are in the
order of the base's files, one a line, so that equal bases give equal bytes and versions can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

import kb
from kb import resources
from kb.model import Check, Claim, InputUsed, Measurement, Output, Quantity, ReadingResult, Source, Spread
from kb.site import words
from kb.site.page import Asset
from kb.site.view import View
from kb.site.words import Data

FORMAT = 1
SCHEMA = "data.schema.json"


def files(view: View) -> Iterator[Asset]:
    """The data files, what they are described by, and the index of them."""
    for kind in KINDS:
        yield Asset(f"data/{kind}.json", partial(_file, view, kind))
    yield Asset("data/index.json", partial(_index, view))
    yield Asset(f"data/schema/{SCHEMA}", partial(Path.read_bytes, resources.schema_folder() / SCHEMA))


def listed(view: View) -> list[Data]:
    """Each data file in words, with how many rows it has."""
    return [
        {"kind": kind, "href": f"data/{kind}.json", "what": what, "count": count(view)}
        for kind, (what, _, count) in KINDS.items()
    ]


def _file(view: View, kind: str) -> bytes:
    """A data file: one row a line, under a head that says what it is."""
    _, rows, _ = KINDS[kind]
    head = {"$schema": f"schema/{SCHEMA}", "format": FORMAT, "kind": kind}
    encode = msgspec.json.Encoder().encode
    body = b",\n".join(map(encode, rows(view)))
    return encode(head)[:-1] + b',"items":[\n' + body + b"\n]}\n"


def _index(view: View) -> bytes:
    config = view.base.config
    content = {
        "$schema": f"schema/{SCHEMA}",
        "format": FORMAT,
        "kind": "index",
        "title": config.title,
        "about": config.about,
        "site": words.web_address(config.site),
        "repository": words.web_address(config.repository),
        "made_by": f"kb {kb.__version__}",
        "items": [
            {"kind": row["kind"], "file": f"{row['kind']}.json", "count": row["count"], "what": row["what"]}
            for row in listed(view)
        ],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def _claims(view: View) -> Iterator[Data]:
    return (_claim(view, claim) for claim in view.base.claims.values())


def _claim(view: View, claim: Claim) -> Data:
    account = view.account(claim.id)
    return {
        "id": claim.id,
        "title": claim.name,
        "text": claim.text,
        "address": f"claim/{claim.id}.html",
        "status": claim.status,
        "replaced_by": claim.replaced_by,
        "counts_as": view.node(claim.id),
        "standing": account and account.standing,
        "strength": account and account.strength,
        "open_reason": account.open_reason if account else "",
        "because": account.because if account else "",
        "decided": bool(account and account.decided),
        "provisional": bool(account and account.provisional),
        "topic": claim.topic,
        "tags": claim.tags,
        "origin": claim.origin,
        "notes": claim.notes,
        "standard": claim.standard,
        "uncheckable": claim.uncheckable,
        "prior": claim.prior,
        "evidence": [
            {"source": found.source, "at": found.at, "role": found.role, "note": found.note}
            for found in claim.evidence
        ],
        "checks": [
            {"check": it.check, "bears": it.bears, "because": it.because, "if_fails": it.if_fails}
            for it in claim.checks
        ],
        "requires": [asdict(need) for need in claim.requires],
        "assumes": [asdict(need) for need in claim.assumes],
        "restates": claim.restates,
    }


def _checks(view: View) -> Iterator[Data]:
    return (_check(view, check) for check in view.base.checks.values())


def _check(view: View, check: Check) -> Data:
    result = view.results.get(check.id)
    return {
        "id": check.id,
        "title": check.title or words.title_of(check.id),
        "address": f"check/{check.id}.html",
        "kind": check.kind,
        "notes": check.notes,
        "claims": sorted({bearing.claim for bearing in view.users.get(check.id, ())}),
        "verdict": result and result.verdict,
        "reason": result.reason if result else "",
        "provisional": bool(result and result.provisional),
        "claimed": words.claimed(check.expect, result),
        "condition": result.condition if result else "",
        "p": result and result.p,
        "p_range": None if result is None or result.p_low is None else [result.p_low, result.p_high],
        "output": _output(result.output) if result else None,
        "readings": [_reading(reading) for reading in result.readings] if result else [],
        "inputs": [_input(used) for used in result.inputs] if result else [],
        "drivers": [
            {"input": it.input, "share": it.share, "p_low": it.p_low, "p_high": it.p_high}
            for it in (result.drivers if result else ())
        ],
        "caveats": result.caveats if result else (),
        "samples": result.samples if result else 0,
        "device": result.device if result else "",
        "key": result.key if result else "",
    }


def _output(output: Output | None) -> Data | None:
    if output is None:
        return None
    return {"value": output.value, "unit": output.unit, "quantiles": output.quantiles}


def _reading(reading: ReadingResult) -> Data:
    return {
        "title": reading.title,
        "choice": reading.choice,
        "verdict": reading.verdict,
        "p": reading.p,
        "output": _output(reading.output),
    }


def _input(used: InputUsed) -> Data:
    return {
        "name": used.name,
        "title": used.title,
        "value": used.value,
        "unit": used.unit,
        "spread": _spread(used.spread),
        "quantity": used.quantity,
        "source": used.source,
        "at": used.at,
        "verified": used.verified,
        "definition": used.definition,
    }


def _spread(spread: Spread | None) -> Data | None:
    return {"kind": spread.kind, "parameters": spread.parameters} if spread else None


def _sources(view: View) -> Iterator[Data]:
    return (_source(view, source) for source in view.base.sources.values())


def _source(view: View, source: Source) -> Data:
    return {
        "id": source.id,
        "title": source.title,
        "address": f"source/{source.id}.html",
        "type": source.type,
        "authors": source.authors,
        "issued": source.issued,
        "url": words.web_address(source.url),
        "accessed": source.accessed,
        "claims": sorted({row["id"] for row in view.cited.get(source.id, ())}),
    }


def _quantities(view: View) -> Iterator[Data]:
    users: dict[str, list[str]] = {}
    for check in view.base.checks.values():
        for entry in check.inputs:
            if entry.quantity:
                users.setdefault(entry.quantity, []).append(check.id)
    return (_quantity(found, users.get(found.id, [])) for found in view.base.quantities.values())


def _quantity(found: Quantity, checks: list[str]) -> Data:
    return {
        "id": found.id,
        "title": found.title or words.title_of(found.id),
        "value": found.value,
        "spread": _spread(found.spread),
        "unit": found.unit,
        "source": found.source,
        "at": found.at,
        "version": found.version,
        "as_of": found.as_of,
        "verified": found.verified,
        "definition": found.definition,
        "protocol": found.protocol,
        "note": found.note,
        "checks": sorted(set(checks)),
    }


def _relations(view: View) -> Iterator[Data]:
    for claim in view.incoming:
        for step in view.incoming[claim]:
            yield {
                "id": step.id,
                "kind": step.kind,
                "premises": step.premises,
                "target": step.conclusion,
                "strength": step.strength,
                "weight": view.weights[step.id],
                "because": step.because,
                "scheme": step.scheme,
            }
    for target in view.undercuts:
        for cut in view.undercuts[target]:
            yield {
                "id": cut.id,
                "kind": "undercuts",
                "premises": cut.premises,
                "target": cut.target,
                "strength": cut.strength,
                "weight": None,
                "because": cut.because,
                "scheme": "",
            }


def _questions(view: View) -> Iterator[Data]:
    for name in view.questions:
        asked = view.questions[name]
        yield {
            "id": name,
            "title": asked.text,
            "about": asked.about,
            "address": f"question/{name}.html",
            "theses": [
                {
                    "claim": thesis,
                    "standing": account and account.standing,
                    "strength": account and account.strength,
                }
                for thesis in asked.theses
                for account in [view.account(thesis)]
            ],
        }


def _measurements(view: View) -> Iterator[Data]:
    return (_measurement(found) for found in view.base.measurements.values())


def _measurement(found: Measurement) -> Data:
    device = found.device
    return {
        "id": found.id,
        "address": f"measurements.html#m-{found.id}",
        "when": found.when,
        "device": asdict(device),
        "runs": [
            {
                "test": run.test,
                "dtype": run.dtype,
                "median": run.median,
                "interval": [run.ci_low, run.ci_high],
                "best": run.best,
                "unit": run.unit,
                "n": run.n,
                "checked": run.checked,
                "flags": run.flags,
            }
            for run in found.runs
        ],
    }


Rows = Callable[[View], Iterator[dict[str, Any]]]
KINDS: dict[str, tuple[str, Rows, Callable[[View], int]]] = {
    "claims": (
        "Every claim: what it says, how it stands and why, where it is found, what bears on it",
        _claims,
        lambda view: len(view.base.claims),
    ),
    "checks": (
        "Every check with its result: the verdict, what was computed, its inputs and what drives it",
        _checks,
        lambda view: len(view.base.checks),
    ),
    "sources": (
        "Every work cited, and the claims found in it",
        _sources,
        lambda view: len(view.base.sources),
    ),
    "quantities": (
        "Every shared number, with its spread, unit and place in a source",
        _quantities,
        lambda view: len(view.base.quantities),
    ),
    "relations": (
        "Every reason for or against a claim and every undercut, with what it can move",
        _relations,
        lambda view: sum(len(found) for table in (view.incoming, view.undercuts) for found in table.values()),
    ),
    "questions": (
        "Every question, with its theses and how they stand",
        _questions,
        lambda view: len(view.questions),
    ),
    "measurements": (
        "Every recorded measurement of a device",
        _measurements,
        lambda view: len(view.base.measurements),
    ),
}
"""By kind: what is in the file, its rows, and how many they are without making them."""
