"""Suppose that checks, strengths, readings or relations are otherwise, named as a user names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from kb.commands.arguing import WrongSupposition, node_of, results_of
from kb.commands.opening import Opened
from kb.commands.selecting import UnknownName, resolve
from kb.diagnostics.spelling import did_you_mean
from kb.model import STRENGTHS, Record, Step, Undercut

if TYPE_CHECKING:
    from kb.standing.whatif import Changes, WhatIf

VERDICTS = ("holds", "fails", "inconclusive", "could-not-run")
"""The verdicts that can be supposed of a check."""
_RELATION = re.compile(
    r"(?P<premises>.+?)\s+(?P<kind>supports|attacks|undercuts)\s+(?P<target>.+?)"
    rf"(?:\s+(?:\[\s*(?P<bracketed>[^\]]*?)\s*\]|(?P<strength>{'|'.join(STRENGTHS)})))?"
)
_AND = re.compile(r"\s+(?:and|with)\s+|\s*[,+]\s*")


def suppose(opened: Opened, records: Mapping[str, Record], changes: Changes) -> WhatIf:
    """Which standings move with some changes, names as a user gives them; nothing is recorded.

    Raises:
        UnknownName: a check, relation, claim, reading or strength that is not there.
        WrongSupposition: no such verdict, a chance outside 0 to 1, or a relation that cannot be.
    """
    from kb.standing.editing import UnknownRelation
    from kb.standing.whatif import whatif

    readings = {name: _option(opened, name, option) for name, option in changes.readings.items()}
    named = replace(
        changes,
        verdicts={_check(opened, c): _verdict(c, said) for c, said in changes.verdicts.items()},
        results={_check(opened, c): result for c, result in changes.results.items()},
        remove=[_spaced(name) for name in changes.remove],
        readings=readings,
    )
    try:
        return whatif(opened.argument, opened.base, results_of(records), named)
    except UnknownRelation as error:
        raise UnknownName(str(error).rstrip("; ")) from error
    except ValueError as error:
        raise WrongSupposition(str(error)) from error


def relation(opened: Opened, text: str) -> Step | Undercut:
    """A relation from words: "a supports b", "a and b attacks c [strong]", "a undercuts some-step".

    Without a strength, a step is weak and an undercut decisive, as in a file. What is undercut is named as
    ``kb.graph.bearing_id`` and the ids of steps and undercuts do.

    Raises:
        UnknownName: there is no such claim, target or strength.
        WrongSupposition: the text cannot be read, or the relation is there already.
    """
    read = _RELATION.fullmatch(text.strip())
    if read is None:
        raise WrongSupposition(
            f"cannot read {text!r} as a relation; write it as “A supports B”, “A attacks B [strong]” "
            "or “A undercuts STEP”"
        )
    premises = tuple(dict.fromkeys(node_of(opened, claim) for claim in _AND.split(read["premises"])))
    undercuts = read["kind"] == "undercuts"
    strength = read["strength"] or read["bracketed"]
    if strength is None:
        strength = "decisive" if undercuts else "weak"
    if strength not in STRENGTHS:
        there_is = did_you_mean(strength, STRENGTHS) or f"a strength is {', '.join(STRENGTHS)}"
        raise UnknownName(_said(f"there is no strength {strength!r}", there_is))
    amap = opened.argument
    kind: Literal["supports", "attacks"] = "attacks" if read["kind"] == "attacks" else "supports"
    if undercuts:
        target = _spaced(read["target"])
        same = (frozenset(premises), target)
        there = [cut.id for cut in amap.undercuts if (frozenset(cut.premises), cut.target) == same]
    else:
        target = node_of(opened, read["target"])
        wanted = (kind, frozenset(premises), target)
        there = [s.id for s in amap.steps if (s.kind, frozenset(s.premises), s.conclusion) == wanted]
        if target in premises:
            raise WrongSupposition(f"{text!r} has its conclusion among its premises")
    if there:
        raise WrongSupposition(f"that relation is there already, as {there[0]}; change its strength instead")
    name = _new_id(opened, f"{premises[0]}--{read['kind']}--{target}")
    if undercuts:
        return Undercut(name, premises, target, strength, owner=premises[0])
    return Step(name, kind, premises, target, strength, owner=premises[0])


def _new_id(opened: Opened, written: str) -> str:
    taken = {item.id for some in (opened.argument.steps, opened.argument.undercuts) for item in some}
    unique, count = written, 1
    while unique in taken:
        count += 1
        unique = f"{written}--{count}"
    return unique


def _check(opened: Opened, name: str) -> str:
    target, kind = resolve(opened, name)
    if kind == "check":
        return target
    node = opened.argument.alias.get(target, target)
    of_claim = [bearing.check for bearing in opened.argument.bearings if bearing.claim == node]
    said = f"{name!r} is a {kind}, not a check"
    raise UnknownName(_said(said, f"its checks: {', '.join(of_claim)}" if of_claim else ""))


def _verdict(check: str, said: str | float) -> str | float:
    if not isinstance(said, str):
        return said
    if said not in VERDICTS:
        there = f"a verdict is {', '.join(VERDICTS)}, or the chance P from 0 to 1"
        raise WrongSupposition(_said(f"{check} cannot be {said!r}", did_you_mean(said, VERDICTS) or there))
    return said


def _option(opened: Opened, dimension: str, option: str) -> str:
    known: dict[str, dict[str, None]] = {}
    for check in opened.base.checks.values():
        for reading in check.readings:
            known.setdefault(reading.name, {}).update(dict.fromkeys(o.name for o in reading.options))
    if dimension not in known:
        raise UnknownName(_said(f"no check has a reading {dimension!r}", did_you_mean(dimension, known)))
    if option not in known[dimension]:
        there = f"there is {', '.join(known[dimension])}"
        said = f"the reading {dimension} has no option {option!r}"
        raise UnknownName(_said(said, did_you_mean(option, known[dimension]) or there))
    return option


def _spaced(name: str) -> str:
    """A relation's name with its spaces as they are in the map: "check > claim"."""
    return re.sub(r"\s*>\s*", " > ", " ".join(name.split()))


def _said(said: str, more: str) -> str:
    return "; ".join(filter(None, (said, more)))
