"""Standard output and error as they are found: closed, full, or in an encoding that lacks our marks."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from contextlib import suppress

_PLAIN = str.maketrans(
    {
        "✓": "+",
        "✗": "x",
        "◐": "/",
        "○": "o",
        "·": ".",
        "×": "x",
        "–": "-",
        "—": "-",
        "−": "-",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "→": "->",
        "≤": "<=",
        "≥": ">=",
        "≈": "~",
    }
)


def prepare() -> None:
    """Make the standard streams usable.

    A closed one leads nowhere (and its number is taken, so that no file of ours gets it); what an encoding
    cannot say is written in ASCII.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    codecs.register_error("kb-plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="kb-plain")


def finish() -> str:
    """Flush standard output; gives the reason when what was said could not be written.

    A reader who went away (as with `| head`) has had enough, which is no reason. Python flushes again
    at exit, and must not complain then.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return "" if isinstance(error, BrokenPipeError) else error.strerror or str(error)
    return ""


def speaks_unicode() -> bool:
    """Whether standard output can hold any text as it is."""
    return codecs.lookup(sys.stdout.encoding or "ascii").name.startswith("utf")


def _nowhere() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """The part of a text that cannot be encoded, in ASCII: signs by their look, letters without accents."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    said = error.object[error.start : error.end].translate(_PLAIN)
    bare = (unicodedata.normalize("NFKD", c).encode("ascii", "ignore").decode() or "?" for c in said)
    return "".join(bare), error.end
