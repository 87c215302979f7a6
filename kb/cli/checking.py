"""``kb check`` and ``kb history``: run checks, try other assumptions, look at what they said before."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from kb.cli.completing import ids as proposed
from kb.cli.environment import typed
from kb.cli.options import FINDINGS, base_option, cache_option, format_option, sound_base, stop

if TYPE_CHECKING:
    from kb.api import KnowledgeBase


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every way of running checks is told: of which checks, how to print, and what counts as failed."""

    base: KnowledgeBase
    selection: Sequence[str]
    exclude: Sequence[str]
    since: str
    output: str
    fail_on: Sequence[str]


@click.command(
    epilog="""\b
Examples:
  kb check                       every check of the base
  kb check gpt3-petaflop-days    one check (or a claim: all its checks)
  kb check tag:energy kind:formula
  kb check gpt3-petaflop-days --set "tokens=150e9 token"
                                 what it says under another assumption
  kb check --since main          those that the change since main touches
  kb check --power               which checks could tell a wrong claim from a right one?
  kb check --record              also append new verdicts to results/
  kb check --fail-on fails,moved for a stricter exit code"""
)
@click.argument("selection", nargs=-1, shell_complete=proposed("check", "claim"))
@base_option
@format_option
@cache_option
@click.option("--exclude", multiple=True, metavar="SELECTOR", help="Leave these out (may be repeated).")
@click.option("--since", metavar="REVISION", default="", help="Only what changed since then.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="INPUT=VALUE",
    help="Try an input at another value: an amount (30e9 token) or the id of a quantity (may be repeated).",
)
@click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME=OPTION",
    help="Try one option of a reading only (may be repeated).",
)
@click.option("--samples", type=int, metavar="N", help="Try N samples: a power of two from 256 on.")
@click.option("--live", is_flag=True, help="Try benchmark checks on a measurement of this machine, made now.")
@click.option("--power", is_flag=True, help="Move the claimed value and each input: does the verdict turn?")
@click.option("--jobs", "-j", type=click.IntRange(1), help="Child processes at once (default: the cores).")
@click.option(
    "--cluster", metavar="ADDRESS", default="", help="Run on Dask workers: tcp://host:port, or local:N."
)
@click.option("--force", is_flag=True, help="Compute again even when the cache has the result.")
@click.option("--record", is_flag=True, help="Append verdicts that are new to the base's results/.")
@click.option(
    "--fail-on",
    metavar="LIST",
    default="",
    help="Verdicts that make the exit code 1: fails, mixed, inconclusive, could-not-run, moved.",
)
def check(
    selection: tuple[str, ...],
    base_path: str | None,
    output: str,
    cache: bool,
    exclude: tuple[str, ...],
    since: str,
    settings: tuple[str, ...],
    readings: tuple[str, ...],
    samples: int | None,
    live: bool,
    power: bool,
    jobs: int | None,
    cluster: str,
    force: bool,
    record: bool,
    fail_on: str,
) -> None:
    """Run checks and print what each one says.

    With --set, --reading, --samples or --live, print what they say as stated and as changed, side by
    side; that is never recorded.

    A verdict is a result, not an error: the exit code is 0 when every selected check gave one, even
    "fails" or "could not run" for want of a device. It is 1 when a file is faulty, a check's program failed
    or ran out of time, or a change that should flip a verdict did not.
    """
    from kb.api import FAIL_ON, ClusterError, NoRevision, UnknownName, WrongChange

    wanted = tuple(part.strip() for part in fail_on.split(",") if part.strip())
    if unknown := [w for w in wanted if w not in FAIL_ON]:
        raise click.BadParameter(
            f"{', '.join(unknown)}; choose from {', '.join(FAIL_ON)}", param_hint="--fail-on"
        )
    trying = bool(settings or readings or samples is not None or live)
    if trying or power:
        only_run = {"--cluster": cluster, "--force": force, "--since": since}
        idle = {**only_run, "--jobs": jobs, "--fail-on": fail_on} if power else only_run
        _refuse_idle(idle, "--power" if power else "--set, --reading, --samples or --live")
    if record and (trying or power):
        raise click.UsageError("what a check would say under other assumptions is not recorded: no --record")
    if power and trying:
        raise click.UsageError(
            "--power makes its own changes; use it without --set, --reading, --samples or --live"
        )
    changes = _pairs(settings, "--set"), _pairs(readings, "--reading")
    asked = _Asked(sound_base(base_path, output, cache), selection, exclude, since, output, wanted)
    try:
        if power:
            failures = _power(asked)
        elif trying:
            failures = _what_if(asked, *changes, samples, live=live, jobs=jobs or 0)
        else:
            failures = _run(asked, jobs or 0, cluster, force=force, record=record)
    except (UnknownName, WrongChange, ClusterError, NoRevision) as error:
        stop(str(error), output)
    sys.exit(FINDINGS if failures else 0)


def _refuse_idle(options: Mapping[str, object], mode: str) -> None:
    """Refuse what would have no effect, so that nobody believes it had."""
    # A variable is meant for other calls, too.
    given = [name for name, value in options.items() if value and typed(name[2:].replace("-", "_"))]
    if given:
        raise click.UsageError(f"{', '.join(given)} would have no effect with {mode}")


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """``name=value`` texts by name."""
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise click.BadParameter(f"{text!r} is not of the form name=value", param_hint=option)
        if name.strip() in found:
            raise click.BadParameter(f"{name.strip()} is given twice", param_hint=option)
        found[name.strip()] = value.strip()
    return found


def _run(asked: _Asked, jobs: int, cluster: str, *, force: bool, record: bool) -> Sequence[str]:
    from kb.cli import printing, reporting
    from kb.cli.progress import worked

    with worked("Checks") as (progress, running):
        report = asked.base.run(
            *asked.selection,
            exclude=asked.exclude,
            since=asked.since,
            jobs=jobs,
            cluster=cluster,
            force=force,
            record=record,
            progress=progress,
            running=running,
        )
    failures = report.failures(asked.fail_on)
    if asked.output == "json":
        printing.print_json(reporting.check_data(asked.base, report, failures))
    else:
        reporting.print_check_report(asked.base, report, failures)
    return failures


def _what_if(
    asked: _Asked,
    settings: Mapping[str, str],
    readings: Mapping[str, str],
    samples: int | None,
    *,
    live: bool,
    jobs: int,
) -> Sequence[str]:
    from kb.api import SAMPLES
    from kb.cli import comparing, printing
    from kb.cli.progress import worked

    with worked("What if") as (progress, running):
        found = asked.base.what_if(
            *asked.selection,
            exclude=asked.exclude,
            set=settings,
            reading=readings,
            samples=SAMPLES if samples is None else samples,
            live=live,
            jobs=jobs,
            progress=progress,
            running=running,
        )
    failures = [failure for comparison in found for failure in comparison.failures(asked.fail_on)]
    left_out = len(asked.base.select(*asked.selection, exclude=asked.exclude)) - len(found)
    if asked.output == "json":
        printing.print_json(comparing.comparison_data(asked.base, found, left_out, failures))
    else:
        comparing.print_comparisons(asked.base, found, left_out, failures)
    return failures


def _power(asked: _Asked) -> Sequence[str]:
    from kb.cli import powering, printing
    from kb.cli.progress import counted

    ids = asked.base.select(*asked.selection, exclude=asked.exclude)
    found = {}
    with counted("Power") as progress:
        for done, name in enumerate(ids):
            if progress:
                progress(name, done, len(ids))
            found[name] = asked.base.power(name)
    if asked.output == "json":
        printing.print_json(powering.power_data(asked.base, found))
    else:
        powering.print_power(asked.base, found)
    return [d.message for power in found.values() for d in power.findings if d.severity == "error"]


@click.command(epilog="Example: kb history gpt3-petaflop-days")
@click.argument("check", shell_complete=proposed("check"))
@base_option
@format_option
@cache_option
def history(check: str, base_path: str | None, output: str, cache: bool) -> None:
    """Show what a check said each time its verdict was recorded, and what changed. Computes nothing.

    `kb check --record` adds an entry when the verdict, or anything that it depends on, is new.
    """
    from kb.api import LedgerError, UnknownName
    from kb.cli import printing
    from kb.cli.past import history_data, print_history

    base = sound_base(base_path, output, cache)
    try:
        found = base.history(check)
    except UnknownName as error:
        stop(str(error), output)
    except LedgerError as error:
        stop(str(error), output, code=FINDINGS)
    if output == "json":
        printing.print_json(history_data(check, found))
    else:
        print_history(base, check, found)
