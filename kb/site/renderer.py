"""Jinja2, set up once: strict, autoescaped, with the charts as functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb import drawing, resources
from kb.site.words import Data

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_PACKAGE = Path(drawing.__file__).parent.parent
_CODE = ("drawing", "site")
_JOINED = re.compile(r"\w+-\d[\w.]*\b")


class Renderer:
    """Turns a page's content to bytes. ``digest`` changes when anything but the content would change them."""

    def __init__(self, chrome: Data) -> None:
        self._folder, self._chrome = resources.templates_folder(), chrome
        self.digest = _digest(self._folder, chrome)

    @cached_property
    def _environment(self) -> Environment:
        """Made for the first page that has to be rendered; most builds of an unchanged base have none."""
        from jinja2 import FileSystemLoader, StrictUndefined

        from kb.site import charts, compiling

        environment = compiling.Compiled(
            loader=FileSystemLoader(self._folder),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=compiling.kept(Path(__file__)),
        )
        environment.globals.update(chrome=self._chrome, **charts.functions())
        environment.filters.update(ld_json=_ld_json, unbroken=_unbroken)
        return environment

    def render(self, template: str, path: str, content: Mapping[str, Any]) -> bytes:
        """The bytes of a page; ``path`` is its address from the site's root, to which its links lead.

        A content's ``root`` is the way there, for a page that is shown at other addresses than its own.
        """
        root = content.get("root", "../" * path.count("/"))
        return self._environment.get_template(template).render(page=content, root=root, path=path).encode()


def _digest(folder: Path, chrome: Data) -> str:
    """A hash of the templates, of the code that draws and words pages, and of what all pages share."""
    seen = sha256(json.dumps(chrome, sort_keys=True).encode())
    files = [path for path in sorted(folder.glob("*.html")) if path.is_file()]
    for room in _CODE:
        files.extend(sorted((_PACKAGE / room).rglob("*.py")))
    for path in files:
        seen.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()


def _ld_json(value: Data) -> Markup:
    """JSON for a data block: no character that could end the block early."""
    from markupsafe import Markup

    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _unbroken(text: str) -> str:
    """A title whose names and numbers joined by a hyphen, such as GPT-4, stay on one line.

    By style and not by another hyphen, so that copied text can be searched for.
    """
    from markupsafe import Markup, escape

    if "-" not in text:
        return text
    return Markup(_JOINED.sub(r'<span class="whole">\g<0></span>', str(escape(text))))
