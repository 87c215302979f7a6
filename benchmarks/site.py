"""How quick the site is: in the browser, its map next to a plain SVG of the same map.

Writes synthetic bases, renders them, and zooms the map of all claims, everything unfolded, in headless
Chromium: twelve steps out and twelve back, each in a frame of its own, then the same cards and lines as one
plain SVG in the same browser. Prints the median frame of each, their ratio, the load of the page and the
unfolding of all cards. Compare ratios between machines, never milliseconds.

    python benchmarks/site.py                             # 300 and 1,000 claims
    python benchmarks/site.py --sizes 300 --json site.json

Needs Debian's chromium and Playwright for Python. The exit code is 1 when the map's frames at 1,000 claims
are not ``site_frames.GAIN`` times shorter than the plain SVG's.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import site_frames
from installing import MissingPeer

SIZES = (300, 1_000)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="claims of the maps")
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the least disturbed counts")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--keep", type=Path, help="keep the rendered sites in this folder, for later runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        try:
            frames = site_frames.measure(given.sizes, given.keep or Path(temporary), given.repeats)
        except MissingPeer as error:
            print(error, file=sys.stderr)
            return 2
    print(frames_table(frames))
    if given.json:
        made = {"frames": [{**asdict(run), "gain": run.gain} for run in frames]}
        given.json.write_text(json.dumps(made, indent=1), encoding="utf-8")
    slow = [run for run in frames if run.claims >= site_frames.PROMISED_AT and run.gain < site_frames.GAIN]
    for run in slow:
        print(
            f"At {run.claims:,} claims a frame takes {1 / run.gain:.2f} of the plain SVG's, "
            f"more than {1 / site_frames.GAIN:.2f}.",
            file=sys.stderr,
        )
    return 1 if slow else 0


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


if __name__ == "__main__":
    sys.exit(main())
