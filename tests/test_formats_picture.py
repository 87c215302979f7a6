"""The picture of a map as one SVG file: its layout, its words, and how a browser shows it."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.drawing.lines import Tie, lines
from kb.drawing.svg import text_width, wrapped
from kb.drawing.tree import GAP, NEAR, WIDTH, Place, lay_out
from kb.formats import picture
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.format import Material, chosen
from kb.formats.holding import reduced
from tests import site_demo
from tests.exchanges import exchanges, material_of
from tests.site_synthetic import synthetic

SVG = "{http://www.w3.org/2000/svg}"


def material(count: int = 0) -> Material:
    base, argument, records, accounts = synthetic(count) if count else site_demo.demo()
    exchange, _ = reduced(chosen(base, set(base.claims)), picture.FORMAT.holds)
    return Material(base, exchange, argument, {key: found.result for key, found in records.items()}, accounts)


def of_class(root: Any, name: str) -> list[Any]:
    return [found for found in root.iter() if name in found.get("class", "").split()]


# --- layout ---------------------------------------------------------------------


@st.composite
def trees(draw: st.DrawFn) -> list[Place]:
    """The places of a tree, the root first."""
    heights = st.floats(20, 200)
    places = [Place(draw(heights))]
    for number in range(draw(st.integers(0, 40))):
        places.append(Place(draw(heights), indent=draw(st.sampled_from((0.0, 34.0)))))
        places[draw(st.integers(0, number))].children.append(places[-1])
    return places


@given(trees())
@settings(max_examples=200, deadline=None)
def test_cards_keep_apart_and_lie_within_the_picture(places: list[Place]) -> None:
    width, height = lay_out(places[0])
    for place in places:
        assert -0.001 <= place.x <= width - WIDTH + 0.001
        assert place.top >= -0.001
        assert place.top + place.height <= height + 0.001
        for child in place.children:
            assert child.rank == place.rank + 1
            assert child.side == (place.side if place.rank else child.side)
            assert (child.x - place.x) * child.side >= WIDTH + GAP - 34 - 0.001
    for one, other in combinations(places, 2):
        if abs(one.x - other.x) < WIDTH:
            first, second = sorted((one, other), key=lambda place: place.top)
            assert first.top + first.height + NEAR <= second.top + 0.001


@given(trees())
@settings(max_examples=100, deadline=None)
def test_a_card_stands_at_the_middle_of_its_children(places: list[Place]) -> None:
    lay_out(places[0])
    for place in places[1:]:
        if place.children:
            ends = place.children[0].middle + place.children[-1].middle
            assert place.middle == pytest.approx(ends / 2)
        middles = [child.middle for child in place.children]
        assert middles == sorted(middles)


def test_both_sides_are_used() -> None:
    root = Place(30, [Place(30) for _ in range(10)])
    lay_out(root)
    assert [child.side for child in root.children] == [1] * 5 + [-1] * 5


def test_very_deep_and_very_wide_trees() -> None:
    root = Place(30)
    at = root
    for _ in range(20_000):
        at.children = [Place(30), Place(30)]
        at = at.children[0]
    width, height = lay_out(root)
    assert width == pytest.approx(20_000 * (WIDTH + GAP) + WIDTH + (WIDTH + GAP))
    assert height > 30
    wide = Place(30, [Place(30) for _ in range(20_000)])
    assert lay_out(wide)[1] == pytest.approx(10_000 * 44 - 14)


def test_an_undercut_ends_on_the_line_that_it_undercuts() -> None:
    reason, cut, deeper = Place(60), Place(60, indent=34.0), Place(60, indent=34.0)
    root = Place(60, [Place(60, [reason, cut, deeper])])
    end = root.children[0]
    lay_out(root)
    first = Tie(reason, end, "pro", True)
    second = Tie(cut, end, "cut", True, reason)
    found = lines([first, second, Tie(deeper, end, "cut", True, cut)])
    assert found[0].hit is None
    assert found[1].hit is not None
    assert found[1].hit[0] == pytest.approx((reason.x + end.x + WIDTH) / 2)
    assert found[1].hit[1] == pytest.approx((reason.middle + end.middle) / 2)
    assert found[1].path.endswith("{:.1f} {:.1f}".format(*found[1].hit).replace(".0", ""))
    assert found[2].hit not in (None, found[1].hit)


def test_undercuts_in_a_circle_end_somewhere() -> None:
    one, other = Place(60), Place(60)
    root = Place(60, [one, other])
    lay_out(root)
    ties = [Tie(one, root, "cut", True, other), Tie(other, root, "cut", True, one)]
    assert len(lines(ties)) == 2


# --- words ----------------------------------------------------------------------


@given(st.text(max_size=200), st.floats(60, 300), st.integers(1, 5))
@settings(max_examples=300, deadline=None)
def test_wrapped_words_fit_and_none_is_lost(text: str, width: float, most: int) -> None:
    found = wrapped(text, width, 15, most)
    assert len(found) <= most
    assert all(text_width(line, 15) <= width + 1e-6 for line in found)
    said = "".join(text.split())
    told = "".join("".join(found).split())
    assert told == said or (told.endswith("…") and said.startswith(told[:-1]))


def test_signs_of_the_east_are_a_square_wide() -> None:
    assert text_width("漢字", 10) >= 20
    assert wrapped("漢" * 100, 100, 10, 3)[2].endswith("…")
    assert [len(line) for line in wrapped("漢" * 20, 100, 10, 9)] == [9, 9, 2]


# --- the file -------------------------------------------------------------------


def test_every_claim_has_a_card_and_every_relation_a_line() -> None:
    given_material = material()
    exchange = given_material.exchange
    root = fromstring(picture.write(given_material))
    claims = list(exchange.claims.values())
    cards = of_class(root, "card")
    assert len(cards) == len(claims) + len(exchange.questions) + 2  # the base, and what leads to no question
    told = [card.find(f"{SVG}title").text for card in cards]
    for claim in claims:
        assert any(claim.name in said for said in told)
    assert any("— Stands" in said for said in told)
    assert len(of_class(root, "dot")) > 1
    assert root.find(f"{SVG}title").text == given_material.exchange.title
    assert f"{len(claims)} claims" in root.find(f"{SVG}desc").text


@given(exchanges())
@settings(max_examples=100, deadline=None)
def test_any_argument_is_drawn(exchange: Exchange) -> None:
    sent, _ = reduced(exchange, picture.FORMAT.holds)
    root = fromstring(picture.write(material_of(sent)))
    claims = sent.claims.values()
    cards = of_class(root, "card")
    assert sum(
        "card" in found.get("class", "") and "top" not in found.get("class") for found in cards
    ) == len(claims)
    said = " ".join(card.find(f"{SVG}title").text for card in cards)
    assert all(" ".join(claim.name.split()) in " ".join(said.split()) for claim in claims)
    keys = 3
    drawn = len(of_class(root, "l")) - keys
    parts = [part for claim in claims for part in (*claim.steps, *claim.undercuts)]
    assert drawn >= len(claims)
    assert drawn <= len(claims) + len(sent.questions) + 1 + sum(len(part.premises) for part in parts) + sum(
        len(c.assumes) + len(c.requires) + len(c.restates) for c in claims
    ) + sum(len(q.theses) for q in sent.questions)


def test_hostile_words_stay_words() -> None:
    drafting = Drafting(title="</title><script>alert(1)</script>")
    drafting.claim(
        "aa", "\x00\x1b</text><script>alert(1)</script>&\"'", title="]]> \ufffe <a href='javascript:x'>"
    )
    text = picture.write(material_of(drafting.finish()))
    root = fromstring(text)
    names = {found.tag.removeprefix(SVG) for found in root.iter()}
    assert names <= {"svg", "title", "desc", "style", "g", "path", "rect", "text", "circle"}
    attributes = {name for found in root.iter() for name in found.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]


def test_it_needs_nothing_from_elsewhere() -> None:
    text = picture.write(material())
    assert "url(" not in text
    assert "@import" not in text
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


def test_ten_thousand_claims_in_a_chain_and_ten_thousand_undercuts() -> None:
    drafting = Drafting(title="Deep")
    for number in range(10_001):
        drafting.claim(f"c{number}", f"Claim {number}", id=f"claim-{number}")
        if number:
            drafting.step(f"s{number}", "supports", [f"c{number}"], f"c{number - 1}")
    root = fromstring(picture.write(material_of(drafting.finish())))
    assert len(of_class(root, "card")) == 10_002
    drafting = Drafting(title="Deep")
    for number in range(10_002):
        drafting.claim(f"c{number}", f"Claim {number}", id=f"claim-{number}")
    drafting.step("u1", "supports", ["c1"], "c0")
    for number in range(2, 10_002):
        drafting.undercut(f"u{number}", [f"c{number}"], f"u{number - 1}")
    root = fromstring(picture.write(material_of(drafting.finish())))
    assert len(of_class(root, "card")) == 10_003
    assert len(of_class(root, "dot")) == 10_000 + 1


# --- in a browser ---------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("count", [0, 60, 300])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stay_within_their_cards(browser: Any, tmp_path: Path, count: int, scheme: str) -> None:
    file = tmp_path / "map.svg"
    file.write_text(picture.write(material(count)), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    out = page.evaluate(
        """() => [...document.querySelectorAll('.card')].flatMap(card => {
          const box = card.querySelector('.box').getBoundingClientRect();
          return [...card.querySelectorAll('text')].filter(text => {
            const own = text.getBoundingClientRect();
            return own.left < box.left || own.right > box.right
              || own.top < box.top || own.bottom > box.bottom;
          }).map(text => text.textContent);
        })"""
    )
    assert out == []
    overlapping = page.evaluate(
        """() => [...document.querySelectorAll('.card')].filter(card => {
          const [tag, word] = ['.tag', '.s'].map(name => card.querySelector(name)?.getBoundingClientRect());
          return tag && word && tag.right > word.left;
        }).length"""
    )
    assert overlapping == 0
    fill = page.evaluate("getComputedStyle(document.querySelector('.card:not(.top) .box')).fill")
    assert fill == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(27, 30, 36)")
    page.emulate_media(media="print", color_scheme=scheme)
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.card:not(.top) .box')).fill")
        == "rgb(255, 255, 255)"
    )
    assert asked == [file.as_uri()]
    page.close()
