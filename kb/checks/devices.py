"""Devices whose time is a dimension of its own, so that A100-hours are never added to H100-hours.

The names are in ``devices.txt``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

#: Devices that a text may name without saying which they are.
UNSTATED = ("GPU", "TPU", "chip", "accelerator")
_LIST = Path(__file__).with_name("devices.txt")


@lru_cache(maxsize=1)
def devices() -> Mapping[str, tuple[str, ...]]:
    """The other spellings of each device, by its name, in the order of the list."""
    lines = (line.partition("#")[0].split() for line in _LIST.read_text("utf-8").splitlines())
    return {words[0]: tuple(words[1:]) for words in lines if words}
