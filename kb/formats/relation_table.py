"""A CSV table of the relations, a row for each premise. Written only."""

from __future__ import annotations

from kb.formats import network
from kb.formats.format import Format, Material
from kb.formats.tables import table

FORMAT = Format(
    "csv-relations",
    "CSV table of the relations",
    "csv",
    holds=network.HOLDS - {"titles", "paragraphs", "tags", "notes", "origin", "sources", "questions"}
    | {"bearings", "checks"},
    reads=False,
    going=("claims are named by their ids; the table of the claims has their words",),
)


def write(material: Material) -> str:
    rows: list[tuple[str, ...]] = []
    for claim in material.exchange.claims.values():
        for step in claim.steps:
            said = (step.strength, step.scheme, step.because)
            rows.extend((step.id, premise, step.kind, step.conclusion, *said) for premise in step.premises)
        for cut in claim.undercuts:
            said = (cut.strength, "", cut.because)
            rows.extend((cut.id, premise, "undercuts", cut.target, *said) for premise in cut.premises)
        rows.extend(("", claim.id, "assumes", need.claim, "", "", need.because) for need in claim.assumes)
        rows.extend(("", claim.id, "requires", need.claim, "", "", need.because) for need in claim.requires)
        rows.extend(("", claim.id, "restates", other, "", "", "") for other in claim.restates)
        rows.extend(("", claim.id, "same evidence", other, "", "", "") for other in claim.same_evidence_as)
        rows.extend(("", b.check, f"bears on ({b.bears})", claim.id, "", "", b.because) for b in claim.checks)
    return table(("relation", "from", "kind", "to", "strength", "scheme", "because"), rows)
