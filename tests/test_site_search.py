"""The search, opened from disk: what it finds in which order, by keyboard, from a link, without script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kb.model import Claim
from kb.site import build
from tests import site_demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    base = site_demo.base()
    more = {f"swarm-{i}": Claim(f"swarm-{i}", f"Swarm number {i} swims.") for i in range(42)}
    odd = {
        "odd-letters": Claim(
            "odd-letters", "Żółć, naïveté and Ærøskøbing are spelt so.", title="Łódź’s Straße"
        ),
        "quoted": Claim(
            "quoted", 'It says <img src=x onerror="alert(1)"> & "so" </script>.', title="<i>Tagged</i> zebra"
        ),
        "about-zebras": Claim("about-zebras", "A zebra crossing is mentioned.", title="Something else"),
    }
    docs = tmp_path_factory.mktemp("docs")
    (docs / "index.md").write_text("# Keeping bees\n\n## Winter quarters\n\nWarm ones.\n", "utf-8")
    build(*site_demo.solved(replace(base, claims={**base.claims, **more, **odd}), {}), out, docs=docs)
    return out


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    opened = browser.new_context().new_page()
    trouble: list[str] = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda it: trouble.append(it.text) if it.type in ("error", "warning") else None)
    opened.on("dialog", lambda _: trouble.append("a script of the base ran"))
    yield opened
    opened.context.close()
    assert trouble == []


def searched(page: Any, site: Path, words: str) -> list[str]:
    """The titles found on the page of the search."""
    page.goto("about:blank")
    page.goto((site / "search.html").as_uri() + "#q=" + quote(words))
    page.wait_for_function(
        "!/Loading/.test(document.querySelector('#search-page [role=status]').textContent)"
    )
    return list(page.locator("#search-page li b").all_inner_texts())


def status(page: Any) -> str:
    return str(page.locator("#search-page [role=status]").inner_text())


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("compute bill payable", "Is the compute bill payable?"),
        ("energy unsustainable", "Energy use makes it unsustainable"),
        ("parameters times tokens", "Do parameters times tokens give GPT-3’s compute?"),
        ("brute force", "Beyond brute force"),
        ("lodz", "Łódź’s Straße"),
        ("STRASSE", "Łódź’s Straße"),
        ("zolc aeroskobing naivete", "Łódź’s Straße"),
        ("tagged zebra", "<i>Tagged</i> zebra"),
        ("onerror", "<i>Tagged</i> zebra"),
        ("winter bees", "Winter quarters"),
    ],
)
def test_every_kind_is_found_whatever_its_letters(page: Any, site: Path, words: str, title: str) -> None:
    assert searched(page, site, words)[0] == title


def test_a_title_comes_before_a_mention(page: Any, site: Path) -> None:
    assert searched(page, site, "zebra") == ["<i>Tagged</i> zebra", "Something else"]


def test_all_words_must_be_there_and_nothing_found_is_said(page: Any, site: Path) -> None:
    assert searched(page, site, "zebra unobtainium") == []
    assert "Nothing found" in status(page)
    assert searched(page, site, "") == []
    assert status(page) == ""


def test_hits_are_marked_where_they_stand(page: Any, site: Path) -> None:
    searched(page, site, "strasse zolc")
    marks = page.locator("#search-page li mark").all_inner_texts()
    assert marks == ["Straße", "Żółć"]


def test_many_results_are_counted_and_cut(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    page.fill("dialog input", "swarm")
    page.wait_for_selector("dialog li a")
    assert page.locator("dialog li").count() == 30
    said = page.locator("dialog [role=status]").inner_text()
    assert said.startswith("42 results")
    assert "12 more" in said


def test_the_keyboard_goes_through_the_results(page: Any, site: Path) -> None:
    page.goto((site / "claim" / "energy.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("gpt")
    page.wait_for_selector("dialog li a")
    focused = "Array.from(document.querySelectorAll('dialog li a')).indexOf(document.activeElement)"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == 0
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == 1
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == page.locator("dialog li").count() - 1
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    page.keyboard.press("/")
    address = page.locator("dialog li a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{address.removeprefix('../')}")


def test_the_page_of_the_search_keeps_its_words_in_its_address(page: Any, site: Path) -> None:
    searched(page, site, "zebra")
    page.fill("#search-page input", "100 % swarm & co")
    address = page.evaluate("location.href")
    assert address.endswith("search.html#q=100%20%25%20swarm%20%26%20co")
    page.goto("about:blank")
    page.goto(address)
    assert page.input_value("#search-page input") == "100 % swarm & co"
    page.evaluate("location.hash = 'q=zebra'")
    page.wait_for_function("document.querySelectorAll('#search-page li').length === 2")
    page.evaluate("location.hash = 'q=%'")
    page.wait_for_function("document.querySelector('#search-page input').value === '%'")
    searched(page, site, "zebra")
    page.emulate_media(media="print")
    assert page.locator("#search-page li").first.is_visible()
    assert page.locator(".paper").is_visible()


def test_an_index_that_is_not_there_is_said(page: Any, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "search")
    quiet = page.context.new_page()
    quiet.goto((tmp_path / "copy" / "search.html").as_uri() + "#q=zebra")
    quiet.wait_for_function(
        "/could not be loaded/.test(document.querySelector('#search-page [role=status]').textContent)"
    )
    quiet.close()


def test_without_script_the_page_says_what_to_do(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "search.html").as_uri())
    assert not page.locator("#search-page").is_visible()
    assert "needs script" in page.locator("main").inner_text()
    assert page.locator("main a[href='map.html']").is_visible()
    context.close()
