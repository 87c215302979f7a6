"""``kb serve`` in a process of its own, as a user starts it, and requests to it byte by byte."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import PROJECT

#: Seconds after which a test gives up; nothing is expected to take so long.
LIMIT = 120.0


def eventually(what: Callable[[], object], words: Callable[[], str] = lambda: "it never came") -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + LIMIT
    while not what():
        assert time.monotonic() < end, words()
        time.sleep(0.05)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def get(port: int, path: str = "/", method: str = "GET", **headers: str) -> Answer:
    """One request to this machine; headers with _ for -."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def raw(port: int, data: bytes) -> bytes:
    """What comes back for exactly these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as client:
        client.sendall(data)
        return b"".join(iter(lambda: client.recv(65536), b""))


@dataclass
class Served:
    """A running ``kb serve``; ``lines`` are what it printed so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        self.said("Ctrl-C")
        return self.lines[0].split()[0]

    @property
    def port(self) -> int:
        return int(self.address.rstrip("/").rpartition(":")[2])

    @property
    def printed(self) -> str:
        return "\n".join(self.lines)

    def said(self, pattern: str, times: int = 1) -> str:
        """Wait until a printed line holds a pattern (so many times); gives the last such line."""

        def found() -> list[str]:
            return [line for line in self.lines.copy() if re.search(pattern, line)]

        def missing() -> str:
            return f"{pattern!r} was not said:\n{self.printed}"

        eventually(lambda: len(found()) >= times or self.process.poll() is not None, missing)
        assert len(found()) >= times, missing()
        return found()[-1]

    def get(self, path: str = "/", method: str = "GET", **headers: str) -> Answer:
        return get(self.port, path, method, **headers)

    def stop(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(LIMIT)


@contextmanager
def serving(
    base: Path, *arguments: object, program: Sequence[str] = ("-m", "kb"), **env: str
) -> Iterator[Served]:
    """``kb serve`` on a free port; ``program`` is what Python starts as kb."""
    process = subprocess.Popen(
        [sys.executable, *program, "serve", "--base", str(base), "--port", "0", *map(str, arguments)],
        cwd=base.parent,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    served = Served(process)
    assert process.stdout is not None
    reader = threading.Thread(
        target=lambda out: served.lines.extend(map(str.rstrip, out)), args=(process.stdout,), daemon=True
    )
    reader.start()
    try:
        yield served
    finally:
        served.stop()
        reader.join(LIMIT)
        process.stdout.close()
