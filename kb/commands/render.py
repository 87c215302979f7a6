"""Render a base to a static site, from what its checks are known to say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kb import checks, store
from kb.commands.opening import Opened, standings
from kb.site import BuildReport, DocsError, ForeignFolderError, build

__all__ = ["BuildReport", "DocsError", "ForeignFolderError", "render"]


def render(
    opened: Opened,
    out: Path,
    *,
    cache: bool = True,
    accept_unverified: bool = False,
    docs: Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> BuildReport:
    """Write the site of an opened base to ``out``; computes no check.

    A check with no result in the cache or in ``results/`` shows as not run yet. ``docs`` is a
    folder of Markdown files that become pages of the site.
    """
    records = checks.known(opened.base, cache=cache)
    accounts = standings(opened, records, accept_unverified=accept_unverified)
    return build(
        opened.base,
        opened.argument,
        records,
        accounts,
        out,
        progress=progress,
        accept_unverified=accept_unverified,
        cache=store.cache_folder(opened.root) if cache else None,
        docs=docs,
    )
