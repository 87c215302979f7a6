"""One YAML file: its bytes to a plain value that fits its schema, or to what is wrong with it."""

from __future__ import annotations

from typing import Any

from kb.diagnostics import Diagnostic, Diagnostics
from kb.source.assembly import stem
from kb.source.ids import malformed
from kb.source.limits import MAX_BYTES
from kb.source.modelines import other_kind
from kb.source.reader import Tree, read_yaml
from kb.source.schemas import misfits, schema
from kb.source.unseen import escaped, named, trouble
from kb.source.versions import refusal

_MARKS = {
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def examine(data: bytes, path: str, kind: str) -> tuple[Any, list[Diagnostic]]:
    """The value of a file that is sound, or None; and the findings. Never raises."""
    found = Diagnostics()
    text = _decode(data, path, found)
    if text is None:
        return None, list(found)
    value, trouble = read_yaml(text, path)
    if len(trouble):
        return None, list(trouble)
    if kind == "base" and (reason := refusal(value)):
        found.add("KB034", reason, file=path, hint="install a matching version of kb-argmap")
        return None, list(found)
    if kind not in ("base", "quantities") and (problem := malformed(stem(path))):
        found.add(problem.rule, problem.message, file=path, expected=problem.expected, hint=problem.hint)
    wrong = misfits(kind, value)
    strange = any(misfit.rule == "KB020" and len(misfit.path) == 1 for misfit in wrong)
    # Shared numbers have names of their own, so no name is strange there.
    if wrong and (strange or kind == "quantities") and (home := _other_home(kind, value)):
        _misplaced(found, path, text, value, home, kind)
        return None, list(found)
    tree = Tree(text if wrong else "")
    for misfit in wrong:
        line, column = tree.locate(misfit.path, value=not misfit.on_name)
        found.add(
            misfit.rule,
            misfit.message,
            file=path,
            line=line,
            column=column,
            expected=misfit.expected,
            hint=misfit.hint,
            path=misfit.path,
        )
    _unseen(found, path, text, value)
    if (other := other_kind(text, kind)) is not None:
        line, column, named = other
        found.add(
            "KB036",
            f"the schema line is for {named}.schema.json",
            file=path,
            line=line,
            column=column,
            expected=f"{kind}.schema.json",
        )
    return (None if found.errors else value), list(found)


def _unseen(found: Diagnostics, path: str, text: str, value: Any) -> None:
    hidden = list(escaped(text, value))
    tree = Tree(text if hidden else "")
    for where, character, on_name in hidden:
        line, column = tree.locate(where, value=not on_name)
        problem, cure = trouble(character)
        found.add(
            "KB012",
            f"an escape stands for {named(character)}, which {problem}",
            file=path,
            line=line,
            column=column,
            hint=cure,
            path=where,
        )


def _other_home(kind: str, value: Any) -> str:
    """The kind of file whose schema a value fits that its own refuses: it lies in the wrong folder."""
    if not isinstance(value, dict) or kind not in _HOMES:
        return ""
    return next((other for other in _HOMES if other != kind and not misfits(other, value)), "")


def _misplaced(found: Diagnostics, path: str, text: str, value: Any, home: str, kind: str) -> None:
    own = set(schema(kind)["properties"]) if kind != "quantities" else set()
    first = next((name for name in value if name not in own), None)
    line, column = Tree(text).locate((first,) if first else (), value=False)
    found.add(
        "KB020",
        f"the fields are those of {_HOMES[home][0]}, but the file lies among the {_HOMES[kind][1]}",
        file=path,
        line=line,
        column=column,
        expected=_HOMES[kind][0],
        hint=f"move the file to {_HOMES[home][2]}",
    )


_HOMES = {
    "check": ("a check", "checks", "checks/"),
    "claim": ("a claim", "claims", "a folder for its topic"),
    "source": ("a source", "sources", "sources/"),
    "quantities": ("shared numbers", "shared numbers", "quantities/"),
}


def _decode(data: bytes, path: str, found: Diagnostics) -> str | None:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            found.add(
                "KB003",
                f"the file is {encoding}",
                file=path,
                expected="UTF-8 without a byte order mark",
                hint="save it as UTF-8",
            )
            return None
    if len(data) > MAX_BYTES:
        found.add(
            "KB008",
            "the file is larger than 1 MB",
            file=path,
            expected="at most 1,000,000 bytes",
            hint="split it",
        )
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        found.add(
            "KB003",
            f"the byte 0x{data[error.start]:02x} is not UTF-8",
            file=path,
            line=before.count("\n") + 1,
            column=len(before) - before.rfind("\n"),
            expected="UTF-8",
            hint="save the file as UTF-8; it may be Latin-1 or Windows-1252",
        )
        return None
