"""The program from its start to its exit code: every way that a command can end."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

import click

from kb.cli import environment, streams
from kb.cli.app import cli
from kb.cli.options import FINDINGS, INTERNAL, INTERRUPTED, USAGE


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code; a bug in kb exits with 3 and says how to report it."""
    streams.prepare()
    arguments = sys.argv[1:] if arguments is None else arguments
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)
    try:
        code = _run(arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if code == USAGE and (given := environment.used(cli, arguments)):
        click.echo(f"note: set in the environment: {', '.join(given)}", err=True)
    if reason := streams.finish():
        click.echo(f"kb: the output could not be written: {reason}", err=True)
        code = code or FINDINGS
    sys.exit(code)


def _leave(number: int, _: object) -> NoReturn:
    """Unwind as at the end of a command, so that children are stopped and drafts are removed."""
    sys.exit(128 + number)


def _run(arguments: list[str]) -> int:
    """The exit code of a command; a failure is said on standard error, and as JSON if that is wanted."""
    output = sys.stdout
    try:
        code = cli.main(
            args=arguments,
            prog_name="kb",
            standalone_mode=False,
            color=environment.coloured(),
            default_map=environment.defaults(cli),
        )
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except SystemExit as leaving:
        # So leave rich, and click with another stream in place, when the reader of our output went away, as
        # with `| head`: no fault.
        gone = isinstance(leaving.__context__, BrokenPipeError) or sys.stdout is not output
        return leaving.code if isinstance(leaving.code, int) and not gone else 0
    except click.ClickException as error:
        environment.blame(error)
        error.show()
        return _failed(arguments, error.format_message(), USAGE)
    except (click.Abort, KeyboardInterrupt):
        said = "Interrupted. What was finished is kept."
        click.echo(said, err=True)
        return _failed(arguments, said, INTERRUPTED)
    except OSError as error:
        # A full disk or a file that may not be touched: the machine's doing, not a bug.
        if os.environ.get("KB_DEBUG"):
            raise
        what = error.filename or "a file or the output could not be read or written"
        said = f"{what}: {error.strerror or error}"
        click.echo(f"kb: {said}", err=True)
        return _failed(arguments, said, FINDINGS)
    except Exception as error:
        if os.environ.get("KB_DEBUG"):
            raise
        said = f"kb has a bug: {type(error).__name__}: {error}"
        click.echo(f"{said}\nRun again with KB_DEBUG=1 to see where, and please report it.", err=True)
        return _failed(arguments, said, INTERNAL)


def _failed(arguments: list[str], said: str, code: int) -> int:
    """The code, once the failure is said as JSON where that was asked for: the output always parses."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    typed = [this if "=" in this else f"{this}={following}" for this, following in pairs]
    formats = [each.removeprefix("--format=") for each in typed if each.startswith("--format=")]
    variables = environment.used(cli, arguments)
    formats = formats or [written for name, written in variables.items() if name.endswith("_FORMAT")]
    if "json" in formats:
        # Where even this cannot be written, ``streams.finish`` tells.
        with suppress(OSError):
            click.echo(json.dumps({"error": said}))
    return code
