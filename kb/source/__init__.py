"""A base's files to the model and back.

``find`` the folder, ``load`` it, ``fingerprint`` it; ``read_yaml``, ``locate``, ``place`` and
``dump_yaml`` are for single files. What is heavy is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.source.discovery import NoBase, find
from kb.source.files import FileStamp, fingerprint

if TYPE_CHECKING:
    from kb.source.loading import Loaded, load
    from kb.source.places import place
    from kb.source.reader import locate, read_yaml
    from kb.source.writer import dump_yaml

__all__ = [
    "FileStamp",
    "Loaded",
    "NoBase",
    "dump_yaml",
    "find",
    "fingerprint",
    "load",
    "locate",
    "place",
    "read_yaml",
]

_LATE = {
    "Loaded": "loading",
    "dump_yaml": "writer",
    "load": "loading",
    "locate": "reader",
    "place": "places",
    "read_yaml": "reader",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
