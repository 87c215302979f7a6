"""Files that are broken, hostile or merely odd, for every format that is read: one sentence, or sound drafts.

Whatever is added to ``kb.formats.MODULES`` is tested here; a format that is not written gets a small sound
file in ``SMALL``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import formats
from kb.commands.interchange import import_file
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.holding import reduced
from kb.formats.placing import Origin, files_of
from kb.formats.reading import FormatError, Misread, text_of, xml_of
from kb.source import read_yaml
from kb.source.fields import claim_fields, source_fields
from kb.source.schemas import misfits
from tests.exchanges import material_of

READ = [name for name in formats.MODULES if formats.module(name).FORMAT.reads]
BOTH = [name for name in READ if formats.module(name).FORMAT.writes]
SMALL: Mapping[str, str] = MappingProxyType(
    {
        "kialo": "Discussion Title: Tea?\n\n1. Tea is good.\n1.1. Pro: It [wakes](https://a.org/x).\n"
        "It warms.\n1.1.1. Con: -> See 1.2.\n1.2. Con: It \\[often\\] cools.\n",
        "microtexts": '<?xml version="1.0" encoding="UTF-8"?>\n<arggraph id="m1" topic_id="tea" stance="pro">'
        '<edu id="e1"><![CDATA[Tea wakes.]]></edu><edu id="e2">So drink é &amp; tea.</edu>'
        '<edu id="e3">But it cools.</edu><adu id="a1" type="pro"/><adu id="a2" type="pro"/>'
        '<adu id="a3" type="opp"/><edge id="c1" src="a1" trg="a2" type="sup"/>'
        '<edge id="c2" src="a3" trg="c1" type="und"/><edge id="c3" src="e1" trg="a1" type="seg"/>'
        '<edge id="c4" src="e2" trg="a2" type="seg"/><edge id="c5" src="e3" trg="a3" type="seg"/>'
        "</arggraph>\n",
        "references": "@string{p = {Tea Press}}\n@book{a1, title = {On {T}ea},"
        " author = {Ann Cook and {Tea Board}},"
        '\n  year = 1999, publisher = p # " Ltd", url = "https://a.org/x"}\n'
        "@article(b, title={{\\'E}t{\\'e}}, month = may, year = {2001})\n",
        "trudag": 'digraph G {\n"A-1" [sha=00ff];\n"A-2" [sha="00"];\n"A-1" -> "A-2" [sha=ab];\n}\n',
    }
)
HOSTILE = (
    "../../../etc/passwd", "..", "/etc/passwd", "C:\\con", "sources/x", "kb.yaml", "a\u202eb",
    "\x1b[31m", "<script>alert(1)</script>", "{{7*7}}", "a" * 300, "con", "🔥", "%s%n", "'\"`; rm -rf /",
    "&x *x !!python/object:os",
)  # fmt: skip


def example() -> Exchange:
    """A little of everything that relations have, in words with signs that formats use."""
    drafting = Drafting(title="Tea: a [debate]", about="What is known of tea.")
    drafting.source("work", {"type": "book", "title": "On tea", "author": [{"family": "Cook"}]}, id="work")
    for name in ("first", "second", "third", "fourth"):
        words = f"The {name} claim says “é” & <b> {{x}} #1."
        drafting.claim(name, words, title=f"The {name}", tags=["tea"], notes="A note.", id=name)
        drafting.cite(name, "work", at="p. 3")
    drafting.step("s1", "supports", ["first", "second"], "third", strength="strong", because="It follows.")
    drafting.step("s2", "attacks", ["fourth"], "third")
    drafting.undercut("u1", ["fourth"], "s1")
    drafting.undercut("u2", ["second"], "u1")
    drafting.need("assumes", "first", "fourth")
    drafting.question("What of tea?", ["third"], id="tea")
    return drafting.finish()


def text_in(name: str) -> str:
    """A small sound file in a format."""
    module = formats.module(name)
    if module.FORMAT.writes:
        kept, _ = reduced(example(), module.FORMAT.holds, draft=True)
        return module.write(material_of(kept))
    assert name in SMALL, f"give tests/test_formats_bad.py a small file in the format {name!r}"
    return SMALL[name]


def drafted(name: str, text: str, folder: Path) -> Exchange | None:
    """What a text gives, which must be sound; None where the reader refuses it, at a place that is there."""
    drafting = Drafting()
    refused: Misread | None = None
    try:
        formats.module(name).read(text, drafting, folder / "file")
    except Misread as wrong:
        refused = wrong
    if refused is not None:
        assert 1 <= refused.line <= text.count("\n") + 1
        assert refused.column >= 1
        assert str(refused).strip()
        return None
    exchange = drafting.finish()
    assert_sound(exchange, folder)
    return exchange


def assert_sound(exchange: Exchange, folder: Path) -> None:
    """Claims and sources fit their schemas, relations lead somewhere, files lie in their place."""
    steps = [step.id for claim in exchange.claims.values() for step in claim.steps]
    cuts = [cut.id for claim in exchange.claims.values() for cut in claim.undercuts]
    every = [*steps, *cuts, *exchange.claims, *exchange.sources, *(q.id for q in exchange.questions)]
    assert len(every) == len(set(every))
    for name, claim in exchange.claims.items():
        assert not misfits("claim", claim_fields(claim)), claim
        for step in claim.steps:
            assert {*step.premises, step.conclusion} <= exchange.claims.keys()
            assert step.premises[0] == name
        for cut in claim.undercuts:
            assert {*cut.premises} <= exchange.claims.keys()
            assert cut.target in (*steps, *cuts)
        assert {found.source for found in claim.evidence} <= exchange.sources.keys()
    for source in exchange.sources.values():
        assert not misfits("source", source_fields(source)), source
    files = files_of(exchange, Origin("file", "a format", "2026-01-01"), folder, "topic", (), new=True)
    assert len(files) == 2 + len(exchange.claims) + len(exchange.sources)
    for path, text in files.items():
        assert ".." not in path.split("/")
        assert not path.startswith("/")
        value, wrong = read_yaml(text, path)
        assert value is not None, [str(found) for found in wrong]


@pytest.mark.parametrize("name", READ)
def test_the_small_file_is_read(name: str, tmp_path: Path) -> None:
    found = drafted(name, text_in(name), tmp_path)
    assert found is not None
    assert found.claims or found.sources
    assert found.counted, "a report counts what the file has"


@pytest.mark.parametrize("name", READ)
def test_cut_short_anywhere(name: str, tmp_path: Path) -> None:
    data = text_in(name).encode()
    for end in range(0, len(data), 7):
        drafted(name, data[:end].decode(errors="ignore"), tmp_path)


@pytest.mark.parametrize("name", READ)
def test_one_sign_too_many_or_too_few(name: str, tmp_path: Path) -> None:
    text = text_in(name)
    for at in range(0, len(text), 13):
        drafted(name, text[:at] + text[at + 1 :], tmp_path)
        for extra in ('"', "}", "<", "[", "\n", ":", "\\", "&a ", "\u2028", "\ufeff", "\x07"):
            drafted(name, text[:at] + extra + text[at:], tmp_path)


@pytest.mark.parametrize("name", READ)
def test_a_part_twice(name: str, tmp_path: Path) -> None:
    """Lines that are given twice, and the whole file twice: told, or sound."""
    text = text_in(name)
    drafted(name, text + text, tmp_path)
    lines = text.split("\n")
    for at in range(len(lines)):
        drafted(name, "\n".join([*lines[: at + 1], *lines[at:]]), tmp_path)


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(("before", "after"), [(b"\xef\xbb\xbf", b"\n"), (b"", b"\r\n"), (b"", b"\r")])
def test_marks_and_line_ends_change_nothing(name: str, before: bytes, after: bytes, tmp_path: Path) -> None:
    text = text_in(name)
    (tmp_path / "file").write_bytes(before + text.encode().replace(b"\n", after))
    assert drafted(name, text_of(tmp_path / "file"), tmp_path) == drafted(name, text, tmp_path)
    (tmp_path / "file").write_bytes(text.encode("utf-16"))
    assert drafted(name, text_of(tmp_path / "file"), tmp_path) == drafted(name, text, tmp_path)


@pytest.mark.parametrize("name", READ)
def test_wrong_encoding_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(text_in(name).encode() + "été".encode("latin-1"))
    with pytest.raises(FormatError, match=r":\d+:\d+: byte 0xe9 is not text in UTF-8"):
        import_file(name, file, tmp_path / "new")
    file.write_bytes(b"\x00\x01\x02" * 9)
    with pytest.raises(FormatError, match="zero byte"):
        import_file(name, file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "[",
        "[" * 10_000,
        "{" * 10_000,
        '{"a":' * 10_000,
        '{"nodes": ' + "[" * 10_000,
        "(" * 10_000,
        "<a>" * 10_000,
        "- " * 10_000 + "x",
        "[a]: " * 10_000,
        "".join(" " * depth + "- a\n" for depth in range(1_500)),
        "".join(" " * depth + "a:\n" for depth in range(1_500)),
        "null",
        "true",
        '"text"',
        "1" * 10_000,
        "[1e999]",
        "NaN",
        "---\n...\n",
        "\\" * 10_000,
        "@" * 10_000,
        '"' * 9_999,
        "{{{{{{",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "%YAML 9.9\n---\na: b\n",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "1. " * 10_000,
        "/*",
        "<!--",
        "===\n",
        "\x1f",
        "\u2028",
        "\ud7ff\U0010ffff",
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_what_is_no_file_of_the_format(name: str, text: str, tmp_path: Path) -> None:
    drafted(name, text, tmp_path)


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("other", READ)
def test_a_file_of_another_format(name: str, other: str, tmp_path: Path) -> None:
    drafted(name, text_in(other), tmp_path)


@pytest.mark.parametrize("name", READ)
@given(text=st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text(name: str, text: str) -> None:
    text = "".join(c for c in text if c not in "\0\r" and not "\ud800" <= c <= "\udfff")
    drafted(name, text, Path("/nowhere"))


@pytest.mark.parametrize("name", READ)
def test_hostile_words_stay_words(name: str, tmp_path: Path) -> None:
    """Every name and text of a file becomes a path, code and markup; nothing of it leaves its place."""
    text = text_in(name)
    for word in ("first", "third", "A-1", "e1", "a1", "1.1", "Tea"):
        for hostile in HOSTILE:
            drafted(name, text.replace(word, hostile), tmp_path)


@pytest.mark.parametrize("name", BOTH)
def test_ids_of_the_file_are_only_wishes(name: str, tmp_path: Path) -> None:
    """Ids that are paths, devices or taken become others; nothing but files of the base is made."""
    module = formats.module(name)
    exchange = example()
    for evil in ("../../evil", "con", "a/b", "..", "Kb.YAML"):
        claims = {evil if key == "first" else key: claim for key, claim in exchange.claims.items()}
        claims[evil] = replace(claims[evil], id=evil, steps=(), undercuts=(), assumes=())
        steps = {k: replace(c, steps=(), undercuts=()) for k, c in claims.items()}
        kept, _ = reduced(replace(exchange, claims=steps, questions=()), module.FORMAT.holds, draft=True)
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        file = folder / "file"
        file.write_text(module.write(material_of(kept)), encoding="utf-8")
        try:
            done = import_file(name, file, folder / "base", trial=True)
        except FormatError:
            continue
        assert all(path.count("/") <= 1 and ".." not in path for path in done.files), done.files
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "in"]


@pytest.mark.parametrize("name", BOTH)
def test_long_texts_one_claim_and_no_relation(name: str) -> None:
    module = formats.module(name)
    for words in ("word " * 20_000, "w" * 100_000, "é" * 15_000, "a. " * 5_000):
        drafting = Drafting(title="Long")
        drafting.claim("one", words.strip(), id="one")
        kept, _ = reduced(drafting.finish(), module.FORMAT.holds, draft=True)
        back = Drafting()
        module.read(module.write(material_of(kept)), back, Path("file"))
        (claim,) = back.finish().claims.values()
        assert claim.text == kept.claims["one"].text


# --- XML --------------------------------------------------------------------------

XML = [name for name in READ if text_in(name).startswith("<")]


def bombs() -> Iterator[Any]:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield pytest.param(f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><x>&l9;</x>', id="billion laughs")
    yield pytest.param(f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]><x>{"&a;" * 50_000}</x>', id="quadratic")
    for where in ("file:///etc/passwd", "http://127.0.0.1:9/x", "//host/share"):
        yield pytest.param(f'<!DOCTYPE x [<!ENTITY e SYSTEM "{where}">]><x>&e;</x>', id=f"entity {where}")
        yield pytest.param(f'<!DOCTYPE x SYSTEM "{where}"><x/>', id=f"type {where}")
    yield pytest.param('<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><x/>', id="parameter")
    yield pytest.param(
        '<?xml version="1.0" standalone="no"?><!DOCTYPE x PUBLIC "-//a//b" "x.dtd"><x/>', id="public"
    )


@pytest.mark.parametrize("text", list(bombs()))
@pytest.mark.parametrize("name", XML)
def test_entities_are_refused(name: str, text: str, tmp_path: Path) -> None:
    drafting = Drafting()
    with pytest.raises(Misread, match="document type") as caught:
        formats.module(name).read(text, drafting, tmp_path / "file")
    assert caught.value.line == 1


def test_an_entity_that_is_not_declared() -> None:
    with pytest.raises(Misread, match="undefined entity"):
        xml_of("<x>&passwd;</x>")


def test_nesting_is_told_with_its_line() -> None:
    with pytest.raises(Misread, match="nested more than 500 deep") as caught:
        xml_of("<x>\n" * 10_000 + "</x>" * 10_000)
    assert caught.value.line == 501


@pytest.mark.parametrize("coding", ["utf-16", "latin-1", "utf-7", "ebcdic-cp-us", "x-unknown"])
def test_a_declared_encoding_is_not_believed(coding: str) -> None:
    """The text is decoded already; and no codec but UTF-8 ever runs on it."""
    root = xml_of(f'<?xml version="1.0" encoding="{coding}"?>\n<x>é+ADw-</x>')
    assert root.text == "é+ADw-"
    with pytest.raises(Misread) as caught:
        xml_of(f'<?xml version="1.0" encoding="{coding}"?>\n<x>\n<y></x>')
    assert caught.value.line == 3


def test_xml_from_elsewhere_than_the_first_line() -> None:
    """Processing instructions name nothing that is fetched; name spaces and comments are passed over."""
    root = xml_of('<?xml-stylesheet href="file:///etc/passwd"?><!-- a --><a:x xmlns:a="urn:a"><a:y/></a:x>')
    assert [part.tag for part in root.iter()] == ["urn:a}x", "urn:a}y"]


GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{}</graphml>'


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<graph/>",
        "<graph><node/></graph>",
        '<graph><node id="a"/><node id="a"/></graph>',
        '<graph><edge source="a" target="b"/></graph>',
        '<graph><node id="a"/><edge source="a" target="a"/></graph>',
        '<graph><node id="a"><data key="none">x</data></node></graph>',
        '<key id="k" attr.name="kind"/><graph><node id="a"><data key="k">inference</data></node></graph>',
        '<key id="k" attr.name="kind"/><graph><node id="a"><data key="k">undercut</data></node>'
        '<edge source="a" target="a"/></graph>',
        '<key id="k" attr.name="csl"/><key id="d" attr.name="kind"/><graph><node id="a">'
        '<data key="k">[[[</data><data key="d">source</data></node></graph>',
        '<key id="k" attr.name="weight" attr.type="double"/><graph><node id="a">'
        '<data key="k">nan</data></node></graph>',
        '<graph><node id="../../x"><graph><node id="y"/></graph></node></graph>',
        '<graph><hyperedge id="h"><endpoint node="a"/></hyperedge></graph>',
    ],
)
def test_odd_graphml(inner: str, tmp_path: Path) -> None:
    drafted("graphml", GRAPHML.format(inner), tmp_path)
