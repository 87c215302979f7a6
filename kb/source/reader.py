"""YAML text to plain values, strictly.

Scalars follow the YAML 1.2 core schema: ``1e25`` is a number, ``NO`` a word, ``2024-04-06`` text, ``012``
twelve. Anchors, aliases, tags, merge keys, directives and further documents are refused, so that
a file says exactly what its reader sees, and no small file can grow in memory.

The parser is libyaml's, through PyYAML; values are typed here, because PyYAML's own resolver
follows YAML 1.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kb.diagnostics import Diagnostics, PathItem
from kb.source.limits import MAX_DEPTH
from kb.source.scalars import OutOfRangeError, plain
from kb.source.syntax import Fault, prescan, screen, translate

if not yaml.__with_libyaml__:
    raise ImportError(
        "kb needs PyYAML with libyaml: reinstall it from a wheel (pip install --force-reinstall pyyaml)"
    )

from yaml._yaml import CParser

_PLAIN, _QUOTED, _MAPPING, _SEQUENCE = "plain", "quoted", "mapping", "sequence"


class _Composer(CParser):
    """libyaml's parser that marks nodes by how they are written and types nothing."""

    def resolve(self, kind: type[Node], value: str | None, implicit: Any) -> str:
        if kind is ScalarNode:
            return _PLAIN if implicit[0] else _QUOTED
        return _MAPPING if kind is MappingNode else _SEQUENCE

    def descend_resolver(self, current_node: Node | None, current_index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def _compose(text: str) -> Node | None:
    """The tree of a text that ``screen`` and ``prescan`` have passed. Raises Fault."""
    try:
        parser = _Composer(text)
        try:
            node: Node | None = parser.get_single_node()
        finally:
            parser.dispose()
    except (yaml.YAMLError, ValueError) as error:
        raise translate(error, text) from None
    return node


def _build(node: Node, depth: int = 1) -> Any:
    tag = node.tag
    if tag == _PLAIN:
        try:
            return plain(node.value)
        except OutOfRangeError as error:
            raise _fault(node, "KB010", str(error), expected="a finite number below 1.8e308") from None
    if tag == _QUOTED:
        return node.value
    if tag not in (_MAPPING, _SEQUENCE):
        raise _fault(
            node, "KB007", f"the tag {_short(tag)} is not read", hint="remove the tag; put quotes around text"
        )
    if depth > MAX_DEPTH:
        raise _fault(node, "KB008", f"values are nested more than {MAX_DEPTH} deep")
    if tag == _SEQUENCE:
        return [_build(item, depth + 1) for item in node.value]
    fields: dict[str, Any] = {}
    for key, value in node.value:
        name = _name(key)
        if name in fields:
            raise _fault(key, "KB006", f"the field {_short(name)} is given twice", hint="keep one of the two")
        fields[name] = _build(value, depth + 1)
    return fields


def _name(key: Node) -> str:
    if not isinstance(key, ScalarNode):
        raise _fault(key, "KB009", "a list or mapping stands where a field's name belongs", expected="text")
    name: str = key.value
    if key.tag == _QUOTED:
        return name
    if key.tag != _PLAIN:
        raise _fault(key, "KB007", f"the tag {_short(key.tag)} is not read", hint="remove the tag")
    if name == "<<":
        raise _fault(key, "KB007", "merge keys (<<) are not read", hint="write the fields out")
    if not _is_text(name):
        raise _fault(
            key, "KB009", f"the field name {name or 'null'} is not text", hint=f'put it in quotes: "{name}"'
        )
    return name


def _is_text(written: str) -> bool:
    try:
        return isinstance(plain(written), str)
    except OutOfRangeError:
        return False


def _fault(node: Node, rule: str, message: str, *, expected: str = "", hint: str = "") -> Fault:
    mark = node.start_mark
    return Fault(rule, message, mark.line + 1, mark.column + 1, expected, hint)


def _short(text: str) -> str:
    return f'"{text if len(text) <= 60 else text[:57] + "…"}"'


def read_yaml(text: str, file: str) -> tuple[Any, Diagnostics]:
    """The plain value of a YAML text (dict, list, str, int, float, bool or None), and what is wrong with it.

    A text that is refused gives None and exactly one finding, in ``file``. Nothing is raised.
    Integers beyond 64 bits become floats.
    """
    found = Diagnostics()
    try:
        screen(text)
        prescan(text)
        node = _compose(text)
        if node is None:
            raise Fault("KB004", "the file is empty", 1, 1, "at least one field", "fill it in or delete it")
        return _build(node), found
    except Fault as fault:
        found.add(
            fault.rule,
            fault.message,
            file=file,
            line=fault.line,
            column=fault.column,
            expected=fault.expected,
            hint=fault.hint,
        )
        return None, found


_Path = tuple[PathItem, ...]


def locate(text: str, path: _Path, *, value: bool = False) -> tuple[int, int]:
    """Line and column, from 1, of what ``path`` leads to in a text that ``read_yaml`` accepts.

    For a field that is its name or, with ``value``, its value. A path that leads nowhere gives
    the last place on the way; an unreadable text gives (1, 1).
    """
    return Tree(text).locate(path, value=value)


def locate_all(text: str, paths: Iterable[_Path]) -> list[tuple[int, int]]:
    """Line and column of what each path leads to, as ``locate`` does it, with one reading of the text.

    Text and numbers are pointed at themselves, lists and mappings by their field's name.
    """
    tree = Tree(text)
    found = (tree.find(path) for path in paths)
    return [_start(node if isinstance(node, ScalarNode) else name) for name, node in found]


class Tree:
    """A text's nodes, for finding many places with one reading of the text."""

    def __init__(self, text: str) -> None:
        self._fields: dict[int, dict[str, tuple[Node, Node]]] = {}
        try:
            prescan(text)
            self._root = _compose(text)
        except Fault:
            self._root = None

    def locate(self, path: _Path, *, value: bool = False) -> tuple[int, int]:
        """As the function of that name."""
        name, node = self.find(path)
        return _start(node if value else name)

    def find(self, path: _Path) -> tuple[Node | None, Node | None]:
        """The name and the value at a path's end, or at the last step that leads somewhere."""
        name = node = self._root
        for step in path:
            if isinstance(node, MappingNode) and step in (fields := self._names(node)):
                name, node = fields[str(step)]
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
                name = node = node.value[step]
            else:
                break
        return name, node

    def _names(self, node: MappingNode) -> dict[str, tuple[Node, Node]]:
        if id(node) not in self._fields:
            self._fields[id(node)] = {key.value: (key, value) for key, value in node.value}
        return self._fields[id(node)]


def _start(node: Node | None) -> tuple[int, int]:
    return (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else (1, 1)
