"""kb serve as a reader sees it: pages reload by themselves; errors stand over them until they are mended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.serving import LIMIT, Served, serving
from tests.test_serve import CLIMBED, TALL, edit

pytestmark = pytest.mark.browser
PATIENCE = LIMIT * 1000


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page without errors in its console, whose requests all go to one place."""
    context = browser.new_context(viewport={"width": 1200, "height": 500})
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("console", lambda m: trouble.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on(
        "request",
        lambda r: None if r.url.startswith(("http://127.0.0.1:", "data:")) else trouble.append(r.url),
    )
    yield opened
    context.close()
    # A browser tells of pages that are missing and of a server that is gone, and rightly so.
    told = ("404 (", "503 (", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE", "ERR_EMPTY_RESPONSE")
    assert [line for line in trouble if not any(word in line for word in told)] == []


@pytest.fixture
def served(small_base: Path) -> Iterator[Served]:
    with serving(small_base) as running:
        running.said("^Ready: .*checks run")
        yield running


@contextmanager
def another_site(folder: Path) -> Iterator[str]:
    """A folder served by another program; gives its address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join(LIMIT)


def has(page: Any, words: str) -> None:
    page.wait_for_function("words => document.body?.innerText.includes(words)", arg=words)


def marked(page: Any) -> bool:
    """Whether the page is the one that was marked, not one loaded since."""
    return bool(page.evaluate("window.marked === true"))


def test_a_page_reloads_itself_and_others_stay(page: Any, served: Served, small_base: Path) -> None:
    page.goto(served.address + "claim/tower-is-tall.html#main")
    other = page.context.new_page()
    other.goto(served.address + "source/guide-1999.html")
    other.wait_for_load_state()
    other.evaluate("window.marked = true")
    page.evaluate("scrollTo(0, 120)")
    page.wait_for_function("scrollY > 0")
    before = page.evaluate("scrollY")
    edit(small_base, TALL, "300 metres", "12345 metres")
    has(page, "12345 metres")
    page.wait_for_function("y => scrollY === y", arg=before)
    assert page.url.endswith("#main")
    assert marked(other)


def test_an_error_stands_over_the_last_good_page_until_it_is_mended(
    page: Any, served: Served, small_base: Path
) -> None:
    page.goto(served.address + "claim/tower-is-climbed.html")
    has(page, "Visitors climb")
    page.evaluate("window.marked = true")
    edit(small_base, CLIMBED, "[tower-climb]", "[<b>tower-clim</b>]")
    dialog = page.get_by_role("dialog", name="1 error in the base")
    dialog.wait_for()
    shown = dialog.inner_text()
    assert f"{CLIMBED}:4:10" in shown
    assert "checks: [<b>tower-clim</b>]" in shown
    edit(small_base, CLIMBED, "<b>tower-clim</b>", "tower-clim")
    dialog.get_by_text("did you mean tower-climb?").wait_for()
    assert "the id of a check of this base" in dialog.inner_text()
    assert (
        page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == "1 error in the base"
    )
    page.set_viewport_size({"width": 390, "height": 700})
    assert dialog.evaluate("element => element.scrollWidth <= element.clientWidth")
    page.set_viewport_size({"width": 1200, "height": 500})
    # It can be put away and called back, by mouse and by keyboard; another page has it, too.
    dialog.get_by_role("button", name="Look at the last good page").click()
    dialog.wait_for(state="hidden")
    page.get_by_role("button", name="Show 1 error").click()
    dialog.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    other = page.context.new_page()
    other.goto(served.address)
    other.get_by_role("dialog", name="1 error in the base").wait_for()
    edit(small_base, CLIMBED, "tower-clim]", "tower-climb]")
    page.get_by_role("button", name="Show 1 error").wait_for(state="hidden")
    other.get_by_role("dialog").wait_for(state="hidden")
    assert marked(page)  # nothing of the page changed


def test_a_base_that_is_wrong_from_the_start_turns_into_its_site(page: Any, small_base: Path) -> None:
    edit(small_base, CLIMBED, "title:", "titel:")
    with serving(small_base) as running:
        running.said("^Ready: .*error")
        page.goto(running.address)
        page.get_by_role("heading", name="in the base").wait_for()
        has(page, f"{CLIMBED}:2:1")
        assert page.get_by_role("dialog").count() == 0
        edit(small_base, CLIMBED, "titel:", "title:")
        has(page, "Is the tower tall?")
        assert "/-/" not in page.url


def test_words_in_a_field_are_not_lost_to_a_reload(page: Any, served: Served, small_base: Path) -> None:
    page.goto(served.address + "claim/tower-is-tall.html")
    page.evaluate(
        "var field = document.createElement('textarea'); document.querySelector('main').prepend(field);"
        "field.focus(); window.marked = true"
    )
    page.keyboard.type("But")
    edit(small_base, TALL, "300 metres", "12345 metres")
    page.get_by_role("status").get_by_text("reloads when you leave the field").wait_for()
    assert marked(page)
    page.locator("textarea").first.blur()
    has(page, "12345 metres")


def test_a_claim_that_goes_and_comes_back(page: Any, served: Served, small_base: Path) -> None:
    page.goto(served.address + "claim/no-such-claim.html")
    has(page, "There is no page at this address")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 249, 246)"
    text = (
        (small_base / CLIMBED)
        .read_text()
        .replace("title: Visitors climb a thousand steps", "title: It is new")
    )
    text = text.partition("supports:")[0]
    (small_base / "towers/no-such-claim.yaml").write_text(text)
    has(page, "It is new")


def test_a_page_outlives_its_server_and_finds_the_next(page: Any, served: Served, small_base: Path) -> None:
    page.goto(served.address + "claim/tower-is-tall.html")
    port = served.port
    served.stop()
    page.get_by_role("status").get_by_text("kb serve does not answer").wait_for()
    edit(small_base, TALL, "300 metres", "12345 metres")
    with serving(small_base, "--port", port) as again:
        again.said("^Ready")
        has(page, "12345 metres")


def test_the_page_of_another_site_learns_nothing(page: Any, served: Served, tmp_path: Path) -> None:
    """What a hostile page can try with a browser: scripts, frames, streams and requests."""
    with another_site(tmp_path) as elsewhere:
        (tmp_path / "index.html").write_text(
            f"""<!doctype html><title>x</title><script>
            var got = {{}}, at = '{served.address}';
            function ran() {{ got.script = true; }}
            window.kbSearch = {{ add: ran, shards: ran }};
            function script(path) {{ return new Promise(function (done) {{
              var s = document.createElement('script'); s.src = at + path; s.onload = s.onerror = done;
              document.head.append(s); }}); }}
            var stream = new EventSource(at + '-/events?/');
            stream.onmessage = function () {{ got.stream = true; }};
            var ended = new Promise(function (done) {{ stream.onerror = done; }});
            Promise.allSettled([script('search/index.js'), ended,
              fetch(at, {{ mode: 'no-cors' }}).then(function () {{ got.fetched = true; }})
            ]).then(function () {{ window.got = got; window.ended = true; }});
            </script>"""
        )
        hostile = page.context.browser.new_page()
        hostile.goto(elsewhere)
        hostile.wait_for_function("window.ended === true")
        assert hostile.evaluate("got") == {}
        hostile.close()
