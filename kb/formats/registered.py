"""What registries say of a work, saved as a file: Crossref and DataCite (JSON), arXiv (Atom). As CSL-JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from kb.formats.reading import Misread, json_of, xml_of

_ATOM, _ARXIV = "http://www.w3.org/2005/Atom}", "http://arxiv.org/schemas/atom}"
_TYPES = {
    "book-chapter": "chapter", "book-section": "chapter", "dissertation": "thesis", "edited-book": "book",
    "journal": "periodical", "journal-article": "article-journal", "monograph": "book",
    "peer-review": "review", "posted-content": "article", "proceedings": "book",
    "proceedings-article": "paper-conference", "reference-book": "book", "reference-entry": "entry",
    "report-component": "report", "report-series": "report", "working-paper": "report",
}  # fmt: skip
_SAME = ("DOI", "URL", "ISBN", "ISSN", "volume", "issue", "page", "publisher", "publisher-place", "language")
_PEOPLE = ("author", "editor", "translator", "chair")
_DATES = ("issued", "published", "published-print", "published-online", "posted", "created")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def works_of(text: str) -> list[dict[str, Any]] | None:
    """The works of a file as CSL-JSON; None where it is none of these formats.

    Raises Misread: it is JSON or XML, and damaged; or an answer of arXiv that says what went wrong.
    """
    start = text.lstrip()[:1]
    if start == "<":
        return _arxiv(xml_of(text))
    if start not in ("[", "{"):
        return None
    value = json_of(text)
    if not isinstance(value, dict):
        return None
    message, data = value.get("message"), value.get("data")
    if isinstance(message, dict):
        items = message.get("items", [message])
        return [_crossref(item) for item in _objects(items)]
    if data is not None:
        return [_datacite(item.get("attributes", item)) for item in _objects(data)]
    if "titles" in value and "creators" in value:
        return [_datacite(value)]
    if isinstance(value.get("title"), list):
        return [_crossref(value)]
    return None


def _objects(value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) for item in found):
        raise Misread(1, 1, "a work in this file is no object with fields such as a title")
    return found


def _crossref(item: Mapping[str, Any]) -> dict[str, Any]:
    """Crossref's own JSON is nearly CSL-JSON; titles are lists, and may hold markup."""
    kind = str(item.get("type", ""))
    title = ": ".join(filter(None, (_words(_first(item.get(name))) for name in ("title", "subtitle"))))
    csl: dict[str, Any] = {"type": _TYPES.get(kind, kind), "title": title}
    csl |= {name: people for name in _PEOPLE if (people := [_member(who) for who in _list(item.get(name))])}
    csl["issued"] = next((item[name] for name in _DATES if _dated(item.get(name))), None)
    csl["container-title"] = _words(_first(item.get("container-title")))
    csl |= {name: _first(item.get(name)) for name in _SAME}
    return csl


def _member(who: Any) -> Any:
    """A person; a body has only a name."""
    return {"literal": who["name"]} if isinstance(who, dict) and who.get("name") else who


def _datacite(item: Mapping[str, Any]) -> dict[str, Any]:
    types, publisher = item.get("types"), item.get("publisher")
    kind = str(types.get("citeproc", "")) if isinstance(types, dict) else ""
    titles = [title for title in _list(item.get("titles")) if isinstance(title, dict)]
    main = [title for title in titles if not title.get("titleType")] or titles
    sub = [title for title in titles if title.get("titleType") == "Subtitle"]
    dates = [date for date in _list(item.get("dates")) if isinstance(date, dict)]
    issued = [date.get("date") for date in dates if date.get("dateType") == "Issued"]
    container = item.get("container")
    return {
        "type": kind,
        "title": ": ".join(_words(title.get("title")) for title in (*main[:1], *sub[:1])),
        "author": [_creator(who) for who in _list(item.get("creators")) if isinstance(who, dict)],
        "issued": str(_first(issued) or item.get("publicationYear") or ""),
        "publisher": publisher.get("name") if isinstance(publisher, dict) else publisher,
        "container-title": container.get("title") if isinstance(container, dict) else None,
        "version": item.get("version"),
        "DOI": item.get("doi") or item.get("DOI"),
        "URL": item.get("url"),
        "language": item.get("language"),
    }


def _creator(who: Mapping[str, Any]) -> dict[str, Any]:
    if who.get("familyName"):
        return {"family": who["familyName"], "given": who.get("givenName")}
    family, comma, given = str(who.get("name", "")).partition(", ")
    if comma and who.get("nameType") != "Organizational":
        return {"family": family, "given": given}
    return {"literal": str(who.get("name", ""))}


def _arxiv(root: Element) -> list[dict[str, Any]] | None:
    if root.tag not in (f"{_ATOM}feed", f"{_ATOM}entry"):
        return None
    entries = [root] if root.tag == f"{_ATOM}entry" else _inside(root, "entry")
    return [_preprint(entry) for entry in entries]


def _inside(element: Element, name: str, space: str = _ATOM) -> list[Element]:
    # Element.findall reads a namespace in another notation than ``xml_of`` writes it.
    return [child for child in element if child.tag == space + name]


def _preprint(entry: Element) -> dict[str, Any]:
    def said(name: str, space: str = _ATOM) -> str:
        return " ".join(_words(child.text) for child in _inside(entry, name, space)[:1])

    address = said("id")
    if "/api/errors" in address:
        raise Misread(1, 1, f"arXiv answered with an error: {said('summary')}")
    url = re.sub(r"^http:", "https:", re.sub(r"v\d+$", "", address))
    number = url.partition("/abs/")[2]
    doi, journal = said("doi", _ARXIV), said("journal_ref", _ARXIV)
    return {
        "type": "article",
        "title": said("title"),
        "author": [
            _named(_words(name.text)) for who in _inside(entry, "author") for name in _inside(who, "name")
        ],
        "issued": said("published")[:10],
        "publisher": "arXiv" if number else None,
        "number": f"arXiv:{number}" if number else None,
        "DOI": doi or (f"10.48550/arXiv.{number}" if number else None),
        "URL": url,
        "note": f"Published in {journal}." if journal else None,
    }


def _named(name: str) -> dict[str, str]:
    """A name in the order of speech, in which the last word and the particles before it are the family's."""
    from kb.formats.bibtex_csl import names

    found = list(names(name.replace("{", "").replace("}", "")))
    return found[0] if len(found) == 1 else {"literal": name}


def _words(value: Any) -> str:
    """Text on one line, without the markup that registries keep in titles."""
    import html

    return " ".join(html.unescape(_TAG.sub("", value)).split()) if isinstance(value, str) else ""


def _first(value: Any) -> Any:
    found = _list(value)
    return found[0] if found else None


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _dated(value: Any) -> bool:
    """Whether a date of Crossref says one: it may be [[null]]."""
    parts = value.get("date-parts") if isinstance(value, dict) else None
    return bool(parts and isinstance(parts, list) and isinstance(parts[0], list) and any(parts[0]))
