"""Hostile words, ids and addresses; renames and withdrawals; builds side by side: the site takes them all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.model import Base, Bearing, Check, Claim, Config, Expectation, Formula, Question, Step
from kb.site import build, manifest, staging
from kb.site.serving import pages as served
from tests import site_demo
from tests.conftest import SMALL_BASE, write_base
from tests.site_demo_claims import step
from tests.test_site_browser import address, opened

LONG = "W" * 10_000
NAMES = ("constructor", "valueof", "__proto__", "toString", "hasOwnProperty")


def claim(name: str, title: str, *steps: Step, checks: tuple[str, ...] = ()) -> Claim:
    bearings = tuple(Bearing(check, claim=name) for check in checks)
    return Claim(name, title, f"topic/{name}.yaml", title, steps=steps, checks=bearings, notes=title)


def hostile() -> Base:
    """Ids and words that every JavaScript object answers to, and words that no line can hold."""
    claims = (
        claim("constructor", "__proto__", checks=("valueof",)),
        claim("long-one", LONG, step("supports", "long-one", "constructor", because=LONG)),
        claim("script", "</script><script>alert(1)</script>", step("attacks", "script", "constructor")),
    )
    check = Check("valueof", "formula", Formula("1"), title=LONG, expect=Expectation(at_least=1))
    questions = (
        Question("first", "</script>?", ("constructor", "long-one")),
        Question("second", LONG, ("constructor",)),
    )
    config = Config("Hostile", questions=questions, repository="https://github.com/a/b")
    return Base("", config, {it.id: it for it in claims}, {"valueof": check})


def render(base: Base, out: Path) -> None:
    build(*site_demo.solved(base, {}), out)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hostile")
    render(hostile(), out)
    return out


# --- in the browser -----------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("page", ["map.html", "map/first.html"])
def test_a_map_takes_any_address(browser: Any, site: Path, page: str) -> None:
    fragments = [
        f"#{fields.replace('*', name)}"
        for name in NAMES
        for fields in ("c=*&source=*", "focus=*&verdict=*", "open=*")
    ]
    with opened(browser) as tab:
        for fragment in (*fragments, "#c=%E0%A4%A", "#depth=x", "#" + "a" * 100_000):
            tab.goto("about:blank")
            tab.goto(address(site, page) + fragment)
            assert tab.locator(".card").count() > 0
            assert tab.locator("[data-view][aria-pressed=true]").count() == 1


@pytest.mark.browser
def test_a_map_opens_where_there_are_cards(browser: Any, site: Path) -> None:
    with opened(browser) as tab:
        for fragment in ("#depth=1&at=1e308,1e308,1", "#depth=1&at=0,9e99,1", "#view=nowhere"):
            tab.goto("about:blank")
            tab.goto(address(site, "map/first.html") + fragment)
            tab.locator(".card.question").first.wait_for()
            assert tab.locator(".card.question").first.bounding_box()["x"] < 1440
            assert tab.locator("[data-view][aria-pressed=true]").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_trying_answers_takes_any_address(browser: Any, site: Path, name: str) -> None:
    with opened(browser) as tab:
        for fragment in (
            f"#{name}=valueof",
            f"#holds={name}",
            f"#strong={name}",
            f"#without={name}&c={name}",
        ):
            tab.goto("about:blank")
            tab.goto(address(site, "whatif/first.html") + fragment)
            said = tab.locator("#said").inner_text()
            assert said.startswith("1 change" if fragment == "#holds=valueof" else "Nothing is changed")


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_a_suggestion_is_of_a_kind_whatever_the_address_says(browser: Any, site: Path, name: str) -> None:
    with opened(browser) as tab:
        tab.goto(address(site, "suggest.html") + f"#to=constructor&as={name}&step={name}")
        tab.locator("#desk").wait_for()
        assert tab.locator("#heading").inner_text() == "Suggest a counter-claim"
        assert tab.locator("input[name=as]:checked").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1440])
def test_no_word_is_too_long(browser: Any, site: Path, width: int) -> None:
    wide: list[str] = []
    with opened(browser, width) as tab:
        for path in sorted(site.rglob("*.html")):
            tab.goto(path.as_uri())
            over = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            wide += [f"{path.relative_to(site)} {over}"] if over > 0 else []
    assert wide == []


# --- pages of what was renamed or withdrawn -----------------------------------


def renamed(**names: str) -> Base:
    base = site_demo.base()
    given = {old.replace("_", "-"): new for old, new in names.items()}
    return replace(base, config=replace(base.config, renamed=given))


def target(out: Path, page: str) -> str:
    text = (out / page).read_text("utf-8")
    assert 'http-equiv="refresh"' in text, page
    return text.partition('content="0; url=')[2].partition('"')[0]


def test_an_id_that_was_renamed_twice_leads_to_the_last(tmp_path: Path) -> None:
    render(renamed(first_name="second-name", second_name="energy"), tmp_path)
    for old in ("first-name", "second-name"):
        assert target(tmp_path, f"claim/{old}.html") == "../claim/energy.html"
        assert "Energy use makes it unsustainable" in (tmp_path / f"claim/{old}.html").read_text("utf-8")


def test_a_redirect_follows_when_it_is_aimed_elsewhere(tmp_path: Path) -> None:
    render(renamed(old_name="energy"), tmp_path)
    render(renamed(old_name="railways"), tmp_path)
    assert target(tmp_path, "claim/old-name.html") == "../claim/railways.html"


def test_every_page_of_a_renamed_question_leads_on(tmp_path: Path) -> None:
    render(renamed(old_question="compute-bill", older="empty-question"), tmp_path)
    for kind in ("question", "map", "whatif"):
        assert target(tmp_path, f"{kind}/old-question.html") == f"../{kind}/compute-bill.html"
    assert (tmp_path / "map/older.html").is_file()
    assert not (tmp_path / "whatif/older.html").exists()  # nothing is asked there that could be tried
    listed = (tmp_path / "sitemap.xml").read_text("utf-8")
    assert "old-question" not in listed


def test_a_redirect_allows_no_script(tmp_path: Path) -> None:
    render(renamed(old_name="energy"), tmp_path)
    assert "Content-Security-Policy\" content=\"default-src 'none'" in (
        tmp_path / "claim/old-name.html"
    ).read_text("utf-8")


def test_old_ids_of_a_withdrawn_claim_say_that_it_was_withdrawn(tmp_path: Path) -> None:
    base = renamed(first_name="second-name", second_name="energy")
    render(base, tmp_path)
    left = {name: found for name, found in base.claims.items() if name != "energy"}
    without = replace(base, claims=left, config=replace(base.config, renamed={}))
    for _ in range(2):
        render(without, tmp_path)
        for old in ("first-name", "second-name", "energy"):
            text = (tmp_path / f"claim/{old}.html").read_text("utf-8")
            assert "was withdrawn" in text
            assert "Energy use makes it unsustainable" in text
    render(base, tmp_path)
    assert target(tmp_path, "claim/first-name.html") == "../claim/energy.html"


def test_a_withdrawn_id_may_come_back_as_another_kind(tmp_path: Path) -> None:
    base = renamed()
    render(base, tmp_path)
    left = {name: found for name, found in base.claims.items() if name != "energy"}
    check = replace(base.checks["gpu-hour-price"], id="energy")
    render(replace(base, claims=left, checks={**base.checks, "energy": check}), tmp_path)
    assert "was withdrawn" in (tmp_path / "claim/energy.html").read_text("utf-8")
    assert "was withdrawn" not in (tmp_path / "check/energy.html").read_text("utf-8")


# --- the page of missing pages ------------------------------------------------


@pytest.mark.parametrize(
    ("site_address", "root"),
    [
        ("https://example.org", "/"),
        ("https://example.org/a/b/", "/a/b/"),
        ("https://example.org:81/x", "/x/"),
    ],
)
def test_the_page_of_missing_pages_has_its_style_at_any_address(
    tmp_path: Path, site_address: str, root: str
) -> None:
    base = site_demo.base()
    render(replace(base, config=replace(base.config, site=site_address)), tmp_path)
    page = (tmp_path / "404.html").read_bytes()
    assert f'href="{root}static/site.css"'.encode() in page
    assert f'data-root="{root}"'.encode() in page
    assert b'="static/' not in page
    # kb serve has the site at the root of its own host.
    preview = served.anywhere(page)
    assert b'href="/static/site.css"' in preview
    assert b'data-root="/"' in preview
    assert b'href="#main"' in preview


def test_without_an_address_the_page_of_missing_pages_is_as_relative_as_others(tmp_path: Path) -> None:
    base = site_demo.base()
    render(replace(base, config=replace(base.config, site="")), tmp_path)
    page = (tmp_path / "404.html").read_bytes()
    assert b'href="static/site.css"' in page
    assert b'href="/static/site.css"' in served.anywhere(page)


# --- builds -------------------------------------------------------------------


def test_a_build_that_ends_beside_ours_makes_no_strangers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks at the folder another first build moved its files there, its journal gone last."""
    out = tmp_path / "site"
    out.mkdir()
    listed = Path.iterdir

    def others_end(self: Path) -> Iterator[Path]:
        if self == out and not (out / manifest.NAME).exists():
            (out / "index.html").write_text("theirs")
            (out / manifest.NAME).write_text("{}")
        return listed(self)

    monkeypatch.setattr(Path, "iterdir", others_end)
    manifest.refuse_others(out)
    assert not staging.pending(out)


def test_a_cache_does_not_bring_back_the_folder_of_a_base_that_was_moved(tmp_path: Path) -> None:
    from kb import store

    assert store.cache_folder(tmp_path / "moved-away") is None
    assert not (tmp_path / "moved-away").exists()


# --- files that are not what they seem ----------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names only on Unix")
def test_a_pipe_among_the_files_is_named_and_not_read(tmp_path: Path, kb: Any) -> None:
    root = write_base(tmp_path / "base", SMALL_BASE)
    (root / "towers/tower-is-tall.yaml").unlink()
    os.mkfifo(root / "towers/tower-is-tall.yaml")
    ran = kb("validate", "--base", root, timeout=60)
    assert ran.code == 1
    assert "this is no regular file" in ran.out + ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("form", ["text", "sarif"])
def test_no_line_is_shown_of_a_file_that_a_link_leads_out_to(tmp_path: Path, kb: Any, form: str) -> None:
    (tmp_path / "secret.yaml").write_text("token: hunter2\n")
    root = write_base(tmp_path / "base", SMALL_BASE)
    (root / "towers/tower-is-tall.yaml").unlink()
    (root / "towers/tower-is-tall.yaml").symlink_to(tmp_path / "secret.yaml")
    ran = kb("validate", "--base", root, "--format", form)
    assert ran.code == 1
    assert "hunter2" not in ran.out + ran.err
    assert "leads out of the base" in ran.out + ran.err
