"""Put schemas, templates and the example base into a built wheel, and only there.

hatchling's own ``force-include`` also acts on editable installs, where it would copy the
folders once and then show stale ones.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("schema", "templates", "claims")


class DataFolders(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update({folder: f"kb/_data/{folder}" for folder in FOLDERS})
