"""A base's folder to ``kb.model.Base``, with everything that is wrong in any of its files."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import structs

from kb import store
from kb.diagnostics import Diagnostic, Diagnostics
from kb.model import Base
from kb.source import manifest
from kb.source.assembly import Outcome, assemble, settled
from kb.source.files import FileStamp, content, fingerprint_of
from kb.source.manifest import Entry
from kb.source.scanning import YAML_KINDS, Seen, scan

_STATES = "states"  # no folder: it only tells the manifest of other states from that of the files themselves
_STATES_KEPT = 4


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder holds: the base made of its sound files, the findings, the files, and remarks.

    ``fingerprint`` is that of the folder as it was read. ``failed`` are the ids of files that are there but
    not sound, so that a reference to one of them is not called dangling.
    """

    base: Base
    diagnostics: Diagnostics
    files: Mapping[str, FileStamp]
    fingerprint: str
    notes: tuple[str, ...] = ()
    failed: frozenset[str] = frozenset()


def load(root: Path, *, cache: bool = True, files: Mapping[str, bytes] | None = None) -> Loaded:
    """Read every file of the base at ``root``; ``root`` holds ``kb.yaml``.

    Nothing in the base is written or run; with ``cache`` the outcome for each file is kept in the
    cache folder and unchanged files are not read again. ``files`` are those of another state of the base, by
    path: they are read in place of what lies in the folder. Faults are findings, never exceptions,
    except OSError when ``root`` itself cannot be listed.
    """
    with no_collector():
        seen, strays = scan(root if files is None else files)
        folder = store.cache_folder(root) if cache else None
        old = manifest.read(folder, root)
        notes = [old.note]
        unread: list[Diagnostic] = []
        if files is None:
            entries, unread = _refresh(root, seen, old.entries)
            if entries != old.entries:
                notes.append(manifest.write(folder, root, entries))
        else:
            entries, note = _recalled(root, folder, files, seen, old.entries)
            notes.append(note)
        if cache and folder is None:
            notes.append("there is no cache folder that can be written; every file was read afresh")
        made = assemble(root, seen, _outcomes(seen, entries), [*strays, *unread], files)
        stamps = {f.path: _stamp(f, entries[f.path]) for f in seen if f.path in entries}
        digests = {path: entry.digest for path, entry in entries.items()}
        fingerprint = fingerprint_of(seen, digests, strays)
        remarks = tuple(filter(None, notes))
        return Loaded(made.base, made.diagnostics, stamps, fingerprint, remarks, made.failed)


def _stamp(file: Seen, entry: Entry) -> FileStamp:
    return FileStamp(file.path, file.kind, file.mtime_ns, file.size, entry.digest.hex())


@contextmanager
def no_collector() -> Iterator[None]:
    """For work that makes many long-lived objects and no cycles; the collector would only walk them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _refresh(
    root: Path, seen: list[Seen], old: Mapping[str, Entry]
) -> tuple[dict[str, Entry], list[Diagnostic]]:
    """Entries for all files that can be read; unchanged ones are taken over."""
    entries: dict[str, Entry] = {}
    unread: list[Diagnostic] = []
    for file in seen:
        before = old.get(file.path)
        if before is not None and before.trusts(file):
            entries[file.path] = before
            continue
        now = manifest.now_ns()
        try:
            data = content(root, file)
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            unread.append(Diagnostic("KB001", "error", message, file.path, hint="check its permissions"))
            continue
        after = manifest.entry(file, data, b"", now_ns=now)
        same = before is not None and before.digest == after.digest
        outcome = before.outcome if before is not None and same else _examine(data, file)
        entries[file.path] = structs.replace(after, outcome=outcome)
    return entries, unread


def _recalled(
    root: Path, folder: Path | None, files: Mapping[str, bytes], seen: list[Seen], now: Mapping[str, Entry]
) -> tuple[dict[str, Entry], str]:
    """Entries for files of another state; those that it shares with today's, or that were met before, are
    taken over. What is read here is remembered by path and content, of some states only."""
    past = manifest.read(folder, root / _STATES).entries
    entries: dict[str, Entry] = {}
    used: dict[str, Entry] = {}
    for file in seen:
        data = files[file.path]
        digest = sha256(data).digest()
        known = now.get(file.path)
        if known is None or known.digest != digest:
            name = f"{file.path} {digest.hex()}"
            known = past.get(name) or Entry(0, file.size, digest, True, _examine(data, file))
            used[name] = known
        entries[file.path] = known
    if used.keys() <= past.keys():
        return entries, ""
    kept = {**{name: entry for name, entry in past.items() if name not in used}, **used}
    most = _STATES_KEPT * len(seen)
    return entries, manifest.write(folder, root / _STATES, dict(list(kept.items())[-most:]))


def _examine(data: bytes, file: Seen) -> bytes:
    if file.kind not in YAML_KINDS:
        return b""
    from kb.source.outcome import examine

    value, findings = examine(data, file.path, file.kind)
    return manifest.pack((settled(file.kind, file.path, value), [_row(d) for d in findings]))


def _row(d: Diagnostic) -> tuple[Any, ...]:
    return (d.rule, d.severity, d.message, d.file, d.line, d.column, d.expected, d.hint, d.path)


def _outcomes(seen: list[Seen], entries: Mapping[str, Entry]) -> Iterator[tuple[Seen, Outcome]]:
    for file in seen:
        entry = entries.get(file.path)
        if entry is not None and file.kind in YAML_KINDS:
            fields, rows = manifest.unpack(entry.outcome, file.kind)
            yield file, (fields, [_finding(row) for row in rows])


def _finding(row: list[Any]) -> Diagnostic:
    *plain, path = row
    return replace(Diagnostic(*plain), path=tuple(path))
