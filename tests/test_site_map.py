"""The map and a question's picture: what is drawn where, filters, neighbourhoods, addresses of a view."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.drawing.branches import Branch, branches
from kb.graph.outline import grow
from kb.model import Undercut
from kb.site import build
from kb.site.pages import argument
from kb.site.view import view_of
from tests import site_demo, site_synthetic
from tests.site_demo_claims import undercut
from tests.test_site_browser import address, opened, site

__all__ = ["site"]  # a fixture

MAP = "map/compute-bill.html"
LOOKED_AT = (
    MAP,
    MAP + "#focus=quadratic&steps=2&depth=2",
    MAP + "#c=quadratic",
    "map.html",
)
STATE = """() => ({
  shown: [...document.querySelectorAll('.card:not(.gone)')].map(card => card.id.slice(2)),
  transform: document.querySelector('.stage').style.transform,
  found: document.querySelector('#found').textContent,
  chosen: document.querySelector('.card.chosen')?.id || '',
  strip: !document.querySelector('.strip').hidden,
})"""


def shown(page: Any) -> set[str]:
    return set(page.evaluate(STATE)["shown"])


def drawn(page: Any) -> set[str]:
    """The cards in the picture, be they in the window or not."""
    return set(
        page.evaluate("[...document.querySelectorAll('.card[aria-level]')].map(card => card.id.slice(2))")
    )


def settled(page: Any) -> str:
    """The address once the page has written its view into it."""
    page.wait_for_timeout(400)
    return str(page.evaluate("location.href"))


def test_an_undercut_whose_premise_has_a_card_elsewhere_says_which_step_it_hits() -> None:
    base, _, known, _ = site_demo.demo()
    used = base.claims["share-of-revenue"]  # already a reason for the other thesis
    cut = undercut("share-of-revenue", "gpt3-days--supports--bill-unpayable")
    found = site_demo.solved(
        replace(base, claims={**base.claims, used.id: replace(used, undercuts=(cut,))}), known
    )
    card = next(
        card
        for card in argument.of_question(view_of(*found), "compute-bill")["nodes"]
        if card["key"] == used.id
    )
    (link,) = card["also"]
    assert (link["relation"], link["to"], link["beside"]) == ("cut", "bill-unpayable", "gpt3-days")
    assert (link["word"], link["title"]) == ("undercuts a step to", "A ×10,000 scale-up is out of reach")


def test_a_linked_premise_joins_one_that_hangs_beside_it() -> None:
    demo = site_demo.demo()
    outline = grow(view_of(*demo), [question.id for question in demo[0].config.questions], 300)
    for node in outline.nodes.values():
        if node.relation == "and":
            assert outline.nodes[node.beside].parent == node.parent
            assert outline.nodes[node.beside].step == node.step


def test_the_details_say_why_with_which_checks_and_sources() -> None:
    details = argument.details(view_of(*site_demo.demo()), "compute-bill")
    why, strength, weight, because, checks, sources = details["claims"]["gpt3-days"]
    assert why
    assert strength
    assert (weight, because[:8]) == ("strong", "The bill")
    named = [details["checks"][number][4] for number, _ in checks]
    assert named == ["check/gpt3-petaflop-days.html", "check/gpt3-on-gpus.html"]
    assert checks[1][1] == "corroborates it"
    assert "source/gpt3-2020.html" in [details["sources"][number][1] for number in sources]


def test_the_picture_of_a_question_marks_every_claim() -> None:
    thesis = Branch("yes", "other", "A <b> thesis", children=[Branch("no", "con", "An attack")])
    tree = Branch("", "", "Why?", children=[thesis])
    drawn = branches(tree, "2 claims")
    assert drawn.count("<title>") == 2
    assert "A &lt;b&gt; thesis" in drawn
    assert 'class="l-con"' in drawn
    assert 'aria-label="2 claims"' in drawn


def test_pages_are_light(tmp_path: Path) -> None:
    """Gzipped, without images: a map of 300 under 60 kB, a first page under 20 kB, a claim under 15 kB."""
    base, _, known, _ = site_synthetic.synthetic(300)
    theses = tuple(thesis for question in base.config.questions for thesis in question.theses)
    whole = replace(base.config.questions[0], theses=theses)
    config = replace(base.config, questions=(whole,))
    build(*site_demo.solved(replace(base, config=config), known), tmp_path)
    text = (tmp_path / "map/question-0.html").read_bytes()
    assert text.count(b'<li data-key="') == 301
    assert _weight(text) + _weight((tmp_path / "map/question-0.js").read_bytes()) < 60_000
    assert _weight((tmp_path / "index.html").read_bytes()) < 20_000
    assert max(_weight(path.read_bytes()) for path in (tmp_path / "claim").glob("*.html")) < 15_000


def _weight(data: bytes) -> int:
    return len(gzip.compress(data, 9))


@pytest.mark.browser
def test_filters_combine_and_count(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, MAP))
        options = page.locator("#verdict option").all_inner_texts()
        assert any(text.startswith("Holds (") for text in options)
        page.select_option("#verdict", "Holds")
        holds = page.locator("#found").inner_text()
        count, _, of, _ = holds.split()
        assert 0 < int(count) < int(of)
        page.select_option("#source", index=1)
        both = int(page.locator("#found").inner_text().split()[0])
        assert both <= int(count)
        page.click("#clear")
        assert page.locator("#found").inner_text() == ""
        page.select_option("#verdict", "none")
        page.click("#hide")
        page.click("#zoom-fit")
        assert page.locator('[data-key="law-holds"] > .card').is_hidden()
        assert page.locator("#found").inner_text().endswith(" cards")


@pytest.mark.browser
def test_words_are_found_in_any_order_and_without_their_accents(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, MAP))
        title = page.locator('[data-key="law-holds"] > .card .ti').inner_text()
        page.fill("#words", " ".join(reversed(title.split())).replace("o", "ö"))
        page.wait_for_function("() => document.querySelector('#found').textContent.startsWith('1 of ')")
        assert "dim" not in page.locator('[data-key="law-holds"] > .card').get_attribute("class").split()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_a_neighbourhood_is_laid_out_alone_and_left_again(browser: Any, site: Path, width: int) -> None:
    with opened(browser, width) as page:
        page.goto(address(site, MAP + "#c=quadratic"))
        page.keyboard.press("f")
        assert page.locator(".strip .of").inner_text() == "Training cost is quadratic"
        near = drawn(page)
        # its conclusion, what it needs, what undercuts its step; not its conclusion's other reasons
        assert {"quadratic", "bill-payable", "tokens-scale", "small-longer"} <= near
        assert not {"share-of-revenue", "law-holds"} & near
        page.click("[data-reach='2']")
        assert near | {"share-of-revenue", "law-holds"} <= drawn(page)
        page.click(".strip .leave")
        assert page.locator(".strip").is_hidden()
        assert page.evaluate(STATE)["chosen"] == "n-quadratic"
        page.click(".side .close")
        page.keyboard.press("f")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        assert page.locator(".strip").is_hidden()


@pytest.mark.browser
def test_the_lines_follow_when_the_filters_take_room(browser: Any, site: Path) -> None:
    with opened(browser, 390) as page:
        page.goto(address(site, MAP + "#view=map&depth=2"))
        page.click("#more")
        page.wait_for_timeout(200)
        sizes = page.evaluate(
            "[document.querySelector('.edges').height, document.querySelector('.view').clientHeight]"
        )
        assert sizes[0] == sizes[1]


@pytest.mark.browser
def test_the_back_button_leaves_a_neighbourhood(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, MAP + "#c=quadratic"))
        page.click(".side .acts button")
        assert page.locator(".strip").is_visible()
        settled(page)
        page.go_back()
        page.wait_for_selector(".strip", state="hidden")
        assert page.evaluate(STATE)["chosen"] == "n-quadratic"
        page.go_forward()
        page.wait_for_selector(".strip", state="visible")


@pytest.mark.browser
@pytest.mark.parametrize("act", ["filters", "folds", "neighbourhood"])
def test_an_address_restores_the_whole_view(browser: Any, site: Path, act: str) -> None:
    with opened(browser) as page:
        page.goto(address(site, MAP))
        if act == "filters":
            page.fill("#words", "cost")
            page.click('[data-filter="relation"][data-value="con"]')
            page.click("#hide")
            page.wait_for_timeout(200)
        elif act == "folds":
            page.click('[data-depth="1"]')
            page.locator('[data-key="compute-bill"] > .card').focus()
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
        else:
            page.locator('[data-key="bill-payable"] > .card').click()
            page.keyboard.press("f")
            page.keyboard.press("Escape")
        page.mouse.move(700, 500)
        page.mouse.wheel(0, 240)
        page.mouse.move(700, 700)
        page.mouse.down()
        page.mouse.move(640, 660, steps=3)
        page.mouse.up()
        link = settled(page)
        before = page.evaluate(STATE)
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_timeout(100)
        after = page.evaluate(STATE)
        moved, again = (_numbers(state.pop("transform")) for state in (before, after))
        assert after == before
        assert again == pytest.approx(moved, abs=1.5)


def _numbers(transform: str) -> list[float]:
    return [float(text) for text in re.findall(r"-?[\d.]+", transform)]


@pytest.mark.browser
def test_the_link_is_copied(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(address(site, MAP + "#c=law-holds"))
        page.click("#copy")
        page.wait_for_selector("#copy:text-is('Link copied')")
        assert "c=law-holds" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.browser
def test_the_panel_says_why_and_links_on(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, MAP + "#c=gpt3-days"))
        said = page.locator(".side").inner_text()
        assert "Checks" in said
        assert "corroborates it" in said
        assert "The bill at list prices" in said
        assert page.locator(".side .mark").count() >= 2
        place = page.locator("#said").inner_text()
        assert place.endswith("level 4") or "level" in place
        page.click(".side ul a >> nth=0")
        page.wait_for_timeout(100)
        assert page.evaluate(STATE)["chosen"] == "n-bill-unpayable"


def _with_a_cut_of_linked_premises() -> Any:
    base, _, known, _ = site_demo.demo()
    cut = replace(
        base.claims["law-holds"],
        id="prices-fall",
        file="compute/prices-fall.yaml",
        undercuts=(undercut("prices-fall", "gpt3-days--supports--bill-unpayable"),),
    )
    return site_demo.solved(replace(base, claims={**base.claims, "prices-fall": cut}), known)


@pytest.mark.browser
def test_undercuts_end_on_the_line_that_they_attack(browser: Any, tmp_path: Path) -> None:
    """Also an undercut of an undercut, and one of a step with linked premises."""
    build(*_with_a_cut_of_linked_premises(), tmp_path)
    with opened(browser) as page:
        page.goto(address(tmp_path, MAP))
        ends = page.evaluate(
            """() => {
              const model = kbMap.read(document.querySelector('.tree'), kbMapDetails);
              model.order.forEach(node => { node.open = true; node.height = 100; });
              kbMap.layout(model);
              const lines = kbMap.lines(model);
              const of = (from, to) =>
                lines.find(l => l.step.from.key === from && l.step.to.key === to).points;
              const middle = p => [0, 1].map(i => (p[i] + 3 * p[2 + i] + 3 * p[4 + i] + p[6 + i]) / 8);
              const pair = (cut, hit, to) => [of(cut, to).slice(6), middle(of(hit, to))];
              return [pair('small-longer', 'quadratic', 'bill-payable'),
                pair('inference-dominates', 'small-longer', 'bill-payable'),
                pair('prices-fall', 'gpt3-days', 'bill-unpayable')];
            }"""
        )
        for end, middle in ends:
            assert end == pytest.approx(middle)


@pytest.mark.browser
def test_a_pinch_zooms_and_a_tap_opens_the_sheet(browser: Any, site: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address(site, MAP + "#view=map&depth=2"))
    before = _numbers(page.evaluate(STATE)["transform"])[-1]
    client = context.new_cdp_session(page)
    for kind, gap in (("touchStart", 40), ("touchMove", 60), ("touchMove", 90), ("touchEnd", None)):
        points = (
            [] if gap is None else [{"x": 195 - gap, "y": 420, "id": 1}, {"x": 195 + gap, "y": 420, "id": 2}]
        )
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    after = _numbers(page.evaluate(STATE)["transform"])[-1]
    assert after > before * 1.5
    page.keyboard.press("0")
    page.locator('[data-key="bill-payable"] > .card').tap()
    box = page.locator(".side").bounding_box()
    assert box["y"] > 300
    assert box["y"] + box["height"] <= 844
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


@pytest.mark.browser
def test_every_card_is_reached_by_keyboard(browser: Any, site: Path) -> None:
    """The arrows lead from the question to every card, with a visible focus and the place said aloud."""
    with opened(browser) as page:
        page.goto(address(site, MAP))
        page.click('[data-depth="99"]')
        every = drawn(page)
        assert len(every) > 15
        met, waiting = {"compute-bill"}, ["compute-bill"]
        while waiting:
            here = waiting.pop()
            for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
                page.evaluate(
                    "key => { const card = document.getElementById('n-' + key);"
                    " card.classList.remove('gone'); card.focus(); }",
                    here,
                )
                page.keyboard.press(key)
                there = _focused(page)
                if there not in met:
                    met.add(there)
                    waiting.append(there)
        assert met == every
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid"
        assert page.locator("#said").inner_text() != ""


def _focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.closest('li')?.dataset.key || ''"))


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_axe_finds_nothing(browser: Any, axe: Any, site: Path, width: int, dark: bool) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", bypass_csp=True
    )
    page = context.new_page()
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for name in LOOKED_AT:
        page.goto("about:blank")
        page.goto(address(site, name))
        page.evaluate("document.querySelectorAll('.dim').forEach(card => card.classList.remove('dim'))")
        found = axe.run(page, options=options).response["violations"]
        assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found] == [], (
            name
        )
    context.close()


def test_an_undercut_is_not_forgotten() -> None:
    """Every undercut of the demo is on the map of its question, as a card or as a link of one."""
    demo = site_demo.demo()
    outline = grow(view_of(*demo), ["compute-bill"], 300)
    cuts: list[Undercut] = [cut for cut in demo[1].undercuts if cut.premises[0] in outline.nodes]
    drawn = {
        key
        for key, node in outline.nodes.items()
        if "cut" in (node.relation, node.word) or any(link.relation == "cut" for link in node.also)
    }
    assert {cut.premises[0] for cut in cuts} <= drawn
