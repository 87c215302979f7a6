"""The page on which a reader writes a new claim, and the data that its script works with."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any
from urllib.parse import quote_plus

from kb.site import repository
from kb.site.pages.steps import step_words
from kb.site.view import View
from kb.site.words import Data

KINDS = ("claim", "source", "common")  # the schemas of the files that the page writes, and what they share
_AS_IT_IS = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
_ANNOTATIONS = ("$schema", "$id", "examples")


def content(view: View) -> Data:
    """The form, and how the same is done by hand."""
    claim = next(iter(view.base.claims.values()), None)
    return {
        "host": repository.new_file(view.base.config, view.place),
        "folder": view.place.folder,
        "topic": claim.topic if claim else "topic",
        "example": _example(view, claim.id if claim else "some-claim", claim.topic if claim else "topic"),
    }


def _example(view: View, answered: str, topic: str) -> str:
    from kb.source import dump_yaml

    fields = {
        "title": "A short name for the claim",
        "claim": "One sentence about the world that can be true or false.",
        "status": "draft",
        "origin": "ours",
        "attacks": [{"claim": answered, "strength": "moderate", "because": "The reason, in a sentence."}],
    }
    up = "../" * (topic.count("/") + 1) + _up(view)
    return f"# yaml-language-server: $schema={up}schema/claim.schema.json\n{dump_yaml(fields)}"


def _up(view: View) -> str:
    """From the base's folder to the one that holds the schemas."""
    return "" if view.place.own_schema else "../"


def base_script(view: View) -> bytes:
    """What the form needs of the whole base: where files go, what exists, and what is thought too long."""
    from kb.lint.wording import SENTENCE, TITLE
    from kb.source.portable import DEVICES

    base = view.base
    sources = [(source.short, source.title, source.id) for source in base.sources.values()]
    tags = Counter(tag for claim in base.claims.values() for tag in claim.tags)
    return _script(
        "base",
        {
            "host": repository.new_file(base.config, view.place),
            "folder": view.place.folder,
            "up": _up(view),
            "shards": len(view.shards),
            "sources": sorted(sources),
            "taken": sorted(_taken(view) | DEVICES),
            "tags": sorted(tags, key=lambda tag: (-tags[tag], tag)),
            "topics": sorted({claim.topic for claim in base.claims.values() if claim.topic}),
            "limits": {"title": TITLE, "claim": SENTENCE},
        },
    )


def _taken(view: View) -> set[str]:
    """Every id that has a meaning, or had one."""
    base = view.base
    tables = (base.claims, base.checks, base.sources, base.quantities, base.tables, base.measurements)
    named = {name for name, target in view.targets.items() if target.named}
    return named.union(*tables, view.questions, base.config.renamed)


def schema_script() -> bytes:
    """The schemas themselves, less what no rule is in."""
    from kb.source.schemas import schema

    return _script("schemas", {kind: _rules(schema(kind)) for kind in KINDS})


def _rules(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _rules(value) for name, value in part.items() if name not in _ANNOTATIONS}
    return [_rules(value) for value in part] if isinstance(part, list) else part


def shard(view: View, number: str) -> bytes:
    """The claims of a shard of the search, each with the steps that an undercut of its reasons may hit."""
    claims = [name for kind, name in view.shards[number] if kind == "claim"]
    return _script("claims", {name: _entry(view, name) for name in claims})


def _entry(view: View, name: str) -> Data:
    claim = view.base.claims[name]
    line = view.claim(name)
    return {
        "title": line["title"],
        "text": line["text"],
        "glyph": line["glyph"],
        "word": line["word"],
        "topic": claim.topic,
        "steps": _steps(view, view.node(name)),
    }


def _steps(view: View, node: str) -> list[tuple[str, str]]:
    """Each step to a claim with its words, each undercut of one, and what its checks say about it."""
    found: dict[str, str] = {}
    aimed = [step.id for step in view.reasons(node)]
    aimed += [f"{bearing.check} > {bearing.claim}" for bearing in view.bearings.get(node, ())]
    while aimed:
        target = aimed.pop(0)
        if target not in found:
            found[target] = step_words(view, target)
            aimed.extend(cut.id for cut in view.undercuts.get(target, ()))
    return list(found.items())


def address(claim: str, relation: str, step: str = "") -> str:
    """The page's address with the claim, and the step, that a new claim is to speak about."""
    asked = f"suggest.html#to={_encoded(claim)}&as={relation}"
    return f"{asked}&step={_encoded(step)}" if step else asked


def _encoded(name: str) -> str:
    # Nearly all ids stay as they are, and seeing that is quicker than coding them.
    return name if _AS_IT_IS(name) else quote_plus(name)


def _script(function: str, argument: object) -> bytes:
    """A classic script: a page opened from a file may load nothing else."""
    text = json.dumps(argument, ensure_ascii=True, separators=(",", ":"))
    return f"kbSuggest.{function}({text});\n".encode()
