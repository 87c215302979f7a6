"""Review stamps: what somebody judged when they looked at a relation, as a short hash in the file.

A relation, or a check's bearing, whose words have changed since it was stamped is *suspect*. The hash is
made of words, so it survives renames, moves of files and layout; it changes with what the reviewer would
judge again: the sentences at both ends, the kind, the strength and the reason given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from kb import store
from kb.graph import bearing_id
from kb.model import Base, Bearing, Check, Claim, Fit, Quantity, Step, Undercut
from kb.review.model import Edit

LENGTH = 8  # hexadecimal digits: one change in four thousand million goes unseen
Part = Step | Undercut | Bearing
Words = Mapping[str, str]
"""What a reviewer judges, by what it is: "premise", "conclusion", "strength", …"""


@dataclass(frozen=True, slots=True)
class Review:
    """A relation or bearing, the claim in whose file it stands, and whether its stamp is that of today.

    ``state`` is "reviewed", "suspect" or "not reviewed"; ``words`` are what a reviewer judges now.
    """

    id: str
    owner: str
    part: Part
    state: str
    words: Words

    @property
    def stamp(self) -> str:
        """The stamp that it would get today."""
        return stamp_of(self.words)


def stamp_of(words: Words) -> str:
    """The stamp of what was judged: the start of the SHA-256 of its canonical JSON."""
    return store.digest(dict(words))[:LENGTH]


def reviews(base: Base) -> Iterator[Review]:
    """Every relation and bearing of claims that are not retired, in the order of the files."""
    named = parts(base)
    for claim in base.claims.values():
        if claim.status != "retired":
            for part in parts_of(claim):
                words = judged(base, part, named)
                yield Review(part_id(part), claim.id, part, _state(part, words), words)


def suspects(base: Base) -> Iterator[Review]:
    """What was stamped and has changed since; a draft may change as it likes."""
    named: Mapping[str, Part] | None = None
    for claim in base.claims.values():
        if claim.status != "accepted":
            continue
        for part in parts_of(claim):
            if part.reviewed:
                named = named or parts(base)
                words = judged(base, part, named)
                if stamp_of(words) != part.reviewed:
                    yield Review(part_id(part), claim.id, part, "suspect", words)


def parts_of(claim: Claim) -> tuple[Part, ...]:
    """What can be stamped in a claim's file."""
    return (*claim.steps, *claim.undercuts, *claim.checks)


def parts(base: Base) -> dict[str, Part]:
    """All that can be stamped, by id; of two with one id, the first."""
    found: dict[str, Part] = {}
    for claim in base.claims.values():
        for part in parts_of(claim):
            found.setdefault(part_id(part), part)
    return found


def part_id(part: Part) -> str:
    """The id of a step or undercut, or "check > claim"."""
    return bearing_id(part) if isinstance(part, Bearing) else part.id


def judged(base: Base, part: Part, named: Mapping[str, Part]) -> dict[str, str]:
    """The words that a reviewer of ``part`` judges; ``named`` are all ``parts`` of the base."""
    if isinstance(part, Bearing):
        found = _ends_of_bearing(base, part) | {"bears": part.bears}
        more = {"if it fails": part.if_fails, "because, if it fails": part.if_fails_because}
    else:
        kind = part.kind if isinstance(part, Step) else "undercuts"
        found = {"kind": kind, "strength": part.strength} | _ends(base, part, named, frozenset())
        more = {"scheme": part.scheme} if isinstance(part, Step) else {}
    return _said({**found, "because": part.because, **more})


def differences(before: Words, after: Words) -> tuple[Edit, ...]:
    """What differs between what was judged and what would be judged today."""
    names = dict.fromkeys((*before, *after))
    pairs = ((name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(Edit(name, was, now) for name, was, now in pairs if was != now)


def _state(part: Part, words: Words) -> str:
    if not part.reviewed:
        return "not reviewed"
    return "reviewed" if part.reviewed == stamp_of(words) else "suspect"


def _ends(base: Base, part: Part, named: Mapping[str, Part], above: frozenset[str]) -> dict[str, str]:
    """The sentences that a relation joins; of an undercut those of the relation that it takes, too."""
    if isinstance(part, Bearing):
        return _ends_of_bearing(base, part)
    found = {
        f"premise {number}" if number > 1 else "premise": _sentence(base, premise)
        for number, premise in enumerate(part.premises, 1)
    }
    if isinstance(part, Step):
        return {**found, "conclusion": _sentence(base, part.conclusion)}
    target = named.get(part.target)
    if target is None or part.target in above:
        return {**found, "target": part.target}
    taken = _ends(base, target, named, above | {part.id})
    reason = {"because": target.because} if target.because else {}
    return {**found, **{f"target’s {name}": words for name, words in (taken | reason).items()}}


def _ends_of_bearing(base: Base, bearing: Bearing) -> dict[str, str]:
    check = base.checks.get(bearing.check)
    about = _check(base, check) if check else {"check": bearing.check}
    return {"claim": _sentence(base, bearing.claim), **about}


def _sentence(base: Base, claim: str) -> str:
    found = base.claims.get(claim)
    return found.text if found else claim


def _check(base: Base, check: Check) -> dict[str, str]:
    """What a check says that it does. What its numbers are is its own matter, and moves its verdict."""
    table = base.tables.get(check.body.table) if isinstance(check.body, Fit) else None
    body = {name: text for name, text in _fields(check.body).items() if name != "table"}
    return {
        "check": check.title,
        "kind of check": check.kind,
        **{f"check’s {name}": text for name, text in body.items()},
        "check’s table": table.title if table else "",
        "check’s inputs": "; ".join(
            f"{given.name}: {_number(given.inline or base.quantities.get(given.quantity))}"
            for given in sorted(check.inputs, key=lambda given: given.name)
        ),
        "check’s condition": _text(check.expect),
        "check’s readings": _text(check.readings),
        "check’s flags": ", ".join(
            name for name in ("circular", "decides", "required") if getattr(check, name)
        ),
    }


def _number(quantity: Quantity | None) -> str:
    return f"{quantity.title} ({quantity.unit})".strip() if quantity else ""


def _fields(thing: Any) -> dict[str, str]:
    """The fields that say something; a field that a later version adds leaves old stamps as they are."""
    texts = ((f.name.replace("_", " "), _text(getattr(thing, f.name))) for f in fields(thing))
    return {name: text for name, text in texts if text}


def _text(value: Any) -> str:
    if value is None or value is False or value in ("", (), {}):
        return ""
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(f"{name}: {text}" for name, text in _fields(value).items())
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(item)}" for name, item in sorted(value.items()))
    if isinstance(value, tuple | list):
        return "; ".join(map(_text, value))
    return str(value)


def _said(words: Mapping[str, str]) -> dict[str, str]:
    """The words that there are, with their white space folded."""
    folded = {name: " ".join(text.split()) for name, text in words.items()}
    return {name: text for name, text in folded.items() if text}
