"""``kb sources add``: works from a file of a registry, of BibTeX or of CSL-JSON become sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kb.commands import opening
from kb.commands.drafts import Refused, chosen_id, taken, writable
from kb.commands.interchange import unseen
from kb.commands.opening import Opened
from kb.diagnostics import Diagnostic
from kb.formats import references, registered
from kb.formats.drafting import Drafting
from kb.formats.exchange import Loss
from kb.formats.reading import FormatError, Misread, text_of
from kb.source.adding import add, file_text
from kb.source.fields import source_fields
from kb.source.naming import id_from
from kb.source.works import Known, Works

UNCITED = "KB207"
"""That nothing cites a source yet goes without saying of a new one."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A work of the file by its title, and the sources of the base that seem to be the same work."""

    title: str
    known: tuple[Known, ...]


class AlreadyThere(Refused):
    """Works of the file are in the base already: ``repeated``. Nothing was written."""

    def __init__(self, repeated: tuple[Repeated, ...], works: int) -> None:
        number = len(repeated)
        which = f"{number} of {works} works {'is' if number == 1 else 'are'}" if works > 1 else "the work is"
        super().__init__(f"{which}, it seems, in the base already")
        self.repeated = repeated


@dataclass(frozen=True, slots=True)
class Added:
    """The sources that were written, by id with their titles; what the file says that a source cannot hold;
    the works that the base seemed to have: passed over, or written all the same."""

    root: Path
    sources: Mapping[str, str]
    files: tuple[str, ...]
    texts: Mapping[str, str]
    skipped: tuple[Repeated, ...]
    overruled: tuple[Repeated, ...]
    lost: tuple[Loss, ...]
    findings: tuple[Diagnostic, ...]


def add_sources(
    root: Path,
    path: Path,
    *,
    name: str = "",
    anyway: bool = False,
    skip: bool = False,
) -> Added:
    """Write a source for each work of a file, all or none; the id is made of the first author and the year.

    ``skip`` passes over works that the base has already, ``anyway`` writes them all the same. A work with an
    address gets today as the day on which it was looked at, unless the file says when.

    Raises:
        AlreadyThere: the base has a work of the file, and neither ``anyway`` nor ``skip`` is set.
        FormatError: the file is in none of the formats; the text has the place.
        Refused: the id cannot be had, or the base is the one that comes with kb.
        kb.source.adding.AddingError, OSError: a file cannot be read or written.
    """
    opened = writable(root)
    works, lost = _works(path)
    if name and len(works) != 1:
        raise Refused(f"an id can be chosen for one work; the file holds {len(works)}")
    there = Works({each: source.csl for each, source in opened.base.sources.items()})
    known = [tuple(there.same(csl)) for csl in works]
    repeated = tuple(Repeated(str(csl["title"]), k) for csl, k in zip(works, known, strict=True) if k)
    if repeated and not (anyway or skip):
        raise AlreadyThere(repeated, len(works))
    fresh = [csl for csl, found in zip(works, known, strict=True) if not (found and skip)]
    named = _named(opened, fresh, name)
    files = {f"sources/{each}.yaml": csl for each, csl in named.items()}
    texts = {file: file_text(root, file, "source", csl) for file, csl in files.items()}
    add(root, texts)
    found = opening.findings(root).diagnostics if texts else ()
    return Added(
        root,
        {each: str(csl["title"]) for each, csl in named.items()},
        tuple(texts),
        texts,
        repeated if skip else (),
        repeated if anyway else (),
        lost,
        tuple(each for each in found if each.file in texts and each.rule != UNCITED),
    )


def _works(path: Path) -> tuple[list[dict[str, Any]], tuple[Loss, ...]]:
    """The fields of each work's source, and what has no place in it."""
    drafting = Drafting()
    text = text_of(path)
    try:
        found = registered.works_of(text)
        if found is None:
            references.read(text, drafting, path)
        for number, csl in enumerate(found or (), 1):
            drafting.source(str(number), {name: value for name, value in csl.items() if value})
    except Misread as wrong:
        raise FormatError(f"{path}:{wrong.line}:{wrong.column}: {wrong}") from None
    exchange = drafting.finish()
    if not exchange.sources:
        raise FormatError(f"{path}: no work was found in this file")
    works = [_dated(source_fields(source)) for source in exchange.sources.values()]
    return works, (*exchange.lost, *unseen(exchange))


def _dated(csl: dict[str, Any]) -> dict[str, Any]:
    return csl | {"accessed": date.today().isoformat()} if "URL" in csl and "accessed" not in csl else csl


def _named(opened: Opened, works: Collection[dict[str, Any]], wanted: str) -> dict[str, dict[str, Any]]:
    """The works by their ids, which nothing in the base has."""
    named: dict[str, dict[str, Any]] = {}
    there = taken(opened)
    for csl in works:
        words = _words(csl)
        name = chosen_id(opened, wanted, words, "") if wanted else id_from(words, there, otherwise="source")
        there.add(name)
        named[name] = csl
    return named


def _words(csl: Mapping[str, Any]) -> str:
    """Author and year, by which people know a work; without either, its title."""
    first = (csl.get("author") or [{}])[0]
    family = first.get("family") or first.get("literal", "")
    year = str(csl.get("issued", ""))[:4]
    return f"{family} {year}" if family and year else str(csl["title"])
