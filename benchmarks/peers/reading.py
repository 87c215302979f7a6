"""Read one file with one program and print how many claims and inferences it found, as JSON.

    python reading.py PROGRAM FORMAT FILE

Runs in the environment of the program, once: the start of the process is part of what is timed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path


def by_kb(name: str, path: Path) -> tuple[int, int]:
    from kb.formats import module
    from kb.formats.drafting import Drafting
    from kb.formats.reading import text_of

    drafting = Drafting()
    module(name).read(text_of(path), drafting, path)
    found = drafting.finish()
    return len(found.claims), sum(len(claim.steps) + len(claim.undercuts) for claim in found.claims.values())


def by_arguebuf(name: str, path: Path) -> tuple[int, int]:
    import arguebuf

    found = arguebuf.load.file(path)
    return len(found.atom_nodes), len(found.scheme_nodes)


PROGRAMS: dict[str, Callable[[str, Path], tuple[int, int]]] = {"kb": by_kb, "arguebuf": by_arguebuf}


if __name__ == "__main__":
    claims, inferences = PROGRAMS[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
    print(json.dumps({"claims": claims, "inferences": inferences}))
