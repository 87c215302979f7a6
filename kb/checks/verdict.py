"""The result of a check: its readings judged, agreed or mixed, with flips and everything a page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.checks import caveats, summary
from kb.checks.cases import Case, Choice, Given, cases, flipped
from kb.checks.curves import curves
from kb.checks.expectation import Condition, ExpectationError, condition
from kb.checks.formula import Evaluated, Series
from kb.checks.judgement import Judged, judge
from kb.checks.sampling import Drawn, median
from kb.checks.summary import rounded
from kb.checks.trouble import UNDEFINED, CouldNotRunError
from kb.checks.turns import turns
from kb.checks.units import UnitError, unit
from kb.model import Amount, Check, FlipResult, InputUsed, ReadingResult, Result, Scale, Verdict

#: Runs one case. Raises CouldNotRunError.
Evaluator = Callable[[Case], Evaluated]

CONTEXT = "nothing is expected of it: computed for context"


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of one case. ``judged`` is set in any event; the rest only when the case ran."""

    case: Case
    judged: Judged
    evaluated: Evaluated | None = None
    name: str = ""
    condition: Condition | None = None

    @property
    def ran(self) -> bool:
        return self.judged.verdict is not Verdict.COULD_NOT_RUN

    @property
    def series(self) -> Series:
        assert self.evaluated is not None
        return self.evaluated.outputs[self.name]


def result(
    check: Check,
    key: str,
    evaluator: Evaluator,
    scale: Scale,
    *,
    choice: Choice | None = None,
    overrides: Mapping[str, Amount] | None = None,
) -> Result:
    """Judge a check: every reading, the agreed or mixed verdict, and, with nothing overridden, its flips.

    The numbers shown are those of the least decided reading where all agree, else of the first that ran.
    """
    try:
        reached = [reach(case, evaluator, scale) for case in cases(check, choice, overrides)]
    except CouldNotRunError as error:
        return Result(check.id, key, check.kind, Verdict.COULD_NOT_RUN, error.reason)
    verdict = agreed(reached)
    flips = () if choice or overrides else _flips(check, evaluator, scale, verdict)
    ran = [r for r in reached if r.ran]
    shown = (
        next(iter(ran), reached[0])
        if verdict is Verdict.MIXED
        else min(ran, key=_decided, default=reached[0])
    )
    whole = Result(
        check.id,
        key,
        check.kind,
        verdict,
        reason=_reason(verdict, reached, shown),
        provisional=any(_unverified(g) for r in reached if r.evaluated for g in r.evaluated.given),
        readings=tuple(_reading(r) for r in reached) if check.readings else (),
        flips=flips,
    )
    whole = _numbers(whole, shown, one=verdict is not Verdict.MIXED)
    return replace(whole, caveats=_caveats(check, whole, ran, scale))


def reach(case: Case, evaluator: Evaluator, scale: Scale) -> Reached:
    """Run one case and judge its output."""
    name, wanted = "", None
    try:
        evaluated = evaluator(case)
        name = _output_name(case, evaluated)
        series = evaluated.outputs[name]
        if case.expect is None:
            undefined = not np.isfinite(series.values).all()
            judged = _context(undefined)
        else:
            wanted = condition(case.expect, unit(series.unit))
            judged = judge(series.values, wanted, scale, evaluated.drawn)
    except CouldNotRunError as error:
        return Reached(case, Judged(Verdict.COULD_NOT_RUN, reason=error.reason))
    except (ExpectationError, UnitError) as error:
        return Reached(case, Judged(Verdict.COULD_NOT_RUN, reason=f"error: {error.message}"))
    return Reached(case, judged, evaluated, name, wanted)


def _context(undefined: bool) -> Judged:
    if undefined:
        return Judged(Verdict.COULD_NOT_RUN, reason=f"{UNDEFINED} the output is no finite number")
    return Judged(Verdict.INCONCLUSIVE, reason=CONTEXT)


def _output_name(case: Case, evaluated: Evaluated) -> str:
    expect = case.expect
    name = (expect.is_true or expect.output if expect else "") or evaluated.main
    if name not in evaluated.outputs:
        raise CouldNotRunError(f"error: there is no output {name}; there is {', '.join(evaluated.outputs)}")
    return name


def agreed(reached: Sequence[Reached]) -> Verdict:
    """The verdict of all readings: mixed where they differ or where one of several could not run."""
    verdicts = {r.judged.verdict for r in reached}
    return verdicts.pop() if len(verdicts) == 1 else Verdict.MIXED


def _decided(reached: Reached) -> float:
    return 0.0 if reached.judged.p is None else abs(reached.judged.p - 0.5)


def _reason(verdict: Verdict, reached: Sequence[Reached], shown: Reached) -> str:
    if verdict is not Verdict.MIXED:
        return shown.judged.reason
    parts = [
        f"{r.judged.verdict} under “{r.case.title}”" + (f" ({r.judged.reason})" if r.judged.reason else "")
        for r in reached
    ]
    return "depends on the reading: " + "; ".join(parts)


def _unverified(given: Given) -> bool:
    return not (given.quantity.verified or given.quantity.definition)


def _flips(check: Check, evaluator: Evaluator, scale: Scale, verdict: Verdict) -> tuple[FlipResult, ...]:
    """Each change tried; those that could not run are left out where the check could not run either."""
    found = []
    for flip in check.flips_if:
        try:
            got = agreed([reach(case, evaluator, scale) for case in flipped(check, flip)])
        except CouldNotRunError:
            got = Verdict.COULD_NOT_RUN
        if got is verdict is Verdict.COULD_NOT_RUN:
            continue
        proven = got == flip.to and got != verdict
        found.append(FlipResult(dict(flip.set), flip.to, str(got), proven, flip.because))
    return tuple(found)


def _reading(reached: Reached) -> ReadingResult:
    judged = reached.judged
    return ReadingResult(
        dict(reached.case.choice),
        reached.case.title,
        judged.verdict,
        rounded(judged.p),
        rounded(judged.p_low),
        rounded(judged.p_high),
        summary.output(reached.name, reached.series) if reached.ran else None,
        reached.condition.words if reached.condition else "",
        judged.reason,
    )


def _numbers(whole: Result, shown: Reached, *, one: bool) -> Result:
    """The result with the numbers of the reading that is shown; a mixed one (not ``one``) has no P."""
    evaluated, wanted, judged = shown.evaluated, shown.condition, shown.judged
    if evaluated is None:
        return whole
    whole = replace(
        whole,
        condition=wanted.words if wanted else "",
        claimed=wanted.claimed if wanted else "",
        band=(rounded(wanted.band[0]), rounded(wanted.band[1])) if wanted and wanted.band else None,
        inputs=tuple(_used(given) for given in evaluated.given),
        device=evaluated.device,
        fit=evaluated.fit,
        shown=dict(shown.case.choice),
    )
    if not shown.ran:
        return whole
    drivers = summary.drivers(evaluated, shown.name, wanted) if wanted else ()
    return replace(
        whole,
        p=rounded(judged.p) if one else None,
        p_low=rounded(judged.p_low) if one else None,
        p_high=rounded(judged.p_high) if one else None,
        output=summary.output(shown.name, shown.series),
        samples=shown.series.values.size if shown.series.values.ndim else 0,
        outputs=tuple(
            summary.output(name, series, histogram=False)
            for name, series in evaluated.outputs.items()
            if np.isfinite(series.values).all()
        ),
        drivers=drivers,
        turns=turns(evaluated, shown.name, wanted) if wanted else (),
        curves=curves(evaluated, shown.name, wanted, drivers) if wanted else (),
    )


def _caveats(check: Check, whole: Result, ran: Sequence[Reached], scale: Scale) -> tuple[str, ...]:
    """What must be said beside the numbers: of P in every reading, of the drivers in the one shown."""
    found: list[str] = []
    for r in ran:
        if r.evaluated is None:
            continue
        title = r.case.title if len(ran) > 1 else ""
        if r.series.values.ndim:
            found.append(_of_p(r.judged, r.evaluated.drawn, r.series.values.size, scale, title))
        found += r.evaluated.caveats
    if whole.output and whole.output.edges:
        found += caveats.together(whole.drivers, check.correlations)
    return tuple(dict.fromkeys(sentence for sentence in found if sentence))


def _of_p(judged: Judged, drawn: Drawn, count: int, scale: Scale, title: str) -> str:
    match drawn:
        case "nets":
            return caveats.few_samples(judged, count, scale, title)
        case "seeds":
            return caveats.few_runs(judged, count, title)
    return caveats.unsettled(judged, f"{count:,} {drawn}", scale, title)


def _used(given: Given) -> InputUsed:
    quantity = given.quantity
    value = median(quantity.spread) if quantity.spread else quantity.value or 0.0
    return InputUsed(
        given.name,
        rounded(value),
        quantity.unit,
        quantity.spread,
        given.variable if given.variable == quantity.id else "",
        quantity.title,
        quantity.source,
        quantity.at,
        quantity.version,
        quantity.as_of,
        quantity.verified,
        quantity.definition,
        quantity.note,
    )
