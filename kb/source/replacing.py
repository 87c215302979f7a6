"""Several files of a base changed together: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kb import store

Texts = Mapping[str, str | None]
"""Files' texts by their path from the base's folder; None where there is no such file."""


class ChangedMeanwhile(Exception):
    """A file is no longer what the change was made for; the text names it. Nothing was written."""


def text_of(path: Path) -> str | None:
    """A file's text with its own line ends; None where there is none in UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def write_text(path: Path, text: str | None) -> None:
    """Put a text in the place of a file's, in one move; None removes it. A link stays one. Raises OSError."""
    if text is None:
        path.unlink()
    else:
        store.write_atomic(path.resolve(), text)


def replace_texts(root: Path, before: Texts, after: Texts) -> None:
    """Write the texts ``after`` where those of ``before`` are.

    Raises:
        ChangedMeanwhile: a file is not as ``before`` says.
        OSError: a file cannot be written; those written before it are as they were.
    """
    for file in after:
        if text_of(root / file) != before[file]:
            raise ChangedMeanwhile(f"{file} was changed meanwhile; nothing was written")
    done: list[str] = []
    try:
        # What is removed goes last: a process that is killed in between leaves a file twice, never none.
        for file, text in sorted(after.items(), key=lambda item: item[1] is None):
            done.append(file)
            write_text(root / file, text)
    except BaseException:
        for file in done:
            with suppress(OSError):
                write_text(root / file, before[file])
        raise
