"""What a finding is known by from one run to the next, wherever its line or its file has moved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from kb.diagnostics import Diagnostic

_LINE = re.compile(r"\bline \d+")


def fingerprints(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """A fingerprint for each finding, in their order: 16 hexadecimal digits, a colon, and which of its like.

    It is made of the rule, the file's name without its folder, the path to the value within the file and the
    message, so lines above and a move to another folder do not change it.
    """
    seen: Counter[str] = Counter()
    found = []
    for d in diagnostics:
        said = (d.rule, d.file.rsplit("/", 1)[-1], *map(str, d.path), _LINE.sub("line", d.message))
        digest = sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        seen[digest] += 1
        found.append(f"{digest}:{seen[digest]}")
    return found
