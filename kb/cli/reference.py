"""Every command as a page for people.

``python -m kb.cli.reference docs/reference-commands.md`` writes the page of this project.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from kb.cli.app import cli
from kb.cli.environment import OTHERS, RULE

_INTRODUCTION = """\
# Commands

Every command, as `kb COMMAND --help` describes it. [How to](howto.md) goes by what you want to do.
"""
_VARIABLES = f"""\
## Variables of the environment

{" ".join(RULE.split())}

| variable | what it does |
|---|---|
{chr(10).join(f"| `{name}` | {said} |" for name, said in OTHERS.items())}
"""


def to_markdown() -> str:
    """The commands in alphabetical order, those of a group below it, as a Markdown page."""
    return "\n".join([_INTRODUCTION, *_sections(cli, None), _VARIABLES])


def _sections(command: click.Command, above: click.Context | None) -> Iterator[str]:
    name = "kb" if above is None else command.name
    context = click.Context(command, info_name=name, parent=above)
    yield _section(command, context)
    if isinstance(command, click.Group):
        for below in sorted(command.commands):
            yield from _sections(command.commands[below], context)


def _section(command: click.Command, context: click.Context) -> str:
    parts = [f"## {context.command_path}", f"```\n{' '.join(_usage(command, context))}\n```"]
    parts += _prose(command.help or "")
    records = [it.get_help_record(context) for it in command.params if isinstance(it, click.Option)]
    if rows := [f"| `{_cell(names)}` | {_cell(said)} |" for names, said in filter(None, records)]:
        parts.append("\n".join(["| option | what it does |", "|---|---|", *rows]))
    if isinstance(command, click.Group):
        paths = (f"{context.command_path} {below}" for below in sorted(command.commands))
        parts.append("\n".join(f"- [{path}](#{path.replace(' ', '-')})" for path in paths))
    parts += _examples(command.epilog or "")
    return "\n\n".join(parts) + "\n"


def _usage(command: click.Command, context: click.Context) -> list[str]:
    return [context.command_path, *command.collect_usage_pieces(context)]


def _prose(text: str) -> Iterator[str]:
    """Paragraphs; those that click prints as they stand become blocks of code."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if paragraph.startswith("\b"):
            first, _, rest = paragraph.removeprefix("\b").strip("\n").partition("\n")
            yield first
            if rest:
                yield f"```\n{inspect.cleandoc(rest)}\n```"
        else:
            yield " ".join(paragraph.split())


def _examples(epilog: str) -> Iterator[str]:
    """Under the commands: what they look like typed."""
    lines = inspect.cleandoc(epilog.replace("\b", "")).strip("\n")
    if lines:
        typed = inspect.cleandoc("\n" + re.sub(r"\AExamples?:", "", lines).strip("\n"))
        yield f"```sh\n{typed.strip()}\n```"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(to_markdown(), "utf-8")
