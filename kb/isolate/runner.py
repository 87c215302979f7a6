"""The child's side: started as a script by ``kb.isolate.parent``, never imported by it.

Two processes where the system can fork. The *worker* sets its limits and runs the function. The
*supervisor* runs no foreign code: it holds the clock, and at the end kills everything that descends from
it, even what has left the process group (it is its descendants' reaper, Linux ``PR_SET_CHILD_SUBREAPER``).
It stops early when its standard input closes: the caller is gone or wants no more.

Messages are lines ``<nonce> <JSON object>`` on what was standard output at the start. Standard output
itself is joined to standard error before any other code runs, so what a function prints is never
taken for its result. Only the standard library is imported here.
"""

from __future__ import annotations

import errno
import importlib
import inspect
import json
import math
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

Send = Callable[[dict[str, Any]], None]
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
#: An address that no machine has (RFC 5737). Connecting a datagram socket to it sends nothing.
_NOWHERE = ("192.0.2.1", 9)
_REASON = 500
_BETWEEN = 0.05


def main() -> None:
    channel = os.dup(1)
    os.dup2(2, 1)
    job = json.loads(sys.stdin.buffer.readline())

    def send(message: dict[str, Any]) -> None:
        text = json.dumps(message)
        if len(text) > job["largest"]:
            text = json.dumps({"error": f"it returned more than {job['largest'] / 1e6:.3g} MB"})
        # The line end before it closes whatever foreign code may have written there.
        line = memoryview(f"\n{job['nonce']} {text}\n".encode())
        while line:
            line = line[os.write(channel, line) :]

    if hasattr(os, "fork"):
        _supervise(job, send)
    else:
        send({"limits": []})
        _work(job, send)


# --- the worker ---------------------------------------------------------------


def _work(job: dict[str, Any], send: Send) -> None:
    """Run the function and send its value or its error. Does not return."""
    code = 1
    try:
        send(_answer(job, send))
        code = 0
    except MemoryError:
        send({"error": "memory"})
    except SystemExit as request:
        print("the function asked to exit", file=sys.stderr)
        code = request.code if isinstance(request.code, int) else 1 if request.code else 0
    except BaseException as error:
        # Any exception: what foreign code derives from BaseException must not pass for a crash of ours.
        with suppress(Exception):
            traceback.print_exc()
        # What a mapping of memory raises where an allocation would raise MemoryError.
        full = isinstance(error, OSError) and error.errno == errno.ENOMEM
        send({"error": "memory" if full else _words(error)})
        code = 0
    finally:
        with suppress(Exception):
            sys.stderr.flush()
        # Straight out: threads and exit handlers of foreign code could keep the process alive.
        os._exit(code & 0xFF)


def _answer(job: dict[str, Any], send: Send) -> dict[str, Any]:
    sys.path[:] = job["path"]
    module, _, name = job["target"].partition(":")
    function = getattr(importlib.import_module(module), name)
    wanted = "progress" in inspect.signature(function).parameters
    return {"value": function(job["payload"], **({"progress": _progress(send)} if wanted else {}))}


def _progress(send: Send) -> Callable[[float], None]:
    """What tells the caller the share done, from 0 to 1, at most some twenty times a second."""
    told, last = -1.0, -math.inf

    def tell(done: float) -> None:
        nonlocal told, last
        share, now = min(max(0.0, float(done)), 1.0), time.monotonic()
        if now - last >= _BETWEEN or (share == 1.0 and told < 1.0):
            send({"progress": share})
            told, last = share, now

    return tell


def _words(error: BaseException) -> str:
    """An exception as one short line, whatever its class does when it is asked for words."""
    try:
        text = f"{type(error).__name__}: {error}"
    except BaseException:
        text = f"{type(error).__name__}, which cannot be put in words"
    line = " ".join(text[: 4 * _REASON].split())
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    return line if len(line) <= _REASON else f"{line[:_REASON]} …"


def _limit(job: dict[str, Any]) -> list[str]:
    """Set this process's limits; returns those that the system took and enforces, in words."""
    try:
        import resource
    except ImportError:
        return []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Wall time is the supervisor's; this ends a worker whose supervisor is gone, whatever its threads.
    processor = _take(resource.RLIMIT_CPU, math.ceil(job["seconds"]) * (os.cpu_count() or 1) + 1)
    memory, file = job["memory"], job["file"]
    # macOS accepts a limit on address space and does not enforce it.
    space = None
    if memory is not None and sys.platform != "darwin":
        space = _take(resource.RLIMIT_AS, memory)
    size = None if file is None else _take(resource.RLIMIT_FSIZE, file)
    return [
        *([] if processor is None else [f"processor time {processor} s"]),
        *([] if space is None else [f"memory {space / 1e9:.3g} GB"]),
        *([] if size is None else [f"files of {size / 1e9:.3g} GB"]),
    ]


def _take(which: int, value: int) -> int | None:
    """Set one limit, or the system's own if that is lower; returns what holds now, None if it was refused."""
    import resource

    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(which, (value, hard))
    except (OSError, ValueError):
        return None
    return value


def _shut(sealed: bool) -> list[str]:
    """Leave the network, unless bubblewrap did; returns what cannot be reached, in words, as it was tried."""
    if not sys.platform.startswith("linux"):
        return []
    apart = sealed or _leave_network()
    fixed = sealed and os.statvfs("/").f_flag & os.statvfs(sys.prefix).f_flag & os.ST_RDONLY
    return [*(["no network"] if apart and _offline() else []), *(["read-only files"] if fixed else [])]


def _leave_network() -> bool:
    """Move this process to a network of its own, which nothing is connected to (``unshare(2)``).

    Root may do so at once; others in a namespace of users, in which they keep their numbers. False where
    the system refuses.
    """
    import ctypes

    unshare = ctypes.CDLL(None).unshare
    user, group = os.getuid(), os.getgid()
    if unshare(_CLONE_NEWNET) == 0:
        return True
    if unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        # Without its numbers a process still works; it only looks like nobody's.
        with suppress(OSError):
            Path("/proc/self", name).write_text(text, encoding="ascii")
    return True


def _offline() -> bool:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        return probe.connect_ex(_NOWHERE) == errno.ENETUNREACH


# --- the supervisor -----------------------------------------------------------


def _supervise(job: dict[str, Any], send: Send) -> None:
    reaper = _set(_PR_SET_CHILD_SUBREAPER, 1) and _children_file().exists()
    started = time.monotonic()
    worker = os.fork()
    if worker == 0:
        # A group of its own: a function that signals its group does not hit the supervisor.
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        shut = _shut(job["sealed"]) if job["shut"] else []
        _set(_PR_SET_PDEATHSIG, signal.SIGKILL)
        taken = _limit(job)
        send({"limits": [*taken, "all descendants" if reaper else "process group", *shut]})
        _work(job, send)
    try:
        send(_end(worker, _await(worker, started, job["seconds"])))
    finally:
        # Also when nobody listens any more.
        if reaper:
            _kill_descendants()
        else:
            with suppress(ProcessLookupError):
                os.killpg(worker, signal.SIGKILL)


def _end(worker: int, status: int | None) -> dict[str, Any]:
    """How the worker ended, as a message; it is killed first if it has not."""
    if status is None:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        return {"ended": "time"}
    if os.WIFSIGNALED(status):
        return {"ended": "signal", "signal": os.WTERMSIG(status)}
    return {"ended": "exit", "code": os.WEXITSTATUS(status)}


def _await(worker: int, started: float, seconds: float) -> int | None:
    """The worker's wait status; None when its time is up or the caller has closed our input."""
    while True:
        elapsed = time.monotonic() - started
        pid, status = os.waitpid(worker, os.WNOHANG)
        if pid:
            return status
        if elapsed >= seconds:
            return None
        # Sleep little at first, for quick functions; seldom later, so as not to disturb a measurement.
        pause = min(0.1, 0.002 + elapsed / 20, seconds - elapsed)
        readable, _, _ = select.select([0], [], [], pause)
        if readable:
            return None


def _set(what: int, value: int) -> bool:
    """``prctl(what, value)`` of Linux. False where that is impossible."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    return bool(ctypes.CDLL(None).prctl(what, value, 0, 0, 0) == 0)


def _children_file() -> Path:
    return Path(f"/proc/self/task/{os.getpid()}/children")


def _kill_descendants() -> None:
    """Kill and reap every child until none is left; each death hands its own children to us.

    A child that is not yet reaped keeps its number, so no stranger can be hit.
    """
    while True:
        for pid in _children_file().read_text().split():
            os.kill(int(pid), signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
