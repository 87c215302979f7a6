"""The pages of claims and sources: how they are cited, where their files are, how they are answered."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from kb import load
from kb.model import Base, Claim, Config, Source
from kb.site import build, cite
from kb.site.pages import claim as claim_page
from kb.site.pages import suggest
from kb.site.view import view_of
from tests import site_demo
from tests.conftest import SMALL_BASE, write_base


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("claims")
    build(*site_demo.demo(), out)
    return out


def page(site: Path, name: str) -> str:
    return (site / name).read_text(encoding="utf-8")


def test_every_step_that_a_page_offers_to_undercut_is_one_that_the_form_knows() -> None:
    view = view_of(*site_demo.demo())
    offered = 0
    for name in view.base.claims:
        content = claim_page.content(view, name)
        groups = [*content["for"], *content["against"], *content["checks"]]
        while groups:
            it = groups.pop()
            groups.extend(it["undercuts"])
            asked = {key: value[0] for key, value in parse_qs(it["answer"].partition("#")[2]).items()}
            assert asked["as"] == "undercuts"
            known = [step for step, _ in suggest._entry(view, asked["to"])["steps"]]
            assert asked["step"] in known
            offered += 1
    assert offered > 10


def test_a_claim_may_be_answered_unless_it_is_retired(site: Path) -> None:
    shown = page(site, "claim/bill-payable.html")
    assert 'href="../suggest.html#to=bill-payable&amp;as=attacks"' in shown
    assert 'href="../suggest.html#to=bill-payable&amp;as=supports"' in shown
    view = view_of(*site_demo.demo())
    retired = next(claim for claim in view.base.claims.values() if claim.status == "retired")
    assert "Suggest a counter-claim" not in page(site, f"claim/{retired.id}.html")


def test_undercuts_of_undercuts_stand_at_the_step_that_they_hit(site: Path) -> None:
    nested = [
        path for path in (site / "claim").glob("*.html") if path.read_text().count('<ul class="cuts">') > 1
    ]
    assert nested
    text = nested[0].read_text(encoding="utf-8")
    assert re.search(r'<li class="reason".*?<ul class="cuts">', text, re.DOTALL)


def test_a_file_is_edited_and_looked_back_at_where_its_host_keeps_it(tmp_path: Path) -> None:
    from dataclasses import replace

    base, amap, records, accounts = site_demo.demo()
    config = replace(base.config, repository="https://gitlab.com/o/r", branch="trunk")
    build(replace(base, config=config), amap, records, accounts, tmp_path / "out")
    shown = page(tmp_path / "out", "claim/bill-payable.html")
    for place in ("edit", "commits"):
        assert f'"https://gitlab.com/o/r/-/{place}/trunk/claims/compute/bill-payable.yaml"' in shown


def test_without_a_known_host_nothing_is_guessed(site: Path) -> None:
    shown = page(site, "claim/bill-payable.html")
    assert "Edit the file" not in shown
    assert "Its history" not in shown


def test_the_citation_of_a_claim_names_its_address_or_its_id(site: Path) -> None:
    assert "https://example.org/site/claim/bill-payable.html" in page(site, "claim/bill-payable.html")
    base = Base("/x/claims", Config("Is it 100 % {true}?"))
    cited = cite.of_claim(base, Claim("a-b", "It costs $5 & more_or_less.", "t/a-b.yaml"))
    assert cited["text"] == "“It costs $5 & more_or_less.”, in: Is it 100 % {true}?, claim a-b"
    assert cited["bibtex"].splitlines() == [
        "@misc{a-b,",
        r"  title = {{It costs \$5 \& more\_or\_less.}},",
        r"  howpublished = {Claim in Is it 100 \% \{true\}?},",
        "  note = {{Claim a-b}},",
        "}",
    ]


def test_a_source_is_cited_by_its_fields() -> None:
    source = Source(
        "kaplan-2020",
        "Scaling laws",
        type="article-journal",
        authors=("Kaplan, Jared", "OpenAI"),
        issued="2020-01-23",
        csl={"container-title": "Nature & Co", "volume": "15", "page": "1-30", "DOI": "10.1/x_y"},
    )
    cited = cite.of_source(source)
    assert cited["text"] == (
        "Jared Kaplan and OpenAI, “Scaling laws”, Nature & Co, 23 January 2020, https://doi.org/10.1/x_y"
    )
    assert cited["bibtex"].splitlines() == [
        "@article{kaplan-2020,",
        "  author = {Kaplan, Jared and {OpenAI}},",
        "  title = {{Scaling laws}},",
        r"  journal = {{Nature \& Co}},",
        "  year = {{2020}},",
        "  month = jan,",
        "  volume = {{15}},",
        "  pages = {{1--30}},",
        "  doi = {10.1/x_y},",
        "  url = {https://doi.org/10.1/x_y},",
        "}",
    ]
    assert cite.of_source(Source("a", "T", type="thesis"))["bibtex"].startswith("@phdthesis{a,\n")


def test_dates_and_people_are_read_as_in_a_text() -> None:
    assert [cite.day(date) for date in ("2024-04-06", "2024-12", "2024", "")] == [
        "6 April 2024",
        "December 2024",
        "2024",
        "",
    ]
    assert cite.people(["Abdin, Marah", "Aneja, Jyoti", "OpenAI"]) == "Marah Abdin, Jyoti Aneja and OpenAI"


def test_the_pages_are_light(site: Path) -> None:
    for folder in ("claim", "source"):
        for path in (site / folder).glob("*.html"):
            assert len(gzip.compress(path.read_bytes())) < 15_000, path.name


@pytest.mark.browser
@pytest.mark.parametrize("where", ["claim/bill-payable.html", "source/gpt3-2020.html"])
def test_a_citation_is_copied(browser: Any, site: Path, where: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown = context.new_page()
    shown.goto((site / where).as_uri())
    for button, text in (("Copy", "#cite-text"), ("Copy BibTeX", "#cite-bibtex")):
        shown.get_by_role("button", name=button, exact=True).click()
        shown.locator("aside [role=status]", has_text="Copied.").wait_for()
        assert shown.evaluate("navigator.clipboard.readText()") == shown.locator(text).text_content()
        shown.evaluate("document.querySelector('aside [role=status]').textContent = ''")
    context.close()


def test_shared_evidence_stances_and_stale_reviews_are_said_in_words(tmp_path: Path) -> None:
    more = {
        "towers/tower-is-climbed.yaml": SMALL_BASE["towers/tower-is-climbed.yaml"]
        .replace("checks: [tower-climb]", "checks: [{check: tower-climb, reviewed: '00000000'}]")
        .replace("low.}", "low., reviewed: '00000000'}")
        + "same_evidence_as: [tower-is-short]\nstance: {tower-is-tall: against}\n",
    }
    load(write_base(tmp_path / "base", {**SMALL_BASE, **more})).render(tmp_path / "site")
    climbed = page(tmp_path / "site", "claim/tower-is-climbed.html")
    assert re.search("On the same evidence</h2>.*only the strongest counts.*>The tower is short</a>", climbed)
    assert 'It is thought to speak against <a href="../claim/tower-is-tall.html">' in climbed
    stale = "Reviewed before its words changed: look again"
    assert climbed.count(stale) == 1
    short = page(tmp_path / "site", "claim/tower-is-short.html")
    assert re.search("On the same evidence</h2>.*>Visitors climb a thousand steps</a>", short)
    assert short.count(stale) == 1
    assert "Reviewed before the words of the claim or the check changed" in (
        page(tmp_path / "site", "check/tower-climb.html")
    )
    assert "Reviewed before" not in page(tmp_path / "site", "claim/tower-is-tall.html")


def test_names_and_numbers_joined_by_a_hyphen_stay_whole_in_links_and_cards(site: Path) -> None:
    whole = '<span class="whole">GPT-3</span>'
    assert whole in page(site, "map.html")
    assert whole in page(site, "index.html")
