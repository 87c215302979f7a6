"""The words of an Argdown text: what argdown-core 1.7.5 makes of each character, in linear time.

Where that program and its documentation part, the documentation is followed: a comment may end the file, a
bold or italic range that is not closed by the end of its paragraph is plain text, and a backslash before a
line end is itself.
"""

from __future__ import annotations

import re

from kb.formats.argdown import kinds as k
from kb.formats.argdown.ahead import Ahead

# White space and line ends as JavaScript has them, which the format is defined by.
_SPACE = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
_EMPTY = re.compile(r"(?:[ \t]*\n){2,}")
_NEWLINE = re.compile(r"[ \t]*\n")
_LINE = re.compile(
    r"([ \t']*)(?:(?P<inference>--)|(?P<fs>\+>)|(?P<fa>->)|(?P<ts><?\+)|(?P<ta><?-)|(?P<c>><)|(?P<fu>_>)"
    rf"|(?P<tu><_|_(?=[{_SPACE}]))|(?P<number>\([0-9]+\))|(?P<ordered>[0-9]+\.(?=[{_SPACE}]))"
    rf"|(?P<unordered>\*(?=[{_SPACE}])))"
)
_ARROWS = {"fs": "+>", "fa": "->", "ts": "+", "ta": "-", "c": "><", "fu": "_>", "tu": "_"}
_HEADING = re.compile(r"#+ ")
_ESCAPED = re.compile(r"\\[^\n\u2028\u2029] *")
_SPECIAL = {sign: re.compile(rf"\{sign}[^{_SPACE}]+?\{sign}[ \t]?") for sign in ".:"}
_TAG = re.compile(r"#(?:\([^)]+\)|[A-Za-z0-9\[\\\]^_`\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef-]+)[ \t]?")
_RANGE = {
    mark: (
        re.compile(rf"{re.escape(mark)}(?:[ \t]|(?=[\n)}}_.,!?;:*-]|\Z))"),
        re.compile(rf"{re.escape(mark)}(?![{_SPACE}])"),
    )
    for mark in ("**", "__", "*", "_")
}
_SPACES, _BLANK = re.compile(r"[ \t]+"), re.compile(rf"[{_SPACE}]*")
_FREE = re.compile(r"[^\\@#*_\[\],.:;</>\-\r\n(){}]+")
_CONTROL = re.compile(r"[@#*_\[\],.:;</>\-(){}\r][ \t]?")
_DASHES, _SIGNS = re.compile(r"-{2,}"), re.compile(r"=+")
_AFTER_COMMENT = {k.EMPTY: re.compile(r"\n*"), k.NEWLINE: re.compile(r"(?:[ \t]*\n(?![ \t]*\n))?")}


class Lexer:
    """Makes the tokens of one text, whose line ends are ``\\n``; ``comments`` are left out of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[k.Token] = []
        self.comments: list[tuple[int, int]] = []
        self._indents = [0]
        self._ranges: list[tuple[str, int]] = []
        self._inferring = False
        self._line_end = Ahead("[\n\u2028\u2029]", text)
        self._ends = {sign: Ahead(re.escape(sign), text) for sign in ("]", ")", "]:", ">", ">:", "*/", "-->")}
        self._front_end = Ahead("={3,}", text)
        self._data_stop = Ahead(rf"\}}[{_SPACE}][^,}}]|[\r\u2028\u2029]|\Z", text)
        self._data_last = (-1, -1)
        self._rule_stop = Ahead(rf"\}}(?=[{_SPACE}]*--)", text)

    def run(self) -> list[k.Token]:
        text, tokens, at, size = self.text, self.tokens, 0, len(self.text)
        while at < size:
            if self._inferring:
                at = self._inference(at)
                continue
            last = tokens[-1][0] if tokens else k.NEWLINE
            free = _FREE.match(text, at) if last != k.NEWLINE and last != k.EMPTY else None
            if free and text[at] not in " \t=":
                tokens.append((k.TEXT, at, free.end()))
                at = free.end()
            else:
                at = self._next(at, text[at], last)
        if tokens and tokens[-1][0] == k.EMPTY:
            tokens.pop()
        self._close_ranges()
        self._dedent(size)
        return tokens

    # --- one token ------------------------------------------------------------

    def _add(self, kind: str, at: int, end: int) -> int:
        self.tokens.append((kind, at, end))
        return end

    def _next(self, at: int, c: str, last: str) -> int:
        text = self.text
        if c in "/<" and (end := self._comment(at, last)):
            return end
        if c == "=" and (end := self._front(at)):
            return self._add(k.FRONT, at, end)
        if c == "{" and (end := self._data(at)):
            return self._add(k.DATA, at, end)
        if c == "\\":
            return self._escaped(at)
        if c in ".:" and (found := _SPECIAL[c].match(text, at)):
            return self._add(k.SPECIAL, at, found.end())
        if c in " \t\n":
            if last != k.EMPTY and (found := _EMPTY.match(text, at)):
                if found.end() < len(text):
                    self._dedent(at)
                self._close_ranges()
                return self._add(k.EMPTY, at, found.end())
            if found := _NEWLINE.match(text, at):
                return self._add(k.NEWLINE, at, found.end())
        if last in (k.NEWLINE, k.EMPTY) and (end := self._line_start(at, last)):
            return end
        if c in "*_" and (end := self._range(at, c)):
            return end
        if c == "#" and (found := _TAG.match(text, at)):
            return self._add(k.TAG, at, found.end())
        if c in "[<@" and (end := self._titled(at, c)):
            return end
        if c in " \t" and (found := _SPACES.match(text, at)):
            return found.end()
        found = _FREE.match(text, at) or _CONTROL.match(text, at)
        return self._add(k.TEXT, at, found.end() if found else at + 1)

    def _inference(self, at: int) -> int:
        """A token between the lines of an inference, where only rules and data stand."""
        text, c = self.text, self.text[at]
        if c in "/<" and (end := self._comment(at, self.tokens[-1][0])):
            return end
        if found := _NEWLINE.match(text, at):
            return self._add(k.NEWLINE, at, found.end())
        if c == "\\":
            return self._escaped(at)
        if c in ".:" and (found := _SPECIAL[c].match(text, at)):
            return self._add(k.SPECIAL, at, found.end())
        if found := _DASHES.match(text, at):
            self._inferring = False
            return self._add(k.INFERENCE_END, at, found.end())
        if c == "{" and (end := self._rule_data(at)):
            return self._add(k.DATA, at, end)
        if c == ",":
            return self._add(k.COMMA, at, at + 1)
        if found := _SPACES.match(text, at):
            return found.end()
        found = _FREE.match(text, at) or _CONTROL.match(text, at)
        return self._add(k.TEXT, at, found.end() if found else at + 1)

    def _escaped(self, at: int) -> int:
        found = _ESCAPED.match(self.text, at)
        return self._add(k.ESCAPED if found else k.TEXT, at, found.end() if found else at + 1)

    def _comment(self, at: int, last: str) -> int:
        text = self.text
        if text.startswith("//", at):
            end = text.find("\n", at)
            end = end if end >= 0 else len(text)
        else:
            closing = "-->" if text.startswith("<!--", at) else "*/" if text.startswith("/*", at) else ""
            found = self._ends[closing](at + (4 if closing == "-->" else 2)) if closing else None
            if found is None:
                return 0
            end = found[1]
        self.comments.append((at, end))
        blank = _AFTER_COMMENT.get(last) if self.tokens else None
        after = blank.match(text, end) if blank else None
        return after.end() if after else end

    def _front(self, at: int) -> int:
        if not self.text.startswith("===", at):
            return 0
        opening = _SIGNS.match(self.text, at)
        run = opening.end() if opening else at
        closing = self._front_end(run)
        return closing[1] if closing else run if run - at >= 6 else 0

    def _data(self, at: int) -> int:
        """Where data ends: at the last brace before one that has a space and more text after it.

        So it is defined; braces are not matched.
        """
        stop = self._data_stop(at + 1)
        end = stop[0] if stop else len(self.text)
        if self._data_last[0] != end:
            self._data_last = (end, self._brace_before(end, at))
        last = self._data_last[1]
        return last + 1 if last > at else 0

    def _brace_before(self, end: int, at: int) -> int:
        """The last closing brace from ``end`` back to ``at`` that no comma or brace comes after."""
        text, place = self.text, self.text.rfind("}", at, end + 1)
        while place >= 0:
            after = _BLANK.match(text, place + 1)
            if after is None or text[after.end() : after.end() + 1] not in (",", "}"):
                return place
            place = text.rfind("}", at, place)
        return -1

    def _rule_data(self, at: int) -> int:
        """In an inference, data may end right before the closing line."""
        whole = self._data(at)
        found = self._rule_stop(at + 1)
        return found[1] if found and (not whole or found[1] <= whole) else whole

    def _line_start(self, at: int, last: str) -> int:
        found = _LINE.match(self.text, at)
        kind = found.lastgroup if found else None
        if found is None or kind is None:
            heading = _HEADING.match(self.text, at)
            return self._add(k.HEADING, at, heading.end()) if heading else 0
        sign, end = found.start(kind), found.end()
        if kind == "inference" and last == k.EMPTY and self.tokens:
            kind, end = "ta", sign + 1
        if kind == "inference":
            self._dedent(at)
            self._inferring = True
            return self._add(k.INFERENCE, sign, end)
        if kind == "number":
            self._dedent(at)
            return self._add(k.NUMBER, sign, end)
        listed = kind in ("ordered", "unordered")
        self._indent(len(found[1]) + listed, at)
        return self._add(
            {"ordered": k.ORDERED, "unordered": k.UNORDERED}.get(kind) or _ARROWS[kind], sign, end
        )

    def _range(self, at: int, c: str) -> int:
        """Bold and italic; a mark closes only the range that was opened last."""
        for mark in (c * 2, c):
            if (
                self._ranges
                and self._ranges[-1][0] == mark
                and (found := _RANGE[mark][0].match(self.text, at))
            ):
                self._ranges.pop()
                return self._add(k.STOP, at, found.end())
        for mark in (c * 2, c):
            if found := _RANGE[mark][1].match(self.text, at):
                self._ranges.append((mark, len(self.tokens)))
                return self._add(k.START, at, found.end())
        return 0

    def _close_ranges(self) -> None:
        for _, number in self._ranges:
            _, at, end = self.tokens[number]
            self.tokens[number] = (k.TEXT, at, end)
        self._ranges.clear()

    def _titled(self, at: int, c: str) -> int:
        text = self.text
        if c == "@":
            closing = {"[": "]", "<": ">"}.get(text[at + 1 : at + 2], "")
            end = self._closed(at + 1, closing) if closing else 0
            return self._add(k.MENTION, at, end + (text[end : end + 1] in (" ", "\t"))) if end else 0
        if c == "[" and (end := self._link(at)):
            return self._add(k.LINK, at, end)
        closing, kinds = (
            ("]", (k.DEFINE, k.REFER)) if c == "[" else (">", (k.DEFINE_ARGUMENT, k.REFER_ARGUMENT))
        )
        if end := self._closed(at, f"{closing}:"):
            return self._add(kinds[0], at, end)
        if text[at + 1 : at + 2] != "-" and (end := self._closed(at, closing)):
            return self._add(kinds[1], at, end)
        return 0

    def _closed(self, at: int, closing: str) -> int:
        """The end of brackets that open at a place, with at least a character within them, in a line."""
        found, line = self._ends[closing](at + 2), self._line_end(at)
        return found[1] if found and (line is None or found[0] < line[0]) else 0

    def _link(self, at: int) -> int:
        words = None if self.text.startswith("]", at + 1) else self._ends["]"](at + 2)
        if words is None or not self.text.startswith("(", words[1]):
            return 0
        address = self._ends[")"](words[1] + 1)
        if address is None or address[0] == words[1] + 1:
            return 0
        return address[1] + (self.text[address[1] : address[1] + 1] in (" ", "\t"))

    # --- depth ----------------------------------------------------------------

    def _indent(self, level: int, at: int) -> None:
        if level > self._indents[-1]:
            self._indents.append(level)
            self._add(k.INDENT, at, at)
        while len(self._indents) > 1 and level < self._indents[-1]:
            self._indents.pop()
            self._add(k.DEDENT, at, at)

    def _dedent(self, at: int) -> None:
        while len(self._indents) > 1:
            self._indents.pop()
            self._add(k.DEDENT, at, at)
