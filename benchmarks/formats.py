"""How long a file of another format takes to read, next to the programs that are made for it.

Generates a file, and lets kb and the other programs take turns to read it into their own model, each time in
a new process: its start is part of the time, and nothing is written. All must find the same number of claims
and inferences. Compare ratios between machines, never seconds.

    python benchmarks/formats.py                          # 10,000 nodes, 7 turns each
    python benchmarks/formats.py --only aif --nodes 100000 --turns 3 --json formats.json

Programs: arguebuf 2.7.2 for AIF. They are installed on demand into --keep (a temporary folder otherwise);
KB_ARGUEBUF_PYTHON names a Python that has arguebuf already. The exit code is 1 when kb takes longer than one
of them, in processor time or by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from format_peers import RACES, Race
from installing import MissingPeer, note


@dataclass(frozen=True)
class Timing:
    """Seconds that a program takes to read the file of a format: medians over its turns."""

    format: str
    nodes: int
    program: str
    cpu: float
    wall: float


def turn(command: Sequence[str], program: str) -> tuple[float, float, dict[str, int]]:
    """Processor seconds, seconds by the clock, and what was found."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise MissingPeer(f"{program} failed: {last[0]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, wall, json.loads(done.stdout)


def run(race: Race, nodes: int, turns: int, folder: Path) -> Iterator[Timing]:
    """Every program on one file, in turns, after a first one that is not counted."""
    file = folder / f"{nodes}.{race.format}"
    file.write_text(race.text(nodes), encoding="utf-8")
    commands = race.commands(file, folder)
    taken: dict[str, list[tuple[float, float]]] = {program: [] for program in commands}
    found: dict[str, dict[str, int]] = {}
    for number in range(turns + 1):
        note(f"{race.format}, {nodes:,} nodes: turn {number} of {turns}")
        for program, command in commands.items():
            cpu, wall, found[program] = turn(command, program)
            if number:
                taken[program].append((cpu, wall))
    if any(counts != found["kb"] for counts in found.values()):
        raise SystemExit(f"the programs find different things in {file.name}: {found}")
    for program, times in taken.items():
        yield Timing(race.format, nodes, program, *(median(column) for column in zip(*times, strict=True)))


def table(timings: Sequence[Timing]) -> Iterator[str]:
    """Lines of text: seconds, and how many times as long as kb."""
    yield f"{'format':8} {'nodes':>8}  {'program':20} {'processor':>18} {'clock':>18}"
    for timing in timings:
        ours = own(timings, timing)
        cells = [
            f"{seconds:9.3f} s {f'{seconds / mine:.2f}×':>6}"
            for seconds, mine in ((timing.cpu, ours.cpu), (timing.wall, ours.wall))
        ]
        yield f"{timing.format:8} {timing.nodes:8,}  {timing.program:20} {cells[0]:>18} {cells[1]:>18}"


def own(timings: Sequence[Timing], timing: Timing) -> Timing:
    """kb's timing on the same file."""
    return next(t for t in timings if (t.format, t.program) == (timing.format, "kb"))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [race.format for race in RACES]
    parser.add_argument("--only", choices=names, nargs="+", default=names, help="formats to read")
    parser.add_argument("--nodes", type=int, default=10_000, help="nodes of each file")
    parser.add_argument("--turns", type=int, default=7, help="counted turns of each program")
    parser.add_argument("--json", type=Path, help="also write the timings to this file")
    parser.add_argument(
        "--keep", type=Path, help="keep environments and files in this folder for the next run"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        races = [race for race in RACES if race.format in given.only]
        try:
            timings = [timing for race in races for timing in run(race, given.nodes, given.turns, folder)]
        except MissingPeer as missing:
            print(missing, file=sys.stderr)
            return 2
    print("\n".join(table(timings)))
    if given.json:
        given.json.write_text(json.dumps([asdict(timing) for timing in timings], indent=1), encoding="utf-8")
    slow = [t for t in timings if t.cpu < own(timings, t).cpu or t.wall < own(timings, t).wall]
    print(
        "\n".join(
            ["", *(f"{t.program} reads {t.format} faster" for t in slow)] if slow else ["", "kb is first."]
        )
    )
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
