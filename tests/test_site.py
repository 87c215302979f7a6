"""The site's files: sound HTML, safe, deterministic, and written only when they change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest

from kb.graph import argument_map
from kb.model import (
    ArgumentMap,
    Base,
    Bearing,
    Check,
    Claim,
    Config,
    Contribution,
    Expectation,
    Formula,
    Question,
    ReadingResult,
    Record,
    Result,
    Step,
    Undercut,
    Verdict,
)
from kb.site import ForeignFolderError, build, words
from kb.site.pages import argument
from kb.site.view import view_of
from kb.standing import Accounts, solve
from tests import site_demo, site_synthetic

Demo = tuple[Base, ArgumentMap, dict[str, Record], Accounts]
VOID = {"meta", "link", "br", "input", "img", "hr"}


@pytest.fixture(scope="module")
def demo() -> Demo:
    return site_demo.demo()


@pytest.fixture(scope="module")
def site(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build(*demo, out)
    return out


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def stamps(site: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(site)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in site.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


class Balanced(HTMLParser):
    """Fails on a tag that is not closed in order; gathers ids, links and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.headings: list[int] = []
        self.landmarks: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"attribute twice in <{tag}>"
        self.attributes |= given.keys()
        if given.get("id"):
            self.ids.append(given["id"] or "")
        for name in ("href", "src"):
            if given.get(name):
                self.links.append(given[name] or "")
        if tag == "script":
            self.scripts.append((given, ""))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("main", "header", "nav", "footer"):
            self.landmarks.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= dict(attrs).keys()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"


def parsed(path: Path) -> Balanced:
    parser = Balanced()
    parser.feed(path.read_text(encoding="utf-8"))
    parser.close()
    assert parser.open == [], f"{path.name}: not closed: {parser.open}"
    return parser


def test_every_kind_of_page_is_there(site: Path) -> None:
    found = {str(path.relative_to(site)) for path in pages(site)}
    assert found >= {
        "index.html",
        "map.html",
        "checks.html",
        "sources.html",
        "measurements.html",
        "cruxes.html",
        "method.html",
        "404.html",
        "question/compute-bill.html",
        "map/compute-bill.html",
        "claim/gpt3-days.html",
        "claim/old-claim.html",
        "claim/no-more-text.html",
        "claim/gpt3-pfs-days.html",
        "check/gpt3-petaflop-days.html",
        "source/gpt3-2020.html",
    }


def test_pages_are_well_formed_and_their_links_lead_somewhere(site: Path) -> None:
    found = {path.resolve(): parsed(path) for path in pages(site)}
    for path, page in found.items():
        assert len(page.ids) == len(set(page.ids)), f"{path.name}: an id twice"
        for link in page.links:
            address, fragment = urldefrag(link)
            parts = urlsplit(address)
            if parts.scheme in ("https", "http"):
                continue
            if parts.scheme == "data":
                assert address == "data:,"
                continue
            assert not parts.scheme, f"{path.name}: {link}"
            # Hosts show the page of missing pages at any address, so its links start at the root: /site/.
            address = address.removeprefix("/site/") if path.name == "404.html" else address
            target = (path.parent / address).resolve() if address else path
            assert target.is_file(), f"{path.name}: {link}"
            if fragment and not fragment.startswith(("c=", "to=")):
                assert fragment in found[target].ids, f"{path.name}: {link}"


def test_pages_have_landmarks_and_headings_in_order(site: Path) -> None:
    for path in pages(site):
        page = parsed(path)
        if "http-equiv" in page.attributes and not page.headings:
            continue  # a redirect
        assert page.headings.count(1) == 1, path.name
        assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), (
            path.name,
            page.headings,
        )
        assert page.landmarks.count("main") == 1
        assert "nav" in page.landmarks


def test_nothing_inline_can_run(site: Path) -> None:
    for path in pages(site):
        page = parsed(path)
        assert not [name for name in page.attributes if name.startswith("on") or name == "style"], path.name
        for attributes, text in page.scripts:
            assert attributes.get("type") in ("application/ld+json", "application/json") or (
                attributes.get("src") and not text.strip()
            )


def test_hostile_text_stays_text(site: Path) -> None:
    text = (site / "claim" / "hostile.html").read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<b>Bold" not in text
    assert "<img" not in text
    source = (site / "source" / "hostile-source.html").read_text(encoding="utf-8")
    assert "javascript:" not in source
    index = (site / "search" / "0.js").read_text(encoding="utf-8")
    assert "\u2028" not in index


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//host/x",
        "file:///etc/passwd",
        "http://[",
        "",
    ],
)
def test_addresses_that_pages_must_not_link_to(address: str) -> None:
    assert words.web_address(address) == ""


def test_a_data_block_cannot_be_ended_early(tmp_path: Path, demo: Demo) -> None:
    base, *_ = demo
    claim = replace(base.claims["law-holds"], text="</script><script>alert(1)</script>")
    found = site_demo.solved(replace(base, claims={**base.claims, "law-holds": claim}), demo[2])
    build(*found, tmp_path / "site")
    text = (tmp_path / "site" / "claim" / "law-holds.html").read_text(encoding="utf-8")
    assert "application/ld+json" in text
    assert "<script>alert" not in text
    assert "\\u003c/script\\u003e" in text


def test_the_account_adds_up_on_the_page(demo: Demo) -> None:
    view = view_of(*demo)
    from kb.site.pages import claim

    content = claim.content(view, "bill-payable")
    for end in (0, 1):
        lines = [float(line["nats"][end].replace("−", "-")) for line in content["account"]["lines"]]
        assert sum(lines) == pytest.approx(
            float(content["account"]["total"][end].replace("−", "-")), abs=0.005 * (len(lines) + 1)
        )


def test_shared_lines_name_claims_not_steps(demo: Demo) -> None:
    from kb.site.pages import claim

    line = Contribution(
        "shared", "", 1, (0.0, -0.2), "Of energy--attacks--bill-payable only the strongest counts"
    )
    account = replace(demo[3]["bill-payable"], contributions=(line,))
    view = replace(view_of(*demo), accounts={"bill-payable": account})
    content = claim.content(view, "bill-payable")
    assert (
        content["account"]["lines"][0]["words"]
        == "Of “Energy use makes it unsustainable” only the strongest counts"
    )


def test_undercuts_stand_at_the_step_that_they_hit(site: Path) -> None:
    text = (site / "claim" / "bill-payable.html").read_text(encoding="utf-8")
    step = text.index('id="quadratic--attacks--bill-payable"')
    end = text.index("</li>\n</ul>\n</section>", step)
    assert (
        step
        < text.index("Labs train small models for longer", step)
        < text.index("Use costs more than training", step)
        < end
    )


def test_the_first_page_counts_apart(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert re.search(r"\d+ of 23 claims decided by a check, 2 informed by a proxy, 0 with context", text)


def test_equal_input_gives_equal_bytes(tmp_path: Path, demo: Demo) -> None:
    for name in ("a", "b"):
        build(*demo, tmp_path / name)
    first, second = stamps(tmp_path / "a"), stamps(tmp_path / "b")
    assert {path: data for path, (data, _) in first.items()} == {
        path: data for path, (data, _) in second.items()
    }


def test_a_second_build_touches_nothing(tmp_path: Path, demo: Demo) -> None:
    out = tmp_path / "site"
    first = build(*demo, out)
    before = stamps(out)
    second = build(*demo, out)
    assert (second.written, second.removed) == (0, 0)
    assert second.unchanged == first.written
    assert stamps(out) == before


def test_one_change_writes_only_what_shows_it(tmp_path: Path) -> None:
    found = site_synthetic.synthetic(200)
    out = tmp_path / "site"
    build(*found, out)
    before = stamps(out)
    base = found[0]
    changed = replace(base.claims["claim-39"], title="Another title")
    build(*site_demo.solved(replace(base, claims={**base.claims, "claim-39": changed}), found[2]), out)
    touched = {path for path, stamp in stamps(out).items() if before[path] != stamp}
    assert {"claim/claim-39.html", "map/question-0.html", "source/only-source.html"} <= touched
    assert "claim/claim-80.html" not in touched
    assert len(touched) < 15


def test_a_damaged_or_missing_page_is_written_again(tmp_path: Path, demo: Demo) -> None:
    out = tmp_path / "site"
    build(*demo, out)
    good = (out / "index.html").read_bytes()
    (out / "index.html").write_bytes(b"cut")
    (out / "claim" / "energy.html").unlink()
    assert build(*demo, out).written == 2
    assert (out / "index.html").read_bytes() == good


def test_pages_of_what_is_gone_are_removed_and_strangers_stay(tmp_path: Path, demo: Demo) -> None:
    out = tmp_path / "site"
    build(*demo, out)
    (out / "CNAME").write_text("example.org")
    (out / "claim" / "mine.txt").write_text("mine")
    base = demo[0]
    left = {name: claim for name, claim in base.claims.items() if name != "railways"}
    report = build(*site_demo.solved(replace(base, claims=left, sources={}), demo[2]), out)
    assert report.removed == 0
    assert "was withdrawn" in (out / "claim" / "railways.html").read_text("utf-8")
    assert "was withdrawn" in (out / "source" / "gpt3-2020.html").read_text("utf-8")
    build(*site_demo.solved(Base("/somewhere", base.config), {}), out)
    without = replace(base.config, questions=(), renamed={})
    build(*site_demo.solved(Base("/somewhere", without), {}), out)
    assert not (out / "map" / "compute-bill.html").exists()
    assert not (out / "map").exists()
    assert (out / "CNAME").read_text() == "example.org"
    assert (out / "claim" / "mine.txt").read_text() == "mine"


def test_a_folder_of_others_is_refused_and_left_as_it_is(tmp_path: Path, demo: Demo) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(ForeignFolderError, match=re.escape("thesis.tex")):
        build(*demo, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_strangers_file_at_a_pages_address_is_refused(tmp_path: Path, demo: Demo) -> None:
    out = tmp_path / "site"
    build(*demo, out)
    base = demo[0]
    fresh = replace(base.claims["energy"], id="fresh", steps=())
    (out / "claim" / "fresh.html").write_text("mine")
    with pytest.raises(ForeignFolderError, match=re.escape("fresh.html")):
        build(*site_demo.solved(replace(base, claims={**base.claims, "fresh": fresh}), demo[2]), out)
    assert (out / "claim" / "fresh.html").read_text() == "mine"


def test_a_damaged_manifest_is_refused(tmp_path: Path, demo: Demo) -> None:
    out = tmp_path / "site"
    build(*demo, out)
    (out / ".kb-site.json").write_text("{")
    with pytest.raises(ForeignFolderError, match="damaged"):
        build(*demo, out)


def test_a_build_that_was_cut_off_can_be_finished(tmp_path: Path, demo: Demo) -> None:
    out = tmp_path / "site"

    def stop(what: str, done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(*demo, out, progress=stop)
    for path in pages(out):
        parsed(path)
    build(*demo, out)
    build(*demo, tmp_path / "other")
    assert {p: d for p, (d, _) in stamps(out).items()} == {
        p: d for p, (d, _) in stamps(tmp_path / "other").items()
    }


def test_progress_ends_at_all(tmp_path: Path, demo: Demo) -> None:
    seen: list[tuple[str, int, int]] = []
    build(*demo, tmp_path / "site", progress=lambda *told: seen.append(told))
    assert seen[-1][1] == seen[-1][2] > 0


def _keys(cards: list[dict[str, object]]) -> Iterator[str]:
    return (str(card["key"]) for card in cards)


def test_the_map_holds_each_claim_once_and_ends_in_spite_of_circles(demo: Demo) -> None:
    cards = argument.whole(view_of(*demo))["nodes"]
    keys = list(_keys(cards))
    assert len(keys) == len(set(keys))
    assert {"circle-a", "circle-b"} <= set(keys)
    assert sum(card["closes"] for card in cards) == sum(card["opens"] for card in cards)


def test_undercuts_stand_beside_their_step_on_the_map(demo: Demo) -> None:
    cards = {card["key"]: card for card in argument.of_question(view_of(*demo), "compute-bill")["nodes"]}
    assert cards["small-longer"]["beside"] == "quadratic"
    assert cards["inference-dominates"]["beside"] == "small-longer"
    assert cards["table-is-estimate"]["beside"] == "gpt3-days"
    assert cards["hours-cost"]["joined"]
    assert cards["hours-cost"]["beside"] == "gpt3-days"


def test_large_maps_are_cut(tmp_path: Path) -> None:
    found = site_synthetic.synthetic(1040)
    view = view_of(*found)
    whole = argument.whole(view)
    assert whole["large"]
    assert sum(card["relation"] == "question" for card in whole["nodes"]) == 26
    assert all(card["relation"] in ("top", "question", "thesis") for card in whole["nodes"])


def test_a_base_without_questions_lists_its_claims(tmp_path: Path, demo: Demo) -> None:
    base = replace(demo[0], config=replace(demo[0].config, questions=()))
    build(*site_demo.solved(base, demo[2]), tmp_path / "site")
    assert "claim/energy.html" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_an_empty_base_has_a_site(tmp_path: Path, demo: Demo) -> None:
    base = Base("/somewhere", replace(demo[0].config, questions=(), renamed={}))
    build(*site_demo.solved(base, {}), tmp_path / "site")
    for path in pages(tmp_path / "site"):
        parsed(path)


def test_a_long_chain_of_undercuts_has_pages(tmp_path: Path) -> None:
    length = 1_500
    claims = {
        f"c{i}": Claim(
            f"c{i}",
            f"Objection number {i}.",
            file=f"topic/c{i}.yaml",
            undercuts=(Undercut(f"u{i}", (f"c{i}",), f"u{i - 1}", named=True, owner=f"c{i}"),) if i else (),
            steps=() if i else (Step("u0", "supports", ("c0",), "c1", named=True, owner="c0"),),
        )
        for i in range(length)
    }
    base = Base("", Config("Chain"), claims)
    amap = argument_map(base)
    build(base, amap, {}, solve(amap, base, {}), tmp_path / "site")
    page = (tmp_path / "site" / "claim" / f"c{length - 1}.html").read_text("utf-8")
    assert "the objection of “Objection number" in page
    assert "to another objection" in page


@pytest.mark.parametrize(
    ("strengths", "said"),
    [
        ({"t1": "k1", "t2": "k2"}, "of its theses two depend on how their words are read."),
        ({"t1": "k1", "t2": "k3"}, "of its theses one depends on how its words are read and one waits for"),
    ],
)
def test_an_unsettled_headline_is_a_sentence(tmp_path: Path, strengths: dict[str, str], said: str) -> None:
    claims = {
        name: Claim(name, f"{name} is so.", file=f"a/{name}.yaml", checks=(Bearing(check, claim=name),))
        for name, check in strengths.items()
    }
    mixed = (ReadingResult({"a": "b"}, "b", Verdict.HOLDS), ReadingResult({"a": "c"}, "c", Verdict.FAILS))
    made = {k: Check(k, "formula", Formula("1"), expect=Expectation(at_least=1)) for k in ("k1", "k2", "k3")}
    records = {k: Record(Result(k, "key", "formula", Verdict.MIXED, readings=mixed)) for k in ("k1", "k2")}
    base = Base("", Config("Two", questions=(Question("q1", "Which?", tuple(claims)),)), claims, made)
    build(*site_demo.solved(base, records), tmp_path / "site")
    assert said in (tmp_path / "site" / "index.html").read_text("utf-8")
