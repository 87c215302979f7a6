"""A file of the site before it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kb.site.words import Data


@dataclass(frozen=True, slots=True)
class Page:
    """A page to come: its address, its template, and how to get its content, of which nothing is changed."""

    path: str
    template: str
    content: Callable[[], Data]


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that no template makes: style, script, search index."""

    path: str
    content: Callable[[], bytes]
