"""CSL-JSON as programs write it, to the fields that a source of a base can hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

_PARTS = ("family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle")
_DATE = re.compile(r"\s*(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
_DEFS = {"text": "text", "person": "people", "date": "date"}


@cache
def _fields() -> Mapping[str, str]:
    """What each field of a source holds: text, address, number, list, people, date, object."""
    from kb.source.schemas import schema

    found: dict[str, str] = {}
    for name, about in schema("source")["properties"].items():
        kind = about.get("type")
        if kind == "array":
            found[name] = "people" if "$ref" in about["items"] else "list"
        elif "$ref" in about:
            found[name] = _DEFS.get(about["$ref"].rpartition("/")[2], "")
        elif kind == ["string", "number"]:
            found[name] = "number"
        else:
            found[name] = "object" if kind == "object" else "address" if "pattern" in about else "text"
    return found


def sound(csl: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields as a source holds them, and in words those that it cannot."""
    kinds = _fields()
    kept: dict[str, Any] = {}
    left: dict[str, str] = {}
    for name, value in ((str(name), value) for name, value in csl.items()):
        kind = kinds.get(name, "")
        if name in ("id", "allow") or value in (None, "", [], {}):
            if name == "id" and "citation-key" not in csl and _text(value):
                kept["citation-key"] = _text(value)
            continue
        found = _type(value) if name == "type" else _CONVERT[kind](value) if kind else None
        if found in (None, "", [], {}):
            left[name] = _text(value)
        else:
            kept[name] = found
            if kind == "people" and len(found) < len(value):
                left[name] = _text([who for who in value if _person(who) is None])
    return kept, left


def date(value: Any) -> str:
    """A day, a month or a year as a base writes it; empty where the value says none.

    Ranges keep their first day.
    """
    if isinstance(value, dict):
        parts = value.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            value = "-".join(str(part) for part in parts[0] if part not in (None, ""))
        else:
            value = value.get("raw") or value.get("literal") or ""
    found = _DATE.match(str(value))
    if not found or found[1] < "1000":
        return ""
    year, month, day = found[1], int(found[2] or 0), int(found[3] or 0)
    if not 1 <= month <= 12:
        return year
    return f"{year}-{month:02}-{day:02}" if 1 <= day <= 31 else f"{year}-{month:02}"


def _person(value: Any) -> dict[str, str] | None:
    if isinstance(value, str):
        value = {"literal": value}
    if not isinstance(value, dict):
        return None
    found = {part: _text(value[part]).strip() for part in _PARTS if value.get(part)}
    found = {part: said for part, said in found.items() if said}
    if "literal" in found:
        return {"literal": found["literal"]}
    if "family" in found:
        return found
    return {"literal": found["given"]} if "given" in found else None


def _people(value: Any) -> list[dict[str, str]]:
    return [found for who in (value if isinstance(value, list) else [value]) if (found := _person(who))]


def _type(value: Any) -> str:
    from kb.source.schemas import schema

    return value if value in schema("source")["properties"]["type"]["enum"] else ""


def _address(value: Any) -> str:
    found = _text(value).strip()
    return found if re.match(r"(https?|ftp)://\S+\Z", found) else ""


def _number(value: Any) -> str | int | float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else _text(value).strip()


def _list(value: Any) -> list[str]:
    return [said for each in (value if isinstance(value, list) else [value]) if (said := _text(each))]


def _object(value: Any) -> Any:
    return value if isinstance(value, dict) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value else ""


_CONVERT = {
    "text": lambda value: _text(value) if _text(value).strip() else "",
    "address": _address,
    "number": _number,
    "list": _list,
    "people": _people,
    "date": date,
    "object": _object,
}
