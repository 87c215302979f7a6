"""From what a user names to the checks and claims that it means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from kb.commands.opening import Opened
from kb.diagnostics.spelling import did_you_mean


class UnknownName(LookupError):
    """A name or selector that means nothing in the base; the text says what may have been meant."""


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
    if not isinstance(name, str):
        raise TypeError(f"a name is a text, not {name!r}")
    known = names(opened)
    target = opened.base.config.renamed.get(name, name)
    if target not in known:
        guess = did_you_mean(name, known, 3)
        raise UnknownName(f"nothing in this base is called {name!r}" + (f"; {guess}" if guess else ""))
    return target, known[target]


def checks_of(
    opened: Opened,
    selection: Collection[str] = (),
    exclude: Collection[str] = (),
    *,
    verdicts: Callable[[], Mapping[str, str]] = dict,
) -> tuple[str, ...]:
    """The checks that a selection names, in the base's order.

    A selector is a check's id, ``kind:`` or ``verdict:`` of the check, or anything that picks claims (an id,
    ``tag:``, ``source:``, ``topic:``, ``+x``, ``x+``; see ``kb.graph.select``): a claim means its checks.
    A space between selectors means either, a comma both. Without a selection, every check. ``verdicts`` is
    called only when a selector asks for one. Raises ``UnknownName``.
    """
    wanted = _union(opened, selection, verdicts) if selection else set(opened.base.checks)
    if exclude:
        wanted -= _union(opened, exclude, verdicts)
    return tuple(c for c in opened.base.checks if c in wanted)


def claims_of(
    opened: Opened,
    selection: Collection[str] = (),
    exclude: Collection[str] = (),
) -> tuple[str, ...]:
    """The claims that a selection names, in the map's order. Raises ``UnknownName``."""
    from kb.graph import SelectionError, select

    try:
        return select(opened.base, opened.argument, " ".join(selection), exclude=" ".join(exclude))
    except SelectionError as error:
        raise UnknownName(str(error)) from error


def _union(opened: Opened, selectors: Collection[str], verdicts: Callable[[], Mapping[str, str]]) -> set[str]:
    if isinstance(selectors, str) or not all(isinstance(selector, str) for selector in selectors):
        raise TypeError(f"selectors are texts, in a list or one by one, not {selectors!r}")
    terms = [term for selector in selectors for term in selector.split() or [selector]]
    return {
        check
        for term in terms
        for check in set.intersection(*(_atom(opened, atom, verdicts) for atom in term.split(",")))
    }


def _atom(opened: Opened, atom: str, verdicts: Callable[[], Mapping[str, str]]) -> set[str]:
    from kb.graph import SelectionError, select

    base = opened.base
    attribute, _, value = atom.partition(":")
    if attribute == "kind" and value:
        return {c.id for c in base.checks.values() if c.kind == value}
    if attribute == "verdict" and value:
        return {check for check, verdict in verdicts().items() if verdict == value}
    if not value and "+" not in atom and "*" not in atom:
        target, kind = resolve(opened, atom)
        if kind == "check":
            return {target}
    try:
        claims = set(select(base, opened.argument, atom))
    except SelectionError as error:
        raise UnknownName(str(error)) from error
    return {bearing.check for bearing in opened.argument.bearings if bearing.claim in claims}
