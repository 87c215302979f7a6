"""The list of all pages of a site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from kb import resources
from kb.model import Source
from kb.site.outline import Outline, grow
from kb.site.page import Asset, Page
from kb.site.pages import argument, check, claim, front, lists
from kb.site.view import View
from kb.site.words import Data

_BySource = Callable[[], dict[str, list[Data]]]


def every(view: View, stamp: str) -> Iterator[Page | Asset]:
    """All files of the site. Nothing is worked out before a file's ``content`` is called."""
    base = view.base

    @cache
    def outline() -> Outline:
        return grow(view, [question.id for question in base.config.questions], len(base.claims) + 1)

    cited = cache(lambda: lists.citations(view))
    taken = cache(lambda: lists.figures(view))
    yield from _static()
    yield Page("index.html", "index.html", partial(front.index, view, stamp, outline))
    yield Page("method.html", "method.html", partial(_method, view))
    yield Page("checks.html", "checks.html", partial(lists.checks, view))
    yield Page("sources.html", "sources.html", lambda: lists.sources(view, cited(), taken()))
    yield Page("404.html", "404.html", dict)
    yield Page("map.html", "map.html", partial(argument.whole, view))
    for question in base.config.questions:
        yield Page(f"question/{question.id}.html", "question.html", partial(front.question, view, question))
        yield Page(f"map/{question.id}.html", "map.html", partial(argument.of_question, view, question.id))
    for found in base.claims.values():
        yield Page(f"claim/{found.id}.html", "claim.html", partial(claim.content, view, found, outline))
    for tested in base.checks.values():
        yield Page(f"check/{tested.id}.html", "check.html", partial(check.content, view, tested))
    for source in base.sources.values():
        yield Page(f"source/{source.id}.html", "source.html", partial(_source, view, source, cited, taken))
    yield from _redirects(view)
    for path, content in lists.search_shards(view).items():
        yield Asset(path, partial(bytes, content))


def _source(view: View, source: Source, cited: _BySource, taken: _BySource) -> Data:
    return lists.source(view, source, cited().get(source.id, []), taken().get(source.id, []))


def _static() -> Iterator[Asset]:
    folder = resources.templates_folder() / "static"
    for path in sorted(folder.iterdir()):
        yield Asset(f"static/{path.name}", partial(Path.read_bytes, path))


def _redirects(view: View) -> Iterator[Page]:
    """A page at each old id of a renamed file, leading to the new one."""
    kinds = (
        ("claim", view.base.claims),
        ("check", view.base.checks),
        ("source", view.base.sources),
        ("question", {question.id: question for question in view.base.config.questions}),
    )
    for old, new in sorted(view.base.config.renamed.items()):
        for kind, known in kinds:
            if new in known and old not in known:
                content: Data = {"href": f"{kind}/{new}.html", "title": new}
                yield Page(f"{kind}/{old}.html", "redirect.html", partial(dict, content))


def _method(view: View) -> Data:
    """The numbers of the semantics that the page explains."""
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
    }
