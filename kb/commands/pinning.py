"""``kb sources pin``: a quoted passage, found in a text at hand, becomes a pin in a claim's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.commands.drafts import Refused, created, meant, writable
from kb.diagnostics import Diagnostic
from kb.model import Claim
from kb.source.editing import insert_entry, insert_field, replace_at
from kb.source.norm import Text, normalise
from kb.source.passages import line_of, line_starts, nearest
from kb.source.quotes import PinError, pin, places, short, to_yaml
from kb.source.replacing import replace_texts, text_of
from kb.source.verifying import named_text, read_text, text_files

_AROUND = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: the text's file, the line in it from 1, the offset in the normalised text, and the
    words with what stands around them. ``share`` is 1 for the words themselves, less for words like them.
    """

    text: str
    line: int
    start: int
    words: str
    share: float = 1.0


class NotPinned(Exception):
    """The words are not in the texts, or in several places; nothing was written.

    ``places`` are those places, or the likest passages.
    """

    def __init__(self, said: str, places: Sequence[Place]) -> None:
        super().__init__(said)
        self.places = tuple(places)


@dataclass(frozen=True, slots=True)
class Pinned:
    """The pin that was written: the entry of the claim's ``evidence`` by its index, and the words' place."""

    claim: str
    source: str
    file: str
    index: int
    place: Place
    start: int
    end: int
    sha256: str
    changed: bool
    findings: tuple[Diagnostic, ...]


def pin_quote(
    root: Path,
    claim: str,
    source: str,
    texts: Path,
    quoted: str,
    *,
    at: str = "",
    line: int = 0,
    replace: bool = False,
) -> Pinned:
    """Pin a passage of a source's text in the claim's evidence, without its words.

    ``texts`` is the text's file, or a folder in which the file bears the source's id or is the only one that
    holds the words. Without ``source``, it is the only one that the claim cites. ``at`` chooses among several
    entries for the source, or makes a new one; ``line`` chooses among several places in the text.

    Raises:
        NotPinned: the words are not there, or in several places and ``line`` is 0.
        Refused: a name means nothing, the entry is in doubt, or it has another pin and ``replace`` is unset.
        kb.source.editing.EditingError: the file is laid out so that a person has to do it.
        kb.source.replacing.ChangedMeanwhile, OSError: the file was not written.
    """
    opened = writable(root)
    cited = opened.base.claims[meant(opened, claim, "claim")]
    source = meant(opened, source, "source") if source else _only_source(cited)
    index = _entry(cited, source, at.strip())
    name, raw = _text(texts, source, quoted)
    text, starts = Text.of(raw), line_starts(raw)
    there = places(text, normalise(quoted))
    if line:
        there = [start for start in there if line_of(starts, start) == line]
    if len(there) > 1:
        said = f"{short(normalise(quoted))} stands at {len(there)} places in {name}; quote more words"
        raise _not_pinned(said + ("" if line else ", or name the line with --line"), [(name, raw)], quoted)
    if line and not there:
        raise _not_pinned(f"the words do not begin on line {line} of {name}", [(name, raw)], quoted)
    try:
        made = pin(text, quoted, near=there[0] if there else None)
    except PinError as error:
        raise _not_pinned(f"{name}: {error}", [(name, raw)], quoted) from None
    place = _place(name, starts, text, made.start, made.end)
    old = cited.evidence[index].quote if index < len(cited.evidence) else None
    if old is not None and old != made and not replace:
        said = f"evidence {index + 1} of {cited.id} has another pin already"
        raise Refused(f"{said}; --replace puts this one in its place")
    before = text_of(root / cited.file)
    if before is None:
        raise Refused(f"{cited.file} is no text in UTF-8")
    after = before if old == made else _edited(before, index, cited, source, at.strip(), to_yaml(made))
    replace_texts(root, {cited.file: before}, {cited.file: after})
    done = created(opened, cited.id, "claim", (), (cited.file,), after, (), ())
    return Pinned(
        cited.id,
        source,
        cited.file,
        index,
        place,
        made.start,
        made.end,
        made.sha256,
        after != before,
        done.findings,
    )


def _edited(text: str, index: int, claim: Claim, source: str, at: str, quote: dict[str, Any]) -> str:
    if index == len(claim.evidence):
        return insert_entry(text, ("evidence",), {"source": source, "at": at, "quote": quote})
    put = insert_field if claim.evidence[index].quote is None else replace_at
    return put(text, ("evidence", index, "quote"), quote)


def _only_source(claim: Claim) -> str:
    sources = list(dict.fromkeys(found.source for found in claim.evidence))
    if len(sources) != 1:
        named = f": {', '.join(sources)}" if sources else ""
        raise Refused(f"{claim.id} cites {len(sources)} sources{named}; name one with --source")
    return sources[0]


def _entry(claim: Claim, source: str, at: str) -> int:
    """The index of the entry that is meant; that behind the last for a new one."""
    entries = [number for number, found in enumerate(claim.evidence) if found.source == source]
    if at:
        entries = [number for number in entries if claim.evidence[number].at == at]
        if not entries:
            return len(claim.evidence)
    if not entries:
        raise Refused(f"{claim.id} does not cite {source}; --at PLACE adds an entry for that place in it")
    if len(entries) > 1:
        entries = [number for number in entries if claim.evidence[number].quote is None] or entries
    if len(entries) > 1:
        there = ", ".join(repr(claim.evidence[number].at or "(no place)") for number in entries)
        raise Refused(f"{claim.id} cites {source} {len(entries)} times, at {there}; name one with --at")
    return entries[0]


def _text(texts: Path, source: str, quoted: str) -> tuple[str, str]:
    """Name and words of the text that is meant."""
    if not texts.is_dir():
        return texts.name, read_text(texts)
    files = text_files(texts)
    if not files:
        raise Refused(f"{texts} holds no text: a .txt or .md file in UTF-8, such as {source}.txt")
    if name := named_text(source, files):
        return name, read_text(files[name])
    every = [(name, read_text(path)) for name, path in files.items()]
    holding = [(name, raw) for name, raw in every if places(Text.of(raw), normalise(quoted))]
    if len(holding) == 1:
        return holding[0]
    if not holding:
        said = f"no text in {texts} is called {source}.txt, and none holds {short(normalise(quoted))}"
    else:
        said = f"{len(holding)} texts hold {short(normalise(quoted))}; name the file of one"
    raise _not_pinned(said, holding or every, quoted)


def _not_pinned(said: str, texts: Sequence[tuple[str, str]], quoted: str, most: int = 5) -> NotPinned:
    """The error, with every place of the words, or else with what is most like them."""
    wanted = normalise(quoted)
    found: list[Place] = []
    for name, raw in texts if wanted else ():
        text, starts = Text.of(raw), line_starts(raw)
        exact = [(start, start + len(wanted), 1.0) for start in places(text, wanted)]
        found.extend(_place(name, starts, text, *at) for at in exact or nearest(text, wanted))
    return NotPinned(said, sorted(found, key=lambda place: (-place.share, place.text, place.start))[:most])


def _place(name: str, starts: list[int], text: Text, start: int, end: int, share: float = 1.0) -> Place:
    left, right = max(start - _AROUND, 0), min(end + _AROUND, len(text.norm))
    around = text.norm[left:right]
    words = ("…" if left else "") + around + ("…" if right < len(text.norm) else "")
    return Place(name, line_of(starts, start), start, words, share)
