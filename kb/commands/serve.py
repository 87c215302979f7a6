"""Serve a base's site while its files are edited: each save is judged, checked and rendered anew."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from kb import store
from kb.commands.opening import Opened, open_base
from kb.commands.rechecking import Checker, wanted
from kb.commands.render import BuildReport, DocsError, ForeignFolderError, render
from kb.diagnostics import Diagnostic
from kb.site.serving import Feed, PreviewServer, Problem, failure, problem
from kb.site.serving.guard import is_loopback
from kb.site.serving.watcher import FileChange, Watcher

__all__ = ["AddressError", "FileChange", "Round", "serve"]

#: Checks that end within so many seconds are waited for, so that pages change once.
GRACE = 2.0
_NEXT = 50


class AddressError(Exception):
    """The server cannot listen where it was told to; the text says why, and what would work."""


@dataclass(frozen=True, slots=True)
class Round:
    """What followed from a change of files; without ``changes``, from the start.

    ``errors`` keep the base from being rendered, ``trouble`` is what else did. ``checked`` checks were run,
    ``checking`` still run: another round, of the same changes, follows when they have ended.
    """

    changes: tuple[FileChange, ...]
    seconds: float
    errors: tuple[Diagnostic, ...] = ()
    trouble: str = ""
    checked: int = 0
    checking: int = 0
    report: BuildReport | None = None


@dataclass(frozen=True, slots=True)
class _Preview:
    root: Path
    out: Path
    feed: Feed
    watcher: Watcher
    docs: Path | None
    checker: Checker | None
    told: Callable[[Round], None]


def serve(
    root: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    remote: Collection[str] = (),
    check: bool = True,
    jobs: int = 0,
    docs: Path | None = None,
    started: Callable[[str], None],
    told: Callable[[Round], None],
) -> None:
    """Serve the site of the base at ``root`` until interrupted, and keep it up to date.

    The site is rendered into a folder in the cache that goes at the end. ``port`` 0 takes any free one.
    ``remote`` are the host names under which other machines may ask; a ``host`` that they can reach needs
    one. ``check`` says whether checks that are not known are run, ``jobs`` at a time; ``docs`` is a folder of
    Markdown files that become pages. ``started`` is told the address, ``told`` of each round.

    Raises AddressError, and KeyboardInterrupt as the way to end it.
    """
    if not is_loopback(host) and not remote:
        raise AddressError(
            f"{host} can be reached from other machines: whoever reaches it reads the whole base, "
            "published or not. If that is meant, name each host name they will use: --allow-remote NAME"
        )
    feed = Feed()
    with ExitStack() as stack:
        out = stack.enter_context(_room(root))
        server = stack.enter_context(_serving(out, feed, host, port, remote))
        checker = Checker(root, jobs) if check else None
        if checker:
            stack.callback(checker.stop)
        started(_address(host, server.port))
        preview = _Preview(root, out, feed, Watcher(root, docs), docs, checker, told)
        changes: tuple[FileChange, ...] = ()
        while True:
            changes = _outlived(preview, changes)


def _outlived(preview: _Preview, changes: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
    """A round; where kb itself fails in it, that is shown, and the next change is waited for."""
    began = time.perf_counter()
    try:
        return _round(preview, changes)
    except Exception as error:
        if os.environ.get("KB_DEBUG"):
            raise
        preview.feed.tell("broken", problems=(failure(error),))
        trouble = f"{failure(error).message} ({failure(error).place})"
        preview.told(Round(changes, time.perf_counter() - began, trouble=trouble))
        return preview.watcher.wait()


def _round(preview: _Preview, changes: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
    """Bring everything up to date after changes; gives the next ones, as soon as they come."""
    began = time.perf_counter()
    feed, watcher, checker = preview.feed, preview.watcher, preview.checker
    feed.tell("working", "Reading the base…")
    opened = open_base(preview.root)
    if opened.errors:
        if checker:
            checker.stop()
        feed.tell("broken", problems=tuple(problem(preview.root, error) for error in opened.errors))
        preview.told(Round(changes, time.perf_counter() - began, opened.errors))
        return watcher.wait()
    names = wanted(opened.base) if checker else {}
    if checker and names:
        checker.aim(names)
        feed.tell("working", _checking(opened, names))
        if more := watcher.wait(GRACE, until=lambda: not checker.busy()):
            return _joined(changes, more)
    running = checker is not None and checker.busy()
    done = Round(changes, 0, checked=0 if running else len(names), checking=len(names) if running else 0)
    first = preview.out / "index.html"
    written = _publish(preview, opened, done, began, _checking(opened, names) if running else "")
    if checker and running:
        if more := watcher.wait(until=lambda: not checker.busy()):
            return more
        done = replace(done, checked=len(names), checking=0)
        written = _publish(preview, opened, done, began, "")
    # Who empties the cache takes the pages, too: then they are written again.
    return watcher.wait(until=lambda: written and not first.exists())


def _publish(preview: _Preview, opened: Opened, done: Round, began: float, running: str) -> bool:
    """Render what is known now, and tell of it; ``running`` says what is still being found out.

    Gives whether the pages were written.
    """
    preview.feed.tell("working", "Writing pages…")
    trouble = preview.checker.trouble() if preview.checker else ""
    report = None
    try:
        report = render(opened, preview.out, docs=preview.docs)
    except (OSError, DocsError, ForeignFolderError) as error:
        trouble = f"The site could not be written: {error}"
        preview.feed.tell("broken", problems=(Problem(trouble),))
    else:
        preview.feed.tell("checking" if running else "ready", running, problems=())
    seconds = time.perf_counter() - began
    preview.told(replace(done, seconds=seconds, trouble=trouble, report=report))
    # The command line keeps the collector from running, since most commands end soon.
    gc.collect()
    return report is not None


def _checking(opened: Opened, names: Collection[str]) -> str:
    if len(names) > 1:
        return f"Running {len(names)} checks…"
    title = "".join(opened.base.checks[name].title or name for name in names)
    return f"Running the check “{title}”…"


def _joined(first: tuple[FileChange, ...], more: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
    """The changes of a round that was overtaken, with those that overtook it."""
    return tuple(sorted({**{c.path: c for c in first}, **{c.path: c for c in more}}.values()))


def _address(host: str, port: int) -> str:
    seen = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{seen}]' if ':' in seen else seen}:{port}/"


@contextmanager
def _room(root: Path) -> Iterator[Path]:
    """A folder for the pages that nobody else uses, and that goes at the end.

    It lies in the cache under the first number that no other preview holds; what one that was killed left
    there goes, too. A base that has no cache gets one for as long as this lasts.
    """
    with ExitStack() as stack:
        folder = store.cache_folder(root)
        if folder is None:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="kb-serve-")))
            stack.enter_context(_cached_in(folder))
        for number in count(1):
            with suppress(store.BusyError):
                stack.enter_context(store.lock(folder / "serve", str(number), seconds=0))
                break
        room = folder / "serve" / str(number)
        shutil.rmtree(room, ignore_errors=True)
        stack.callback(shutil.rmtree, room, ignore_errors=True)
        yield room


@contextmanager
def _cached_in(folder: Path) -> Iterator[None]:
    before = os.environ.get("KB_CACHE_DIR")
    os.environ["KB_CACHE_DIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["KB_CACHE_DIR"]
        else:
            os.environ["KB_CACHE_DIR"] = before


@contextmanager
def _serving(out: Path, feed: Feed, host: str, port: int, remote: Collection[str]) -> Iterator[PreviewServer]:
    try:
        server = PreviewServer(out, feed, host, port, remote=remote)
    except (OSError, OverflowError) as error:
        raise AddressError(_why(host, port, error)) from None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        feed.close()
        server.shutdown()
        server.server_close()


def _why(host: str, port: int, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        free = next((p for p in range(port + 1, min(port + _NEXT, 65536)) if _is_free(host, p)), 0)
        return f"port {port} is taken by another program; try --port {free}" + (
            " (any free one)" * (not free)
        )
    if isinstance(error, PermissionError):
        return f"port {port} is for the system only; choose one from 1024 on, such as --port 8000"
    return f"cannot listen on {host}, port {port}: {getattr(error, 'strerror', None) or error}"


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        try:
            tried.bind((host, port))
        except OSError:
            return False
    return True
