"""KB20x, KB21x, KB22x: which claims are checked, and how honestly."""

from __future__ import annotations

from collections.abc import Iterator

from kb.lint.view import Finding, View, some

CONTEXT_CLAIMS = 3  # a context check on more claims than this tests none of them
COUNTED = ("direct", "corroborates", "part")
ASIDE = ("proxy", "context")


def without_check(view: View) -> Iterator[Finding]:
    """KB204"""
    for claim in view.accepted:
        if not view.bearings(claim.id) and not any(told.uncheckable for told in view.told(claim.id)):
            yield Finding(
                "KB204",
                f"{claim.id} names no check",
                claim.file,
                ("claim",),
                "`checks:` with at least one check, or `checkable: {no: the reason}`",
                "if no computation could decide it, a proxy or context check may still inform it",
            )


def only_aside(view: View) -> Iterator[Finding]:
    """KB226"""
    for claim in view.accepted:
        bears = {bearing.bears for bearing in view.bearings(claim.id)}
        if claim.checks and bears.issubset(ASIDE) and not any(t.uncheckable for t in view.told(claim.id)):
            yield Finding(
                "KB226",
                f"{claim.id} has no direct check, only {some(sorted(bears))}, and does not say why",
                claim.file,
                ("checks",),
                "`checkable: {no: the reason}`, or a direct check",
            )


def uncheckable_but_checked(view: View) -> Iterator[Finding]:
    """KB227"""
    for claim in view.live:
        direct = [bearing.check for bearing in claim.checks if bearing.bears == "direct"]
        if claim.uncheckable and direct:
            yield Finding(
                "KB227",
                f"{claim.id} is said not to be checkable, yet {direct[0]} checks it directly",
                claim.file,
                ("checkable",),
                "one of the two",
                "if the check does not test the sentence as worded, let it bear as a proxy",
            )


def unused_check(view: View) -> Iterator[Finding]:
    """KB205"""
    if view.unread:
        return  # a file that could not be used may name it
    forecasts = {claim.forecast.check for claim in view.live if claim.forecast}
    for check in view.base.checks.values():
        if check.id not in view.users and check.id not in forecasts:
            yield Finding(
                "KB205",
                f"no claim names the check {check.id}",
                check.file,
                (),
                "at least one claim with this check",
                f"add it to a claim: `checks: [{check.id}]`, or delete the file",
            )


def aside_without_because(view: View) -> Iterator[Finding]:
    """KB210"""
    for claim in view.live:
        for bearing in claim.checks:
            if bearing.bears in ASIDE and not bearing.because:
                yield Finding(
                    "KB210",
                    f"nothing says why {bearing.check} is a {bearing.bears} of this claim",
                    claim.file,
                    ("checks", bearing.index, "bears"),
                    "`because:` with the reason",
                )


def failure_without_because(view: View) -> Iterator[Finding]:
    """KB211"""
    for claim in view.live:
        for bearing in claim.checks:
            if bearing.if_fails and not bearing.if_fails_because:
                yield Finding(
                    "KB211",
                    f"nothing says why a failure of {bearing.check} counts against this claim",
                    claim.file,
                    ("checks", bearing.index, "if_fails"),
                    "`if_fails_because:` with the reason",
                    "that a proxy holds and that it fails are two arguments",
                )


def context_everywhere(view: View) -> Iterator[Finding]:
    """KB220"""
    for check in view.base.checks.values():
        claims = [bearing.claim for bearing in view.users.get(check.id, ()) if bearing.bears == "context"]
        if len(claims) > CONTEXT_CLAIMS:
            yield Finding(
                "KB220",
                f"{check.id} is context for {len(claims)} claims: {some(claims)}",
                check.file,
                (),
                f"at most {CONTEXT_CLAIMS} claims",
                "make a claim of what the check shows, check it directly, and let it argue",
            )


def circular_check(view: View) -> Iterator[Finding]:
    """KB222"""
    for claim in view.live:
        for bearing in claim.checks:
            check = view.base.checks.get(bearing.check)
            if check is not None and check.circular and bearing.bears in COUNTED:
                yield Finding(
                    "KB222",
                    f"{check.id} is computed with what it would confirm, yet it bears as {bearing.bears}",
                    claim.file,
                    ("checks", bearing.index),
                    "bears: context",
                    "or compute it from figures that do not come from the claim, and drop `circular`",
                )


RULES = (
    without_check,
    unused_check,
    aside_without_because,
    failure_without_because,
    context_everywhere,
    circular_check,
    only_aside,
    uncheckable_but_checked,
)
