"""A folder of Markdown files as pages of the site: valid, usable by all, and leading somewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.site import build
from kb.site.pages import docs
from tests import documents, site_demo
from tests.conftest import Ran
from tests.site_html import HTML, broken, faults, tree
from tests.test_site_axe import context, violations

HOSTILE = """\
# A page with `everything`

<!-- a remark for writers -->
Words with <b>tags</b>, <script>alert(1)</script> and a [trap](javascript:alert(1)). More.

## The same

| left | right | |
|:--|--:|---|
| a | b | <img src=x onerror=alert(1)> |

<div onclick="alert(1)">block</div>

### The same

## The same

[Other](other.md#the-same), [itself](#the-same-1), [web](https://example.org/), [gone](../setup.cfg "x"),
[claim](../claims/any/gpt3-days.yaml), [check](../claims/checks/gpt3-petaflop-days.yaml), ![picture](a.png)

```yaml
a: "<b>"
```

    indented
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, out = tmp_path_factory.mktemp("docs"), tmp_path_factory.mktemp("site")
    (folder / "page.md").write_text(HOSTILE, "utf-8")
    (folder / "other.md").write_text("No heading here.\n\n## The same\n", "utf-8")
    build(*site_demo.demo(), out, docs=folder)
    return out


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation of this project, on the site of the demo."""
    out = tmp_path_factory.mktemp("ours")
    build(*site_demo.demo(), out, docs=documents.PAGES)
    return out


@pytest.mark.parametrize("which", ["demo", "ours"])
def test_pages_are_valid_and_lead_somewhere(which: str, request: pytest.FixtureRequest) -> None:
    site: Path = request.getfixturevalue(which)
    parsed = {path.resolve(): tree(path) for path in sorted((site / "docs").glob("*.html"))}
    assert parsed
    ids = {path: {found.get("id", "") for found in page.iter()} for path, page in parsed.items()}
    assert [f"{p.name}: {fault}" for p, page in parsed.items() for fault in faults(p, page)] == []
    assert [f"{p.name}: {fault}" for p, page in parsed.items() for fault in broken(site, p, page, ids)] == []


def test_every_file_of_the_project_has_a_page_that_the_first_leads_to(ours: Path) -> None:
    pages = {path.stem for path in documents.PAGES.glob("*.md")}
    assert {path.stem for path in (ours / "docs").glob("*.html")} == pages
    first = (documents.PAGES / "index.md").read_text("utf-8")
    assert [name for name in sorted(pages - {"index"}) if f"({name}.md)" not in first] == []


def test_nothing_in_a_file_becomes_markup_or_script(demo: Path) -> None:
    page = (demo / "docs" / "page.html").read_text("utf-8")
    assert "a remark for writers" not in page
    assert "&lt;b&gt;tags&lt;/b&gt;" in page
    assert "&lt;div onclick" in page
    assert "<b>" not in page
    assert "alert(1)</script>" not in page
    assert 'href="javascript' not in page
    assert "<img" not in page
    assert "style=" not in page


def test_links_lead_to_pages_and_lose_what_has_none(demo: Path) -> None:
    page = (demo / "docs" / "page.html").read_text("utf-8")
    assert '<a href="other.html#the-same">Other</a>' in page
    assert '<a href="../claim/gpt3-days.html">claim</a>' in page
    assert '<a href="../check/gpt3-petaflop-days.html">check</a>' in page
    assert "<span>gone</span>" in page
    for anchor in ("the-same", "the-same-1", "the-same-2", "a-page-with-everything"):
        assert f'id="{anchor}"' in page


def test_headings_of_columns_are_named_and_empty_ones_are_none(demo: Path) -> None:
    heads = list(tree(demo / "docs" / "page.html").iter(f"{HTML}th"))
    assert [(head.text, head.get("scope")) for head in heads] == [("left", "col"), ("right", "col")]


def test_title_and_description_come_from_the_file(demo: Path) -> None:
    page = tree(demo / "docs" / "page.html")
    assert [found.text for found in page.iter(f"{HTML}title")] == ["A page with everything"]
    said = [m.get("content") for m in page.iter(f"{HTML}meta") if m.get("name") == "description"]
    assert said == ["Words with <b>tags</b>, <script>alert(1)</script> and a [trap](javascript:alert(1))."]
    assert "<title>other</title>" in (demo / "docs" / "other.html").read_text("utf-8")


def test_the_site_leads_to_its_documentation_where_there_is_one(
    small_base: Path, kb: Callable[..., Ran], tmp_path: Path
) -> None:
    folder, site = tmp_path / "words", tmp_path / "site"
    folder.mkdir()
    assert kb("render", "--out", site, cwd=small_base).code == 0
    assert "Documentation" not in (site / "index.html").read_text("utf-8")
    (folder / "zebra.md").write_text("# Zebras\n", "utf-8")
    (folder / "index.md").write_text("# Start\n\n[Zebras](zebra.md) first.\n", "utf-8")
    (folder / "ant.md").write_text("# Ants\n", "utf-8")
    assert kb("render", "--out", site, "--docs", folder, cwd=small_base).code == 0
    assert '<a href="docs/index.html">Documentation</a>' in (site / "index.html").read_text("utf-8")
    page = (site / "docs" / "ant.html").read_text("utf-8")
    assert page.index(">Start</a>") < page.index(">Zebras</a>") < page.index(">Ants</a>")
    assert (site / "search" / "index.js").read_text("utf-8") == 'kbSearch.shards(["0","docs"]);\n'
    assert '["Documentation","Zebras","Zebras","docs/zebra.html","",""]' in (
        (site / "search" / "docs.js").read_text("utf-8")
    )
    again = kb("render", "--out", site, "--docs", folder, cwd=small_base)
    assert again.err.startswith("0 pages written")
    (folder / "ant.md").write_text("# Ants\n\nMany.\n", "utf-8")
    # The page, and what the search says of it.
    assert kb("render", "--out", site, "--docs", folder, cwd=small_base).err.startswith("2 pages written")
    assert kb("render", "--out", site, cwd=small_base).code == 0
    assert not (site / "docs").exists()
    assert (site / "search" / "index.js").read_text("utf-8") == 'kbSearch.shards(["0"]);\n'


def test_a_file_that_is_no_text_is_named(small_base: Path, kb: Callable[..., Ran], tmp_path: Path) -> None:
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "bad.md").write_bytes(b"# \xff")
    ran = kb("render", "--out", tmp_path / "site", "--docs", folder, cwd=small_base)
    assert ran.code == 1
    assert "bad.md is not UTF-8 text" in ran.err


def test_files_of_any_name_can_be_reached(tmp_path: Path) -> None:
    folder, out = tmp_path / "words", tmp_path / "site"
    folder.mkdir()
    (folder / "index.md").write_text("# Start\n\n[Why](<why not?.md#a>), [Ü](über.md)\n", "utf-8")
    (folder / "why not?.md").write_text("# Why #1\n\nA \x07 bell.\n", "utf-8")
    (folder / "über.md").write_text("# Über\n", "utf-8")
    build(*site_demo.demo(), out, docs=folder)
    page = (out / "docs" / "index.html").read_text("utf-8")
    assert page.count('href="why%20not%3F.html#a"') == 1
    assert page.count('href="../docs/why%20not%3F.html"') == 1
    assert page.count('href="%C3%BCber.html"') == 1
    assert '"docs/why%20not%3F.html"' in (out / "search" / "docs.js").read_text("utf-8")
    assert tree(out / "docs" / "why not?.html")  # no page holds what HTML has no place for


@pytest.mark.parametrize("kind", ["a link out", "a link to nothing", "a folder", "a pipe"])
def test_a_file_that_lies_elsewhere_is_not_read(tmp_path: Path, kind: str) -> None:
    folder, file = tmp_path / "words", tmp_path / "words" / "page.md"
    folder.mkdir()
    (tmp_path / "secret").write_text("# A secret\n", "utf-8")
    if kind == "a folder":
        file.mkdir()
    elif kind == "a pipe":
        os.mkfifo(file)
    else:
        file.symlink_to(tmp_path / ("secret" if kind == "a link out" else "nothing"))
    with pytest.raises(docs.DocsError, match=r"page\.md is no file, or a link that leads out"):
        docs.pages(folder, site_demo.base())
    file.rmdir() if kind == "a folder" else file.unlink()
    (folder / "other.md").write_text("# Other\n", "utf-8")
    file.symlink_to("other.md")
    assert [page.path for page in docs.pages(folder, site_demo.base())] == [
        "docs/other.html",
        "docs/page.html",
    ]


@pytest.mark.browser
def test_pages_are_accessible_and_fit(browser: Any, axe: Any, ours: Path) -> None:
    opened = context(browser, 390, "light")
    page = opened.new_page()
    found = []
    for path in sorted((ours / "docs").glob("*.html")):
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(path.as_uri())
        found += [f"{path.name} {line}" for line in violations(axe, page, leave_out=["color-contrast"])]
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{path.name} scrolls sideways by {wide} at {width}"] if wide > 0 else []
    opened.close()
    assert found == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_have_contrast(browser: Any, axe: Any, ours: Path, demo: Path, scheme: str) -> None:
    """On pages that together have all that Markdown makes; the colours of an element are alike on all."""
    opened = context(browser, 1440, scheme)
    page = opened.new_page()
    for path in (ours / "docs" / "rules.html", ours / "docs" / "tutorial.html", demo / "docs" / "page.html"):
        page.goto(path.as_uri())
        assert violations(axe, page) == []
    opened.close()
