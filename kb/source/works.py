"""Whether two entries are the same work: by what registries call it, by its address, by its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kb.source.likeness import Texts

SIMILAR = 0.8
"""Likeness of titles from which they may be one work's: subtitles differ, works of a series do more."""
_ARXIV = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html)/|10\.48550/arxiv\.|^arxiv:)((?:[a-z.-]+/)?\d{4}[\d.]*\d)", re.I
)
_DOI = re.compile(r"\b(10\.\d{4,9}/\S+)")


class Known(NamedTuple):
    """A source that is, or may be, the same work, and in words why."""

    id: str
    title: str
    why: str


def names(csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a work is called, in forms that can be compared: kind ("DOI", "arXiv id", "address"), name."""
    for field in ("DOI", "URL", "number"):
        said = str(csl.get(field, "")).strip()
        if found := _ARXIV.search(said):
            yield "arXiv id", found[1].casefold()
        elif (field == "DOI" or "doi.org/" in said) and (doi := _DOI.search(said)):
            yield "DOI", doi[1].casefold().rstrip(".")
        if field == "URL" and said:
            yield "address", address(said)


def address(url: str) -> str:
    """An address without what does not tell two pages apart."""
    found = re.sub(r"^[a-z]+://(www\.)?", "", url.strip(), flags=re.I).partition("#")[0]
    host, slash, path = found.partition("/")
    return host.casefold() + (slash + path).rstrip("/")


class Works:
    """The sources of a base, to ask many times whether a work is among them."""

    def __init__(self, sources: Mapping[str, Mapping[str, Any]]) -> None:
        self._titles = {name: str(csl.get("title", "")) for name, csl in sources.items()}
        self._named = {called: name for name, csl in sources.items() for called in names(csl)}
        self._texts = Texts(self._titles)

    def same(self, csl: Mapping[str, Any]) -> list[Known]:
        """Sources that may be the work, each once, the surest first."""
        found: dict[str, Known] = {}
        for kind, called in names(csl):
            if name := self._named.get((kind, called)):
                found.setdefault(name, Known(name, self._titles[name], f"the same {kind}"))
        for like in self._texts.nearest(str(csl.get("title", ""))):
            if like.likeness >= SIMILAR:
                why = "the same title" if like.likeness > 0.999 else f"a title {like.likeness:.0%} alike"
                found.setdefault(like.name, Known(like.name, self._titles[like.name], why))
        return list(found.values())
