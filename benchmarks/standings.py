"""How long standings take, next to other programs for argumentation and to plain loops.

Generates graphs, solves each with every program in a process and an environment of its own, checks that all
come to the same result, and prints two tables: DF-QuAD on weighted bipolar graphs, and grounded extensions of
Dung frameworks. Compare ratios between machines, never seconds.

    python benchmarks/standings.py                       # 1,000 to 100,000 arguments, and chains as deep
    python benchmarks/standings.py --sizes 1000 --repeats 3 --json standings.json

Programs: formal-argumentation 0.3.0, python-argumentation 2.0.2 and pygarg 1.0.2, installed from PyPI on
demand into --keep (a temporary folder otherwise); a loop over a networkx DiGraph; and, for DF-QuAD, one over
lists. The exit code is 1 when kb is not as far ahead as ``SOLVE_GAIN`` and ``WHOLE_GAIN`` say, is behind on
grounded extensions or deep chains, or does not finish.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from installing import PEERS, MissingPeer, install, note

SIZES = (1_000, 10_000, 100_000)
LIMIT = 120.0
VERSIONS = {"formal-argumentation": "0.3.0", "python-argumentation": "2.0.2", "pygarg": "1.0.2"}
NEEDS = {"pygarg": ["python-sat"]}
CONTENDERS = {
    "df-quad": ("kb", "plain lists", "networkx", "formal-argumentation"),
    "grounded": ("kb", "networkx", "formal-argumentation", "pygarg", "python-argumentation"),
}
SOLVE_GAIN, WHOLE_GAIN = 50, 5
"""What kb promises on wide bipolar graphs of 100,000 arguments, against formal-argumentation and networkx."""
PROMISED_AT = 100_000


@dataclass(frozen=True)
class Timing:
    """Seconds of the fastest of several solves; None where a program did not finish in time."""

    task: str
    shape: str
    size: int
    program: str
    solve: float | None
    whole: float | None


def graph_of(task: str, shape: str, size: int, seed: int = 11) -> dict[str, Any]:
    """A graph with twice as many edges as arguments, or a chain. Bipolar ones have no circles."""
    r = random.Random(seed)
    names = [f"claim-{i}" for i in range(size)]
    if shape == "chain":
        pairs = [(i, i + 1) for i in range(size - 1)]
    else:
        drawn = ((r.randrange(size), r.randrange(size)) for _ in range(2 * size))
        if task == "df-quad":
            drawn = ((min(pair), max(pair)) for pair in drawn)
        pairs = sorted({(a, b) for a, b in drawn if a != b})
        r.shuffle(pairs)
    return {
        "names": names,
        "base": {name: round(r.uniform(0.05, 0.95), 4) for name in names},
        "edges": [(names[a], names[b], r.choice([1, -1])) for a, b in pairs],
    }


def interpreter(program: str, folder: Path) -> str:
    """The interpreter that has a program; installs the program where it is not yet."""
    if program not in VERSIONS:
        return sys.executable
    home = folder / f"{program}-{VERSIONS[program]}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = home / "ready"
    if not ready.exists():
        note(f"installing {program} {VERSIONS[program]} in {home}")
        venv.create(home, with_pip=True, clear=True)
        wanted = [f"{program}=={VERSIONS[program]}", *NEEDS.get(program, ())]
        install([str(python), "-m", "pip", "install", "--quiet", *wanted], home, f"{program} by pip")
        ready.touch()
    return str(python)


def timed(
    program: str, task: str, file: Path, repeats: int, limit: float, folder: Path
) -> dict[str, Any] | None:
    """What ``peers/standing.py`` says of one program, or None when it takes longer than the limit."""
    command = [
        interpreter(program, folder),
        str(PEERS / "standing.py"),
        program,
        task,
        str(file),
        str(repeats),
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise MissingPeer(f"{program} failed on {task}: {done.stderr.strip().splitlines()[-1]}")
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def agree(one: Any, other: Any) -> bool:
    """The same accepted names, or the same strengths by name to 1e-9."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(abs(one[name] - other[name]) < 1e-9 for name in one)
    return bool(one == other)


def measure(sizes: Sequence[int], repeats: int, limit: float, folder: Path) -> Iterator[Timing]:
    """Every program on every graph; one that did not finish is spared the larger graphs of that shape."""
    slow: set[tuple[str, str, str]] = set()
    for task, programs in CONTENDERS.items():
        for shape in ("wide", "chain"):
            for size in sizes:
                file = folder / f"{task}-{shape}-{size}.json"
                file.write_text(json.dumps(graph_of(task, shape, size)), encoding="utf-8")
                ours: Any = None
                for program in programs:
                    found = None
                    if (task, shape, program) not in slow:
                        note(f"{task}, {shape}, {size:,}: {program}")
                        found = timed(program, task, file, repeats, limit, folder)
                    if found is None:
                        slow.add((task, shape, program))
                        yield Timing(task, shape, size, program, None, None)
                        continue
                    ours = found["result"] if ours is None else ours
                    if not agree(ours, found["result"]):
                        raise SystemExit(f"{program} comes to another result on {file.name}")
                    yield Timing(task, shape, size, program, found["solve"], found["whole"])


def table(timings: Sequence[Timing]) -> Iterator[str]:
    """Lines of text: seconds, and how many times as long as kb."""
    yield f"{'task':9} {'shape':6} {'arguments':>9}  {'program':21} {'solve':>20} {'end to end':>20}"
    for timing in timings:
        ours = own(timings, timing)
        cells = [
            f"{'over the limit':>20}" if seconds is None else f"{seconds:11.5f} s {ratio(seconds, mine):>6}"
            for seconds, mine in ((timing.solve, ours.solve), (timing.whole, ours.whole))
        ]
        yield f"{timing.task:9} {timing.shape:6} {timing.size:9,}  {timing.program:21} {' '.join(cells)}"


def own(timings: Sequence[Timing], timing: Timing) -> Timing:
    """kb's timing on the same graph."""
    same = (timing.task, timing.shape, timing.size, "kb")
    return next(t for t in timings if (t.task, t.shape, t.size, t.program) == same)


def ratio(seconds: float, ours: float | None) -> str:
    return f"{seconds / ours:.1f}×" if ours else ""


def broken(timings: Sequence[Timing]) -> Iterator[str]:
    """The promises that these timings do not keep; those about size, only where that size was tried."""
    for timing in timings:
        ours = own(timings, timing)
        if ours.solve is None or ours.whole is None:
            if timing is ours:
                yield f"{timing.task}, {timing.shape}, {timing.size:,}: kb does not finish in time"
            continue
        if timing is ours:
            continue
        solve, whole = timing.solve or float("inf"), timing.whole or float("inf")
        where = f"{timing.task}, {timing.shape}, {timing.size:,}: {timing.program}"
        if timing.task == "grounded":
            gains = (1.0, 1.0)
        elif timing.size < PROMISED_AT or (timing.shape, timing.program) == ("wide", "plain lists"):
            continue
        else:
            gains = (1.0, 1.0) if timing.shape == "chain" else (SOLVE_GAIN, WHOLE_GAIN)
        if solve < gains[0] * ours.solve:
            yield f"{where} solves in less than {gains[0]:g} times kb's time"
        if whole < gains[1] * ours.whole:
            yield f"{where} is done in less than {gains[1]:g} times kb's time"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of arguments")
    parser.add_argument(
        "--repeats", type=int, default=5, help="solves per program and graph; the fastest counts"
    )
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for one program on one graph")
    parser.add_argument("--json", type=Path, help="also write the timings to this file")
    parser.add_argument(
        "--keep", type=Path, help="keep environments and graphs in this folder for the next run"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            timings = list(measure(given.sizes, given.repeats, given.limit, folder))
        except MissingPeer as missing:
            print(missing, file=sys.stderr)
            return 2
    print("\n".join(table(timings)))
    if given.json:
        given.json.write_text(json.dumps([asdict(timing) for timing in timings], indent=1), encoding="utf-8")
    failed = list(broken(timings))
    print("\n".join(["", *failed] if failed else ["", "kb keeps what it promises."]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
