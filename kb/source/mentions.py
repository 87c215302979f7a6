"""Where the files of a base name an id, and how each of these places is given another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kb.diagnostics import PathItem
from kb.source.editing import rename_field, replace_at

# A path a line: * is any entry, @ stands for the names of the fields themselves.
_PLACES: Mapping[str, str] = {
    "base": "questions.*.id questions.*.theses.*",
    "claim": """
        question replaced_by forecast.check stance.@ evidence.*.source
        supports.* supports.*.claim supports.*.with.* supports.*.id
        attacks.* attacks.*.claim attacks.*.with.* attacks.*.id
        undercuts.* undercuts.*.step undercuts.*.with.* undercuts.*.id
        assumes.* assumes.*.claim requires.* requires.*.claim restates.* same_evidence_as.*
        checks.* checks.*.check
    """,
    "check": "inputs.* inputs.*.quantity inputs.*.source measure.device.id fit.table",
    "quantities": "@ *.source",
    "table": "source",
    "source": "id",
    "results": "check entries.*.result.check",
}
_joint = re.compile(r"(--(?:supports|attacks|undercuts)--| *> *)")


class Mention(NamedTuple):
    """A place of a file that names an id: its path, whether as a field's name, and what is to stand there."""

    path: tuple[PathItem, ...]
    is_name: bool
    text: str


def mentions(kind: str, value: Any, old: str, new: str) -> list[Mention]:
    """The places of a file of that kind that name ``old``, and what they say when it is called ``new``.

    Default names of inferences ("a--supports--b") and of what checks say ("check > claim") are seen through.
    """
    found: list[Mention] = []
    for pattern in _PLACES.get(kind, "").split():
        for path, is_name, written in _reached(value, pattern.split("."), ()):
            text = _renamed(written, old, new)
            if text != written:
                found.append(Mention(path, is_name, text))
    return found


def renamed_text(text: str, found: list[Mention]) -> str:
    """The text of a YAML file with its mentions changed. Raises ``kb.source.editing.EditingError``."""
    for mention in sorted(found, key=lambda mention: mention.is_name):
        change = rename_field if mention.is_name else replace_at
        text = change(text, mention.path, mention.text)
    return text


def _reached(
    value: Any, steps: list[str], path: tuple[PathItem, ...]
) -> Iterator[tuple[tuple[PathItem, ...], bool, str]]:
    if not steps:
        if isinstance(value, str):
            yield path, False, value
        return
    step, *rest = steps
    if step == "@":
        if isinstance(value, dict):
            yield from (((*path, name), True, name) for name in value)
    elif step == "*":
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for name, item in inner:
            yield from _reached(item, rest, (*path, name))
    elif isinstance(value, dict) and step in value:
        yield from _reached(value[step], rest, (*path, step))


def _renamed(written: str, old: str, new: str) -> str:
    if written == old:
        return new
    return "".join(new if part == old else part for part in _joint.split(written))
