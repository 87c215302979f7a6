"""The parts of Carneades YAML, each of which may be written in several ways."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.formats.reading import Misread


@dataclass(slots=True)
class Argument:
    key: str
    conclusion: str
    premises: list[str]
    undercutter: str
    fields: Mapping[str, Any]
    line: int


def argument_of(key: str, fields: Any) -> Argument:
    if not isinstance(fields, dict) or not fields.get("conclusion"):
        raise Misread(line_of(key) or 1, 1, f"the argument {key!r} has no `conclusion:`")
    premises = fields.get("premises")
    found = list(premises.values()) if isinstance(premises, dict) else listed(premises)
    if not all(isinstance(premise, str | int | float | bool) for premise in found):
        raise Misread(line_of(key) or 1, 1, f"a premise of {key!r} is not the id of a statement")
    undercutter = fields.get("undercutter", fields.get("nas"))
    return Argument(
        key,
        text_of(fields["conclusion"]),
        [text_of(p) for p in found],
        text_of(undercutter),
        fields,
        line_of(key),
    )


def positions_of(key: str, fields: Any) -> list[str]:
    if not isinstance(fields, dict):
        raise Misread(line_of(key) or 1, 1, f"the issue {key!r} has no `positions:`")
    return list(dict.fromkeys(text_of(position) for position in listed(fields.get("positions"))))


def assumed_in(graph: Mapping[str, Any], statements: Mapping[str, Any]) -> dict[str, None]:
    found = dict.fromkeys(text_of(key) for key in listed(graph.get("assumptions")))
    found.update(
        (key, None)
        for key, said in statements.items()
        if isinstance(said, dict) and said.get("assumed") in (True, 1)
    )
    return found


def labels_in(graph: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a test expects of a statement."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in ("tests", "labels"):
        for label, keys in mapping(graph, name).items():
            for key in listed(keys):
                found[text_of(key)].append(str(label))
    return found


def mapping(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = fields.get(name)
    if found is None or found == []:
        return {}
    if not isinstance(found, dict):
        line = next((line_of(key) for key in fields if key == name), 1)
        raise Misread(line or 1, 1, f"`{name}:` holds no fields, but {text_of(found)[:60]!r}")
    return found


def meta_of(said: Any) -> dict[str, Any]:
    found = (said.get("meta") or said.get("metadata")) if isinstance(said, dict) else None
    return found if isinstance(found, dict) else {}


def words_of(said: Any) -> str:
    return text_of(said.get("text") if isinstance(said, dict) else said)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def line_of(key: Any) -> int:
    return getattr(key, "line", 0)


def text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_short, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_short(each)}" for name, each in value.items())
    return _short(value)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
