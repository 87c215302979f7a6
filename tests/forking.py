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
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Packages of which every module is loaded before the first fork; others are small or need a device.
ROOMS = ("kb.cli", "kb.commands", "kb.checks", "kb.formats", "kb.lint", "kb.review", "kb.site", "kb.source")
#: How variables are called that are read when an interpreter starts.
STARTS = ("PYTHON", "LANG", "LC_", "TZ", "LD_")
LENGTH = 8


class Copies:
    """Runs of the command line in copies of one process, one after another."""

    def __init__(self, path: Path) -> None:
        self._socket, its = socket.socketpair()
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forking", str(its.fileno())], cwd=path, pass_fds=[its.fileno()]
            )

    def run(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes, bytes]:
        """Exit code, output and errors of ``kb`` with these arguments, an empty input and ``env`` added."""
        with (
            Path(os.devnull).open() as empty,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            asked = json.dumps([arguments, str(cwd), dict(env)]).encode()
            streams = [empty.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(self._socket, [len(asked).to_bytes(LENGTH)], streams)
            self._socket.sendall(asked)
            self._socket.settimeout(timeout)
            code = int.from_bytes(self._socket.recv(LENGTH), signed=True)
            out.seek(0)
            err.seek(0)
            return code, out.read(), err.read()

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


def serve(connection: socket.socket) -> None:
    for room in ROOMS:
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
    os.environ.update(env)
    sys.argv[1:] = arguments
    sys.path[0] = cwd
    from kb.cli import main

    main()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
