"""Find the pinned quotes of a base again in the texts that they come from."""

from __future__ import annotations

from pathlib import Path

from kb.model import Base
from kb.source.verifying import Verification, verify


def verify_quotes(base: Base, texts: Path) -> tuple[Verification, ...]:
    """Look for every pin of ``base`` in the text files of the folder ``texts``."""
    return tuple(verify(base, texts))
