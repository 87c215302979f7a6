"""The numbers of a data table: a CSV file that must be exactly what its sidecar says.

The first line names the columns, as the sidecar does and in its order; every other line holds one decimal
number for each of them. There is no quoting, no empty cell and no word for a missing number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isinf

from kb.model import Table
from kb.source.home import Home, read

#: Tables are small: what is larger belongs into a data repository, and its summary here.
MOST_ROWS = 10_000
MAX_BYTES = 4_000_000

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class TableError(ValueError):
    """A CSV file that cannot be used: what is wrong, at which line and column (from 1), and what to do."""

    def __init__(
        self, message: str, line: int = 1, column: int = 1, *, expected: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.expected = expected
        self.hint = hint


def rows(home: Home, table: Table) -> Mapping[str, tuple[float, ...]]:
    """A table's numbers, by column, in the columns' units; equally long, with at least one row.

    A table that carries its numbers (``Table.rows``) gives those, else its CSV file is read.

    Raises:
        TableError: the file cannot be read, or is not what the sidecar says.
    """
    return table.rows or parse(_text(home, table.csv), table)


def _text(home: Home, file: str) -> str:
    try:
        data = read(home, file, MAX_BYTES + 1)
    except OSError as error:
        raise TableError(f"the file cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise TableError(
            f"the file is larger than {MAX_BYTES // 1_000_000} MB",
            expected=f"at most {MOST_ROWS:,} rows",
            hint="keep the rows that a check needs",
        )
    if data.startswith(b"\xef\xbb\xbf"):
        raise TableError(
            "the file starts with a byte order mark", expected="UTF-8 without one", hint="save it as UTF-8"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise TableError(
            f"the byte 0x{data[error.start]:02x} is not UTF-8", line, column, hint="save the file as UTF-8"
        ) from None


def parse(text: str, table: Table) -> Mapping[str, tuple[float, ...]]:
    """The numbers in a CSV file's text, as ``rows`` gives them.

    Raises:
        TableError: the text is not what the sidecar says.
    """
    names = [column.name for column in table.columns]
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    _header(lines[0], names)
    if len(lines) == 1:
        raise TableError("the table has no rows", hint="write a line of numbers for each observation")
    if len(lines) - 1 > MOST_ROWS:
        raise TableError(
            f"the table has {len(lines) - 1:,} rows",
            MOST_ROWS + 2,
            expected=f"at most {MOST_ROWS:,} rows",
            hint="keep the rows that a check needs",
        )
    numbers = [_row(line, number, names) for number, line in enumerate(lines[1:], 2)]
    return dict(zip(names, zip(*numbers, strict=True), strict=True))


def _header(line: str, names: list[str]) -> None:
    expected = ",".join(names)
    for name in names:
        if names.count(name) > 1:
            raise TableError(f"the sidecar names the column {name} twice", hint="choose another name")
    column = 1
    found = [cell.strip() for cell in line.split(",")]
    for cell, written, name in zip(found, line.split(","), names, strict=False):
        if cell != name:
            raise TableError(
                f"the column here is {_shown(cell)}, in the sidecar {name}"
                if cell
                else "a column has no name",
                1,
                column,
                expected=expected,
                hint="name the columns alike, in the same order",
            )
        column += len(written) + 1
    if len(found) != len(names):
        raise TableError(
            f"the first line names {len(found)} column{_s(len(found))}, the sidecar {len(names)}",
            1,
            min(column, len(line) + 1),
            expected=expected,
            hint="name the columns alike, in the same order",
        )


def _row(line: str, number: int, names: list[str]) -> list[float]:
    if not line.strip():
        raise TableError("this line is empty", number, hint="remove it")
    cells = line.split(",")
    values = []
    column = 1
    for cell, name in zip(cells, names, strict=False):
        values.append(_cell(cell, name, number, column + len(cell) - len(cell.lstrip())))
        column += len(cell) + 1
    if len(cells) != len(names):
        raise TableError(
            f"this line has {len(cells)} cell{_s(len(cells))}",
            number,
            min(column, len(line) + 1),
            expected=f"{len(names)}: {','.join(names)}",
            hint="a decimal point is written '.', and digits have no separators between them"
            if len(cells) > len(names)
            else "a row with a missing number cannot be used; leave it out",
        )
    return values


def _cell(cell: str, name: str, line: int, column: int) -> float:
    text = cell.strip()
    if not text:
        raise TableError(
            f"the cell of {name} is empty",
            line,
            column,
            expected="a number",
            hint="a row with a missing number cannot be used; leave it out",
        )
    if not _NUMBER.fullmatch(text):
        raise TableError(
            f"{text[:40]!r} is not a number",
            line,
            column,
            expected=f"a number for {name}, such as 1.2e21",
            hint="units stand in the sidecar, words nowhere",
        )
    value = float(text)
    if isinf(value):
        raise TableError("this number is too large", line, column, expected="up to about 1e308")
    if value == 0 and re.search("[1-9]", text.lower().partition("e")[0]):
        raise TableError("this number is too small", line, column, expected="0, or from about 1e-307 on")
    return value


def _shown(cell: str) -> str:
    """A cell for a message: neither long nor with signs that steer a terminal."""
    return cell if cell.isprintable() and len(cell) <= 40 else repr(cell[:40])


def _s(count: int) -> str:
    return "" if count == 1 else "s"
