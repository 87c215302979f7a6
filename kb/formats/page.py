"""What each format can hold, as a page for people.

``python -m kb.formats.page docs/formats.md`` writes the page of this project: the words between two marks are
made of the formats' modules, all others stay as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from kb import formats
from kb.formats.format import Format
from kb.formats.holding import FEATURES

START = "<!-- made by python -m kb.formats.page -->"
END = "<!-- end of what is made -->"


def tables(forms: Iterable[Format]) -> str:
    """A table of what passes through each format, and each one's own rules, in Markdown."""
    every = list(forms)
    return "\n".join(
        [
            *_formats(every),
            "",
            *_features(every),
            "",
            *(_section(form) for form in every if form.coming or form.going),
        ]
    )


def renewed(page: str, forms: Iterable[Format]) -> str:
    """The page with what is made put anew between its marks. Raises ValueError where it lacks them."""
    head, start, rest = page.partition(START)
    _, end, tail = rest.partition(END)
    if not (start and end):
        raise ValueError(f"the page lacks the line {END if start else START!r}")
    return f"{head}{START}\n\n{tables(forms)}\n{END}{tail}"


def _formats(forms: Iterable[Format]) -> list[str]:
    return [
        "| name | format | file | import | export |",
        "|---|---|---|---|---|",
        *(
            f"| `{form.name}` | {form.title} | `.{form.suffix}` | "
            + f"{_tick(form.reads)} | {_tick(form.writes)} |"
            for form in forms
        ),
    ]


def _features(forms: list[Format]) -> list[str]:
    return [
        f"| | {' | '.join(f'`{form.name}`' for form in forms)} |",
        f"|---|{'---|' * len(forms)}",
        *(
            f"| {words} | {' | '.join(_tick(feature in form.holds) for form in forms)} |"
            for feature, words in FEATURES.items()
        ),
    ]


def _section(form: Format) -> str:
    parts = [f"### {form.name}\n", f"{form.title}.\n"]
    parts += [f"*On import:* {'; '.join(form.coming)}.\n"] if form.coming else []
    parts += [f"*On export:* {'; '.join(form.going)}.\n"] if form.going else []
    return "\n".join(parts)


def _tick(there: bool) -> str:
    return "yes" if there else "–"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    every = [formats.module(name).FORMAT for name in formats.MODULES]
    page.write_text(renewed(page.read_text("utf-8"), every), "utf-8")
