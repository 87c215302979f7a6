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
from pathlib import Path
from typing import Any

Send = Callable[[dict[str, Any]], None]


def main() -> None:
    channel = os.dup(1)
    os.dup2(2, 1)
    job = json.loads(sys.stdin.buffer.readline())

    def send(message: dict[str, Any]) -> None:
        line = memoryview(f"{job['nonce']} {json.dumps(message)}\n".encode())
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
    try:
        sys.path[:] = job["path"]
        module, _, name = job["target"].partition(":")
        function = getattr(importlib.import_module(module), name)
        extra = {}
        if "progress" in inspect.signature(function).parameters:
            extra["progress"] = lambda done: send({"progress": float(done)})
        send({"value": function(job["payload"], **extra)})
    except MemoryError:
        send({"error": "memory"})
    except Exception as error:
        traceback.print_exc()
        send({"error": f"{type(error).__name__}: {error}"})
    except SystemExit:
        print("the function asked to exit", file=sys.stderr)
    sys.stderr.flush()
    # Straight out: threads and exit handlers of foreign code could keep the process alive.
    os._exit(0)


def _limit(seconds: float, memory: int | None) -> list[str]:
    """Set this process's limits; returns those that the system took and enforces, in words."""
    try:
        import resource
    except ImportError:
        return []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Wall time is the supervisor's; this ends a worker whose supervisor is gone, whatever its threads.
    processor = _take(resource.RLIMIT_CPU, math.ceil(seconds) * (os.cpu_count() or 1) + 1)
    # macOS accepts a limit on address space and does not enforce it.
    space = None
    if memory is not None and sys.platform != "darwin":
        space = _take(resource.RLIMIT_AS, memory)
    return [
        *([] if processor is None else [f"processor time {processor} s"]),
        *([] if space is None else [f"memory {space / 1e9:.3g} GB"]),
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


# --- the supervisor -----------------------------------------------------------


def _supervise(job: dict[str, Any], send: Send) -> None:
    reaper = _become_reaper()
    started = time.monotonic()
    worker = os.fork()
    if worker == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        taken = _limit(job["seconds"], job["memory"])
        send({"limits": [*taken, "all descendants" if reaper else "process group"]})
        _work(job, send)
    try:
        send(_end(worker, _await(worker, started, job["seconds"])))
    finally:
        # Also when nobody listens any more.
        if reaper:
            _kill_descendants()
        else:
            os.killpg(0, signal.SIGKILL)


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


def _become_reaper() -> bool:
    """On Linux, let orphaned descendants become this process's children. False where that is impossible."""
    if not sys.platform.startswith("linux") or not _children_file().exists():
        return False
    import ctypes

    pr_set_child_subreaper = 36
    return bool(ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0) == 0)


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
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
