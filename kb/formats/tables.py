"""A CSV table of the claims, a row each; relations have a table of their own. Written only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from kb.formats.format import Format, Material

FORMAT = Format(
    "csv",
    "CSV table of the claims",
    "csv",
    holds=frozenset(
        (
            "ids",
            "titles",
            "paragraphs",
            "tags",
            "notes",
            "origin",
            "sources",
            "questions",
            "checks",
            "standings",
        )
    ),
    reads=False,
    going=(
        "a spreadsheet takes no text for a formula: one that begins with = + - or @ gets a space before it",
    ),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_COLUMNS = (
    *("id", "title", "claim", "status", "origin", "question", "tags", "standing", "why_open"),
    *("strength_low", "strength_high", "checks", "verdicts", "sources", "notes"),
)


def write(material: Material) -> str:
    rows = []
    asked = {t: q.id for q in material.exchange.questions for t in q.theses}
    for claim in material.exchange.claims.values():
        account = material.account(claim.id)
        strength = (round(end, 6) for end in account.strength) if account else ("", "")
        verdicts = [material.results[b.check].verdict for b in claim.checks if b.check in material.results]
        rows.append(
            (
                claim.id,
                claim.title,
                claim.text,
                claim.status,
                claim.origin,
                claim.question or asked.get(claim.id, ""),
                " ".join(claim.tags),
                account.standing.value if account else "",
                account.open_reason if account else "",
                *strength,
                " ".join(bearing.check for bearing in claim.checks),
                " ".join(verdicts),
                "; ".join(f"{e.source}{f', {e.at}' if e.at else ''}" for e in claim.evidence),
                claim.notes,
            )
        )
    return table(_COLUMNS, rows)


def table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV (RFC 4180, but with ``\\n`` line ends), safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: object) -> object:
    return f" {cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
