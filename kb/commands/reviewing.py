"""``kb review``: what has changed since it was reviewed, and the stamp that says that it was read again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb import source
from kb.commands.opening import Opened
from kb.commands.selecting import UnknownName
from kb.diagnostics.spelling import near
from kb.model import Base, Bearing, Claim, Undercut
from kb.resources import is_shipped
from kb.review import NoRevision, base_at
from kb.review.model import Edit
from kb.review.revisions import commits_with
from kb.review.stamps import (
    Part,
    Review,
    Words,
    differences,
    judged,
    parts,
    parts_of,
    reviews,
    stamp_of,
)
from kb.source.editing import EditingError, insert_field, replace_at
from kb.source.reader import read_yaml
from kb.source.replacing import ChangedMeanwhile, replace_texts, text_of


class StampingError(Exception):
    """A stamp cannot be written; the text says why. No file was changed."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A relation or bearing with what changed since it was stamped, as far as git knows.

    ``edits`` is empty where nothing changed; ``known`` is False where the words of that time are gone.
    """

    review: Review
    file: str
    edits: tuple[Edit, ...] = ()
    known: bool = True


def review(opened: Opened, names: Collection[str] = (), *, everything: bool = False) -> tuple[Reviewed, ...]:
    """What is suspect in the base; with ``names`` all that these claims, steps, undercuts or bearings
    have part in, with ``everything`` all there is.

    A claim's are the relations that it has part in and the bearings of its checks.

    Raises:
        UnknownName: nothing is called so.
    """
    base = opened.base
    every = list(reviews(base))
    wanted = _named(base, every, names) if names else None
    chosen = [
        each
        for each in every
        if (wanted is not None and each.id in wanted)
        or (wanted is None and (everything or _is_suspect(base, each)))
    ]
    past = _Past(opened.root)
    return tuple(_told(base, each, past) for each in chosen)


def stamp(opened: Opened, chosen: Collection[Reviewed]) -> tuple[Reviewed, ...]:
    """Write today's stamp into the files, where it is not there yet; gives what was stamped.

    Raises:
        StampingError: the base came with kb, or a file is laid out so that a person has to do it.
        OSError: a file cannot be written; the others are as they were.
    """
    if is_shipped(opened.root):
        raise StampingError(f"{opened.root} came with kb and is never changed; copy it first")
    due = tuple(each for each in chosen if each.review.state != "reviewed")
    before: dict[str, str | None] = {}
    after: dict[str, str | None] = {}
    for each in due:
        if each.file not in before:
            before[each.file] = text_of(opened.root / each.file)
        text = after.get(each.file, before[each.file])
        if text is None:
            raise StampingError(f"{each.file} cannot be read")
        after[each.file] = _stamped(text, each)
    try:
        replace_texts(opened.root, before, after)
    except ChangedMeanwhile as error:
        raise StampingError(str(error)) from None
    return due


def _is_suspect(base: Base, each: Review) -> bool:
    return each.state == "suspect" and base.claims[each.owner].status == "accepted"


def _named(base: Base, every: Collection[Review], names: Collection[str]) -> set[str]:
    found: set[str] = set()
    known = {each.id for each in every}
    for name in names:
        if name in known:
            found.add(name)
        elif name in base.claims:
            found |= {each.id for each in every if _has_part(each, name)}
        else:
            guess = near(name, [*base.claims, *known])
            hint = f"; did you mean {guess[0]}?" if guess else ""
            raise UnknownName(f"there is no claim, step, undercut or bearing {name!r}{hint}")
    return found


def _has_part(each: Review, claim: str) -> bool:
    part = each.part
    if isinstance(part, Bearing):
        return part.claim == claim
    ends = (each.owner, *part.premises, *(() if isinstance(part, Undercut) else (part.conclusion,)))
    return claim in ends


def _told(base: Base, each: Review, past: _Past) -> Reviewed:
    file = base.claims[each.owner].file
    if each.state != "suspect":
        return Reviewed(each, file)
    words = past.words(each.part.reviewed)
    if words is None:
        return Reviewed(each, file, known=False)
    return Reviewed(each, file, differences(words, each.words))


class _Past:
    """What was judged when a stamp was written, looked up in git; each old state is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._bases: dict[str, Base | None] = {}

    def words(self, reviewed: str) -> Words | None:
        """The words that have this stamp; None where no commit has them."""
        for commit in commits_with(self._root, reviewed):
            for base, part in self._stamped(commit, reviewed):
                words = judged(base, part, parts(base))
                if stamp_of(words) == reviewed:
                    return words
        return None

    def _stamped(self, commit: str, reviewed: str) -> Iterator[tuple[Base, Part]]:
        if commit not in self._bases:
            self._bases[commit] = self._read(commit)
        base = self._bases[commit]
        for claim in _claims(base):
            for part in parts_of(claim):
                if part.reviewed == reviewed and base is not None:
                    yield base, part

    def _read(self, commit: str) -> Base | None:
        try:
            files = base_at(self._root, commit).files
        except NoRevision:
            return None
        return source.load(self._root, cache=False, files=files).base


def _claims(base: Base | None) -> Collection[Claim]:
    return base.claims.values() if base else ()


def _stamped(text: str, each: Reviewed) -> str:
    """The file's text with today's stamp; an entry in its short form gets its long one."""
    part, mark = each.review.part, each.review.stamp
    kind, name, target = _entry(part)
    path = (kind, part.index)
    try:
        if part.reviewed:
            return replace_at(text, (*path, "reviewed"), mark)
        entry = read_yaml(text, each.file)[0][kind][part.index]
        if isinstance(entry, str):
            return replace_at(text, path, {name: target, "reviewed": mark})
        return insert_field(text, (*path, "reviewed"), mark)
    except EditingError as error:
        raise StampingError(f"{each.file}: {error}; write `reviewed: {mark}` by hand") from None


def _entry(part: Part) -> tuple[str, str, str]:
    """The field that an entry stands in, and what its short form stands for."""
    if isinstance(part, Bearing):
        return "checks", "check", part.check
    if isinstance(part, Undercut):
        return "undercuts", "step", part.target
    return part.kind, "claim", part.conclusion


__all__ = ["Reviewed", "StampingError", "review", "stamp"]
