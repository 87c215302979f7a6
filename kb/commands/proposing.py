"""Ids that a shell may propose: as files are named, without a look into them."""

from __future__ import annotations

from collections.abc import Collection

from kb.commands import opening
from kb.source.scanning import scan


def file_ids(base: str | None, kinds: Collection[str]) -> dict[str, str]:
    """The ids of things that have a file of their own, each with its kind: "claim", "check", "source".

    Raises kb.source.NoBase.
    """
    seen, _ = scan(opening.find(base))
    return {
        each.path.rpartition("/")[2].removesuffix(".yaml"): each.kind for each in seen if each.kind in kinds
    }
