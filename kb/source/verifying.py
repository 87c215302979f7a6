"""The pins of a base against a folder of texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from kb.model import Base, Quote
from kb.source.norm import NORM, Text
from kb.source.quotes import Found, find_all, short

TEXT_ENDINGS = (".txt", ".md")
LIKENESS = 0.5  # the share from which a text with none of a source's words still passes for its text


@dataclass(frozen=True, slots=True)
class Verification:
    """One pin of a base against the texts at hand.

    ``index`` is the position in the claim's ``evidence``, ``text`` the file searched (relative to the folder,
    empty when none fits), ``start``, ``end`` and ``share`` as in ``Found``. ``passage`` shows the nearest
    words when the pin is stale.
    """

    claim: str
    index: int
    source: str
    file: str
    status: Literal["found", "moved", "stale", "no text"]
    says: str
    text: str = ""
    start: int = 0
    end: int = 0
    share: float = 0.0
    passage: str = ""


@dataclass(slots=True)
class _Chosen:
    """The text of a source as far as is known, and what became of the source's pins in it."""

    text: str = ""
    score: float = 0.0
    found: list[Found] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)


def text_files(folder: Path) -> dict[str, Path]:
    """The texts of a folder, by their path in it with forward slashes, in order."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in TEXT_ENDINGS and path.is_file()
    }


def named_text(source: str, names: Collection[str]) -> str:
    """The text that bears a source's id; empty where none does."""
    return next((name for name in names if Path(name).stem == source), "")


def read_text(path: Path) -> str:
    """A text with replacement characters where it is not UTF-8. Raises OSError."""
    return path.read_text("utf-8", errors="replace")


def verify(base: Base, texts_dir: Path) -> list[Verification]:
    """Look for every pin of ``base`` in the .txt and .md files under ``texts_dir``, in claim order.

    A source's text is the file that bears its id (``<source-id>.txt``), else the one that holds most of the
    source's pinned words. Texts are read one after another and not kept: time grows with the texts and with
    the pins, not with their product. Files that are not UTF-8 are read with replacement characters. Raises
    ``OSError`` when a file cannot be read.
    """
    files = text_files(texts_dir)
    pins: defaultdict[str, list[Quote]] = defaultdict(list)
    for claim in base.claims.values():
        for evidence in claim.evidence:
            if evidence.quote is not None and evidence.quote.norm == NORM:
                pins[evidence.source].append(evidence.quote)
    chosen = _chosen(pins, files)
    return list(_verifications(base, chosen))


def _chosen(pins: Mapping[str, Sequence[Quote]], files: Mapping[str, Path]) -> dict[str, _Chosen]:
    """Each source's text and what became of the source's pins there."""
    named = {source: named_text(source, files) for source in pins}
    by_text: defaultdict[str, list[str]] = defaultdict(list)
    for source, name in named.items():
        by_text[name].append(source)
    strays = {source: pins[source] for source in by_text.pop("", ())}
    holders = _holders(strays)
    chosen = {source: _Chosen() for source in pins}
    for name, path in files.items():
        if not strays and name not in by_text:
            continue
        text = Text.of(read_text(path))
        tried = [*by_text[name], *_likely(strays, holders, text)]
        for source, here in zip(tried, _in_text(name, text, [pins[s] for s in tried]), strict=True):
            fits = here.score > chosen[source].score and any(each.share >= LIKENESS for each in here.found)
            if named[source] or fits:
                chosen[source] = here
    return chosen


def _in_text(name: str, text: Text, pins: Sequence[Sequence[Quote]]) -> Iterator[_Chosen]:
    """What becomes of each source's pins in one text."""
    every = iter(find_all([quote for quotes in pins for quote in quotes], text))
    for quotes in pins:
        found = list(islice(every, len(quotes)))
        passages = [text.norm[each.start : each.end] if each.status == "stale" else "" for each in found]
        yield _Chosen(name, sum(each.share for each in found), found, passages)


_Holders = Mapping[int, Sequence[tuple[str, int, float]]]
"""For each shingle the sources and pins (by number) that have it, and the share of the pin that it is."""


def _holders(strays: Mapping[str, Sequence[Quote]]) -> _Holders:
    holders: defaultdict[int, list[tuple[str, int, float]]] = defaultdict(list)
    for source, quotes in strays.items():
        for number, quote in enumerate(quotes):
            runs = frozenset(quote.shingles)
            for run in runs:
                holders[run].append((source, number, 1 / len(runs)))
    return holders


def _likely(strays: Mapping[str, Sequence[Quote]], holders: _Holders, text: Text) -> list[str]:
    """Sources whose text this may be: it holds enough runs of a pin, or the source has only pins without."""
    if not strays:
        return []
    shares: Counter[tuple[str, int]] = Counter()
    for run in holders.keys() & set(text.runs):
        for source, number, share in holders[run]:
            shares[source, number] += share  # type: ignore[assignment]
    # A little less than the threshold, for thirds that do not quite add up.
    likely = {source for (source, _), share in shares.items() if share >= LIKENESS - 1e-9}
    return [s for s, quotes in strays.items() if s in likely or not any(quote.shingles for quote in quotes)]


def _verifications(base: Base, chosen: Mapping[str, _Chosen]) -> Iterator[Verification]:
    seen: Counter[str] = Counter()
    for claim in base.claims.values():
        for index, evidence in enumerate(claim.evidence):
            quote, source = evidence.quote, evidence.source
            if quote is None:
                continue
            if quote.norm != NORM:
                says = f"the pin uses norm {quote.norm}; this version of kb knows norm {NORM}"
                yield Verification(claim.id, index, source, claim.file, "no text", says)
                continue
            number, here = seen[source], chosen[source]
            seen[source] += 1
            if not here.text:
                says = f"no text for {source}: none is called {source}.txt and none holds its pinned words"
                yield Verification(claim.id, index, source, claim.file, "no text", says)
                continue
            found, passage = here.found[number], here.passages[number]
            yield Verification(
                claim.id,
                index,
                source,
                claim.file,
                found.status,
                _said(quote, here.text, found, passage),
                here.text,
                found.start,
                found.end,
                found.share,
                passage,
            )


def _said(quote: Quote, name: str, found: Found, passage: str) -> str:
    match found.status:
        case "found":
            return f"found in {name} at its place"
        case "moved":
            shift = found.start - quote.start
            return f"moved {abs(shift):,} characters {'further on' if shift > 0 else 'back'} in {name}"
        case _ if found.share:
            return (
                f"stale: no longer in {name}; the nearest passage shares {found.share:.0%} of its runs "
                f"(at {found.start}): {short(passage, 200)}"
            )
        case _:
            return f"stale: no longer in {name}, and no passage there shares three words in a row with it"
