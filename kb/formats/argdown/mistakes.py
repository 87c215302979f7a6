"""Why a token cannot stand where it does, in words for who wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from kb.formats.argdown import kinds as k

_SAID = {
    k.FRONT: "front matter (===) stands at the beginning of a file",
    k.INFERENCE: "an inference without premises; leave an empty line before the first, which is (1)",
    k.NUMBER: "a numbered premise in the middle of a paragraph; leave an empty line before it",
    k.DATA: "data in braces stands after what it is about; write \\{ for the brace alone",
    **dict.fromkeys(
        (k.ORDERED, k.UNORDERED),
        "a list item in the middle of a paragraph; leave an empty line before it (lists do not nest)",
    ),
    **dict.fromkeys(
        (k.TEXT, k.ESCAPED, k.SPECIAL, k.LINK, k.TAG, k.MENTION, k.START, k.STOP),
        "text after data; leave an empty line before it, or move the data to its end",
    ),
}


def unexpected(text: str, tokens: Sequence[k.Token], number: int) -> str:
    """What is wrong with the token of that number."""
    kind, at, end = tokens[number]
    said = text[at:end].strip()[:60]
    if kind == k.INDENT:
        kind = tokens[number + 1][0]
    if kind in k.RELATIONS:
        return f"a relation ({kind}) stands right under what it belongs to, indented, without an empty line"
    if kind in k.TITLED:
        return (
            f"{said} in the middle of a text; leave an empty line before it, write \\{said[0]} for the "
            f"bracket alone, or @ before it to mention what is called so"
        )
    return _SAID.get(kind, f"{said or kind} cannot stand here")
