"""Every format that is written, whatever is chosen; and other people's readers, which find the same in it."""

from __future__ import annotations

import csv
import html
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from kb import formats
from kb.commands.interchange import Exported, FormatError, UnknownName, export
from kb.commands.opening import Opened, standings
from kb.formats import dot, graphml, markdown, mermaid, relation_table, tables
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.format import Material, chosen
from kb.formats.holding import reduced
from kb.formats.pictured import joined
from kb.model import Bearing
from tests import site_demo
from tests.conftest import missing
from tests.exchanges import exchanges, material_of

WRITTEN = [name for name in formats.MODULES if formats.module(name).FORMAT.writes]
MERMAID = Path(__file__).parent / "node" / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
HOSTILE = (
    '"];x->y; "',
    "</script><b>",
    "a|b{c}[d](e)",
    '\\N \\" \\',
    "#35; &lt; %%",
    "end",
    "*_`~<!--",
    "-- > --x",
)


def demo(site: str = "https://example.org/site") -> tuple[Opened, dict[str, Any]]:
    base, argument, records, _ = site_demo.demo()
    return Opened(
        Path("/nowhere"), replace(base, config=replace(base.config, site=site)), argument, (), 0
    ), records


def exported(name: str, *select: str, exclude: tuple[str, ...] = ()) -> Exported:
    opened, records = demo()
    return export(opened, name, records, select, exclude)


def hostile(name: str, words: str) -> Exchange:
    """A linked step, an attack, an undercut and one of that, with these words wherever words can be."""
    drafting = Drafting(title=words, about=words)
    for key in ("aa", "bb", "cc", "dd"):
        drafting.claim(key, f"{words} {key}", title=f"{key} {words}", tags=("tag",), notes=words, id=key)
    drafting.step("s", "supports", ("aa", "bb"), "cc", because=words)
    drafting.step("t", "attacks", ("dd",), "aa", strength="strong")
    drafting.undercut("u", ("dd",), "s", because=words)
    drafting.undercut("v", ("bb",), "u")
    drafting.question(words, ("cc",), id="question")
    return reduced(drafting.finish(), formats.module(name).FORMAT.holds, draft=True)[0]


# --- what is chosen -------------------------------------------------------------


@pytest.mark.parametrize("name", WRITTEN)
def test_the_whole_base(name: str) -> None:
    done = exported(name)
    opened, _ = demo()
    live = [claim for claim in opened.base.claims.values() if claim.status != "retired"]
    left = sum(int(loss.what[8:-1]) for loss in done.lost if loss.what.startswith("claims ("))
    assert done.claims == len(live) - left
    assert done.text.endswith("\n")
    assert done == exported(name)


@pytest.mark.parametrize("name", WRITTEN)
def test_one_claim(name: str) -> None:
    opened, records = demo()
    decided = next(claim for claim in opened.base.claims.values() if _decided(opened, records, claim.id))
    done = exported(name, decided.id)
    assert (done.claims, done.relations) == (1, 0)
    others = [claim for claim in opened.base.claims.values() if claim.id != decided.id]
    assert not [claim.text for claim in others if claim.text in done.text]


def _decided(opened: Opened, records: dict[str, Any], claim: str) -> bool:
    account = standings(opened, records).get(opened.argument.alias.get(claim, claim))
    return account is not None and account.decided


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_at_all(name: str) -> None:
    done = exported(name, "bill-payable", exclude=("bill-payable",))
    assert (done.claims, done.relations) == (0, 0)
    assert done.text.endswith("\n")


@pytest.mark.parametrize("name", WRITTEN)
def test_relations_to_what_was_not_chosen_are_counted(name: str) -> None:
    done = exported(name, exclude=("bill-payable",))
    assert any(loss.what.startswith("relations to claims that were not chosen") for loss in done.lost)
    assert 0 < done.claims < exported(name).claims or name == "claimreview"


@pytest.mark.parametrize("name", WRITTEN)
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(UnknownName):
        exported(name, "no-such-claim")


def test_chosen_claims_keep_the_relations_among_them() -> None:
    base, *_ = site_demo.demo()
    ids = {"bill-payable", "energy"}
    found = chosen(base, ids)
    assert found.claims.keys() == ids
    assert [step.conclusion for step in found.claims["energy"].steps] == ["bill-payable"]
    assert {thesis for question in found.questions for thesis in question.theses} <= ids
    cited = {evidence.source for claim in found.claims.values() for evidence in claim.evidence}
    assert found.sources.keys() == cited & base.sources.keys()
    every = chosen(base, set(base.claims))
    assert every.claims == base.claims
    assert every.lost == ()


# --- other people's readers -----------------------------------------------------


def drawn(exchange: Exchange) -> tuple[int, int]:
    """How many nodes and edges a picture has."""
    claims = exchange.claims.values()
    parts = [part for claim in claims for part in (*claim.steps, *claim.undercuts)]
    split = joined(claims)
    needs = sum(len(claim.assumes) + len(claim.requires) for claim in claims)
    theses = sum(len(question.theses) for question in exchange.questions)
    edges = sum(len(part.premises) + 1 if part.id in split else 1 for part in parts)
    return len(claims) + len(split) + len(exchange.questions), edges + needs + theses


def graphviz(text: str) -> dict[str, Any]:
    if shutil.which("dot") is None:
        missing("graphviz is not installed")
    done = subprocess.run(["dot", "-Tdot_json"], input=text.encode(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert not done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("words", HOSTILE)
def test_graphviz_draws_hostile_words(words: str) -> None:
    exchange = hostile("dot", words)
    graph = graphviz(dot.write(material_of(exchange)))
    assert (len(graph["objects"]), len(graph["edges"])) == drawn(exchange)
    labels = [node["label"].replace("\n", " ") for node in graph["objects"]]
    # In a label a backslash is written as two, and entities are those of HTML.
    shown = [html.unescape(label.replace("\\\\", "\\")) for label in labels]
    assert [label for label in shown if label.startswith("aa ")] == [f"aa {words}"]


@given(exchanges())
@settings(max_examples=15, deadline=None)
def test_graphviz_finds_as_many_nodes_and_edges(exchange: Exchange) -> None:
    sent, _ = reduced(exchange, dot.FORMAT.holds)
    graph = graphviz(dot.write(material_of(sent)))
    assert (len(graph["objects"]), len(graph.get("edges", ()))) == drawn(sent)


@given(exchanges())
@settings(max_examples=50, deadline=None)
def test_networkx_finds_as_many_nodes_and_edges(exchange: Exchange) -> None:
    import networkx

    graph = networkx.parse_graphml(graphml.write(material_of(exchange)), force_multigraph=True)
    claims = exchange.claims.values()
    parts = [part for claim in claims for part in (*claim.steps, *claim.undercuts)]
    assert len(graph) == len(claims) + len(parts) + len(exchange.sources) + len(exchange.questions)
    pairs = [(premise, part.id) for part in parts for premise in part.premises]
    assert sum(data["kind"] == "premise" for *_, data in graph.edges(data=True)) == len(pairs)
    assert all(graph.has_edge(*pair) for pair in pairs)
    for claim in claims:
        assert graph.nodes[claim.id]["text"] == claim.text
        assert graph.nodes[claim.id].get("notes", "") == claim.notes


@pytest.fixture(scope="module")
def parser(browser: Any) -> Iterator[Any]:
    """A page with Mermaid in it, which gives the nodes and edges of a text."""
    if not MERMAID.is_file():
        missing("mermaid is not installed (npm ci --prefix tests/node)")
    page = browser.new_page()
    page.add_script_tag(path=str(MERMAID))
    page.evaluate("mermaid.initialize({startOnLoad: false, maxTextSize: 1e7, maxEdges: 1e5})")
    yield page
    page.close()


COUNT = """async text => {
  const found = (await mermaid.mermaidAPI.getDiagramFromText(text)).db.getData();
  return [found.nodes.map(node => node.label), found.edges.length];
}"""


@pytest.mark.parametrize("words", HOSTILE)
def test_mermaid_draws_hostile_words(parser: Any, words: str) -> None:
    exchange = hostile("mermaid", words)
    text = mermaid.write(material_of(exchange))
    labels, edges = parser.evaluate(COUNT, text)
    assert (len(labels), edges) == drawn(exchange)
    svg = parser.evaluate("async text => (await mermaid.render('drawn', text)).svg", text)
    shown = parser.evaluate(
        "svg => Object.assign(document.createElement('div'), {innerHTML: svg}).textContent",
        svg,
    )
    assert f"aa {words}".replace(" ", "") in shown.replace(" ", "").replace("\n", "")


def test_mermaid_finds_as_many_nodes_and_edges(parser: Any) -> None:
    @given(exchanges())
    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def check(exchange: Exchange) -> None:
        sent, _ = reduced(exchange, mermaid.FORMAT.holds)
        labels, edges = parser.evaluate(COUNT, mermaid.write(material_of(sent)))
        assert (len(labels), edges) == drawn(sent)

    check()


@given(exchanges())
@settings(max_examples=100, deadline=None)
def test_commonmark_finds_the_outline(exchange: Exchange) -> None:
    from markdown_it import MarkdownIt

    sent, _ = reduced(exchange, markdown.FORMAT.holds)
    text = markdown.write(material_of(sent))
    tokens = MarkdownIt("commonmark").parse(text)
    items = sum(token.type == "list_item_open" for token in tokens)
    assert items == sum(line.lstrip().startswith("- ") for line in text.splitlines())
    inline = [token for token in tokens if token.type == "inline"]
    kinds = {child.type for token in inline for child in token.children or ()}
    assert kinds <= {"text", "strong_open", "strong_close", "em_open", "em_close", "text_special"}
    plain = ["".join(c.content for c in token.children or ()) for token in inline]
    for claim in sent.claims.values():
        name = " ".join(claim.name.split())
        assert any(name in said for said in plain), name
    assert sum(token.type == "heading_open" for token in tokens) == text.count("\n## ") + 1


@given(exchanges())
@settings(max_examples=100, deadline=None)
def test_tables_are_read_back(exchange: Exchange) -> None:
    claims = exchange.claims.values()
    rows = list(csv.DictReader(io.StringIO(tables.write(material_of(exchange)), newline="")))
    assert [row["id"] for row in rows] == [*exchange.claims]
    for row, claim in zip(rows, claims, strict=True):
        assert row["claim"] in (claim.text, f" {claim.text}")
        assert not row["claim"].startswith(("=", "+", "-", "@"))
        assert row["tags"].split() == list(claim.tags)
    rows = list(csv.DictReader(io.StringIO(relation_table.write(material_of(exchange)), newline="")))
    steps = [(s.id, p, s.kind, s.conclusion) for claim in claims for s in claim.steps for p in s.premises]
    cuts = [(u.id, p, "undercuts", u.target) for claim in claims for u in claim.undercuts for p in u.premises]
    told = [(row["relation"], row["from"], row["kind"], row["to"]) for row in rows if row["relation"]]
    assert sorted(told) == sorted([*steps, *cuts])
    others = sum(len(c.assumes) + len(c.requires) + len(c.restates) + len(c.same_evidence_as) for c in claims)
    assert len(rows) == len(told) + others


# --- ClaimReview ----------------------------------------------------------------


def test_claimreview_expands_without_the_network() -> None:
    from pyld import jsonld

    def refuse(address: str, *_: object) -> None:
        raise AssertionError(f"asked for {address}")

    value = json.loads(exported("claimreview").text)
    assert value["@context"] == "https://schema.org"
    context = {"@vocab": "https://schema.org/", "url": {"@type": "@id"}}
    found = jsonld.expand({**value, "@context": context}, {"documentLoader": refuse})
    opened, records = demo()
    decided = [claim for claim in opened.base.claims if _decided(opened, records, claim)]
    assert len(found) == len(decided) == len(value["@graph"])
    assert len(decided) > 2
    schema = "https://schema.org/"
    for review, claim in zip(found, decided, strict=True):
        assert review["@type"] == [f"{schema}ClaimReview"]
        assert review[f"{schema}url"] == [{"@id": f"https://example.org/site/claim/{claim}.html"}]
        assert review[f"{schema}claimReviewed"] == [{"@value": opened.base.claims[claim].text}]
        rating = review[f"{schema}reviewRating"][0][f"{schema}ratingValue"][0]["@value"]
        assert 0 <= rating <= 1


def test_claimreview_says_what_the_site_says() -> None:
    from kb.site.machine import claim_review
    from kb.site.view import view_of

    opened, records = demo()
    base, argument, _, accounts = site_demo.demo()
    view = view_of(opened.base, argument, records, accounts)
    reviews = json.loads(exported("claimreview").text)["@graph"]
    pages = [claim_review(view, claim, view.account(claim.id)) for claim in base.claims.values()]
    assert [{"@context": "https://schema.org", **review} for review in reviews] == list(filter(None, pages))


@pytest.mark.parametrize("site", ["", "example.org", "javascript:alert(1)"])
def test_claimreview_needs_the_address_of_the_site(site: str) -> None:
    opened, records = demo(site)
    with pytest.raises(FormatError, match=r"kb.yaml: `site` is missing"):
        export(opened, "claimreview", records)


def test_claims_that_no_check_decided_are_counted_as_left_out() -> None:
    done = exported("claimreview")
    undecided = next(loss for loss in done.lost if loss.why == "no check decided them")
    assert done.claims == len(json.loads(done.text)["@graph"])
    assert undecided.what.startswith("claims (")


# --- what a format holds --------------------------------------------------------


def everything() -> Exchange:
    drafting = Drafting(title="All")
    for key in ("aa", "bb", "cc"):
        drafting.claim(key, "One.\n\nTwo.", title=key, tags=("x",), notes="n", origin="ours", id=key)
    drafting.source("work", {"title": "Work"}, id="work")
    drafting.cite("aa", "work")
    drafting.step("s", "supports", ("aa", "bb"), "cc", strength="strong", because="b", scheme="analogy")
    drafting.step("t", "attacks", ("cc",), "aa")
    drafting.undercut("u", ("cc", "bb"), "s", strength="weak", because="b")
    drafting.undercut("v", ("bb",), "u")
    drafting.undercut("w", ("aa",), "t")
    for kind in ("assumes", "requires", "restates", "same_evidence_as"):
        drafting.need(kind, "aa", "bb")  # type: ignore[arg-type]
    drafting.question("What?", ("cc",), id="what")
    found = drafting.finish()
    claims = dict(found.claims)
    claims["cc"] = replace(claims["cc"], checks=(Bearing("test", "direct", "", "cc"),))
    return replace(found, claims=claims)


@pytest.mark.parametrize(
    ("gone", "times", "left"),
    [
        ("titles", 3, 0), ("paragraphs", 3, 0), ("tags", 3, 0), ("notes", 3, 0), ("origin", 3, 0),
        ("sources", 1, 0), ("supports", 1, 2), ("attacks", 1, 1), ("linked", 2, 0), ("strength", 2, 0),
        ("because", 2, 0), ("scheme", 1, 0), ("undercuts", 2, 3), ("nested", 1, 1), ("assumes", 1, 0),
        ("requires", 1, 0), ("restates", 1, 0), ("shared", 1, 0), ("questions", 1, 0), ("checks", 1, 0),
    ],
)  # fmt: skip
def test_what_a_format_cannot_hold_is_counted(gone: str, times: int, left: int) -> None:
    """``left`` counts the undercuts that go too, when what they undercut is gone."""
    from kb.formats.holding import FEATURES

    found, lost = reduced(everything(), frozenset(FEATURES) - {gone})
    assert [(loss.what, loss.why) for loss in lost] == [
        (f"{FEATURES[gone]} ({times})", "the format has no place for it")
    ]
    cuts = sum(len(claim.undercuts) for claim in found.claims.values())
    assert cuts == 3 - left
    assert reduced(found, frozenset(FEATURES) - {gone})[1] == ()


def test_a_format_that_holds_everything_changes_nothing() -> None:
    from kb.formats.holding import FEATURES

    assert reduced(everything(), frozenset(FEATURES)) == (everything(), ())


def test_material_knows_where_restated_claims_stand() -> None:
    base, argument, _, accounts = site_demo.demo()
    alias, node = next(iter(argument.alias.items()))
    assert Material(base, Exchange(), argument, {}, accounts).account(alias) == accounts[node]
