"""KB20x, KB21x, KB22x, KB23x: how claims and inferences are worded and named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.lint.view import Finding, View
from kb.model import Claim

TITLE = 60  # characters that fit on a card
SENTENCE = 320  # characters; a longer claim is usually two
TAIL = 4  # words that show where a sentence ends
# A full stop after a single letter or a short form is no end of a sentence. What stands before is looked at
# when one is found, which takes a seventh of the time.
_SECOND = re.compile(r"[.!?](?<!\b[A-Za-z].)(?<!\bal.)(?<!\bvs.)(?<!\bNo.)(?<!\bFig.)(?= [A-Z“\"])|;(?= )")
_SIDES = re.compile(
    r"\b(obviously|clearly|of\s+course|undoubtedly|undeniabl[ey]|no\s+doubt|needless\s+to\s+say|"
    r"self-evident(ly)?|everyone\s+knows|everybody\s+knows|as\s+we\s+all\s+know|(un)?fortunately)\b",
    re.IGNORECASE,
)
_DEFAULT_ID = re.compile(r".+--(supports|attacks|undercuts)--.+")


def strong_without_because(view: View) -> Iterator[Finding]:
    """KB209"""
    for step in view.steps:
        if step.strength != "weak" and not step.because:
            yield Finding(
                "KB209",
                f"nothing says why this reason is {step.strength}",
                view.base.claims[step.owner].file,
                (step.kind, step.index, "strength"),
                "`because:` with the reason, or the default strength, weak",
            )


def long_title(view: View) -> Iterator[Finding]:
    """KB216"""
    for claim in view.live:
        if len(claim.title) > TITLE:
            yield Finding(
                "KB216",
                f"the title has {len(claim.title)} characters",
                claim.file,
                ("title",),
                f"at most {TITLE}",
                "a title is for cards; the claim itself says it in full",
            )


def long_claim(view: View) -> Iterator[Finding]:
    """KB233"""
    for claim in view.live:
        if len(claim.text) > SENTENCE:
            yield Finding(
                "KB233",
                f"the claim has {len(claim.text)} characters",
                claim.file,
                ("claim",),
                f"at most {SENTENCE}: one sentence that a check can decide",
                "split it, or move explanations to `notes`",
            )


def default_id(view: View) -> Iterator[Finding]:
    """KB225"""
    named: list[tuple[str, str, tuple[str, int, str]]]
    named = [(step.id, step.owner, (step.kind, step.index, "id")) for step in view.steps if step.named]
    named += [(cut.id, cut.owner, ("undercuts", cut.index, "id")) for cut in view.undercuts if cut.named]
    for inference, owner, path in named:
        if _DEFAULT_ID.fullmatch(inference):
            yield Finding(
                "KB225",
                f"{inference} has the form of an id that kb gives to unnamed inferences",
                view.base.claims[owner].file,
                path,
                "a name of its own, such as by-price, or no id",
                "it may come to mean another inference when relations are added",
            )


def same_words(view: View) -> Iterator[Finding]:
    """KB228"""
    first: dict[str, Claim] = {}
    for claim in view.live:
        words = " ".join(re.findall(r"\w+", claim.text.casefold()))
        other = first.setdefault(words, claim)
        if other is not claim and view.node(other.id) != view.node(claim.id):
            yield Finding(
                "KB228",
                f"{claim.id} says the same words as {other.id}",
                claim.file,
                ("claim",),
                "one claim for one thought",
                f"write `restates: [{other.id}]`, or word the difference",
            )


def two_claims(view: View) -> Iterator[Finding]:
    """KB236"""
    for claim in view.live:
        text = " ".join(claim.text.split())
        second = _SECOND.search(text)
        if second is not None and len(claim.text) <= SENTENCE:  # a longer one is KB233's
            yield Finding(
                "KB236",
                f"after “{_tail(text[: second.start()])}” a second claim begins",
                claim.file,
                ("claim",),
                "one sentence that can be true or false",
                "make a claim of each; one may assume or support the other",
            )


def taking_sides(view: View) -> Iterator[Finding]:
    """KB237"""
    for claim in view.live:
        if (found := _SIDES.search(claim.text)) is not None:
            word = " ".join(found[0].split())
            yield Finding(
                "KB237",
                f"“{word}” takes sides",
                claim.file,
                ("claim",),
                "a claim that both sides would word so",
                "leave the word out; the argument shows how sure the claim is",
            )


def _tail(text: str) -> str:
    """The last words of a text."""
    words = text.split()
    return " ".join(words) if len(words) <= TAIL else "… " + " ".join(words[-TAIL:])


RULES = (
    strong_without_because,
    long_title,
    default_id,
    same_words,
    long_claim,
    two_claims,
    taking_sides,
)
