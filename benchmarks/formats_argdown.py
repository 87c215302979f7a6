"""A generated Argdown file for ``formats.py``, and the programs that read it: kb, and argdown from npm."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from installing import PEERS, install, node_and_npm, note

VERSION = "1.7.5"
_LOCKED = Path(__file__).resolve().parents[1] / "tests" / "node"
_WORDS = [
    "the",
    "price",
    "of",
    "energy",
    "falls",
    "while",
    "demand",
    "and",
    "supply",
    "of",
    "public",
    "text",
    "grow",
    "more",
    "slowly",
    "than",
    "before",
]


def argdown_text(size: int) -> str:
    """A document of so many statements and arguments: trees of relations, tags, data, and structures."""
    r = random.Random(5)

    def words() -> str:
        return " ".join(r.choices(_WORDS, k=r.randint(8, 20)))

    blocks, made = ["===\ntitle: A generated debate\n==="], 0
    while made < size:
        first = made
        lines = [f"[Claim {made}]: {words()}. #topic-{made % 7} {{id: claim-{made}}}"]
        made += 1
        for _ in range(r.randint(2, 5)):
            lines.append(
                f"{'    ' * r.randint(1, min(3, len(lines)))}{r.choice('+-')} [Claim {made}]: {words()}."
            )
            made += 1
        blocks.append("\n".join(_stepwise(lines)))
        if r.random() < 0.3 and made < size:
            blocks.append(f"<Argument {made}>: {words()}.\n    - [Claim {r.randrange(made)}]")
            premises = f"(1) [Claim {first + 1}]\n(2) {words()}."
            blocks.append(f"{premises}\n--\nModus ponens {{uses: [1, 2]}}\n--\n(3) [Claim {first}]")
            made += 2
    return "\n\n".join(blocks) + "\n"


def _stepwise(lines: Sequence[str]) -> list[str]:
    """Lines none of which is more than one level deeper than the one before it."""
    depth, found = 0, []
    for line in lines:
        body = line.lstrip()
        depth = min((len(line) - len(body)) // 4, depth + 1)
        found.append("    " * depth + body)
    return found


def argdown_commands(file: Path, folder: Path) -> dict[str, Sequence[str]]:
    return {
        "kb": (sys.executable, str(PEERS / "reading.py"), "kb", "argdown", str(file)),
        f"@argdown/cli {VERSION}": (*_argdown(folder), str(file)),
    }


def _argdown(folder: Path) -> Sequence[str]:
    """What reads a file with argdown; installed as the tests' lock file says, where it is not yet."""
    node, npm = node_and_npm("argdown")
    home = folder / f"argdown-{VERSION}"
    ready = home / "ready"
    if not ready.exists():
        note(f"installing @argdown/cli {VERSION} in {home}")
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_LOCKED / name, home)
        install(
            [npm, "ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund"], home, "argdown by npm"
        )
        ready.touch()
    return (node, str(shutil.copy(PEERS / "with_argdown.js", home)))
