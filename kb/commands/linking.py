"""``kb sources links``: whether the addresses of sources still lead somewhere. Never done unasked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb.commands import opening
from kb.commands.calling import SECONDS, Answer, Pace, Unreachable, ask
from kb.commands.calling import Refused as NotAsked
from kb.commands.drafts import Refused, meant, writable
from kb.model import Source
from kb.source.editing import insert_field
from kb.source.replacing import replace_texts, text_of

MOST_REDIRECTS = 8
_PERMANENT, _REDIRECTS = (301, 308), (301, 302, 303, 307, 308)
_GONE = (404, 410)
_THERE = 416  # no range of an empty page: it is there

State = Literal["ok", "moved", "gone", "cannot tell", "unreachable", "not asked"]


@dataclass(frozen=True, slots=True)
class Link:
    """A source's address and what became of it.

    ``now`` is the address that the server says to use from now on, where the link moved; ``archived`` that of
    a copy in an archive, as the source's file names it.
    """

    source: str
    file: str
    url: str
    state: State
    says: str
    now: str = ""
    archived: str = ""


def check_links(
    root: Path,
    names: Collection[str] = (),
    *,
    seconds: float = SECONDS,
    loopback: bool = False,
    pace: Pace | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Link, ...]:
    """Ask the addresses of sources (all, without names), one after another, a host once a second.

    A source without an address is asked for by its DOI. Only machines with public addresses are asked;
    ``loopback`` allows this one, for tests.

    Raises:
        Refused: the base has no source of that name.
    """
    opened = opening.open_base(root)
    ids = [meant(opened, name, "source") for name in names] or list(opened.base.sources)
    wanted = [(source, url) for name in ids if (url := _address(source := opened.base.sources[name]))]
    pace = pace or Pace()
    found = []
    for number, (source, url) in enumerate(wanted):
        if progress:
            progress(source.id, number, len(wanted))
        state, says, now = _followed(url, pace, seconds, loopback)
        found.append(Link(source.id, source.file, url, state, says, now, archived(source)))
    return tuple(found)


def archived(source: Source) -> str:
    """The address of a copy in an archive: CSL's ``archive_location``, where it is an address."""
    place = str(source.csl.get("archive_location", ""))
    return place if place.startswith(("https://", "http://")) else ""


def save_archived(root: Path, name: str, url: str) -> str:
    """Note the address of an archived copy in a source's file, which is returned.

    Raises Refused: there is no such source, it has another place already, or this is no address;
    ``kb.source.editing.EditingError``, ``kb.source.replacing.ChangedMeanwhile``, OSError: nothing is written.
    """
    opened = writable(root)
    source = opened.base.sources[meant(opened, name, "source")]
    if not url.startswith(("https://", "http://")) or url.split() != [url]:
        raise Refused(f"{url!r} is no address that starts with https://")
    there = str(source.csl.get("archive_location", ""))
    if there and there != url:
        raise Refused(f"{source.file} has `archive_location: {there}` already; change it there")
    before = text_of(root / source.file)
    if before is None:
        raise Refused(f"{source.file} is no text in UTF-8")
    if not there:
        after = insert_field(before, ("archive_location",), url)
        replace_texts(root, {source.file: before}, {source.file: after})
    return source.file


def _address(source: Source) -> str:
    doi = str(source.csl.get("DOI", ""))
    return source.url or (f"https://doi.org/{doi}" if doi else "")


def _followed(url: str, pace: Pace, seconds: float, loopback: bool) -> tuple[State, str, str]:
    """What becomes of an address, in words, and the address to use from now on where that is another."""
    here, lasting, firm, seen = url, url, True, {url}
    for _ in range(MOST_REDIRECTS + 1):
        try:
            answer = _asked(here, pace, seconds, loopback)
        except NotAsked as error:
            return "not asked", _at(here, url, str(error)), ""
        except Unreachable as error:
            return "unreachable", _at(here, url, str(error)), ""
        if answer.status not in _REDIRECTS or not answer.location:
            return _judged(answer, here, url, lasting)
        firm = firm and answer.status in _PERMANENT
        here = answer.location
        lasting = here if firm else lasting
        if here in seen:
            return "unreachable", f"it is passed on in a circle, at {here}", ""
        seen.add(here)
    return "unreachable", f"it is passed on more than {MOST_REDIRECTS} times", ""


def _asked(url: str, pace: Pace, seconds: float, loopback: bool) -> Answer:
    """The answer to a HEAD, or where that is no good one, to a GET: not every server knows both."""
    try:
        answer = ask(url, "HEAD", pace, seconds=seconds, loopback=loopback)
    except Unreachable:
        return ask(url, "GET", pace, seconds=seconds, loopback=loopback)
    if answer.status < 400:
        return answer
    return ask(url, "GET", pace, seconds=seconds, loopback=loopback)


def _judged(answer: Answer, here: str, url: str, lasting: str) -> tuple[State, str, str]:
    status = answer.status
    if 200 <= status < 300 or status == _THERE:
        if lasting != url:
            return "moved", f"it has moved for good, to {lasting}", lasting
        return "ok", "", ""
    said = _at(here, url, f"the server answers {status}")
    if status in _GONE:
        return "gone", said, ""
    if status >= 500:
        return "unreachable", said, ""
    if status in (401, 403, 429):
        return "cannot tell", f"{said}: it wants a login, or no programs", ""
    return "cannot tell", said, ""


def _at(here: str, url: str, said: str) -> str:
    return said if here == url else f"passed on to {here}: {said}"
