"""KB3xx: checks, their units, expressions and expectations."""

from __future__ import annotations

from kb.diagnostics.rule import Rule

CHECK_RULES: tuple[Rule, ...] = (
    Rule(
        "KB301",
        "expression that cannot be read",
        "error",
        "An expression holds numbers, names, + - * / **, comparisons and the functions log, log2, log10, "
        "exp, sqrt, abs, round, floor, ceil, min, max and where(condition, then, otherwise). Nothing else "
        "is read, so that a stranger's check cannot run code.",
        "compute: tokens^2",
    ),
    Rule(
        "KB302",
        "unknown name in an expression",
        "error",
        "A name in an expression is an input, or a value under `let` that stands above it.",
        "inputs: {tokens: gpt3-tokens}\ncompute: 6 * token",
    ),
    Rule(
        "KB303",
        "unknown unit",
        "error",
        "A unit is a product of named units and whole powers: petaflop/s*day, USD2023/(GPU*hour), m^2; 1 "
        "is a plain number. FLOP is an amount of computation and FLOP/s a rate; flops may mean either and "
        "is not read.",
        "unit: tokns",
    ),
    Rule(
        "KB304",
        "units that do not fit",
        "error",
        "Only like can be added to like, compared with it, or called by its unit. Tokens, parameters, "
        "FLOP and the dollars of each year are dimensions of their own, so a constant such as the 6 in "
        "6·N·D carries its unit: FLOP/parameter/token.",
        "compute: tokens + parameters",
    ),
    Rule(
        "KB305",
        "amount that does not fit",
        "error",
        "An amount is a number, in the unit of the place where it stands, or a number with a unit of the "
        "same dimension.",
        "flips_if: {set: {tokens: 5 day}, to: fails}",
    ),
    Rule(
        "KB306",
        "expectation that cannot be used",
        "error",
        "An expectation says what the output must meet, in its dimension: about with within (1.1x, 10% or "
        "an amount), at_least, at_most, between, or is_true with the name of a truth value.",
        "unit: FLOP\nexpect: {at_least: 3 FLOP/s}",
    ),
    Rule(
        "KB307",
        "input that is never used",
        "warning",
        "An input that no expression names cannot change the result. Often it was meant to.",
        "inputs: {tokens: gpt3-tokens, price: gpu-price}\ncompute: tokens",
    ),
    Rule(
        "KB308",
        "change of something that the check does not have",
        "error",
        "What `set` names is an input of the check, a param of its experiment, or (in flips_if) a reading "
        "with one of its options.",
        "flips_if: {set: {tokns: 1}, to: fails}",
    ),
    Rule(
        "KB309",
        "change that cannot lead anywhere",
        "error",
        "A change must lead to a verdict that a run can reach: holds, fails, inconclusive or mixed.",
        "flips_if: {set: {tokens: 1}, to: stale}",
    ),
    Rule(
        "KB310",
        "check that nothing shows can fail",
        "error",
        "A check that decides, corroborates or informs a claim names a change of its inputs that gives "
        "another verdict, and every run proves it. A check that cannot come out otherwise says nothing.",
        "kind: formula\ncompute: tokens\nexpect: {at_least: 1}   # and no flips_if",
    ),
    Rule(
        "KB311",
        "check without an expectation",
        "error",
        "A check that is more than context says what its output must meet.",
        "kind: formula\ncompute: tokens   # and a claim with `checks: [this]`",
    ),
    Rule(
        "KB312",
        "unknown experiment",
        "error",
        "A simulation names an experiment of an installed package. Nothing in a base's folder is ever run.",
        "kind: simulation\nexperiment: no-such-thing",
    ),
    Rule(
        "KB313",
        "param that does not fit",
        "error",
        "A param is one that the experiment has, in its unit and within its range.",
        "params: {steps: -1}",
    ),
    Rule(
        "KB314",
        "name that is taken",
        "error",
        "Inputs and `let` values share one set of names; `result` and the names of functions are not "
        "among them.",
        "inputs: {log: gpt3-tokens}",
    ),
    Rule(
        "KB315",
        "figures of different protocols",
        "error",
        "Published figures can be compared when they were made in the same way, so each states its "
        "protocol and all equal the check's.",
        'protocol: "MMLU, 5-shot"\ninputs: {a: {value: 0.7, protocol: "MMLU, 0-shot"}}',
    ),
    Rule(
        "KB316",
        "impossible distribution",
        "error",
        "A 5th percentile lies below the 95th, a standard deviation and the parameters of a beta "
        "distribution are above 0, a triangle's mode lies between its ends, and weights are not negative.",
        "distribution: {p5: 3, p95: 1}",
    ),
    Rule(
        "KB317",
        "too many combinations of readings",
        "error",
        "A check runs under every combination of its readings' options, and again for each change that must "
        "flip it. 64 combinations are the most.",
        "readings: {a: {…8 options…}, b: {…8 options…}, c: {…8 options…}}",
    ),
    Rule(
        "KB318",
        "damaged record of verdicts",
        "warning",
        "results/<check>.json holds the history of a check, an entry for each verdict. A file that cannot be "
        "read counts as none, and `kb check --record` adds nothing to it, so that nothing in it is lost. "
        "An entry that this version of kb does not understand, or that holds a character that cannot be seen "
        "(KB012), is passed over and kept.",
        '<<<<<<< HEAD\n{"check": "gpt3-petaflop-days", "entries": […]}',
    ),
    Rule(
        "KB319",
        "check that holds whatever is claimed",
        "warning",
        "`kb check --power` makes the claimed number a tenth, a half, twice and ten times as large, and "
        "moves every input over its range (a number without one: half and double). A check that holds all "
        "the same cannot tell what is claimed from what is not. Of at_least and at_most only the harder "
        "direction says something: one that still holds when ten times as much is claimed tests the "
        "direction, not the number, which is noted; it is a finding only where no input moves it either. "
        "Narrow the tolerance, or claim what the sentence claims.",
        "compute: tokens   # 3e11\nexpect: {about: 3e11 token, within: 1000x}",
        by="kb check --power",
    ),
    Rule(
        "KB320",
        "correlation that cannot be",
        "error",
        "A correlation joins two different inputs of the check that both have a distribution, and is given "
        "once. Together they must be possible: if a moves with b and b with c, a cannot move against c as "
        "strongly (the table of correlations is positive definite). Inputs that always move together are "
        "one: give them the same quantity.",
        "correlations: [{between: [price, prise], rank: 0.6}]",
    ),
    Rule(
        "KB321",
        "table that cannot be read",
        "error",
        "A data table's CSV file is exactly what its sidecar says: a first line that names the columns in "
        "their order, then lines with one decimal number for each, separated by commas. There is no empty "
        "cell, no quoting and no unit: units stand in the sidecar. A row without a number is left out.",
        "compute,loss\n2.6e18,2.566\n1.3e19,n/a",
    ),
    Rule(
        "KB322",
        "fit that does not match its table",
        "error",
        "A fit predicts one column of its table from others: one column, or for parametric-loss two, "
        "x: [N, D]. A point to predict (`at`) gives every column of x and no other. A covariance is known "
        "for the losses squares and log-squares only, and a model is compared with another one.",
        "fit: {table: runs, model: parametric-loss, x: compute, y: loss}",
    ),
    Rule(
        "KB323",
        "rows that a model cannot be fitted to",
        "error",
        "A model needs at least as many different rows as it has parameters; a covariance needs one more, "
        "and the resamples of a bootstrap still more. What a model takes the logarithm of is above 0. A "
        "filter means at least one row.",
        "fit: {table: two-runs, model: power-law-with-floor, x: compute, y: loss}   # 3 parameters",
    ),
    Rule(
        "KB324",
        "row filter that cannot tell",
        "error",
        "`train` and `predict` are true or false in every row, as a comparison is, and no row is in both: "
        "an error on rows that the fit has seen says nothing about how well it predicts.",
        "train: year <= 2020\npredict: year >= 2020",
    ),
)
