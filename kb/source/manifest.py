"""What was read last time, so that unchanged files are not read again.

One file, ``manifest`` in the cache folder: a magic word and two sections of MessagePack, each with its length
and checksum. The first has each file's time, size and SHA-256; the second, for YAML, the packed outcome of
reading it. An entry is trusted by time and size alone only when the file was older than two seconds as it was
read: a file that is written twice within its clock's tick could otherwise keep both.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import msgspec.msgpack

import kb
from kb import resources, store
from kb.source.scanning import Seen

_FAMILY = b"kb-manifest-"  # of any version; another version's is no damage
_MAGIC = _FAMILY + b"2\n"
_SETTLED_NS = 2_000_000_000
_LOCK_SECONDS = 5.0


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file as it was read. ``outcome`` is packed by ``pack``; empty for files that are only hashed."""

    mtime_ns: int
    size: int
    digest: bytes
    settled: bool
    outcome: bytes = b""

    def trusts(self, seen: Seen) -> bool:
        return self.settled and self.mtime_ns == seen.mtime_ns and self.size == seen.size


@dataclass(frozen=True, slots=True)
class Manifest:
    entries: Mapping[str, Entry] = field(default_factory=dict)
    note: str = ""


def entry(seen: Seen, data: bytes, outcome: bytes, *, now_ns: int) -> Entry:
    """The entry of a file whose bytes were read at ``now_ns``."""
    settled = now_ns - seen.mtime_ns > _SETTLED_NS
    return Entry(seen.mtime_ns, seen.size, sha256(data).digest(), settled, outcome)


def now_ns() -> int:
    return time.time_ns()


@cache
def _maker() -> str:
    """Changes with all that can change an outcome: kb's version, its readers, its model, the schemas."""
    here = Path(__file__).parent
    folders = (here, here.with_name("model"), resources.schema_folder())
    files = sorted(p for folder in folders for p in folder.iterdir() if p.suffix in (".py", ".json"))
    stamps = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]
    return store.digest([kb.__version__, stamps])


def _file(folder: Path, root: Path) -> Path:
    return (
        folder / f"manifest-{sha256(str(root.resolve()).encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
    )


def read(folder: Path | None, root: Path, *, outcomes: bool = True) -> Manifest:
    """The manifest of a base; empty when there is none, with a note when one could not be used.

    Without ``outcomes`` only what tells whether a file changed is read, a small part of the whole.
    """
    if folder is None:
        return Manifest()
    path = _file(folder, root)
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
            if magic != _MAGIC and magic.startswith(_FAMILY):
                return Manifest()
            stamps = _section(file) if magic == _MAGIC else None
            packed = _section(file) if outcomes and stamps is not None else b""
    except FileNotFoundError:
        return Manifest()
    except OSError as error:
        return Manifest(
            note=f"the cache {path} cannot be read ({error.strerror}); every file was read afresh"
        )
    if stamps is None or packed is None:
        return Manifest(note=f"the cache {path} was damaged; it was built anew")
    try:
        maker, entries = msgspec.msgpack.decode(stamps, type=tuple[str, dict[str, Entry]])
        kept = msgspec.msgpack.decode(packed, type=dict[str, bytes]) if outcomes else {}
    except msgspec.DecodeError:
        return Manifest()
    if maker != _maker():
        return Manifest()
    if outcomes:
        entries = {
            name: Entry(e.mtime_ns, e.size, e.digest, e.settled, kept.get(name, b""))
            for name, e in entries.items()
        }
    return Manifest(entries)


def _section(file: BinaryIO) -> bytes | None:
    """The next section: its length, its checksum and its bytes; None when it is damaged."""
    head = file.read(12)
    length = int.from_bytes(head[:8], "big")
    if len(head) < 12 or length > os.fstat(file.fileno()).st_size:
        return None
    body = file.read(length)
    return body if zlib.crc32(body).to_bytes(4, "big") == head[8:] else None


def _sealed(body: bytes) -> bytes:
    return len(body).to_bytes(8, "big") + zlib.crc32(body).to_bytes(4, "big") + body


def write(folder: Path | None, root: Path, entries: Mapping[str, Entry]) -> str:
    """Keep the entries; gives a note when they could not be kept.

    When another run holds the lock, its manifest serves as well and ours is dropped.
    """
    if folder is None:
        return ""
    stamps = {name: (e.mtime_ns, e.size, e.digest, e.settled) for name, e in entries.items()}
    outcomes = {name: e.outcome for name, e in entries.items() if e.outcome}
    path = _file(folder, root)
    try:
        with store.lock(folder, "manifest", seconds=_LOCK_SECONDS):
            store.write_atomic(path, _MAGIC + _sealed(pack((_maker(), stamps))) + _sealed(pack(outcomes)))
    except store.BusyError:
        return ""
    except OSError as error:
        return f"the cache {path} cannot be written ({error.strerror})"
    return ""


def pack(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


def unpack(data: bytes, kind: str) -> Any:
    """What ``pack`` made of a file's outcome: (what is kept of the file or None, findings)."""
    return _decoder(kind == "claim").decode(data)


@cache
def _decoder(claims: bool) -> msgspec.msgpack.Decoder[Any]:
    # Straight to claims takes a third of the time of going through dictionaries. The model is imported here
    # because only a fingerprint is asked of a base that did not change.
    from kb.model import Claim

    return msgspec.msgpack.Decoder(tuple[Claim | None, list[Any]] if claims else Any)
