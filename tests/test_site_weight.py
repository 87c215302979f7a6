"""How heavy the pages of the base in this repository are, gzipped and without images."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import kb
from kb.site.renderer import Renderer
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("real") / "site"
    kb.load(PROJECT / "claims").render(out)
    return out


@pytest.mark.parametrize(
    ("pages", "limit"),
    [
        ("index.html", 20_000),
        ("claim/*.html", 15_000),
        ("check/*.html", 15_000),
        ("question/*.html", 20_000),
        ("source/*.html", 15_000),
    ],
)
def test_pages_are_light(real_site: Path, pages: str, limit: int) -> None:
    weights = {path.name: _weight(path) for path in real_site.glob(pages)}
    assert weights
    assert {name: weight for name, weight in weights.items() if weight >= limit} == {}


def test_a_map_is_light_with_what_its_script_loads(real_site: Path) -> None:
    assert _weight(real_site / "map.html") + _weight(real_site / "map.js") < 60_000
    assert b"application/json" not in (real_site / "map.html").read_bytes()


def _weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_a_heading_keeps_gpt_4_on_one_line_and_its_text_as_it_is() -> None:
    from kb.site.renderer import _unbroken

    found = str(_unbroken("GPT-4 <b> at the well-known 1e26"))
    assert found == '<span class="whole">GPT-4</span> &lt;b&gt; at the well-known 1e26'


def test_a_value_of_a_page_is_found_before_a_method_of_its_dictionary() -> None:
    environment = Renderer({})._environment
    assert environment.from_string("{{ page.items }}").render(page={"items": "yes"}) == "yes"
    assert environment.from_string("{{ page.items() | list }}").render(page={"a": 1}) == "[(&#39;a&#39;, 1)]"
