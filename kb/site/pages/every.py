"""The list of all pages of a site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from kb import resources, wording
from kb.graph.outline import grow
from kb.site import data, machine, snapshot, words
from kb.site.page import Asset, Page
from kb.site.pages import argument, check, claim, cruxes, docs, front, lists, measurements, suggest, whatif
from kb.site.view import View
from kb.site.words import Data
from kb.standing import STANDARDS


def completed(view: View) -> View:
    """The view with the tables that are worked out from its others: each linear in the base."""
    outline = grow(view, view.questions, len(view.base.claims) + 1)
    behind = snapshot.behind(view)
    return replace(
        view,
        paths={key: tuple(outline.path(key)) for key in outline.nodes},
        cited=lists.citations(view),
        taken=lists.figures(view),
        shards=lists.shards(view),
        measured=measurements.chosen(view),
        behind=behind,
        tried=snapshot.tried(view.base.config.questions, behind),
    )


def every(view: View, stamp: str, documents: Sequence[Page] = ()) -> list[Page | Asset]:
    """All files of the site; ``documents`` are those of its pages that are made of Markdown.

    Nothing is worked out before a file's ``content`` is called.
    """
    files = [*_every(view, stamp, documents), *documents]
    return [*files, *machine.files(view, files)]


def _every(view: View, stamp: str, documents: Sequence[Page]) -> Iterator[Page | Asset]:
    base = view.base
    yield from _static()
    yield Page("index.html", "index.html", partial(front.index, view, stamp))
    yield Page("method.html", "method.html", partial(_method, view))
    yield Page("checks.html", "checks.html", partial(lists.checks, view))
    yield Page("cruxes.html", "cruxes.html", partial(cruxes.content, view))
    yield Page("sources.html", "sources.html", partial(lists.sources, view))
    yield Page("measurements.html", "measurements.html", partial(measurements.content, view))
    yield Page("data.html", "data.html", partial(_data, view))
    yield Page("search.html", "search.html", dict)
    yield Page("404.html", "404.html", partial(_missing, view))
    yield Page("map.html", "map.html", partial(argument.whole, view))
    yield Asset("map.js", partial(argument.script, view))
    for name in view.questions:
        yield Page(f"question/{name}.html", "question.html", partial(front.question, view, name))
        yield Page(f"map/{name}.html", "map.html", partial(argument.of_question, view, name))
        yield Asset(f"map/{name}.js", partial(argument.script, view, name))
        if view.questions[name].theses:
            yield Page(f"whatif/{name}.html", "whatif.html", partial(whatif.content, view, name))
            yield Asset(f"whatif/{name}.js", partial(whatif.script, view, name))
    for name in base.claims:
        yield Page(f"claim/{name}.html", "claim.html", partial(_claim, view, name))
    for name in base.checks:
        yield Page(f"check/{name}.html", "check.html", partial(check.content, view, name))
    for name in base.sources:
        yield Page(f"source/{name}.html", "source.html", partial(lists.source, view, name))
    yield from _redirects(view)
    yield Asset("search/index.js", partial(lists.shard_index, view, [docs.SHARD] if documents else []))
    if documents:
        yield Asset(f"search/{docs.SHARD}.js", partial(docs.shard, documents))
    yield Page("suggest.html", "suggest.html", partial(suggest.content, view))
    yield Asset("suggest/base.js", partial(suggest.base_script, view))
    yield Asset("suggest/schemas.js", suggest.schema_script)
    for number in view.shards:
        yield Asset(f"search/{number}.js", partial(lists.shard, view, number))
        yield Asset(f"suggest/{number}.js", partial(suggest.shard, view, number))
    yield from data.files(view)


def _missing(view: View) -> Data:
    """The page that hosts show at any address that has none: so its links start at the root of the host."""
    site = machine.site_address(view.base.config)
    return {"root": f"{urlsplit(site).path}/"} if site else {}


def _data(view: View) -> Data:
    """The files for programs, in words."""
    return {
        "files": data.listed(view),
        "schema": f"data/schema/{data.SCHEMA}",
        "format": data.FORMAT,
    }


def _claim(view: View, name: str) -> Data:
    change = cruxes.would_change(view, view.node(name))
    return {**claim.content(view, name), "change": change, "whatif": whatif.link(view, name)}


def _static() -> Iterator[Asset]:
    folder = resources.templates_folder() / "static"
    for path in sorted(folder.iterdir()):
        yield Asset(f"static/{path.name}", partial(Path.read_bytes, path))


def moved(view: View) -> dict[str, str]:
    """The addresses of pages of old ids, with those of the pages that they lead to, however often renamed."""
    renamed = view.base.config.renamed
    kinds = (
        ("claim", view.base.claims),
        ("check", view.base.checks),
        ("source", view.base.sources),
        *((kind, view.questions) for kind in ("question", "map", "whatif")),
    )
    found = {}
    for old in sorted(renamed):
        new, passed = old, {old}
        while (new := renamed.get(new, new)) not in passed:
            passed.add(new)
        for kind, known in kinds:
            if new in known and old not in known and (kind != "whatif" or view.questions[new].theses):
                found[f"{kind}/{old}.html"] = f"{kind}/{new}.html"
    return found


def _redirects(view: View) -> Iterator[Page]:
    for address, to in moved(view).items():
        # Not left to the page: what it leads to may change with nothing else that a trace would name.
        yield Page(address, "redirect.html", partial(dict, _redirect(view, to)))


def _redirect(view: View, to: str) -> Data:
    kind, _, name = to.removesuffix(".html").partition("/")
    titles = {"claim": view.claim, "check": view.check, "source": view.source}
    return {"href": to, "title": titles[kind](name)["title"] if kind in titles else view.questions[name].text}


def _method(view: View) -> Data:
    """The numbers of the semantics that the page explains."""
    from kb.standing.modular import SEMANTICS
    from kb.standing.robustness import BANDS

    scale = view.base.config.scale
    return {
        "stands": scale.stands,
        "falls": scale.falls,
        "holds": scale.holds,
        "fails": scale.fails,
        "odds": [[name, f"{odds:g}"] for name, odds in scale.odds.items()],
        "cap": f"{scale.cap:g}",
        "unchecked": [f"{end:g}" for end in scale.unchecked],
        "not_run": [f"{end:g}" for end in scale.not_run],
        "inconclusive": [f"{end:g}" for end in scale.inconclusive],
        "standards": [[words.STANDARDS[name], f"{at:g}", f"{1 - at:g}"] for name, at in STANDARDS.items()],
        "semantics": wording.listed([semantics.title for semantics in SEMANTICS.values()]),
        "bands": wording.listed([wording.interval(band, 1) for band in BANDS]),
    }
