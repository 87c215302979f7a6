"""Accessibility: axe-core finds no violation of WCAG 2.2 A or AA on any type of page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.site import build
from tests import site_demo

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
WITHDRAWN = "source/gpt3-2020.html"
# The richest pages of each type; a type that is not named here is taken by its first page.
RICH = (
    "claim/bill-payable.html",
    "claim/gpt3-days.html",
    "claim/hostile.html",
    "claim/old-claim.html",
    "check/gpt3-petaflop-days.html",
    "check/gpt4-share.html",
    "check/quadratic-fit.html",
    "check/h100-matmul.html",
    "question/compute-bill.html",
    "map/compute-bill.html",
    "whatif/compute-bill.html",
    "search.html#q=training",
    WITHDRAWN,
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    base, _, records, _ = site_demo.demo()
    # A 404 page that knows the site's address looks for its style there, which a page from disk is not.
    base = replace(base, config=replace(base.config, site=""))
    build(*site_demo.solved(base, records), out)
    left = {name: source for name, source in base.sources.items() if name != Path(WITHDRAWN).stem}
    build(*site_demo.solved(replace(base, sources=left), records), out)
    return out


def addresses(site: Path) -> list[str]:
    """A page of every type: all at the top, and of each folder at least one."""
    found = [path.name for path in sorted(site.glob("*.html"))]
    for folder in sorted(path for path in site.iterdir() if path.is_dir()):
        inside = sorted(folder.glob("*.html"))
        if inside and not any(rich.startswith(f"{folder.name}/") for rich in RICH):
            found.append(f"{folder.name}/{inside[0].name}")
    return [*found, *(rich for rich in RICH if (site / rich.partition("#")[0]).is_file())]


def violations(axe: Any, page: Any, *, leave_out: Collection[str] = ()) -> list[str]:
    """Rule, element and reason of each violation."""
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {rule: {"enabled": False} for rule in leave_out},
        "resultTypes": ["violations"],
    }
    found = axe.run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


def context(browser: Any, width: int, scheme: str) -> Any:
    # axe is put into the page as inline script, which our own policy forbids.
    return browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,
        reduced_motion="reduce",
    )


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_every_type_of_page_is_accessible(
    browser: Any, axe: Any, site: Path, width: int, scheme: str
) -> None:
    opened = context(browser, width, scheme)
    page = opened.new_page()
    found = []
    for address in addresses(site):
        path, hash_, fragment = address.partition("#")
        page.goto("about:blank")
        page.goto((site / path).as_uri() + hash_ + fragment)
        page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true; })")
        found += [f"{address} {line}" for line in violations(axe, page)]
    opened.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_search_is_accessible(browser: Any, axe: Any, site: Path, scheme: str) -> None:
    opened = context(browser, 390, scheme)
    page = opened.new_page()
    page.goto((site / "claim" / "gpt3-days.html").as_uri())
    page.click("#search-open")
    page.fill("dialog input", "training")
    page.wait_for_selector("dialog li a")
    found = violations(axe, page)
    opened.close()
    assert found == []


def test_violations_are_found(browser: Any, axe: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<!doctype html><html><head><title>a</title></head>"
        "<body><input><p id=a style='color:#aaa;background:#fff'>Some words</p></body></html>"
    )
    opened = context(browser, 390, "light")
    page = opened.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    found = " ".join(violations(axe, page))
    opened.close()
    for rule in ("html-has-lang", "label", "color-contrast"):
        assert rule in found
