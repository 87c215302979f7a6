"""BibTeX by its grammar, TeX to text, and CSL-JSON as programs write it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kb.formats import references
from kb.formats.bibtex_csl import names
from kb.formats.csl import date
from kb.formats.drafting import Drafting
from kb.formats.exchange import Exchange
from kb.formats.reading import Misread
from kb.formats.tex_text import plain

BIB = r"""
What stands outside is a comment.
@string{press = "Tea " # {Press}}
@preamble{ "\newcommand{\x}{y}" # "z" }
@comment{jabref-meta: {x}}
@Article{cook:84, author = {Ann B. Cook and {\"O}zg{\"u}r, Jr., Ali and {The {T}ea Group}
 and Jan van der Berg and others},
  title = {Literate {T}ea --- it's ``fun''}, journal="The {"}Tea{"} Journal", year=1984, month = may # "~3",
  pages={97--111}, volume=27, number=2, publisher = press, doi={10.1/x_y}, url={http://x.org/a\_b},
  file={x.pdf}, foo = unknown, volume = 28}
@inproceedings(two, title="G{\"o}del", crossref={Proc}, eprint={2001.08361}, archivePrefix={arXiv})
@proceedings{proc, title={Proceedings of {Tea}}, year={2019},}
@misc{two, title = {Another}}
@misc{bare}
"""


def read(text: str) -> Exchange:
    drafting = Drafting()
    references.read(text, drafting, Path("works.bib"))
    return drafting.finish()


def test_a_bibliography() -> None:
    found = read(BIB)
    assert not found.claims
    works = {name: dict(source.csl) for name, source in found.sources.items()}
    assert works["cook-84"] == {
        "type": "article-journal",
        "title": "Literate Tea — it's “fun”",
        "author": [
            {"family": "Cook", "given": "Ann B."},
            {"family": "Özgür", "given": "Ali", "suffix": "Jr."},
            {"literal": "The Tea Group"},
            {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
            {"literal": "others"},
        ],
        "issued": "1984-05-03",
        "URL": "http://x.org/a_b",
        "issue": "2",
        "container-title": 'The "Tea" Journal',
        "page": "97-111",
        "volume": "27",
        "publisher": "Tea Press",
        "DOI": "10.1/x_y",
    }
    assert works["two"]["container-title"] == "Proceedings of Tea"
    assert works["two"]["issued"] == "2019"
    assert works["two"]["URL"] == "https://arxiv.org/abs/2001.08361"
    assert [(loss.what, loss.line) for loss in found.lost] == [
        ("@preamble (1)", 0),
        ("@comment (1)", 0),
        ("the abbreviation unknown", 10),
        ("volume of cook:84: 28", 10),
        ("file of cook:84: x.pdf", 6),
        ("foo of cook:84: unknown", 6),
        ("the second work two", 13),
        ("the title of bare", 14),
    ]
    assert found.counted["works"] == 5


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\'{e}\`a\^{\i}\~n\=o\.z\"u\u{g}\v{s}\c{c}\k{a}\r{a}\H{o}\d{s}", "éàîñōżüğšçąåőṣ"),
        (r"{\'E}t{\'e} \v Cech \o re na{\"\i}ve", "Été Čech øre naïve"),
        (r"\ss \ae {\OE} \l{} \AA ngstr\"om", "ßæŒ ł Ångström"),
        (r"50\% \& \$3 \_x \#1 \{y\}", "50% & $3 _x #1 {y}"),
        (r"\emph{so} \textbf{it \textit{goes}} \LaTeX{}", "so it goes LaTeX"),
        (r"$x_{1}^2$ --- pp. 1--2 ``a'' b~c", "$x_{1}^2$ — pp. 1–2 “a” b\u00a0c"),
        ("a\n  b\t{}c", "a b c"),
        ("\\", "\\"),
        ("{" * 5_000 + "x", "x"),
        (r"\'", ""),
    ],
)
def test_tex(tex: str, text: str) -> None:
    assert plain(tex) == text


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ann Cook", {"family": "Cook", "given": "Ann"}),
        ("Cook", {"family": "Cook"}),
        ("de la Cruz, Ann", {"non-dropping-particle": "de la", "family": "Cruz", "given": "Ann"}),
        ("Ludwig {van Beethoven}", {"family": "van Beethoven", "given": "Ludwig"}),
        ("{Tea and Milk Inc.}", {"literal": "Tea and Milk Inc."}),
    ],
)
def test_names(name: str, parts: dict[str, str]) -> None:
    assert list(names(name)) == [parts]
    assert list(names(f"{name} and {name}")) == [parts, parts]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"date-parts": [[2020, 1, 23]]}, "2020-01-23"),
        ({"date-parts": [["2020", "12"]]}, "2020-12"),
        ({"date-parts": [[2020], [2021]]}, "2020"),
        ({"raw": "2020-02-30T10:00"}, "2020-02-30"),
        ("2020/3", "2020-03"),
        (2020, "2020"),
        ("2020-13", "2020"),
        ("spring", ""),
        ({"date-parts": []}, ""),
        ("0012", ""),
    ],
)
def test_dates(value: Any, written: str) -> None:
    assert date(value) == written


def test_csl_json() -> None:
    work = {
        "id": "http://zotero.org/users/1/items/AB",
        "type": "article-journal",
        "title": "On tea",
        "author": [{"family": "Cook", "given": "Ann", "parse-names": True}, {"given": "Bo"}, {}],
        "issued": {"date-parts": [[1999, 5]]},
        "URL": "not an address",
        "volume": 3,
        "page": "1-2",
        "type-of-tea": "green",
        "abstract": None,
    }
    found = read(json.dumps([work, {"type": "nonsense", "title": "Second"}]))
    first, second = found.sources.values()
    assert first.csl == {
        "citation-key": work["id"],
        "type": "article-journal",
        "title": "On tea",
        "author": [{"family": "Cook", "given": "Ann"}, {"literal": "Bo"}],
        "issued": "1999-05",
        "volume": 3,
        "page": "1-2",
    }
    assert second.type == "document"
    assert [loss.what.split(" of ")[0] for loss in found.lost] == ["author", "URL", "type-of-tea", "type"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Dear all,\n", 1, "no entry such as"),
        ("@book{a, title = {x\n", 1, "never closed"),
        ('@book{a,\n title = "x\n', 2, "never closed"),
        ('@book{a,\n title = "x}"}', 2, "never opened"),
        ("@book{a,\n title {x}}", 2, "a field such as"),
        ("@book{a,\n title = }", 2, "a value is expected"),
        ("@book{a,\n title = {x}\n year = 2}", 3, "a comma or"),
        ("@book{a title = {x}}", 1, "needs a key"),
        ("@string{a = {x}", 1, "is missing"),
        ("[1, 2]", 1, "a list of works"),
        ('[{"a": 1}]', 1, "no work here"),
        ("{", 1, "no JSON"),
    ],
)
def test_what_is_no_bibliography(text: str, line: int, said: str) -> None:
    with pytest.raises(Misread, match=said) as caught:
        read(text)
    assert caught.value.line == line
