"""``kb import``, ``kb export``, ``kb formats``: other tools' files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.options import FINDINGS, base_option, cache_option, format_option, sound_base, stop
from kb.cli.volume import note, quiet
from kb.cli.words import plural
from kb.cli.writing import out_option, put

if TYPE_CHECKING:
    from kb.api import Loss

MOST_LISTED = 20


@click.command(
    "import",
    epilog="""\b
Examples:
  kb import aif nodeset-10723.json
  kb import argdown debate.argdown --into claims/debate
  kb import kialo export.txt --into new-base && cd new-base && kb validate""",
)
@click.argument("name", metavar="FORMAT")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder of a base; elsewhere, an empty or new folder becomes a base. [default: named after FILE]",
)
@click.option("--dry-run", "trial", is_flag=True, help="Say what would be written, and write nothing.")
@base_option
@format_option
def import_command(
    name: str, file: Path, into: Path | None, trial: bool, base_path: str | None, output: str
) -> None:
    """Bring claims from a file of another tool (kb formats lists them) into a base.

    Each claim becomes a draft in a file of its own, without a check, with an id made of its title; the file
    that it came from becomes a source, cited with the place. What has no place in a base is listed. All is
    written or nothing is, and no file is ever replaced.
    """
    from kb.api import AddingError, FormatError, NoBase, WrongFolder, WrongFormat, import_file

    try:
        done = import_file(name, file, into, base=base_path, trial=trial)
    except (WrongFormat, WrongFolder, NoBase) as error:
        stop(str(error), output)
    except (FormatError, AddingError) as error:
        stop(str(error), output, code=FINDINGS)
    except OSError as error:
        stop(f"{error.filename or file}: {error.strerror}", output, code=FINDINGS)
    exchange = done.exchange
    report: dict[str, Any] = {
        "base": str(done.root),
        "new_base": done.new,
        "written": done.written,
        "files": list(done.files),
        "claims": len(exchange.claims),
        "relations": exchange.relations,
        "sources": len(exchange.sources),
        "found": dict(exchange.counted),
        "lost": [asdict(loss) for loss in exchange.lost],
    }
    if output == "json":
        from kb.cli import printing

        printing.print_json(report)
        return
    found = ", ".join(plural(count, what.removesuffix("s")) for what, count in exchange.counted.items())
    if not quiet():
        click.echo(f"Found in {file.name}: {found}.")
        said = "Would write" if trial else "Wrote"
        click.echo(
            f"{said} {plural(len(exchange.claims), 'claim')} with {plural(exchange.relations, 'relation')} "
            f"and {plural(len(exchange.sources), 'source')} to "
            f"{done.root}{' (a new base)' if done.new else ''}."
        )
    _lost(exchange.lost, "Without a place in a base")


@click.command(
    "export",
    epilog="""\b
Examples:
  kb export argdown -o debate.argdown
  kb export dot --select '+compute-cost-is-the-obstacle' | dot -Tsvg > map.svg""",
)
@click.argument("name", metavar="FORMAT")
@out_option
@click.option("--select", "-s", multiple=True, metavar="CLAIMS", help="Only these claims (as in kb check).")
@click.option("--exclude", multiple=True, metavar="CLAIMS", help="Without these claims.")
@base_option
@cache_option
def export_command(
    name: str,
    out: Path | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    base_path: str | None,
    cache: bool,
) -> None:
    """Write the base in another format (kb formats lists them), to standard output or a file.

    What the format cannot hold is counted on standard error.
    """
    from kb.api import FormatError, UnknownName, WrongFormat

    base = sound_base(base_path, "text", cache)
    try:
        done = base.export(name, *select, exclude=exclude)
    except (WrongFormat, UnknownName) as error:
        stop(str(error), "text")
    except FormatError as error:
        stop(str(error), "text", code=FINDINGS)
    put(done.text, out)
    said = f"{plural(done.claims, 'claim')} and {plural(done.relations, 'relation')} written."
    note(said)
    _lost(done.lost, "Left out", len(done.lost))


@click.command("formats", epilog="Example: kb formats --format json")
@format_option
def formats_command(output: str) -> None:
    """List the formats that kb reads and writes."""
    from kb.api import known_formats

    found = known_formats()
    if output == "json":
        from kb.cli import printing

        printing.print_json([{**asdict(form), "holds": sorted(form.holds)} for form in found])
        return
    wide = max(len(form.name) for form in found)
    for form in found:
        ways = " and ".join(way for way, can in (("import", form.reads), ("export", form.writes)) if can)
        click.echo(f"{form.name.ljust(wide)}  {ways.ljust(17)}  {form.title}")


def _lost(lost: tuple[Loss, ...], heading: str, most: int = MOST_LISTED) -> None:
    if not lost:
        return
    note(f"{heading}:")
    for loss in lost[:most]:
        at = f" (line {loss.line})" if loss.line else ""
        note(f"  {loss.what}{at}: {loss.why}")
    if len(lost) > most:
        note(f"  and {len(lost) - most:,} more; --format json lists all")
