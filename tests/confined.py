"""Reads hostile texts as checks read them, in a process of its own with an address-space limit.

Run as a program it answers one line of JSON per line of JSON on stdin. While a text is read an audit hook
notes every file, process, import and connection.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Above what the interpreter and numpy take: a text that needs this much is an attack that worked.
ROOM = 256 * 2**20
#: Python raises these while it parses or runs any code at all.
HARMLESS_EVENTS = ("compile", "object.__getattr__", "sys._getframe", "builtins.id")


@dataclass(frozen=True)
class Outcome:
    """How a text fared: the sentence that refused it, or "" and what it was worth."""

    refused: str = ""
    kind: str = ""
    hint: str = ""
    column: int = 0
    value: str = ""
    seconds: float = 0.0
    events: list[str] = field(default_factory=list)


class Confined:
    """A reader in a child process; ``read`` fails when it dies or does not answer."""

    def __init__(self) -> None:
        # Arenas and threads of BLAS would take address space that no text asked for.
        quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
        self.child = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.confined"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **quiet},
            cwd=Path(__file__).parents[1],
        )

    def read(self, kind: str, text: Any, runs: int = 1, patience: float = 20.0) -> Outcome:
        """``kind`` is expression, unit, amount or expectation; the seconds are the least of the runs'."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write(json.dumps([kind, text, runs]).encode() + b"\n")
        self.child.stdin.flush()
        ready, _, _ = select.select([self.child.stdout], [], [], patience)
        assert ready, f"no answer within {patience} s to the {kind} {text!r:.200}"
        line = self.child.stdout.readline()
        assert line, f"the reader died of the {kind} {text!r:.200}"
        return Outcome(**json.loads(line))

    def close(self) -> None:
        assert self.child.stdin
        self.child.stdin.close()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def main() -> None:
    import resource

    from kb.checks.dimension_pass import dimension
    from kb.checks.dimensions import NONE, as_unit
    from kb.checks.evaluation import evaluate
    from kb.checks.expectation import condition
    from kb.checks.expressions import names, parse
    from kb.checks.trouble import MisreadError
    from kb.checks.unit_names import named
    from kb.checks.units import amount, convert, unit
    from kb.model import Expectation

    def expression(text: str) -> str:
        parse.cache_clear()
        tree = parse(text)
        used = names(tree)
        unit_of = {name: unit("token").dimension if name == "tokens" else NONE for name in used}
        as_unit(dimension(tree, unit_of))
        return str(float(evaluate(tree, dict.fromkeys(used, 1.5))))

    def a_unit(text: str) -> str:
        unit.cache_clear()
        named.cache_clear()
        found = unit(text)
        as_unit(found.dimension)
        return str(found.factor)

    def an_amount(text: float | str) -> str:
        place = amount(text, unit("FLOP")).unit
        return str(convert(text, place))

    def expectation(fields: dict[str, Any]) -> str:
        if "between" in fields:
            fields = {**fields, "between": tuple(fields["between"])}
        found = condition(Expectation(**fields), unit("FLOP"))
        return str([end for end in (found.low, found.high) if end is not None])

    readers: dict[str, Any] = {
        "expression": expression,
        "unit": a_unit,
        "amount": an_amount,
        "expectation": expectation,
        # What the tests must notice; no check can do it.
        "file": lambda path: open(path).close(),  # noqa: PTH123
        "memory": lambda size: len(bytearray(size)),
    }
    expression("log(tokens / tokens) + 1 / 0 < min(1, 2)")  # whatever loads on first use is loaded
    expectation({"about": "3640 petaflop/s-days", "within": "1.1x"})
    seen: list[str] = []
    armed = False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if armed and event not in HARMLESS_EVENTS:
            seen.append(f"{event} {arguments!r:.80}")

    sys.addaudithook(hook)
    # Linux counts address space in pages, as the first number of this file.
    with open("/proc/self/statm") as pages:  # noqa: PTH123
        used = int(pages.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))
    for line in sys.stdin:
        kind, text, runs = json.loads(line)
        answer: dict[str, Any] = {}
        best = float("inf")
        del seen[:]
        for _ in range(runs):
            armed, start = True, time.perf_counter()
            try:
                answer = {"value": readers[kind](text)}
            except MisreadError as error:
                answer = {
                    "refused": error.message,
                    "kind": type(error).__name__,
                    "hint": error.hint,
                    "column": error.column,
                }
            except BaseException as error:  # whatever else escapes is what the tests look for
                answer = {"refused": str(error) or "nothing", "kind": type(error).__name__}
            best, armed = min(best, time.perf_counter() - start), False
        print(json.dumps({**answer, "seconds": best, "events": seen}), flush=True)


if __name__ == "__main__":
    main()
