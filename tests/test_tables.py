"""Reading a data table's CSV file, and what is said of one that is not what its sidecar says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import checks
from kb.diagnostics import Diagnostics
from kb.model import Base, Column, Config, Table
from kb.source.tables import MAX_BYTES, MOST_ROWS, TableError, parse, rows

TABLE = Table("runs", (Column("compute", "FLOP"), Column("loss")), file="data/runs.yaml", csv="data/runs.csv")


def test_numbers_are_read_by_column() -> None:
    found = parse("compute,loss\n2.6e18,2.566\n-1, .5\n+3.,1E-3\n", TABLE)
    assert found == {"compute": (2.6e18, -1.0, 3.0), "loss": (2.566, 0.5, 0.001)}


def test_windows_line_ends_and_a_missing_last_one_are_fine() -> None:
    wanted = {"compute": (1.0, 3.0), "loss": (2.0, 4.0)}
    assert parse("compute,loss\r\n1,2\r\n3,4\r\n", TABLE) == wanted
    assert parse("compute,loss\n1,2\n3,4", TABLE) == wanted


@given(st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), min_size=1, max_size=20))
def test_what_python_writes_is_read_back(numbers: list[tuple[float, float]]) -> None:
    text = "compute,loss\n" + "".join(f"{a!r},{b!r}\n" for a, b in numbers)
    found = parse(text, TABLE)
    assert list(zip(found["compute"], found["loss"], strict=True)) == numbers


@pytest.mark.parametrize(
    ("text", "line", "column", "said", "hint"),
    [
        ("compute,loss\n1,2\n3,n/a\n", 3, 3, "'n/a' is not a number", "units stand in the sidecar"),
        ("compute,loss\n1, x\n", 2, 4, "'x' is not a number", ""),
        ("compute,loss\n1,nan\n", 2, 3, "'nan' is not a number", ""),
        ("compute,loss\n1_000,2\n", 2, 1, "is not a number", ""),
        ('compute,loss\n"1",2\n', 2, 1, "is not a number", ""),
        ("compute,loss\n٣,2\n", 2, 1, "is not a number", ""),
        ("compute,loss\n1,1e999\n", 2, 3, "too large", ""),
        ("compute,loss\n1,\n", 2, 3, "the cell of loss is empty", "leave it out"),
        ("compute,loss\n1\n", 2, 2, "1 cell", "leave it out"),
        ("compute,loss\n1,2,3\n", 2, 5, "3 cells", "separators"),
        ("compute,loss\n1,2\n\n3,4\n", 3, 1, "line is empty", "remove it"),
        ("compute,loss\n", 1, 1, "no rows", ""),
        ("", 1, 1, "a column has no name", "name the columns alike"),
        ("compute,score\n1,2\n", 1, 9, "the column here is score, in the sidecar loss", "alike"),
        ("loss,compute\n1,2\n", 1, 1, "in the sidecar compute", "same order"),
        ("compute\n1\n", 1, 8, "names 1 column, the sidecar 2", ""),
        ("compute,loss,score\n1,2,3\n", 1, 14, "names 3 columns, the sidecar 2", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    text: str, line: int, column: int, said: str, hint: str
) -> None:
    with pytest.raises(TableError) as caught:
        parse(text, TABLE)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert said in error.message
    assert hint in error.hint


def test_a_column_named_twice_and_too_many_rows_are_refused() -> None:
    with pytest.raises(TableError, match="names the column a twice"):
        parse("a,a\n1,2\n", Table("t", (Column("a"), Column("a"))))
    with pytest.raises(TableError, match="10,001 rows"):
        parse("compute,loss\n" + "1,2\n" * (MOST_ROWS + 1), TABLE)


@pytest.mark.parametrize(
    ("data", "line", "column", "said"),
    [
        (b"\xef\xbb\xbfcompute,loss\n1,2\n", 1, 1, "byte order mark"),
        (b"compute,loss\n1,\xff\n", 2, 3, "0xff is not UTF-8"),
        (b"compute,loss\n" + b"1,2\n" * (MAX_BYTES // 4), 1, 1, "larger than 4 MB"),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, data: bytes, line: int, column: int, said: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / TABLE.csv).write_bytes(data)
    with pytest.raises(TableError, match=said) as caught:
        rows(tmp_path, TABLE)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be read"):
        rows(tmp_path, TABLE)


def test_validation_reports_a_bad_cell_in_the_csv_file(tmp_path: Path) -> None:
    """KB321"""
    (tmp_path / "data").mkdir()
    (tmp_path / TABLE.csv).write_text("compute,loss\n1,2\n3,n/a\n")
    found = Diagnostics()
    checks.validate(Base(str(tmp_path), Config("test"), tables={TABLE.id: TABLE}), found)
    (finding,) = found
    assert (finding.rule, finding.file, finding.line, finding.column) == ("KB321", TABLE.csv, 3, 3)
    assert "'n/a' is not a number" in finding.message
    assert finding.expected == "a number for loss, such as 1.2e21"


def test_validation_reports_a_columns_unit_and_name_in_the_sidecar(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / TABLE.csv).write_text("log,loss\n1,2\n")
    (tmp_path / TABLE.file).write_text("columns:\n  - {name: log, unit: FLOPS}\n  - {name: loss}\n")
    table = Table(TABLE.id, (Column("log", "FLOPS"), Column("loss")), file=TABLE.file, csv=TABLE.csv)
    found = Diagnostics()
    checks.validate(Base(str(tmp_path), Config("test"), tables={table.id: table}), found)
    places = {(d.rule, d.file, d.line, d.column) for d in found}
    assert places == {("KB303", TABLE.file, 2, 23), ("KB314", TABLE.file, 2, 12)}
