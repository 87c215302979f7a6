"""Plain values that fit their schema, to the dataclasses of ``kb.model``.

A function a kind; each takes what ``read_yaml`` gave for a file that its schema accepts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.model import (
    Allowance,
    Bearing,
    Claim,
    Column,
    Config,
    Dependence,
    Device,
    Evidence,
    Forecast,
    Measurement,
    Question,
    Quote,
    Scale,
    Source,
    Step,
    Table,
    TestRun,
    Undercut,
)

Fields = Mapping[str, Any]


def allowances(fields: Fields) -> tuple[Allowance, ...]:
    return tuple(Allowance(a["rule"], a["because"]) for a in fields.get("allow", ()))


# --- kb.yaml --------------------------------------------------------------------


def config(fields: Fields) -> Config:
    return Config(
        title=fields["title"],
        format=fields["format"],
        requires=fields.get("requires", ""),
        about=fields.get("about", ""),
        questions=tuple(_question(q) for q in fields.get("questions", ())),
        scale=_scale(fields),
        repository=fields.get("repository", ""),
        branch=fields.get("branch", "main"),
        host=fields.get("host", ""),
        site=fields.get("site", ""),
        severities=fields.get("rules", {}),
        renamed=fields.get("renamed", {}),
        allow=allowances(fields),
    )


def _question(fields: Fields) -> Question:
    return Question(fields["id"], fields["question"], tuple(fields["theses"]), fields.get("about", ""))


def _scale(fields: Fields) -> Scale:
    usual = Scale()
    thresholds, scores = fields.get("thresholds", {}), fields.get("scores", {})
    weights = {**usual.odds, **fields.get("weights", {})}
    cap = weights.pop("cap", usual.cap)

    def band(name: str, otherwise: tuple[float, float]) -> tuple[float, float]:
        low, high = scores.get(name, otherwise)
        return (float(low), float(high))

    return Scale(
        stands=float(thresholds.get("stands", usual.stands)),
        falls=float(thresholds.get("falls", usual.falls)),
        holds=float(thresholds.get("holds", usual.holds)),
        fails=float(thresholds.get("fails", usual.fails)),
        odds={name: float(odds) for name, odds in weights.items()},
        cap=float(cap),
        unchecked=band("unchecked", usual.unchecked),
        not_run=band("not_run", usual.not_run),
        inconclusive=band("inconclusive", usual.inconclusive),
    )


# --- claims ---------------------------------------------------------------------


def claim(name: str, fields: Fields, file: str) -> Claim:
    get = fields.get
    prior = get("prior")
    forecast = get("forecast")
    return Claim(
        id=name,
        text=fields["claim"],
        file=file,
        title=get("title", ""),
        question=get("question", ""),
        tags=tuple(get("tags", ())),
        notes=get("notes", ""),
        status=get("status", "accepted"),
        replaced_by=get("replaced_by", ""),
        origin=get("origin", "text"),
        prior=None if prior is None else float(prior),
        forecast=_forecast(forecast) if forecast else None,
        standard=get("standard", ""),
        stance=tuple(get("stance", {}).items()),
        evidence=tuple(_evidence(e) for e in get("evidence", ())),
        steps=(*_steps(name, "supports", fields), *_steps(name, "attacks", fields)),
        undercuts=tuple(_undercut(name, u, i) for i, u in enumerate(get("undercuts", ()))),
        assumes=tuple(_dependence(d) for d in get("assumes", ())),
        requires=tuple(_dependence(d) for d in get("requires", ())),
        restates=tuple(get("restates", ())),
        same_evidence_as=tuple(get("same_evidence_as", ())),
        checks=tuple(_bearing(name, b, i) for i, b in enumerate(get("checks", ()))),
        uncheckable=get("checkable", {}).get("no", ""),
        allow=allowances(fields),
    )


def _forecast(fields: Fields) -> Forecast:
    return Forecast(str(fields["by"]), float(fields["probability"]), fields.get("check", ""))


def _evidence(fields: Fields) -> Evidence:
    quote = fields.get("quote")
    return Evidence(
        fields["source"],
        str(fields.get("at", "")),
        fields.get("role", "asserts"),
        _quote(quote) if quote else None,
        fields.get("note", ""),
    )


def _quote(fields: Fields) -> Quote:
    return Quote(
        fields["start"], fields["end"], fields["sha256"], tuple(fields.get("shingles", ())), fields["norm"]
    )


def _steps(owner: str, kind: Any, fields: Fields) -> tuple[Step, ...]:
    return tuple(_step(owner, kind, entry, index) for index, entry in enumerate(fields.get(kind, ())))


def _step(owner: str, kind: Any, entry: str | Fields, index: int) -> Step:
    if isinstance(entry, str):
        entry = {"claim": entry}
    conclusion = entry["claim"]
    return Step(
        id=entry.get("id") or f"{owner}--{kind}--{conclusion}",
        kind=kind,
        premises=(owner, *entry.get("with", ())),
        conclusion=conclusion,
        strength=entry.get("strength", "weak"),
        because=entry.get("because", ""),
        scheme=entry.get("scheme", ""),
        named="id" in entry,
        reviewed=entry.get("reviewed", ""),
        owner=owner,
        index=index,
    )


def _undercut(owner: str, entry: str | Fields, index: int) -> Undercut:
    if isinstance(entry, str):
        entry = {"step": entry}
    target = _target(entry["step"])
    return Undercut(
        id=entry.get("id") or f"{owner}--undercuts--{target}",
        premises=(owner, *entry.get("with", ())),
        target=target,
        strength=entry.get("strength", "decisive"),
        because=entry.get("because", ""),
        named="id" in entry,
        reviewed=entry.get("reviewed", ""),
        owner=owner,
        index=index,
    )


def _target(written: str) -> str:
    """A step's id, or "check > claim" with exactly one space on each side."""
    check, bears, on = written.partition(">")
    return f"{check.strip()} > {on.strip()}" if bears else written


def _dependence(entry: str | Fields) -> Dependence:
    if isinstance(entry, str):
        return Dependence(entry)
    return Dependence(entry["claim"], entry.get("because", ""))


def _bearing(owner: str, entry: str | Fields, index: int) -> Bearing:
    if isinstance(entry, str):
        return Bearing(entry, claim=owner, index=index)
    return Bearing(
        entry["check"],
        entry.get("bears", "direct"),
        entry.get("because", ""),
        entry.get("if_fails", ""),
        entry.get("if_fails_because", ""),
        entry.get("reviewed", ""),
        owner,
        index,
    )


# --- sources, tables, measurements ------------------------------------------------


def source(name: str, fields: Fields, file: str) -> Source:
    return Source(
        id=name,
        title=fields["title"],
        file=file,
        type=fields.get("type", "document"),
        authors=tuple(_author(a) for a in fields.get("author", ())),
        issued=str(fields.get("issued", "")),
        url=fields.get("URL", ""),
        accessed=str(fields.get("accessed", "")),
        csl={key: value for key, value in fields.items() if key != "allow"},
        allow=allowances(fields),
    )


def _author(fields: Fields) -> str:
    if "literal" in fields:
        return str(fields["literal"])
    names = (fields.get("family", ""), fields.get("given", ""))
    return ", ".join(name for name in names if name)


def table(name: str, fields: Fields, file: str) -> Table:
    return Table(
        id=name,
        columns=tuple(
            Column(c["name"], str(c.get("unit", "1")), c.get("title", "")) for c in fields["columns"]
        ),
        file=file,
        csv=file.removesuffix(".yaml") + ".csv",
        title=fields.get("title", ""),
        source=fields.get("source", ""),
        at=str(fields.get("at", "")),
        licence=fields.get("licence", ""),
    )


def measurement(name: str, fields: Fields, file: str) -> Measurement:
    """A record of ``kb bench``. A test whose result was wrong has no rates, and so is no run."""
    device = fields["device"]
    return Measurement(
        id=name,
        device=Device(
            device["name"],
            device["kind"],
            fields["backend"]["name"],
            device["is_gpu"],
            device.get("driver", ""),
        ),
        when=fields["when"],
        runs=tuple(_run(test) for test in fields["tests"] if "stats" in test),
        file=file,
        raw=fields,
    )


def _run(test: Fields) -> TestRun:
    stats = test["stats"]
    return TestRun(
        test=test["test"],
        dtype=test["dtype"],
        median=float(stats["median"]),
        ci_low=float(stats["ci_low"]),
        ci_high=float(stats["ci_high"]),
        p10=float(stats["p10"]),
        p90=float(stats["p90"]),
        best=float(stats["best"]),
        unit=stats["unit"],
        n=test["n"],
        accumulate=test["accumulate"],
        path=test["path"],
        checked=test["check"]["ok"],
        flags=tuple(test["flags"]),
    )
