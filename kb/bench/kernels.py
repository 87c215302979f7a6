"""Which code measured: whether a hash of kernels is that of this version, of a published one, or of none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

#: Hashes of published kernels with the version of kb that had them.
PUBLISHED = Path(__file__).with_name("kernels.json")


def unknown(kernels: str) -> str:
    """That no kb has these kernels, in words; empty where one has."""
    if kernels in published() or kernels == _ours():
        return ""
    return f"measured with kernels {kernels[:12]}… that neither this version of kb nor a published one has"


def earlier(kernels: str) -> str:
    """That this version has replaced these published kernels, in words; else empty."""
    if kernels not in published() or kernels == _ours():
        return ""
    return f"measured with kernels {kernels[:12]}… of kb {published()[kernels]}, which this version replaces"


@cache
def published() -> Mapping[str, str]:
    """The version of kb by the hash of its kernels."""
    found: dict[str, str] = json.loads(PUBLISHED.read_text("utf-8"))
    return found


def _ours() -> str:
    from kb.bench.run import kernel_hash

    return kernel_hash()
