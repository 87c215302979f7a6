"""Plain values to tidy YAML that ``read_yaml`` reads back to the same values."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kb.source.limits import MAX_BYTES, MAX_DEPTH
from kb.source.scalars import INT64, OutOfRangeError, plain
from kb.source.unseen import UNSEEN

_WIDTH = 100
_CHUNK = 5_000
_MAX_KEY = 500
_unquoted = re.compile(r"[^\W\d_](?:[\w ./%+()*^<>=-]*[\w./%+()*^=])?\Z").match
_date = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?\Z").match
_half_pair = re.compile("[\ud800-\udfff]")
_escaped = re.compile(UNSEEN)


def dump_yaml(obj: Mapping[str, Any], *, most: int = MAX_BYTES) -> str:
    """Block YAML, two spaces a level, fields in their order, ending in one line feed.

    Values are mappings with text as names, lists or tuples, text, finite numbers within 64 bits,
    booleans and None. Lists of scalars that fit stand on one line; text of several lines is written as such.
    Raises ValueError for anything that would not read back as it was, and for more than ``most`` bytes.
    """
    text = "\n".join(_block(obj, 0, 1)) + "\n" if obj else "{}\n"
    if len(text.encode("utf-8", "surrogatepass")) > most:
        raise ValueError(f"the file would be larger than {most // 1_000_000} MB")
    return text


def value_lines(value: Any) -> list[str]:
    """What follows a field's colon, then the lines below, indented from where the field starts.

    Raises ValueError as ``dump_yaml``.
    """
    head, *rest = dump_yaml({"k": value}).removesuffix("\n").split("\n")
    return [head.removeprefix("k:").lstrip(), *rest]


def flow_yaml(value: Any) -> str:
    """Any value on one line, as it stands within brackets and braces. Raises ValueError as ``dump_yaml``."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{field_name(name)}: {flow_yaml(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow_yaml, value))}]"
    return scalar(value)


def _block(value: Mapping[str, Any] | Sequence[Any], indent: int, depth: int) -> Iterator[str]:
    """The lines of a mapping or list that is not empty."""
    if depth > MAX_DEPTH:
        raise ValueError(f"values are nested more than {MAX_DEPTH} deep")
    pad = " " * indent
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _entry(f"{pad}{field_name(name)}:", item, indent + 2, depth)
    else:
        for item in value:
            if _inline(item, _WIDTH) is None and not isinstance(item, str):
                first, *rest = _block(item, indent + 2, depth + 1)
                yield f"{pad}- {first.lstrip(' ')}"
                yield from rest
            else:
                yield from _entry(f"{pad}-", item, indent + 2, depth)


def _entry(head: str, item: Any, indent: int, depth: int) -> Iterator[str]:
    pad = " " * indent
    if isinstance(item, str) and _fits_literal(item):
        yield f"{head} |" if item.endswith("\n") else f"{head} |-"
        for line in item.removesuffix("\n").split("\n"):
            yield pad + line if line else ""
    elif isinstance(item, str) and len(item) > _CHUNK:
        chunks = [_quoted(item[at : at + _CHUNK])[1:-1] for at in range(0, len(item), _CHUNK)]
        yield f'{head} "{chunks[0]}\\'
        yield from (f"{pad}{_kept_space(chunk)}\\" for chunk in chunks[1:-1])
        yield f'{pad}{_kept_space(chunks[-1])}"'
    elif (written := _inline(item, _WIDTH - len(head) - 1)) is not None:
        yield f"{head} {written}"
    else:
        yield head
        yield from _block(item, indent, depth + 1)


def _kept_space(chunk: str) -> str:
    """A continued line loses its leading white space unless it is escaped."""
    return "\\" + chunk if chunk.startswith(" ") else chunk


def _fits_literal(text: str) -> bool:
    if "\n" not in text or text[0] in " \n" or text.endswith("\n\n") or "\t" in text or "\r" in text:
        return False
    lines = text.split("\n")
    return not _escaped.search(text) and all(len(line) <= _CHUNK and line == line.rstrip() for line in lines)


def _inline(item: Any, width: int) -> str | None:
    """A scalar, an empty collection, or a list of scalars that fits in ``width``; else None."""
    if isinstance(item, Mapping):
        return None if item else "{}"
    if isinstance(item, list | tuple):
        if any(isinstance(part, Mapping | list | tuple) for part in item):
            return None
        written = f"[{', '.join(map(scalar, item))}]"
        return written if len(written) <= width or not item else None
    return scalar(item)


def scalar(value: Any) -> str:
    """Text, a number, a truth value or None on one line. Raises ValueError for what YAML cannot carry."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            if not -INT64 <= value < INT64:
                raise ValueError(f"{value} does not fit in 64 bits")
            return str(value)
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{value} is not a finite number")
            return repr(value)
        case str():
            return value if _needs_no_quotes(value) else _quoted(value)
    raise ValueError(f"YAML has no form for a {type(value).__name__}")


def _needs_no_quotes(text: str) -> bool:
    if _date(text):
        return True
    try:
        return bool(_unquoted(text)) and isinstance(plain(text), str) and not _escaped.search(text)
    except OutOfRangeError:
        return False


def _quoted(text: str) -> str:
    if _half_pair.search(text):
        raise ValueError("half of a surrogate pair is not a character")
    return _escaped.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))


def field_name(name: Any) -> str:
    """A field's name as it stands before its colon. Raises ValueError for what is no name."""
    if not isinstance(name, str):
        raise ValueError(f"a field's name must be text, not {name!r}")
    if len(name) > _MAX_KEY:
        raise ValueError(f"a field's name is {len(name)} characters long")
    return name if _needs_no_quotes(name) else _quoted(name)
