"""``kb bench``: measure what this machine computes."""

from __future__ import annotations

import math
import sys

import click

from kb.cli.options import FINDINGS, base_option, format_option, found_base, stop


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
    from kb.api import MeasurementFailed, NoSuchDevice, choose_device, measure, save_measurement
    from kb.cli import printing
    from kb.cli.progress import bench_progress

    if not math.isfinite(seconds):
        raise click.BadParameter(f"{seconds} is no length of time", param_hint="--seconds")
    root = found_base(base_path, output).root if save else None
    try:
        chosen = choose_device(device, backend)
        with bench_progress(chosen.name) as progress:
            record = measure(chosen, budget=seconds, progress=progress)
    except (NoSuchDevice, MeasurementFailed) as error:
        stop(str(error), output, code=FINDINGS)
    saved = save_measurement(record, root) if root is not None else None
    if output == "json":
        printing.print_json(record)
    else:
        printing.print_measurement(record)
    if saved is not None:
        click.echo(f"Saved to {saved}.", err=True)
    sys.exit(0 if printing.measured(record) else FINDINGS)
