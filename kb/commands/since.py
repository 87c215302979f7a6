"""The checks that a change touches: those that may say something else than at an earlier revision."""

from __future__ import annotations

from kb import checks
from kb.commands import opening
from kb.commands.opening import Opened
from kb.review import base_at


def touched(opened: Opened, revision: str, *, cache: bool = True) -> frozenset[str]:
    """The ids of the checks that are new since ``revision``, or whose key differs from the one they had then.

    Nothing is computed, and the work tree is not touched. Of a state with errors nothing certain is known,
    so since then every check may have changed.

    Raises:
        kb.review.NoRevision: there is no such revision, or no base in it.
    """
    was = opening.open_base(opened.root, cache=cache, files=base_at(opened.root, revision).files)
    if was.errors:
        return frozenset(opened.base.checks)
    keys = {name: checks.key(was.base, check) for name, check in was.base.checks.items()}
    base = opened.base
    return frozenset(name for name, check in base.checks.items() if checks.key(base, check) != keys.get(name))
