"""Which requests are answered: from whom, and for which file.

A browser sends requests to this machine for any page that it has open. A page of another site could so read
what is not published yet: by a script element, or by a name of its own that it lets point here (DNS
rebinding). Neither passes these rules; they hold on what browsers say of a request, which pages cannot forge.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Collection, Mapping
from email.message import Message
from pathlib import Path
from urllib.parse import unquote_to_bytes

LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_SPECIAL = frozenset('\\/:*?"<>|')


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts(host: str, port: int) -> frozenset[str]:
    """What the Host header may say: this machine with our port, which browsers leave out at 80."""
    names = set(LOCAL_NAMES)
    if is_loopback(host):
        names.add(f"[{host}]" if ":" in host else host)
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))


def refusal(headers: Message, known: Collection[str], remote: Collection[str]) -> tuple[int, str] | None:
    """The status and the reason when a request is none for us to answer, else None.

    ``known`` are host names with port, ``remote`` names that were allowed by hand, with any port.
    """
    given = [str(value).strip().lower() for value in headers.get_all("Host", [])]
    if len(given) != 1 or (given[0] not in known and _bare(given[0]) not in remote):
        return 421, (
            "This preview answers only to the address that kb serve printed. "
            "To reach it under another name, start kb serve with --allow-remote NAME."
        )
    site = headers.get("Sec-Fetch-Site", "none").lower()
    # A link from elsewhere may lead here; the page it came from learns nothing.
    followed = (headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")) == ("navigate", "document")
    origin = headers.get("Origin", "").lower()
    ours = origin in ("", f"http://{given[0]}", f"https://{given[0]}")
    if not ours or (site not in ("none", "same-origin") and not followed):
        return 403, "This preview does not answer pages of other sites."
    return None


def _bare(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def resolve(folder: Path, target: str) -> Path | None:
    """The file that a request's target names, or None: no such file, or none of the site's.

    Only plain names pass, so no way leads up, to another drive, or to a hidden file; and no link leads out.
    """
    try:
        path = unquote_to_bytes(target.partition("?")[0].partition("#")[0]).decode()
    except UnicodeDecodeError:
        return None
    first, *names = path.split("/")
    if first or not names:
        return None
    names[-1] = names[-1] or "index.html"
    if not all(_plain(name) for name in names):
        return None
    home = os.path.realpath(folder)
    found = os.path.realpath(os.path.join(home, *names))  # noqa: PTH118 - realpath never raises, links or not
    inside = found.startswith(home + os.sep)
    return Path(found) if inside and os.path.isfile(found) else None  # noqa: PTH113


def _plain(name: str) -> bool:
    return name[:1] not in ("", ".") and name.isprintable() and _SPECIAL.isdisjoint(name)


def limits(kind: str) -> Mapping[str, str]:
    """The headers of every answer: nothing is guessed, kept, framed, or read by other sites."""
    policy = "frame-ancestors 'none'"
    if not kind.startswith("text/html"):
        policy = f"default-src 'none'; style-src 'unsafe-inline'; {policy}"
    return {
        "Content-Type": kind,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
    }
