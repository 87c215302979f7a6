"""``kb sources add``: what registries and reference managers write becomes sources, once each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import source
from kb.commands import drafts
from kb.commands.drafts import Refused
from kb.commands.sourcing import add_sources
from kb.formats.reading import FormatError, Misread
from kb.formats.registered import works_of
from kb.model import Source
from kb.source.works import Works, address
from tests.conftest import Ran

Kb = Callable[..., Ran]

CROSSREF = {
    "status": "ok",
    "message-type": "work",
    "message": {
        "DOI": "10.1038/s41586-020-2649-2",
        "type": "journal-article",
        "title": ["Array <i>programming</i> with NumPy &amp; friends"],
        "subtitle": [],
        "container-title": ["Nature"],
        "author": [
            {"given": "Charles R.", "family": "Harris", "sequence": "first", "affiliation": []},
            {"name": "The NumPy Team", "sequence": "additional"},
        ],
        "published-print": {"date-parts": [[2020, 9, 17]]},
        "issued": {"date-parts": [[None]]},
        "volume": "585",
        "page": "357-362",
        "URL": "https://doi.org/10.1038/s41586-020-2649-2",
        "ISSN": ["0028-0836", "1476-4687"],
        "reference": [{"key": "1"}],
    },
}
DATACITE = {
    "data": {
        "id": "10.5281/zenodo.1",
        "attributes": {
            "doi": "10.5281/zenodo.1",
            "titles": [{"title": "Towers", "titleType": "TranslatedTitle"}, {"title": "Türme der Welt"}],
            "creators": [
                {"name": "Strauß, Eva", "givenName": "Eva", "familyName": "Strauß"},
                {"name": "Office of Towers", "nameType": "Organizational"},
                {"name": "Rivet, Anne"},
            ],
            "publisher": {"name": "Zenodo"},
            "publicationYear": 2021,
            "dates": [{"date": "2021-03-04", "dateType": "Issued"}, {"date": "2022", "dateType": "Updated"}],
            "types": {"citeproc": "dataset", "resourceTypeGeneral": "Dataset"},
            "url": "https://zenodo.org/record/1",
        },
    }
}
ARXIV = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>ArXiv Query</title>
<entry><id>http://arxiv.org/abs/2001.08361v1</id><published>2020-01-23T03:59:20Z</published>
<title>Scaling Laws for
  Neural Language Models</title><summary>We study.</summary>
<author><name>Jared Kaplan</name></author><author><name>Ludwig van den Berg</name></author>
<arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. Scale 3</arxiv:journal_ref></entry></feed>
"""
BIBTEX = """@article{k, title = {Scaling laws for neural language models},
  author = {Kaplan, Jared}, year = 2020}
@book{z, title = {A Zoo of Towers}, author = {Zebra, Zoe}, year = 1990}
"""


def saved(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def sources(root: Path) -> dict[str, Source]:
    return dict(source.load(root, cache=False).base.sources)


def test_crossref(small_base: Path, tmp_path: Path, kb: Kb) -> None:
    file = saved(tmp_path, "crossref.json", CROSSREF)
    done = kb("sources", "add", file, "--base", small_base)
    assert done.code == 0, done.err
    assert "kb new claim --source harris-2020" in done.out
    text = (small_base / "sources/harris-2020.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=")
    found = sources(small_base)["harris-2020"]
    assert found.title == "Array programming with NumPy & friends"
    assert (found.type, found.issued) == ("article-journal", "2020-09-17")
    assert found.authors == ("Harris, Charles R.", "The NumPy Team")
    assert found.csl["container-title"] == "Nature"
    assert "reference" not in found.csl
    assert found.accessed
    assert kb("validate", "--base", small_base).code == 0


def test_datacite(small_base: Path, tmp_path: Path) -> None:
    done = add_sources(small_base, saved(tmp_path, "datacite.json", DATACITE))
    assert done.sources == {"strauss-2021": "Türme der Welt"}
    found = sources(small_base)["strauss-2021"]
    assert found.authors == ("Strauß, Eva", "Office of Towers", "Rivet, Anne")
    assert (found.type, found.issued, found.url) == ("dataset", "2021-03-04", "https://zenodo.org/record/1")
    assert found.csl["publisher"] == "Zenodo"


def test_arxiv(small_base: Path, tmp_path: Path) -> None:
    add_sources(small_base, saved(tmp_path, "answer.xml", ARXIV))
    found = sources(small_base)["kaplan-2020"]
    assert found.title == "Scaling Laws for Neural Language Models"
    assert (found.issued, found.url) == ("2020-01-23", "https://arxiv.org/abs/2001.08361")
    assert found.csl["DOI"] == "10.48550/arXiv.2001.08361"
    assert found.csl["author"][1] == {  # type: ignore[index]
        "family": "Berg",
        "given": "Ludwig",
        "non-dropping-particle": "van den",
    }
    assert found.csl["note"] == "Published in J. Scale 3."


def test_works_that_are_there_are_shown_and_passed_over(small_base: Path, tmp_path: Path, kb: Kb) -> None:
    add_sources(small_base, saved(tmp_path, "answer.xml", ARXIV))
    before = sources(small_base)
    list_ = saved(tmp_path, "refs.bib", BIBTEX)
    refused = kb("sources", "add", list_, "--base", small_base)
    assert refused.code == 1
    assert "the same title" in refused.out
    assert "[kaplan-2020]" in refused.out
    assert "1 of 2 works is" in refused.err
    assert sources(small_base) == before
    data = kb("sources", "add", list_, "--base", small_base, "--format", "json").json
    assert data["repeated"][0]["known"][0]["id"] == "kaplan-2020"
    done = kb("sources", "add", list_, "--base", small_base, "--skip", "--format", "json").json
    assert [each["id"] for each in done["sources"]] == ["zebra-1990"]
    anyway = kb("sources", "add", list_, "--base", small_base, "--anyway")
    assert anyway.code == 0
    told = anyway.out.partition("Written all the same, though the base seems to have:")[2]
    assert "the same title" in told
    assert "[kaplan-2020]" in told
    assert {"kaplan-2020-2", "zebra-1990-2"} <= sources(small_base).keys()
    assert kb("sources", "add", list_, "--base", small_base, "--skip", "--anyway").code == 2


def test_on_a_terminal_kb_asks_whether_to_write_what_is_there(small_base: Path, tmp_path: Path) -> None:
    from tests.terminal import talk

    add_sources(small_base, saved(tmp_path, "answer.xml", ARXIV))
    list_ = saved(tmp_path, "refs.bib", BIBTEX)
    line = ("sources", "add", str(list_))
    code, shown = talk(small_base, line, [("Write which works (none, others, all) [none]:", "")])
    assert (code, "refs.bib" in shown) == (1, False)
    assert "1 of 2 works is, it seems, in the base already." in shown
    code, shown = talk(small_base, line, [("Write which works (none, others, all) [none]:", "others")])
    assert code == 0, shown
    assert "zebra-1990" in sources(small_base).keys() - {"kaplan-2020-2"}


def test_one_work_may_get_an_id_of_choice(small_base: Path, tmp_path: Path) -> None:
    file = saved(tmp_path, "refs.bib", BIBTEX)
    with pytest.raises(Refused, match="holds 2"):
        add_sources(small_base, file, name="zoo")
    one = saved(tmp_path, "one.bib", BIBTEX.splitlines()[2])
    with pytest.raises(Refused, match="taken"):
        add_sources(small_base, one, name="tower-is-tall")
    assert add_sources(small_base, one, name="zoo").files == ("sources/zoo.yaml",)


def test_csl_json_is_taken_as_it_is(small_base: Path, tmp_path: Path) -> None:
    work = {"id": "x", "type": "book", "title": "On Hills", "author": [{"family": "Ito"}], "issued": "2001"}
    assert add_sources(small_base, saved(tmp_path, "csl.json", [work])).sources == {"ito-2001": "On Hills"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no work at all", r"refs:1:1: .*no JSON"),
        ('{"message": ', r"refs:1:\d+: this is no JSON"),
        ('{"message": {"items": [3]}}', "is no object"),
        ("<html></html>", "refs:1:1: "),
        ("<!DOCTYPE x><feed xmlns='http://www.w3.org/2005/Atom'/>", "document type"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'></feed>", "no work was found"),
        (
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>http://arxiv.org/api/errors#x</id>"
            "<summary>incorrect id format for 0</summary></entry></feed>",
            "incorrect id format",
        ),
    ],
)
def test_what_is_no_such_file_is_said(small_base: Path, tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        add_sources(small_base, saved(tmp_path, "refs", content))
    assert sources(small_base).keys() == {"guide-1999"}


def test_the_base_that_comes_with_kb_is_left_alone(
    small_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "is_shipped", lambda root: True)
    with pytest.raises(Refused, match="read-only"):
        add_sources(small_base, saved(tmp_path, "refs.bib", BIBTEX))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*CROSSREF["message"], *DATACITE["data"]["attributes"], "items", "name"]),  # type: ignore[list-item, misc]
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(st.sampled_from(["message", "data"]), JSON)
def test_no_answer_of_a_registry_breaks_the_reader(field: str, value: Any) -> None:
    try:
        works = works_of(json.dumps({field: value}))
    except Misread:
        return
    assert works is None or all(isinstance(work, dict) for work in works)


# --- which works are the same -----------------------------------------------------


@pytest.mark.parametrize(
    ("work", "why"),
    [
        ({"DOI": "10.48550/ARXIV.2001.08361"}, "the same arXiv id"),
        ({"URL": "http://arxiv.org/pdf/2001.08361v3"}, "the same arXiv id"),
        ({"URL": "https://dx.doi.org/10.1234/ABC"}, "the same DOI"),
        ({"URL": "http://www.example.org/a/#part"}, "the same address"),
        ({"title": "scaling LAWS for neural language models"}, "the same title"),
        ({"title": "Scaling law for neural language models"}, "a title 9"),
        ({"title": "Scaling laws for transfer"}, ""),
        ({"URL": "https://example.org/A", "DOI": "10.1234/abcd"}, ""),
    ],
)
def test_the_same_work_is_known_by_many_names(work: dict[str, str], why: str) -> None:
    works = Works(
        {
            "one": {
                "title": "Scaling Laws for Neural Language Models",
                "URL": "https://arxiv.org/abs/2001.08361",
            },
            "two": {"title": "Something else of that time", "DOI": "10.1234/abc"},
            "three": {"title": "A page", "URL": "https://example.org/a"},
        }
    )
    found = works.same(work)
    assert found[0].why.startswith(why) if why else found == [], found


def test_an_address_keeps_what_tells_pages_apart() -> None:
    assert address("HTTPS://WWW.Example.org/") == "example.org"
    assert address("https://example.org/A?b=C#d") == "example.org/A?b=C"
