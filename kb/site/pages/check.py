"""A check: the verdict, claimed against computed, the inputs, what would flip it, how to run it again."""

from __future__ import annotations

from kb import checks, wording
from kb.graph import bearing_id
from kb.site import words
from kb.site.pages import check_how, check_numbers, check_past, check_tries, measurements
from kb.site.view import View
from kb.site.words import Data


def content(view: View, name: str) -> Data:
    """The page of one check; without a result it shows what would be computed."""
    check = view.base.checks[name]
    result = view.results.get(check.id)
    output = result.output if result else None
    entries = check_past.recorded(check, view.history.get(check.id, ()))
    return {
        **view.check(check.id),
        "kind": words.KINDS[check.kind],
        "simulation": check.kind == "simulation",
        "reason_words": result.reason if result and not result.readings else "",
        "ran": bool(result and result.ran),
        "provisional": bool(result and result.provisional),
        "condition": result.condition if result else "",
        "claimed": words.claimed(check.expect, result) or check_how.expectation(check.expect, ""),
        "computed": words.computed(check.expect, output),
        "interval": check_numbers.interval(output),
        "by_reading": check_numbers.by_reading(result) if result else "",
        "p": check_numbers.chance(result.p, result.p_low, result.p_high) if result else "",
        "p_is": wording.p_is(result.p) if result and result.p is not None else "",
        "chart": check_numbers.chart(check, result),
        "outputs": [check_numbers.output_row(found) for found in (result.outputs if result else ())],
        "readings": [check_numbers.reading_row(reading) for reading in (result.readings if result else ())],
        "dimensions": check_how.dimensions(check),
        "drivers": check_numbers.drivers(result),
        "sliders": check_tries.sliders(check, result, view.base.config.scale),
        "no_slider": check_tries.without(check, result),
        "believe": list(checks.believe(check, result)) if result else [],
        "caveats": list(result.caveats) if result else [],
        "fit": check_numbers.fitted(result.fit) if result and result.fit else None,
        "inputs": check_how.inputs(view, check, result),
        "flips": check_how.flips(check, result),
        "how": check_how.how(check),
        "circular": check.circular,
        "decides": check.decides,
        "required": check.required,
        "notes": words.paragraphs(check.notes),
        "device": result.device if result else "",
        "measurement": measurements.reference(view, check.id),
        "samples": check_numbers.samples(result),
        "used": [
            {
                **view.claim(bearing.claim),
                "bears_words": words.BEARS.get(bearing.bears, bearing.bears),
                "because": bearing.because,
                "suspect": bearing_id(bearing) in view.suspect,
            }
            for bearing in view.users.get(check.id, ())
        ],
        "tries": check_tries.suggested(check, result),
        "history": check_past.history(entries),
        "provenance": check_past.provenance(view, check, result, entries),
    }
