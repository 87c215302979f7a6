"""What one would have to believe for a check to come out otherwise, in sentences.

Everything is read from a result that is there; nothing is computed, and numpy is not imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from math import inf, log
from statistics import NormalDist

from kb.model import Check, InputUsed, Result, Spread, Turn, Verdict
from kb.wording import listed, number, with_unit

#: The kinds whose inputs are searched for turns.
KINDS = ("formula", "published", "benchmark")


def believe(check: Check, result: Result) -> tuple[str, ...]:
    """The values of single inputs, all others as stated, at which the answer turns; the nearest first.

    With samples, the answer turns where P crosses one half. Nothing is said of a check that expects nothing,
    did not run, or is no computation from inputs.
    """
    movable = {item.name: item for item in _variables(result.inputs)}
    if check.kind not in KINDS or not check.expects or result.output is None or not movable:
        return ()
    under = _reading(check, result)
    if not result.turns:
        return (_capital(f"{under}no value tried of {_either(movable)} alone changes the answer."),)
    sampled = bool(result.output.quantiles)
    sentences = []
    for met in (False, True):
        found = [turn for turn in result.turns if turn.met == met and turn.input in movable]
        opening = (
            f"{under}for this to {'hold' if met else 'fail'}{' more often than not' if sampled else ''}, "
        )
        for name, group in _nearest(found, movable):
            sentences.append(_capital(f"{opening}{_must_be(movable[name], group)}"))
            opening = "or "
        under = ""
    turned = {turn.input for turn in result.turns}
    rest = [name for name in movable if name not in turned]
    if not rest:
        return tuple(f"{sentence}." for sentence in sentences)
    none = f"no value tried of {_either(rest)} alone changes it."
    *others, last = sentences
    return (*(f"{sentence}." for sentence in others), f"{last}; {none}")


def _variables(inputs: Iterable[InputUsed]) -> list[InputUsed]:
    """The inputs that could be otherwise, once for each shared quantity."""
    found: dict[str, InputUsed] = {}
    for item in inputs:
        if not item.definition:
            found.setdefault(item.quantity or f"{item.name} of the check", item)
    return list(found.values())


def _reading(check: Check, result: Result) -> str:
    """Whose numbers a mixed result shows: those of the first reading that ran."""
    ran = (r for r in result.readings if r.verdict is not Verdict.COULD_NOT_RUN)
    shown = next(ran, None) if result.verdict is Verdict.MIXED else None
    if shown is None:
        return ""
    says = {Verdict.HOLDS: "where it holds", Verdict.FAILS: "where it fails"}.get(
        shown.verdict, "where it is undecided"
    )
    return f"under “{shown.title}”, {says}: "


def _nearest(found: list[Turn], movable: dict[str, InputUsed]) -> list[tuple[str, list[Turn]]]:
    by_name = sorted(found, key=lambda turn: turn.input)
    groups = [(name, list(group)) for name, group in groupby(by_name, key=lambda turn: turn.input)]
    return sorted(groups, key=lambda g: (min(_distance(movable[g[0]], t.value) for t in g[1]), g[0]))


def _distance(item: InputUsed, value: float) -> float:
    """How far a value lies from the stated one, in factors; to the other side of 0 is infinitely far."""
    return abs(log(value / item.value)) if item.value and value / item.value > 0 else inf


def _must_be(item: InputUsed, turns: list[Turn]) -> str:
    turns = sorted(turns, key=lambda turn: turn.value)
    places = [_place(item, turn) for turn in turns]
    ends = _ends(item.spread) if item.spread else None
    stated = with_unit(item.value, item.unit)
    if ends:
        stated += f", 5 % to 95 %: {_range(ends, item)}"
    far = [_far(turn.value, ends) for turn in turns] if ends else []
    mark = f", {min(far, key=len)}" if far and all(far) else ""
    return f"{item.name} would have to be {' or '.join(places)} (stated: {stated}){mark}"


def _place(item: InputUsed, turn: Turn) -> str:
    """``below 5``; in other words where both the turn and the stated value read as 5."""
    value = with_unit(turn.value, item.unit)
    if turn.value == item.value:
        return f"any {'smaller' if turn.below else 'larger'} value"
    if value == with_unit(item.value, item.unit):
        return f"a little {'smaller' if turn.below else 'larger'}"
    return f"{'below' if turn.below else 'above'} {value}"


def _range(ends: tuple[float, float], item: InputUsed) -> str:
    """Two amounts; the unit is said once where both are told in the same."""
    low, high = (with_unit(end, item.unit) for end in ends)
    words = high.removeprefix(number(ends[1]))
    return f"{low.removesuffix(words)} to {high}" if low == number(ends[0]) + words else f"{low} to {high}"


def _far(value: float, ends: tuple[float, float]) -> str:
    """How a value lies to the stated range: within it, outside, or by more than its width outside."""
    low, high = ends
    if low <= value <= high:
        return ""
    beyond = max(low - value, value - high)
    if low > 0 and value > 0:
        low, high, beyond = log(low), log(high), max(log(low / value), log(value / high))
    return "far outside the stated range" if beyond > high - low else "outside the stated range"


def _ends(spread: Spread) -> tuple[float, float] | None:
    """The 5th and 95th percentile where they can be told without numpy; of a beta distribution None."""
    a = spread.parameters
    match spread.kind:
        case "percentiles":
            return a[0], a[1]
        case "uniform":
            return a[0] + 0.05 * (a[1] - a[0]), a[1] - 0.05 * (a[1] - a[0])
        case "normal":
            normal = NormalDist(a[0], a[1])
            return normal.inv_cdf(0.05), normal.inv_cdf(0.95)
        case "triangular":
            return _triangular(0.05, *a), _triangular(0.95, *a)
        case "discrete":
            return _discrete(0.05, a), _discrete(0.95, a)
        case "beta":
            return None


def _triangular(u: float, low: float, mode: float, high: float) -> float:
    width = high - low
    if u < (mode - low) / width:
        return float(low + (u * width * (mode - low)) ** 0.5)
    return float(high - ((1 - u) * width * (high - mode)) ** 0.5)


def _discrete(u: float, parameters: tuple[float, ...]) -> float:
    half = len(parameters) // 2
    values, weights = parameters[:half], parameters[half:]
    passed = 0.0
    for value, weight in sorted(zip(values, weights, strict=True)):
        passed += weight / sum(weights)
        if passed >= u:
            return value
    return max(values)


def _either(names: Iterable[str]) -> str:
    return listed(list(names)).replace(" and ", " or ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
