"""What lies behind a question's theses, as the arrays from which the page works standings out.

``templates/static/standing.js`` reads them; it has the formulas of ``kb.standing``, and a test holds the two
together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import log

from kb.graph import bearing_id
from kb.model import STRENGTHS, Base, Question, Step, Undercut, Verdict
from kb.site.outlook import Outlook
from kb.site.view import View
from kb.site.words import Data
from kb.standing import OPEN_REASONS, OPEN_WORDS, check_score, thresholds
from kb.standing.supposing import supposed

MOST_BEHIND = 1000
"""Claims behind the theses of a question, above which its page only says so."""

_BEARS = ("context", "direct", "part", "corroborates", "proxy")
_CODES: Mapping[Verdict | None, int] = {
    Verdict.HOLDS: 1,
    Verdict.FAILS: 2,
    Verdict.INCONCLUSIVE: 3,
    Verdict.MIXED: 4,
}
_NOT_RUN = 0


def place(question: str) -> str:
    """The key of a question in ``View.behind``: not its id, or each page that names it would hang on it."""
    return f"behind {question}"


def behind(view: View) -> dict[str, tuple[Sequence[str], Sequence[str]]]:
    """By place: the claims on which a question's theses rest, themselves included, and their relations.

    Both in the order of the map. Empty where there are more than ``MOST_BEHIND`` claims, or no thesis.
    """
    order = {claim: i for i, claim in enumerate(view.members)}
    places = {relation: i for i, relation in enumerate(view.targets)}
    known: dict[str, tuple[list[str], list[str]]] = {}
    found: dict[str, tuple[Sequence[str], Sequence[str]]] = {}
    for question in view.base.config.questions:
        claims = dict.fromkeys(thesis for t in question.theses if (thesis := view.node(t)) in order)
        relations: set[str] = set()
        for claim in (queue := list(claims)):  # grows while it is read
            if len(claims) > MOST_BEHIND:
                break
            if claim not in known:
                known[claim] = _into(view, claim)
            others, via = known[claim]
            relations.update(via)
            queue.extend(new := [other for other in dict.fromkeys(others) if other not in claims])
            claims.update(dict.fromkeys(new))
        few = len(claims) <= MOST_BEHIND
        found[place(question.id)] = (
            sorted(claims, key=order.__getitem__) if few else [],
            sorted(relations, key=places.__getitem__) if few else [],
        )
    return found


def tried(questions: Iterable[Question], found: Mapping[str, tuple[Sequence[str], object]]) -> dict[str, str]:
    """By claim: the first question behind whose theses it lies, as ``behind`` found."""
    pairs = [(claim, asked.id) for asked in questions for claim in found[place(asked.id)][0]]
    return dict(reversed(pairs))


def _into(view: View, claim: str) -> tuple[list[str], list[str]]:
    """The claims that act on this one, and the steps and undercuts by which they do."""
    relations: list[Step | Undercut] = list(view.incoming.get(claim, ()))
    targets = [bearing_id(bearing) for bearing in view.bearings.get(claim, ())]
    relations.extend(cut for target in targets for cut in view.undercuts.get(target, ()))
    for relation in relations:  # grows while it is read
        relations.extend(view.undercuts.get(relation.id, ()))
    others = [premise for relation in relations for premise in relation.premises]
    others += [*view.assumes.get(claim, ()), *view.requires.get(claim, ())]
    return others, [relation.id for relation in relations]


def snapshot(view: View, question: str) -> Data:
    """The arrays of a question. Claims, checks and relations are numbers: their places in these arrays.

    ``claims``: id, title, and (falls, stands) where a standard of proof is asked. ``checks``: id, title,
    1 for decides + 2 for required, the verdict's code (0 not run, 1 holds, 2 fails, 3 inconclusive,
    4 mixed), score from and to, whether it is provisional, glyph and word. ``bearings``: check, claim, what
    it does (as ``_BEARS``), whether it counts against when it fails. ``steps``: sign, strength, conclusion,
    premises, id. ``undercuts``: the slot that it takes, strength, premises, id. An id is 0 where it is the
    default one. Slots are those of ``kb.standing.snapshot``.
    """
    claims, relations = view.behind[place(question)]
    number = {claim: i for i, claim in enumerate(claims)}
    bearings = [bearing for claim in claims for bearing in view.bearings.get(claim, ())]
    checks = {check: i for i, check in enumerate(dict.fromkeys(b.check for b in bearings))}
    inferences = [view.targets[relation] for relation in relations]
    steps = [found for found in inferences if isinstance(found, Step)]
    cuts = [found for found in inferences if isinstance(found, Undercut)]
    names = [*(s.id for s in steps), *map(bearing_id, bearings), *(cut.id for cut in cuts)]
    slot = {name: i for i, name in enumerate(names)}
    groups: dict[str, list[int]] = {}
    for claim in claims:
        if claim in view.shared:
            groups.setdefault(view.shared[claim], []).append(number[claim])
    thesis_ids = dict.fromkeys(view.node(thesis) for thesis in view.questions[question].theses)

    turning = [check for check in dict.fromkeys(_turning(view, thesis_ids)) if check in checks]
    moving = _moving(view, thesis_ids)

    def numbers(names: Sequence[str]) -> list[int]:
        return [number[name] for name in names]

    def needs(table: Mapping[str, Sequence[str]]) -> list[list[object]]:
        return [[number[claim], numbers(table[claim])] for claim in claims if claim in table]

    return {
        "id": question,
        "theses": [number[thesis] for thesis in thesis_ids if thesis in number],
        "scale": _scale(view, checks),
        "open": [OPEN_WORDS[reason] for reason in OPEN_REASONS],
        "strengths": STRENGTHS,
        "claims": [_claim(view, claim) for claim in claims],
        "checks": [_check(view, check) for check in checks],
        "bearings": [
            [
                checks[b.check],
                number[b.claim],
                0 if _idle(view.base, b.check) else _BEARS.index(b.bears),
                int(b.if_fails == "against"),
            ]
            for b in bearings
        ],
        "steps": [
            [s.sign, STRENGTHS.index(s.strength), number[s.conclusion], numbers(s.premises), _named(s)]
            for s in steps
        ],
        "undercuts": [
            [slot[c.target], STRENGTHS.index(c.strength), numbers(c.premises), _named(c)] for c in cuts
        ],
        "assumes": needs(view.assumes),
        "requires": needs(view.requires),
        "shared": [group for group in groups.values() if len(group) > 1],
        "options": "--accept-unverified" if any(_accepted(view, check) for check in checks) else "",
        "checksFirst": [checks[check] for check in dict.fromkeys([*turning, *moving]) if check in checks],
        "turning": len(turning),
        "slotsFirst": [slot[name] for name in _flipping(view, thesis_ids) if name in slot],
    }


def _scale(view: View, checks: Iterable[str]) -> Data:
    """The numbers of the semantics; ``supposed`` has by code the score that any check has with a verdict."""
    scale = view.base.config.scale
    return {
        "stands": scale.stands,
        "falls": scale.falls,
        "unchecked": scale.unchecked,
        "notRun": scale.not_run,
        "omega": [log(scale.odds[strength]) for strength in STRENGTHS],
        "undercut": [scale.undercut[strength] for strength in STRENGTHS],
        "cap": log(scale.cap),
        "supposed": [
            check_score(supposed(view.base.checks[check], verdict, view.base), scale).interval
            for check in islice(checks, 1)
            for verdict in (Verdict.COULD_NOT_RUN, Verdict.HOLDS, Verdict.FAILS)
        ],
    }


def _claim(view: View, claim: str) -> list[object]:
    found, scale = view.base.claims[claim], view.base.config.scale
    limits = thresholds([view.base.claims[member] for member in view.members[claim]], scale)
    return [claim, found.name, *(limits if limits != (scale.falls, scale.stands) else ())]


def _check(view: View, check: str) -> list[object]:
    found, score, line = view.base.checks[check], view.scores[check], view.check(check)
    word = f"{line['word']}, provisional" if line["reason"] else line["word"]
    return [
        check,
        line["title"],
        found.decides + 2 * found.required,
        _CODES.get(score.verdict, _NOT_RUN),
        *score.interval,
        int(score.provisional),
        line["glyph"],
        word,
    ]


def _idle(base: Base, check: str) -> bool:
    """Whether a check counts neither for nor against anything, however it bears."""
    found = base.checks[check]
    return found.circular or not found.expects


def _named(inference: Step | Undercut) -> str | int:
    """The id of a relation, or 0 where the page can tell it from the premise and what it acts on."""
    if isinstance(inference, Step):
        default = f"{inference.premises[0]}--{inference.kind}--{inference.conclusion}"
    else:
        default = f"{inference.premises[0]}--undercuts--{inference.target}"
    return 0 if inference.id == default else inference.id


def _accepted(view: View, check: str) -> bool:
    """Whether a result counts in full although a number that it uses is unverified."""
    result = view.results.get(check)
    return result is not None and result.ran and result.provisional and not view.scores[check].provisional


def _outlooks(view: View, theses: Iterable[str]) -> list[Outlook]:
    return [found for thesis in theses if (found := view.outlooks.get(thesis))]


def _turning(view: View, theses: Iterable[str]) -> Iterator[str]:
    """The checks that can turn a thesis: those first that do so alone, then those of sets that do."""
    outlooks = _outlooks(view, theses)
    for found in outlooks:
        now = view.marks[found.thesis].standing
        yield from (m.check for m in found.moves if any(turn.standing is not now for turn in m.turns))
    for found in outlooks:
        for cruxes in filter(None, (found.cruxes, found.wider)):
            yield from (c.id for crux in cruxes.found for c in crux.changes if c.kind == "check")


def _moving(view: View, theses: Iterable[str]) -> Iterator[str]:
    """The checks that move the strength of a thesis, furthest first."""
    moves = [move for found in _outlooks(view, theses) for move in found.moves]
    return (move.check for move in sorted(moves, key=lambda move: (-move.reach, move.check)))


def _flipping(view: View, theses: Iterable[str]) -> Iterator[str]:
    """The relations without which a thesis would have another label."""
    return (removal.relation for found in _outlooks(view, theses) for removal in found.flipping)
