"""Every page of the demo and of the shipped base: valid HTML, and links that lead somewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import html5lib
import pytest

import kb
from kb.resources import example_base
from kb.site import build
from tests import site_demo
from tests.site_html import HTML, broken, faults, is_redirect, tree

POLICY = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' data:"


@pytest.fixture(scope="module", params=["demo", "base"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    if request.param == "demo":
        build(*site_demo.demo(), out)
    else:
        kb.load(example_base()).render(out)
    return out


@pytest.fixture(scope="module")
def parsed(site: Path) -> dict[Path, Any]:
    found = {}
    for path in sorted(site.rglob("*.html")):
        try:
            found[path.resolve()] = tree(path)
        except html5lib.html5parser.ParseError as error:
            pytest.fail(f"{path.relative_to(site)}: {error}")
    return found


def test_every_page_is_valid(site: Path, parsed: dict[Path, Any]) -> None:
    found = [f"{path.name}: {fault}" for path, page in parsed.items() for fault in faults(path, page)]
    assert found == []


def test_every_link_leads_somewhere(site: Path, parsed: dict[Path, Any]) -> None:
    ids = {path: {found.get("id", "") for found in page.iter()} for path, page in parsed.items()}
    found = [
        f"{path.name}: {fault}" for path, page in parsed.items() for fault in broken(site, path, page, ids)
    ]
    assert found == []


def test_every_page_has_the_policy_and_says_what_it_is(parsed: dict[Path, Any]) -> None:
    for path, page in parsed.items():
        metas = list(page.iter(f"{HTML}meta"))
        if is_redirect(page):
            continue
        policy = [
            meta.get("content") for meta in metas if meta.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policy) == 1, path.name
        assert policy[0].startswith(POLICY), path.name
        assert "unsafe" not in policy[0], path.name
        for name in ("og:title", "og:description", "og:type"):
            assert [meta for meta in metas if meta.get("property") == name and meta.get("content")], (
                path.name,
                name,
            )
        assert [meta for meta in metas if meta.get("name") == "description" and meta.get("content")], (
            path.name
        )


def test_charts_and_feeds_are_sound_xml(site: Path) -> None:
    for path in [*site.rglob("*.xml"), *site.rglob("*.svg")]:
        fromstring(path.read_bytes())


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p id=a></p><p id=a></p>", "2 times"),
        ("<input>", "no label"),
        ("<h2>a</h2><h4>b</h4>", "after <h2>"),
        ("<p onclick='x()'>a</p>", "script in the page"),
        ("<script>alert(1)</script>", "script in the page"),
        ("<p style='color:red'>a</p>", "style in the page"),
        ("<p href='x'>a</p>", "takes no href"),
        ("<label for=x>a</label>", "names no 'x'"),
        ("<button>a</button>", "without a type"),
        ("<ul><p>a</p></ul>", "holds"),
        ("<blink>a</blink>", "no element"),
        ("<a href='#'></a>", "no words"),
        ("<svg></svg>", "without a title"),
    ],
)
def test_faults_are_found(tmp_path: Path, body: str, fault: str) -> None:
    path = tmp_path / "page.html"
    head = "<!doctype html><html lang=en><head><title>a</title></head><body><main><h1>a</h1>"
    path.write_text(f"{head}{body}</main></body></html>")
    assert any(fault in found for found in faults(path, tree(path)))


@pytest.mark.parametrize(
    "body", ["<p><b>a</p></b>", "<div><p>a</div></p>", "<p>&nosuch;</p>", "<table><p>a</p></table>"]
)
def test_broken_syntax_is_found(tmp_path: Path, body: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><html lang=en><head><title>a</title></head><body>{body}</body></html>")
    with pytest.raises(html5lib.html5parser.ParseError):
        tree(path)


@pytest.mark.parametrize("address", ["gone.html", "#nowhere", "javascript:alert(1)", "../../../etc/passwd"])
def test_broken_links_are_found(tmp_path: Path, address: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        f"<!doctype html><html lang=en><head><title>a</title></head><body><a href='{address}'>a</a>"
    )
    page = html5lib.parse(path.read_text())
    assert list(broken(tmp_path, path, page, {path.resolve(): set()}))
