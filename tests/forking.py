"""A process that has loaded kb and forks a copy of itself for each run of the command line.

The copy has an environment, a folder and streams of its own, and begins where a new interpreter stands after
its imports, which are most of a short run's time. What an interpreter takes from the environment as it starts
cannot be given to a copy; see ``STARTS``.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

#: Packages of which every module is loaded before the first fork; others are small or need a device.
ROOMS = ("kb.cli", "kb.commands", "kb.checks", "kb.formats", "kb.lint", "kb.review", "kb.site", "kb.source")
#: How variables are called that are read when an interpreter starts.
STARTS = ("PYTHON", "LANG", "LC_", "TZ", "LD_")
LENGTH = 8


class Copies:
    """Runs of the command line in copies of one process, one after another.

    A run without an answer, be it for the time or because something died, takes the process and its copy with
    it, since a late answer would pass for that of the next run; the next run starts another process.
    """

    def __init__(self, path: Path, rooms: Sequence[str] = ROOMS) -> None:
        self._path, self._rooms = path, rooms
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes, bytes]:
        """Exit code, output and errors of ``kb`` with these arguments, an empty input and ``env`` alone.

        Raises:
            subprocess.TimeoutExpired: it took more than ``timeout`` seconds.
            ConnectionError: the process that is copied died.
        """
        if self._process is None:
            self._start()
        with (
            Path(os.devnull).open() as empty,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            asked = json.dumps([arguments, str(cwd), dict(env)]).encode()
            streams = [empty.fileno(), out.fileno(), err.fileno()]
            try:
                self._socket.settimeout(timeout)
                socket.send_fds(self._socket, [len(asked).to_bytes(LENGTH)], streams)
                self._socket.sendall(asked)
                answer = self._socket.recv(LENGTH)
                if len(answer) < LENGTH:
                    raise ConnectionResetError("the process that is copied has died")
            except BaseException as error:
                self.close()
                if isinstance(error, TimeoutError):
                    raise subprocess.TimeoutExpired(["kb", *arguments], timeout) from None
                raise
            out.seek(0)
            err.seek(0)
            return int.from_bytes(answer, signed=True), out.read(), err.read()

    def close(self) -> None:
        if self._process is None:
            return
        self._socket.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _start(self) -> None:
        self._socket, its = socket.socketpair()
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forking", str(its.fileno()), *self._rooms],
                cwd=self._path,
                env={**os.environ, "PYTHONPATH": str(self._path)},
                pass_fds=[its.fileno()],
                process_group=0,
            )


def serve(connection: socket.socket, rooms: Sequence[str]) -> None:
    """Load the rooms; then run what comes in, each time in a copy, until the other end is closed."""
    for room in rooms:
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            importlib.import_module(module.name)
    gc.freeze()
    while True:
        length, streams, _, _ = socket.recv_fds(connection, LENGTH, 3)
        if not length:
            return
        asked = json.loads(connection.recv(int.from_bytes(length), socket.MSG_WAITALL))
        copy = os.fork()
        if not copy:
            connection.close()
            become(streams, *asked)
            return
        for stream in streams:
            os.close(stream)
        code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
        connection.sendall(code.to_bytes(LENGTH, signed=True))


def become(streams: list[int], arguments: list[str], cwd: str, env: dict[str, str]) -> None:
    """This process runs ``kb`` as ``python -m kb`` would."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[1:] = arguments
    sys.path[0] = cwd
    from kb.cli import main

    main()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
