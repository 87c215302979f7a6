"""P over one input: the curve that the engine writes is what a run with that input set would say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.checks import record_data, run
from kb.checks.cases import RESULT, Given
from kb.checks.curves import EACH, MOST, POINTS, curves
from kb.checks.expectation import Condition
from kb.checks.expressions import parse
from kb.checks.formula import Evaluated, Model, Series
from kb.checks.records import record_of
from kb.checks.sizes import REPLICATES
from kb.commands.opening import open_base
from kb.model import Curve, Driver, Quantity, Result, Spread
from kb.source.schemas import misfits
from tests.conftest import SMALL_BASE, write_base

#: P of a curve comes from 4,096 samples, P of a run from 65,536: no point may be further off.
CLOSE = 0.02


def _quantity(name: str, spread: str, unit: str) -> str:
    cited = "source: guide-1999, at: p1, verified: true"
    return f"{name}: {{title: {name.capitalize()}, distribution: {spread}, unit: {unit}, {cited}}}\n"


QUANTITIES = (
    _quantity("hours-of-a-day", "{p5: 6, p95: 10}", "hour")
    + _quantity("pace", "{p5: 2, p95: 80}", "km/hour")
    + _quantity("rest", "{normal: {mean: 1, sd: 0.5}}", "hour")
)

CHECKS = {
    "walk": """\
kind: formula
title: How far one walks
inputs:
  morning: hours-of-a-day
  evening: hours-of-a-day
  pace: pace
  rest: rest
  days: {value: 2, unit: "1", source: guide-1999, at: p1, verified: true}
compute: days * pace * (morning + evening - rest)
unit: km
expect: {at_least: 400 km}
flips_if: {set: {days: 0}, to: fails}
""",
    "tied": """\
kind: formula
title: With inputs that move together
inputs: {hours: hours-of-a-day, pace: pace}
correlations: [{between: [hours, pace], rank: 0.8, because: Long days are fast.}]
compute: hours * pace
unit: km
expect: {between: [60 km, 200 km]}
flips_if: {set: {pace: 1000}, to: fails}
""",
    "alone": """\
kind: formula
title: One uncertain input
inputs: {hours: hours-of-a-day}
compute: hours * 2
unit: hour
expect: {at_least: 15 hour}
flips_if: {set: {hours: 1}, to: fails}
""",
    "fixed": """\
kind: formula
title: Nothing uncertain
inputs: {days: {value: 2, unit: "1", source: guide-1999, at: p1, verified: true}}
compute: days * 2
unit: "1"
expect: {at_least: 3}
flips_if: {set: {days: 1}, to: fails}
""",
    "read": """\
kind: formula
title: By reading
inputs: {hours: hours-of-a-day, pace: pace}
readings:
  span:
    week: {title: a week, compute: 7 * hours * pace}
    day: {title: a day, compute: hours * pace}
compute: hours * pace
unit: km
expect: {at_least: 1000 km}
flips_if: {set: {pace: 0.001}, to: fails}
""",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = SMALL_BASE | {"quantities/walks.yaml": QUANTITIES}
    files |= {f"checks/{name}.yaml": text for name, text in CHECKS.items()}
    return write_base(tmp_path_factory.mktemp("curves"), files)


@pytest.fixture(scope="module")
def base(root: Path) -> Any:
    opened = open_base(root, cache=False)
    assert [found.message for found in opened.errors] == []
    return opened.base


def _result(base: Any, name: str, **more: Any) -> Result:
    return run(base, base.checks[name], **more).result


def _curve(result: Result, name: str) -> Curve:
    return next(curve for curve in result.curves if name in curve.inputs)


@pytest.mark.parametrize("name", ["walk", "tied", "alone"])
def test_a_point_is_what_a_run_with_the_input_set_says(base: Any, name: str) -> None:
    result = _result(base, name)
    assert result.curves
    for curve in result.curves:
        for place in (0, 7, 20, 33, POINTS - 1):
            settings = dict.fromkeys(curve.inputs, curve.at(place))
            exact = _result(base, name, overrides=settings)
            assert curve.p[place] == pytest.approx(exact.p, abs=CLOSE), (curve.inputs, place)


def test_the_command_line_prints_the_same(root: Path, base: Any, kb: Any) -> None:
    curve = _curve(_result(base, "walk"), "rest")
    value = float(f"{curve.at(30):.4g}")
    done = kb("check", "walk", "--base", root, "--set", f"rest={value}", "--format", "json")
    (compared,) = done.json["checks"]
    assert curve.p[30] == pytest.approx(compared["changed"]["result"]["p"], abs=CLOSE)


def test_inputs_that_are_one_quantity_move_together(base: Any) -> None:
    curve = _curve(_result(base, "walk"), "morning")
    assert curve.inputs == ("morning", "evening")
    apart = _result(base, "walk", overrides={"morning": curve.at(40)})
    # Moving one of the two alone says something else, so the command must set both.
    assert apart.p is not None
    assert abs((curve.p[40] or 0.0) - apart.p) > CLOSE


def test_values_go_from_the_first_to_the_last_hundredth(base: Any) -> None:
    result = _result(base, "walk")
    rest, pace = _curve(result, "rest"), _curve(result, "pace")
    assert len(rest.p) == len(pace.p) == POINTS
    assert not rest.log
    assert rest.low == pytest.approx(1 - 2.326348 * 0.5, rel=1e-4)
    assert rest.at(20) == pytest.approx(1.0, rel=1e-4)
    assert rest.at(POINTS - 1) == rest.high
    assert pace.log
    assert pace.at(20) == pytest.approx(math.sqrt(pace.low * pace.high))
    assert pace.at(POINTS - 1) == pytest.approx(pace.high)


def test_an_input_without_a_spread_has_no_curve(base: Any) -> None:
    assert _result(base, "fixed").curves == ()
    assert "days" not in {name for curve in _result(base, "walk").curves for name in curve.inputs}


def test_with_one_uncertain_input_p_is_one_or_nought(base: Any) -> None:
    curve = _curve(_result(base, "alone"), "hours")
    assert set(curve.p) == {0.0, 1.0}
    assert [p for p in curve.p if p is not None] == sorted(p for p in curve.p if p is not None)


def test_readings_show_the_curves_of_one_of_them(base: Any) -> None:
    result = _result(base, "read")
    assert result.shown == {"span": "week"}
    assert result.shown in [reading.choice for reading in result.readings]
    curve = _curve(result, "pace")
    exact = _result(base, "read", choice=result.shown, overrides={"pace": curve.at(20)})
    assert curve.p[20] == pytest.approx(exact.p, abs=CLOSE)
    assert _result(base, "walk").shown == {}


def test_the_strongest_inputs_come_first_and_no_more_than_a_page_can_hold(tmp_path: Path) -> None:
    names = [f"part{number}" for number in range(MOST + 2)]
    quantities = "".join(
        _quantity(name, f"{{normal: {{mean: 10, sd: {number + 1}}}}}", "hour")
        for number, name in enumerate(names)
    )
    check = (
        f"kind: formula\ntitle: Many\ninputs: {{{', '.join(f'{name}: {name}' for name in names)}}}\n"
        f"compute: {' + '.join(names)}\nunit: hour\nexpect: {{at_least: 80 hour}}\n"
    )
    root = write_base(tmp_path, SMALL_BASE | {"quantities/parts.yaml": quantities, "checks/many.yaml": check})
    result = _result(open_base(root, cache=False).base, "many")
    assert [curve.inputs for curve in result.curves] == [(name,) for name in reversed(names[2:])]
    assert len(result.drivers) == MOST + 2


def test_where_the_output_is_undefined_there_is_no_p() -> None:
    spread = Given("share", Quantity("share", unit="1", spread=Spread("uniform", (0.1, 1.0))), "share")
    values = np.linspace(0.001, 0.999, 256)
    evaluated = Evaluated(
        {RESULT: Series(values, "1")},
        given=(spread,),
        uniforms={"share": values},
        model=Model({RESULT: parse("share + 0 * sqrt(0.4 - share)")}, {"share": values}, {"share": 1.0}),
    )
    (curve,) = curves(
        evaluated, RESULT, Condition("at least 0.2", low=0.2), (Driver("share", 1.0, 0.0, 1.0),)
    )
    assert curve.p[0] == 0.0
    assert curve.p[10] == 1.0
    assert set(curve.p[20:]) == {None}


def test_results_with_curves_are_what_the_schema_says(base: Any) -> None:
    found = run(base, base.checks["read"])
    data = json.loads(json.dumps(record_data(found)))
    assert not list(misfits("results", {"check": "read", "entries": [data]}))
    assert record_of(data) == found


def test_a_curve_is_cut_from_the_samples_of_the_run() -> None:
    assert EACH * REPLICATES == 4096
