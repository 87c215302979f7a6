"""What programs read of a site: data files and their schema, ClaimReview, addresses, sitemap, feed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import jsonschema_rs
import pytest

import kb
from kb.checks import record
from kb.model import Base, Check, Claim, Config, Quantity, Record, Run, Source, Verdict
from kb.resources import example_base, schema_folder
from kb.site import build
from tests import site_demo

SCHEMA = json.loads((schema_folder() / "data.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
KINDS = ("claims", "checks", "sources", "quantities", "relations", "questions", "measurements")
SITE = "https://example.org/site"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build(*site_demo.demo(), out)
    return out


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo without an address on the web."""
    out = tmp_path_factory.mktemp("nowhere")
    base, _, records, _ = site_demo.demo()
    build(*site_demo.solved(replace(base, config=replace(base.config, site="")), records), out)
    return out


def data(site: Path, kind: str) -> Any:
    return json.loads((site / "data" / f"{kind}.json").read_text("utf-8"))


def rows(site: Path, kind: str) -> dict[str, Any]:
    return {row["id"]: row for row in data(site, kind)["items"]}


# Data files


def fits(folder: Path) -> None:
    for kind in ("index", *KINDS):
        found = data(folder, kind)
        assert found["kind"] == kind
        assert not [f"{kind}: {error.message[:200]}" for error in VALIDATOR.iter_errors(found)]
        assert (folder / "data" / found["$schema"]).read_bytes() == (
            schema_folder() / "data.schema.json"
        ).read_bytes()
    for entry in data(folder, "index")["items"]:
        assert len(data(folder, entry["kind"])["items"]) == entry["count"]


def test_the_data_of_the_demo_fits_its_schema(site: Path) -> None:
    fits(site)


def test_the_data_of_the_shipped_base_fits_its_schema(tmp_path: Path) -> None:
    kb.load(example_base()).render(tmp_path)
    fits(tmp_path)


def test_the_data_of_an_empty_base_fits_its_schema(tmp_path: Path) -> None:
    build(*site_demo.solved(Base("/somewhere", Config("Nothing")), {}), tmp_path)
    fits(tmp_path)
    assert data(tmp_path, "claims")["items"] == []


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("claims", {"standing": "maybe"}),
        ("claims", {"strength": [0.1]}),
        ("checks", {"verdict": "true"}),
        ("relations", {"kind": "helps"}),
        ("sources", {"unknown": 1}),
    ],
)
def test_the_schema_refuses_what_is_wrong(site: Path, kind: str, change: dict[str, object]) -> None:
    found = data(site, kind)
    found["items"][0].update(change)
    assert not VALIDATOR.is_valid(found)
    found = data(site, kind)
    del found["items"][0]["id"]
    assert not VALIDATOR.is_valid(found)


def test_the_data_says_what_the_pages_say(site: Path) -> None:
    base, amap, records, accounts = site_demo.demo()
    claims, checks = rows(site, "claims"), rows(site, "checks")
    assert [*claims] == [*base.claims]
    assert [*checks] == [*base.checks]
    for name, account in accounts.items():
        assert claims[name]["standing"] == account.standing
        assert claims[name]["strength"] == list(account.strength)
    for name, found in records.items():
        assert checks[name]["verdict"] == found.result.verdict
    relations = rows(site, "relations")
    assert relations.keys() == {step.id for step in amap.steps} | {cut.id for cut in amap.undercuts}
    assert relations["energy--attacks--bill-payable"]["weight"] == pytest.approx(
        accounts.weights["energy--attacks--bill-payable"]
    )
    retired = [row for row in claims.values() if row["status"] == "retired"]
    assert retired
    assert all(row["standing"] is None for row in retired)


def test_addresses_in_the_data_are_pages(site: Path) -> None:
    for kind in KINDS:
        for row in data(site, kind)["items"]:
            if "address" in row:
                assert (site / row["address"].partition("#")[0]).is_file()


def test_rows_stand_one_to_a_line(site: Path) -> None:
    lines = (site / "data" / "claims.json").read_text("utf-8").splitlines()
    assert len(lines) == len(site_demo.base().claims) + 2
    assert json.loads(lines[1].rstrip(","))["id"] == next(iter(site_demo.base().claims))


def test_numbers_that_json_lacks_are_null(tmp_path: Path) -> None:
    base = site_demo.base()
    odd = Quantity("odd", float("nan"), title="Odd")
    build(*site_demo.solved(replace(base, quantities={**base.quantities, "odd": odd}), {}), tmp_path)
    assert rows(tmp_path, "quantities")["odd"]["value"] is None
    fits(tmp_path)


def test_the_downloads_are_listed_in_words(site: Path) -> None:
    page = (site / "data.html").read_text("utf-8")
    for kind in KINDS:
        assert f'href="data/{kind}.json"' in page
    assert 'href="../data.html"' in (site / "claim" / "energy.html").read_text("utf-8")


# ClaimReview


def reviews(site: Path) -> dict[str, Any]:
    found = {}
    for path in sorted((site / "claim").glob("*.html")):
        block = re.search(
            r'<script type="application/ld\+json">(.*?)</script>', path.read_text("utf-8"), re.S
        )
        if block:
            found[path.stem] = json.loads(block[1])
    return found


def test_claims_that_a_check_decided_have_a_claim_review(site: Path) -> None:
    """Required by schema.org's consumers: claimReviewed, reviewRating with a rating in words, url, author."""
    _, _, _, accounts = site_demo.demo()
    found = reviews(site)
    assert found.keys() >= {name for name, account in accounts.items() if account.decided}
    assert not found.keys() & {name for name, account in accounts.items() if not account.decided}
    base = site_demo.base()
    for name, review in found.items():
        assert review["@context"] == "https://schema.org"
        assert review["@type"] == "ClaimReview"
        assert review["url"] == f"{SITE}/claim/{name}.html"
        assert review["claimReviewed"] == base.claims[name].text
        assert review["author"]["name"] == base.config.title
        rating = review["reviewRating"]
        assert rating["alternateName"] in ("Stands", "Falls", "Open")
        assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
        assert review["itemReviewed"]["@type"] == "Claim"


def test_a_claim_review_says_where_the_claim_was_made(site: Path) -> None:
    item = reviews(site)["gpt3-days"]["itemReviewed"]
    base = site_demo.base()
    works = [base.sources[found.source].title for found in base.claims["gpt3-days"].evidence]
    assert [work["name"] for work in item["appearance"]] == works
    assert all(author["@type"] in ("Person", "Organization") for author in item.get("author", []))


def test_a_claim_review_is_dated_by_the_run_that_first_said_so(tmp_path: Path) -> None:
    out = recorded_site(tmp_path)
    assert reviews(out)["gpt3-days"]["datePublished"] == "2024-03-01"


# Addresses on the web


def test_pages_name_their_canonical_address(site: Path) -> None:
    page = (site / "claim" / "energy.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{SITE}/claim/energy.html">' in page
    assert f'<meta property="og:url" content="{SITE}/claim/energy.html">' in page
    assert f'<link rel="canonical" href="{SITE}/">' in (site / "index.html").read_text("utf-8")
    assert "canonical" not in (site / "404.html").read_text("utf-8")


def test_without_an_address_nothing_invents_one(nowhere: Path) -> None:
    assert not reviews(nowhere)
    for name in ("sitemap.xml", "robots.txt", "feed.xml"):
        assert not (nowhere / name).exists()
    for path in nowhere.rglob("*.html"):
        text = path.read_text("utf-8")
        assert "og:url" not in text
        assert 'rel="canonical" href="http' not in text
    assert 'property="og:title" content="Energy' in (nowhere / "claim" / "energy.html").read_text("utf-8")


def test_hostile_words_stay_words_in_the_head(tmp_path: Path) -> None:
    base = site_demo.base()
    claim = replace(base.claims["energy"], title='"><script>alert(1)</script>')
    build(*site_demo.solved(replace(base, claims={**base.claims, "energy": claim}), {}), tmp_path)
    for name in ("claim/energy.html", "question/compute-bill.html"):
        assert "<script>alert" not in (tmp_path / name).read_text("utf-8")


def test_the_sitemap_lists_every_page_once(site: Path) -> None:
    root = fromstring((site / "sitemap.xml").read_bytes())
    found = [loc.text or "" for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(found) == len(set(found))
    assert f"{SITE}/" in found
    assert f"{SITE}/claim/energy.html" in found
    assert not [address for address in found if address.endswith(("404.html", "gpt3-pfs-days.html"))]
    # Tools hold nothing to find, and say so themselves.
    tools = {*(site / "whatif").glob("*.html"), site / "search.html", site / "suggest.html"}
    assert len(tools) > 2
    assert not {f"{SITE}/{path.relative_to(site).as_posix()}" for path in tools} & set(found)
    assert all('<meta name="robots" content="noindex">' in path.read_text("utf-8") for path in tools)
    for address in found:
        assert (site / (address.removeprefix(f"{SITE}/") or "index.html")).is_file()
    assert f"Sitemap: {SITE}/sitemap.xml" in (site / "robots.txt").read_text()


# The feed


def recorded_site(folder: Path) -> Path:
    """The demo with a ledger: a verdict that came out otherwise and back, and one of another check."""
    base, _, records, _ = site_demo.demo()
    base = replace(base, root=str(folder / "base"))
    (folder / "base").mkdir()

    def ran(check: str, verdict: Verdict, key: str, finished: str) -> None:
        result = replace(records[check].result, verdict=verdict, key=key)
        record(folder / "base", [Record(result, Run(finished=finished))])

    ran("gpt3-petaflop-days", Verdict.HOLDS, "a", "2024-01-01T10:00:00+00:00")
    ran("gpt3-petaflop-days", Verdict.FAILS, "b", "2024-02-01T10:00:00+00:00")
    ran("gpt3-petaflop-days", Verdict.HOLDS, "c", "2024-03-01T10:00:00+00:00")
    ran("gpt3-petaflop-days", Verdict.HOLDS, "d", "2024-04-01T10:00:00+00:00")
    ran("gpt4-share", Verdict.HOLDS, "e", "2024-02-15T10:00:00+00:00")
    build(*site_demo.solved(base, records), folder / "site")
    return folder / "site"


def test_the_feed_tells_changed_verdicts_newest_first(tmp_path: Path) -> None:
    out = recorded_site(tmp_path)
    root = fromstring((out / "feed.xml").read_bytes())
    for name in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{name}") is not None
    entries = root.findall(f"{ATOM}entry")
    updated = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert [date[:10] for date in updated] == ["2024-03-01", "2024-02-15", "2024-02-01", "2024-01-01"]
    assert all(datetime.fromisoformat(date).tzinfo for date in updated)
    titles = [entry.findtext(f"{ATOM}title", "") for entry in entries]
    assert titles[0].endswith("Holds, after Fails")
    assert titles[1].endswith("Holds (first recorded)")
    ids = [entry.findtext(f"{ATOM}id", "") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"tag:example\.org,\d{4}-\d\d-\d\d:/site/check/\S+", name) for name in ids)
    links = [entry.find(f"{ATOM}link").get("href") for entry in entries]  # type: ignore[union-attr]
    assert links[0] == f"{SITE}/check/gpt3-petaflop-days.html"
    page = (out / "claim" / "energy.html").read_text("utf-8")
    assert (
        '<link rel="alternate" type="application/atom+xml" title="Changed verdicts" href="../feed.xml">'
        in page
    )


def test_ids_of_the_feed_outlive_new_wording(tmp_path: Path) -> None:
    out = recorded_site(tmp_path)
    first = re.findall("<id>(.*)</id>", (out / "feed.xml").read_text("utf-8"))
    base, _, records, _ = site_demo.demo()
    checks = {name: replace(check, title=f"Other {name}") for name, check in base.checks.items()}
    base = replace(base, root=str(tmp_path / "base"), checks=checks)
    build(*site_demo.solved(base, records), out)
    text = (out / "feed.xml").read_text("utf-8")
    assert "Other gpt4-share" in text
    assert re.findall("<id>(.*)</id>", text) == first


def test_a_feed_survives_what_xml_cannot_say(tmp_path: Path) -> None:
    base, _, records, _ = site_demo.demo()
    (tmp_path / "base").mkdir()
    check = replace(base.checks["gpt4-share"], title="Odd \x0b & <b>\ufffe")
    base = replace(base, root=str(tmp_path / "base"), checks={**base.checks, "gpt4-share": check})
    result = replace(records["gpt4-share"].result, key="k")
    record(tmp_path / "base", [Record(result, Run(finished="2024-01-01T00:00:00+00:00"))])
    build(*site_demo.solved(base, records), tmp_path / "site")
    root = fromstring((tmp_path / "site" / "feed.xml").read_bytes())
    assert "& <b>" in root.findtext(f"{ATOM}entry/{ATOM}title", "")


def test_without_a_history_there_is_no_feed(site: Path) -> None:
    assert not (site / "feed.xml").exists()
    assert "atom+xml" not in (site / "index.html").read_text("utf-8")


def test_what_only_has_an_id_has_a_title(tmp_path: Path) -> None:
    claims = {"bare": Claim("bare", "It is so.")}
    checks = {"bare-check": replace(next(iter(site_demo.base().checks.values())), id="bare-check", title="")}
    base = Base("", Config("Bare"), claims, checks, {"bare-work": Source("bare-work", "A work")})
    build(*site_demo.solved(base, {}), tmp_path)
    assert isinstance(base.checks["bare-check"], Check)
    for kind in ("claims", "checks", "sources"):
        assert all(row["title"] for row in data(tmp_path, kind)["items"])
