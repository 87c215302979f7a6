"""Values against their JSON Schema, with what is wrong told in plain words.

The schemas are the files of ``schema/`` (JSON Schema 2020-12), the same that editors complete from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs

from kb.diagnostics import PathItem
from kb.diagnostics.spelling import near
from kb.resources import schema_folder

_COMMON = "common"
_ROOT_URI = "json-schema:///"
MAX_FAULTS = 100
_SHOWN = f"only the first {MAX_FAULTS} are shown"


@dataclass(frozen=True, slots=True)
class Misfit:
    """One way in which a value does not fit.

    ``on_name`` when the field's name is at fault, not its value; ``meant`` is
    the name that belongs there.
    """

    rule: str
    message: str
    path: tuple[PathItem, ...]
    expected: str = ""
    hint: str = ""
    on_name: bool = False
    meant: str = ""


@cache
def schema(kind: str) -> dict[str, Any]:
    """The schema of a kind of file. Raises FileNotFoundError when there is none."""
    loaded: dict[str, Any] = json.loads((schema_folder() / f"{kind}.schema.json").read_bytes())
    return loaded


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    common = (f"{_ROOT_URI}{_COMMON}.schema.json", schema(_COMMON))
    return jsonschema_rs.Draft202012Validator(schema(kind), registry=jsonschema_rs.Registry([common]))


def misfits(kind: str, value: Any) -> list[Misfit]:
    """Everything about ``value`` that the schema of ``kind`` refuses, in the order of the fields."""
    validator = _validator(kind)
    if validator.is_valid(value):
        return []
    found: dict[Misfit, None] = {}
    for error in validator.iter_errors(value):
        found.update(dict.fromkeys(_explain(kind, error)))
        if len(found) > MAX_FAULTS:
            kept = list(found)[:MAX_FAULTS]
            return [*kept, Misfit("KB029", f"the file has more than {MAX_FAULTS} faults", (), hint=_SHOWN)]
    return _without_echoes(list(found))


def _without_echoes(found: list[Misfit]) -> list[Misfit]:
    """One fault, one finding: a misspelt field is not missing as well, nor the condition it belongs to."""
    misspelt = {(*m.path[:-1], m.meant) for m in found if m.rule == "KB020"}
    rest = [m for m in found if m.rule != "KB021" or (*m.path, m.meant) not in misspelt]
    lacking = {m.path for m in rest if m.rule == "KB021"} | {path[:-1] for path in misspelt if path[-1]}
    return [m for m in rest if m.rule != "KB026" or m.path not in lacking]


def _explain(kind: str, error: jsonschema_rs.ValidationError) -> Iterator[Misfit]:
    path = tuple(error.instance_path)
    name = error.kind.name
    if name != "falseSchema" and error.instance is None and path:
        yield Misfit("KB027", f"{_field(path)} has no value", path, hint="give it a value or remove the line")
        return
    explain = _EXPLAIN.get(name)
    if explain is None:
        yield Misfit("KB024", f"{_field(path)} is not as it should be: {error.message}", path)
        return
    yield from explain(kind, error, path)


_Explain = Callable[[str, Any, tuple[PathItem, ...]], Iterator[Misfit]]


def _unknown(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    known = sorted(_here(kind, error.schema_path[:-1]).get("properties", {}))
    for name in error.kind.unexpected[: MAX_FAULTS + 1]:
        meant = near(name, known)
        hint = "correct the name or remove the field"
        if meant:
            hint = f"did you mean `{meant[0]}`?"
        elif error.instance[name] is None:
            hint = "a comma within { } ends a value: put quotes around text that has one"
        yield Misfit(
            "KB020",
            f"{_where(path)}there is no field `{_cut(name)}`",
            (*path, name),
            expected="" if meant else _list(known, "or"),
            hint=hint,
            on_name=True,
            meant=meant[0] if meant else "",
        )


def _missing(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    name = error.kind.property
    yield Misfit(
        "KB021", f"{_where(path)}the field `{name}` is missing", path, hint=f"add `{name}: …`", meant=name
    )


def _wrong_type(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    wanted = error.kind.types if hasattr(error.kind, "types") else error.kind.value
    wanted = [wanted] if isinstance(wanted, str) else list(wanted)
    hint = ""
    if "array" in wanted and not isinstance(error.instance, dict | list):
        hint = f"put it in square brackets: [{_cut(str(error.instance))}]"
    elif "string" in wanted and isinstance(error.instance, int | float):
        hint = "put quotes around it"
    elif wanted[0] in ("number", "integer") and isinstance(error.instance, str):
        hint = "remove the quotes, the unit and any thousands separators"
    yield Misfit(
        "KB022",
        f"{_field(path)} is {_what(error.instance)}",
        path,
        " or ".join(_TYPES[t] for t in wanted),
        hint,
    )


def _wrong_word(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    value = error.kind.value
    options = [
        o if isinstance(o, str) else json.dumps(o) for o in (value if isinstance(value, list) else [value])
    ]
    meant = near(str(error.instance), options)
    yield Misfit(
        "KB023",
        f"{_field(path)} is {_quoted(error.instance)}",
        path,
        _list(options, "or"),
        f'did you mean "{meant[0]}"?' if meant else "",
    )


def _wrong_form(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    rules = _here(kind, error.schema_path[:-1])
    expected = rules.get("patternErrorMessage") or f"text of the form {error.kind.pattern}"
    yield Misfit("KB024", f"{_field(path)} is {_quoted(error.instance)}", path, expected)


def _wrong_name(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    rules = _here(kind, error.schema_path[: error.schema_path.index("propertyNames") + 1])
    name = error.kind.value.instance
    expected = rules.get("patternErrorMessage", "")
    yield Misfit("KB024", f"{_quoted(name)} cannot be a name here", (*path, name), expected, on_name=True)


def _bound(words: str) -> _Explain:
    def explain(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
        yield Misfit(
            "KB024", f"{_field(path)} is {_quoted(error.instance)}", path, words.format(error.kind.value)
        )

    return explain


def _count(words: str) -> _Explain:
    def explain(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
        size = len(error.instance)
        found = "is empty" if size == 0 else f"has {size} of them"
        yield Misfit("KB024", f"{_field(path)} {found}", path, words.format(error.kind.value))

    return explain


def _twice(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    seen: set[str] = set()
    for index, item in enumerate(error.instance):
        written = json.dumps(item, sort_keys=True)
        if written not in seen:
            seen.add(written)
        else:
            yield Misfit(
                "KB028",
                f"{_field(path)} has {_quoted(item)} twice",
                (*path, index),
                hint="keep one of the two",
            )


def _not_here(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    """A field that a condition of the schema forbids; the condition says why in its description."""
    condition = error.schema_path[: error.schema_path.index("then")] if "then" in error.schema_path else []
    why = _here(kind, condition).get("description", "") if condition else ""
    yield Misfit(
        "KB025", f"`{path[-1]}` does not belong here", path, hint=why or "remove the field", on_name=True
    )


def _exactly_one(kind: str, error: Any, path: tuple[PathItem, ...]) -> Iterator[Misfit]:
    if not isinstance(error.instance, dict):
        return
    branches = _here(kind, error.schema_path)
    names = [name for branch in branches for name in branch.get("required", ())]
    given = [name for name in names if name in error.instance]
    found = f"has both {_list(given)}" if given else f"has none of {_list(names)}"
    yield Misfit("KB026", f"{_field(path)} {found}", path, "exactly one of " + _list(names))


_EXPLAIN: Mapping[str, _Explain] = {
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "required": _missing,
    "type": _wrong_type,
    "enum": _wrong_word,
    "const": _wrong_word,
    "pattern": _wrong_form,
    "propertyNames": _wrong_name,
    "minimum": _bound("at least {}"),
    "maximum": _bound("at most {}"),
    "exclusiveMinimum": _bound("more than {}"),
    "exclusiveMaximum": _bound("less than {}"),
    "minLength": _bound("at least {} characters"),
    "maxLength": _bound("at most {} characters"),
    "minItems": _count("at least {} of them"),
    "maxItems": _count("at most {} of them"),
    "minProperties": _count("at least {} of them"),
    "maxProperties": _count("at most {} of them"),
    "uniqueItems": _twice,
    "falseSchema": _not_here,
    "oneOfNotValid": _exactly_one,
    "oneOfMultipleValid": _exactly_one,
    "oneOf": _exactly_one,
}

_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of fields",
    "null": "nothing",
}


def _here(kind: str, schema_path: list[PathItem]) -> Any:
    """The part of a schema that a keyword stands in; shared definitions are in the common file."""
    part: Any = schema(_COMMON) if schema_path[:1] == ["$defs"] else schema(kind)
    for step in schema_path:
        part = part[step]
    return part


def _field(path: tuple[PathItem, ...]) -> str:
    names = [p for p in path if isinstance(p, str)]
    if not names:
        return "the file"
    if isinstance(path[-1], int):
        return f"entry {path[-1] + 1} of `{_cut(names[-1])}`"
    return f"`{_cut(names[-1])}`"


def _where(path: tuple[PathItem, ...]) -> str:
    return f"in {_field(path)}, " if path else ""


def _what(value: Any) -> str:
    match value:
        case bool():
            return f"{str(value).lower()} (true or false)"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {_quoted(value)}"
        case list():
            return "a list"
        case dict():
            return "a mapping of fields"
    return "nothing"


def _quoted(value: Any) -> str:
    return f'"{_cut(value)}"' if isinstance(value, str) else _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _list(names: list[str], last: str = "and") -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
