"""Argdown: Markdown for arguments, as ``@argdown/cli`` 1.7.5 reads it.

Titles become ids, ``[..]`` and ``<..>`` without a structure claims, inferences steps. What Argdown has no
sign for stands in data in braces, under names of our own: ``id``, ``title``, ``text``, ``notes``, …
"""

from __future__ import annotations

from pathlib import Path

from kb.formats import network
from kb.formats.drafting import Drafting
from kb.formats.format import Format, Material

FORMAT = Format(
    "argdown",
    "Argdown",
    "argdown",
    holds=network.HOLDS,
    coming=(
        "bold and italic become plain words, mentions the title that they name, headings tags",
        "of several texts of one title the last is the claim's, and the others are notes",
        "an argument without premises is a claim that says its gist",
        "an attack on an argument with several premises is read as an undercut of its step",
    ),
    going=(
        "a step that is linked, undercut or explained becomes an argument with premises and a conclusion",
    ),
)


def read(text: str, drafting: Drafting, path: Path) -> None:
    """Raises Misread: the text is no Argdown, or includes what it must not."""
    from kb.formats.argdown.including import included
    from kb.formats.argdown.meaning import draft
    from kb.formats.argdown.parser import parsed
    from kb.formats.reading import Misread

    whole = included(text, path)
    try:
        document = parsed(whole.text)
    except Misread as wrong:
        raise whole.misread(wrong) from None
    for what, why, line in whole.lost:
        drafting.lose(what, why, line)
    draft(document, drafting)


def write(material: Material) -> str:
    from kb.formats.argdown.writing import written

    return written(material)
