"""One question to one address of the web, for which nothing but a public machine can be reached.

A name is resolved once, every address it has must be public, and the connection goes to one of these, so
that a name cannot lead elsewhere between the look and the call. Redirects are not followed here.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from kb import __version__

AGENT = f"kb/{__version__} (checks whether cited pages are still there)"
SECONDS = 20.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """An address that is not asked, for its kind or as it leads to no public machine; the text says why."""


class Unreachable(Exception):
    """No answer of a web server; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, and for a redirect the whole address that it names."""

    status: int
    location: str = ""


@dataclass(slots=True)
class Pace:
    """Lets at most one request a second reach a host."""

    seconds: float = 1.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)

    def wait(self, host: str) -> None:
        """Return when the host may be asked again."""
        due = self._last.get(host, -self.seconds) + self.seconds - self.clock() if host in self._last else 0.0
        if due > 0:
            self.sleep(due)
        self._last[host] = self.clock()


def ask(url: str, method: str, pace: Pace, *, seconds: float = SECONDS, loopback: bool = False) -> Answer:
    """The answer to a HEAD, or to a GET for the first bytes; a body is never read.

    ``seconds`` are for all of it once the name is resolved, however slowly the answer comes. Raises Refused,
    Unreachable.
    """
    parts = _parts(url)
    host = parts.hostname or ""
    addresses = _public(host, parts.port or _PORTS[parts.scheme], loopback)
    pace.wait(host)
    headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    if method == "GET":
        headers["Range"] = "bytes=0-1023"
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]") if parts.query else ""
    )
    connection = _Pinned(parts, addresses, seconds)
    watch = threading.Timer(seconds, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
        location = answer.headers.get("Location", "").strip()
        return Answer(answer.status, urljoin(url, location) if location else "")
    except TimeoutError:
        raise Unreachable(f"no answer within {seconds:g} seconds") from None
    except ssl.SSLError as error:
        raise Unreachable(f"the connection is not secure: {error.reason or error}") from None
    except OSError as error:
        if connection.was_cut:
            raise Unreachable(f"no answer within {seconds:g} seconds") from None
        raise Unreachable(f"no connection: {error.strerror or error}") from None
    except (http.client.HTTPException, ValueError) as error:
        if connection.was_cut:
            raise Unreachable(f"no answer within {seconds:g} seconds") from None
        raise Unreachable(f"no sensible answer: {type(error).__name__}") from None
    finally:
        watch.cancel()
        connection.close()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Refused(f"no address: {error}") from None
    if parts.scheme not in _PORTS:
        raise Refused(f"only http and https are asked, not {parts.scheme or 'an address without either'}")
    if not parts.hostname:
        raise Refused("the address names no host")
    if parts.username or parts.password:
        raise Refused("the address holds a user's name or password")
    return parts


_Address = tuple[socket.AddressFamily, str, int]


def _public(host: str, port: int, loopback: bool) -> list[_Address]:
    """Where the host is, all of it public."""
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(f"the name {host} has no address") from None
    addresses: list[_Address] = [(family, str(where[0]), port) for family, _, _, _, where in found]
    for _, address, _ in addresses:
        if not is_public(address) and not (loopback and ipaddress.ip_address(address).is_loopback):
            raise Refused(f"{host} is {address}, which is no public address")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public net, through every form of IPv6 that holds one of IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(each is not None and not is_public(str(each)) for each in inner):
            return False
        if ip.is_site_local:
            return False
        if ip.ipv4_mapped is not None or ip in _NAT64:
            return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were looked at, whatever the name stands for by now."""

    def __init__(self, parts: SplitResult, addresses: list[_Address], seconds: float) -> None:
        super().__init__(parts.hostname or "", parts.port or _PORTS[parts.scheme], timeout=seconds)
        self._secure = parts.scheme == "https"
        self._addresses = addresses
        self.was_cut = False

    def connect(self) -> None:
        trouble: OSError | None = None
        for family, address, port in self._addresses:
            bare = socket.socket(family, socket.SOCK_STREAM)
            bare.settimeout(self.timeout)
            try:
                bare.connect((address, port))
            except OSError as error:
                bare.close()
                trouble = error
                continue
            self.sock = bare
            if self._secure:
                self.sock = ssl.create_default_context().wrap_socket(bare, server_hostname=self.host)
            return
        raise trouble or OSError("no address")

    def cut(self) -> None:
        """End it from another thread, also in the middle of an answer that drips."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
