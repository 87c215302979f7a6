"""Output into a file that a person names, or to standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kb.cli.options import FINDINGS, stop

out_option = click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)


def put(text: str, out: Path | None, output: str = "text") -> None:
    """Write a text into a file, at once or not at all; without one, or for "-", to standard output."""
    if out is None or str(out) == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    from kb.api import write_atomic

    try:
        if out.exists() and not out.is_file():  # a device or a pipe is written to, never replaced
            out.write_bytes(text.encode())
        else:
            write_atomic(Path(os.path.realpath(out)), text)  # a link stays a link
    except OSError as error:
        stop(f"cannot write {out}: {error.strerror}", output, code=FINDINGS)
