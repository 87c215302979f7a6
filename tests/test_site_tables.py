"""The table of checks: order, filters, count and address, with script and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kb.site import build
from kb.site.pages import lists
from kb.site.view import view_of
from tests import site_demo, site_synthetic
from tests.test_site_browser import address, opened, site

__all__ = ["site"]  # a fixture

ROWS = "tbody tr:visible"


def column(page: Any, name: str) -> list[str]:
    return [text.strip() for text in page.locator(f'{ROWS} >> css=[data-label="{name}"]').all_inner_texts()]


def test_the_menus_hold_what_occurs_with_its_count() -> None:
    content = lists.checks(view_of(*site_demo.demo()))
    menus = {menu["name"]: {it["value"]: it["count"] for it in menu["options"]} for menu in content["menus"]}
    assert menus["verdict"] == {it["word"]: it["count"] for it in content["tally"]}
    assert sum(menus["kind"].values()) == len(content["rows"])
    assert "Direct test" in menus["bears"]
    assert set(menus["state"]) <= {"Final", "Provisional"}


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_checks_are_filtered_and_counted(browser: Any, site: Path, width: int) -> None:
    with opened(browser, width) as page:
        page.goto(address(site, "checks.html"))
        every = page.locator(ROWS).count()
        assert page.locator("#pick [role=status]").inner_text() == f"{every} checks"
        page.select_option("[name=verdict]", "Holds")
        held = page.locator(ROWS).count()
        assert 0 < held < every
        assert page.locator("#pick [role=status]").inner_text() == f"{held} of {every} checks"
        page.select_option("[name=kind]", "Formula")
        assert set(column(page, "Kind")) == {"Formula"}
        page.fill("[name=q]", "no check has these words")
        page.wait_for_selector(f"#pick [role=status]:text('0 of {every}')")
        page.click("#pick [type=reset]")
        assert page.locator(ROWS).count() == every
        assert "#" not in page.url


@pytest.mark.browser
def test_checks_are_sorted_by_every_column(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "checks.html"))
        heads = page.locator("th")
        for at in range(heads.count()):
            button = heads.nth(at).locator("button")
            button.focus()
            page.keyboard.press("Enter")
            assert heads.nth(at).get_attribute("aria-sort") in ("ascending", "descending")
            assert page.locator("th[aria-sort]").count() == 1
        page.locator("th[data-name=check] button").click()
        titles = column(page, "Check")
        page.locator("th[data-name=check] button").click()
        assert column(page, "Check") == titles[::-1]
        assert page.locator("th[data-name=check]").get_attribute("aria-sort") == "descending"


@pytest.mark.browser
def test_numbers_sort_as_numbers_and_nothing_comes_last(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "checks.html#sort=chance"))
        given = page.evaluate(
            "[...document.querySelectorAll('td[data-label=Chance]')].map(cell => cell.dataset.value)"
        )
        known = [float(value) for value in given if value]
        assert known == sorted(known)
        assert given[: len(known)] == [value for value in given if value]


@pytest.mark.browser
def test_the_address_restores_filters_and_order(browser: Any, site: Path) -> None:
    with opened(browser) as page:
        page.goto(address(site, "checks.html"))
        page.select_option("[name=bears]", "Direct test")
        page.locator("th[data-name=claims] button").click()
        link, titles = page.url, column(page, "Check")
        page.goto("about:blank")
        page.goto(link)
        assert column(page, "Check") == titles
        assert page.locator("[name=bears]").input_value() == "Direct test"
        assert page.locator("th[data-name=claims]").get_attribute("aria-sort") == "descending"
        page.goto(address(site, "checks.html#verdict=no-such-verdict&sort=no-such-column"))
        assert page.locator("th[aria-sort]").count() == 0


@pytest.mark.browser
def test_without_script_the_table_is_whole(browser: Any, site: Path) -> None:
    with opened(browser, script=False) as page:
        page.goto(address(site, "checks.html"))
        assert page.locator(".pick").is_hidden()
        assert page.locator(ROWS).count() == len(lists.checks(view_of(*site_demo.demo()))["rows"])


@pytest.mark.browser
def test_a_long_table_lays_out_only_what_is_looked_at(browser: Any, tmp_path: Path) -> None:
    build(*site_synthetic.synthetic(1200), tmp_path)
    with opened(browser) as page:
        page.goto(address(tmp_path, "checks.html"))
        assert page.locator(ROWS).count() == 300
        page.locator("th[data-name=check] button").click()
        assert page.locator(ROWS).count() == 300
        page.click("text=Show all 400")
        assert page.locator(ROWS).count() == 400
