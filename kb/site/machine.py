"""What other programs look for: ClaimReview, a sitemap, a feed of changed verdicts.

All of it names pages by their address on the web, so there is none of it without ``site:`` in ``kb.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from kb.drawing.svg import sound
from kb.model import Account, Claim, Config
from kb.site import words
from kb.site.page import Asset, Page
from kb.site.view import View
from kb.site.words import Data

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FEED = "feed.xml"
NEWEST = 50
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# What only leads elsewhere, and tools, in which there is nothing to find.
_UNLISTED = ("redirect.html", "404.html", "search.html", "suggest.html", "whatif.html")


def files(view: View, pages: Iterable[Page | Asset]) -> Iterator[Asset]:
    """The files for robots and feed readers, given all files of the site."""
    site = site_address(view.base.config)
    if not site:
        return
    listed = [file.path for file in pages if isinstance(file, Page) and file.template not in _UNLISTED]
    yield Asset("sitemap.xml", partial(_sitemap, site, listed))
    yield Asset("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {site}/sitemap.xml\n".encode)
    if has_feed(view):
        yield Asset(FEED, partial(_feed, view, site))


def site_address(config: Config) -> str:
    """The address of the site without a slash at its end; nothing when ``kb.yaml`` does not give one."""
    return words.web_address(config.site).rstrip("/")


def has_feed(view: View) -> bool:
    """Whether there is a feed: the site's address is known, and verdicts were recorded."""
    if not site_address(view.base.config):
        return False
    from kb.formats.claimreview import dated

    return any(map(dated, view.history.values()))


def claim_review(view: View, claim: Claim, account: Account | None) -> Data | None:
    """ClaimReview (schema.org) of a claim that a check decided; nothing where the site has no address."""
    site = site_address(view.base.config)
    if not site or account is None or not account.decided:
        return None
    # Slow to import, and only a site with an address needs it.
    from kb.formats.claimreview import CONTEXT, decided_on, review_of

    bearings = view.bearings.get(account.claim, ())
    decided = decided_on(view.history.get(bearing.check, ()) for bearing in bearings)
    review = review_of(view.base, site, claim, view.marks[account.claim], account.strength, decided)
    return {"@context": CONTEXT, **review}


def _sitemap(site: str, pages: Iterable[str]) -> bytes:
    from xml.etree.ElementTree import SubElement

    root = _element(_SITEMAP, "urlset")
    for path in pages:
        place = "" if path == "index.html" else quote(path)
        SubElement(SubElement(root, "url"), "loc").text = f"{site}/{place}"
    return _xml(root)


def _feed(view: View, site: str) -> bytes:
    """Verdicts that were recorded for the first time or came out otherwise than before, newest first."""
    from kb.formats.claimreview import dated

    news = []
    for check, records in view.history.items():
        if check not in view.base.checks:
            continue
        title = view.check(check)["title"]
        runs = dated(records)
        for number, record in enumerate(runs):
            was = runs[number - 1].result.verdict if number else None
            now = record.result.verdict
            if now == was:
                continue
            said = words.verdict_name(now)
            change = f"{said}, after {words.verdict_name(was)}" if was else f"{said} (first recorded)"
            news.append((record.run.finished, check, f"{title}: {change}", record.result.reason))
    news.sort(key=lambda item: (item[0], item[1]), reverse=True)
    root = _element(_ATOM, "feed")
    title = view.base.config.title
    _text(root, "title", f"{title}: changed verdicts")
    _text(root, "id", f"{site}/{FEED}")
    _text(root, "updated", news[0][0])
    _text(_text(root, "author"), "name", title)
    _link(root, f"{site}/{FEED}", "self", "application/atom+xml")
    _link(root, f"{site}/", "alternate", "text/html")
    parts = urlsplit(site)
    for finished, check, text, reason in news[:NEWEST]:
        entry = _text(root, "entry")
        # A tag URI (RFC 4151) stays the same when pages move or the text of the check changes.
        _text(entry, "id", f"tag:{parts.hostname},{finished[:10]}:{parts.path}/check/{check}/{finished}")
        _text(entry, "title", text)
        _text(entry, "updated", finished)
        _link(entry, f"{site}/check/{check}.html", "alternate", "text/html")
        _text(entry, "summary", reason or text)
    return _xml(root)


def _element(space: str, name: str) -> Element:
    from xml.etree.ElementTree import Element

    return Element(name, xmlns=space)


def _text(parent: Element, name: str, text: str = "") -> Element:
    from xml.etree.ElementTree import SubElement

    made = SubElement(parent, name)
    made.text = sound(text) or None
    return made


def _link(parent: Element, address: str, relation: str, kind: str) -> None:
    _text(parent, "link").attrib.update(rel=relation, href=address, type=kind)


def _xml(root: Element) -> bytes:
    from xml.etree.ElementTree import indent, tostring

    indent(root, "")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
