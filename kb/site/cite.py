"""How a claim or a source is cited: as a line of text and as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kb import wording
from kb.model import Base, Claim, Source
from kb.site import words
from kb.site.words import Data

_TYPES = {
    "article-journal": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}
_HOLDER = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
_MONTHS = {
    "01": "January",
    "02": "February",
    "03": "March",
    "04": "April",
    "05": "May",
    "06": "June",
    "07": "July",
    "08": "August",
    "09": "September",
    "10": "October",
    "11": "November",
    "12": "December",
}
_KINDS = {
    "article": "preprint or article",
    "article-journal": "article in a journal",
    "article-magazine": "article in a magazine",
    "article-newspaper": "article in a newspaper",
    "paper-conference": "paper at a conference",
    "post": "post",
    "post-weblog": "blog post",
    "webpage": "web page",
    "dataset": "data set",
}
_SPECIAL = re.compile(r"[\\{}$&#_%~^]")
_ESCAPED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def of_claim(base: Base, claim: Claim) -> Data:
    """A claim as a part of its base, with its address where the site's is known."""
    site = words.web_address(base.config.site).rstrip("/")
    address = f"{site}/claim/{claim.id}.html" if site else ""
    end = address or f"claim {claim.id}"
    fields = {
        "title": _braced(claim.name),
        "howpublished": f"{{Claim in {_plain(base.config.title)}}}",
        "url" if address else "note": f"{{{address}}}" if address else _braced(f"Claim {claim.id}"),
    }
    return {
        "text": f"“{claim.name}”, in: {base.config.title}, {end}",
        "bibtex": _entry("misc", claim.id, fields),
    }


def of_source(source: Source) -> Data:
    """A source by its CSL fields; BibTeX has fewer kinds of work, and the rest are ``misc``."""
    kind = _TYPES.get(source.type, "misc")
    year, _, month = source.issued.partition("-")
    csl = {name: str(value) for name, value in source.csl.items() if isinstance(value, str | int | float)}
    held, doi = csl.get("container-title", ""), csl.get("DOI", "")
    address = words.web_address(source.url) or (f"https://doi.org/{doi}" if doi else "")
    fields = {
        "author": "{" + " and ".join(_author(name) for name in source.authors) + "}"
        if source.authors
        else "",
        "title": _braced(source.title),
        _HOLDER.get(kind, "howpublished"): _braced(held),
        "publisher" if kind != "techreport" else "institution": _braced(csl.get("publisher", "")),
        "year": _braced(year),
        "month": _MONTHS.get(month[:2], "")[:3].lower(),
        "volume": _braced(csl.get("volume", "")),
        "pages": _braced(csl.get("page", "").replace("-", "--")),
        "doi": f"{{{doi}}}" if doi else "",
        "url": f"{{{address}}}" if address else "",
    }
    parts = (people(source.authors), f"“{source.title}”", held, day(source.issued), address)
    return {"text": ", ".join(part for part in parts if part), "bibtex": _entry(kind, source.id, fields)}


def kind_of(source: Source) -> str:
    """What kind of work it is, in words."""
    return _KINDS.get(source.type, source.type.replace("-", " ").replace("_", " "))


def people(authors: Sequence[str]) -> str:
    """Authors as in running text, the given name first: with commas within names a list cannot be read."""
    return wording.listed([" ".join(reversed(name.split(", ", 1))) for name in authors])


def day(date: str) -> str:
    """``2024-04-06`` as 6 April 2024, ``2024-04`` as April 2024; anything else as it is."""
    year, month, number = (*date.split("-"), "", "")[:3]
    if month not in _MONTHS:
        return date
    return " ".join(part for part in (number.lstrip("0"), _MONTHS[month], year) if part)


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name} = {value}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPED.get(found[0], "\\" + found[0]), text)


def _braced(text: str) -> str:
    """A value whose capitals stay: BibTeX lowers those of a title that stands in one pair of braces."""
    return f"{{{{{_plain(text)}}}}}" if text else ""


def _author(name: str) -> str:
    """A person as ``Family, Given``; a body, which has no comma, in braces, so that it stays whole."""
    return _plain(name) if "," in name else f"{{{_plain(name)}}}"
