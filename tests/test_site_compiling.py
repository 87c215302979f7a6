"""Templates compiled our way: the same pages as under plain Jinja2, and the same escapes."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateAssertionError, parser
from markupsafe import Markup, escape

from kb.site import build
from kb.site.compiling import Compiled, kept, text
from kb.site.renderer import Renderer
from tests import site_demo


def test_pages_are_those_of_plain_jinja(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: set[str] = set()
    ours = Renderer.render

    def both(self: Renderer, template: str, path: str, content: Mapping[str, Any]) -> bytes:
        found = ours(self, template, path, content)
        made = self._environment
        plain = Environment(
            loader=made.loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        plain.globals.update(made.globals)
        plain.filters.update(made.filters)
        root = content.get("root", "../" * path.count("/"))
        if template not in compared:
            assert plain.get_template(template).render(page=content, root=root, path=path).encode() == found
        compared.add(template)
        return found

    monkeypatch.setattr(Renderer, "render", both)
    build(*site_demo.demo(), tmp_path / "site")
    assert {"claim.html", "check.html", "map.html", "suggest.html", "whatif.html"} <= compared


@pytest.mark.parametrize(
    "value", ["plain", "a & b", "<script>", "x>y", "it's", 'say "so"', "", 7, 0.5, None, Markup("<b>&</b>")]
)
def test_values_are_escaped_as_ever(value: object) -> None:
    assert text(value) == escape(value)


HELLO = "{% macro hello(name, sign='!') %}{{ name }}{{ sign }}{% endmacro %}"


def rendered(template: str, **given: object) -> str:
    return Compiled(loader=DictLoader({"it": HELLO + template})).get_template("it").render(given)


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ hello(it.name) }}", "&lt;i&gt;!"),
        ("{{ hello(it.name, '?') }}", "&lt;i&gt;?"),
        ("{{ hello('b') if it.yes }}{{ hello('c') if not it.yes }}", "b!"),
        ("{{ it.name if it.yes else 'no' }}", "&lt;i&gt;"),
        ("{{ '<' if it.yes else 'no' }}", "&lt;"),
        ("{% for n in it.rows %}{{ n }}{{ ', ' if not loop.last }}{% endfor %}", "1, &amp;"),
        ("{{ it.rows[0] }}{{ it.name[1:] }}{{ '{:,}'.format(1000) }}", "1i&gt;1,000"),
        ("{% set all %}{{ it.name }}{% endset %}{{ all }}", "&lt;i&gt;"),
    ],
)
def test_what_templates_are_written_with(template: str, page: str) -> None:
    assert rendered(template, it={"name": "<i>", "yes": True, "rows": [1, "&"]}) == page


def test_what_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        rendered("{{ it.nothing }}", it={})


def test_macros_take_their_arguments_in_order() -> None:
    with pytest.raises(TemplateAssertionError, match="in their order"):
        rendered("{{ hello(name='b') }}")


# --- what is kept between runs ----------------------------------------------------------


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_temporary_folder_without_room_costs_only_time(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    environment = Compiled(loader=DictLoader({"it": "a page"}), bytecode_cache=kept(Path(__file__)))
    assert environment.get_template("it").render() == "a page"


def test_what_was_compiled_otherwise_is_not_taken(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = temporary / "options.py"

    def name(said: str) -> str:
        options.write_text(said, "utf-8")
        found: Any = kept(options)
        return str(found.pattern)

    first = name("trim_blocks=True")
    assert name("trim_blocks=False") != first == name("trim_blocks=True")
    monkeypatch.setattr(parser, "__file__", str(options))
    assert name("trim_blocks=True") != first
