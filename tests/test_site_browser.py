"""The pages in a browser: opened from disk, light and dark, wide and narrow, with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kb.site import build
from tests import site_demo

pytestmark = pytest.mark.browser

PAGES = (
    "index.html",
    "question/compute-bill.html",
    "claim/bill-payable.html",
    "claim/gpt3-days.html",
    "claim/antidisestablishmentarianism-and-other-very-long-identifiers-ok.html",
    "claim/hostile.html",
    "claim/old-claim.html",
    "check/gpt3-petaflop-days.html",
    "check/gpt4-share.html",
    "check/quadratic-fit.html",
    "check/gpt3-on-gpus.html",
    "check/h100-matmul.html",
    "checks.html",
    "source/gpt3-2020.html",
    "sources.html",
    "measurements.html",
    "cruxes.html",
    "method.html",
    "map.html",
    "map/compute-bill.html",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build(*site_demo.demo(), out)
    return out


@contextmanager
def opened(browser: Any, width: int = 1440, *, dark: bool = False, script: bool = True) -> Iterator[Any]:
    """A page whose console errors and requests are watched, and must be none and local."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    )
    page = context.new_page()
    trouble: list[str] = []
    page.on(
        "console",
        lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "blob:", "data:")) else trouble.append(request.url)
        ),
    )
    page.on("requestfailed", lambda request: trouble.append(f"failed: {request.url}"))
    yield page
    context.close()
    assert trouble == []


def address(site: Path, page: str) -> str:
    path, hash_, fragment = page.partition("#")
    return (site / path).as_uri() + hash_ + fragment


CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const linear = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const lum = ([r, g, b]) => [r, g, b].map(linear)
    .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const speaks = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!speaks || !e.offsetParent || e.closest('svg, .vh')) continue;
    const a = lum(parse(getComputedStyle(e).color)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(e.className + ' ' + e.textContent.trim().slice(0, 40) + ' ' + ratio.toFixed(2));
  }
  return bad;
}"""


@pytest.mark.parametrize(
    ("width", "dark"), [(1440, False), (1440, True), (765, False), (390, False), (390, True)]
)
def test_pages_open_from_disk_without_error_or_overflow_and_have_contrast(
    browser: Any, site: Path, width: int, dark: bool
) -> None:
    with opened(browser, width, dark=dark) as page:
        for name in PAGES:
            page.goto(address(site, name))
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
            background = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert background == ("rgb(19, 21, 25)" if dark else "rgb(250, 249, 246)")
            page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            assert page.evaluate(CONTRAST) == [], name


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_work_without_script(browser: Any, site: Path, width: int) -> None:
    with opened(browser, width, script=False) as page:
        for name in PAGES:
            page.goto(address(site, name))
            assert page.locator("h1").count() == 1
            assert page.locator(".need-js:visible").count() == 0, name
        page.goto(address(site, "map/compute-bill.html"))
        boxes = [page.locator(".card").nth(i).bounding_box() for i in range(6)]
        assert all(a["y"] + a["height"] <= b["y"] for a, b in pairwise(boxes))


def test_a_reason_stands_beside_its_standing(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        for name in ("index.html", "cruxes.html", "question/compute-bill.html"):
            page.goto(address(site, name))
            gaps = "all => all.map(it => getComputedStyle(it).marginLeft)"
            found = page.locator(".mark .why").evaluate_all(gaps)
            assert found, name
            assert set(found) == {"0px"}, name


def test_what_would_change_a_thesis_is_opened_by_keyboard(browser: Any, site: Path) -> None:
    with opened(browser, script=False) as page:
        page.goto(address(site, "claim/bill-payable.html"))
        folded = page.locator("section.change details:not([open])").first
        assert folded.locator("table").is_hidden()
        folded.locator("summary").focus()
        page.keyboard.press("Enter")
        assert page.locator("section.change details[open] table").first.is_visible()


@pytest.mark.parametrize("width", [390, 320])
def test_all_of_the_navigation_fits_a_phone(browser: Any, site: Path, width: int) -> None:
    with opened(browser, width) as page:
        page.goto(address(site, "measurements.html"))  # the widest name, in bold as the page that is open
        boxes = [link.bounding_box() for link in page.locator("header nav a").all()]
        assert all(a["x"] + a["width"] <= b["x"] + 0.5 for a, b in pairwise(boxes))
        assert page.evaluate(
            "[...document.querySelectorAll('header nav a')].every(a => a.scrollWidth <= a.clientWidth)"
        )
        assert len(boxes) == 7
        assert boxes[-1]["x"] + boxes[-1]["width"] <= width


ENLARGED = (
    "index.html",
    "claim/gpt3-days.html",
    "check/gpt4-share.html",
    "checks.html",
    "map/compute-bill.html",
    "whatif/compute-bill.html",
    "suggest.html",
)


def test_pages_enlarged_fourfold_reflow_and_nothing_stays_in_the_way(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 %
        for name in ENLARGED:
            page.goto(address(site, name))
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
            stays = "['fixed', 'sticky'].includes(getComputedStyle(it).position)"
            found = f"[...document.querySelectorAll('body *')].filter(it => {stays}).map(it => it.className)"
            assert page.evaluate(found) == [], name


def test_a_theme_that_cannot_be_kept_is_changed_all_the_same(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})"
        )
        page.goto(address(site, "index.html"))
        page.click("#theme")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_the_theme_button_is_remembered(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "index.html"))
        page.click("#theme")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.goto(address(site, "checks.html"))
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 25)"


def test_the_search_finds_claims_from_disk(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "claim/gpt3-days.html"))
        page.keyboard.press("/")
        page.keyboard.type("quadratic")
        page.wait_for_selector("dialog li a")
        assert "Training cost is quadratic" in page.locator("dialog li").first.inner_text()
        page.keyboard.press("Enter")
        page.wait_for_url("**/claim/quadratic.html")


def test_hostile_titles_do_not_run_in_the_search(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.on("dialog", lambda _: pytest.fail("a script ran"))
        page.goto(address(site, "index.html"))
        page.keyboard.press("/")
        page.keyboard.type("bold")
        page.wait_for_selector("dialog li a")
        assert "<b>Bold</b> title" in page.locator("dialog li").first.inner_text()


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.closest('li')?.dataset.key || ''"))


def test_the_map_is_walked_by_keyboard(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "map/compute-bill.html"))
        page.locator('[data-key="compute-bill"] > .card').focus()
        page.keyboard.press("ArrowRight")
        assert focused(page) == "bill-payable"
        page.keyboard.press("ArrowRight")
        first = focused(page)
        assert first not in ("", "bill-payable")
        page.keyboard.press("ArrowDown")
        assert focused(page) not in (first, "bill-payable")
        page.keyboard.press("ArrowLeft")
        assert focused(page) == "bill-payable"
        page.keyboard.press(" ")
        assert page.locator('[data-key="quadratic"] > .card').is_hidden()
        assert page.locator('[data-key="bill-payable"] > .card').get_attribute("aria-expanded") == "false"
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Escape")
        assert page.locator(".side").is_hidden()
        page.locator('[data-key="bill-payable"] > .card').focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/claim/bill-payable.html")


def test_cards_on_the_map_do_not_overlap(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "map.html"))
        page.click('[data-depth="99"]')
        page.click("#zoom-fit")
        page.evaluate("document.querySelectorAll('.card').forEach(card => card.classList.remove('gone'))")
        boxes = page.evaluate(
            "[...document.querySelectorAll('.card')].map(c => { const b = c.getBoundingClientRect();"
            " return [b.left, b.top, b.right, b.bottom, c.id]; })"
        )
        hits = [
            (a[4], b[4])
            for i, a in enumerate(boxes)
            for b in boxes[i + 1 :]
            if a[0] < b[2] - 0.5 and b[0] < a[2] - 0.5 and a[1] < b[3] - 0.5 and b[1] < a[3] - 0.5
        ]
        assert hits == []


def test_the_map_is_filtered(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "map/compute-bill.html"))
        page.click('[data-filter="standing"][data-value="no"]')
        assert page.locator("#found").inner_text().startswith("1 of ")
        assert page.locator(".card.dim").count() > 0
        assert page.evaluate(CONTRAST) == []
        # In the reader's own colours what is chosen still differs, and the canvas draws in them.
        page.emulate_media(forced_colors="active")
        buttons = page.locator("[data-filter=standing]")
        grounds = buttons.evaluate_all("all => all.map(it => getComputedStyle(it).backgroundColor)")
        assert len(set(grounds)) == 2
        tokens = page.locator("html").evaluate(
            "it => ['--pro', '--con', '--surface'].map(name => getComputedStyle(it).getPropertyValue(name))"
        )
        assert tokens == ["LinkText", "CanvasText", "Canvas"]
        page.emulate_media(forced_colors="none")
        page.click("#hide")
        assert page.locator('[data-key="railways"] > .card').is_visible()
        assert page.locator('[data-key="quadratic"] > .card').is_hidden()
        page.click('[data-filter="standing"][data-value="no"]')
        page.fill("#words", "burden that no card names")
        page.wait_for_selector("#found:text('0 of')")
        page.fill("#words", "")
        page.wait_for_selector("#found:text-is('')", state="attached")
        assert page.locator('[data-key="quadratic"] > .card').is_visible()


def test_a_deep_link_opens_the_card(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "map/compute-bill.html#c=law-holds"))
        assert page.locator(".side h2").inner_text() == "The power law holds"
        box = page.locator('[data-key="law-holds"] > .card').bounding_box()
        assert 0 <= box["x"] <= 1440 - box["width"]
        assert 0 <= box["y"] <= 900 - box["height"]


def test_the_phone_starts_with_the_outline(browser: Any, site: Path) -> None:
    with opened(browser, 390) as page:
        page.goto(address(site, "map/compute-bill.html"))
        assert page.locator(".as-map").count() == 0
        page.click('[data-view="map"]')
        assert page.locator(".as-map").count() == 1
        page.click('[data-view="outline"]')
        assert page.locator('[data-key="quadratic"] > .card').is_visible()


def test_print_unfolds_what_would_change_a_thesis(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "cruxes.html"))
        page.emulate_media(media="print")
        assert page.locator(".thesis h3").first.is_visible()
        assert page.locator("header.top").is_hidden()
        page.emulate_media(media="screen")
        page.goto(address(site, "claim/bill-payable.html"))
        folded = page.locator("section.change details:not([open]) table").first
        assert folded.is_hidden()
        page.emulate_media(media="print")
        assert folded.is_visible()


def test_print_shows_the_outline(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "map/compute-bill.html"))
        page.emulate_media(media="print")
        boxes = [page.locator(".card").nth(i).bounding_box() for i in range(6)]
        assert all(a["y"] + a["height"] <= b["y"] for a, b in pairwise(boxes))
        assert page.locator(".map-bar").is_hidden()
