"""Pages made of a folder of Markdown files: the words that explain a base or a program.

Markdown is CommonMark with tables. HTML in it is shown as text and comments are left out, so that a page can
hold nothing that the site's policy refuses. A link to another of the files leads to its page, a link to a
file of the base to the page of that thing; of a link to any other file only the words are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from html import escape
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from kb.drawing.svg import sound
from kb.model import Base
from kb.site.page import Page
from kb.site.pages.lists import entries
from kb.site.words import Data
from kb.source.scanning import own_file

if TYPE_CHECKING:
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

FOLDER = "docs"
SHARD = "docs"
"""The part of the search index that these pages make."""
_FIRST = "index"
_LINK = re.compile(r"\]\(([\w-]+)\.md\b")
_TITLE = re.compile(r"^# +(.+?)\s*$", re.MULTILINE)
_WEB = ("https://", "http://", "mailto:")


class DocsError(Exception):
    """A file of the documentation cannot be shown; says which, why, and what to do."""


def pages(folder: Path, base: Base) -> list[Page]:
    """A page for each Markdown file of a folder, ``index.md`` first, then those it names.

    Raises OSError when a file cannot be read, DocsError when it lies elsewhere or is not UTF-8.
    """
    texts = {path.stem: _text(path) for path in sorted(folder.glob("*.md"))}
    named = dict.fromkeys([_FIRST, *_LINK.findall(texts.get(_FIRST, "")), *texts])
    titles = {name: _title(name, texts[name]) for name in named if name in texts}
    return [
        Page(f"{FOLDER}/{name}.html", "doc.html", cache(partial(_content, name, texts[name], titles, base)))
        for name in titles
    ]


def shard(documents: Iterable[Page]) -> bytes:
    """What the search can find in the documentation: each page, and each of its sections."""
    return entries(line for page in documents for line in _found(quote(page.path), page.content()))


def _found(path: str, content: Data) -> Iterator[list[str]]:
    title = content["title"]
    yield ["Documentation", title, content["description"], path, "", ""]
    for at, words in content["sections"]:
        yield ["Documentation", words, title, f"{path}#{at}", "", ""]


def _text(path: Path) -> str:
    # As in a base: a pipe would never end, and a link may lead to what is nobody's to see.
    if own_file(path.parent, path.name) is None:
        why = f"{path} is no file, or a link that leads out of its folder; put the file itself there"
        raise DocsError(why)
    try:
        return sound(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise DocsError(f"{path} is not UTF-8 text; save it as UTF-8") from error


def _title(name: str, text: str) -> str:
    found = _TITLE.search(text)
    return found[1].replace("`", "") if found else name


def _content(name: str, text: str, titles: Mapping[str, str], base: Base) -> Data:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark").enable("table").disable("image")
    for kind, shown in _SHOWN.items():
        reader.add_render_rule(kind, shown)
    tokens = reader.parse(text)
    sections = list(_headings(tokens))
    _cells(tokens)
    for inline in tokens:
        _links(inline.children or (), titles, base)
    return {
        "title": titles[name],
        "headed": any(level == 1 for level, _, _ in sections),
        "description": _summary(tokens) or titles[name],
        "body": reader.renderer.render(tokens, reader.options, {}),
        "sections": [(at, words) for level, at, words in sections if level == 2],
        "shelf": [(other == name, quote(f"{FOLDER}/{other}.html"), title) for other, title in titles.items()],
    }


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[int, str, str]]:
    """Level, anchor and words of each heading, which gets that anchor: the one that GitHub would give it."""
    taken: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            words = _plain(inline)
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            times = taken[slug] = taken.get(slug, -1) + 1
            opening.attrSet("id", f"{slug}-{times}" if times else slug)
            yield int(opening.tag[1:]), str(opening.attrGet("id")), words


def _cells(tokens: Sequence[Token]) -> None:
    """Headings of columns say what they head, and are cells where they are empty; nothing has a style."""
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        opening.attrs.pop("style", None)
        if opening.type == "th_open" and inline.content:
            opening.attrSet("scope", "col")
        elif opening.type == "th_open":
            opening.tag = closing.tag = "td"


def _links(tokens: Sequence[Token], titles: Mapping[str, str], base: Base) -> None:
    """Lead each link to a page of the site; one that has none becomes plain words."""
    for place, token in enumerate(tokens):
        if token.type == "link_open":
            if address := _address(str(token.attrGet("href")), titles, base):
                token.attrSet("href", address)
                continue
            token.tag, token.attrs = "span", {}
            closing = next(t for t in tokens[place:] if t.type == "link_close" and t.level == token.level)
            closing.tag = "span"


def _address(href: str, titles: Mapping[str, str], base: Base) -> str:
    path, hash_, anchor = href.partition("#")
    if not path or path.startswith(_WEB):
        return href
    there = PurePosixPath(unquote(path))
    if len(there.parts) == 1 and there.suffix == ".md" and there.stem in titles:
        return f"{quote(there.stem)}.html{hash_}{anchor}"
    things = {"claim": base.claims, "check": base.checks, "source": base.sources}
    kinds = [kind for kind, known in things.items() if there.suffix == ".yaml" and there.stem in known]
    # Ids are of one kind only where people do not reuse them: a folder of checks or of sources decides.
    kind = next((kind for kind in reversed(kinds) if f"{kind}s" in there.parts or kind == "claim"), "")
    return f"../{kind}/{there.stem}.html" if kind else ""


def _summary(tokens: Sequence[Token]) -> str:
    """The first paragraph, as far as its first sentence."""
    for opening, inline in pairwise(tokens):
        if opening.type == "paragraph_open":
            return re.split(r"(?<=[.?!]) ", _plain(inline), maxsplit=1)[0]
    return ""


def _plain(inline: Token) -> str:
    """The words of a line, without its marks."""
    spaces = {"softbreak": " ", "hardbreak": " "}
    return "".join(spaces.get(child.type, child.content) for child in inline.children or ())


def _table(_: RendererHTML, tokens: Sequence[Token], place: int, *__: Any) -> str:
    """A table scrolls by itself on a narrow screen, by keyboard too; its name tells it from the others."""
    number = sum(token.type == "table_open" for token in tokens[: place + 1])
    before = [i for i in range(place) if tokens[i].type == "heading_open"]
    about = f": {_plain(tokens[before[-1] + 1])}" if before else ""
    name = escape(f"Table {number}{about}")
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">\n<table>\n'


def _after_table(*_: Any) -> str:
    return "</table>\n</div>\n"


def _block(_: RendererHTML, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'


def _markup(_: RendererHTML, tokens: Sequence[Token], place: int, *__: Any) -> str:
    text = tokens[place].content
    return "" if text.lstrip().startswith("<!--") else escape(text)


_SHOWN = {
    "table_open": _table,
    "table_close": _after_table,
    "fence": _block,
    "code_block": _block,
    "html_block": _markup,
    "html_inline": _markup,
}
