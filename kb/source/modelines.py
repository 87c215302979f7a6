"""The comment by which editors find the schema of a file."""

from __future__ import annotations

import re

from kb.source.scanning import YAML_KINDS

_LINE = re.compile(
    r"\A(?:[ \t]*(?:#[^\n]*)?\n)*?#[ \t]*yaml-language-server:[^\n]*?\$schema=(?P<address>\S+)"
)
_OURS = re.compile(rf"(?P<kind>{'|'.join(sorted(YAML_KINDS))})\.schema\.json\Z")


def other_kind(text: str, kind: str) -> tuple[int, int, str] | None:
    """Line and column of the schema's address, and the kind it is for, if that is another kind of file."""
    if (found := _found(text)) is None or found[1]["kind"] == kind:
        return None
    at = found[0].start("address")
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), found[1]["kind"]


def with_kind(text: str, kind: str) -> str | None:
    """The text with the schema of another kind in its place; None where it names none of ours."""
    if (found := _found(text)) is None:
        return None
    base = found[0].start("address")
    start, end = base + found[1].start("kind"), base + found[1].end("kind")
    return text[:start] + kind + text[end:]


def _found(text: str) -> tuple[re.Match[str], re.Match[str]] | None:
    line = _LINE.match(text)
    ours = _OURS.search(line["address"]) if line else None
    return (line, ours) if line and ours else None
