"""How a claim's strength adds up, in the words and numbers of its page."""

from __future__ import annotations

from collections.abc import Sequence

from kb import wording
from kb.model import Account, Claim, Contribution, Interval
from kb.site import words
from kb.site.pages.steps import named
from kb.site.view import View
from kb.site.words import Data
from kb.standing import STANDARDS, thresholds


def account_of(view: View, account: Account | None) -> Data | None:
    """What a page shows of an account: the sums, what limits them, and the marks beside them."""
    if account is None:
        return None
    texts = [view.base.claims[name] for name in view.members.get(account.claim, (account.claim,))]
    falls, stands = thresholds(texts, view.base.config.scale)
    return {
        "because": words.because(account),
        "decided": account.decided,
        "strength": list(account.strength),
        "interval": wording.interval(account.strength),
        "stands": stands,
        "falls": falls,
        "standard": _standard(texts, (falls, stands)),
        "crisp": view.crisp.get(account.claim, ""),
        "thesis": account.claim in view.theses,
        "base": wording.interval(account.base),
        "base_words": account.base_words,
        "lines": [_contribution(view, line, account.claim) for line in account.contributions],
        "tension": [_contribution(view, line, account.claim) for line in account.tension],
        "total": [wording.signed(end) for end in account.log_odds],
        "limits": [
            {"word": word, "claim": view.claims([other]), "interval": wording.interval(pair)}
            for word, other, pair in _limits(view, account)
        ],
        "contested": account.contested,
        "cyclic": account.cyclic,
        "provisional": account.provisional,
    }


def _standard(claims: Sequence[Claim], limits: Interval) -> str:
    """The proof standard that a claim sets itself, in words; the strictest, where several texts are one."""
    asked = [claim.standard for claim in claims if claim.standard in STANDARDS]
    if not asked:
        return ""
    strictest = max(asked, key=lambda name: STANDARDS[name])
    falls, stands = limits
    return (
        f"Its proof standard is {words.STANDARDS[strictest]}: it stands at {wording.number(stands)} or more, "
        f"and falls at {wording.number(falls)} or less."
    )


def nearest(view: View, node: str) -> str:
    """How far away the nearest check is."""
    steps = view.steps.get(node)
    if steps is None:
        return "No check lies behind it."
    if steps == 0:
        return "A check bears on it."
    return f"It is {words.counted(steps, 'step')} from the nearest check."


def _limits(view: View, account: Account) -> list[tuple[str, str, tuple[float, float]]]:
    """Limits as (relation, claim, interval), whichever of the two names comes first."""
    return [
        (second, first, pair) if first in view.base.claims else (first, second, pair)
        for first, second, pair in account.limits
    ]


def _contribution(view: View, line: Contribution, conclusion: str) -> Data:
    return {
        "kind": line.kind,
        "sign": line.sign,
        "words": named(view, line.words) if line.kind == "shared" else line.words,
        "claims": view.claims(p for p in line.premises if p != conclusion),
        "nats": [wording.signed(end) for end in line.nats],
        "counts": any(abs(end) >= 0.005 for end in line.nats),
        "strength": line.strength,
        "premise": "" if line.premise is None else wording.interval(line.premise),
        "note": line.note,
    }
