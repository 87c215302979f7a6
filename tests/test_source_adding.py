"""Writing a base: fields of the model, ids from words, new files all or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import source
from kb.source import adding, convert
from kb.source.fields import claim_fields, config_fields, source_fields
from kb.source.ids import malformed
from kb.source.naming import id_from
from kb.source.schemas import misfits

ROOT = Path(__file__).parents[1]


def test_every_file_of_the_base_is_written_back_as_it_was_read() -> None:
    base = source.load(ROOT / "claims").base
    for claim in base.claims.values():
        fields = claim_fields(claim)
        assert not misfits("claim", fields)
        assert convert.claim(claim.id, fields, claim.file) == claim
    for found in base.sources.values():
        assert convert.source(found.id, source_fields(found), found.file) == found
    config = config_fields(base.config)
    assert not misfits("base", config)
    assert convert.config(config) == base.config


@given(st.text(max_size=200), st.sets(st.text(max_size=5)))
def test_an_id_is_well_formed_and_not_taken(words: str, taken: set[str]) -> None:
    first = id_from(words, taken)
    assert malformed(first) is None
    assert first not in taken
    assert id_from(words, {*taken, first}) not in {*taken, first}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Große Modelle lernen", "grosse-modelle-lernen"),
        ("10,000 GPT-4s cost under 1 % of GDP", "gpt-4s-cost-under-1-of-gdp"),
        ("模型", "claim"),
        ("con", "claim-con"),
        ("", "claim"),
    ],
)
def test_ids_are_made_of_the_words(words: str, expected: str) -> None:
    assert id_from(words, ()) == expected


def test_nothing_is_written_when_one_file_is_there(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("mine")
    with pytest.raises(adding.AddingError, match=r"b\.yaml is there already"):
        adding.add(tmp_path, {"x/a.yaml": "a", "b.yaml": "b"})
    assert [path.name for path in tmp_path.iterdir()] == ["b.yaml"]
    assert (tmp_path / "b.yaml").read_text() == "mine"


def test_what_was_written_before_a_failure_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def full(path: Path, data: str) -> None:
        if written:
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        path.write_text(data)

    monkeypatch.setattr(adding.store, "write_atomic", full)
    with pytest.raises(OSError, match="No space left"):
        adding.add(tmp_path, {"x/y/a.yaml": "a", "x/y/b.yaml": "b"})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", ["../out.yaml", "/tmp/out.yaml", "x/../../out.yaml", "link/out.yaml"])
def test_nothing_is_written_outside(tmp_path: Path, path: str) -> None:
    root = tmp_path / "base"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(adding.AddingError, match="outside"):
        adding.add(root, {path: "x"})
    assert not (tmp_path / "out.yaml").exists()


def test_the_first_line_of_every_file_leads_to_its_schema() -> None:
    for path in (ROOT / "claims").rglob("*.yaml"):
        line = path.read_text().partition("\n")[0]
        schema = line.partition("$schema=")[2]
        assert (path.parent / schema).is_file(), f"{path.name}: {line}"


def test_editors_find_the_schema(tmp_path: Path) -> None:
    text = adding.file_text(tmp_path, "topic/a.yaml", "claim", {"claim": "It is so."})
    assert text == "# yaml-language-server: $schema=../../schema/claim.schema.json\nclaim: It is so.\n"
    (tmp_path / "schema").mkdir()
    assert adding.schema_of(tmp_path, "topic/a.yaml", "claim") == "../schema/claim.schema.json"
    assert adding.schema_of(tmp_path, "kb.yaml", "base") == "./schema/base.schema.json"
