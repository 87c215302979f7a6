"""The rows of the data files: each claim, check, source and so on with all its fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from kb.model import Check, Claim, InputUsed, Measurement, Output, Quantity, ReadingResult, Source, Spread
from kb.site import words
from kb.site.view import View
from kb.site.words import Data


def claims(view: View) -> Iterator[Data]:
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


def checks(view: View) -> Iterator[Data]:
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


def sources(view: View) -> Iterator[Data]:
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


def quantities(view: View) -> Iterator[Data]:
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


def relations(view: View) -> Iterator[Data]:
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


def questions(view: View) -> Iterator[Data]:
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


def measurements(view: View) -> Iterator[Data]:
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
