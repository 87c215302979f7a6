"""The table of checks, the list of sources, a source's page, and what the search finds."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from zlib import crc32

from kb import wording
from kb.model import Quantity, Source
from kb.site import cite, repository, words
from kb.site.pages import measurements
from kb.site.view import View
from kb.site.words import Data

LISTED = 500  # lines of one source; more would be a slow page that no one reads
_SHARD = 500
_VERDICTS = ["Holds", "Fails", "Mixed", "Inconclusive", "Context", "Could not run", "Stale", "Not run yet"]
_BEARS = {
    "direct": "Direct test",
    "corroborates": "Corroborates",
    "part": "Part",
    "proxy": "Proxy",
    "context": "Context",
}


def checks(view: View) -> Data:
    """Every check in one table, by title, and the menus that filter it.

    A row's ``rank`` orders verdicts as ``_VERDICTS`` does, ``p`` and ``value`` are the numbers to sort by
    (empty where there is none), ``bears`` says in which ways it bears on claims.
    """
    rows = []
    for check_id, check in view.base.checks.items():
        result, users = view.results.get(check_id), view.users.get(check_id, ())
        output, shown = result.output if result else None, view.check(check_id)
        chance = result.p if result and shown["word"] != "Context" else None
        rows.append(
            {
                **shown,
                "rank": _VERDICTS.index(shown["word"]),
                "state": "Provisional" if result and result.provisional else "Final" if result else "",
                "kind": words.KINDS[check.kind],
                "p": "" if chance is None else f"{chance:.6g}",
                "chance": "" if chance is None else wording.chance(chance),
                "claimed": words.claimed(check.expect, result),
                "computed": words.computed(check.expect, output),
                "value": f"{output.value:.9g}" if output else "",
                "bears": sorted({_BEARS[bearing.bears] for bearing in users}),
                "used": len({bearing.claim for bearing in users}),
            }
        )
    rows.sort(key=lambda row: (row["title"].casefold(), row["id"]))
    tally = Counter((row["glyph"], row["word"]) for row in rows)
    return {
        "rows": rows,
        "menus": [
            _menu("verdict", "Verdict", "Any verdict", (row["word"] for row in rows)),
            _menu("kind", "Kind of check", "Any kind", (row["kind"] for row in rows)),
            _menu("state", "Provisional or final", "Provisional or not", (row["state"] for row in rows)),
            _menu("bears", "How it bears", "Any bearing", (word for row in rows for word in row["bears"])),
        ],
        "tally": [
            {"glyph": glyph, "word": word, "count": count}
            for (glyph, word), count in sorted(tally.items(), key=lambda item: _VERDICTS.index(item[0][1]))
        ],
    }


def _menu(name: str, label: str, everything: str, values: Iterable[str]) -> Data:
    """A menu of the values that occur, the commonest first."""
    counts = Counter(value for value in values if value)
    options = [{"value": value, "count": count} for value, count in counts.most_common()]
    return {"name": name, "label": label, "all": everything, "options": options}


def sources(view: View) -> Data:
    """Every source, by author and year, with how much rests on it."""
    rows = [
        {
            "href": f"source/{source.id}.html",
            "title": source.title,
            "authors": cite.people(source.authors),
            "issued": cite.day(source.issued),
            "type": cite.kind_of(source),
            "claims": len({row["id"] for row in view.cited.get(source.id, ())}),
            "figures": len(view.taken.get(source.id, ())),
        }
        for source in sorted(view.base.sources.values(), key=_by_author)
    ]
    return {"rows": rows}


def _by_author(source: Source) -> tuple[str, str, str]:
    return "; ".join(source.authors or (source.title,)).casefold(), source.issued, source.id


def citations(view: View) -> dict[str, list[Data]]:
    """For each source the claims found in it, with place and role."""
    cited: dict[str, list[Data]] = defaultdict(list)
    for claim in view.base.claims.values():
        for evidence in claim.evidence:
            role = words.ROLES.get(evidence.role, evidence.role)
            cited[evidence.source].append({"id": claim.id, "at": evidence.at, "role": role})
    return cited


def figures(view: View) -> dict[str, list[Data]]:
    """For each source the numbers taken from it: shared quantities and those written in checks."""
    taken: dict[str, list[Data]] = defaultdict(list)

    def take(quantity: Quantity, title: str, checks: list[Data]) -> None:
        if quantity.source:
            value = "" if quantity.value is None else wording.with_unit(quantity.value, quantity.unit, 6)
            taken[quantity.source].append(
                {
                    "title": quantity.title or title,
                    "value": value or words.spread(quantity.spread, quantity.unit),
                    "at": quantity.at,
                    "verified": quantity.verified or quantity.definition,
                    "checks": checks,
                }
            )

    users: dict[str, list[str]] = defaultdict(list)
    for check in view.base.checks.values():
        for entry in check.inputs:
            if entry.quantity:
                users[entry.quantity].append(check.id)
            elif entry.inline is not None:
                take(entry.inline, entry.name.replace("_", " "), [_plain(view, check.id)])
    for quantity_id, quantity in view.base.quantities.items():
        used = [_plain(view, check) for check in users.get(quantity_id, ())]
        take(quantity, words.title_of(quantity_id), used)
    return taken


def _plain(view: View, check: str) -> Data:
    found = view.check(check)
    return {"href": found["href"], "title": found["title"]}


def source(view: View, name: str) -> Data:
    """The page of one source."""
    found, cited = view.base.sources[name], view.cited.get(name, [])
    return {
        "id": found.id,
        "href": f"source/{found.id}.html",
        "title": found.title,
        "authors": cite.people(found.authors),
        "issued": cite.day(found.issued),
        "accessed": cite.day(found.accessed),
        "type": cite.kind_of(found),
        "address": words.web_address(found.url),
        "archived": words.web_address(str(found.csl.get("archive_location", ""))),
        "claims": [{**view.claim(row["id"]), "at": row["at"], "role": row["role"]} for row in cited[:LISTED]],
        "count": len(cited),
        "figures": view.taken.get(name, []),
        "edit": repository.edit(view.base.config, view.place, found.file),
        "history": repository.history(view.base.config, view.place, found.file),
        "cite": cite.of_source(found),
    }


def shards(view: View) -> dict[str, list[tuple[str, str]]]:
    """What the search can find, as (kind, id) by the number of a shard.

    An entry goes to a shard by the hash of its address, so one changed claim changes one shard.
    """
    found = [
        *(("claim", claim) for claim in view.base.claims),
        *(("check", check) for check in view.base.checks),
        *(("source", source) for source in view.base.sources),
        *(("measurement", measurement) for measurement in view.base.measurements),
        *(("question", question) for question in view.questions),
    ]
    count = max(1, -(-len(found) // _SHARD))
    made: dict[str, list[tuple[str, str]]] = {str(number): [] for number in range(count)}
    for kind, name in sorted(found):
        made[str(crc32(f"{kind}/{name}.html".encode()) % count)].append((kind, name))
    return made


def shard(view: View, number: str) -> bytes:
    """One part of the search index, as a classic script (a page opened from a file may load nothing else)."""
    return entries(_ENTRIES[kind](view, name) for kind, name in view.shards[number])


def entries(found: Iterable[list[str]]) -> bytes:
    """A part of the index: kind, title, text, address, glyph and word of each thing that can be found."""
    return _script("add", list(found))


def shard_index(view: View, others: Sequence[str]) -> bytes:
    """The names of the shards; ``others`` are those of things that no view holds."""
    return _script("shards", [*view.shards, *others])


def _claim_entry(view: View, claim: str) -> list[str]:
    line = view.claim(claim)
    return ["Claim", line["title"], line["text"][:180], line["href"], line["glyph"], line["word"]]


def _check_entry(view: View, check: str) -> list[str]:
    line = view.check(check)
    return ["Check", line["title"], check, line["href"], line["glyph"], line["word"]]


def _source_entry(view: View, source: str) -> list[str]:
    found = view.base.sources[source]
    return ["Source", found.title, found.short, f"source/{source}.html", "", ""]


def _question_entry(view: View, question: str) -> list[str]:
    asked = view.questions[question]
    return ["Question", asked.text, asked.about[:180], f"question/{question}.html", "", ""]


_ENTRIES = {
    "claim": _claim_entry,
    "check": _check_entry,
    "source": _source_entry,
    "question": _question_entry,
    "measurement": measurements.entry,
}


def _script(function: str, argument: object) -> bytes:
    text = json.dumps(argument, ensure_ascii=True, separators=(",", ":"))
    return f"kbSearch.{function}({text});\n".encode()
