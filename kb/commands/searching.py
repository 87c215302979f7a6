"""Find claims, checks, sources, questions and measurements by words, in the order of the site's search."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb import checks
from kb.commands.opening import Opened, standings
from kb.diagnostics.spelling import Spelling
from kb.drawing import signs
from kb.site import words as said
from kb.source.naming import LETTERS

KINDS = ("question", "claim", "check", "source", "measurement")
"""What is searched; of two equally good hits the kind that stands first here comes first."""

_PLAIN = str.maketrans({**LETTERS, "ı": "i"})
_accents = re.compile("[\u0300-\u036f]")
_vocabulary = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that has all words.

    ``state`` is a claim's standing or a check's verdict in words ("open", "not run yet"; empty for anything
    else) and ``reason`` what is added to it; ``score`` orders hits of one search, and means nothing beyond.
    """

    kind: str
    id: str
    title: str
    text: str
    file: str
    score: int
    state: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits, the best first; for each word that stands nowhere, the words of the base most like it."""

    hits: tuple[Hit, ...]
    unknown: Mapping[str, tuple[str, ...]]


def search(opened: Opened, text: str, kinds: Collection[str] = (), *, cache: bool = True) -> SearchResult:
    """What has every word of ``text`` in its title, text or id; of these ``kinds`` (default: of all).

    Letters are compared as people type them: small and without accents, and a word's beginning is enough.
    A word in the title and one that begins a word count for more. Runs no check.

    Raises ValueError for a kind that there is not.
    """
    if strange := {*kinds} - {*KINDS}:
        raise ValueError(f"what to search is {', '.join(KINDS)}, not {', '.join(sorted(strange))}")
    words = fold(text).split()
    entries = [entry for entry in _entries(opened) if not kinds or entry.kind in kinds]
    scored = [(_score(entry, words), entry) for entry in entries] if words else []
    scored = [(points, entry) for points, entry in scored if points]
    scored.sort(key=lambda item: (-item[0], KINDS.index(item[1].kind), item[1].id))
    states = _States(opened, cache) if scored else None
    hits = tuple(
        Hit(e.kind, e.id, e.title, e.text, e.file, points, *(states.of(e.kind, e.id) if states else ()))
        for points, e in scored
    )
    return SearchResult(hits, {} if hits else _unknown(entries, words))


def fold(text: str) -> str:
    """Letters as people type them: small, without accents (as ``fold`` of templates/static/site.js)."""
    return _accents.sub("", unicodedata.normalize("NFD", text.lower())).translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    id: str
    title: str
    text: str
    file: str
    head: str
    all: str


def _entries(opened: Opened) -> Iterator[_Entry]:
    base = opened.base
    for question in base.config.questions:
        yield _entry("question", question.id, question.text, question.about, "kb.yaml")
    for claim in base.claims.values():
        yield _entry("claim", claim.id, claim.name, claim.text if claim.title else "", claim.file)
    for check in base.checks.values():
        yield _entry("check", check.id, check.title or said.title_of(check.id), "", check.file)
    for source in base.sources.values():
        yield _entry("source", source.id, source.title, source.short, source.file)
    for record in base.measurements.values():
        yield _entry("measurement", record.id, f"{record.device.name}, {record.when[:10]}", "", record.file)


def _entry(kind: str, name: str, title: str, text: str, file: str) -> _Entry:
    head = fold(title)
    return _Entry(kind, name, title, text, file, head, f"{head} {fold(text)} {name}")


def _score(entry: _Entry, words: Sequence[str]) -> int:
    """0 unless every word is there; the points of ``score`` of templates/static/site.js."""
    total = int(" ".join(words) in entry.head)
    for word in words:
        at = entry.all.find(word)
        if at < 0:
            return 0
        starts = at == 0 or not entry.all[at - 1].isalnum()
        total += (3 if word in entry.head else 1) + starts
    return total


def _unknown(entries: Sequence[_Entry], words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    missing = [word for word in words if not any(word in entry.all for entry in entries)]
    if not missing:
        return {}
    spelling = Spelling({word for entry in entries for word in _vocabulary.findall(entry.all)})
    return {word: tuple(spelling.near(word, 3)) for word in missing}


class _States:
    """How claims stand and what checks say, worked out once for all hits."""

    def __init__(self, opened: Opened, cache: bool) -> None:
        self._opened = opened
        self._records = checks.known(opened.base, cache=cache)
        self._accounts = standings(opened, self._records)

    def of(self, kind: str, name: str) -> tuple[str, str]:
        if kind == "claim":
            node = self._opened.argument.alias.get(name, name)
            shown = signs.standing(self._accounts.get(node))
        elif kind == "check":
            record = self._records.get(name)
            shown = said.verdict(self._opened.base.checks[name], record.result if record else None)
        else:
            return "", ""
        return shown["word"].lower(), shown["reason"]
