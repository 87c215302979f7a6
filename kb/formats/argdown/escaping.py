"""Words and fields as Argdown leaves them alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Shortcodes (.v.), comments (// and /*) and front matter (===) need more than one sign.
_MEANT = re.compile(r"[\\@#*_\[<{]|([.:])(?=\S+?\1)|/(?=[/*])|=(?===)")
_HIDDEN = re.compile("[{}@\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\\]>](?=:)|=(?===)")
_PLAIN = re.compile(r"[a-z][a-z0-9-]*\Z")
_TYPED = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
MOST_TITLE = 100


def escaped(words: str) -> str:
    """Words in one line, which Argdown reads as text and nothing else."""
    return _MEANT.sub(r"\\\g<0>", " ".join(words.split()))


def title_of(words: str, brackets: tuple[str, str, str, str] = ("[", "]", "(", ")")) -> str:
    """A title that fits into its brackets; ``brackets`` are those and what is written for them within it."""
    opening, closing, left, right = brackets
    found = " ".join(words.replace(opening, left).replace(closing, right).split()).lstrip("- ")
    found = found.replace("@include(", "@include (")
    return found if len(found) <= MOST_TITLE else f"{found[: MOST_TITLE - 1].rstrip()}…"


def flow(value: Any) -> str:
    """A value as JSON, which is YAML, without what ends data or front matter or includes a file.

    Braces stand only around objects; those in texts are written as codes.
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(name)}: {flow(one)}' for name, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def fields(data: Mapping[str, Any]) -> str:
    """Data in braces: bare where every value is a plain word, else JSON. No comma may begin the next line."""
    if all(isinstance(value, str) and _PLAIN.match(value) and value not in _TYPED for value in data.values()):
        return f"{{{', '.join(f'{name}: {value}' for name, value in data.items())}}}"
    return flow(data)
