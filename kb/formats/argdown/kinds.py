"""The kinds of tokens of an Argdown text."""

from __future__ import annotations

from typing import TypeAlias

Token: TypeAlias = tuple[str, int, int]
"""Its kind, and where it starts and ends in the text."""

TEXT, ESCAPED, SPECIAL, NEWLINE, EMPTY = "text", "escaped", "special", "newline", "empty line"
INDENT, DEDENT, FRONT, DATA, HEADING = "indent", "dedent", "front matter", "data", "heading"
INFERENCE, INFERENCE_END, COMMA = "inference", "inference end", "comma"
NUMBER, ORDERED, UNORDERED = "number", "ordered", "unordered"
LINK, TAG, MENTION, START, STOP = "link", "tag", "mention", "start", "stop"
DEFINE, REFER, DEFINE_ARGUMENT, REFER_ARGUMENT = "[]:", "[]", "<>:", "<>"
RELATIONS = frozenset(("+>", "->", "+", "-", "><", "_>", "_"))
"""The kinds of relations; those with ``>`` lead from what they stand under."""
TITLED = frozenset((DEFINE, REFER, DEFINE_ARGUMENT, REFER_ARGUMENT))
CONTENT = frozenset((TEXT, ESCAPED, SPECIAL, LINK, TAG, MENTION, START, STOP, NEWLINE))
