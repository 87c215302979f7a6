"""What is wrong with a file, with the lines where it is wrong."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kb import resources
from kb.diagnostics import Diagnostic
from kb.source.scanning import own_file

if TYPE_CHECKING:
    from jinja2 import Template

#: Lines shown before and after the one that is meant, and the most signs shown of each.
AROUND, WIDEST = 2, 160
_LARGEST = 1_000_000
_UNSHOWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnostic as a page shows it; ``place`` is ``file:line:column``, ``excerpt`` lines with a caret."""

    message: str
    place: str = ""
    rule: str = ""
    expected: str = ""
    hint: str = ""
    excerpt: str = ""


def problem(root: Path, found: Diagnostic) -> Problem:
    """A diagnostic with its lines of the file as it is now; without them where it cannot be read."""
    place = f"{found.file}:{found.line}:{found.column}"
    file = own_file(root, found.file)
    lines = excerpt(file, found.line, found.column) if file else ""
    return Problem(found.message, place, found.rule, found.expected, found.hint, lines)


def failure(error: Exception) -> Problem:
    """What a page shows when kb itself failed; ``place`` is where in kb, a template's line included."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    line = getattr(error, "lineno", None) or last.lineno
    file = getattr(error, "filename", None) or last.filename
    return Problem(
        f"kb failed: {type(error).__name__}: {error}",
        f"{file}:{line}",
        hint="This is no fault of the base: start kb with KB_DEBUG=1 to see more, and please report it. "
        "The next save of any of its files tries again.",
    )


def excerpt(path: Path, line: int, column: int) -> str:
    """The line, those around it, and a caret under the column; empty when the file has no such line."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not (0 < line <= len(lines)) or not text.strip():
        return ""
    if not lines[-1] and line < len(lines):
        lines.pop()  # no line, but the end of the last one
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    start = max(0, column - WIDEST // 2) if len(lines[line - 1]) > WIDEST else 0
    digits = len(str(last))
    shown = []
    for number in range(first, last + 1):
        words = _clean(lines[number - 1][start : start + WIDEST])
        shown.append(f"{'>' if number == line else ' '} {number:{digits}} │ {words}".rstrip())
        if number == line:
            before = _clean(lines[number - 1][start : column - 1])
            shown.append(f"  {' ' * digits} │ {''.join(map(_blank, before))}^")
    return "\n".join(shown)


def page(problems: tuple[Problem, ...], note: str) -> bytes:
    """The page that lists problems; without any, the page shown before there is a site."""
    return _template().render(problems=problems, note=note).encode()


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(resources.templates_folder() / "live"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("problems.html")


def _clean(text: str) -> str:
    """Without signs that would turn or hide what stands beside them."""
    return "".join(sign if sign == "\t" or sign.isprintable() else _UNSHOWN for sign in text)


def _blank(sign: str) -> str:
    """A blank as wide as a sign, so that the caret stands under the column."""
    if sign == "\t":
        return sign
    if unicodedata.combining(sign):
        return ""
    return "\N{IDEOGRAPHIC SPACE}" if unicodedata.east_asian_width(sign) in "WF" else " "
