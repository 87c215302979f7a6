"""How fast and how exact checks are, against squigglepy (Python) and Squiggle (JavaScript).

Five checks of the base are read with kb's own loader and translated from their expression trees
(``benchmarks/models.py``). All tools then run them at equal numbers of samples:

    python benchmarks/checks.py                            # 65,536 and 1,048,576 samples
    python benchmarks/checks.py --samples 4096 --json      # a quick look, for machines
    python benchmarks/checks.py --keep ~/.cache/kb-peers   # keeps the installed peers for the next time

The peers are installed for the run at the versions in ``installing.py``, each in an environment of its
own: squigglepy by pip in a virtual environment with this Python's version of numpy, Squiggle by npm. Without
node, npm or a network the exit code is 2.

*Counted*, for all alike: drawing the samples, evaluating, P and seven percentiles, by the wall clock inside
the process; the median of the repeats after one unmeasured. *Not counted*: starting a process, imports,
installing, parsing YAML, and reading the expressions with their units (squigglepy's are compiled before).
Peers are given only the inputs and steps that the result needs; kb is given the whole check and leaves out
the rest itself. kb draws its points and tables anew each time. squigglepy runs twice: ``numpy`` samples
each input once and computes with numpy, as one would for speed; ``native`` uses its own operations, which
draw an input anew for every use of it, so that a model that uses one twice comes out otherwise.
Squiggle's percentiles are taken from one sort of its samples, which is kinder than its own function.

*Error of P* is the root mean square over the repeats, each with its own seed, against P of 2^22 points
evaluated by the translated numpy text. The beta distributions are a variant: the base writes a normal of
equal mean and deviation for the two scores of ``deepseek-mmlu``.

*Expressions* are evaluated at 1,000,000 samples, and the same text by numpy as written by hand.

Compare ratios between machines, never milliseconds.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from installing import MissingPeer, note, squiggle_command, squigglepy_command  # noqa: E402
from models import (  # noqa: E402
    Model,
    models,
    numpy_source,
    squiggle_source,
    squigglepy_native,
    squigglepy_sampled,
)

from kb.checks import beta, sampling, summary  # noqa: E402
from kb.checks.evaluation import evaluate  # noqa: E402
from kb.checks.formula import computed, plan  # noqa: E402
from kb.checks.judgement import judge  # noqa: E402
from kb.model import Scale, Spread  # noqa: E402

OURS, SAMPLED, NATIVE, JAVASCRIPT = "kb", "squigglepy, numpy", "squigglepy, native", "Squiggle"
REFERENCE = 2**22
EVALUATED = 10**6


@dataclass(frozen=True)
class Timing:
    """Seconds of each repeat, and the P that each gave."""

    model: str
    tool: str
    times: list[float]
    shares: list[float]

    @property
    def time(self) -> float:
        return statistics.median(self.times)

    def error(self, truth: float) -> float:
        return math.sqrt(statistics.fmean((share - truth) ** 2 for share in self.shares))


def ours(model: Model, samples: int, repeats: int) -> Timing:
    """kb's own functions, from drawing to percentiles; the check has been read.

    The seed of a check follows from its id.
    """
    times, shares = [], []
    for repeat in range(repeats + 1):
        check = replace(model.case.check, id=f"{model.id}-{repeat}")
        planned = plan(model.base, replace(model.case, check=check))
        forget()
        start = time.perf_counter()
        series = computed(planned, samples).outputs["result"]
        judged = judge(series.values, model.condition, Scale())
        summary.output("result", series, histogram=False)
        times.append(time.perf_counter() - start)
        assert judged.p is not None, judged.reason
        shares.append(judged.p)
    return Timing(model.id, OURS, times[1:], shares[1:])


def forget() -> None:
    """Drop the points and tables that kb keeps, so that each run makes its own."""
    sampling._points.cache_clear()
    beta._table.cache_clear()


def draw(model: Model, samples: int) -> dict[str, np.ndarray]:
    """Values of the inputs that vary, by name."""
    spreads = {name: value for name, value in model.inputs.items() if isinstance(value, Spread)}
    points = sampling.uniforms(spreads, samples, f"reference of {model.id}")
    return {name: sampling.quantile(spread, points[name]) for name, spread in spreads.items()}


def by_numpy(model: Model) -> Callable[[Mapping[str, np.ndarray]], np.ndarray]:
    """The translated text as a function of the inputs that vary."""
    code = compile(numpy_source(model), model.id, "exec")

    def run(values: Mapping[str, np.ndarray]) -> np.ndarray:
        names: dict[str, Any] = {"np": np, **{f"x_{name}": array for name, array in values.items()}}
        exec(code, names)  # noqa: S102 - the text is made here, from a tree of the base
        return names["x_result"]

    return run


def by_kb(model: Model) -> Callable[[Mapping[str, np.ndarray]], np.ndarray]:
    """kb's evaluation of the same trees on the same inputs."""
    fixed = {name: value for name, value in model.inputs.items() if not isinstance(value, Spread)}

    def run(values: Mapping[str, np.ndarray]) -> np.ndarray:
        known: dict[str, Any] = {**fixed, **values}
        for name, tree in model.steps.items():
            known[name] = evaluate(tree, known)
        return known["result"]

    return run


def truth(model: Model, points: int = REFERENCE) -> float:
    """P of many points by the translated numpy text."""
    values = by_numpy(model)(draw(model, points))
    low = -math.inf if model.low is None else model.low
    high = math.inf if model.high is None else model.high
    return float(np.mean((values >= low) & (values <= high)))


def expressions(model: Model, samples: int, repeats: int) -> dict[str, float]:
    """Median seconds of evaluating the model's expressions by kb and by numpy, in turns."""
    power = 1 << max(8, (samples - 1).bit_length())
    values = {name: array[:samples].copy() for name, array in draw(model, power).items()}
    tools = {OURS: by_kb(model), "numpy": by_numpy(model)}
    times: dict[str, list[float]] = {name: [] for name in tools}
    for _ in range(repeats + 1):
        for name, run in tools.items():
            start = time.perf_counter()
            run(values)
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found[1:]) for name, found in times.items()}


def peer(
    command: list[str], tools: Mapping[str, Callable[[Model], str]], found: list[Model], job: dict[str, Any]
) -> list[Timing]:
    """Run all models with one peer; ``tools`` are its variants and how a model is written for each."""
    translated = [
        {
            "id": model.id,
            "low": model.low,
            "high": model.high,
            "sources": {tool: write(model) for tool, write in tools.items()},
        }
        for model in found
    ]
    done = subprocess.run(
        command, input=json.dumps({**job, "models": translated}), capture_output=True, text=True
    )
    if done.returncode:
        raise MissingPeer(f"{Path(command[0]).name} failed: {done.stderr.strip()[-2000:]}")
    return [
        Timing(item["model"], item["variant"], item["times"], item["shares"])
        for item in json.loads(done.stdout)
    ]


# --- the report --------------------------------------------------------------------------------------------


def measure(
    found: list[Model], samples: int, repeats: int, commands: Mapping[str, list[str]]
) -> list[Timing]:
    """Every tool on every model at one number of samples."""
    job = {"samples": samples, "repeats": repeats, "percentiles": summary.PERCENTILES}
    timings = [ours(model, samples, repeats) for model in found]
    if "squigglepy" in commands:
        tools = {SAMPLED: squigglepy_sampled, NATIVE: squigglepy_native}
        timings += peer(commands["squigglepy"], tools, found, job)
    if "squiggle" in commands:
        timings += peer(commands["squiggle"], {JAVASCRIPT: squiggle_source}, found, job)
    return timings


def table(timings: list[Timing], truths: Mapping[str, float], samples: int) -> str:
    """Times and errors of P as text, with the sums as multiples of kb's."""
    tools = list(dict.fromkeys(timing.tool for timing in timings))
    by = {(timing.model, timing.tool): timing for timing in timings}
    lines = [f"{samples:,} samples: milliseconds and error of P in 1/10,000", row("", tools)]
    for model, p in truths.items():
        cells = [f"{1e3 * by[model, t].time:9.1f} ms {1e4 * by[model, t].error(p):6.2f}" for t in tools]
        lines.append(row(f"{model} (P {p:.4f})", cells))
    sums = {tool: sum(by[model, tool].time for model in truths) for tool in tools}
    lines.append(row("sum", [f"{1e3 * sums[t]:9.1f} ms {sums[t] / sums[OURS]:5.2f}×" for t in tools]))
    return "\n".join(lines)


def row(name: str, cells: list[str]) -> str:
    return f"{name:34}" + "".join(f"{cell:>22}" for cell in cells)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, nargs="+", default=[2**16, 2**20], help="powers of two")
    parser.add_argument("--repeats", type=int, default=9, help="measured runs of each (default 9)")
    parser.add_argument("--keep", type=Path, help="folder for the installed peers, used again next time")
    parser.add_argument("--base", type=Path, default=HERE.parent / "claims", help="the base with the checks")
    parser.add_argument("--json", action="store_true", help="print everything measured as JSON")
    options = parser.parse_args()
    if options.repeats < 1 or any(n < 256 or n & (n - 1) for n in options.samples):
        parser.error("samples are powers of two from 256 on, and repeats at least 1")
    found = models(options.base)
    with tempfile.TemporaryDirectory(prefix="kb-peers-") as temporary:
        folder = options.keep.expanduser().resolve() if options.keep else Path(temporary)
        try:
            commands = {"squigglepy": squigglepy_command(folder), "squiggle": squiggle_command(folder)}
            note(f"P of {REFERENCE:,} points for reference")
            truths = {model.id: truth(model) for model in found}
            measured = {}
            for samples in options.samples:
                note(f"{samples:,} samples, {options.repeats} times each")
                measured[samples] = measure(found, samples, options.repeats, commands)
        except MissingPeer as missing:
            note(f"benchmarks/checks.py: {missing}")
            return 2
    evaluated = {model.id: expressions(model, EVALUATED, options.repeats) for model in found}
    report(truths, measured, evaluated, as_json=options.json)
    return 0


def report(
    truths: Mapping[str, float],
    measured: Mapping[int, list[Timing]],
    evaluated: Mapping[str, Mapping[str, float]],
    *,
    as_json: bool,
) -> None:
    """Print everything measured, as JSON or as tables."""
    if as_json:
        runs = {str(samples): [asdict(timing) for timing in timings] for samples, timings in measured.items()}
        print(json.dumps({"reference": truths, "runs": runs, "expressions": evaluated}, indent=1))
        return
    for samples, timings in measured.items():
        print(table(timings, truths, samples), end="\n\n")
    print(f"expressions at {EVALUATED:,} samples: milliseconds")
    for model, times in evaluated.items():
        print(row(model, [f"{name} {1e3 * seconds:8.2f} ms" for name, seconds in times.items()]))
    sums = {name: sum(times[name] for times in evaluated.values()) for name in (OURS, "numpy")}
    print(row("sum", [f"{sums[OURS] / sums['numpy']:.2f}× numpy's time"]))


if __name__ == "__main__":
    sys.exit(main())
