"""The ``kb`` command and its subcommands."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kb import __version__

if TYPE_CHECKING:
    from kb.commands.opening import Opened

FINDINGS, USAGE, INTERNAL, INTERRUPTED = 1, 2, 3, 130

base_option = click.option(
    "--base",
    "base_path",
    metavar="FOLDER",
    help="The base's folder (default: KB_BASE, else the nearest kb.yaml upwards, else claims/kb.yaml).",
)
format_option = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json prints one JSON document on standard output, whatever happens.",
)
cache_option = click.option(
    "--no-cache", "cache", flag_value=False, default=True, help="Neither read nor write the cache (.kb)."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kb")
def cli() -> None:
    """Argument maps that run.

    Claims are YAML files; each names a numeric check; what the checks say travels through
    the argument to the conclusions.

    \b
    Start here:
      kb validate          are all files in order?
      kb check             run every check, print what each one says
      kb why CLAIM         why a claim stands, falls or is open
      kb render            write the web site

    \b
    Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 a bug in kb.
    """


@cli.command(epilog="Example: kb validate --format json | jq '.diagnostics[].message'")
@base_option
@format_option
@cache_option
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option("--quiet", "-q", is_flag=True, help="Print errors only, no notes and no summary.")
def validate(base_path: str | None, output: str, cache: bool, strict: bool, quiet: bool) -> None:
    """Judge every file of the base; run nothing.

    Reads all files, reports every fault of all of them with its place, its rule and the likely cure.
    `kb explain RULE` says more of a rule.
    """
    from kb.cli import printing
    from kb.commands.opening import findings

    found = findings(_find(base_path, output), cache=cache)
    if output == "json":
        printing.print_json(printing.findings_data(found))
    else:
        printing.print_findings(found, quiet=quiet)
    bad = [d for d in found.diagnostics if d.severity == "error" or (strict and d.severity == "warning")]
    sys.exit(FINDINGS if bad else 0)


@cli.command(
    epilog="""\b
Examples:
  kb check                       every check of the base
  kb check gpt3-petaflop-days    one check (or a claim: all its checks)
  kb check tag:energy kind:formula
  kb check --record              also append new verdicts to results/
  kb check --fail-on fails,moved for a stricter exit code"""
)
@click.argument("selection", nargs=-1)
@base_option
@format_option
@cache_option
@click.option("--exclude", multiple=True, metavar="SELECTOR", help="Leave these out (may be repeated).")
@click.option("--jobs", "-j", type=click.IntRange(1), help="Child processes at once (default: the cores).")
@click.option("--force", is_flag=True, help="Compute again even when the cache has the result.")
@click.option("--live", is_flag=True, help="Measure this machine for benchmark checks, instead of records.")
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
    jobs: int | None,
    force: bool,
    live: bool,
    record: bool,
    fail_on: str,
) -> None:
    """Run checks and print what each one says.

    A verdict is a result, not an error: the exit code is 0 when every selected check gave one, even
    "fails" or "could not run" for want of a device. It is 1 when a file is faulty, a check's program failed
    or ran out of time, or a change that should flip a verdict did not.
    """
    from kb.cli import printing
    from kb.cli.progress import counted
    from kb.commands import check as command
    from kb.commands.selecting import UnknownName

    wanted = tuple(part.strip() for part in fail_on.split(",") if part.strip())
    if unknown := [w for w in wanted if w not in command.FAIL_ON]:
        raise click.BadParameter(
            f"{', '.join(unknown)}; choose from {', '.join(command.FAIL_ON)}", param_hint="--fail-on"
        )
    opened = _open_clean(base_path, output, cache)
    try:
        with counted("Checks") as progress:
            report = command.check(
                opened,
                selection,
                exclude=exclude,
                jobs=jobs or os.cpu_count() or 1,
                force=force,
                cache=cache,
                live=live,
                record=record,
                progress=progress,
            )
    except UnknownName as error:
        _stop(str(error), output)
    failures = report.failures(wanted)
    if output == "json":
        printing.print_json(printing.check_data(opened, report, failures))
    else:
        printing.print_check_report(opened, report, failures)
    sys.exit(FINDINGS if failures else 0)


@cli.command(epilog="Example: kb show gpt3-petaflop-days")
@click.argument("name")
@base_option
@format_option
@cache_option
def show(name: str, base_path: str | None, output: str, cache: bool) -> None:
    """Show a claim, check, source, quantity, measurement or question. Computes nothing."""
    from kb.cli import printing
    from kb.cli.showing import show_data, show_text
    from kb.commands.looking import look

    opened = _open_clean(base_path, output, cache)
    thing = look(opened, _resolve(opened, name, output), cache=cache)
    if output == "json":
        printing.print_json(show_data(opened, thing))
    else:
        click.echo(show_text(opened, thing))


@cli.command(epilog="Example: kb why compute-is-a-bottleneck --depth 2")
@click.argument("claim")
@base_option
@format_option
@cache_option
@click.option("--depth", type=click.IntRange(0, 50), default=3, show_default=True, help="Levels of reasons.")
@click.option("--accept-unverified", is_flag=True, help="Count unverified numbers as if they were verified.")
def why(
    claim: str, base_path: str | None, output: str, cache: bool, depth: int, accept_unverified: bool
) -> None:
    """Explain a claim's standing: its reasons, what each one adds, down to the checks.

    The lines of a claim add up to its log-odds, so the result can be recomputed by hand. Computes no
    check: it reads the cache and the recorded results.
    """
    from kb.cli import printing
    from kb.cli.showing import why_data, why_text
    from kb.commands.looking import explain_claim

    opened = _open_clean(base_path, output, cache)
    target, kind = _resolve(opened, claim, output)
    if kind != "claim":
        _stop(f"{claim!r} is a {kind}; kb why explains claims. Try: kb show {claim}", output)
    tree = explain_claim(opened, target, depth=depth, cache=cache, accept_unverified=accept_unverified)
    if output == "json":
        printing.print_json(why_data(tree))
    else:
        click.echo(why_text(opened, tree))


@cli.command(epilog="Example: kb render --out _site && xdg-open _site/index.html")
@base_option
@format_option
@cache_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("_site"),
    show_default=True,
    help="The folder to write; only pages that changed are written.",
)
@click.option("--accept-unverified", is_flag=True, help="Count unverified numbers as if they were verified.")
def render(base_path: str | None, output: str, cache: bool, out: Path, accept_unverified: bool) -> None:
    """Write the base as a static web site that opens from disk.

    Computes no check: a check with no result yet shows as not run. The last line printed is the path
    of the first page.
    """
    from kb.cli.progress import counted
    from kb.commands.render import ForeignFolderError
    from kb.commands.render import render as command
    from kb.store import BusyError

    opened = _open_clean(base_path, output, cache)
    try:
        with counted("Pages") as progress:
            report = command(opened, out, cache=cache, accept_unverified=accept_unverified, progress=progress)
    except (ForeignFolderError, BusyError) as error:
        _stop(str(error), output)
    except OSError as error:
        _stop(f"cannot write the site to {out}: {error.strerror}", output, code=FINDINGS)
    index = (out / "index.html").resolve()
    if output == "json":
        from kb.cli import printing

        printing.print_json({"index": str(index), **printing.plain(report)})
        return
    click.echo(
        f"{report.written} pages written, {report.unchanged} unchanged, {report.removed} removed.", err=True
    )
    click.echo(str(index))


@cli.group()
def sources() -> None:
    """Work with the texts that claims come from."""


@sources.command("verify", epilog="Example: kb sources verify --texts ~/texts")
@base_option
@format_option
@cache_option
@click.option(
    "--texts",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder with the sources' texts: .txt or .md files in UTF-8.",
)
@click.option("--all", "everything", is_flag=True, help="List the pins that were found, too.")
def sources_verify(base_path: str | None, output: str, cache: bool, texts: Path, everything: bool) -> None:
    """Find every pinned quote again in the sources' texts, offline.

    A source's text is the file that bears its id, else the one that holds most of its pins. A pin found
    elsewhere in its text is reported as moved; one that is gone as stale, with the nearest passage: read the
    claim against it and pin it again. Exit code 1 when a pin is stale or a source has no text.
    """
    from kb.cli import printing
    from kb.commands.sources import verify_quotes

    opened = _open_clean(base_path, output, cache)
    results = verify_quotes(opened.base, texts)
    if output == "json":
        printing.print_json(printing.verification_data(results))
    else:
        printing.print_verifications(opened, results, everything=everything)
    sys.exit(FINDINGS if any(r.status in ("stale", "no text") for r in results) else 0)


@cli.group()
def bench() -> None:
    """Measure what this machine computes, as evidence for a base."""


@bench.command("devices", epilog="Example: kb bench devices --format json")
@format_option
def bench_devices(output: str) -> None:
    """List the devices that can be measured here, and whether each one is a GPU."""
    from kb.cli import printing
    from kb.commands.bench import devices

    found = devices()
    if output == "json":
        printing.print_json([printing.device_data(d) for d in found.devices])
    else:
        printing.print_devices(found.devices)
    for problem in found.problems:
        click.echo(f"note: {problem}", err=True)


@bench.command(
    "flops",
    epilog="""\b
Examples:
  kb bench flops                     the best real GPU, else the CPU
  kb bench flops --device llvmpipe   a software adapter, only when named
  kb bench flops --save              also write claims/measurements/….yaml""",
)
@base_option
@format_option
@click.option("--device", metavar="WORD", help="Part of a device's name, or gpu, cpu, software.")
@click.option("--backend", metavar="NAME", help="Measure through this backend: numpy or wgpu.")
@click.option("--seconds", type=click.FloatRange(0.5, 600), default=10.0, show_default=True, help="Budget.")
@click.option("--save", is_flag=True, help="Write the record into the base's measurements/.")
def bench_flops(
    base_path: str | None, output: str, device: str | None, backend: str | None, seconds: float, save: bool
) -> None:
    """Measure the FLOP/s of fp32 matrix products, with an interval and a check of the result.

    A wrong product is reported as wrong, never as speed; a software adapter is never called a GPU.
    """
    from kb.cli import printing
    from kb.cli.progress import bench_progress
    from kb.commands import bench as command

    if not math.isfinite(seconds):
        raise click.BadParameter(f"{seconds} is no length of time", param_hint="--seconds")
    root = _find(base_path, output) if save else None
    try:
        chosen = command.choose(device, backend)
    except command.NoSuchDevice as error:
        _stop(str(error), output, code=FINDINGS)
    try:
        with bench_progress(chosen.name) as progress:
            record = command.flops(chosen, budget=seconds, progress=progress)
    except command.MeasurementFailed as error:
        _stop(str(error), output, code=FINDINGS)
    saved = command.save(record, root) if root is not None else None
    if output == "json":
        printing.print_json(record)
    else:
        printing.print_measurement(record)
    if saved is not None:
        click.echo(f"Saved to {saved}.", err=True)
    sys.exit(0 if printing.measured(record) else FINDINGS)


@cli.command(epilog="Example: kb explain KB101")
@click.argument("rule", required=False)
@format_option
def explain(rule: str | None, output: str) -> None:
    """Say what a numbered rule means and how to mend what it found; without RULE, list them all."""
    from kb.cli import printing
    from kb.diagnostics.rules import RULES
    from kb.diagnostics.spelling import did_you_mean

    if rule is None:
        if output == "json":
            printing.print_json([printing.rule_data(r) for r in RULES.values()])
        else:
            printing.print_rules(tuple(RULES.values()))
        return
    number = rule.upper() if rule.upper().startswith("KB") else f"KB{rule}"
    if number not in RULES:
        guess = did_you_mean(number, RULES)
        _stop(f"there is no rule {rule}" + (f"; {guess}" if guess else ""), output)
    if output == "json":
        printing.print_json(printing.rule_data(RULES[number]))
    else:
        printing.print_rule(RULES[number])


@cli.command(epilog="Example: kb doctor")
@base_option
@format_option
def doctor(base_path: str | None, output: str) -> None:
    """Look at this installation: Python, packages, base, cache, devices."""
    from kb.cli import printing
    from kb.commands.doctor import doctor as command

    found = command(base_path)
    if output == "json":
        printing.print_json([printing.plain(f) for f in found])
    else:
        printing.print_doctor(found)
    sys.exit(FINDINGS if any(f.state == "problem" for f in found) else 0)


def _find(base_path: str | None, output: str) -> Path:
    from kb.commands.opening import find
    from kb.source import NoBase

    try:
        return find(base_path)
    except NoBase as error:
        _stop(str(error), output)


def _open_clean(base_path: str | None, output: str, cache: bool) -> Opened:
    """An opened base without errors; with errors, print them and leave with 1."""
    from kb.cli import printing
    from kb.commands.opening import open_base

    opened = open_base(_find(base_path, output), cache=cache)
    for note in opened.notes:
        click.echo(f"note: {note}", err=True)
    if opened.errors:
        if output == "json":
            printing.print_json({"diagnostics": [printing.diagnostic_data(d) for d in opened.errors]})
        else:
            printing.print_diagnostics(opened.root, opened.errors)
            click.echo(
                f"{len(opened.errors)} error{'s'[: len(opened.errors) != 1]} in the base; nothing was done.",
                err=True,
            )
        sys.exit(FINDINGS)
    return opened


def _resolve(opened: Opened, name: str, output: str) -> tuple[str, str]:
    from kb.commands.selecting import UnknownName, resolve

    try:
        return resolve(opened, name)
    except UnknownName as error:
        _stop(str(error), output)


def _stop(message: str, output: str, code: int = USAGE) -> NoReturn:
    """Leave with a message; as JSON too when that was asked for, so that the output always parses."""
    if output == "json":
        from kb.cli import printing

        printing.print_json({"error": message})
    click.echo(f"kb: {message}", err=True)
    sys.exit(code)
