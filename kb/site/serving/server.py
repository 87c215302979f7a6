"""The server: a thread a connection, so many and no more; the builder waits for none of them."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Collection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kb import resources
from kb.site.serving import guard, pages, problems
from kb.site.serving.feed import Feed, State

#: Most connections at once, and how many of them may be streams of open pages.
CONNECTIONS, STREAMS = 96, 48
#: Seconds that a client may take to send all of its request, or to take in what is sent.
PATIENCE = 10.0
#: Seconds after which a silent stream says that it is still there, so that gone clients are found.
HEARTBEAT = 15.0
_OWN = {"/-/live.js": "live.js", "/-/live.css": "live.css"}


class PreviewServer(ThreadingHTTPServer):
    """Serves a folder and the state of a feed on an address; ``port`` 0 takes any free one.

    Raises OSError when it cannot listen there.
    """

    daemon_threads = True
    block_on_close = False
    # On Windows this option would let two servers share a port.
    allow_reuse_address = os.name != "nt"
    request_queue_size = 64

    def __init__(
        self, folder: Path, feed: Feed, host: str, port: int, *, remote: Collection[str] = ()
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.folder, self.feed = folder, feed
        self.streams = threading.BoundedSemaphore(STREAMS)
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__((host, port), _Handler)
        self.remote = frozenset(name.lower() for name in remote)
        self.known = guard.hosts(host, self.port)

    def server_bind(self) -> None:
        # Not HTTPServer's, which asks the network for this machine's name.
        socketserver.TCPServer.server_bind(self)

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # a client that went away is no error of ours
            super().handle_error(request, client_address)


class _Patient(socket.SocketIO):
    """Reads a request that has so many seconds in all: sent sign by sign, it would else never end."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        super().__init__(connection, "r")
        self._connection, self._seconds, self._end = connection, seconds, time.monotonic() + seconds

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request took too long")
        self._connection.settimeout(left)
        try:
            return super().readinto(buffer)
        finally:
            self._connection.settimeout(self._seconds)


class _Handler(BaseHTTPRequestHandler):
    """One request, one answer: connections are not kept, so idle ones take no place."""

    server: PreviewServer
    timeout = PATIENCE

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = BufferedReader(_Patient(self.connection, self.timeout))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        state = self.server.feed.state
        if refused := guard.refusal(self.headers, self.server.known, self.server.remote):
            self._say(*refused)
        elif path == "/-/events":
            self._stream(unquote(query))
        elif path == "/-/problems":
            self._send(200, pages.KINDS[".html"], problems.page(state.problems, state.note))
        elif path in _OWN:
            file = resources.templates_folder() / "live" / _OWN[path]
            self._send(200, pages.kind_of(file), file.read_bytes())
        elif not state.built:
            self._page(problems.page(state.problems, state.note), _waiting(state), 503)
        else:
            self._file()

    def _file(self) -> None:
        folder = self.server.folder
        path, mark = guard.resolve(folder, self.path), pages.version(folder, self.path)
        if path is not None and path.suffix == ".html":
            self._page(path.read_bytes(), mark)
        elif path is not None:
            self._send(200, pages.kind_of(path), path.read_bytes())
        elif missing := guard.resolve(folder, "/404.html"):
            self._page(pages.anywhere(missing.read_bytes()), mark, 404)
        else:
            self._say(404, "There is no page at this address.")

    def _page(self, data: bytes, mark: str, code: int = 200) -> None:
        """A page with the script that keeps it up to date."""
        self._send(code, pages.KINDS[".html"], pages.live(data, mark))

    def _stream(self, address: str) -> None:
        """Tell the page at an address of every state, until it or we go away."""
        if not self.server.streams.acquire(blocking=False):
            self._say(503, "Too many pages are open.")
            return
        try:
            self._head(200, "text/event-stream; charset=utf-8")
            if self.command == "GET":
                self.wfile.write(b"retry: 1000\n\n")
                self._tell(address)
        finally:
            self.server.streams.release()

    def _tell(self, address: str) -> None:
        number = -1
        while state := self.server.feed.after(number, HEARTBEAT):
            said = ": still here" if state.number == number else f"data: {self._news(state, address)}"
            self.wfile.write(f"{said}\n\n".encode())
            number = state.number

    def _news(self, state: State, address: str) -> str:
        mark = pages.version(self.server.folder, address) if state.built else _waiting(state)
        known = {
            "number": state.number,
            "phase": state.phase,
            "note": state.note,
            "problems": len(state.problems),
            "version": mark,
        }
        return json.dumps(known)

    def _say(self, code: int, words: str) -> None:
        self._send(code, pages.KINDS[".txt"], f"{words}\n".encode())

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class finds wrong with a request, in the form of all our answers."""
        self.close_connection = True
        if code == 501:
            code, message = 405, "This preview only shows pages: GET and HEAD."
        self._say(code, message or "This is no request that a browser would send.")

    def _send(self, code: int, kind: str, data: bytes) -> None:
        self._head(code, kind, len(data))
        if self.command != "HEAD":
            self.wfile.write(data)

    def _head(self, code: int, kind: str, length: int | None = None) -> None:
        self.send_response(code)
        for name, value in guard.limits(kind).items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if code == 405:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()

    def version_string(self) -> str:
        return "kb"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing: the terminal is for what changes."""


def _waiting(state: State) -> str:
    """The version of all pages while there is no site: another one with every state."""
    return f"waiting-{state.number}"
