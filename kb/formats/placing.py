"""Drafts from another format as files of a base, each saying where it came from."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kb.formats.exchange import Exchange
from kb.model import Config, Evidence, Question
from kb.source.adding import file_text
from kb.source.fields import claim_fields, config_fields, source_fields
from kb.source.naming import id_from

FORMAT = 1
"""The version of the file format that a new base gets."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where drafts come from: the name of the file, the format's name, the day (YYYY-MM-DD)."""

    file: str
    format: str
    day: str


def files_of(
    exchange: Exchange, origin: Origin, root: Path, topic: str, taken: Container[str], *, new: bool
) -> Mapping[str, str]:
    """The text of each file by its path from ``root``: claims in ``topic``, sources, the file as a source.

    ``new`` adds a ``kb.yaml`` whose questions are those of the exchange, or one that asks for the claims
    that argue for nothing else.
    """
    home = id_from(exchange.title or Path(origin.file).stem, _Either(taken, exchange), otherwise="imported")
    files: dict[str, str] = {}

    def write(path: str, kind: str, fields: Mapping[str, Any]) -> None:
        files[path] = file_text(root, path, kind, fields)

    if new:
        config = Config(
            exchange.title or Path(origin.file).stem,
            format=FORMAT,
            about=exchange.about,
            questions=exchange.questions or _asked(exchange, home),
        )
        write("kb.yaml", "base", config_fields(config))
    write(f"sources/{home}.yaml", "source", _imported(exchange, origin))
    for name, source in exchange.sources.items():
        write(f"sources/{name}.yaml", "source", source_fields(source))
    for name, claim in exchange.claims.items():
        found = Evidence(home, exchange.places.get(name, ""))
        write(
            f"{topic}/{name}.yaml", "claim", claim_fields(replace(claim, evidence=(*claim.evidence, found)))
        )
    return files


@dataclass(frozen=True, slots=True)
class _Either:
    """Ids of the base and of the exchange."""

    taken: Container[str]
    exchange: Exchange

    def __contains__(self, name: object) -> bool:
        known = (self.exchange.claims, self.exchange.sources, {q.id: q for q in self.exchange.questions})
        return name in self.taken or any(name in names for names in known)


def _imported(exchange: Exchange, origin: Origin) -> dict[str, Any]:
    return {
        "type": "document",
        "title": exchange.title or Path(origin.file).name,
        "accessed": origin.day,
        "note": f"Imported from {Path(origin.file).name} ({origin.format}).",
    }


def _asked(exchange: Exchange, home: str) -> tuple[Question, ...]:
    """One question whose theses are the claims that are argued about and argue for nothing themselves."""
    arguing = {claim.id for claim in exchange.claims.values() if claim.steps or claim.undercuts}
    ends = {step.conclusion for claim in exchange.claims.values() for step in claim.steps}
    theses = [name for name in exchange.claims if name in ends and name not in arguing]
    theses = theses or sorted(ends)[:1] or list(exchange.claims)[:1]
    if not theses:
        return ()
    words = exchange.title or "What stands?"
    name = id_from(f"{home} question", _Either((home,), exchange), otherwise="question")
    return (Question(name, words if words.endswith("?") else f"{words}: what stands?", tuple(theses)),)
