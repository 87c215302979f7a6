"""KB25x: what was reviewed and has changed since."""

from __future__ import annotations

from collections.abc import Iterator

from kb.lint.view import Finding, View
from kb.model import Bearing, Step


def suspect(view: View) -> Iterator[Finding]:
    """KB250"""
    # Slow to import, and passed over where only errors matter.
    from kb.review.stamps import suspects

    for review in suspects(view.base):
        part = review.part
        if isinstance(part, Bearing):
            field, said = "checks", f"the bearing of {part.check} on {part.claim}"
        elif isinstance(part, Step):
            field, said = part.kind, f"the reason {part.id}"
        else:
            field, said = "undercuts", f"the undercut {part.id}"
        name = f'"{review.id}"' if " " in review.id else review.id
        yield Finding(
            "KB250",
            f"{said} has changed since it was reviewed",
            view.base.claims[review.owner].file,
            (field, part.index, "reviewed"),
            f"the stamp {review.stamp}, once somebody has read it again",
            f"`kb review {name}` shows what changed; with --stamp it is marked as read",
        )


RULES = (suspect,)
