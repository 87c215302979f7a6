"""The caller's side: start the child, hand it the job, collect its messages, explain its end."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, Literal

from kb.isolate import bubblewrap

_RUNNER = Path(__file__).with_name("runner.py")
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR", "SYSTEMDRIVE")
#: What tells libraries of linear algebra how many threads to use.
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_SIGNALS = {"SIGSEGV": "segmentation fault", "SIGKILL": "perhaps by the system, for lack of memory"}
_GRACE = 10.0
_TAIL = 2000
_LARGEST = 16_000_000
_STOPPED = "stopped on request"


#: What a child can reach: all that the caller can; no network; or only what an interpreter needs to read,
#: its own folder to write, and no network, devices or other processes. Each as far as the system has it.
Reach = Literal["all", "files", "least"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended. ``value`` is what the function returned; ``reason`` says why there is none.

    ``limits`` names those that the system enforced ("wall time 20 s", "memory 2 GB", "all descendants",
    "no network", "read-only files" …), and says why bubblewrap was asked for and not used;
    ``printed`` is the end of what the child wrote to its standard output and error.
    """

    ok: bool
    value: dict[str, Any] | None
    reason: str
    seconds: float
    limits: tuple[str, ...]
    printed: str = ""


def run_child(
    target: str,
    payload: Mapping[str, Any],
    *,
    seconds: float,
    memory: int | None,
    file: int | None = None,
    reach: Reach = "all",
    progress: Callable[[float], None] | None = None,
    env: Mapping[str, str] | None = None,
    stop: threading.Event | None = None,
) -> Outcome:
    """Call ``target`` ("module:function") with ``payload`` in a process of its own.

    The function takes one JSON object and returns one; if it has a parameter ``progress`` it gets a
    callable for the share done, passed on to ours. It runs in a temporary folder and an own session, with
    one thread for linear algebra, ``TZ=UTC``, ``PYTHONHASHSEED=0`` and an otherwise nearly empty
    environment, to which ``env`` is added. After ``seconds`` of wall time, or beyond ``memory`` bytes of
    address space (None: no limit), it is stopped; whatever it started is stopped with it. A file may not
    grow beyond ``file`` bytes. ``reach`` says what of this machine it can use (see ``Reach``). On
    KeyboardInterrupt the child is killed and the interrupt goes on; another thread ends it by setting
    ``stop``. Never raises for what the child does, nor when it cannot be started: see ``Outcome.reason``.
    """
    started = time.monotonic()
    if stop is not None and stop.is_set():
        return Outcome(False, None, _STOPPED, 0.0, ())
    nonce = secrets.token_hex(16)
    path = _search_path()
    job = {
        "nonce": nonce,
        "target": target,
        "payload": dict(payload),
        "seconds": seconds,
        "memory": memory,
        "file": file,
        "largest": _LARGEST,
        "path": path,
        "shut": reach != "all",
    }
    with tempfile.TemporaryDirectory(prefix="kb-", ignore_cleanup_errors=True) as folder:
        wrapped = bubblewrap.command(folder, path) if reach == "least" else []
        job["sealed"] = bool(wrapped)
        try:
            process = _start(wrapped, folder, env or {})
        except OSError as error:
            return Outcome(False, None, f"could not be started: {error}", time.monotonic() - started, ())
        heard: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        tail = bytearray()
        readers = (
            threading.Thread(target=_listen, args=(process.stdout, nonce, heard), daemon=True),
            threading.Thread(target=_keep_tail, args=(process.stderr, tail), daemon=True),
        )
        for reader in readers:
            reader.start()
        said: dict[str, Any] = {}
        try:
            _hand_over(process, job)
            expired = not _follow(process, heard, said, seconds, progress, stop)
        finally:
            _end(process)
            for reader in readers:
                reader.join(timeout=_GRACE)
        while not heard.empty():
            _take_in(heard.get() or {}, said, progress)
    if stop is not None and stop.is_set() and "value" not in said:
        said["ended"] = "stopped"
    if reach == "least" and not wrapped and (lack := bubblewrap.problem()):
        said["limits"] = [*said.get("limits", ()), f"files not shielded ({lack})"]
    return _outcome(said, expired, seconds, memory, time.monotonic() - started, tail)


def _start(wrapped: list[str], folder: str, extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*wrapped, sys.executable, "-P", "-s", str(_RUNNER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=_environment(folder, extra),
        start_new_session=True,
    )


def _search_path() -> list[str]:
    """Our own module search path, absolute, so that the child finds what we would, installed or not."""
    here = str(Path(__file__).resolve().parents[2])
    entries = [Path(entry) for entry in sys.path]
    # A detour by a folder that the child does not see would lead nowhere.
    found = [str(entry.resolve() if ".." in entry.parts else entry.absolute()) for entry in entries]
    return found if here in found else [*found, here]


def _environment(folder: str, extra: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    fixed = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}
    folders = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), folder)
    return {**kept, **dict.fromkeys(THREADS, "1"), **fixed, **folders, **extra}


def _hand_over(process: subprocess.Popen[bytes], job: Mapping[str, Any]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.write(json.dumps(job).encode() + b"\n")
        process.stdin.flush()


def _follow(
    process: subprocess.Popen[bytes],
    heard: SimpleQueue[dict[str, Any] | None],
    said: dict[str, Any],
    seconds: float,
    progress: Callable[[float], None] | None,
    stop: threading.Event | None,
) -> bool:
    """Gather messages until the child ends or is to stop; False when it had to be given up."""
    # A supervisor keeps the time itself, to the point; without one the clock is ours.
    deadline = time.monotonic() + seconds + (_GRACE if hasattr(os, "fork") else 0.0)
    while process.poll() is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        if stop is not None and stop.is_set():
            return True
        with suppress(Empty, subprocess.TimeoutExpired):
            message = heard.get(timeout=min(left, 0.2))
            if message is None:
                process.wait(left)
            else:
                _take_in(message, said, progress)
    return True


def _take_in(
    message: Mapping[str, Any], said: dict[str, Any], progress: Callable[[float], None] | None
) -> None:
    if "progress" not in message:
        said.update(message)
    elif progress is not None:
        progress(message["progress"])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop whatever still runs: ask the supervisor, by closing its input, then kill the whole group."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    if process.returncode is not None:
        return
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE / 5)
        return
    # Not reaped yet, so the number is still this child's.
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _listen(stream: IO[bytes], nonce: str, heard: SimpleQueue[dict[str, Any] | None]) -> None:
    """Pass on the messages of a stream, and nothing else that is written to it, however long its lines."""
    mark = f"{nonce} ".encode()
    longest = _LARGEST + len(mark) + 1
    with stream:
        whole = True
        while line := stream.readline(longest):
            begins, whole = whole, line.endswith(b"\n")
            if begins and whole and line.startswith(mark):
                heard.put(json.loads(line[len(mark) :]))
    heard.put(None)


def _keep_tail(stream: IO[bytes], tail: bytearray) -> None:
    with stream:
        while chunk := stream.read1(65536):  # type: ignore[attr-defined]
            tail += chunk
            del tail[:-_TAIL]


def _outcome(
    said: Mapping[str, Any], expired: bool, seconds: float, memory: int | None, took: float, tail: bytearray
) -> Outcome:
    limits = (f"wall time {seconds:g} s", *said.get("limits", ()))
    value = said.get("value")
    if isinstance(value, dict):
        reason = ""
    elif "value" in said:
        reason = f"returned a {type(value).__name__} where an object was expected"
        value = None
    else:
        reason = _why(said, expired, seconds, memory, tail)
    return Outcome(not reason, value, reason, took, limits, tail.decode("utf-8", "replace"))


def _why(said: Mapping[str, Any], expired: bool, seconds: float, memory: int | None, tail: bytearray) -> str:
    if said.get("error") == "memory":
        return "ran out of memory" if memory is None else f"used more than {memory / 1e9:.3g} GB of memory"
    if said.get("ended") == "stopped":
        return _STOPPED
    if "error" in said:
        return f"stopped by an error: {said['error']}"
    if "limits" not in said:
        said_last = tail.decode("utf-8", "replace").strip().splitlines()
        return f"could not be started: {said_last[-1] if said_last else 'nothing says why'}"
    if expired or said.get("ended") == "time":
        return f"stopped after {seconds:g} s: time limit"
    if said.get("ended") == "signal":
        return _killed(said["signal"])
    if said.get("code"):
        return f"ended without a result (exit code {said['code']})"
    return "ended without a result"


def _killed(number: int) -> str:
    if number == getattr(signal, "SIGXCPU", None):
        return "stopped: limit of processor time"
    try:
        words = _SIGNALS.get(signal.Signals(number).name) or (signal.strsignal(number) or "").lower()
    except ValueError:
        words = ""
    return f"killed by signal {number}" + (f" ({words})" if words else "")
