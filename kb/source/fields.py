"""The dataclasses of ``kb.model`` back to the fields of their files: what ``kb.source.convert`` reads.

Fields stand in the order in which people read them; those at their default are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kb.model import Allowance, Bearing, Claim, Config, Dependence, Evidence, Question, Source, Step, Undercut

Fields = dict[str, Any]


def claim_fields(claim: Claim) -> Fields:
    """The fields of a claim's file, so that reading them gives the claim again (its id and file aside).

    Steps and undercuts must be the claim's own, in the order of their indices.
    """
    supports = [_step(step) for step in claim.steps if step.kind == "supports"]
    attacks = [_step(step) for step in claim.steps if step.kind == "attacks"]
    return _present(
        title=claim.title,
        claim=claim.text,
        question=claim.question,
        status=_unless(claim.status, "accepted"),
        replaced_by=claim.replaced_by,
        origin=_unless(claim.origin, "text"),
        tags=list(claim.tags),
        evidence=[_evidence(found) for found in claim.evidence],
        supports=supports,
        attacks=attacks,
        undercuts=[_undercut(cut) for cut in claim.undercuts],
        assumes=[_dependence(needed) for needed in claim.assumes],
        requires=[_dependence(needed) for needed in claim.requires],
        restates=list(claim.restates),
        same_evidence_as=list(claim.same_evidence_as),
        checks=[bearing_fields(bearing) for bearing in claim.checks],
        checkable={"no": claim.uncheckable} if claim.uncheckable else None,
        standard=claim.standard,
        prior=claim.prior,
        forecast=claim.forecast
        and _present(
            by=claim.forecast.by, probability=claim.forecast.probability, check=claim.forecast.check
        ),
        stance=dict(claim.stance),
        notes=claim.notes,
        allow=_allow(claim.allow),
    )


def source_fields(source: Source) -> Fields:
    """The fields of a source's file: its CSL-JSON as it is kept."""
    return {**source.csl, **_present(allow=_allow(source.allow))}


def config_fields(config: Config) -> Fields:
    """The fields of a ``kb.yaml`` with the usual weights and thresholds; others are not written."""
    return {
        "format": config.format,
        **_present(requires=config.requires),
        "title": config.title,
        **_present(
            about=config.about,
            repository=config.repository,
            branch=_unless(config.branch, "main"),
            site=config.site,
            questions=[_question(question) for question in config.questions],
            rules=dict(config.severities),
            renamed=dict(config.renamed),
            allow=_allow(config.allow),
        ),
    }


def _question(question: Question) -> Fields:
    return {
        "id": question.id,
        "question": question.text,
        **_present(about=question.about),
        "theses": list(question.theses),
    }


def _evidence(found: Evidence) -> Fields:
    quote = found.quote and _present(
        norm=found.quote.norm, sha256=found.quote.sha256, shingles=list(found.quote.shingles)
    )
    if quote and found.quote:
        quote = {"norm": quote.pop("norm"), "start": found.quote.start, "end": found.quote.end, **quote}
    return _present(
        source=found.source, at=found.at, role=_unless(found.role, "asserts"), quote=quote, note=found.note
    )


def _step(step: Step) -> str | Fields:
    return _short(
        "claim",
        step.conclusion,
        {"with": list(step.premises[1:])},
        strength=_unless(step.strength, "weak"),
        because=step.because,
        scheme=step.scheme,
        id=step.id if step.named else "",
        reviewed=step.reviewed,
    )


def _undercut(cut: Undercut) -> str | Fields:
    return _short(
        "step",
        cut.target,
        {"with": list(cut.premises[1:])},
        strength=_unless(cut.strength, "decisive"),
        because=cut.because,
        id=cut.id if cut.named else "",
        reviewed=cut.reviewed,
    )


def _dependence(needed: Dependence) -> str | Fields:
    return _short("claim", needed.claim, {}, because=needed.because)


def bearing_fields(bearing: Bearing) -> str | Fields:
    """An entry of a claim's ``checks``: the check's id, or a mapping where more is said."""
    return _short(
        "check",
        bearing.check,
        {},
        bears=_unless(bearing.bears, "direct"),
        because=bearing.because,
        if_fails=bearing.if_fails,
        if_fails_because=bearing.if_fails_because,
        reviewed=bearing.reviewed,
    )


def _allow(allowed: Iterable[Allowance]) -> list[Fields]:
    return [{"rule": allowance.rule, "because": allowance.because} for allowance in allowed]


def _short(name: str, value: str, more: Mapping[str, Any], **fields: Any) -> str | Fields:
    """The short form, an id, where nothing else is said."""
    rest = {**_present(**more), **_present(**fields)}
    return {name: value, **rest} if rest else value


def _unless(value: str, usual: str) -> str:
    return "" if value == usual else value


def _present(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value not in ("", None, [], {}, ())}
