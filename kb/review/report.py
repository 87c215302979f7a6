"""A comparison in words: sections of sentences, the conclusions first; and the same as Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb import wording
from kb.model import Standing
from kb.review.model import Change, Comparison, Edit, Move, State, Verdicts, span

_KINDS = {
    "claim": "Claims",
    "relation": "Relations",
    "check": "Checks",
    "source": "Sources",
    "quantity": "Quantities",
    "table": "Tables",
    "measurement": "Measurements",
    "question": "Questions",
    "setting": "Settings",
}
_SIGNS = {"added": "+", "changed": "~", "retired": "-", "removed": "-", "renamed": ">"}
_LONGEST = 160
_NOT_RUN = "not run"
_MOVING = (
    "Theses that move",
    "Claims that change sides",
    "Claims that are open now",
    "Checks that say something else",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with a sign before it, the file that it is about, and sentences under it."""

    sign: str
    words: str
    file: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: tuple[Line, ...]


def report(comparison: Comparison, names: Mapping[str, str]) -> tuple[Section, ...]:
    """The sections that have something to say; ``names`` are titles by id."""
    theses = [move for move in comparison.moves if move.thesis]
    others = [move for move in comparison.moves if not move.thesis]
    flipped = [move for move in others if move.relabelled and None not in (move.before, move.after)]
    opened = [move for move in comparison.opened if not move.thesis]
    told = {move.claim for move in (*flipped, *opened)}
    quiet = [m for m in others if m.claim not in told and None not in (m.before, m.after)]
    kinds = Counter(str(change.kind) for change in comparison.changes)
    moved = (
        tuple(_move(move, names) for move in theses),
        tuple(_move(move, names) for move in flipped if move not in opened),
        tuple(_move(move, names) for move in opened),
        tuple(map(_verdict, comparison.verdicts)),
    )
    sections = [Section(heading, lines) for heading, lines in zip(_MOVING, moved, strict=True)]
    for kind, heading in _KINDS.items():
        if kinds[kind]:
            lines = tuple(_change(change) for change in comparison.changes if change.kind == kind)
            sections.append(Section(f"{heading}: {_counts(comparison.changes, kind)}", lines))
    little = tuple(_move(move, names) for move in quiet)
    sections.append(Section("Claims whose strength moves a little", little))
    return tuple(section for section in sections if section.lines)


def moving(section: Section) -> bool:
    """Whether a section is about what follows, not about what is said."""
    return section.heading in _MOVING


def names_of(*states: State) -> dict[str, str]:
    """The titles of claims and checks by id; those of later states win."""
    found: dict[str, str] = {}
    for state in states:
        found |= {claim.id: claim.name for claim in state.base.claims.values()}
        found |= {check.id: check.title or check.id for check in state.base.checks.values()}
    return found


def headline(comparison: Comparison, theses: Collection[str]) -> str:
    """One sentence on what the change does to the conclusions."""
    moved = [move for move in comparison.moves if move.thesis]
    flipped = [move for move in moved if move.relabelled]
    if not comparison.changes and not comparison.verdicts and not comparison.moves:
        return "Nothing that is said differs, and nothing that follows."
    if flipped:
        verb = "gets" if len(flipped) == 1 else "get"
        return f"{len(flipped)} of the {len(theses)} theses {verb} another label."
    if moved:
        return (
            f"No thesis gets another label; the strength of {_count(len(moved), 'thesis', 'theses')} moves."
        )
    if len(theses) < 2:
        return "The one thesis does not move." if theses else "There is no thesis that could move."
    return f"None of the {len(theses)} theses moves."


def markdown(title: str, lead: Iterable[str], sections: Iterable[Section], most: int = 60_000) -> str:
    """The report as a comment on a pull request, no longer than ``most`` characters; what is cut is said."""
    head = f"## {_plain(title)}\n\n" + "".join(f"{_plain(line)}\n\n" for line in lead)
    blocks = [(section, [_item(line) for line in section.lines]) for section in sections]
    end = "\n_{} more lines are not shown: `kb diff` prints all._\n"
    out, room, left = [head], most - len(head) - len(end) - 20, 0
    for number, (section, items) in enumerate(blocks):
        folded = number > 3
        opening = f"<details><summary>{_plain(section.heading)}</summary>\n\n" if folded else ""
        opening = opening or f"### {_plain(section.heading)}\n\n"
        closing = "\n</details>\n\n" if folded else "\n"
        taken = []
        room -= len(opening) + len(closing)
        for item in items:
            if len(item) > room:
                break
            room -= len(item)
            taken.append(item)
        left += len(items) - len(taken)
        if taken:
            out += [opening, *taken, closing]
        else:
            room += len(opening) + len(closing)
    return "".join(out) + (end.format(left) if left else "")


def _item(line: Line) -> str:
    file = f" (`{line.file}`)" if line.file else ""
    below = "".join(f"  - {_plain(words)}\n" for words in line.below)
    return f"- **{_plain(line.sign)}** {_plain(line.words)}{file}\n{below}"


def _plain(words: str) -> str:
    """Words that Markdown, and the host's mentions and references, leave as they are."""
    escaped = re.sub(r"([\\`*_{}\[\]<>|~#])", r"\\\1", " ".join(words.split()))
    return re.sub(r"@(?=\w)", "@\N{ZERO WIDTH SPACE}", escaped)


# --- sentences ------------------------------------------------------------------


def _move(move: Move, names: Mapping[str, str]) -> Line:
    was, now = _standing(move.before, move.reason_before), _standing(move.after, move.reason_after)
    spans = [span(move.strength_before), span(move.strength_after)]
    words = f"“{move.title}”: {was} → {now}" if was != now else f"“{move.title}” {now} as before"
    words += f", strength {spans[0]} → {spans[1]}" if spans[0] != spans[1] else f", strength {spans[1]}"
    way = [f"“{names.get(claim, claim)}”" for claim in move.path]
    below = (f"by way of {' → '.join(way)}",) if len(way) > 1 else ()
    return Line("!" if move.relabelled else "·", words, below=below)


def _standing(standing: Standing | None, reason: str) -> str:
    if standing is None:
        return "is not there"
    if standing is not Standing.OPEN:
        return standing.value
    return f"is open ({reason})" if reason else "is open"


def _verdict(moved: Verdicts) -> Line:
    was, now = (said or _NOT_RUN for said in (moved.before, moved.after))
    words = f"“{moved.title}”: {was} → {now}" if was != now else f"“{moved.title}” {now} as before"
    if moved.p_before is not None and moved.p_after is not None:
        words += f", P {wording.chance(moved.p_before)} → {wording.chance(moved.p_after)}"
    elif moved.p_after is not None:
        words += f", {wording.p_is(moved.p_after)}"
    return Line("!", words)


def _change(change: Change) -> Line:
    words = f"“{change.title}”" if change.kind != "relation" else change.title
    if change.how == "renamed":
        words += f" is now called {change.id} (was {change.was})"
    elif change.how in ("retired", "removed"):
        words += f" is {change.how}"
    below = () if change.how == "added" else tuple(_edit(edit) for edit in change.edits)
    return Line(_SIGNS[change.how], words, change.file, below)


def _edit(edit: Edit) -> str:
    """A field before and after; of long texts the part that differs."""
    if not edit.before:
        return f"{edit.field}: {_short(edit.after)} (new)"
    if not edit.after:
        return f"{edit.field}: {_short(edit.before)} (gone)"
    was, now = _apart(edit.before, edit.after)
    return f"{edit.field}: {was} → {now}"


def _apart(was: str, now: str) -> tuple[str, str]:
    if max(len(was), len(now)) <= _LONGEST:
        return was, now
    start = 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    start = max(0, was.rfind(" ", 0, max(0, start - 20)) + 1)
    lead = "… " if start else ""
    return lead + _short(was[start:]), lead + _short(now[start:])


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2].rstrip()} …"


def _counts(changes: Iterable[Change], kind: str) -> str:
    counts = Counter(str(change.how) for change in changes if change.kind == kind)
    return ", ".join(f"{count} {how}" for how, count in _ordered(counts))


def _ordered(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    return ((how, counts[how]) for how in _SIGNS if counts.get(how))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
