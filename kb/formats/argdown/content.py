"""The words of a statement, an argument's gist or a heading, out of tokens."""

from __future__ import annotations

from collections.abc import Sequence

from kb.formats.argdown import kinds as k
from kb.formats.argdown.document import Member
from kb.formats.argdown.shortcodes import SHORTCODES


def content(text: str, tokens: Sequence[k.Token], number: int, member: Member) -> int:
    """Tell ``member`` its text, tags and links from a token on; the number of the first token after them.

    Tags at the end are no part of the text.
    """
    words: list[str] = []
    said = 0
    while tokens[number][0] in k.CONTENT:
        kind, at, end = tokens[number]
        number += 1
        image = text[at:end]
        tail = image[len(image.rstrip(" \t")) :]
        if kind == k.TEXT:
            words.append(image)
        elif kind == k.ESCAPED:
            words.append(image[1:])
        elif kind == k.SPECIAL:
            words.append(SHORTCODES.get(image.rstrip(" \t"), image[: len(image) - len(tail)]) + tail)
        elif kind == k.LINK:
            label, _, address = image.rstrip(" \t")[1:-1].partition("](")
            member.links.append((" ".join(label.split()), address.strip()))
            words.append(label + tail)
        elif kind == k.MENTION:
            words.append(f"“{image.rstrip()[2:-1]}”{tail}")
        elif kind == k.TAG:
            member.tags.append(tag_of(image))
            words.append(image)
            continue
        else:
            words.append(" " if kind == k.NEWLINE else tail if kind == k.STOP else "")
        if words[-1].strip():
            said = len(words)
    member.text = " ".join("".join(words[:said]).split())
    return number


def tag_of(image: str) -> str:
    """The tag that ``#tag`` or ``#(some words)`` says."""
    written = image.strip()[1:]
    return written[1:-1] if written.startswith("(") else written
