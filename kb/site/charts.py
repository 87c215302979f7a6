"""The charts that templates draw: each with its phone-sized twin and a fold with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kb.drawing import bars, distribution, readings
from kb.drawing.curve import curve
from kb.drawing.fitted import fitted
from kb.drawing.sparkline import sparkline
from kb.drawing.svg import Chart, escaped
from kb.site.words import Data

if TYPE_CHECKING:
    from markupsafe import Markup

    from kb.bench.roofline import Roofline


def functions() -> dict[str, Callable[..., Markup]]:
    """By the names under which templates call them."""
    from markupsafe import Markup

    def drawn(chart: Chart) -> Markup:
        return Markup(chart.wide + chart.narrow + "".join(_numbers(chart)))

    def result_chart(spec: Data) -> Markup:
        band = tuple(spec["band"]) if spec["band"] else None
        if "rows" in spec:
            rows = [tuple(row) for row in spec["rows"]]
            return drawn(readings.readings(rows, title=spec["title"], unit=spec["unit"], band=band))
        kind = distribution.histogram if "edges" in spec else distribution.number_line
        return drawn(kind(**{**spec, "band": band}))

    def tornado(spec: Data) -> Markup:
        return drawn(bars.tornado([tuple(row) for row in spec["rows"]], p=spec["p"]))

    def fit_chart(spec: Data) -> Markup:
        return drawn(fitted(spec["fit"], title=spec["title"]))

    def curve_chart(spec: Data) -> Markup:
        return drawn(curve(**spec))

    def trend_chart(spec: Data) -> Markup:
        return drawn(sparkline(**spec))

    def roofline_chart(roof: Roofline) -> Markup:
        # Slow to import, and only a page of measurements needs it.
        from kb.drawing.roofline import roofline

        return drawn(roofline(roof))

    def strength_bar(account: Data) -> Markup:
        low, high = account["strength"]
        return Markup(bars.strength_bar((low, high), account["falls"], account["stands"]))

    return {
        "result_chart": result_chart,
        "tornado": tornado,
        "fit_chart": fit_chart,
        "curve_chart": curve_chart,
        "trend_chart": trend_chart,
        "roofline_chart": roofline_chart,
        "strength_bar": strength_bar,
    }


def _numbers(chart: Chart) -> Iterator[str]:
    """A chart's table, folded; nothing where the page shows its numbers anyway."""
    if not chart.rows:
        return
    yield '<details class="numbers"><summary>The numbers of this chart</summary>'
    label = escaped(f"Numbers of the chart: {chart.words}")
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
    yield "<table><thead><tr>"
    for place, name in enumerate(chart.columns):
        kind = "" if chart.named and not place else ' class="num"'
        yield f'<th scope="col"{kind}>{escaped(name)}</th>'
    yield "</tr></thead><tbody>"
    for row in chart.rows:
        numbers = row[1:] if chart.named else row
        yield f'<tr><th scope="row">{escaped(row[0])}</th>' if chart.named else "<tr>"
        yield from [f'<td class="num">{escaped(cell)}</td>' for cell in numbers]
        yield "</tr>"
    yield "</tbody></table></div></details>"
