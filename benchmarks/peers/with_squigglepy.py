"""Runs models with squigglepy. Reads a job from standard input, writes times and shares to standard output.

The job is JSON: ``models`` (id, low, high, and source texts by variant), ``samples``, ``repeats``,
``percentiles``. Timed: drawing, evaluation, P and the percentiles. Not timed: imports and compiling.
"""

from __future__ import annotations

import json
import math
import sys
import time

import numpy as np
import squigglepy as sq

job = json.load(sys.stdin)
found = []
for model in job["models"]:
    low = -math.inf if model["low"] is None else model["low"]
    high = math.inf if model["high"] is None else model["high"]
    for variant, text in model["sources"].items():
        code = compile(text, model["id"], "exec")
        times, shares = [], []
        for repeat in range(job["repeats"] + 1):
            sq.set_seed(repeat)
            names = {"sq": sq, "np": np, "n": job["samples"]}
            start = time.perf_counter()
            exec(code, names)  # noqa: S102 - the text is made by the benchmark
            values = names["x_result"]
            share = float(np.mean((values >= low) & (values <= high)))
            np.percentile(values, job["percentiles"])
            times.append(time.perf_counter() - start)
            shares.append(share)
        found.append({"model": model["id"], "variant": variant, "times": times[1:], "shares": shares[1:]})
json.dump(found, sys.stdout)
