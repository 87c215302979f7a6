"""A question's page of what-ifs: other answers to its checks, tried in the browser."""

from __future__ import annotations

import msgspec

from kb.site import snapshot
from kb.site.view import View
from kb.site.words import Data


def content(view: View, name: str) -> Data:
    """The page of one question. ``most`` is how many claims it can take, or 0 where no more lie behind."""
    asked = view.questions[name]
    theses = list(dict.fromkeys(view.node(thesis) for thesis in asked.theses))
    claims, _ = view.behind[snapshot.place(name)]
    return {
        "id": name,
        "href": f"question/{name}.html",
        "title": asked.text,
        "theses": view.claims(theses),
        "script": f"whatif/{name}.js",
        "most": 0 if claims else snapshot.MOST_BEHIND,
    }


def script(view: View, name: str) -> bytes:
    """What the page works with, as a script: a page opened from disk may load nothing else."""
    if not view.behind[snapshot.place(name)][0]:
        return b""
    data = msgspec.json.encode(snapshot.snapshot(view, name))
    return b"window.kbWhatIf=" + data + b";\n"


def link(view: View, claim: str) -> str:
    """The address where other answers behind a claim can be tried; nothing where no question leads to it."""
    node = view.node(claim)
    asked = view.tried.get(node)
    if asked is None:
        return ""
    return f"whatif/{asked}.html" + ("" if asked in view.theses.get(node, ()) else f"#c={node}")
