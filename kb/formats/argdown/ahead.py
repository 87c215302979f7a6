"""Looking ahead in a text again and again, in linear time."""

from __future__ import annotations

import re


class Ahead:
    """The first match of a pattern from a place on. Asked for rising places, it reads the text once."""

    def __init__(self, pattern: str, text: str) -> None:
        self._search, self._text = re.compile(pattern).search, text
        self._found: tuple[int, int] | None = (-1, -1)

    def __call__(self, at: int) -> tuple[int, int] | None:
        if self._found is not None and self._found[0] < at:
            found = self._search(self._text, at)
            self._found = found.span() if found else None
        return self._found
