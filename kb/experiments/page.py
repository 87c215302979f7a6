"""The experiments of this package as a page for people.

``python -m kb.experiments.page docs/experiments.md`` writes the page of this project.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from kb.experiments.catalogue import catalogue
from kb.experiments.spec import Param, Spec

_INTRODUCTION = """\
# Experiments

A `simulation` check names one of these, or one that another installed package brings
([how](checks.md#simulation)). Each is a toy: it tests what is said about the toy, and informs what is said
about the world only as far as the toy is like it. Its code is the module of its name in `kb/experiments`.
"""


def to_markdown(specs: Iterable[Spec]) -> str:
    """The experiments, in alphabetical order, as a Markdown page."""
    return "\n".join([_INTRODUCTION, *(_section(spec) for spec in sorted(specs, key=lambda s: s.name))])


def _section(spec: Spec) -> str:
    lines = [
        f"## {spec.name}\n",
        f"**{spec.title}.** {spec.paper}.\n",
        f"*Shows:* {spec.shows}\n",
        f"*Cannot show:* {spec.cannot}\n",
        f"Between platforms its outputs may differ by {spec.tolerance:g} of their size or of 1.\n",
        "| param | default | unit | range | |",
        "|---|---|---|---|---|",
        *(
            f"| `{name}` | {param.default:g} | {param.unit} | {_range(param)} | {param.doc} |"
            for name, param in spec.params.items()
        ),
        "",
        "| output | unit | |",
        "|---|---|---|",
        *(f"| `{name}` | {output.unit} | {output.doc} |" for name, output in spec.outputs.items()),
        "",
    ]
    return "\n".join(lines)


def _range(param: Param) -> str:
    low = "" if param.low is None else f"from {param.low:g} "
    high = "" if param.high is None else f"to {param.high:g}"
    return (low + high + (", whole" if param.integer else "")).strip(", ")


if __name__ == "__main__":
    ours = [spec for spec in catalogue().values() if not spec.distribution]
    Path(sys.argv[1]).write_text(to_markdown(ours), "utf-8")
