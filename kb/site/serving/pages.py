"""Pages as they are served: the site's bytes, and what lets an open page know that it has changed."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from kb.site.serving.guard import resolve

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".jsonld": "application/ld+json; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".yaml": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".woff2": "font/woff2",
}
OTHER = "application/octet-stream"

_POLICY = re.compile(rb'(<meta http-equiv="Content-Security-Policy" content=")', re.IGNORECASE)
_NAMED = re.compile(rb'\b(?:src|href)="([^":?#]+\.(?:js|css))"')
_ROOT = re.compile(rb'\bdata-root="([^"]*)"')


def kind_of(path: Path) -> str:
    return KINDS.get(path.suffix.lower(), OTHER)


def version(folder: Path, address: str) -> str:
    """What an open page compares itself by: a hash of its file and of the scripts and styles that it names.

    Empty for an address that has no page.
    """
    path = resolve(folder, address)
    try:
        return "" if path is None else _version(folder, address, path.read_bytes())
    except OSError:
        return ""


def _version(folder: Path, address: str, data: bytes) -> str:
    seen = sha256(data)
    at = Path(address.partition("?")[0].partition("#")[0]).parent
    for name in _NAMED.findall(data):
        file = resolve(folder, _joined(at.as_posix(), name.decode("utf-8", "replace")))
        if file is not None:
            seen.update(file.read_bytes())
    return seen.hexdigest()[:32]


def _joined(at: str, name: str) -> str:
    """An address relative to the folder of another; pages point up only as far as the site's root."""
    parts = [] if name.startswith("/") else [part for part in at.split("/") if part]
    for part in name.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def live(data: bytes, mark: str) -> bytes:
    """A page with the script that keeps it up to date, and the leave for that script to listen to us.

    Of two directives of one name in a policy the first counts, so whatever else it allows stays as it is.
    """
    script = b'<script src="/-/live.js" data-version="%b" defer></script>\n' % mark.encode()
    data = _POLICY.sub(rb"\1connect-src 'self'; ", data, count=1)
    head, end, rest = data.rpartition(b"</body>")
    return head + script + end + rest if end else data + script


def anywhere(data: bytes) -> bytes:
    """The page for missing pages as it has to be at any address here, where the site's root is the host's."""
    found = _ROOT.search(data)
    root = re.escape(found[1]) if found else b""
    return re.sub(rb'\b(href|src|data-root)="' + (root or b"(?![a-z]+:|[/#])"), rb'\1="/', data)
