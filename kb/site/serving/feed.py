"""What open pages shall know, and waiting for it to change."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Literal

from kb.site.serving.problems import Problem

#: "working": pages are being written; "checking": pages are as they will be but for checks that run.
Phase = Literal["working", "checking", "ready", "broken"]


@dataclass(frozen=True, slots=True)
class State:
    """``number`` counts changes; ``note`` says what goes on; ``built``: whether there is a site to show."""

    number: int = 0
    phase: Phase = "working"
    note: str = ""
    problems: tuple[Problem, ...] = ()
    built: bool = False


class Feed:
    """The state that the builder sets and any number of streams wait for; setting it waits for nobody."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._state = State()
        self._closed = False

    @property
    def state(self) -> State:
        return self._state

    def tell(self, phase: Phase, note: str = "", problems: tuple[Problem, ...] | None = None) -> None:
        """Set the state. Problems stay until others, or none, are told."""
        with self._changed:
            now = self._state
            self._state = replace(
                now,
                number=now.number + 1,
                phase=phase,
                note=note,
                problems=now.problems if problems is None else problems,
                built=now.built or phase in ("ready", "checking"),
            )
            self._changed.notify_all()

    def after(self, number: int, seconds: float) -> State | None:
        """The first state that is not the one numbered so, or that one after ``seconds``; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._state.number != number, seconds)
            return None if self._closed else self._state

    def close(self) -> None:
        """Let all who wait go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
