"""Build the site: work out each page's content, and render and write only what changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kb import store
from kb.model import Account, ArgumentMap, Base, Record
from kb.site import manifest, words
from kb.site.manifest import Entry, ForeignFolderError
from kb.site.page import Asset, Page
from kb.site.pages.every import every
from kb.site.renderer import Renderer
from kb.site.view import view_of

__all__ = ["BuildReport", "ForeignFolderError", "build"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """How many files were written, left as they were, and removed, and how long it took."""

    written: int
    unchanged: int
    removed: int
    seconds: float


def build(
    base: Base,
    amap: ArgumentMap,
    records: Mapping[str, Record],
    accounts: Mapping[str, Account],
    out: Path,
    *,
    progress: Progress | None = None,
    stamp: str = "",
) -> BuildReport:
    """Write the site of a base to the folder ``out``.

    A page whose content and templates did not change since the last build is neither rendered nor touched;
    pages of things that are gone are deleted. Every file is replaced in one move, and equal input gives
    equal bytes. ``progress`` is told (what, done, total); ``stamp`` names the revision on the first page.

    Raises ForeignFolderError when ``out`` holds files that no earlier build wrote, OSError when a file
    cannot be written.
    """
    started = time.perf_counter()
    known = manifest.load(out)
    with store.lock(out, manifest.LOCK):
        view = view_of(base, amap, records, accounts)
        files = list(every(view, stamp))
        planned = {file.path for file in files}
        manifest.refuse_strangers(out, planned, known)
        # Named before they are written: a build cut off leaves no file that the next one would refuse.
        fresh = planned - known.keys()
        if fresh:
            manifest.save(out, {**known, **dict.fromkeys(fresh, ("", 0))})
        renderer = Renderer(_chrome(base))
        entries: dict[str, Entry] = {}
        written = 0
        for done, file in enumerate(files):
            if progress and done % 50 == 0:
                progress("pages", done, len(files))
            entries[file.path], wrote = _bring_up_to_date(out, file, known.get(file.path, ("", 0)), renderer)
            written += wrote
        removed = manifest.remove(out, known.keys() - planned)
        if entries != known:
            manifest.save(out, entries)
    if progress:
        progress("pages", len(files), len(files))
    return BuildReport(written, len(files) - written, removed, time.perf_counter() - started)


def _bring_up_to_date(out: Path, file: Page | Asset, before: Entry, renderer: Renderer) -> tuple[Entry, bool]:
    """The file's manifest entry, and whether its bytes had to be written."""
    target = f"{out}/{file.path}"
    if isinstance(file, Asset):
        data = file.content()
        digest = sha256(data).hexdigest()
        if before == (digest, len(data)) and _size(target) == len(data):
            return before, False
    else:
        content = file.content()
        digest = _content_digest(content, renderer.digest)
        if digest == before[0] and _size(target) == before[1]:
            return before, False
        data = renderer.render(file.template, file.path, content)
    entry = (digest, len(data))
    if _size(target) == len(data) and Path(target).read_bytes() == data:
        return entry, False
    store.write_atomic(Path(target), data)
    return entry, True


def _content_digest(content: words.Data, shared: str) -> str:
    import msgspec

    seen = sha256(shared.encode())
    seen.update(msgspec.msgpack.encode(content))
    return seen.hexdigest()


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - asked for each page of a large site
    except OSError:
        return -1


def _chrome(base: Base) -> words.Data:
    """What every page shows: the base's name and its repository."""
    return {"title": base.config.title, "repository": words.web_address(base.config.repository)}
