"""What a change to a base is made of: edits, moved verdicts, moved standings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kb import wording
from kb.model import ArgumentMap, Base, Interval, Result, Standing
from kb.standing import Accounts

Kind = Literal[
    "claim", "relation", "check", "source", "quantity", "table", "measurement", "question", "setting"
]
How = Literal["added", "changed", "retired", "removed", "renamed"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A field before and after; empty where there was, or is, none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something added, changed, retired, removed or renamed; ``was`` is the id before a rename."""

    kind: Kind
    how: How
    id: str
    title: str
    edits: tuple[Edit, ...] = ()
    file: str = ""
    was: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A claim whose standing moved, and the way that the change came: claims from the changed one to it."""

    claim: str
    title: str
    thesis: bool
    before: Standing | None
    after: Standing | None
    strength_before: Interval | None
    strength_after: Interval | None
    reason_before: str
    reason_after: str
    path: tuple[str, ...] = ()

    @property
    def relabelled(self) -> bool:
        return self.before is not self.after


def span(strength: Interval | None) -> str:
    """A strength as comparisons show it."""
    return "none" if strength is None else wording.interval(strength)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A check whose verdict or chance moved; empty where it was, or is, not there or not run."""

    check: str
    title: str
    before: str
    after: str
    p_before: float | None
    p_after: float | None


@dataclass(frozen=True, slots=True)
class State:
    """A base at one time: what it says, what its checks said, where its claims stand."""

    base: Base
    argument: ArgumentMap
    results: Mapping[str, Result]
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a change does. ``moves``: theses first, then claims with another label, then the rest."""

    changes: tuple[Change, ...]
    verdicts: tuple[Verdicts, ...]
    moves: tuple[Move, ...]

    @property
    def opened(self) -> tuple[Move, ...]:
        """Claims that the change makes newly open."""
        return tuple(
            m for m in self.moves if m.after is Standing.OPEN and m.before not in (Standing.OPEN, None)
        )
