"""What a sound page is: valid syntax, known elements and attributes, ids and labels that fit together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

import html5lib

GLOBAL = {
    "id",
    "class",
    "title",
    "lang",
    "role",
    "hidden",
    "tabindex",
    "dir",
    "style",
    "accesskey",
    "translate",
    "inert",
    "inputmode",
    "autocapitalize",
    "enterkeyhint",
}
ATTRIBUTES = {
    "html": set(),
    "head": set(),
    "body": set(),
    "meta": {"charset", "name", "content", "http-equiv", "property"},
    "title": set(),
    "link": {"rel", "href", "type", "title", "sizes"},
    "script": {"src", "defer", "type"},
    "a": {"href", "rel", "download", "hreflang", "type", "target"},
    "button": {"type", "disabled", "name", "value"},
    "input": {
        "type",
        "name",
        "value",
        "placeholder",
        "autocomplete",
        "min",
        "max",
        "step",
        "checked",
        "disabled",
        "list",
        "maxlength",
        "pattern",
        "required",
        "readonly",
        "spellcheck",
    },
    "select": {"name", "disabled", "required", "multiple", "size", "autocomplete"},
    "option": {"value", "selected", "disabled"},
    "optgroup": {"label"},
    "textarea": {
        "rows",
        "cols",
        "name",
        "placeholder",
        "spellcheck",
        "readonly",
        "required",
        "maxlength",
        "autocomplete",
        "wrap",
    },
    "label": {"for"},
    "output": {"for", "name"},
    "form": {"action", "method", "novalidate", "autocomplete"},
    "fieldset": {"disabled", "name"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "abbr"},
    "details": {"open", "name"},
    "dialog": {"open"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "time": {"datetime"},
    "data": {"value"},
    "meter": {"value", "min", "max", "low", "high", "optimum"},
    "progress": {"value", "max"},
    "img": {"src", "alt", "width", "height", "loading"},
    "canvas": {"width", "height"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "abbr": set(),
    "base": set(),
}
PLAIN = {
    "header",
    "footer",
    "main",
    "nav",
    "section",
    "article",
    "aside",
    "div",
    "p",
    "span",
    "b",
    "i",
    "em",
    "strong",
    "small",
    "sub",
    "sup",
    "code",
    "pre",
    "kbd",
    "samp",
    "var",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "colgroup",
    "col",
    "figure",
    "figcaption",
    "summary",
    "legend",
    "mark",
    "br",
    "hr",
    "wbr",
    "cite",
    "dfn",
    "noscript",
    "datalist",
    "template",
    "s",
    "u",
    "menu",
    "search",
    "hgroup",
    "address",
}
HANDLER = re.compile(r"on[a-z]+\Z")
SVG = "{http://www.w3.org/2000/svg}"
HTML = "{http://www.w3.org/1999/xhtml}"


def tree(path: Path) -> Element:
    """The page's tree. Raises html5lib's ParseError at the first thing that is not valid syntax."""
    text = path.read_text("utf-8")
    return html5lib.HTMLParser(strict=True).parse(text)


def faults(path: Path, page: Element) -> Iterator[str]:
    """What is wrong with a page, seen alone."""
    elements = [found for found in page.iter() if isinstance(found.tag, str)]
    ids = Counter(found.get("id") for found in elements if found.get("id") is not None)
    yield from (f"id {name!r} {count} times" for name, count in ids.items() if count > 1)
    yield from (f"id {name!r} is empty or has spaces" for name in ids if not name or re.search(r"\s", name))
    for found in elements:
        yield from _element_faults(found, ids)
    yield from _heading_faults(elements)
    yield from _label_faults(page, elements)
    if page.get("lang") is None:
        yield "the page has no language"
    for name in ("main", "h1", "title"):
        count = sum(found.tag == HTML + name for found in elements)
        if count != 1 and not is_redirect(page):
            yield f"{count} <{name}>"


def is_redirect(page: Element) -> bool:
    return any(found.get("http-equiv") == "refresh" for found in page.iter(f"{HTML}meta"))


def _element_faults(found: Element, ids: Counter[str | None]) -> Iterator[str]:
    name = found.tag.removeprefix(HTML)
    inside_svg = found.tag.startswith(SVG)
    if not inside_svg and name not in ATTRIBUTES and name not in PLAIN:
        yield f"no element <{name}>"
    for attribute, value in found.items():
        attribute = str(attribute)
        if HANDLER.match(attribute):
            yield f"<{name} {attribute}> is script in the page"
        if attribute == "style":
            yield f"<{name} style={value!r}> is style in the page"
        if attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list"):
            yield from (
                f"<{name} {attribute}> names no {part!r}" for part in value.split() if part not in ids
            )
        known = attribute in GLOBAL or attribute.startswith(("aria-", "data-"))
        if not inside_svg and not known and attribute not in ATTRIBUTES.get(name, set()):
            yield f"<{name}> takes no {attribute}"
    if name == "style":
        yield "style in the page"
    if name == "script" and "src" not in found.attrib and "json" not in found.get("type", ""):
        yield "script in the page"
    if name == "button" and found.get("type") is None:
        yield "a button without a type"
    if name in ("ul", "ol"):
        yield from (
            f"<{name}> holds {child.tag}"
            for child in found
            if child.tag not in (f"{HTML}li", f"{HTML}template")
        )
    if name == "img" and found.get("alt") is None:
        yield "an image without alt"


def _heading_faults(elements: list[Element]) -> Iterator[str]:
    last = 0
    for found in elements:
        match = re.fullmatch(r"h([1-6])", found.tag.removeprefix(HTML))
        if match:
            level = int(match[1])
            if level > last + 1:
                yield f"<h{level}> {''.join(found.itertext())!r} after <h{last}>"
            if not _words(found):
                yield f"an empty <h{level}>"
            last = level


def _label_faults(page: Element, elements: list[Element]) -> Iterator[str]:
    labelled = {label.get("for") for label in page.iter(f"{HTML}label")}
    inside = {id(part) for label in page.iter(f"{HTML}label") for part in label.iter()}
    for found in elements:
        name = found.tag.removeprefix(HTML)
        named = found.get("aria-label") or found.get("aria-labelledby") or found.get("title")
        if name in ("input", "select", "textarea") and found.get("type") != "hidden":
            if not (named or found.get("id") in labelled or id(found) in inside):
                yield f"<{name} id={found.get('id')!r}> has no label"
        elif name in ("a", "button") and not (named or "hidden" in found.attrib or _words(found)):
            yield f"<{name}> has no words"
        elif name in ("nav", "dialog") and not named:
            yield f"<{name}> has no name"
        elif found.tag == f"{SVG}svg":
            named = named or found.get("aria-hidden") == "true" or found.find(f"{SVG}title") is not None
            yield from () if named else ("a picture without a title",)


def _words(found: Element) -> str:
    return "".join(found.itertext()).strip()


def links(page: Element) -> Iterator[str]:
    """The addresses to which a page leads or on which it draws."""
    for found in page.iter():
        for attribute in ("href", "src"):
            if (address := found.get(attribute)) is not None:
                yield address


def broken(site: Path, path: Path, page: Element, ids: dict[Path, set[str]]) -> Iterator[str]:
    """Links of a page that lead to no file of the site, or to no place on a page; ``ids`` by page."""
    # Hosts show the page of missing pages at any address, so its links start at the root of the host.
    roots = [found.get("data-root") or "" for found in page.iter(f"{HTML}script")]
    start = max(roots, default="") if path.name == "404.html" else ""
    for address in links(page):
        parts = urlsplit(address.removeprefix(start))
        if parts.scheme in ("http", "https"):
            continue
        if parts.scheme:
            if address != "data:,":
                yield f"{address}: an unexpected scheme"
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
        if not target.is_relative_to(site.resolve()) or not target.is_file():
            yield f"{address}: no such file"
        elif (
            parts.fragment
            and "=" not in parts.fragment
            and unquote(parts.fragment) not in ids.get(target, set())
        ):
            yield f"{address}: no such place on that page"
