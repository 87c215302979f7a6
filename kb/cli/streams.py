"""Standard output and error as they are found: closed, full, or in an encoding that lacks our marks."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
import unicodedata
from contextlib import suppress

_LOOKS = {
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
_PLAIN = str.maketrans(_LOOKS)
_POWER = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PREFIX = "kb_plain_"


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
    codecs.register(_plain_codec)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if _holds_all(stream.encoding):
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding=_PREFIX + codecs.lookup(stream.encoding).name, errors="strict")


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
    return _holds_all(sys.stdout.encoding or "ascii")


def _holds_all(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _nowhere() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")


def _plain_codec(name: str) -> codecs.CodecInfo | None:
    """The codec ``kb_plain_X``: X, in which what X cannot say is written in ASCII.

    It is a codec and no error handler because click takes a stream for misconfigured that says "ascii", and
    writes UTF-8 all the same.
    """
    if not name.startswith(_PREFIX):
        return None
    under = codecs.lookup(name.removeprefix(_PREFIX))

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        return under.encode(plain(text, under.name), errors)[0], len(text)

    class Encoder(codecs.IncrementalEncoder):
        def encode(self, text: str, final: bool = False) -> bytes:
            return encode(text)[0]

    return codecs.CodecInfo(encode, under.decode, under.streamreader, under.streamwriter, Encoder, name=name)


def plain(text: str, encoding: str) -> str:
    """A text without the signs that an encoding lacks: by their look, letters without accents, powers as ^2.

    A power is changed as a whole: of 10¹¹ must not be left 1011, nor 10²^4 of 10²⁴.
    """

    def power(found: re.Match[str]) -> str:
        if _sayable(found[0], encoding):
            return found[0]
        return "^" + unicodedata.normalize("NFKD", found[0]).replace("−", "-")

    return "".join(c if _sayable(c, encoding) else _look(c) for c in _POWER.sub(power, text))


def _look(sign: str) -> str:
    bare = unicodedata.normalize("NFKD", sign).translate(_PLAIN)
    return sign.translate(_PLAIN) if sign in _LOOKS else bare.encode("ascii", "ignore").decode() or "?"


def _sayable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
