"""Build the site: work out each page's content, and render and write only what changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from kb import store
from kb.model import ArgumentMap, Base, Record
from kb.site import machine, manifest, staging, traces, withdrawn, words
from kb.site.further import Keeping, with_further
from kb.site.manifest import Entry
from kb.site.page import Asset, Page
from kb.site.pages import docs as markdown
from kb.site.pages.docs import DocsError
from kb.site.pages.every import completed, every, moved
from kb.site.renderer import Renderer
from kb.site.staging import ForeignFolderError
from kb.site.view import View, view_of
from kb.source.loading import no_collector
from kb.standing import Accounts

__all__ = ["BuildReport", "DocsError", "ForeignFolderError", "build"]

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
    accounts: Accounts,
    out: Path,
    *,
    progress: Progress | None = None,
    stamp: str = "",
    accept_unverified: bool = False,
    cache: Path | None = None,
    docs: Path | None = None,
) -> BuildReport:
    """Write the site of a base to the folder ``out``.

    A page is not made when nothing that it looks up changed since the last build (``kb.site.traces``), and
    not rendered when its content and templates did not; pages of things that are gone say so or are deleted.
    The site is as before until all files are made, then changes at once (``kb.site.staging``); equal input
    gives equal bytes. ``progress`` is told (what, done, total); ``stamp`` names the revision on the first
    page. ``accept_unverified`` is that of the accounts; ``cache`` is a folder of ``kb.store`` for what takes
    long to work out. ``docs`` is a folder of Markdown files, which become pages too.

    Raises ForeignFolderError when ``out`` holds files that no earlier build wrote, OSError when a file
    cannot be read or written, DocsError when one of ``docs`` cannot be shown.
    """
    started = time.perf_counter()
    manifest.refuse_others(out)
    with store.lock(out, manifest.LOCK), no_collector():
        staging.settle(out)
        known = manifest.load(out)
        whole = completed(view_of(base, amap, records, accounts))
        faces, surroundings = traces.faces(whole), traces.surroundings(whole)
        keeping = Keeping(cache, f"{surroundings} {accept_unverified}")
        documents = markdown.pages(docs, base) if docs else []
        renderer = Renderer(_chrome(whole, documents))
        whole = with_further(whole, amap, accounts, faces, keeping, accept_unverified=accept_unverified)
        faces = traces.with_further(faces, whole, stamp)
        # What all pages show and what they are made with may change with no face.
        surroundings = f"{surroundings} {renderer.digest}"
        changed = known.changed(faces, surroundings)
        noted: set[str] = set()
        watched = traces.watched(whole, noted.add)
        files = every(watched, stamp, documents)
        gone = withdrawn.remembered(out, known, {file.path for file in files})
        files += withdrawn.pages(watched, gone)
        planned = {file.path for file in files}
        manifest.refuse_strangers(out, planned, known.files.keys())
        kept: dict[str, Entry] = {}
        made: dict[str, tuple[Entry, tuple[str, ...]]] = {}
        staged: list[str] = []
        try:
            for done, file in enumerate(files):
                if progress and done % 50 == 0:
                    progress("pages", done, len(files))
                before, target = known.files.get(file.path, Entry()), f"{out}/{file.path}"
                if before.trace and changed.isdisjoint(before.trace) and _size(target) == before.size:
                    kept[file.path] = before
                    continue
                noted.clear()
                entry, data = _made(file, before, target, renderer)
                made[file.path] = entry, traces.trace(noted)
                if data is not None:
                    staging.stage(out, file.path, data)
                    staged.append(file.path)
            lost = known.files.keys() - planned
            if staged or lost or changed or not known.files:
                now = manifest.encoded(kept, made, known, faces, surroundings, gone, moved(whole))
                staging.stage(out, manifest.NAME, now)
                staging.seal(out, staged, lost, manifest.NAME)
        except BaseException:
            staging.discard(out)
            raise
        removed = staging.settle(out)
    if progress:
        progress("pages", len(files), len(files))
    return BuildReport(len(staged), len(files) - len(staged), removed, time.perf_counter() - started)


def _made(file: Page | Asset, before: Entry, target: str, renderer: Renderer) -> tuple[Entry, bytes | None]:
    """The file's digest and size, and its bytes where they have to be written."""
    if isinstance(file, Asset):
        data = file.content()
        digest = sha256(data).hexdigest()
        if digest == before.digest and _size(target) == len(data):
            return Entry(digest, len(data)), None
    else:
        content = file.content()
        digest = _content_digest(content, renderer.digest)
        if digest == before.digest and _size(target) == before.size:
            return Entry(digest, before.size), None
        data = renderer.render(file.template, file.path, content)
    # What no build wrote before is not there: ``refuse_strangers`` has looked.
    same = bool(before.digest) and _size(target) == len(data) and Path(target).read_bytes() == data
    return Entry(digest, len(data)), None if same else data


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


def _chrome(view: View, docs: Sequence[Page]) -> words.Data:
    """What every page shows: the base's name and addresses; whether it has measurements, docs, a feed."""
    config = view.base.config
    return {
        "title": config.title,
        "repository": words.web_address(config.repository),
        "site": machine.site_address(config),
        "measured": bool(view.base.measurements),
        "docs": quote(docs[0].path) if docs else "",
        "feed": machine.FEED if machine.has_feed(view) else "",
    }
