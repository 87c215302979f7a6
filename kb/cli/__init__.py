"""The command line: arguments, printing, exit codes. Importing this imports nothing heavy."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code, also when interrupted while the program still loads."""
    # A command makes its objects once, hardly any in circles, and ends. At the usual thresholds the collector
    # walks a large base's over and over: over a third of the time of a warm render of 10,000 claims. The
    # price is memory, 70 MB in a cold one.
    gc.set_threshold(1_000_000, 50, 100)
    try:
        from kb.cli.running import main as run

        run(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        # Where an interrupt ended the exec of a text, as dataclasses use it, CPython ends by the signal even
        # if somebody caught it; it forgets that with the next exec of a text.
        exec("")  # noqa: S102
        gc.freeze()  # the program ends: to walk over all objects once more takes time and frees nothing
