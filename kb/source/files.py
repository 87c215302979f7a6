"""The bytes of a base's files, and what identifies them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb import store
from kb.source import manifest
from kb.source.limits import MAX_BYTES, MAX_TABLE_BYTES
from kb.source.scanning import YAML_KINDS, Seen, scan

if TYPE_CHECKING:
    from kb.diagnostics import Diagnostic

_UNREADABLE = b"unreadable"


class FileStamp(NamedTuple):
    """A file of the base: what kind it is and the SHA-256, in hexadecimal, of its bytes."""

    path: str
    kind: str
    mtime_ns: int
    size: int
    digest: str


def content(root: Path, file: Seen) -> bytes:
    """A file's bytes, cut one byte past the size that is allowed. Raises OSError."""
    limit = 1 + (MAX_BYTES if file.kind in YAML_KINDS else MAX_TABLE_BYTES)
    handle = os.open(f"{root}/{file.path}", os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = os.read(handle, min(file.size + 1, limit))
        while len(data) < limit and (more := os.read(handle, limit - len(data))):
            data += more
    finally:
        os.close(handle)
    return data


def fingerprint(root: Path, *, cache: bool = True) -> str:
    """A hash of every file's path and bytes, and of strays: equal means that a load finds the same.

    Costs a listing of the folder and the hashing of files that changed since the last load; a base
    that was loaded has its own (``Loaded.fingerprint``).
    """
    seen, strays = scan(root)
    folder = store.cache_folder(root) if cache else None
    old = manifest.read(folder, root, outcomes=False).entries
    digests = {}
    for file in seen:
        entry = old.get(file.path)
        trusted = entry is not None and entry.trusts(file)
        digests[file.path] = entry.digest if entry is not None and trusted else _digest(root, file)
    return fingerprint_of(seen, digests, strays)


def fingerprint_of(seen: Iterable[Seen], digests: Mapping[str, bytes], strays: Iterable[Diagnostic]) -> str:
    """The fingerprint of files whose digests are known; one without a digest could not be read."""
    parts = [b"%b\0%b" % (path.encode(), digests.get(path, _UNREADABLE)) for path, *_ in seen]
    parts += [f"{d.rule} {d.file} {d.message}\0".encode() for d in sorted(strays, key=lambda d: d.order)]
    return sha256(b"".join(parts)).hexdigest()


def _digest(root: Path, file: Seen) -> bytes:
    try:
        return sha256(content(root, file)).digest()
    except OSError:
        return _UNREADABLE
