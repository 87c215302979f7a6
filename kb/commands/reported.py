"""A base with what its checks say, and how a page written in Markdown names and lists what is in it."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from kb.commands import arguing
from kb.commands.opening import Opened, standings
from kb.graph import members
from kb.model import Base, Bearing, Claim, Record, Standing
from kb.standing import Accounts

WIDTH = 110

_MARKUP = re.compile(r"([\\`*_\[\]|$]|<(?=[A-Za-z/!?])|~(?=~)|&(?=#?\w+;))")
_BLOCK = re.compile(r"^(\s*)(\d+(?=[.)](?:\s|$))|)([-+#=>.)])(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """A base with what its checks say; ``folder`` is the way from the page to the base's files."""

    opened: Opened
    records: Mapping[str, Record]
    folder: str = "../claims"

    @property
    def base(self) -> Base:
        return self.opened.base

    @cached_property
    def accounts(self) -> Accounts:
        return standings(self.opened, self.records)

    @cached_property
    def bearings(self) -> Mapping[str, Sequence[Bearing]]:
        found: dict[str, list[Bearing]] = {node: [] for node in self.opened.argument.claims}
        for bearing in self.opened.argument.bearings:
            found[bearing.claim].append(bearing)
        return found

    @cached_property
    def members(self) -> Mapping[str, tuple[Claim, ...]]:
        """The claims that each node of the map stands for."""
        merged = members(self.opened.argument)
        return {node: tuple(self.base.claims[claim] for claim in found) for node, found in merged.items()}

    @cached_property
    def theses(self) -> tuple[str, ...]:
        return tuple(arguing.theses(self.opened))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The works whose words claims point at, those with most claims first."""
        found = Counter(
            source
            for claim in self.base.claims.values()
            for source in {e.source for e in claim.evidence if e.quote is not None}
        )
        return tuple(sorted(found, key=lambda source: (-found[source], source)))

    def from_texts(self, standing: Standing) -> list[str]:
        """The claims that works make, not the authors of the base, with a standing."""
        return [
            node
            for node in self.opened.argument.claims
            if self.accounts.marks[node].standing is standing
            and any(claim.origin == "text" for claim in self.members[node])
        ]

    def claim(self, node: str) -> str:
        claim = self.base.claims[node]
        return self._link(claim.name, claim.file)

    def check(self, name: str) -> str:
        check = self.base.checks[name]
        return self._link(check.title or name.replace("-", " ").capitalize(), check.file)

    def _link(self, title: str, file: str) -> str:
        return f"[{escaped(title.rstrip('.'))}]({PurePath(self.folder, file).as_posix()})"


def escaped(text: str) -> str:
    """Text of a file as Markdown that shows it as it is, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def wrapped(text: str, first: str = "", hang: str = "") -> str:
    """Prose in lines of at most 110 characters, longer only for a link; no line begins another block."""
    filled = textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return first + _BLOCK.sub(r"\1\2\\\3", filled)


def items(entries: Iterable[str], otherwise: str = "") -> str:
    """A list of entries, or a sentence where there are none."""
    return "\n".join(wrapped(entry, "- ", "  ") for entry in entries) or otherwise


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table whose first column is words and whose others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
