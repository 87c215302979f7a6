"""Lists of cited works: BibTeX or CSL-JSON, whichever the file holds. They give sources, and no claims."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kb.formats import bibtex
from kb.formats.bibtex_csl import csl_of
from kb.formats.drafting import Drafting
from kb.formats.format import Format
from kb.formats.reading import Misread, json_of

FORMAT = Format(
    "references",
    "BibTeX or CSL-JSON",
    "bib",
    holds=frozenset({"sources"}),
    writes=False,
    coming=(
        "works become sources, without claims",
        "TeX becomes plain text; formulas stay as they are",
        "a field that CSL has not, such as `file`, has no place",
    ),
)


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Raises Misread: the file is neither BibTeX nor CSL-JSON."""
    start = text.lstrip()[:1]
    if start in ("[", "{"):
        _csl(json_of(text), drafting)
    else:
        _bibtex(text, drafting)


def _csl(found: Any, drafting: Drafting) -> None:
    works = found.get("items", [found]) if isinstance(found, dict) else found
    if not isinstance(works, list) or not all(isinstance(work, dict) for work in works):
        raise Misread(1, 1, "CSL-JSON is a list of works, each an object with a `title`")
    if works and not any({"title", "type", "author"} & work.keys() for work in works):
        raise Misread(1, 1, "no work here has a `type`, `title` or `author`: this is no CSL-JSON")
    seen: set[str] = set()
    for number, work in enumerate(works, 1):
        drafting.counted["works"] += 1
        key = str(work.get("citation-key") or work.get("id") or f"work {number}")
        _source(key, work, 0, seen, drafting)


def _bibtex(text: str, drafting: Drafting) -> None:
    library = bibtex.parsed(text)
    if not library.entries:
        raise Misread(1, 1, "no entry such as `@book{key, title = {…}}` is in this file, and it is no JSON")
    for what, count in (("@preamble", library.preambles), ("@comment", library.comments)):
        if count:
            drafting.lose(f"{what} ({count})", "it is no work")
    for name, line in library.unknown:
        drafting.lose(f"the abbreviation {name}", "no @string defines it; its name is kept as text", line)
    for name, line in library.repeated:
        drafting.lose(name, "the work gives this field twice; the first one counts", line)
    by_key = {entry.key.casefold(): entry for entry in library.entries}
    seen: set[str] = set()
    for entry in library.entries:
        drafting.counted["works"] += 1
        csl, left = csl_of(entry, by_key)
        for field, said in left.items():
            drafting.lose(f"{field} of {entry.key}: {said[:200]}", "CSL has no such field", entry.line)
        _source(entry.key, csl, entry.line, seen, drafting)


def _source(key: str, csl: Mapping[str, Any], line: int, seen: set[str], drafting: Drafting) -> None:
    if key in seen:
        drafting.lose(f"the second work {key}", "the first one is kept", line)
        return
    seen.add(key)
    drafting.source(key, csl, line=line, id=key.casefold().replace("_", "-").replace(":", "-"))
