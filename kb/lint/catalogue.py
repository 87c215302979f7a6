"""The rules as a page for people.

``python -m kb.lint.catalogue docs/rules.md`` writes the page of this project.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from kb.diagnostics.rules import PARTS, RULES, Rule

_INTRODUCTION = """\
# Rules

`kb validate` reports these, each with file, line and column. `kb explain KB101` shows one.

An *error* makes the base unusable at that place, and `kb validate` exits with 1; a *warning* is a fault
to mend; a *note* is a suggestion. A base sets its own severities in `kb.yaml`:

```yaml
rules: {KB206: off, KB204: error}
```

An exception is allowed with a reason: in `kb.yaml` for the whole base, in the file of a claim, a check or a
source for that file. Rules that are *fixed* can be neither set nor set aside.

```yaml
allow: [{rule: KB219, because: The debate has no other side yet.}]
```
"""


def to_markdown(rules: Iterable[Rule]) -> str:
    """The rules, in order of their numbers, as a Markdown page."""
    ordered = sorted(rules, key=lambda rule: rule.number)
    parts = [_INTRODUCTION]
    for part, members in groupby(ordered, key=lambda rule: rule.number[:3]):
        parts.append(f"## {PARTS[part]}\n")
        parts.extend(_section(rule) for rule in members)
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    fixed = "" if rule.adjustable else ", fixed"
    fixed += ", off unless set" if rule.silent else ""
    example = f"\n```\n{rule.example}\n```\n" if rule.example else ""
    cure = f"\n`kb validate --fix` {rule.fix}\n" if rule.fix else ""
    return f"### {rule.number} {rule.title}\n\n*{rule.severity}{fixed}* — {rule.doc}\n{example}{cure}"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(to_markdown(RULES.values()), "utf-8")
