"""Changes to a YAML text that a person wrote: comments, blank lines, quotes and order elsewhere stay.

Each function takes the text, a path as ``kb.source.places`` takes it, and plain values, and returns
the new text. What is removed or replaced takes the comments inside it along. Every result is read
back; one that does not say what was asked for is refused, so a text is never spoilt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from kb.diagnostics import PathItem
from kb.source.reader import Tree, read_yaml
from kb.source.unseen import without
from kb.source.writer import field_name, flow_yaml, value_lines

_WIDTH = 110
_gap = re.compile(r"(?:\s|(?<=\s)#[^\n]*)*")
_break = re.compile(r"\r?\n|\r|\Z")
_GONE = object()
Path = tuple[PathItem, ...]


class EditingError(ValueError):
    """The change cannot be made in place; the text says why. Nothing was changed."""


def replace_at(text: str, path: Path, value: Any) -> str:
    """Put ``value`` where ``path`` leads: text in quotes keeps its kind of quotes.

    Raises EditingError when the path leads nowhere, or the text is not laid out so that it can be done.
    """
    expected, _ = _read(text, path)
    _put(expected, path, value)
    node, home = _node(text, path), _node(text, path[:-1])
    if (alike := _quoted_alike(node, value)) is not None:
        lines = [alike]
    else:
        lines = [flow_yaml(value)] if _in_flow(text, path) else value_lines(value)
    return _checked(_exchanged(text, node, home.start_mark.column, lines), expected)


def insert_entry(text: str, path: Path, item: Any) -> str:
    """Add ``item`` at the end of the list at ``path``; a list that is missing or empty is made.

    Characters that no file may hold are left out. Raises EditingError as ``replace_at``.
    """
    item = without(item)
    expected, found = _read(text, path, missing=True)
    if found is _GONE:
        return insert_field(text, path, [item])
    if found is None or found == []:
        return replace_at(text, path, [item])
    if not isinstance(found, list):
        raise EditingError(f"{_said(path)} is no list")
    found.append(json.loads(json.dumps(item)))
    node = _node(text, path)
    assert isinstance(node, SequenceNode)
    if node.flow_style:
        return _checked(_appended(text, node, flow_yaml(item)), expected)
    head, *rest = value_lines(item)
    pad = " " * node.start_mark.column
    if not head:
        head, rest = rest[0][2:], rest[1:]
    lines = [f"{pad}- {head}", *_padded(rest, len(pad))]
    return _checked(_below(text, _end(text, node), lines), expected)


def insert_field(text: str, path: Path, value: Any) -> str:
    """Add the field that ends ``path`` after those that stand beside it; mappings on the way are made.

    Characters that no file may hold are left out. Raises EditingError as ``replace_at``, and when the field
    is there already.
    """
    value = without(value)
    *above, name = path
    home = tuple(above)
    expected, found = _read(text, home, missing=True)
    if found is _GONE:
        return insert_field(text, home, {str(name): value})
    if home and (found is None or found == {}):
        return replace_at(text, home, {str(name): value})
    if not isinstance(found, dict):
        raise EditingError(f"{_said(home)} has no fields")
    if name in found:
        raise EditingError(f"{_said(path)} is there already")
    found[str(name)] = json.loads(json.dumps(value))
    node = _node(text, home)
    assert isinstance(node, MappingNode)
    if node.flow_style:
        return _checked(_appended(text, node, f"{field_name(name)}: {flow_yaml(value)}"), expected)
    head, *rest = value_lines(value)
    pad = " " * node.start_mark.column
    first = f"{pad}{field_name(name)}: {head}".rstrip()
    lines = [first, *_padded(rest, len(pad))]
    return _checked(_below(text, _end(text, node), lines), expected)


def remove_at(text: str, path: Path) -> str:
    """Remove the list entry or field at ``path``; what it leaves empty becomes ``[]`` or ``{}``.

    Raises EditingError as ``replace_at``.
    """
    expected, _ = _read(text, path)
    *above, last = path
    home = _value(expected, tuple(above))
    del home[last]
    if not home:
        return replace_at(text, tuple(above), home) if above else "{}\n"
    node = _node(text, tuple(above))
    assert isinstance(node, CollectionNode)
    spans = [_span(text, part) for part in node.value]
    index = last if isinstance(last, int) else [key.value for key, _ in node.value].index(last)
    start, end = spans[index]
    if node.flow_style:
        return _checked(_without(text, spans, index), expected)
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    if before.strip(" -"):
        raise EditingError(f"{_said(path)} does not stand on lines of its own")
    if before.count("-") > isinstance(node, SequenceNode):
        return _checked(text[:start] + text[spans[index + 1][0] :], expected)
    return _checked(text[:line] + text[_next_line(text, end) :], expected)


def rename_field(text: str, path: Path, name: str) -> str:
    """Give the field at ``path`` another name.

    Raises EditingError as ``replace_at``, and when there is a field of that name beside it.
    """
    expected, found = _read(text, path)
    *above, last = path
    home = _value(expected, tuple(above))
    if not isinstance(home, dict):
        raise EditingError(f"{_said(path)} is no field")
    if name in home:
        raise EditingError(f"{_said((*above, name))} is there already")
    home[name] = found
    del home[last]
    key, _ = Tree(text).find(path)
    assert key is not None
    new = _quoted_alike(key, name) or field_name(name)
    return _checked(text[: key.start_mark.index] + new + text[key.end_mark.index :], expected)


# --- values -------------------------------------------------------------------


def _read(text: str, path: Path, *, missing: bool = False) -> tuple[Any, Any]:
    """The text's value, and what the path leads to in it; ``_GONE`` where that may be missing and is."""
    value, wrong = read_yaml(text, "the text")
    for fault in wrong:
        raise EditingError(f"line {fault.line}: {fault.message}")
    try:
        return value, _value(value, path)
    except (KeyError, IndexError, TypeError):
        if missing:
            return value, _GONE
        raise EditingError(f"there is no {_said(path)}") from None


def _value(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, list) != isinstance(step, int):
            raise KeyError(step)
        value = value[step]
    return value


def _put(value: Any, path: Path, new: Any) -> None:
    if not path:
        raise EditingError("a whole text is not replaced in place")
    _value(value, path[:-1])[path[-1]] = deepcopy(new)


def _said(path: Path) -> str:
    return ".".join(map(str, path)) or "the text"


def _checked(text: str, expected: Any) -> str:
    value, wrong = read_yaml(text, "the text")
    if wrong or json.dumps(value, sort_keys=True) != json.dumps(expected, sort_keys=True):
        raise EditingError("the text is laid out so that this cannot be changed in place; edit it by hand")
    return text


# --- how a value is written ---------------------------------------------------


def _quoted_alike(node: Node, value: Any) -> str | None:
    """Text in the quotes of a scalar; None without quotes or where they cannot hold it."""
    if not isinstance(node, ScalarNode) or node.style not in ("'", '"'):
        return None
    if not isinstance(value, str) or not value.isprintable():
        return None
    return (
        "'" + value.replace("'", "''") + "'" if node.style == "'" else json.dumps(value, ensure_ascii=False)
    )


# --- where a value stands -----------------------------------------------------


def _node(text: str, path: Path) -> Node:
    node = Tree(text).find(path)[1]
    assert node is not None
    return node


def _in_flow(text: str, path: Path) -> bool:
    tree = Tree(text)
    return any(getattr(tree.find(path[:depth])[1], "flow_style", False) for depth in range(len(path)))


def _end(text: str, node: Node) -> int:
    """Just behind the last character of a value; libyaml's marks take blank lines and comments with them."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        return _span(text, node.value[-1])[1]
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(text[start:end].rstrip()) if end > start else start


def _span(text: str, part: Node | tuple[Node, Node]) -> tuple[int, int]:
    """Start and end of a list's entry, or of a field with its name."""
    first, last = part if isinstance(part, tuple) else (part, part)
    return first.start_mark.index, max(_end(text, last), _end(text, first))


def _next_line(text: str, at: int) -> int:
    found = _break.search(text, at)
    assert found is not None
    return found.end()


# --- changes ------------------------------------------------------------------


def _exchanged(text: str, node: Node, home: int, lines: Sequence[str]) -> str:
    """``lines`` (as ``value_lines`` makes them) in place of a value within what starts at column ``home``."""
    head, *rest = lines
    start, end = node.start_mark.index, _end(text, node)
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    fresh = not before.strip()
    if fresh:
        glue = " " * (home + 2 - len(before))
    else:
        glue = " " if before.endswith((":", "-")) else ""
    if not rest:
        return text[:start] + glue + head + text[end:]
    if fresh and not head:
        pad = max(home, len(before) - 2)
        return _below(text[:line] + text[_next_line(text, end) :], line - 1, _padded(rest, pad))
    if head:
        begun = text[:start] + glue + head
    elif before.rstrip().endswith("-"):
        home = len(before + glue) - 2
        begun, rest = text[:start] + glue + rest[0].lstrip(), rest[1:]
    else:
        begun = text[:start].rstrip(" ")
    return _below(begun + text[end:], len(begun), _padded(rest, home))


def _padded(lines: Sequence[str], indent: int) -> list[str]:
    return [" " * indent + line if line else "" for line in lines]


def _below(text: str, at: int, lines: Sequence[str]) -> str:
    """New lines below the line at ``at``, whose comment stays where it is."""
    feed = "\r\n" if "\r\n" in text else "\n"
    cut = _next_line(text, at)
    head = text[:cut] if text[:cut].endswith(("\n", "\r")) else text[:cut] + feed
    return head + "".join(line + feed for line in lines) + text[cut:]


def _appended(text: str, node: CollectionNode, written: str) -> str:
    """One more entry within brackets or braces, on a line of its own where the line would be long."""
    at = _span(text, node.value[-1])[1]
    line = text.rfind("\n", 0, at) + 1
    glue = ", "
    if at - line + len(written) > _WIDTH:
        first = _span(text, node.value[0])[0]
        column = first - text.rfind("\n", 0, first) - 1
        glue = (",\r\n" if "\r\n" in text else ",\n") + " " * column
    return text[:at] + glue + written + text[at:]


def _without(text: str, spans: Sequence[tuple[int, int]], index: int) -> str:
    """One entry less within brackets or braces, and the comma that parted it from a neighbour."""
    start, end = spans[index]
    if index + 1 < len(spans):
        return text[:start] + text[spans[index + 1][0] :]
    gap = _gap.match(text, spans[index - 1][1])
    comma = gap.end() if gap else start
    between = text[comma + 1 : start]
    return text[:comma] + (between if "#" in between else "") + text[end:]
