"""What is refused before a YAML text is built into values, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from kb.source.limits import MAX_BYTES, MAX_DEPTH, MAX_LINE
from kb.source.unseen import UNSEEN, named, trouble

_line_break = re.compile(r"\r\n|\r|\n")
_unseen = re.compile(UNSEEN)
_directive = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*+(%)")
_maybe_reference = re.compile(r"(?:^|[\s\[\]{},:?-])[&*][^\s,\[\]{}]", re.MULTILINE).search
_long_indent = re.compile(r"^[ \-?:]{200}", re.MULTILINE).search
_opener = re.compile(r"[\[{]").findall
_MANY_OPENERS = 400


@dataclass(slots=True, eq=False)
class Fault(Exception):
    """Why a text is refused: the fields of the one finding that it becomes."""

    rule: str
    message: str
    line: int
    column: int
    expected: str = ""
    hint: str = ""


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character."""
    line, start = 1, 0
    for found in _line_break.finditer(text, 0, offset):
        line, start = line + 1, found.end()
    return line, offset - start + 1


def screen(text: str) -> None:
    """Refuse what no parser need see: sizes, invisible characters, directives. Raises Fault."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Fault("KB008", "the file is larger than 1 MB", 1, 1, "at most 1,000,000 bytes", "split it")
    if len(text) > MAX_LINE:
        for number, line in enumerate(_line_break.split(text), 1):
            if len(line) > MAX_LINE:
                raise Fault(
                    "KB008",
                    f"the line is {len(line):,} characters long",
                    number,
                    1,
                    "at most 20,000",
                    "break it",
                )
    if unseen := _unseen.search(text):
        line, column = position(text, unseen.start())
        problem, cure = trouble(unseen[0])
        raise Fault("KB012", f"the character {named(unseen[0])} {problem}", line, column, hint=cure)
    if directive := _directive.match(text):
        line, column = position(text, directive.start(1))
        raise Fault("KB007", "directives (%) are not read", line, column, hint="remove the line")


def prescan(text: str) -> None:
    """Refuse anchors, aliases and deep nesting before a tree is built. Raises Fault.

    A tree is built recursively in C, and an alias copies what it names, so neither may reach the builder.
    Most texts cannot contain either and are not parsed twice: an anchor or alias starts a token, and each
    level of nesting costs a bracket or a column.
    """
    if not (_maybe_reference(text) or _long_indent(text) or len(_opener(text)) > _MANY_OPENERS):
        return
    level = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                level += 1
                if level > MAX_DEPTH:
                    raise Fault("KB008", f"values are nested more than {MAX_DEPTH} deep", *_place(event))
            elif isinstance(event, yaml.CollectionEndEvent):
                level -= 1
            if isinstance(event, yaml.NodeEvent) and event.anchor:
                raise Fault(
                    "KB007",
                    f"anchors and aliases ({_sign(event)}{event.anchor[:40]}) are not read",
                    *_place(event),
                    hint="write the value out, or put quotes around text that starts with & or *",
                )
    except (yaml.YAMLError, ValueError) as error:
        raise translate(error, text) from None


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _sign(event: yaml.Event) -> str:
    return "*" if isinstance(event, yaml.AliasEvent) else "&"


def translate(error: Exception, text: str) -> Fault:
    """libyaml's complaint in words for people who never read a YAML specification."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return Fault("KB005", "this is not YAML", 1, 1, hint="is it a text file?")
    problem = str(getattr(error, "problem", "") or "")
    context = str(getattr(error, "context", "") or "")
    if ("quoted scalar" in context and "unexpected" in problem) or "expected ',' or" in problem:
        mark = getattr(error, "context_mark", None) or mark
    line, column = mark.line + 1, mark.column + 1
    lines = _line_break.split(text)
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())] or "'\\t'" in problem or "tab" in problem:
        tab = written.find("\t")
        return Fault(
            "KB011", "a tab is used to indent", line, max(tab, 0) + 1, "spaces", "replace it by two spaces"
        )
    if fault := _indentation(lines, line, column, problem):
        return fault
    if "but found another document" in problem:
        return Fault(
            "KB007", "a second document starts here", line, column, "one document a file", "split the file"
        )
    for words, message, hint in _COMPLAINTS:
        if words in problem or words in context:
            return Fault("KB005", message, line, column, hint=hint)
    return Fault("KB005", f"this is not YAML: {problem or context}", line, column)


def _indentation(lines: list[str], line: int, column: int, problem: str) -> Fault | None:
    """The fault of a line that starts where no line above it does; None if that is not what is wrong."""
    written = lines[line - 1] if line <= len(lines) else ""
    starts = len(written) - len(written.lstrip(" "))
    # Deeper than the value above, a field reads as more of that value, with a colon in it.
    deeper = "mapping values are not allowed" in problem and _field.fullmatch(written[: column - 1])
    if not starts or not (deeper or _UNALIGNED.search(problem)):
        return None
    above = {
        at: number
        for number, text in enumerate(lines[: line - 1], 1)
        if not text.lstrip().startswith("#")
        for at in _starts(text, dashes=written.lstrip().startswith("-"))
    }
    if not above or starts in above:
        return None
    near = min(above, key=lambda at: (abs(at - starts), -above[at], -at))
    message = f"the line is indented by {_spaces(starts)}, and no line above starts there"
    hint = f"let it start below the first word of line {above[near]}"
    return Fault("KB005", message, line, starts + 1, _spaces(near), hint)


def _starts(line: str, *, dashes: bool) -> list[int]:
    """The places where something of a line starts: what stands behind its dashes or, asked for, a dash."""
    lead = re.match(r" *(?:- +)*", line)
    if lead is None or not line.strip():
        return []
    return [dash.start() for dash in re.finditer("-", lead[0])] if dashes else [lead.end()]


def _spaces(number: int) -> str:
    return "1 space" if number == 1 else f"{number} spaces"


_UNALIGNED = re.compile("did not find expected ('-' indicator|key)")
_field = re.compile(r" *(?:- +)?[\w-]+")

_COMPLAINTS = (
    (
        "mapping values are not allowed",
        "a colon and a space stand in the middle of unquoted text",
        "put quotes around the whole text",
    ),
    (
        "unknown escape character",
        "a backslash in double quotes starts no known escape",
        "use single quotes, or double the backslash",
    ),
    (
        "while scanning a quoted scalar",
        "a quote is opened here and never closed",
        "add the closing quote",
    ),
    (
        "alphabetic or numeric character",
        "unquoted text starts with * or &",
        "put quotes around the text",
    ),
    (
        "<document start>",
        "something follows after the value has ended",
        "a file holds one mapping: check the indentation",
    ),
    (
        "did not find expected ',' or ']'",
        "a list opened here with [ is not closed, or lacks a comma",
        "check the brackets and commas",
    ),
    (
        "did not find expected ',' or '}'",
        "a mapping opened here with { is not closed, or lacks a comma",
        "check the braces and commas",
    ),
    (
        "could not find expected ':'",
        "a field's name is not followed by a colon",
        "write it as `name: value`",
    ),
    (
        "did not find expected '-' indicator",
        "the indentation does not fit the list above",
        "line the dashes up",
    ),
    (
        "did not find expected key",
        "the indentation does not fit the lines above, or a quote ends too early",
        "line the fields up; check the quotes",
    ),
    (
        "block sequence entries are not allowed",
        "a list starts where it cannot",
        "put it on its own, indented line",
    ),
    (
        "cannot start any token",
        "the value starts with a character that YAML reserves",
        "put quotes around the text",
    ),
    (
        "did not find expected node content",
        "a value is missing between two commas or brackets",
        "remove the extra comma, or put quotes around text",
    ),
)
