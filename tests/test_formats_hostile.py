"""Other tools' files at the edges: odd targets, odd characters, deep and long arguments."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from kb import formats
from kb.cli.exchanging import export_command
from kb.commands.interchange import FormatError, export, import_file
from kb.commands.opening import open_base
from kb.formats import dot, markdown
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.pictured import wrapped
from kb.formats.reading import text_of
from tests.conftest import PROJECT, missing
from tests.exchanges import material_of
from tests.test_formats_bad import BOTH, READ
from tests.test_formats_commands import kb

PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names only on Unix")


def said(text: str, title: str = "") -> Exchange:
    """A file of one claim."""
    drafting = Drafting(title="A title")
    drafting.claim("a", text, title=title)
    return drafting.finish()


def graph(nodes: int, edges: list[tuple[int, int]]) -> str:
    """A node-link graph of numbered claims."""
    made = [{"id": f"n{number}", "text": f"Claim {number}."} for number in range(nodes)]
    return json.dumps({"nodes": made, "edges": [{"source": f"n{a}", "target": f"n{b}"} for a, b in edges]})


# --- targets and files -------------------------------------------------------------


@PIPES
def test_a_pipe_is_not_waited_on(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[BaseException] = []

    def read() -> None:
        try:
            text_of(pipe)
        except FormatError as error:
            found.append(error)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(30)
    assert [str(error) for error in found] == [
        f"{pipe}: this is no plain file; save what it gives as one first"
    ]


@PIPES
def test_an_export_to_a_pipe_goes_through_it(tmp_path: Path, small_base: Path) -> None:
    """Devices as well: what is there is written to, and never replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Open at both ends from the start, so that neither side waits for the other; the text fits the pipe.
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        done = kb("export", "csv-relations", "-o", pipe, cwd=small_base)
        assert done.returncode == 0, done.stderr
        assert pipe.is_fifo()
        assert os.read(end, 1_000_000).startswith(b"relation,from,kind,to")
    finally:
        os.close(end)


def test_an_export_through_a_link_keeps_the_link(tmp_path: Path, small_base: Path) -> None:
    file, link = tmp_path / "map.csv", tmp_path / "link.csv"
    file.write_text("old")
    try:
        link.symlink_to(file)
    except OSError as error:
        missing(f"links cannot be made here: {error}")
    assert kb("export", "csv", "-o", link, cwd=small_base).returncode == 0
    assert link.is_symlink()
    assert file.read_text("utf-8").startswith("id,title,claim")


def test_a_dash_is_standard_output(small_base: Path) -> None:
    done = kb("export", "csv", "-o", "-", cwd=small_base)
    assert done.stdout.startswith("id,title,claim")
    assert not (small_base / "-").exists()


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_file_is_called_empty(name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(text, "utf-8")
    with pytest.raises(FormatError, match="the file is empty"):
        import_file(name, file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("escape", ['"nul\\u0000"', '"\\\\\\u0000"'])
def test_a_zero_character_is_refused_in_json(escape: str, tmp_path: Path) -> None:
    file = tmp_path / "g.json"
    file.write_text(f'{{"edges": [], "nodes": [\n{{"id": "a", "text": {escape}}}]}}')
    with pytest.raises(FormatError, match=r":2:\d+: a zero character"):
        import_file("node-link", file, tmp_path / "new")


def test_a_backslash_before_u0000_is_none(tmp_path: Path) -> None:
    file = tmp_path / "g.json"
    file.write_text(r'{"edges": [], "nodes": [{"id": "a", "text": "the escape \\u0000"}]}')
    done = import_file("node-link", file, tmp_path / "new")
    assert [claim.text for claim in done.exchange.claims.values()] == [r"the escape \u0000"]


def test_a_zero_character_is_refused_in_yaml(tmp_path: Path) -> None:
    file = tmp_path / "g.yml"
    file.write_text('statements:\n  a: "nul\\0"\narguments: {}\n')
    with pytest.raises(FormatError, match=":2:6: a zero character"):
        import_file("carneades", file, tmp_path / "new")


# --- words -------------------------------------------------------------------------


def test_counts_of_one(tmp_path: Path) -> None:
    file = tmp_path / "g.json"
    file.write_text(graph(2, [(1, 0)]))
    done = kb("import", "node-link", file, "--into", tmp_path / "new")
    assert "Found in g.json: 2 nodes, 1 edge.\n" in done.stdout
    assert "2 claims with 1 relation and 0 sources" in done.stdout


def test_a_node_without_name_or_words(tmp_path: Path) -> None:
    file = tmp_path / "g.json"
    file.write_text('{"nodes": [{"id": ""}], "edges": []}')
    exchange = import_file("node-link", file, tmp_path / "new").exchange
    assert [loss.what for loss in exchange.lost] == ["the text of a claim"]
    assert list(exchange.places.values()) == ["node"]


def test_the_example_of_export_works() -> None:
    """Its selector must mean something in the base that is shipped."""
    assert export_command.epilog
    selector = export_command.epilog.split("--select '")[1].partition("'")[0]
    assert export(open_base(PROJECT / "claims"), "dot", {}, [selector]).claims > 1


# --- what a file means in its own language -------------------------------------------


def test_dot_draws_what_was_written() -> None:
    words = 'AT&amp;T says \\N "so" \x01 \\G & <b>'
    text = dot.write(material_of(said(words)))
    assert "\x01" not in text
    if not (program := shutil.which("dot")):
        missing("Graphviz is not installed")
    drawn = subprocess.run([program, "-Tsvg"], input=text, capture_output=True, text=True, check=True)
    from xml.etree import ElementTree

    shown = "".join(ElementTree.fromstring(drawn.stdout).itertext())
    for part in ("AT&amp;T", "\\N", '"so"', "\ufffd", "\\G & <b>"):
        assert part in shown.replace("\xa0", " ")


@pytest.mark.parametrize("text", ["一" * 130, "word " + "x" * 130, "一" * 63 + " " + "二" * 60])
def test_long_words_without_spaces_are_shown(text: str) -> None:
    shown = wrapped(text)
    assert len(shown) > 60
    assert shown.endswith("…")
    assert max(map(len, shown.splitlines())) <= 32


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("- no list", "\\- no list"),
        ("+ no list", "\\+ no list"),
        ("1. no list", "1\\. no list"),
        ("=====", "\\====="),
        ("AT&amp;T", "AT\\&amp;T"),
        ("$5 and $6", "\\$5 and \\$6"),
        ("half-way, 1.5 - 2", "half-way, 1.5 - 2"),
    ],
)
def test_markdown_leaves_words_alone(words: str, written: str) -> None:
    drafting = Drafting(title="T", about=words)
    drafting.claim("a", "A.")
    assert f"\n{written}\n" in markdown.write(material_of(drafting.finish()))


# --- deep and long -------------------------------------------------------------------


def tower(height: int) -> Exchange:
    """A step, and undercuts each of the one before; ids are as long as titles make them."""
    drafting = Drafting()
    long = "which is a sentence that goes on for quite some words"
    for number in range(height):
        drafting.claim(f"n{number}", f"Number{number} {long}.")
    drafting.step("r1", "supports", ["n1"], "n0")
    for number in range(2, height):
        drafting.undercut(f"r{number}", [f"n{number}"], f"r{number - 1}")
    return drafting.finish()


def test_undercuts_of_undercuts_make_a_sound_base(tmp_path: Path) -> None:
    """Their usual ids grow with the depth, and a file can name none of more than 255 characters."""
    file, new = tmp_path / "map.json", tmp_path / "new"
    file.write_text(formats.module("aif").write(material_of(tower(12))), "utf-8")
    done = import_file("aif", file, new)
    assert done.exchange.relations == 11
    opened = open_base(new)
    assert sum(len(claim.undercuts) for claim in opened.base.claims.values()) == 10
    validated = kb("validate", "--base", new)
    assert "error" not in validated.stdout, validated.stdout


@pytest.fixture(scope="module")
def high_tower() -> Exchange:
    return tower(5_000)


@pytest.mark.parametrize("name", [name for name in formats.MODULES if formats.module(name).FORMAT.writes])
def test_a_high_tower_of_undercuts_can_be_written(name: str, high_tower: Exchange) -> None:
    """In linear time, and without recursion."""
    if name == "claimreview":
        pytest.skip("it has no relations")
    assert formats.module(name).write(material_of(high_tower)).count("\n") > 10


@pytest.mark.parametrize("name", BOTH)
def test_a_long_chain_comes_back(name: str) -> None:
    drafting, module = Drafting(), formats.module(name)
    for number in range(2_000):
        drafting.claim(f"n{number}", f"Claim {number}.")
    for number in range(1, 2_000):
        drafting.step(f"r{number}", "supports", [f"n{number}"], f"n{number - 1}")
    again = Drafting()
    module.read(module.write(material_of(drafting.finish())), again, Path("file"))
    assert again.finish().relations == 1_999
