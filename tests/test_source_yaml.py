"""Reading and writing YAML text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.source import dump_yaml, locate, read_yaml

TRICKY = st.from_regex(
    r"(?:[-?:,\[\]{}#&*!|>'\"%@` \n\t~a-z0-9.+]|: |- |0x|1e|null|true|NO){0,30}", fullmatch=True
)
TEXT = st.text(max_size=40) | TRICKY
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e25", 1e25),
        ("6.02E23", 6.02e23),
        ("1e3", 1e3),
        (".5", 0.5),
        ("3.", 3.0),
        ("012", 12),
        ("0o14", 12),
        ("0xfF", 255),
        ("-7", -7),
        ("+7", 7),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("12:30:45", "12:30:45"),
        ("2024-04-06", "2024-04-06"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("True", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("~", None),
        ("", None),
        ("Null", None),
        ("=", "="),
        ("6 * N * D", "6 * N * D"),
        ("R&D", "R&D"),
        ("'1e25'", "1e25"),
        ('"true"', "true"),
        ("123456789012345678901234567890", 123456789012345678901234567890.0),
    ],
)
def test_scalars_follow_yaml_1_2(written: str, value: Any) -> None:
    read, found = read_yaml(f"a: {written}\n", "f.yaml")
    assert list(found) == []
    assert read == {"a": value}
    assert type(read["a"]) is type(value)


REFUSED = [
    ("a: &x 1", "KB007", 1, 4),
    ("a: 1\nb: *x", "KB007", 2, 4),
    ("a: !!python/object:os.system x", "KB007", 1, 4),
    ("a: !!str x", "KB007", 1, 4),
    ("!local\na: 1", "KB007", 1, 1),
    ("<<: {a: 1}", "KB007", 1, 1),
    ("%YAML 1.1\n---\na: 1", "KB007", 1, 1),
    ("# first\n\n%TAG ! x\n---\na: 1", "KB007", 3, 1),
    ("a: 1\n---\nb: 2", "KB007", 2, 1),
    ("", "KB004", 1, 1),
    ("  \n# only a comment\n", "KB004", 1, 1),
    ("a: 1\nb: 2\na: 3", "KB006", 3, 1),
    ("a:\n  - {b: 1, b: 2}", "KB006", 2, 12),
    ("1: x", "KB009", 1, 1),
    ("a:\n  true: x", "KB009", 2, 3),
    ("? [a]\n: b", "KB009", 1, 3),
    (": x", "KB005", 1, 1),
    ("a: .inf", "KB010", 1, 4),
    ("a: [1, -.INF]", "KB010", 1, 8),
    ("a: .nan", "KB010", 1, 4),
    ("a: 1e999", "KB010", 1, 4),
    ("a: " + "9" * 500, "KB010", 1, 4),
    ("a:\n\t- b", "KB011", 2, 1),
    ("a:\n  b: 1\n\tc: 2", "KB011", 3, 1),
    ("a: x\x07y", "KB012", 1, 5),
    ("a: x\u2028y", "KB012", 1, 5),
    ("a: 1\r\nb: x\x85y", "KB012", 2, 5),
    ("\ufeffa: 1", "KB012", 1, 1),
    ("a: \ud800", "KB012", 1, 4),
    ("a: b: c", "KB005", 1, 5),
    ("a: 'b", "KB005", 1, 4),
    ('a: "b\n\n', "KB005", 1, 4),
    ("a: [1, 2", "KB005", 1, 4),
    ("a: {b: 1", "KB005", 1, 4),
    ("a: [1,,2]", "KB005", 1, 7),
    ("a:\n  b: 1\n c: 2", "KB005", 3, 2),
    ("- a\nb: 1", "KB005", 2, 1),
    ("a: @b", "KB005", 1, 4),
    ("a: `b`", "KB005", 1, 4),
    ("a: **b**", "KB005", 1, 5),
    ('a: "\\q"', "KB005", 1, 5),
    ("a\nb: 1", "KB005", 2, 2),
    ("a: |\n  x\n y", "KB005", 3, 2),
    ("[" * 41 + "]" * 41, "KB008", 1, 41),
    ("- " * 41 + "x", "KB008", 1, 81),
    ("a: " + "x" * 20_000, "KB008", 1, 1),
    ("ab: 1\n" * 200_000, "KB008", 1, 1),
]


@pytest.mark.parametrize(("text", "rule", "line", "column"), REFUSED, ids=lambda v: repr(v)[:30])
def test_a_refusal_is_one_finding_at_its_place(text: str, rule: str, line: int, column: int) -> None:
    value, found = read_yaml(text, "x/f.yaml")
    (finding,) = found
    assert value is None
    assert (finding.rule, finding.file, finding.line, finding.column) == (rule, "x/f.yaml", line, column)
    assert finding.severity == "error"
    assert "this is not YAML" not in finding.message, "a complaint of the parser has no words of ours"


def test_what_is_deep_but_not_too_deep_is_read() -> None:
    value, found = read_yaml("[" * 40 + "]" * 40, "f")
    assert not list(found)
    for _ in range(39):
        (value,) = value
    assert value == []


BOMBS = [
    "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "[\n" * 400_000,
    "- " * 9_000,
    ("[a,\n") * 200_000,
    "? " * 9_000,
    ("{a: " * 4_000 + "\n") * 60,
    ("x" * 15_000 + "\n") * 60,
    "&a " * 6_000,
    "'\n" * 400_000,
    " " * 19_000 + "- a",
]


@pytest.mark.parametrize("text", BOMBS, ids=range(len(BOMBS)))
def test_hostile_texts_are_refused_or_read_without_a_crash(text: str) -> None:
    value, found = read_yaml(text, "f")
    assert (value is None) == (len(found) == 1)
    assert len(found) <= 1


def test_the_alias_bomb_is_named_for_what_it_is() -> None:
    (finding,) = read_yaml(BOMBS[0], "f")[1]
    assert (finding.rule, finding.line, finding.column) == ("KB007", 1, 4)


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(), max_size=200) | TRICKY)
def test_no_text_makes_the_reader_raise(text: str) -> None:
    value, found = read_yaml(text, "f")
    assert len(found) <= 1
    assert value is None or not list(found)
    assert locate(text, ("a", 0)) >= (1, 1)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_what_is_written_is_read_back(value: dict[str, Any]) -> None:
    text = dump_yaml(value)
    read, found = read_yaml(text, "f")
    assert list(found) == []
    assert repr(read) == repr(value)
    assert text.endswith("\n")
    assert not [line for line in text.splitlines() if line.startswith("\t")]


@given(st.text(st.sampled_from('ab \\"\n'), min_size=1, max_size=30), st.integers(5_000, 12_100))
@settings(max_examples=40, deadline=None)
def test_long_texts_are_written_in_lines_that_can_be_read(part: str, length: int) -> None:
    text = (part * length)[:length]
    assert read_yaml(dump_yaml({"a": [text, {"b": text}]}), "f")[0] == {"a": [text, {"b": text}]}


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**63,
        -(2**63) - 1,
        b"x",
        {1: 2},
        {1, 2},
        "\ud800",
        "x" * 1_000_001,
        {"k" * 600: 1},
    ],
    ids=lambda v: repr(v)[:20],
)
def test_what_would_not_read_back_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError):
        dump_yaml({"a": value})


def test_too_deep_a_value_is_not_written() -> None:
    value: Any = []
    for _ in range(60):
        value = [value, 1]
    with pytest.raises(ValueError, match="40 deep"):
        dump_yaml({"a": value})


def test_written_yaml_is_tidy() -> None:
    value = {
        "title": "NVIDIA H100 80GB",
        "when": "2025-11-22",
        "driver": "550.54",
        "notes": "First line.\nSecond: line.\n",
        "runs": [{"test": "matmul", "flags": ["throttled", "no"], "quantiles": {"p5": 1.5e12}}, {}],
        "none": None,
    }
    assert dump_yaml(value) == (
        "title: NVIDIA H100 80GB\n"
        "when: 2025-11-22\n"
        'driver: "550.54"\n'
        "notes: |\n"
        "  First line.\n"
        "  Second: line.\n"
        "runs:\n"
        "  - test: matmul\n"
        "    flags: [throttled, no]\n"
        "    quantiles:\n"
        "      p5: 1500000000000.0\n"
        "  - {}\n"
        "none: null\n"
    )


TEXT_TO_SEARCH = "a: 1\nb:\n  - x\n  - c: [10, 20]\n    d: e\n"


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ((), (1, 1), (1, 1)),
        (("a",), (1, 1), (1, 4)),
        (("b",), (2, 1), (3, 3)),
        (("b", 0), (3, 5), (3, 5)),
        (("b", 1, "c"), (4, 5), (4, 8)),
        (("b", 1, "c", 1), (4, 13), (4, 13)),
        (("b", 1, "d"), (5, 5), (5, 8)),
        (("b", 1, "none"), (4, 5), (4, 5)),
        (("b", 7), (2, 1), (3, 3)),
        (("zz",), (1, 1), (1, 1)),
    ],
)
def test_a_path_has_a_place(path: tuple[Any, ...], name: tuple[int, int], value: tuple[int, int]) -> None:
    assert locate(TEXT_TO_SEARCH, path) == name
    assert locate(TEXT_TO_SEARCH, path, value=True) == value
