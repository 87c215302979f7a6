"""What may stand in the text of an expression: judged sign by sign, before any parser sees it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping

from kb.checks.trouble import MisreadError

MAX_CHARACTERS = 2000
MAX_TOKENS = 600
MAX_BRACKETS = 40
#: What to do about an expression that is too much.
SPLIT = "split it with let:"
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark>\*\*|//|[<>=!]=|[-+*/<>(),])"
)
_SAY: Mapping[str, tuple[str, str]] = {
    "^": ("'^' is not an operator", "write ** for a power"),
    "×": ("'×' is not an operator", "write * for a product"),
    "·": ("'·' is not an operator", "write * for a product"),
    "−": ("'−' is not a minus sign", "write - (the hyphen on the keyboard)"),
    "=": ("'=' is not a comparison", "write == to compare, or put the value under let:"),
    ".": ("a dot is only allowed inside a number", "names have no attributes"),
    "'": ("text is not allowed in an expression", "an expression holds numbers and names only"),
    '"': ("text is not allowed in an expression", "an expression holds numbers and names only"),
    "[": ("'[' is not allowed", "there are no lists and no subscripts; name each number under inputs:"),
    "//": ("'//' is not allowed", "write floor(a / b)"),
    "%": ("'%' is not an operator", "write 0.1 for 10%"),
    "&": ("'&' is not an operator", "for 'and' use min(a, b) of two comparisons"),
    "|": ("'|' is not an operator", "for 'or' use max(a, b) of two comparisons"),
}
_WORDS: Mapping[str, str] = {
    "and": "use min(a, b): a comparison is 1 when true and 0 when not",
    "or": "use max(a, b): a comparison is 1 when true and 0 when not",
    "not": "use 1 - a: a comparison is 1 when true and 0 when not",
    "if": "use where(condition, then, otherwise)",
    "else": "use where(condition, then, otherwise)",
    "True": "write 1",
    "False": "write 0",
}


def screen(text: str) -> None:
    """Refuse what is too large or holds a sign that the language does not have.

    Raises:
        MisreadError: with the column of the sign or of the part that is too much.
    """
    if len(text) > MAX_CHARACTERS:
        raise MisreadError(f"the expression is longer than {MAX_CHARACTERS} characters", 1, SPLIT)
    position = tokens = depth = 0
    previous = ""
    while position < len(text):
        match = _TOKEN.match(text, position)
        column = position + 1
        if match is None:
            sign = text[position]
            message, hint = _SAY.get(sign, (f"{sign!r} is not allowed in an expression", ""))
            raise MisreadError(message, column, hint)
        kind, word = match.lastgroup, match.group()
        if word in _SAY:
            raise MisreadError(_SAY[word][0], column, _SAY[word][1])
        position = match.end()
        if kind == "name" and keyword.iskeyword(word):
            raise MisreadError(f"the word {word!r} is not allowed here", column, _WORDS.get(word, ""))
        if kind == "name" and previous == "number":
            raise MisreadError(
                f"a number runs into the name {word!r}", column, "write * between a number and a name"
            )
        depth += (word == "(") - (word == ")")
        tokens += kind != "space"
        if depth > MAX_BRACKETS:
            raise MisreadError(f"brackets are nested more than {MAX_BRACKETS} deep", column, SPLIT)
        if tokens > MAX_TOKENS:
            raise MisreadError(f"the expression has more than {MAX_TOKENS} parts", column, SPLIT)
        previous = kind or ""
    if not tokens:
        raise MisreadError("the expression is empty")
