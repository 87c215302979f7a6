"""Text exports of Kialo discussions.

``Discussion Title: …``, then an item a number: ``1.2.1. Con: text`` argues against ``1.2.``. Text may go on
over several lines, with Markdown links and escaped brackets; ``-> See 1.3.`` stands for that item, which may
come later. Items that argue neither way under the first are the theses of a discussion with several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kb.formats.drafting import Drafting
from kb.formats.format import Format
from kb.formats.markdown_links import linked
from kb.formats.reading import Misread

FORMAT = Format(
    "kialo",
    "Kialo text export",
    "txt",
    holds=frozenset({"paragraphs", "supports", "attacks", "sources", "questions"}),
    writes=False,
    coming=(
        "linked pages become sources, cited with the words that were linked",
        "`-> See 1.3.` becomes another relation of claim 1.3",
    ),
)
_ITEM = re.compile(r"((?:\d+\.)+)(?: (?:(Pro|Con): ?)?(.*))?$")
_HEADING = re.compile(r"Discussion (?:Title|Name): ?(.*)")
_REFERENCE = re.compile(r"-> See ((?:\d+\.)+)\s*")
_ELSEWHERE = re.compile(r"-> See discussion #(\d+):?\s*(.*)", re.DOTALL)
_LISTED = re.compile(r"(\d+)\. ")


@dataclass(slots=True)
class _Item:
    number: str
    stance: str
    line: int
    lines: list[str] = field(default_factory=list)
    listed: int = 0
    """The last number of a numbered list within the text."""

    @property
    def parent(self) -> str:
        return self.number[: self.number[:-1].rfind(".") + 1]


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Raises Misread: the file is no export of a discussion."""
    lines = text.split("\n")
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    heading = _HEADING.match(lines[start])
    if not heading:
        raise Misread(start + 1, 1, "an export of Kialo begins with `Discussion Title: …`")
    drafting.title = heading[1].strip()
    items = {item.number: item for item in _items(lines, start + 1)}
    if not items:
        raise Misread(start + 1, 1, "after the title, an item such as `1. The thesis` is expected")
    stands_for = _references(items, drafting)
    theses = _theses(items)
    linked_to: set[str] = set()
    for item in items.values():
        drafting.counted["items"] += 1
        if item.stance:
            drafting.counted[f"{item.stance}s"] += 1
        if stands_for[item.number] == item.number and not (theses and item.number == "1."):
            _claim(item, linked_to, drafting)
    for item in items.values():
        _relation(item, items, stands_for, theses, drafting)
    asked = "\n".join(items["1."].lines).strip() if theses else ""
    roots = [stands_for[number] for number in theses] or [n for n, item in items.items() if not item.parent]
    drafting.question(asked or drafting.title or "What stands?", roots)


def _items(lines: list[str], start: int) -> Iterator[_Item]:
    """The items with their lines; a numbered list within a text is no item."""
    item: _Item | None = None
    seen: set[str] = set()
    roots = 0
    for at in range(start, len(lines)):
        line = lines[at].rstrip()
        found = _ITEM.match(line)
        if found and _new(found[1], item, seen, roots):
            if item:
                yield item
            item = _Item(found[1], (found[2] or "").lower(), at + 1, [found[3] or ""])
            seen.add(item.number)
            roots += not item.parent
        elif item:
            item.lines.append(line)
            if listed := _LISTED.match(line):
                item.listed = int(listed[1][:9])
        elif line:
            raise Misread(at + 1, 1, "an item such as `1. The thesis` is expected here")
    if item:
        yield item


def _new(number: str, item: _Item | None, seen: set[str], roots: int) -> bool:
    """Whether a number at the start of a line begins an item."""
    if number in seen:
        return False
    parent = number[: number[:-1].rfind(".") + 1]
    if parent:
        return parent in seen
    follows = number == f"{roots + 1}."
    return follows and not (item and item.listed and number == f"{item.listed + 1}.")


def _references(items: dict[str, _Item], drafting: Drafting) -> dict[str, str]:
    """For each number, that of the item it stands for: itself, the one that it refers to, or none."""
    refers = {
        item.number: found[1]
        for item in items.values()
        if (found := _REFERENCE.match("\n".join(item.lines).strip()))
    }
    drafting.counted["references"] = len(refers)
    stands_for = {number: number for number in items if number not in refers}
    for number in refers:
        passed: dict[str, None] = {}
        while number in refers and number not in stands_for and number not in passed:
            passed[number] = None
            number = refers[number]
        stands_for.update(dict.fromkeys(passed, stands_for.get(number, "")))
    return stands_for


def _theses(items: dict[str, _Item]) -> list[str]:
    """The items that answer the first one without arguing for or against it."""
    return [item.number for item in items.values() if item.parent == "1." and not item.stance]


def _claim(item: _Item, linked_to: set[str], drafting: Drafting) -> None:
    said = "\n".join(item.lines).strip()
    elsewhere = _ELSEWHERE.match(said)
    plain, links = linked(elsewhere[2] if elsewhere else said)
    if not plain.strip():
        plain = f"Item {item.number}" if not elsewhere else f"Discussion {elsewhere[1]}"
        drafting.lose(f"the text of {item.number}", "it is empty", item.line)
    drafting.claim(item.number, plain, place=f"line {item.line}, {item.number}")
    if elsewhere:
        drafting.note(item.number, f"Argued in another discussion, #{elsewhere[1]}.")
    for link in links:
        drafting.counted["links"] += 1
        if link.sound:
            if link.address not in linked_to:
                linked_to.add(link.address)
                drafting.source(link.address, {"type": "webpage", "title": link.title, "URL": link.address})
            drafting.cite(item.number, link.address, note=link.words)
        else:
            drafting.lose(f"the link to {link.address[:200]}", "it is no address of a page", item.line)


def _relation(
    item: _Item, items: dict[str, _Item], stands_for: dict[str, str], theses: list[str], drafting: Drafting
) -> None:
    source, target = stands_for[item.number], stands_for.get(item.parent, "")
    said = "\n".join(item.lines).strip()
    if not source:
        drafting.lose(f"{item.number} {said[:60]}", "there is no such item", item.line)
    elif not item.parent or (theses and item.parent == "1." and not item.stance):
        return
    elif not item.stance:
        why = "it is said to be neither for nor against"
        drafting.lose(f"how {item.number} bears on {item.parent}", why, item.line)
    elif theses and target == "1.":
        drafting.lose(f"{item.number} is {item.stance} {target}", "that is a question here", item.line)
    else:
        effect = "supports" if item.stance == "pro" else "attacks"
        drafting.step(item.number, effect, [source], target, line=item.line)  # type: ignore[arg-type]
    rest = said[found.end() :] if (found := _REFERENCE.match(said)) else ""
    if rest.strip():
        drafting.note(source, rest.strip())
