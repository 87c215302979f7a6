"""YAML of other tools, read with care: nothing is built before it is known to be small and plain."""

from __future__ import annotations

from typing import Any

import yaml

from kb.formats.reading import MOST_DEPTH, Misread
from kb.source.scalars import OutOfRangeError, plain


class Name(str):
    """The name of a field, with the line that it stands in."""

    __slots__ = ("line",)
    line: int


def yaml_of(text: str) -> Any:
    """The value of a YAML text: mappings with names of text, lists, text, numbers, booleans, None.

    Plain scalars are read as in YAML 1.2; what is in quotes is text. Built without recursion. Raises
    Misread; also for aliases (a few lines of them make gigabytes), names given twice, and what lies too deep.
    """
    try:
        return _built(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        line = min(line, text.count("\n") + 1)  # the end of a text counts as a line of its own
        raise Misread(line, column, f"this is no YAML: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        at = text.encode("utf-8", "surrogatepass")[: error.position].count(b"\n")
        raise Misread(at + 1, 1, f"the character U+{int(error.character):04X} cannot be in YAML") from None


def _built(text: str) -> Any:
    root: list[Any] = []
    open_: list[list[Any] | dict[Name, Any]] = [root]
    names: list[Name | None] = [None]
    for event in yaml.parse(text, Loader=yaml.CLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _wrong(event, "anchors and aliases (& and *) are refused; write the value out")
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
            names.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.DocumentStartEvent) and root:
                raise _wrong(event, "a second document (---) begins; one is expected")
            continue
        if isinstance(event, yaml.ScalarEvent) and "\0" in event.value:
            raise _wrong(event, "a zero character (\\0), which no text has")
        parent, name = open_[-1], names[-1]
        if isinstance(parent, dict) and name is None:
            names[-1] = _name(event, parent)
            continue
        value = _value(event)
        if isinstance(parent, list):
            parent.append(value)
        elif name is not None:
            parent[name] = value
            names[-1] = None
        if isinstance(event, yaml.CollectionStartEvent):
            if len(open_) > MOST_DEPTH:
                raise _wrong(event, f"values are nested more than {MOST_DEPTH} deep")
            open_.append(value)
            names.append(None)
    return root[0] if root else None


def _name(event: yaml.NodeEvent, parent: dict[Name, Any]) -> Name:
    if not isinstance(event, yaml.ScalarEvent):
        raise _wrong(event, "a name of a field is text, not a list or mapping")
    name = Name(event.value)
    name.line = _line(event)
    if name in parent:
        raise _wrong(event, f"the name {name[:80]!r} is given twice")
    return name


def _value(event: yaml.NodeEvent) -> Any:
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    if not isinstance(event, yaml.ScalarEvent):
        raise _wrong(event, "neither text nor a list nor a mapping")
    if event.style or event.tag:
        return event.value
    try:
        return plain(event.value)
    except OutOfRangeError:
        return event.value


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _wrong(event: Any, said: str) -> Misread:
    return Misread(_line(event), event.start_mark.column + 1, said)
