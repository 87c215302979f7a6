"""What the steps of the argument are called: by what they say, not by their ids."""

from __future__ import annotations

import re

from kb import wording
from kb.model import Step, Undercut
from kb.site.view import View

_ID = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")


def named(view: View, text: str) -> str:
    """Words with each step that they name by its id called by its premises instead."""

    def name(match: re.Match[str]) -> str:
        step = view.targets.get(match.group())
        return (
            match.group()
            if step is None
            else wording.listed([f"“{view.claim(p)['title']}”" for p in step.premises])
        )

    return _ID.sub(name, text)


def step_words(view: View, target: str, *, within: bool = False) -> str:
    """A step, an undercut or a bearing in words; ``within`` those of an objection to it."""
    found = view.targets.get(target)
    if isinstance(found, Step):
        premises = wording.listed([f"“{view.base.claims[p].name}”" for p in found.premises])
        verb = ("support" if found.sign > 0 else "attack") + ("s" if len(found.premises) == 1 else "")
        return f"the step by which {premises} {verb} “{view.base.claims[found.conclusion].name}”"
    if isinstance(found, Undercut):
        if within:
            return "another objection"
        premises = wording.listed([f"“{view.base.claims[p].name}”" for p in found.premises])
        return f"the objection of {premises} to {step_words(view, found.target, within=True)}"
    check, _, claim = target.partition(" > ")
    if check in view.base.checks and claim in view.base.claims:
        return f"what the check “{view.check(check)['title']}” says about “{view.base.claims[claim].name}”"
    return "a step"
