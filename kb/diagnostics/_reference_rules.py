"""KB101-KB109: references between the things of a base."""

from __future__ import annotations

from kb.diagnostics.rule import Rule

REFERENCE_RULES: tuple[Rule, ...] = (
    Rule(
        "KB101",
        "dangling relation",
        "error",
        "A relation (supports, attacks, with, assumes, requires) names a claim that the base does not "
        "have, so the argument would silently lack a step. Correct the spelling or add the claim. `kb "
        "rename` changes every reference when an id changes.",
        "supports: [no-such-claim]",
        fix="follows `renamed`.",
    ),
    Rule(
        "KB102",
        "dangling check",
        "error",
        "A claim names a check that has no file in `checks/`. Correct the spelling or add the check.",
        "checks: [no-such-check]",
        fix="follows `renamed`.",
    ),
    Rule(
        "KB103",
        "dangling source",
        "error",
        "Evidence, a number or a table cites a source that has no file in `sources/`, so no reader "
        "could look it up. Correct the spelling or add the source.",
        "evidence:\n  - {source: no-such-source, at: p. 3}",
        fix="follows `renamed`.",
    ),
    Rule(
        "KB104",
        "dangling quantity",
        "error",
        "A check's input names a quantity that no file in `quantities/` defines. Correct the spelling, "
        "add the quantity, or write the number in the check with its unit and citation.",
        "inputs: {tokens: no-such-quantity}",
        fix="follows `renamed`.",
    ),
    Rule(
        "KB105",
        "dangling thesis",
        "error",
        "A question lists a thesis that is not a claim of the base. Correct the spelling or add the claim.",
        "questions:\n  - {id: q1, question: Is it so?, theses: [no-such-claim, it-is-not-so]}",
        fix="follows `renamed`.",
    ),
    Rule(
        "KB106",
        "undercut of nothing",
        "error",
        "An undercut takes a step (by its id), another undercut, or the bearing of a check on a claim "
        '("check-id > claim-id"). Nothing of that name is there. A step without an id is called '
        "<premise>--supports--<conclusion> or <premise>--attacks--<conclusion>.",
        "undercuts: [no-such-step]",
        fix="follows `renamed`, also within the default name of a step.",
    ),
    Rule(
        "KB107",
        "undercut of a claim",
        "error",
        "An undercut says that a reason does not bear on its conclusion; it says nothing about the "
        "conclusion. So it must name the step, not a claim. To argue that a claim is false, attack it.",
        "undercuts: [compute-is-a-bottleneck]   # better: [by-price]",
    ),
    Rule(
        "KB108",
        "dangling table or measurement",
        "error",
        "A fit names a table that has no sidecar in `data/`, or a benchmark a measurement that is not "
        "recorded in `measurements/`.",
        "fit: {table: no-such-table, model: power, x: year, y: cost}",
        fix="follows `renamed`.",
    ),
    Rule(
        "KB109",
        "dangling link",
        "error",
        "A field other than a relation names something that the base does not have: `replaced_by`, "
        "`restates`, `same_evidence_as` and `stance` name claims, a forecast's `check` a check, and "
        "`question` a question of kb.yaml.",
        "status: retired\nreplaced_by: no-such-claim",
        fix="follows `renamed`.",
    ),
)
