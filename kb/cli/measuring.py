"""``kb bench``: measure what this machine computes."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import click

from kb.cli.options import FINDINGS, base_option, format_option, found_base, stop
from kb.cli.volume import note

INTERRUPTED = 130
BACKENDS = ("numpy", "torch", "wgpu", "opencl")
TESTS = ("matmul", "fma", "copy", "triad", "all")
DTYPES = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "int8", "all")


@click.group()
def bench() -> None:
    """Measure what this machine computes, as evidence for a base."""


@bench.command("devices", epilog="Example: kb bench devices --format json")
@format_option
def bench_devices(output: str) -> None:
    """List the devices that can be measured here, and whether each one is a GPU."""
    from kb.api import devices
    from kb.cli import printing

    found = devices()
    if output == "json":
        printing.print_json([printing.device_data(d) for d in found.devices])
    else:
        printing.print_devices(found.devices)
    for problem in found.problems:
        note(f"note: {problem}")


@bench.command(
    "flops",
    epilog="""\b
Examples:
  kb bench flops                      the best real GPU, else the CPU
  kb bench flops --test all --dtype all --seconds 60
  kb bench flops --device llvmpipe    a software adapter, only when named
  kb bench flops --answer             years to train GPT-3 at this rate
  kb bench flops --save               also write claims/measurements/….yaml""",
)
@base_option
@format_option
@click.option(
    "--device",
    metavar="WORD",
    help="Part of a device's name, its number in kb bench devices, or gpu, cpu, software.",
)
@click.option("--backend", type=click.Choice(BACKENDS), help="Measure through this backend.")
@click.option(
    "--test", "tests", type=click.Choice(TESTS), multiple=True, help="Default: matmul, fma and triad."
)
@click.option(
    "--dtype", "dtypes", type=click.Choice(DTYPES), multiple=True, help="Default: fp32; on a GPU bf16, too."
)
@click.option("--zeros", is_flag=True, help="Also time operands of zeros, which draw less power.")
@click.option(
    "--sustained",
    type=click.FloatRange(10, 3600),
    is_flag=False,
    flag_value=10.0,
    default=None,
    metavar="[SECONDS]",
    help="Also work without a pause for so long (10): a warm device may slow down.",
)
@click.option("--seconds", type=click.FloatRange(0.5, 600), default=10.0, show_default=True, help="Budget.")
@click.option("--answer", is_flag=True, help="Say what the device means for the debate.")
@click.option("--usd-per-hour", type=click.FloatRange(0), help="What the device costs, for --answer.")
@click.option("--save", is_flag=True, help="Write the record into the base's measurements/.")
def bench_flops(
    base_path: str | None,
    output: str,
    device: str | None,
    backend: str | None,
    tests: tuple[str, ...],
    dtypes: tuple[str, ...],
    zeros: bool,
    sustained: float | None,
    seconds: float,
    answer: bool,
    usd_per_hour: float | None,
    save: bool,
) -> None:
    """Measure FLOP/s and memory bandwidth, each with an interval and a check of the result.

    A wrong result is reported as wrong, never as speed; a software adapter is never called a GPU.
    """
    from kb.api import (
        MeasurementFailed,
        NoSuchDevice,
        choose_device,
        measure,
        on_battery,
        save_measurement,
    )
    from kb.cli import printing, rates
    from kb.cli.progress import bench_progress

    for name, value in (("seconds", seconds), ("sustained", sustained), ("usd-per-hour", usd_per_hour)):
        if value is not None and not math.isfinite(value):
            raise click.BadParameter(f"{value} is no number to reckon with", param_hint=f"--{name}")
    # A base that is named has to be there, before anything is measured.
    root = found_base(base_path, output).root if save or (answer and base_path) else None
    interrupted = False
    try:
        chosen = choose_device(device, backend)
        if on_battery():
            note("note: this machine runs on its battery, which may slow it; plug it in to measure")
        with bench_progress(chosen.name) as progress:
            record = measure(
                chosen,
                budget=seconds,
                tests=tests,
                dtypes=dtypes,
                zeros=zeros,
                sustained=sustained or 0.0,
                progress=progress,
            )
    except (NoSuchDevice, MeasurementFailed) as error:
        stop(str(error), output, code=FINDINGS)
    except ValueError as error:
        stop(str(error), output)
    except KeyboardInterrupt as stopped:
        record, interrupted = getattr(stopped, "record", {}), True
        if not record:
            stop("Interrupted before anything was measured.", output, code=INTERRUPTED)
    if output == "json":
        printing.print_json(record)
    else:
        rates.print_record(record)
    if answer:
        _print_answer(record, base_path, usd_per_hour, to_stderr=output == "json")
    good = rates.measured(record)
    if save and root is not None:
        try:
            saved = save_measurement(record, root)
        except OSError as error:
            # What was measured is printed already.
            click.echo(f"kb: the record could not be saved: {error}", err=True)
            good = False
        else:
            click.echo(
                f"Saved to {saved}. kb validate judges it; commit the file for a pull request.", err=True
            )
    if interrupted:
        click.echo("Interrupted. What was measured by then is in the record.", err=True)
        sys.exit(INTERRUPTED)
    sys.exit(0 if good else FINDINGS)


def _print_answer(
    record: Mapping[str, Any], base_path: str | None, usd_per_hour: float | None, *, to_stderr: bool
) -> None:
    """What the device means for the debate; beside JSON it goes to standard error."""
    from kb.api import NoBase, load, meaning
    from kb.cli.paragraphs import paragraph

    try:
        base = load(base_path, strict=False)
    except NoBase:
        base = None
    click.echo(err=to_stderr)
    for line in meaning(record, base, usd_per_hour=usd_per_hour):
        click.echo(paragraph(line), err=to_stderr)
