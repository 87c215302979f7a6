"""How quick the site is: its map in the browser, and its rendering next to other tools and as it grows.

    python benchmarks/site.py                             # all three parts
    python benchmarks/site.py --parts frames --sizes 300  # a quick look at the map
    python benchmarks/site.py --parts peers growth --rounds 5 --keep ~/kb-site-tools --json site.json

*frames* zooms the map of all claims of a synthetic base, everything unfolded, in headless Chromium: twelve
steps out and twelve back, each in a frame of its own, then the same cards and lines as one plain SVG in the
same browser. It needs Debian's chromium and Playwright for Python.

*peers* renders one map of 1,000 claims, with nothing but its files and recorded verdicts at hand, and gives
the same claims to doorstop, StrictDoc, sphinx-needs and Argdown, which are installed on demand into --keep (a
temporary folder otherwise); one that cannot be had is left out and named.

*growth* renders bases of 100 to 10,000 claims in the same way.

Costs of rendering are CPU time, in turns with the peers. Compare ratios between machines, never seconds. The
exit code is 1 when a figure falls short of what ``site_frames`` and ``site_render`` promise.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median

import site_frames
import site_render
from installing import MissingPeer

SIZES = (300, 1_000)
PARTS = ("frames", "peers", "growth")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what is measured")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="claims of the maps zoomed")
    parser.add_argument(
        "--growth", type=int, nargs="+", default=site_render.SIZES, help="claims of the bases rendered"
    )
    parser.add_argument("--rounds", type=int, default=3, help="runs of everything, in turns")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument(
        "--keep", type=Path, help="keep tools, bases and sites in this folder, for later runs"
    )
    given = parser.parse_args()
    made: dict[str, object] = {}
    short: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.keep or Path(temporary)).resolve()
        try:
            if "frames" in given.parts:
                frames = site_frames.measure(given.sizes, folder, given.rounds)
                print(frames_table(frames), end="\n\n")
                made["frames"] = [{**asdict(run), "gain": run.gain} for run in frames]
                short.extend(slow_frames(frames))
            if "peers" in given.parts:
                renders = site_render.against_peers(folder, folder, given.rounds)
                print(peers_table(renders), end="\n\n")
                made["peers"] = [{**asdict(run), "ratio": run.ratio} for run in renders]
                short.extend(slow_renders(renders))
            if "growth" in given.parts:
                grown = site_render.growth(folder, given.growth, given.rounds)
                print(growth_table(grown))
                made["growth"] = [asdict(run) for run in grown]
                short.extend(steep(grown))
        except MissingPeer as error:
            print(error, file=sys.stderr)
            return 2
    if given.json:
        given.json.write_text(json.dumps(made, indent=1), encoding="utf-8")
    for text in short:
        print(text, file=sys.stderr)
    return 1 if short else 0


def slow_frames(frames: list[site_frames.Frames]) -> Iterator[str]:
    for run in frames:
        if run.claims >= site_frames.PROMISED_AT and run.gain < site_frames.GAIN:
            yield (
                f"At {run.claims:,} claims a frame takes {1 / run.gain:.2f} of the plain SVG's, "
                f"more than {1 / site_frames.GAIN:.2f}."
            )


def slow_renders(renders: list[site_render.Render]) -> Iterator[str]:
    for run in renders:
        if run.ratio < run.promised:
            yield f"{run.peer} takes {run.ratio:.1f} times kb's CPU time, less than {run.promised:.0f} times."


def steep(grown: list[site_render.Growth]) -> Iterator[str]:
    first, last = grown[0], grown[-1]
    if last.each > site_render.FLAT * first.each:
        yield (
            f"A claim costs {last.each:.1f} ms among {last.claims:,} and {first.each:.1f} ms among "
            f"{first.claims:,}, more than {site_render.FLAT:g} times as much."
        )


def frames_table(frames: list[site_frames.Frames]) -> str:
    lines = [
        "| claims | cards | frame, map (ms) | frame, plain SVG (ms) | SVG / map | load (ms) | unfold (ms) |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines.extend(
        f"| {run.claims:,} | {run.cards:,} | {run.ours:.0f} | {run.svg:.0f} | {run.gain:.1f} "
        f"| {run.load:.0f} | {run.unfold:.0f} |"
        for run in frames
    )
    return "\n".join(lines)


def peers_table(renders: list[site_render.Render]) -> str:
    lines = ["| cold render of 1,000 claims | kb (CPU s) | it (CPU s) | it / kb |", "|:--|--:|--:|--:|"]
    lines.extend(
        f"| {run.peer} {run.version} | {median(run.ours):.1f} | {median(run.theirs):.1f} | {run.ratio:.1f} |"
        for run in renders
    )
    return "\n".join(lines)


def growth_table(grown: list[site_render.Growth]) -> str:
    lines = ["| claims | cold render (CPU s) | each, beyond the start (ms) |", "|--:|--:|--:|"]
    lines.extend(f"| {run.claims:,} | {run.cpu:.2f} | {run.each:.2f} |" for run in grown)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
