"""How validate and render grow with the size of a base.

Writes synthetic bases, runs ``kb`` on them in fresh processes, and prints a table with CPU seconds, wall
seconds and peak memory, the growth exponent of CPU time (the slope of its logarithm over the logarithm of the
number of claims; 1 is linear), and the ratios between cold, warm and one-change runs. Compare ratios
between machines, never seconds.

    python benchmarks/scale.py                     # validate to 100,000 claims, render to 10,000
    python benchmarks/scale.py --most 1000         # a quick look
"""

from __future__ import annotations

import argparse
import math
import os
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SIZES = (100, 1_000, 10_000, 100_000)
RENDER_MOST = 10_000
PER_CHECK, PER_SOURCE, PER_QUESTION = 10, 50, 200
LAYERS = 5


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float
    memory: float  # MB


CHECK = """\
kind: formula
title: Check number {number}
inputs:
  a:
    distribution: {{p5: {low}, p95: {high}}}
    unit: token
    source: src-0
    at: p1
    verified: true
  b: {{value: 2, unit: "1", source: src-0, at: p2, verified: true}}
compute: a * b
unit: token
expect: {{at_least: {least}}}
flips_if: {{set: {{b: {b}}}, to: {to}}}
"""

CLAIM = """\
# yaml-language-server: $schema=../../schema/claim.schema.json
claim: Claim number {number} says that {word} things are so, at least by half.
title: Claim number {number}
evidence:
  - {{source: src-{source:x}, at: "section {section}, p{paragraph}"}}
checks: [k{check}]
"""

SOURCE = """\
type: article-journal
title: Source number {number}
author: [{{family: Writer{number}}}]
issued: 2024-01-02
"""


def write_base(root: Path, claims: int, seed: int = 7) -> None:
    """A base of so many claims in layers, each for or against one or two of the layer above."""
    rng = random.Random(seed)
    layer_of = [min(LAYERS - 1, int(LAYERS * (i / claims) ** 0.7)) for i in range(claims)]
    layers = [[i for i, layer in enumerate(layer_of) if layer == wanted] for wanted in range(LAYERS)]
    sources, checks = max(1, claims // PER_SOURCE), max(1, claims // PER_CHECK)
    questions, theses = max(1, claims // PER_QUESTION), layers[0]
    write(root / "kb.yaml", "format: 1\ntitle: A synthetic debate\nquestions:\n" + "".join(
        f"  - {{id: q{q}, question: Question number {q}?, theses: [{', '.join(f'c{i}' for i in mine)}]}}\n"
        for q in range(questions)
        for mine in [theses[q * len(theses) // questions :][:2]]
    ))  # fmt: skip
    for number in range(sources):
        write(root / f"sources/src-{number:x}.yaml", SOURCE.format(number=number))
    for number in range(checks):
        kind, least = number % 7, 150 + number % 90
        flip = {"b": 0.1, "to": "fails"} if least < 2 * (100 + kind) else {"b": 9, "to": "holds"}
        text = CHECK.format(number=number, low=90 + kind, high=110 + kind, least=least, **flip)
        write(root / f"checks/k{number}.yaml", text)
    for number, layer in enumerate(layer_of):
        text = CLAIM.format(
            number=number,
            word=rng.choice(["one", "two", "three", "four", "five"]),
            source=number % sources,
            section=number % 9,
            paragraph=number % 5,
            check=number % checks,
        )
        above = layers[layer - 1] if layer else []
        targets = rng.sample(above, min(len(above), 1 + (rng.random() < 0.4)))
        for turn, kind in enumerate(("supports", "attacks")):
            chosen = [f"c{t}" for n, t in enumerate(targets) if (n + number) % 2 == turn]
            text += f"{kind}: [{', '.join(chosen)}]\n" if chosen else ""
        write(root / f"topic{number % 40}/c{number}.yaml", text)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run(*arguments: str) -> Cost:
    """One ``kb`` in a fresh process: wall and CPU seconds, peak memory."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    start = time.perf_counter()
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "kb", *arguments],
        environment,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"kb {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def best(times: int, *arguments: str) -> Cost:
    return min((run(*arguments) for _ in range(times)), key=lambda cost: cost.cpu)


def change_one(root: Path) -> None:
    """Reword one claim in the middle of the base."""
    files = sorted(root.glob("topic*/*.yaml"))
    path = files[len(files) // 2]
    path.write_text(
        path.read_text(encoding="utf-8").replace("things are so", "other things are so"), encoding="utf-8"
    )


def settle() -> None:
    # Files younger than two seconds are read again, so a warm run must wait for them to age.
    time.sleep(2.1)


def measure(claims: int, folder: Path) -> dict[str, Cost]:
    root, out = folder / "base", folder / "site"
    write_base(root, claims)
    base = ("--base", str(root))
    repeat = 3 if claims <= 10_000 else 1
    costs = {}
    settle()
    costs["validate cold"] = run("validate", "-q", *base)
    costs["validate warm"] = best(repeat, "validate", "-q", *base)
    change_one(root)
    costs["validate one change"] = run("validate", "-q", *base)
    if claims <= RENDER_MOST:
        run("check", "--record", *base)
        shutil.rmtree(root / ".kb")  # cold is what a fresh clone has: files and recorded verdicts, no cache
        costs["render cold"] = run("render", "--out", str(out), *base)
        costs["render warm"] = best(repeat, "render", "--out", str(out), *base)
        change_one(root)
        costs["render one change"] = run("render", "--out", str(out), *base)
    return costs


def exponent(points: list[tuple[int, float]]) -> float:
    """The least-squares slope of log cost over log size."""
    xs, ys = [math.log(n) for n, _ in points], [math.log(c) for _, c in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest base, in claims")
    sizes = [n for n in SIZES if n <= parser.parse_args().most]
    table: dict[int, dict[str, Cost]] = {}
    print("| run | claims | CPU s | wall s | peak MB |\n|---|--:|--:|--:|--:|")
    for claims in sizes:
        folder = Path(tempfile.mkdtemp(prefix="kb-scale-"))
        try:
            table[claims] = measure(claims, folder)
        finally:
            shutil.rmtree(folder)
        for name, cost in table[claims].items():
            print(
                f"| {name} | {claims:,} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.memory:.0f} |", flush=True
            )
    print()
    for name in ("validate cold", "render cold"):
        points = [(n, costs[name].cpu) for n, costs in table.items() if name in costs]
        # Start-up dominates a hundred claims; growth is measured above it.
        grown = [p for p in points if p[0] >= 1_000]
        if len(grown) > 1:
            span = f"{grown[0][0]:,} to {grown[-1][0]:,} claims"
            print(f"growth exponent of {name}, {span}: {exponent(grown):.2f}")
    for claims, costs in table.items():
        for cold, other in (
            ("validate cold", "validate warm"),
            ("validate cold", "validate one change"),
            ("render cold", "render warm"),
            ("render cold", "render one change"),
        ):
            if cold in costs:
                ratio = costs[cold].cpu / costs[other].cpu
                print(f"{claims:,} claims: {other} is {ratio:.1f} times cheaper than {cold}")


if __name__ == "__main__":
    main()
