"""Pages of what was withdrawn from the base: a link from elsewhere finds words there, not nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import partial
from pathlib import Path
from typing import Any

from kb.site.manifest import Gone, Manifest
from kb.site.page import Page
from kb.site.view import View
from kb.site.words import Data

_TABLES = {"claim": "claims", "check": "checks", "source": "sources", "question": "questions"}
_RELATED = {
    "evidence": "source",
    "checks": "check",
    "requires": "claim",
    "assumes": "claim",
    "theses": "claim",
}
Rows = dict[str, dict[str, Any]]


def remembered(out: Path, known: Manifest, planned: Set[str]) -> dict[str, Gone]:
    """What is gone, by address: what was gone already, and what the site in ``out`` has and the plan has not.

    Titles and relations come from the site's own data files. Only claims, checks, sources and questions
    leave a page; what has one again in the plan is not gone.
    """
    gone = {path: entry for path, entry in known.gone.items() if path not in planned}
    tables: dict[str, Rows] = {}

    def table(name: str) -> Rows:
        if name not in tables:
            tables[name] = _table(out / "data" / f"{name}.json")
        return tables[name]

    for path in sorted(known.files.keys() - planned - gone.keys()):
        kind, _, name = path.removesuffix(".html").partition("/")
        row = table(_TABLES[kind]).get(name) if kind in _TABLES else None
        if row is not None:
            argued = table("relations").values() if kind == "claim" else ()
            gone[path] = Gone(kind, row["title"], tuple(_related(row, argued)))
    gone.update({old: gone[new] for old, new in known.moved.items() if old not in planned and new in gone})
    return gone


def _table(file: Path) -> Rows:
    """The rows of a data file by id; none where the file was deleted or damaged by others."""
    try:
        return {row["id"]: row for row in json.loads(file.read_bytes())["items"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _related(row: dict[str, Any], relations: Iterable[dict[str, Any]]) -> list[str]:
    """The pages of what a row of the data names, and of the claims that it argued with."""
    name = row["id"]
    found = dict.fromkeys(
        claim
        for relation in relations
        for ends in [[*relation["premises"], relation["target"]]]
        if name in ends
        for claim in ends
        if claim != name
    )
    pages = [f"claim/{claim}.html" for claim in found]
    for field, kind in _RELATED.items():
        pages.extend(f"{kind}/{entry[kind]}.html" for entry in row.get(field, ()))
    pages.extend(f"claim/{claim}.html" for claim in (*row.get("claims", ()), *row.get("restates", ())))
    return list(dict.fromkeys(pages))


def pages(view: View, gone: Mapping[str, Gone]) -> Iterator[Page]:
    """A page for each."""
    for path, entry in gone.items():
        yield Page(path, "gone.html", partial(_content, view, entry))


def _content(view: View, gone: Gone) -> Data:
    lines = []
    for address in gone.related:
        kind, _, name = address.removesuffix(".html").partition("/")
        if kind == "claim" and name in view.base.claims:
            lines.append(view.claim(name))
        elif kind == "check" and name in view.base.checks:
            lines.append(view.check(name))
        elif kind == "source" and name in view.base.sources:
            lines.append({**view.source(name), "glyph": "", "word": ""})
    return {"kind": gone.kind, "title": gone.title, "related": lines}
