"""A BibTeX or BibLaTeX entry in the fields of CSL-JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kb.formats.bibtex import MONTHS, Entry
from kb.formats.tex_text import plain

_TYPES = {
    "article": "article-journal", "book": "book", "mvbook": "book", "booklet": "pamphlet",
    "collection": "collection", "conference": "paper-conference", "dataset": "dataset",
    "electronic": "webpage", "inbook": "chapter", "incollection": "chapter", "suppbook": "chapter",
    "inproceedings": "paper-conference", "inreference": "entry-encyclopedia", "legislation": "legislation",
    "manual": "report", "mastersthesis": "thesis", "movie": "motion_picture", "online": "webpage",
    "patent": "patent", "periodical": "periodical", "phdthesis": "thesis", "proceedings": "book",
    "reference": "book", "report": "report", "review": "review", "software": "software",
    "standard": "standard", "techreport": "report", "thesis": "thesis", "unpublished": "manuscript",
    "video": "motion_picture", "www": "webpage",
}  # fmt: skip
_TEXTS = {
    "abstract": "abstract", "address": "publisher-place", "annotation": "annote", "annote": "annote",
    "booktitle": "container-title", "chapter": "chapter-number", "doi": "DOI", "edition": "edition",
    "eventtitle": "event-title", "howpublished": "medium", "institution": "publisher", "isbn": "ISBN",
    "issn": "ISSN", "journal": "container-title", "journaltitle": "container-title",
    "keywords": "keyword", "langid": "language", "language": "language", "location": "publisher-place",
    "note": "note", "organization": "publisher", "pages": "page", "pagetotal": "number-of-pages",
    "pmcid": "PMCID", "pmid": "PMID", "publisher": "publisher", "school": "publisher",
    "series": "collection-title", "shortjournal": "container-title-short", "shorttitle": "title-short",
    "type": "genre", "venue": "event-place", "version": "version", "volume": "volume",
    "volumes": "number-of-volumes",
}  # fmt: skip
_PEOPLE = {
    "author": "author", "editor": "editor", "translator": "translator", "director": "director",
    "bookauthor": "container-author",
}  # fmt: skip
_THESES = {"mastersthesis": "Master’s thesis", "phdthesis": "PhD thesis"}
_TITLES = ("title", "subtitle", "titleaddon")
_DATES = ("date", "year", "month", "day")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_USED = frozenset(
    {*_TITLES, *_DATES, "url", "urldate", "crossref", "number", "eprint", "archiveprefix", "eprinttype"}
)


def csl_of(entry: Entry, others: Mapping[str, Entry]) -> tuple[dict[str, Any], dict[str, str]]:
    """The work, and the fields that CSL has no place for.

    ``others`` are the file's entries by their keys in small letters: those that a ``crossref`` names lend
    the fields that the entry lacks.
    """
    fields = _inherited(entry, others)
    get = fields.get
    csl: dict[str, Any] = {"type": _TYPES.get(entry.type, "document")}
    left: dict[str, str] = {}
    if title := ": ".join(filter(None, (plain(get(name, "")) for name in _TITLES))):
        csl["title"] = title
    for name, target in _PEOPLE.items():
        if people := list(names(get(name, ""))):
            csl[target] = people
    if issued := _issued(fields):
        csl["issued"] = issued
    if url := _verbatim(get("url", "")) or _eprint(fields):
        csl["URL"] = url
    if accessed := get("urldate"):
        csl["accessed"] = plain(accessed)
    if number := plain(get("number", "")):
        csl["issue" if entry.type in ("article", "periodical") else "number"] = number
    if entry.type in _THESES:
        csl["genre"] = _THESES[entry.type]
    for name, said in fields.items():
        target = _TEXTS.get(name, "")
        value = _verbatim(said) if target in ("DOI",) else plain(said)
        if target == "page":
            value = value.replace("–", "-").replace(" ", "")
        if not value or name in _USED or name in _PEOPLE:
            continue
        if target and target not in csl:
            csl[target] = value.removeprefix("https://doi.org/") if target == "DOI" else value
        elif target != "genre" or csl.get("genre") != value:
            left[name] = value
    return csl, left


def names(tex: str) -> Iterator[dict[str, str]]:
    """The people of a field, as BibTeX takes names apart; a name in braces is that of a body."""
    for name in _apart(tex, _AND):
        if name.casefold() == "others":
            yield {"literal": "others"}
        elif name.startswith("{") and _closing(name) == len(name) - 1:
            yield {"literal": plain(name)}
        elif name:
            yield _person(name)


def _person(name: str) -> dict[str, str]:
    parts = list(_apart(name, re.compile(r"\s*,\s*")))
    given = suffix = ""
    if len(parts) > 2:
        suffix, given = parts[1], " ".join(parts[2:])
    elif len(parts) == 2:
        given = parts[1]
    words = list(_apart(parts[0], re.compile(r"[\s~]+")))
    particle: list[str] = []
    if len(parts) == 1:
        small = [at for at, word in enumerate(words[:-1]) if _small(word)]
        first = small[0] if small else len(words) - 1
        given, words = " ".join(words[:first]), words[first:]
    while len(words) > 1 and _small(words[0]):
        particle.append(words.pop(0))
    found = {
        "family": plain(" ".join(words)),
        "given": plain(given),
        "non-dropping-particle": plain(" ".join(particle)),
        "suffix": plain(suffix),
    }
    found = {part: said for part, said in found.items() if said}
    return found if "family" in found else {"literal": plain(name)} if plain(name) else {"literal": name}


def _small(word: str) -> bool:
    """Whether a word is a particle such as ``von``: its first letter outside braces is small."""
    letter = next((c for c in plain(word) if c.isalpha()), "")
    return letter.islower() and not word.startswith("{")


def _apart(tex: str, separator: re.Pattern[str]) -> Iterator[str]:
    """The parts between separators that stand outside braces."""
    depth, start, at = 0, 0, 0
    while at < len(tex):
        depth += {"{": 1, "}": -1}.get(tex[at], 0)
        if not depth and (tex[at] in " \t\n~,") and (found := separator.match(tex, at)) and found.end() > at:
            yield tex[start:at].strip()
            start = at = found.end()
        else:
            at += 1
    yield tex[start:].strip()


def _closing(name: str) -> int:
    depth = 0
    for at, char in enumerate(name):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if not depth:
            return at
    return -1


def _inherited(entry: Entry, others: Mapping[str, Entry]) -> dict[str, str]:
    fields = dict(entry.fields)
    parent = others.get(entry.fields.get("crossref", "").casefold())
    if parent is not None and parent is not entry:
        for name, said in parent.fields.items():
            name = "booktitle" if name == "title" else name
            if name not in fields and name not in ("crossref", "author", "key", "abstract"):
                fields[name] = said
    return fields


def _issued(fields: Mapping[str, str]) -> str:
    if "date" in fields:
        return plain(fields["date"])
    year, month, day = (plain(fields.get(name, "")) for name in _DATES[1:])
    if not re.fullmatch(r"\d{4}", year):
        return year
    numbered = {name.casefold(): at for at, name in enumerate(MONTHS.values(), 1)}
    short = {name[:3]: at for name, at in numbered.items()}
    number = int(month) if month.isdecimal() and len(month) < 3 else short.get(month[:3].casefold(), 0)
    days = re.search(r"\b(\d{1,2})\b", month if not month.isdecimal() else "")
    day = day or (days[1] if days else "")
    return f"{year}-{number}" + (f"-{day}" if day else "") if number else year


def _eprint(fields: Mapping[str, str]) -> str:
    kind = (fields.get("archiveprefix") or fields.get("eprinttype") or "").casefold()
    found = _verbatim(fields.get("eprint", ""))
    return f"https://arxiv.org/abs/{found}" if kind == "arxiv" and found else ""


def _verbatim(tex: str) -> str:
    """An address, in which nothing is markup but escapes and an outer ``\\url{}``."""
    found = re.sub(r"\\([_%#&~])", r"\1", tex.strip())
    return found.removeprefix("\\url").strip("{} \n\t<>")
