"""From what a user names to the checks and claims that it means."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from kb.commands.opening import Opened


class UnknownName(LookupError):
    """A name that is nothing in the base; ``near`` holds what may have been meant."""

    def __init__(self, name: str, near: list[str]) -> None:
        self.name, self.near = name, near
        hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
        super().__init__(f"nothing in this base is called {name!r}.{hint}")


def names(opened: Opened) -> dict[str, str]:
    """Every id of the base with the kind of thing it names."""
    base = opened.base
    found = {question.id: "question" for question in base.config.questions}
    for kind, things in (
        ("measurement", base.measurements),
        ("table", base.tables),
        ("quantity", base.quantities),
        ("source", base.sources),
        ("check", base.checks),
        ("claim", base.claims),
    ):
        found |= dict.fromkeys(things, kind)
    return found


def resolve(opened: Opened, name: str) -> tuple[str, str]:
    """The id and kind that ``name`` stands for, through renames. Raises ``UnknownName``."""
    known = names(opened)
    target = opened.base.config.renamed.get(name, name)
    if target not in known:
        raise UnknownName(name, get_close_matches(name, known, 3, 0.6))
    return target, known[target]


def checks_of(
    opened: Opened, selection: Collection[str] = (), exclude: Collection[str] = ()
) -> tuple[str, ...]:
    """The checks that a selection names, in the base's order; a claim stands for its checks.

    A selection is a list of selectors: ids, ``tag:``, ``source:``, ``topic:``, ``kind:``, ``+x``, ``x+``
    (see ``kb.graph.select``). Without one, every check. Raises ``UnknownName``.
    """
    base = opened.base
    wanted = set(base.checks) if not selection else set(select_ids(opened, selection))
    wanted -= set(select_ids(opened, exclude)) if exclude else set()
    for claim_id in list(wanted & set(base.claims)):
        wanted |= {bearing.check for bearing in base.claims[claim_id].checks}
    return tuple(c for c in base.checks if c in wanted)


def select_ids(opened: Opened, selectors: Collection[str]) -> frozenset[str]:
    """All ids that the selectors name together."""
    from kb.graph import select

    for selector in selectors:
        for part in selector.replace(",", " ").split():
            plain = part.strip("+0123456789") if "+" in part else part
            if ":" not in plain:
                resolve(opened, plain)
    return frozenset(select(opened.base, opened.argument, " ".join(selectors)))
