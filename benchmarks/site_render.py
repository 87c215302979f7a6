"""What rendering costs: next to other tools on the same map, and for each claim as the base grows.

All costs are CPU time, user and system, of a command with all processes that it starts. A cold render is
what a fresh clone has: files and recorded verdicts, no site and no cache, so it includes the start of Python,
reading and validating the base, the standings, what would change them, and writing all pages, the search and
the data. The byte code of programs and templates is there already, of kb as of its peers.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import scale
from installing import MissingPeer, note
from site_peers import PEERS, Node, Peer

PROJECT = Path(__file__).resolve().parent.parent
MAP_OF = 1_000
"""Claims of the map that kb and its peers render."""
SIZES = (100, 1_000, 10_000)
FLAT = 1.5
"""How many times what a claim costs in the smallest base it may cost in the largest."""


@dataclass(frozen=True)
class Render:
    """CPU seconds of a cold render by kb and by a peer by round; ``ratio`` is that of the middle one."""

    peer: str
    version: str
    promised: float
    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        return median(theirs / ours for ours, theirs in zip(self.ours, self.theirs, strict=True))


@dataclass(frozen=True)
class Growth:
    """CPU seconds of a cold render, and its milliseconds a claim beyond those of a base of one claim."""

    claims: int
    cpu: float
    each: float


def against_peers(folder: Path, tools: Path, rounds: int) -> list[Render]:
    """Render one map with kb and with every peer that can be installed, in turns, after a round that is not
    counted."""
    root = _base(folder, MAP_OF)
    nodes = _nodes(root)
    commands: dict[Peer, list[str]] = {}
    for peer in PEERS:
        try:
            commands[peer] = peer.installed(tools)
        except MissingPeer as error:
            note(f"{peer.name} is left out: {error}")
            continue
        shutil.rmtree(folder / peer.name, ignore_errors=True)
        (folder / peer.name).mkdir(parents=True)
        peer.write(nodes, folder / peer.name)
    ours: list[float] = []
    theirs: dict[Peer, list[float]] = {peer: [] for peer in commands}
    for turn in range(rounds + 1):
        note(f"rendering {MAP_OF:,} claims, round {turn} of {rounds} ...")
        mine = cold(root)
        costs = {peer: _peer_cost(command, folder / peer.name) for peer, command in commands.items()}
        if turn:
            ours.append(mine)
            for peer, cost in costs.items():
                theirs[peer].append(cost)
    return [Render(peer.name, peer.version, peer.gain, ours, found) for peer, found in theirs.items()]


def growth(folder: Path, sizes: Sequence[int], rounds: int) -> list[Growth]:
    """Render bases of these sizes in turns; the cheapest round of each counts."""
    roots = {size: _base(folder, size) for size in (1, *sizes)}
    cheapest = dict.fromkeys(roots, float("inf"))
    for turn in range(1, rounds + 1):
        for size, root in roots.items():
            note(f"rendering {size:,} claims, round {turn} of {rounds} ...")
            cheapest[size] = min(cheapest[size], cold(root))
    return [
        Growth(size, cheapest[size], 1000 * (cheapest[size] - cheapest[1]) / (size - 1)) for size in sizes
    ]


def cold(root: Path) -> float:
    """CPU seconds of kb's render of a base with nothing but its files."""
    out = root.with_name("site")
    for old in (out, root / ".kb"):
        shutil.rmtree(old, ignore_errors=True)
    return cpu([sys.executable, "-m", "kb", "render", "--out", str(out), "--base", str(root)], root)


def cpu(command: list[str], folder: Path) -> float:
    """CPU seconds of a command and all processes that it waits for. Raises MissingPeer when it fails."""
    log = folder.with_name(f"{folder.name}.log")
    environment = (
        {**os.environ, "PYTHONPATH": str(PROJECT)} if command[0] == sys.executable else {**os.environ}
    )
    # Else every run would compile what changed since it was last compiled, and only of kb.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing"]
        raise MissingPeer(f"{' '.join(command)} ended with {process.returncode}; it says: {last[0]}")
    return used.ru_utime + used.ru_stime


def _peer_cost(command: list[str], folder: Path) -> float:
    shutil.rmtree(folder / "out", ignore_errors=True)
    spent = cpu(command, folder)
    if not any((folder / "out").iterdir()):
        raise MissingPeer(f"{command[0]} wrote nothing")
    return spent


def _base(folder: Path, claims: int) -> Path:
    """A synthetic base whose verdicts are recorded."""
    root = folder / f"render-{claims}" / "base"
    if not (root / "results").exists():
        note(f"writing a base of {claims:,} claims and checking it ...")
        scale.write_base(root, claims)
        scale.run("check", "--record", "--base", str(root))
    return root


def _nodes(root: Path) -> list[Node]:
    sys.path.append(str(PROJECT))  # works without an installed kb, too
    import kb

    claims = kb.load(root).claims

    def to(claim: str, sign: int) -> tuple[str, ...]:
        return tuple(step.conclusion for step in claims[claim].steps if step.sign == sign)

    @cache
    def layer(claim: str) -> int:
        return 1 + max((layer(step.conclusion) for step in claims[claim].steps), default=-1)

    def node(claim: str) -> Node:
        found = claims[claim]
        place = found.evidence[0]
        where = f"{place.source}, {place.at}"
        return Node(claim, found.name, found.text, where, layer(claim), to(claim, 1), to(claim, -1))

    return [node(claim) for claim in claims]
