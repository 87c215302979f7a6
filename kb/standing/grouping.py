"""Reasons that rest on the same evidence, put together so that they count once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kb.graph.grouping import joined

Groups = tuple[tuple[int, ...], ...]
"""Reasons or undercuts by number; the members of one group share evidence, so they count once."""


def count_once(items: Sequence[int], evidence: Callable[[int], Iterable[int]]) -> Groups:
    """Items in groups that share evidence, directly or through other items; order of first mention.

    Every item has some evidence, at least itself.
    """
    if len(items) < 2:
        return tuple((item,) for item in items)
    holder: dict[int, int] = {}
    return tuple(map(tuple, joined((holder.setdefault(token, i), i) for i in items for token in evidence(i))))
