"""Every field that a file may have, as a page for people.

``python -m kb.source.reference docs/reference-fields.md`` writes the page of this project.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kb.source.schemas import schema

KINDS = {
    "base": "`kb.yaml`",
    "claim": "a file in a folder of your choice",
    "check": "a file in `checks/`",
    "quantities": "a file in `quantities/`",
    "source": "a file in `sources/`",
    "table": "a file in `data/`, beside the table",
    "measurement": "a file in `measurements/`, written by `kb bench`",
    "results": "a file in `results/`, written by `kb check --record`",
    "data": "a file in `data/` of a site, written by `kb render`",
}
_INTRODUCTION = """\
# Fields

Every field of every kind of file, made from the schemas in `schema/`, by which `kb validate` judges files
and editors complete them. Fields within fields are joined by a point: `a.b` is the field `b` within `a`,
`a[].b` is `b` in each entry of the list `a`, and `a.*` is each thing in `a`, under a name of your own. A
field in **bold** is needed where what is around it is given.
"""
_SHARED = """\
## Shared shapes

What the tables above name and link to.
"""
_HEAD = "| field | what it holds | what it means | example |\n|---|---|---|---|"
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "fields",
    "null": "nothing",
}


def to_markdown() -> str:
    """The page: a table for each kind of file, then the shapes that they share."""
    parts = [_INTRODUCTION]
    for kind, where in KINDS.items():
        found = schema(kind)
        title = found["title"].removeprefix("kb.yaml") or "The base"
        parts.append(f"## {title}\n\n{_sentence(found)} It is {where}.\n\n{_table(found)}\n")
        parts += [f"- {_sentence(rule)}" for rule in found.get("allOf", ())] + [""] * ("allOf" in found)
        for name, shape in found.get("$defs", {}).items():
            parts.append(f"### {_title(name)} in data\n\n{_sentence(shape)}\n\n{_table(shape)}\n")
    parts.append(_SHARED)
    for name, shape in schema("common")["$defs"].items():
        parts.append(f"### {_title(name)}\n\n{_sentence(shape)}\n")
        if table := _table(shape):
            parts.append(f"{table}\n")
            continue
        examples = " or ".join(_code(it) for it in shape.get("examples", ()))
        parts.append(f"It is {_holds(shape)}{examples and f', such as {examples}'}.\n")
    return "\n".join(parts)


def _table(shape: dict[str, Any]) -> str:
    rows = list(_rows(shape, ""))
    return "\n".join([_HEAD, *rows]) if rows else ""


def _rows(shape: dict[str, Any], path: str) -> Iterator[str]:
    """A row for each field within a shape, however deep; shared shapes have tables of their own."""
    for name, field in shape.get("properties", {}).items():
        if isinstance(field, dict):
            yield from _field(field, f"{path}{name}", needed=name in shape.get("required", ()))
    if isinstance(each := shape.get("additionalProperties"), dict):
        yield from _field(each, f"{path}*", needed=False)
    if isinstance(items := shape.get("items"), dict):
        yield from _rows(items, f"{path.removesuffix('.')}[].")
    for keyword in ("oneOf", "anyOf"):
        for choice in shape.get(keyword, ()):
            if "description" in choice:
                yield from _rows(choice, path)


def _field(field: dict[str, Any], path: str, *, needed: bool) -> Iterator[str]:
    name = f"**`{path}`**" if needed else f"`{path}`"
    example = _code(field["examples"][0]) if field.get("examples") else ""
    cells = (cell.replace("|", r"\|") for cell in (name, _holds(field), _sentence(field), example))
    yield f"| {' | '.join(cells)} |"
    yield from _rows(field, f"{path}.")


def _holds(shape: dict[str, Any]) -> str:
    """The values that a shape takes, in words."""
    if "$ref" in shape:
        file, _, name = shape["$ref"].partition("#/$defs/")
        return f"[{_words(name)}](#{name if file else f'{name}-in-data'})"
    if "const" in shape:
        return _code(shape["const"])
    if "enum" in shape:
        return _either([_code(word) for word in shape["enum"]])
    kinds = shape.get("type", [])
    holds = _either([_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)])
    if kinds == "array" and isinstance(items := shape.get("items"), dict) and items.get("type") != "object":
        holds = f"a list, each {_holds(items)}"
    if not holds:
        choices = [_holds(choice) for word in ("oneOf", "anyOf") for choice in shape.get(word, ())]
        holds = _either([*dict.fromkeys(filter(None, choices))]) or "anything"
    low, high = shape.get("minimum", shape.get("exclusiveMinimum")), shape.get("maximum")
    over = "over" if "exclusiveMinimum" in shape else "from"
    holds += f", {over} {low:g}" if low is not None and low != high else ""
    holds += f" to {high:g}" if high is not None else ""
    return holds


def _sentence(shape: dict[str, Any]) -> str:
    named = shape.get("$ref", "").partition("common.schema.json#/$defs/")[2]
    shared = schema("common")["$defs"][named] if named else {}
    text: str = shape.get("description", shared.get("description", ""))
    text += "" if not text or text.endswith((".", "?", "!")) else "."
    return f"{text} Without it: {_code(shape['default'])}." if "default" in shape else text


def _code(value: object) -> str:
    """A value as one would write it in YAML, on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6)
    text = text.removesuffix("...\n").strip()
    return f"`{text if len(text) <= _LONGEST else f'{text[:_LONGEST]}…'}`"


_LONGEST = 90


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _title(name: str) -> str:
    return _words(name).capitalize()


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(to_markdown(), "utf-8")
