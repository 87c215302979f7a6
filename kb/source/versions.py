"""Whether a base was made for this version of kb."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import kb

FORMAT = 1
_part = re.compile(r"\s*(>=|<=|==|!=|>|<|~=)\s*v?(\d+(?:\.\d+)*)\s*\Z")
_Release = tuple[int, ...]
_COMPARE: dict[str, Callable[[_Release, _Release], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


def release(version: str) -> _Release:
    """The release numbers of a version, without trailing zeros: "0.10.0rc1" gives (0, 10)."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", version)
    numbers = [int(n) for n in found[1].split(".")] if found else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def meets(requires: str, version: str) -> bool:
    """Whether a version satisfies constraints such as ">=0.1, <2". Raises ValueError for other text."""
    ours = release(version)
    for written in requires.split(","):
        part = _part.match(written)
        if part is None:
            raise ValueError(f"not a version constraint: {written.strip()!r}")
        relation, wanted = part[1], release(part[2])
        if relation == "~=":
            stem = tuple(int(n) for n in part[2].split("."))[:-1]
            if ours < wanted or ours[: len(stem)] != stem:
                return False
        elif not _COMPARE[relation](ours, wanted):
            return False
    return True


def refusal(config: Any) -> str:
    """Why this kb cannot use a base with this ``kb.yaml`` value; empty when it can."""
    if not isinstance(config, dict):
        return ""
    wanted = config.get("format")
    if isinstance(wanted, int) and not isinstance(wanted, bool) and wanted > FORMAT:
        return f"this base has format {wanted}; kb {kb.__version__} reads format {FORMAT}"
    requires = config.get("requires", "")
    try:
        if isinstance(requires, str) and requires and not meets(requires, kb.__version__):
            return f"this base requires kb {requires}; this is kb {kb.__version__}"
    except ValueError:
        return ""
    return ""
