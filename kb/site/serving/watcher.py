"""Which files of a base were changed, by asking for their times and sizes again and again.

Asking sees every way of saving alike (in place, by a draft and a rename, by a checkout, over a network), on
every system, and costs a listing of the base's folders: about a millisecond for a hundred files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from kb.source.scanning import scan

#: Seconds between looks; of the time at most a tenth is spent looking, however large the base is.
PAUSE, SHARE = 0.2, 10
#: Files have to stand still for so long before a change counts, but a change waits no longer than that.
SETTLED, LONGEST = 0.1, 2.0

_Files = Mapping[str, tuple[object, ...]]


class FileChange(NamedTuple):
    """What happened to a file of the base; ``kind`` is that of ``kb.source`` ("claim", "check", "base" …),
    or "documentation"."""

    path: str
    kind: str
    how: Literal["changed", "added", "removed"]


class Watcher:
    """Remembers files as they were when it was made, and after each change that it told of.

    They are those of the base at ``root`` and the Markdown files of the folder ``docs``.
    """

    def __init__(self, root: Path, docs: Path | None = None) -> None:
        self._root, self._docs = root, docs
        self._files = _files(root, docs)

    def wait(
        self, seconds: float | None = None, until: Callable[[], bool] = lambda: False
    ) -> tuple[FileChange, ...]:
        """The next changes; none when ``seconds`` have passed, or ``until`` holds, before any.

        Several saves at once are one change. A file that was changed and put back meanwhile is none.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            looked = time.perf_counter()
            now = _files(self._root, self._docs)
            if now != self._files and (changes := self._settled(now)):
                return changes
            if until() or (end is not None and time.monotonic() >= end):
                return ()
            time.sleep(max(PAUSE, SHARE * (time.perf_counter() - looked)))

    def _settled(self, now: _Files) -> tuple[FileChange, ...]:
        end = time.monotonic() + LONGEST
        while True:
            time.sleep(SETTLED)
            before, now = now, _files(self._root, self._docs)
            if now == before or time.monotonic() >= end:
                break
        was, self._files = self._files, now
        return _between(was, now)


def _files(root: Path, docs: Path | None) -> _Files:
    seen, strays = scan(root)
    found: dict[str, tuple[object, ...]] = {d.file: ("", d.rule, d.message) for d in strays}
    found.update((path, (kind, *stamp)) for path, kind, *stamp in seen)
    pages: list[Path] = []
    with suppress(OSError):  # the folder has gone
        pages = list(docs.glob("*.md")) if docs else []
    for path in pages:
        with suppress(OSError):  # gone since it was listed
            stat = path.stat()
            found[path.as_posix()] = ("documentation", stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found


def _between(was: _Files, now: _Files) -> tuple[FileChange, ...]:
    changes = [FileChange(path, str(was[path][0]), "removed") for path in was.keys() - now.keys()]
    changes += [FileChange(path, str(now[path][0]), "added") for path in now.keys() - was.keys()]
    both = was.keys() & now.keys()
    changes += [FileChange(path, str(now[path][0]), "changed") for path in both if was[path] != now[path]]
    return tuple(sorted(changes))
