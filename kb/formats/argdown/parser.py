"""From tokens to a document, by the grammar of argdown-core 1.7.5. No recursion: a text may nest at will.

A text that the grammar has no reading for is refused with its place; argdown itself goes on after it and
leaves parts out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, NoReturn

from kb.formats.argdown import kinds as k
from kb.formats.argdown.content import content, tag_of
from kb.formats.argdown.data import data_of, front_of
from kb.formats.argdown.document import Document, Effect, End, Inference, Member, Relation
from kb.formats.argdown.mistakes import unexpected
from kb.formats.argdown.tokens import Lexer
from kb.formats.reading import Misread

_EFFECTS: Mapping[str, Effect] = {
    "+": "support",
    "+>": "support",
    "-": "attack",
    "->": "attack",
    "_": "undercut",
    "_>": "undercut",
    "><": "contradictory",
}
_END = "the end of the file"


def parsed(text: str) -> Document:
    """The document that a text says; line ends are ``\\n``. Raises Misread."""
    lexer = Lexer(text)
    tokens = lexer.run()
    parser = _Parser(text, tokens)
    for at, end in lexer.comments:
        parser.comment(at, end)
    parser.run()
    return parser.document


class _Parser:
    """Reads tokens from ``next`` on; every method leaves it after what it has read."""

    def __init__(self, text: str, tokens: list[k.Token]) -> None:
        self.text = text
        self.tokens = [*tokens, (_END, len(text), len(text))]
        self.next = 0
        self.document = Document()
        self._lines = [0]
        for line in text.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._untitled = 0
        self._headings: list[tuple[int, str]] = []
        self._sections: tuple[str, ...] = ()

    # --- reading --------------------------------------------------------------

    @property
    def kind(self) -> str:
        return self.tokens[self.next][0]

    def take(self, kind: str) -> str:
        """The text of the next token if it is of a kind; else nothing is read."""
        found, at, end = self.tokens[self.next]
        if found != kind:
            return ""
        self.next += 1
        return self.text[at:end]

    def place(self, number: int = -1) -> tuple[int, int]:
        at = self.tokens[self.next if number < 0 else number][1]
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def wrong(self, said: str) -> NoReturn:
        raise Misread(*self.place(), said)

    def comment(self, at: int, end: int) -> None:
        self.document.comments += 1
        if self.text[at - 1 : at] == ":" and self.text.startswith("//", at):
            line = bisect_right(self._lines, at)
            why = "// begins a comment in Argdown; write [words](https://…) for a link"
            self.document.lost.append((f"the rest of the line after {self.text[at:end][:60]!r}", why, line))

    # --- blocks ---------------------------------------------------------------

    def run(self) -> None:
        self.blank()
        if self.kind == k.FRONT:
            line = self.place()[0]
            self.document.front = front_of(self.take(k.FRONT), line)
            self.blank()
        before: End | None = None
        while self.kind != _END:
            before = self.block(before)
            if self.kind not in (k.EMPTY, _END):
                self.wrong(unexpected(self.text, self.tokens, self.next))
            self.blank()

    def blank(self) -> None:
        while self.kind in (k.NEWLINE, k.EMPTY):
            self.next += 1

    def block(self, before: End | None) -> End | None:
        """A paragraph. Returns the argument that it is, which a structure right after it belongs to."""
        kind = self.kind
        if kind == k.HEADING:
            self.heading()
        elif kind == k.NUMBER:
            self.structure(before)
        elif kind == k.INDENT and self.tokens[self.next + 1][0] in (k.ORDERED, k.UNORDERED):
            self.next += 1
            while self.take(k.ORDERED) or self.take(k.UNORDERED):
                self.relations(self.member().end)
            if self.kind == k.DEDENT:
                self.next += 1
        elif kind in k.CONTENT or kind in k.TITLED:
            end = self.member().end
            self.relations(end)
            return end if end.kind == "argument" else None
        else:
            self.wrong(unexpected(self.text, self.tokens, self.next))
        return None

    def heading(self) -> None:
        level = len(self.take(k.HEADING)) - 1
        member = Member(End("statement", ""), self.place()[0])
        self.next = content(self.text, self.tokens, self.next, member)
        if self.fields():
            self.document.lost.append(
                (f"the data of the heading {member.text!r}", "it is about maps", member.line)
            )
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self._headings.append((level, member.text))
        self.document.sections.append(member.text)
        titles = (title for _, title in self._headings)
        self._sections = (*filter(None, titles), *member.tags)

    def member(self) -> Member:
        """A statement or an argument, with what is said of it."""
        kind, line = self.kind, self.place()[0]
        written = self.take(kind) if kind in k.TITLED else ""
        argument = kind in (k.DEFINE_ARGUMENT, k.REFER_ARGUMENT)
        if written:
            end = End("argument" if argument else "statement", written[1:].rstrip(":")[:-1])
        else:
            end = self.anonymous("statement")
        found = Member(end, line, refers=kind in (k.REFER, k.REFER_ARGUMENT), sections=self._sections)
        if found.refers:
            while tag := self.take(k.TAG):
                found.tags.append(tag_of(tag))
            self.take(k.NEWLINE)
            if self.kind in k.CONTENT:
                self.wrong(f"text after {written}; put a colon there ({written}: …) or leave the line to it")
        else:
            if self.kind not in k.CONTENT:
                self.wrong(f"a text was expected after {written or 'this sign'}")
            self.next = content(self.text, self.tokens, self.next, found)
        found.data = self.fields()
        there = self.document.arguments if argument else self.document.statements
        there.setdefault(end.title, []).append(found)
        return found

    def anonymous(self, kind: Any) -> End:
        self._untitled += 1
        end = End(kind, f"Untitled {self._untitled}")
        self.document.untitled.add(end)
        return end

    def fields(self) -> Mapping[str, Any]:
        place = self.place()
        written = self.take(k.DATA)
        if not written:
            return {}
        self.take(k.NEWLINE)
        return data_of(written, *place)

    # --- relations ------------------------------------------------------------

    def relations(self, end: End, conclusion_of: End | None = None) -> None:
        """The tree of relations below a member; ``conclusion_of`` is the inference that it concludes."""
        parents: list[End] = []
        while True:
            kind = self.kind
            if kind == k.INDENT and self.tokens[self.next + 1][0] in k.RELATIONS:
                parents.append(end)
                self.next += 1
            elif kind == k.DEDENT and parents:
                parents.pop()
                self.next += 1
            elif kind in k.RELATIONS and parents:
                line = self.place()[0]
                self.next += 1
                if self.kind not in k.CONTENT and self.kind not in k.TITLED:
                    self.wrong(f"a statement or an argument was expected after {kind}")
                end = self.member().end
                parent = parents[-1]
                if parent.kind == "inference" and kind != "_":
                    self.wrong("only what undercuts it (_) can stand under an inference")
                if kind == "><" and end.kind == "argument":
                    self.wrong("only statements contradict each other; use - for an argument")
                if kind == "_" and conclusion_of and len(parents) == 1:
                    parent = conclusion_of
                pair = (parent, end) if kind.endswith(">") or kind == "><" else (end, parent)
                self.document.relations.append(Relation(_EFFECTS[kind], *pair, line))
            else:
                return

    # --- premise-conclusion structures ----------------------------------------

    def structure(self, before: End | None) -> None:
        line = self.place()[0]
        end = before or self.anonymous("argument")
        if end.title in self.document.structures:
            self.wrong(
                f"<{end.title}> has a second premise-conclusion structure; give this one a title of its own"
            )
        self.document.arguments.setdefault(end.title, [])
        steps = self.document.structures[end.title] = []
        if not self.document.arguments[end.title]:
            self.document.arguments[end.title].append(Member(end, line, refers=True, sections=self._sections))
        numbered: dict[str, str] = {}
        fresh: list[str] = []
        while self.kind in (k.NUMBER, k.INFERENCE):
            if self.kind == k.NUMBER:
                fresh.append(self.numbered(numbered))
                continue
            step, inference = self.inference(), End("inference", end.title, len(steps))
            self.relations(inference)
            uses = step.data.get("uses")
            named = [numbered.get(str(number), "") for number in uses] if isinstance(uses, list) else []
            step.premises = tuple(dict.fromkeys(filter(None, named))) or tuple(dict.fromkeys(fresh))
            step.unused = tuple(title for title in fresh if title not in step.premises)
            steps.append(step)
            if self.kind != k.NUMBER:
                self.wrong("a conclusion, such as (3), was expected after the inference")
            step.conclusion = self.numbered(numbered, inference)
            fresh = [step.conclusion]
        if not steps or len(fresh) > 1:
            self.wrong("a premise-conclusion structure ends with a line of hyphens and a conclusion")

    def numbered(self, numbers: dict[str, str], concludes: End | None = None) -> str:
        """A statement with its number in brackets; its title."""
        number = self.take(k.NUMBER).strip("()")
        if self.kind not in k.CONTENT and self.kind not in (k.DEFINE, k.REFER):
            self.wrong(f"a statement was expected after ({number})")
        end = self.member().end
        numbers[number] = end.title
        self.relations(end, concludes)
        return end.title

    def inference(self) -> Inference:
        line = self.place()[0]
        self.next += 1
        self.take(k.NEWLINE)
        rules = [""]
        while self.kind in (k.TEXT, k.ESCAPED, k.SPECIAL, k.COMMA):
            kind = self.kind
            word = self.take(kind)
            if kind == k.COMMA:
                rules.append("")
            else:
                rules[-1] += word[kind == k.ESCAPED :]
        self.take(k.NEWLINE)
        data = self.fields()
        if not self.take(k.INFERENCE_END):
            self.wrong(
                "an inference ends with a line of hyphens (--); its rules stand in one line, data after them"
            )
        if not self.take(k.NEWLINE):
            self.wrong("a line end was expected after the hyphens of an inference")
        return Inference(tuple(filter(None, (" ".join(rule.split()) for rule in rules))), data, line)
