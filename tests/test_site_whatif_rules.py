"""What-if in the page: a map by hand for each rule that random maps seldom reach.

With the random maps of test_site_whatif.py they notice each term of standing.js that is left out or turned
round. Three can be changed unseen on any map: an idle premise counts nothing at 0 as at a half, ends that
narrow at each sweep are kept from widening only by rounding, and a claim without reasons may have any index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from kb.model import Base, Bearing, Check, Claim, ReadingResult, Result, Scale, Verdict
from kb.site import snapshot
from kb.standing.whatif import Changes
from tests import standing_maps
from tests.standing_maps import check, claim, result
from tests.test_site_browser import opened
from tests.test_site_whatif import SOLVE, asking, differences, engine, view_for

pytestmark = pytest.mark.browser

HOLDS, FAILS = result("k", "holds"), result("k", "fails")
NEARLY = result("k", "fails", 0.07)
UNSURE = result("k", "inconclusive", 0.5)
DOUBTED = result("k", "fails", provisional=True)
MIXED = result(
    "k",
    "mixed",
    readings=tuple(
        ReadingResult({"sense": str(at)}, "", Verdict(said), p=p)
        for at, (said, p) in enumerate([("holds", 1.0), ("fails", 0.0)])
    ),
)
Map = tuple[Base, Mapping[str, Result], Mapping[str, str]]


def beside(name: str, bears: str = "corroborates", **fields: Any) -> Bearing:
    return Bearing(name, bears=bears, **fields)


def found(
    results: Mapping[str, Result | None],
    *claims: Claim,
    checks: tuple[Check, ...] = (),
    scale: Scale | None = None,
    suppose: Mapping[str, str] | None = None,
) -> Map:
    """A map of these claims, each a thesis; checks without a result have not run."""
    ran = {name: it for name, it in results.items() if it is not None}
    return asking(standing_maps.base(claims, checks, scale)), ran, suppose or {}


def checked(name: str, **fields: Any) -> Claim:
    """A claim that the check of the same letter decides."""
    return claim(name, checks=(f"k{name}",), **fields)


CUT_BY_TWO = (
    checked("a", undercuts=(("k1 > c", "moderate"),)),
    checked("b", undercuts=(("k2 > c", "weak"),)),
)
SURE = {"ka": HOLDS, "kb": HOLDS}
RULES: dict[str, Map] = {
    "what failed lowers a claim in one order, however the file has it": found(
        {**SURE, "k1": FAILS, "k2": NEARLY}, claim("c", checks=(beside("k1"), beside("k2"))), *CUT_BY_TWO
    ),
    "and in the other": found(
        {**SURE, "k1": NEARLY, "k2": FAILS}, claim("c", checks=(beside("k1"), beside("k2"))), *CUT_BY_TWO
    ),
    "what failed lifts a lower one, in one order": found(
        {**SURE, "k": FAILS, "k1": DOUBTED, "k2": NEARLY},
        claim("c", checks=("k", beside("k1"), beside("k2"))),
        *CUT_BY_TWO,
    ),
    "and lifts it in the other": found(
        {**SURE, "k": FAILS, "k1": NEARLY, "k2": DOUBTED},
        claim("c", checks=("k", beside("k1"), beside("k2"))),
        *CUT_BY_TWO,
    ),
    "an objection that may hold takes nothing for sure from what failed": found(
        {"ka": MIXED, "k1": FAILS},
        claim("c", checks=(beside("k1"),)),
        checked("a", undercuts=(("k1 > c", "decisive"),)),
    ),
    "parts that did not run count at their widest": found(
        {"ka": HOLDS, "k2": UNSURE},
        claim("c", checks=(beside("k1", "part"), beside("k2", "part"))),
        checked("a", undercuts=(("k1 > c", "decisive"), ("k2 > c", "decisive"))),
    ),
    "parts are not looked at beside a direct check that did not run": found(
        {"k2": UNSURE}, claim("c", checks=("k", beside("k1", "part"), beside("k2", "part")))
    ),
    "no part is weighed while none has run": found(
        {"ka": HOLDS},
        claim("c", checks=(beside("k1", "part"), beside("k2", "part"))),
        checked("a", undercuts=(("k1 > c", "decisive"), ("k2 > c", "decisive"))),
    ),
    "a pending claim is open wherever its ends are": found(
        {"k2": UNSURE},
        claim("c", checks=(beside("k1", "part"), beside("k2", "part"))),
        scale=Scale(not_run=(0.1, 0.3)),
    ),
    "a failed part with a doubt leaves the other one wanted": found(
        {"k1": DOUBTED}, claim("c", checks=(beside("k1", "part"), beside("k2", "part")))
    ),
    "an objection that rests on its own target says nothing against its check": found(
        {"ka": HOLDS, "k": FAILS},
        claim("c", checks=(beside("k"),), supports=("p",)),
        claim("p", supports=("c",), undercuts=("k > c",)),
        checked("a", supports=(("p", "decisive"),)),
    ),
    "linked objections to a check are as strong as the weakest": found(
        {"k": HOLDS, "ka": HOLDS, "kb": MIXED},
        claim("c", checks=("k",)),
        checked("a", undercuts=(("k > c", "decisive", "b"),)),
        checked("b"),
    ),
    "whichever of them comes first": found(
        {"k": HOLDS, "ka": MIXED, "kb": UNSURE},
        claim("c", checks=("k",)),
        checked("a", undercuts=(("k > c", "decisive", "b"),)),
        checked("b"),
    ),
    "a circle of evidence is no opposition, whichever premise closes it": found(
        {"k": HOLDS, "ka": HOLDS},
        claim("c", checks=("k",)),
        checked("a", attacks=(("c", "strong", "p"),)),
        claim("p", checks=("k",)),
    ),
    "an attack within a circle counts at its low end, too": found(
        {"ka": HOLDS},
        checked("a", supports=(("p", "decisive"),)),
        claim("p", attacks=(("q", "strong"),)),
        claim("q", attacks=("p",)),
    ),
    "linked support from inside and outside a circle is inside": found(
        {"ka": HOLDS, "kb": HOLDS},
        checked("a", supports=(("p", "decisive"),)),
        checked("b"),
        claim("p", supports=(("q", "strong", "b"),)),
        claim("q", supports=("p",)),
    ),
    "reasons above weak that share evidence count once, and free no weak one from the cap": found(
        {f"k{name}": HOLDS for name in "abdefg"},
        claim("c"),
        checked("a", supports=(("c", "moderate"),)),
        checked("b", supports=(("c", "strong", "a"),)),
        *(checked(name, supports=("c",)) for name in "defg"),
    ),
    "claims declared to rest on the same count once": found(
        SURE,
        claim("c"),
        checked("a", supports=(("c", "strong"),), same_evidence_as=("b",)),
        checked("b", supports=(("c", "strong"),)),
    ),
    "a proxy and a premise of one check count once": found(
        {"ka": HOLDS},
        claim("c", checks=(beside("ka", "proxy"),)),
        checked("a", supports=("c",)),
    ),
    "weak reasons count up to the cap together": found(
        {f"k{name}": HOLDS for name in "abde"},
        claim("c"),
        *(checked(name, supports=("c",)) for name in "abde"),
    ),
    "one refuted assumption is enough": found(
        {"ka": FAILS, "kb": HOLDS},
        claim("c", assumes=("a", "b")),
        checked("a"),
        checked("b"),
    ),
    "an open assumption holds a claim down to a half": found(
        {"ka": HOLDS}, claim("c", assumes=("b",)), checked("a", supports=(("c", "decisive"),)), checked("b")
    ),
    "what holds a settled claim open says why": found(
        {"ka": HOLDS}, claim("c", requires=("b",)), checked("a", supports=(("c", "decisive"),)), checked("b")
    ),
    "an objection that may hold is what makes a check contested": found(
        {"k": HOLDS, "ka": MIXED}, claim("c", checks=("k",)), checked("a", undercuts=("k > c",))
    ),
    "what depends on the reading comes before what is inconclusive": found(
        {"k1": MIXED, "k2": UNSURE}, claim("c", checks=("k1", "k2"))
    ),
    "a check that holds beside one that failed is contested": found(
        {"k1": HOLDS, "k2": FAILS}, claim("c", checks=("k1", beside("k2")))
    ),
    "a check that decides does not hide one that failed": found(
        {"k1": HOLDS, "k2": FAILS},
        claim("c", checks=("k1", beside("k2"))),
        checks=(check("k1", decides=True),),
    ),
    "what holds too weakly for its standard is inconclusive": found(
        {"k": result("k", "holds", 0.93)}, claim("c", checks=("k",), standard="beyond-reasonable-doubt")
    ),
    "a score that rounding leaves under its threshold is enough": found(
        {"k": result("k", "holds", 0.85 / 0.9 - 1e-12)},
        claim("c", checks=("k",), standard="beyond-reasonable-doubt"),
    ),
    "and one just under it is not": found(
        {"k": result("k", "holds", 0.8495 / 0.9)},
        claim("c", checks=("k",), standard="beyond-reasonable-doubt"),
    ),
    "reasons on both sides contest a claim, whatever else is open": found(
        SURE,
        claim("c"),
        checked("a", supports=(("c", "strong"),)),
        checked("b", attacks=(("c", "strong"),)),
        checked("d", supports=("c",)),
    ),
    "what counts at its weakest speaks against a claim, though it is open": found(
        {"k": HOLDS, "ka": HOLDS},
        claim("c", checks=("k",)),
        claim("p", attacks=("c",), standard="beyond-reasonable-doubt"),
        checked("a", supports=(("p", "strong"),)),
    ),
    "what is supposed is no longer provisional": found(
        {"k": result("k", "holds", provisional=True)},
        claim("c", checks=(beside("k", "proxy"),)),
        claim("a", undercuts=("k > c",)),
        suppose={"k": "holds"},
    ),
    "what starts from nothing can be lifted": found(
        SURE,
        claim("c"),
        *(checked(name, supports=(("c", "decisive"),)) for name in "ab"),
        scale=Scale(unchecked=(0.0, 1.0)),
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_map_by_hand_is_solved_as_by_kb(rule: str, engine_page: Any) -> None:
    base, results, verdicts = RULES[rule]
    data = json.loads(json.dumps(snapshot.snapshot(view_for(base, results), "q")))
    places = {row[0]: place for place, row in enumerate(data["checks"])}
    supposed = [[places[name], verdict] for name, verdict in verdicts.items()]
    (solved,) = engine_page.evaluate(SOLVE, [[data, {"checks": supposed, "strengths": [], "without": []}]])
    assert differences(base, results, Changes(verdicts, {}, {}, []), solved) == []


@pytest.fixture(scope="module")
def engine_page(browser: Any) -> Any:
    with opened(browser) as page:
        engine(page)
        yield page
