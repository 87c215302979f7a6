"""ClaimReview (schema.org) as JSON-LD: what search engines read of a fact check. Written only.

The site puts the same into the page of each claim.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from kb.drawing.signs import standing
from kb.formats.format import Format, Material
from kb.formats.reading import FormatError
from kb.model import Account, Base, Claim, Interval, Record, Source
from kb.standing import Mark
from kb.wording import web_address

FORMAT = Format(
    "claimreview",
    "ClaimReview JSON-LD (schema.org)",
    "jsonld",
    holds=frozenset(("paragraphs", "sources", "standings")),
    reads=False,
    going=(
        "only claims that a check decided are written, each with its rating and its sources",
        "a claim is named by the address of its page, so `kb.yaml` must give `site:`",
    ),
)
CONTEXT = "https://schema.org"
_SAYS_SO = ("asserts", "reports", "quotes")


def write(material: Material) -> str:
    """Raises FormatError: the base does not say where its site is."""
    from kb.checks.records import histories

    base = material.base
    site = web_address(base.config.site).rstrip("/")
    if not site:
        said = "A review names its claim by the address of its page: write where the site is, site: https://…"
        raise FormatError(f"kb.yaml: `site` is missing. {said}")
    history = histories(base)
    runs = defaultdict(list)
    for bearing in material.argument.bearings:
        runs[bearing.claim].append(history.get(bearing.check, ()))
    reviews = []
    for claim in material.exchange.claims.values():
        account = material.account(claim.id)
        if account is None or not account.decided:
            material.left[claim.id] = "no check decided them"
            continue
        decided = decided_on(runs[account.claim])
        reviews.append(review_of(base, site, claim, account, account.strength, decided))
    return json.dumps({"@context": CONTEXT, "@graph": reviews}, ensure_ascii=False, indent=1) + "\n"


def review_of(
    base: Base, site: str, claim: Claim, mark: Mark | Account, strength: Interval, decided: str
) -> dict[str, Any]:
    """ClaimReview of a claim that a check decided on a day ("" where that is not known).

    ``ratingValue`` is the middle of its strength, from 0 to 1; ``alternateName`` says the standing in words.
    ``site`` is the address of the site without a slash at its end.
    """
    review = {
        "@type": "ClaimReview",
        "url": f"{site}/claim/{claim.id}.html",
        "claimReviewed": claim.text,
        "author": {"@type": "Organization", "name": base.config.title, "url": f"{site}/"},
        "itemReviewed": _claim(base, claim),
        "reviewRating": {
            "@type": "Rating",
            "alternateName": standing(mark)["word"],
            "ratingValue": round(sum(strength) / 2, 3),
            "worstRating": 0,
            "bestRating": 1,
        },
    }
    return {**review, "datePublished": decided} if decided else review


def decided_on(histories: Iterable[Iterable[Record]]) -> str:
    """The day since when all these checks say what they say now without a break; nothing without a run."""
    return max(map(_since, histories), default="")[:10]


def dated(records: Iterable[Record]) -> list[Record]:
    """The runs of which it is known when they ended."""
    return [record for record in records if record.run.finished]


def _since(records: Iterable[Record]) -> str:
    since, verdict = "", None
    for record in dated(records):
        if record.result.verdict != verdict:
            since, verdict = record.run.finished, record.result.verdict
    return since


def _claim(base: Base, claim: Claim) -> dict[str, Any]:
    """The claim as its sources make it: where it appears, and who says so."""
    said = [found for found in claim.evidence if found.role in _SAYS_SO]
    cited = dict.fromkeys(found.source for found in said)
    works = [base.sources[source] for source in cited if source in base.sources]
    content: dict[str, Any] = {"@type": "Claim", "text": claim.text}
    if works:
        content["appearance"] = [_work(work) for work in works]
    asserted = [found.source for found in said if found.role == "asserts"]
    authors = dict.fromkeys(name for work in works if work.id in asserted for name in work.authors)
    return {**content, "author": [_author(name) for name in authors]} if authors else content


def _author(name: str) -> dict[str, Any]:
    """A person is written "Family, Given" in the base's files, an organisation is not."""
    family, comma, given = name.partition(", ")
    if comma:
        return {"@type": "Person", "name": f"{given} {family}"}
    return {"@type": "Organization", "name": name}


def _work(source: Source) -> dict[str, Any]:
    content: dict[str, Any] = {"@type": "CreativeWork", "name": source.title}
    if address := web_address(source.url):
        content["url"] = address
    if source.authors:
        content["author"] = [_author(name) for name in source.authors]
    if source.issued:
        content["datePublished"] = source.issued
    return content
