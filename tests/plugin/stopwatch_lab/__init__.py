"""Leaves a file beside itself when it is imported, so that a test can see whether it was."""

from contextlib import suppress
from pathlib import Path

with suppress(OSError):  # where an experiment runs, it may not write here
    Path(__file__).with_name("imported").touch()
