"""The power of a check: whether it can tell what is claimed from what is not.

The claimed number is made a tenth, a half, twice and ten times as large, and every input is moved to the ends
of its range; each time the verdict is given anew, from the same samples. Nothing is drawn again and no
experiment is run again: one evaluation is judged many times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.checks.cases import cases
from kb.checks.engine import SECONDS
from kb.checks.expectation import Condition
from kb.checks.findings import Findings
from kb.checks.judgement import judge
from kb.checks.kinds import evaluator
from kb.checks.sizes import SAMPLES
from kb.checks.trouble import CouldNotRunError
from kb.checks.variables import Variable, variables
from kb.checks.verdict import Reached, agreed, reach
from kb.diagnostics import Diagnostic, Diagnostics
from kb.model import Base, Check, Scale, Verdict
from kb.wording import with_unit

#: The rule against checks that hold whatever is claimed.
RULE = "KB319"
#: What the claimed number is multiplied by, and how that is said.
CLAIMS = ((0.1, "a tenth"), (0.5, "half"), (2.0, "double"), (10.0, "ten times"))


@dataclass(frozen=True, slots=True)
class Perturbed:
    """A change tried, in words, and the verdict with it. ``input`` is empty where the claim was changed."""

    to: str
    verdict: Verdict
    input: str = ""


@dataclass(frozen=True, slots=True)
class Power:
    """What moves a check's verdict away from the one it has as it stands.

    ``blind`` says that the claimed number was changed and no change moved it; ``deaf_to`` names the
    inputs that were moved and never did. ``findings`` has KB319 where the check holds whatever is claimed;
    ``note`` is what else a reader should know.
    """

    check: str
    verdict: Verdict
    claims: tuple[Perturbed, ...] = ()
    inputs: tuple[Perturbed, ...] = ()
    blind: bool = False
    deaf_to: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    note: str = ""


def power(base: Base, check: Check, *, samples: int = SAMPLES) -> Power:
    """Change the claimed number and each input of a check, and see what becomes of its verdict.

    An input goes to its 5th and 95th percentile, a number without a distribution to half and double;
    definitions stay, and so does 0. Inputs are moved where an expression computes from them (formula,
    published, benchmark). A tolerance in per cent or as a factor grows with the claim, an absolute one stays.

    Raises:
        ValueError: ``samples`` is no power of two, or below 256.
    """
    evaluate = evaluator(base, check, samples, live=False, seconds=SECONDS, progress=None, limits=[])
    scale = base.config.scale
    try:
        reached = [reach(case, evaluate, scale) for case in cases(check)]
    except CouldNotRunError as error:
        return Power(check.id, Verdict.COULD_NOT_RUN, note=error.reason)
    verdict = agreed(reached)
    if not check.expects:
        return Power(check.id, verdict, note="nothing is expected of it")
    if not any(r.ran for r in reached):
        return Power(check.id, verdict, note=reached[0].judged.reason)
    claims = _claims(reached, scale)
    inputs = _inputs(reached, scale)
    moving = {moved.input for moved in inputs if moved.verdict is not verdict}
    found = Power(
        check.id,
        verdict,
        claims,
        inputs,
        blind=bool(claims) and all(moved.verdict is verdict for moved in claims),
        deaf_to=tuple(dict.fromkeys(moved.input for moved in inputs if moved.input not in moving)),
    )
    fault, note = _meaning(found, [r.condition for r in reached if r.condition], moving)
    allowed = any(given.rule == RULE for given in (*check.allow, *base.config.allow))
    return replace(found, findings=_findings(base, check, fault) if fault and not allowed else (), note=note)


def _findings(base: Base, check: Check, fault: str) -> tuple[Diagnostic, ...]:
    """The fault as KB319, at what the check expects, as severe as the base says."""
    diagnostics = Diagnostics(base.config.severities)
    Findings(base, diagnostics).add(
        RULE,
        fault,
        check.file,
        ("expect",) if check.expect else ("readings",),
        expected="a check that some other claim, or some other input, would make fail",
        hint="narrow the tolerance, or expect what the sentence claims",
    )
    return tuple(diagnostics)


def _claims(reached: Sequence[Reached], scale: Scale) -> tuple[Perturbed, ...]:
    """The verdicts with the claimed number changed; none where there is no number, or only 0."""
    if not any(r.condition and r.condition.claiming(2.0) for r in reached):
        return ()
    return tuple(
        Perturbed(words, agreed([_claimed(r, factor, scale) for r in reached])) for factor, words in CLAIMS
    )


def _claimed(reached: Reached, factor: float, scale: Scale) -> Reached:
    wanted, evaluated = reached.condition, reached.evaluated
    changed = wanted.claiming(factor) if wanted else None
    if changed is None or evaluated is None or not reached.ran:
        return reached
    return replace(reached, judged=judge(reached.series.values, changed, scale, evaluated.drawn))


def _inputs(reached: Sequence[Reached], scale: Scale) -> tuple[Perturbed, ...]:
    """The verdicts with each input at either end, the inputs in the order of the check."""
    found = []
    for name, item in _variables(reached).items():
        for low in (True, False):
            moved = [_moved(r, name, low, scale) for r in reached]
            found.append(Perturbed(_words(item, low), agreed(moved), name))
    return tuple(found)


def _variables(reached: Sequence[Reached]) -> dict[str, Variable]:
    """What can be moved in some reading, by name; the first reading says to which values."""
    found: dict[str, Variable] = {}
    for r in reached:
        if r.ran and r.evaluated and r.evaluated.model:
            for item in variables(r.evaluated.given):
                if item.quantity.spread or item.quantity.value:
                    found.setdefault(item.name, item)
    return found


def _moved(reached: Reached, name: str, low: bool, scale: Scale) -> Reached:
    evaluated, wanted = reached.evaluated, reached.condition
    if evaluated is None or evaluated.model is None or wanted is None or not reached.ran:
        return reached
    item = next((v for v in variables(evaluated.given) if name in v.names), None)
    if item is None:
        return reached
    (values,) = evaluated.model.again(reached.name, item.names)([_end(item, low)])
    return replace(reached, judged=judge(values if values.size > 1 else values[0], wanted, scale))


def _end(item: Variable, low: bool) -> float:
    if item.quantity.spread:
        return item.at(0.05 if low else 0.95)
    return item.at(0.5) * (0.5 if low else 2.0)


def _words(item: Variable, low: bool) -> str:
    if item.quantity.spread:
        place = "5th percentile" if low else "95th percentile"
    else:
        place = "half" if low else "double"
    return f"{with_unit(_end(item, low), item.quantity.unit)} ({place})"


def _meaning(found: Power, conditions: Sequence[Condition], moving: set[str]) -> tuple[str, str]:
    """What is at fault with a check that nothing moves, and what else to note; either may be empty."""
    unmoved = bool(found.inputs) and not moving
    if found.verdict is not Verdict.HOLDS:
        return "", f"it stays “{found.verdict}” whatever is claimed" if found.blind else ""
    if not found.claims:
        if unmoved:
            return f"{found.check} holds at both ends of every input", ""
        return "", "" if found.inputs else "there is nothing in it that could be changed"
    if not found.blind:
        return "", ""
    if not all(c.low is None or c.high is None for c in conditions if not c.truth):
        return f"{found.check} holds with a tenth and with ten times of what is claimed", ""
    if unmoved:
        return f"{found.check} holds with a claim ten times as strong, and at both ends of every input", ""
    return "", "it holds with a claim ten times as strong: it tests the direction, not the number"
