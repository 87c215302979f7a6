"""Checks under other assumptions, beside what they say as stated.

Nothing of it is a record: what is computed here has keys of its own, and never stands for the check.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from numbers import Integral, Real
from operator import index
from pathlib import Path
from threading import Event

from kb import checks, store
from kb.checks.benchmark import RATE
from kb.checks.executors import run_here
from kb.checks.sizes import FEWEST_SAMPLES, MOST_SAMPLES, SAMPLES
from kb.commands.selecting import UnknownName
from kb.diagnostics.spelling import did_you_mean
from kb.model import Amount, Base, Benchmark, Check, Fit, Record, Simulation

#: Told the share done of what runs, from 0 to 1.
Share = Callable[[float], None]


class WrongChange(ValueError):
    """A change that cannot be tried: a number of samples or a value that does not fit; the text says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """Other assumptions than a check states.

    ``set`` gives inputs another value: a number in the input's unit, text with a unit, or the id of a
    quantity. ``reading`` keeps one option of reading dimensions. ``live`` measures this machine for benchmark
    checks.
    """

    set: Mapping[str, Amount] = field(default_factory=dict)
    reading: Mapping[str, str] = field(default_factory=dict)
    samples: int = SAMPLES
    live: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A check as stated and as changed; ``change`` is the part of the wish that this check has."""

    check: str
    change: Change
    stated: Record
    changed: Record

    def failures(self, fail_on: Collection[str]) -> tuple[str, ...]:
        """Why the changed run counts as failed, in plain words; empty when it does not."""
        now, was = self.changed.result, self.stated.result
        reasons = []
        if checks.blame(now) == "error":
            reasons.append(f"{self.check}: {now.reason}")
        if now.verdict in fail_on:
            reasons.append(f"{self.check}: {now.verdict} with the change")
        if "moved" in fail_on and now.verdict != was.verdict:
            reasons.append(f"{self.check}: is {was.verdict}, with the change {now.verdict}")
        return tuple(reasons)


def inputs(check: Check) -> tuple[str, ...]:
    """The names that a change of the check may set."""
    names = tuple(item.name for item in check.inputs)
    match check.body:
        case Simulation() as body:
            from kb import experiments

            try:
                return tuple(experiments.find(body.experiment).params)
            except LookupError:
                return tuple(body.params)
        case Fit() as body:
            from kb.checks.fit_plan import SETTABLE

            return (*SETTABLE, *body.at, *names)
        case Benchmark():
            return (*names, RATE)
    return names


def parts(base: Base, ids: Iterable[str], change: Change) -> dict[str, Change]:
    """The part of a change that each check has; checks that it leaves as they are do not appear.

    Raises:
        UnknownName: no check has an input or a reading dimension of the change, or it has no such option.
        WrongChange: a value that an input cannot have, a number of samples that the engine does not take, or
            a change that touches none of the checks.
    """
    try_samples(change.samples)
    wanted = [base.checks[name] for name in ids]
    for name in change.set:
        if not any(name in inputs(check) for check in wanted):
            raise UnknownName(_no_input(name, wanted))
    for dimension, option in change.reading.items():
        _find_option(wanted, dimension, option)
    found = {check.id: part(check, change) for check in wanted}
    touched = {name: own for name, own in found.items() if own is not None}
    for name, own in touched.items():
        _try_values(base, base.checks[name], own)
    if not touched:
        live = "; only benchmark checks measure this machine" if change.live else ""
        raise WrongChange(f"the change leaves the selected checks as they are{live}")
    return touched


def compare(
    base: Base,
    ids: Iterable[str],
    change: Change,
    *,
    jobs: int = 0,
    cache: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
    running: Callable[[str, float], None] | None = None,
) -> tuple[Comparison, ...]:
    """The checks that a change touches, each as stated and as changed. Raises what ``parts`` does.

    As in ``kb.checks.run_all``, ``jobs`` child processes work at once; ``progress`` counts the changed runs.
    """
    own = parts(base, ids, change)
    stated = checks.run_all(base, list(own), jobs=jobs, cache=cache, running=running)
    found: dict[str, Record] = {}

    def run(base: Base, check: Check, *, progress: Share | None, stop: Event | None = None) -> Record:
        return changed(base, check, own[check.id], cache=cache, progress=progress, stop=stop)

    def finish(record: Record) -> None:
        found[record.result.check] = record
        if progress:
            progress(record.result.check, len(found), len(own))

    # Two measurements at once would disturb each other.
    at_once = 1 if change.live else jobs or os.cpu_count() or 1
    run_here([(base, base.checks[name]) for name in own], run, finish, jobs=at_once, running=running)
    return tuple(Comparison(name, its, stated[name], found[name]) for name, its in own.items())


def part(check: Check, change: Change) -> Change | None:
    """What of a change concerns the check; None when nothing does."""
    known, dimensions = inputs(check), {reading.name for reading in check.readings}
    own = replace(
        change,
        set={name: value for name, value in change.set.items() if name in known},
        reading={name: option for name, option in change.reading.items() if name in dimensions},
        samples=SAMPLES if isinstance(check.body, Simulation | Fit) else change.samples,
        live=change.live and isinstance(check.body, Benchmark),
    )
    return None if own == Change() else own


def changed(
    base: Base,
    check: Check,
    change: Change,
    *,
    cache: bool = True,
    progress: Share | None = None,
    stop: Event | None = None,
) -> Record:
    """What a check says under a change that is all its own: from the cache, else computed.

    Setting ``stop`` ends its child process.
    """
    folder = store.cache_folder(Path(base.root)) if cache else None
    today = checks.key(base, check, samples=change.samples, choice=change.reading, overrides=change.set)
    kept = None if change.live else store.get(folder, today)
    found = None if kept is None else checks.record_of(kept)
    if found is not None and not checks.blame(found.result):
        return found
    found = checks.run(
        base,
        check,
        samples=change.samples,
        live=change.live,
        choice=change.reading,
        overrides=change.set,
        progress=progress,
        stop=stop,
    )
    if found.result.key:
        store.put(folder, found.result.key, checks.record_data(found))
    return found


def wish(
    set: Mapping[str, Amount] | None,  # noqa: A002 - the field's name in `flips_if`, too
    reading: Mapping[str, str] | None,
    samples: int,
    live: bool,
) -> Change:
    """A change as a program asks for it: with any kind of number, as of numpy, in place of Python's.

    Raises:
        WrongChange: a value is neither a number nor a text, or the samples are no whole number.
    """
    try:
        count = index(samples)
    except TypeError:
        raise WrongChange(f"{samples!r} samples: it takes a whole number, a power of two") from None
    values = {name: _amount(name, value) for name, value in dict(set or {}).items()}
    return Change(values, dict(reading or {}), count, live)


def _amount(name: str, value: object) -> Amount:
    if isinstance(value, str):
        return value
    if not isinstance(value, Real | Decimal) or isinstance(value, bool):
        raise WrongChange(
            f"{name} cannot be {value!r}: it takes a number, a text with a unit, or the id of a quantity"
        )
    if isinstance(value, Integral):
        return int(value)
    return float(value)


def try_samples(samples: int) -> None:
    """Refuse a number of samples that the engine does not take. Raises WrongChange."""
    if FEWEST_SAMPLES <= samples <= MOST_SAMPLES and not samples & (samples - 1):
        return
    low = 1 << max(samples, 1).bit_length() - 1
    near = f"{low:,} or {2 * low:,}"
    if samples < FEWEST_SAMPLES or samples >= MOST_SAMPLES:
        near = f"{FEWEST_SAMPLES if samples < FEWEST_SAMPLES else MOST_SAMPLES:,}"
    raise WrongChange(
        f"{samples:,} samples: it takes a power of two, from {FEWEST_SAMPLES} to {MOST_SAMPLES:,}; "
        f"the nearest is {near}"
    )


def _no_input(name: str, wanted: Iterable[Check]) -> str:
    """That nothing selected can set ``name``, with what can be set instead."""
    listed = list(wanted)
    known = sorted({known for check in listed for known in inputs(check)})
    guess = did_you_mean(name, known)
    if len(listed) == 1:
        said = f"the check {listed[0].id} has no input {name!r}"
    else:
        said = f"none of the {len(listed)} checks selected has an input {name!r}"
    there = f"to set there {'is' if len(known) == 1 else 'are'} {', '.join(known)}" if known else ""
    return "; ".join(filter(None, (said, guess, there or "there is nothing to set")))


def _find_option(wanted: Iterable[Check], dimension: str, option: str) -> None:
    options: dict[str, list[str]] = {}
    for check in wanted:
        for reading in check.readings:
            options.setdefault(reading.name, []).extend(o.name for o in reading.options)
    if dimension not in options:
        guess = did_you_mean(dimension, options)
        there = f"there is {', '.join(options)}" if options else "nothing selected has readings"
        raise UnknownName("; ".join(filter(None, (f"no reading is called {dimension!r}", guess, there))))
    if option not in options[dimension]:
        guess = did_you_mean(option, options[dimension])
        there = f"it has {', '.join(dict.fromkeys(options[dimension]))}"
        said = f"the reading {dimension} has no option {option!r}"
        raise UnknownName("; ".join(filter(None, (said, guess, there))))


def _try_values(base: Base, check: Check, own: Change) -> None:
    """Refuse a value that an input cannot have, before anything is computed."""
    from kb.checks.cases import Case, givens
    from kb.checks.trouble import ERROR, CouldNotRunError

    match check.body:
        case Fit() as body:
            _try_settings(base, body, own.set)
        case Simulation() as body:
            _try_params(body, own.set)
        case Benchmark() as body if RATE in own.set:
            _try_rate(base, body, own.set[RATE])
    named = {item.name for item in check.inputs}
    for name in sorted(named & own.set.keys()):
        try:
            givens(base, Case(check, set={name: own.set[name]}))
        except CouldNotRunError as error:
            guess = did_you_mean(str(own.set[name]), base.quantities)
            said = error.reason.removeprefix(ERROR).strip()
            raise WrongChange("; ".join(filter(None, (said, guess)))) from None


def _try_settings(base: Base, body: Fit, settings: Mapping[str, Amount]) -> None:
    """Refuse settings of a fit that mean nothing; what else they make of it is the run's to say."""
    from kb.checks import fit_plan
    from kb.checks.units import UnitError
    from kb.source.tables import TableError, rows

    table = base.tables.get(body.table)
    if table is None:
        return
    try:
        columns, numbers = fit_plan.units(table), rows(base.home, table)
    except (TableError, UnitError):
        return
    after = fit_plan.changed(body, settings, base.quantities)
    faults = list(fit_plan.misfits(after, columns)) or list(fit_plan.shortfalls(after, columns, numbers))
    for fault in faults:
        name = fault.field[-1]
        if name in settings:
            said = f"{name} cannot be {settings[name]}: {fault.message}"
            raise WrongChange("; ".join(filter(None, (said, fault.hint))))


def _try_params(body: Simulation, settings: Mapping[str, Amount]) -> None:
    from kb import experiments
    from kb.checks.simulation import completed
    from kb.checks.units import UnitError

    try:
        spec = experiments.find(body.experiment)
    except LookupError:
        return
    for name, value in settings.items():
        try:
            completed(spec, {name: value})
        except experiments.ParamError as error:
            raise WrongChange(str(error)) from None
        except UnitError as error:
            raise WrongChange(f"{name} cannot be {value}: {error.message}") from None


def _try_rate(base: Base, body: Benchmark, value: Amount) -> None:
    from kb.checks.benchmark import unit_of
    from kb.checks.units import UnitError, convert, unit

    if value in base.quantities:
        return
    try:
        convert(value, unit(unit_of(base, body)))
    except UnitError as error:
        raise WrongChange(f"{RATE} cannot be {value}: {error.message}") from None
