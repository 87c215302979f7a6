"""What a check said each time that its verdict was recorded, and what changed in between, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.model import InputUsed, Record, Result
from kb.wording import number, unit, with_unit

KEY_ONLY = "the key only: the check's text, its inputs' citations or the program, and no number shown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded run; ``changed`` says in words how it differs from the one before."""

    record: Record
    changed: tuple[str, ...]


def told(records: Sequence[Record]) -> tuple[Entry, ...]:
    """The records of a check, oldest first, each with what changed since the one before."""
    if not records:
        return ()
    first = Entry(records[0], ("first record",))
    return (first, *(Entry(now, changes(was.result, now.result)) for was, now in pairwise(records)))


def changes(was: Result, now: Result) -> tuple[str, ...]:
    """What differs between two runs of a check, in words: verdict, condition, inputs, else the key."""
    said = []
    if was.verdict != now.verdict:
        said.append(f"verdict: {was.verdict} → {now.verdict}")
    if was.condition != now.condition and now.condition:
        said.append(f"condition: {was.condition or 'none'} → {now.condition}")
    said += _inputs(was, now)
    if was.samples != now.samples and was.samples and now.samples:
        said.append(f"samples: {was.samples:,} → {now.samples:,}")
    if not said:
        said.append(KEY_ONLY if was.key != now.key else "nothing")
    return tuple(said)


def _inputs(was: Result, now: Result) -> Iterator[str]:
    before = {given.name: given for given in was.inputs}
    after = {given.name: given for given in now.inputs}
    if not before or not after:
        return  # one of the two could not run, and shows no inputs
    for name, given in after.items():
        if name not in before:
            yield f"{name}: new, {_value(given)}"
        elif _numbers(before[name]) != _numbers(given):
            yield f"{name}: {_value(before[name])} → {_value(given)}"
    for name in (name for name in before if name not in after):
        yield f"{name}: no longer used"


def _numbers(given: InputUsed) -> tuple[object, ...]:
    return given.value, given.unit, given.spread


def _value(given: InputUsed) -> str:
    if given.spread is None:
        return with_unit(given.value, given.unit)
    ends = [number(parameter) for parameter in given.spread.parameters]
    if given.spread.kind == "percentiles":
        return f"{ends[0]} to {ends[1]} {unit(given.unit)}".rstrip() + " (5 to 95 %)"
    return f"{given.spread.kind} ({', '.join(ends)}) {unit(given.unit)}".rstrip()
