"""What ``kb diff`` costs beside ``kb check``.

Writes a synthetic base of 1,000 claims into a repository, changes five of them in a second commit, and
prints what a cold ``kb check`` costs and what ``kb diff`` between the two commits costs, in CPU and wall
seconds, with their ratio. The first ``kb diff`` finds neither state in its cache, only what ``kb check`` has
computed. All are run in turn, in so many rounds, each of which starts without a cache; the least CPU time of
each counts. The objects of git are packed, as a clone has them.

    python benchmarks/diff.py
    python benchmarks/diff.py --claims 10000
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from scale import Cost, run, settle, write_base

CHANGED = 5
RUNS = (
    ("kb check, cold", ("check",)),
    ("kb diff, first", ("diff", "HEAD~1", "HEAD")),
    ("kb diff, again", ("diff", "HEAD~1", "HEAD")),
    ("kb diff of the files", ("diff", "HEAD~1")),
)
NAMES = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(top: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=top, env={**os.environ, **NAMES}, check=True)


def commit(top: Path) -> None:
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "A state of the base")


def reword(root: Path) -> None:
    files = sorted(root.glob("topic*/*.yaml"))
    for path in files[:: len(files) // CHANGED][:CHANGED]:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("things are so", "other things are so"), encoding="utf-8")


def measure(claims: int, rounds: int, loose: bool, top: Path) -> dict[str, Cost]:
    root = top / "claims"
    base = ("--base", str(root))
    write_base(root, claims)
    (top / ".gitignore").write_text(".kb/\n", encoding="utf-8")
    git(top, "init", "-q")
    commit(top)
    reword(root)
    commit(top)
    if not loose:
        git(top, "repack", "-adq")
    settle()
    costs: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        shutil.rmtree(root / ".kb", ignore_errors=True)
        for name, words in RUNS:
            costs.setdefault(name, []).append(run(*words, *base))
    return {name: min(found, key=lambda cost: cost.cpu) for name, found in costs.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--claims", type=int, default=1_000, help="the size of the base")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is run")
    parser.add_argument("--loose", action="store_true", help="keep git's objects in a file each, not packed")
    given = parser.parse_args()
    top = Path(tempfile.mkdtemp(prefix="kb-diff-"))
    try:
        costs = measure(given.claims, given.rounds, given.loose, top)
    finally:
        shutil.rmtree(top)
    cold = costs["kb check, cold"]
    print("| run | CPU s | wall s | CPU, of the check | wall, of the check |\n|---|--:|--:|--:|--:|")
    for name, cost in costs.items():
        shares = (cost.cpu / cold.cpu, cost.wall / cold.wall)
        print(f"| {name} | {cost.cpu:.2f} | {cost.wall:.2f} | {shares[0]:.0%} | {shares[1]:.0%} |")


if __name__ == "__main__":
    main()
