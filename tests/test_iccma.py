"""The competition's file formats and notation: round trips, malformed files, answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.commands.solve import SEMANTICS, TASKS, WrongQuestion, solve
from kb.formats import iccma
from kb.standing.framework import Framework, framework

FILES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.text(
    st.characters(exclude_characters="()[],.#%\"'", exclude_categories=["C", "Z"]), min_size=1, max_size=6
)


def saved(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def attacks(af: Framework) -> set[tuple[str, str]]:
    return {(af.names[a], af.names[b]) for a, b in af.attacks()}


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    names = draw(st.lists(NAMES, unique=True, max_size=8))
    number = st.integers(0, len(names) - 1)
    return framework(names, draw(st.lists(st.tuples(number, number), max_size=20)) if names else [])


# --- reading and writing ----------------------------------------------------------


@FILES
@given(af=frameworks())
@pytest.mark.parametrize("suffix", [".apx", ".tgf"])
def test_what_is_written_reads_back_equal(tmp_path: Path, suffix: str, af: Framework) -> None:
    path = tmp_path / f"x{suffix}"
    iccma.write(af, path)
    assert iccma.read(path) == af


@FILES
@given(af=frameworks())
def test_the_numeric_format_keeps_the_attacks_and_tells_the_names(tmp_path: Path, af: Framework) -> None:
    path = tmp_path / "x.af"
    iccma.write(af, path)
    back = iccma.read(path)
    assert list(back.attacks()) == list(af.attacks())
    assert back.names == tuple(str(i) for i in range(1, len(af) + 1))
    text = path.read_text(encoding="utf-8")
    if back.names != af.names:
        assert all(f"# {i} is {name}\n" in text for i, name in enumerate(af.names, 1))
    iccma.write(back, path)
    assert iccma.read(path) == back
    assert " is " not in path.read_text(encoding="utf-8")


def test_the_three_formats_say_the_same(tmp_path: Path) -> None:
    apx = saved(tmp_path, "x.apx", "% two\natt(1,2).arg(1).\n  arg( 2 ) . att( 2 , 2 ).% end\natt(1,2).\n\n")
    tgf = saved(tmp_path, "x.tgf", "1 the first\n2\n#\n1 2 with a label\r\n\n2 2\n")
    af = saved(tmp_path, "x.af", "# two\np af 2\n1 2\n# between\n2 2\n")
    for path in (apx, tgf, af):
        found = iccma.read(path)
        assert set(found.names) == {"1", "2"}
        assert attacks(found) == {("1", "2"), ("2", "2")}


@pytest.mark.parametrize(
    ("name", "text"), [("x.apx", ""), ("x.apx", "% nothing\n"), ("x.tgf", "#\n"), ("x.af", "p af 0\n")]
)
def test_a_framework_may_be_empty(tmp_path: Path, name: str, text: str) -> None:
    assert len(iccma.read(saved(tmp_path, name, text))) == 0


MALFORMED: list[tuple[str, str | bytes, str]] = [
    ("x.apx", "arg(a)\n", "1:7: '.' is expected, but the line ends"),
    ("x.apx", "arg(a).\natt(a b).\n", "2:7: ',' is expected, not 'b'"),
    ("x.apx", "arg(a). att(a,).\n", "1:15: a name is expected, not ')'"),
    ("x.apx", "arg(a).\n att(a\n,a).", "2:7: ',' is expected, but the line ends"),
    ("x.apx", "arg(a % b).", "1:7: ')' is expected, but the line ends"),
    ("x.apx", "argument(a).", "1:1: arg(NAME). or att(NAME,NAME). is expected, not 'argument'"),
    ("x.apx", "arg(a). # no comment", "1:9: arg(NAME). or"),
    ("x.apx", "arg('a b').", '1:5: a name is expected, not "\'"'),
    ("x.apx", "arg(a).\narg(b). arg(a).", "2:13: argument 'a' is declared a second time"),
    ("x.apx", "arg(alpha).\natt(alpha,alpah).", "2:11: 'alpah' is attacked or attacks, but is not declared"),
    ("x.apx", "arg(alpha).\natt(alpha,alpah).", "did you mean alpha?"),
    ("x.apx", "arg(a\u202eb).", "1:5: the name 'a\\u202eb' has a character that cannot be seen"),
    ("x.apx", "arg(a\x00).", "1:5: the name 'a\\x00' has a character that cannot be seen"),
    ("x.apx", "\ufeffarg(a).", "1:1: arg(NAME). or att(NAME,NAME). is expected, not '\\ufeffarg'"),
    ("x.apx", "arg(é).\natt(é,".encode() + b"\xff).", "2:7: the file is not UTF-8 text"),
    ("x.tgf", "a\nb\n", "3:1: the file ends without a line '#'"),
    ("x.tgf", "", "1:1: the file ends without a line '#'"),
    ("x.tgf", "a\na\n#\n", "2:1: argument 'a' is declared a second time"),
    ("x.tgf", "a\n#\na  \n", "3:2: an attack names two arguments; one is missing"),
    ("x.tgf", "a\n#\na b\n", "3:3: 'b' is attacked or attacks, but is not declared"),
    ("x.tgf", "a\n#\n#\n", "3:1: a name cannot have '#'"),
    ("x.tgf", "  a[1]\n#\n", "1:4: a name cannot have '['"),
    ("x.af", "1 2\n", "1:1: the first line is 'p af N'"),
    ("x.af", "p af two\n", "1:1: the first line is 'p af N'"),
    ("x.af", "# only this\n", "2:1: the file ends without a line 'p af N'"),
    ("x.af", "p af 999999999\n", "1:6: more than 10,000,000 arguments"),
    ("x.af", "p af 2\n1 3\n", "2:3: '3' is no argument: they are 1 to 2"),
    ("x.af", "p af 2\n0 1\n", "2:1: '0' is no argument"),
    ("x.af", "p af 2\n-1 1\n", "2:1: '-1' is no argument"),
    ("x.af", "p af 2\n1 ²\n", "2:3: '²' is no argument"),
    ("x.af", "p af 2\n1 " + "1" * 5_000 + "\n", "2:3: '1111"),
    ("x.af", "p af 2\n1 2 1\n", "2:5: an attack is two numbers, not 3"),
    ("x.af", "p af 2\n1\n", "2:2: an attack is two numbers, not 1"),
    ("x.af", "p af 2\np af 2\n", "2:1: 'p' is no argument"),
]


@pytest.mark.parametrize(("name", "text", "said"), MALFORMED)
def test_a_malformed_file_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    path = saved(tmp_path, name, text)
    with pytest.raises(iccma.FormatError) as caught:
        iccma.read(path)
    message = str(caught.value)
    assert said in message
    assert message.startswith(f"{path}:")
    assert message.isprintable()
    assert len(message) < len(str(path)) + 200


@FILES
@given(text=st.text("arg(t,).% \n#ab12p\x00é", max_size=40), suffix=st.sampled_from(iccma.SUFFIXES))
def test_any_text_is_a_framework_or_a_format_error(tmp_path: Path, suffix: str, text: str) -> None:
    path = saved(tmp_path, f"x{suffix}", text)
    try:
        found = iccma.read(path)
    except iccma.FormatError:
        return
    iccma.write(found, path)
    assert iccma.read(path) == found


def test_other_suffixes_and_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(iccma.FormatError, match=r"ends in \.apx, \.tgf, \.af"):
        iccma.read(saved(tmp_path, "x.txt", "arg(a)."))
    with pytest.raises(FileNotFoundError):
        iccma.read(tmp_path / "none.apx")


@pytest.mark.parametrize("name", ["a b", "", "a,b", "a).att(b", "a\nb", "a\u202eb", "[a]", "#"])
@pytest.mark.parametrize("suffix", iccma.SUFFIXES)
def test_a_name_that_would_break_the_file_is_not_written(tmp_path: Path, suffix: str, name: str) -> None:
    path = tmp_path / f"x{suffix}"
    with pytest.raises(iccma.FormatError, match="no format can carry the name"):
        iccma.write(framework([name], []), path)
    assert not path.exists()


def test_a_long_file_is_read(tmp_path: Path) -> None:
    n = 50_000
    af = framework(map(str, range(1, n + 1)), ((i, i + 1) for i in range(n - 1)))
    for suffix in iccma.SUFFIXES:
        path = tmp_path / f"x{suffix}"
        iccma.write(af, path)
        assert iccma.read(path) == af
    one_line = path.with_suffix(".apx")
    one_line.write_text(one_line.read_text().replace("\n", " "))
    assert iccma.read(one_line) == af


# --- questions and answers ----------------------------------------------------------

DIAMOND = "arg(a). arg(b). arg(c). att(a,b). att(b,a). att(b,c)."
ODD = "p af 3\n1 2\n2 3\n3 1\n"


@pytest.mark.parametrize(
    ("semantics", "task", "argument", "said"),
    [
        ("gr", "EE", None, "[[]]"),
        ("co", "EE", None, "[[],[a,c],[b]]"),
        ("pr", "EE", None, "[[a,c],[b]]"),
        ("st", "EE", None, "[[a,c],[b]]"),
        ("gr", "SE", None, "[]"),
        ("co", "SE", None, "[]"),
        ("gr", "DC", "a", "NO"),
        ("pr", "DC", "a", "YES"),
        ("pr", "DS", "a", "NO"),
        ("co", "DC", "c", "YES"),
        ("st", "DS", "c", "NO"),
    ],
)
def test_answers_in_the_notation_of_the_competition(
    tmp_path: Path, semantics: str, task: str, argument: str | None, said: str
) -> None:
    assert solve(saved(tmp_path, "x.apx", DIAMOND), semantics, task, argument).notation == said


def test_some_extension_is_one_of_all(tmp_path: Path) -> None:
    path = saved(tmp_path, "x.apx", DIAMOND)
    for semantics in SEMANTICS:
        [some] = solve(path, semantics, "SE").extensions
        assert some in solve(path, semantics, "EE").extensions


def test_answers_without_an_extension_and_with_numbers(tmp_path: Path) -> None:
    path = saved(tmp_path, "x.af", ODD)
    assert solve(path, "st", "EE").notation == "[]"
    assert solve(path, "st", "SE").notation == "NO"
    assert solve(path, "st", "DC", "1").notation == "NO"
    assert solve(path, "st", "DS", "1").notation == "YES"
    assert solve(path, "pr", "EE").notation == "[[]]"
    broken = saved(tmp_path, "y.af", "p af 12\n12 1\n1 2\n2 3\n3 1\n")
    assert solve(broken, "pr", "EE").notation == "[[2,4,5,6,7,8,9,10,11,12]]"


@pytest.mark.parametrize(
    ("semantics", "task", "argument", "said"),
    [
        ("grounded", "EE", None, "no semantics is called 'grounded'; there is gr, co, pr, st"),
        ("gr", "CE", None, "no task is called 'CE'; there is EE, SE, DC, DS"),
        ("gr", "DC", None, "DC needs an argument: it is to decide whether some extension has the argument"),
        ("gr", "EE", "a", "EE takes no argument: it is to enumerate all extensions"),
        ("gr", "DS", "ab", "has no argument 'ab'; did you mean"),
    ],
)
def test_a_question_that_cannot_be_asked(
    tmp_path: Path, semantics: str, task: str, argument: str | None, said: str
) -> None:
    with pytest.raises(WrongQuestion) as caught:
        solve(saved(tmp_path, "x.apx", DIAMOND), semantics, task, argument)
    assert said in str(caught.value)


def test_every_pair_of_semantics_and_task_is_answered(tmp_path: Path) -> None:
    path = saved(tmp_path, "x.apx", DIAMOND)
    for semantics in SEMANTICS:
        for task in TASKS:
            argument = "a" if task.startswith("D") else None
            said = solve(path, semantics, task, argument).notation
            assert said in ("YES", "NO") if argument else said.startswith("[")


def test_the_grounded_extension_is_answered_without_heavy_imports(tmp_path: Path) -> None:
    path = saved(tmp_path, "x.apx", DIAMOND)
    program = (
        "import sys; from pathlib import Path; from kb.commands.solve import solve\n"
        "print(solve(Path(sys.argv[1]), 'gr', 'EE').notation)\n"
        "print(sorted({'clingo', 'networkx', 'numpy', 'scipy'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n") == ["[[]]", "[]", ""]
