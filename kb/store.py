"""Files that kb keeps for itself: atomic writes, a cache by content hash, locks."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from kb.resources import is_shipped

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}\Z")


def write_atomic(path: Path, data: bytes | str) -> None:
    """Replace a file in one move: readers see the old bytes or the new ones, never half.

    Text is written as UTF-8 with ``\\n`` line ends. Missing folders are made. Raises OSError.
    """
    content = data.encode() if isinstance(data, str) else data
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name[:100]}.{os.urandom(6).hex()}.tmp")
    try:
        draft.write_bytes(content)
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def canonical(obj: object) -> bytes:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8. Raises ValueError for nan and inf."""
    return json.dumps(obj, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "surrogatepass"
    )


def digest(obj: object) -> str:
    """SHA-256, in hexadecimal, of a value's canonical JSON. Raises ValueError for nan and inf."""
    return sha256(canonical(obj)).hexdigest()


def cache_folder(root: Path) -> Path | None:
    """The cache of the base at ``root``: ``KB_CACHE_DIR``, else ``.kb`` beside ``kb.yaml``.

    The folder is made, with a ``.gitignore`` that keeps it out of git. None when it cannot be written, when
    there is no such base, and for a base inside the installed package.
    """
    chosen = os.environ.get("KB_CACHE_DIR", "")
    if not chosen and is_shipped(root):
        return None
    # Unlike Path.expanduser, this leaves the name of an unknown user as it is.
    folder = Path(os.path.expanduser(chosen)) if chosen else root / ".kb"  # noqa: PTH111
    ignore = folder / ".gitignore"
    if not chosen and not root.is_dir():  # a base that was moved away must not come back as an empty folder
        return None
    try:
        if not ignore.is_file():
            write_atomic(ignore, "*\n")
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def _file(folder: Path, key: str) -> Path:
    if not _KEY.match(key):
        raise ValueError(f"not a cache key: {key!r}")
    return folder / "objects" / key[:2] / f"{key}.json"


def get(folder: Path | None, key: str) -> dict[str, Any] | None:
    """The object stored under ``key``; None when absent, damaged, or without a cache folder.

    A stored file is the SHA-256 of the rest in hexadecimal, a line end, and canonical JSON.
    """
    if folder is None:
        return None
    try:
        checksum, _, text = _file(folder, key).read_bytes().partition(b"\n")
        if checksum.decode("ascii", "replace") != sha256(text).hexdigest():
            return None
        value = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def put(folder: Path | None, key: str, obj: dict[str, Any]) -> bool:
    """Store a JSON object under ``key``; False when there is nowhere to write.

    Raises ValueError when the object is not JSON.
    """
    if folder is None:
        return False
    text = canonical(obj)
    try:
        write_atomic(_file(folder, key), sha256(text).hexdigest().encode() + b"\n" + text)
    except OSError:
        return False
    return True


class BusyError(TimeoutError):
    """Another process held the lock for longer than we would wait."""


@contextmanager
def lock(folder: Path, name: str, *, seconds: float = 30.0) -> Iterator[None]:
    """Hold the lock ``name`` of a folder, against other processes and threads.

    The system drops it when its holder dies. Raises BusyError after ``seconds``, OSError when the folder
    cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    with (folder / f"{name}.lock").open("a+b") as handle:
        while not _grab(handle):
            if time.monotonic() >= deadline:
                raise BusyError(f"{folder / name}.lock is held by another process")
            time.sleep(0.02)
        try:
            yield
        finally:
            _drop(handle)


if sys.platform == "win32":
    import msvcrt

    def _grab(handle: IO[bytes]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _drop(handle: IO[bytes]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _grab(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _drop(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
