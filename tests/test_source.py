"""Finding and loading a base: every kind of file, every kind of fault, and the cache."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kb import source
from kb.diagnostics import Diagnostics
from kb.diagnostics.rules import RULES
from kb.model import (
    Allowance,
    Amount,
    Base,
    Bearing,
    Benchmark,
    Check,
    Claim,
    Column,
    Config,
    Dependence,
    Device,
    Evidence,
    Expectation,
    Fit,
    Flip,
    Forecast,
    Formula,
    Input,
    Option,
    Published,
    Quantity,
    Question,
    Quote,
    Reading,
    Scale,
    Simulation,
    Source,
    Spread,
    Step,
    Table,
    TestRun,
    Undercut,
)
from kb.source import manifest
from kb.source.versions import meets

PROJECT = Path(__file__).parents[1]
KB = "format: 1\ntitle: T\n"
SHA = "0123456789abcdef" * 4
Write = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files, by their paths within the base, and give the base's folder."""

    def write_files(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write_files


def load(root: Path) -> source.Loaded:
    return source.load(root, cache=False)


def told(found: Diagnostics) -> list[tuple[str, str, int, int]]:
    return [(d.rule, d.file, d.line, d.column) for d in found]


# --- one file of each kind, with all its fields ------------------------------------------

WHOLE = {
    "kb.yaml": """\
format: 1
requires: ">=0.1"
title: The title
about: What it is about.
questions:
  - {id: the-question, question: Why?, about: More., theses: [full, plain]}
thresholds: {stands: 0.7, falls: 0.3, holds: 0.95, fails: 0.05}
weights: {weak: 3, moderate: 5, strong: 11, decisive: 101, cap: 6}
scores: {unchecked: [0.1, 0.9], not_run: [0, 1], inconclusive: [0.4, 0.6]}
repository: https://example.org/r
branch: trunk
site: https://example.org/s
rules: {KB030: note, KB101: "off"}
allow: [{rule: KB101, because: Because.}]
renamed: {older: full}
""",
    "topic/sub/full.yaml": f"""\
claim: The claim.
title: Title
question: the-question
tags: [a1, b-2]
notes: |
  First.

  Second.
status: retired
replaced_by: plain
origin: ours
prior: 1
forecast: {{by: 2030-12-31, probability: 0.25, check: a-formula}}
standard: clear-and-convincing
stance: {{plain: against}}
evidence:
  - source: a-source
    at: p2
    role: reports
    note: N.
    quote: {{norm: 1, start: 3, end: 9, sha256: {SHA}, shingles: [1, 4294967295]}}
  - {{source: a-source, at: 12}}
supports:
  - plain
  - claim: plain
    with: [other]
    strength: strong
    because: B.
    scheme: cause-to-effect
    id: by-cause
    reviewed: ab1
attacks: [other]
undercuts:
  - by-cause
  - {{step: "a-formula>plain", because: C., with: [other], strength: weak, id: cut, reviewed: ab2}}
assumes: [plain, {{claim: other, because: D.}}]
requires: [{{claim: other, because: E.}}]
restates: [third]
same_evidence_as: [other]
checks:
  - a-formula
  - {{check: a-fit, bears: proxy, because: F., if_fails: against, if_fails_because: G., reviewed: ab3}}
checkable: {{no: Nobody knows.}}
allow: [{{rule: KB101, because: Because.}}]
""",
    "topic/plain.yaml": "claim: Plain.\n",
    "topic/other.yaml": "claim: Other.\n",
    "topic/third.yaml": "claim: Third.\n",
    "sources/a-source.yaml": """\
title: A title
type: article
author: [{family: Kaplan, given: Jared}, {literal: OpenAI}, {family: Solo}]
issued: 2020
accessed: 2024-04-06
URL: https://example.org/a
DOI: 10.1/x
volume: 3
allow: [{rule: KB101, because: Because.}]
""",
    "quantities/topic.yaml": """\
one:
  title: One
  value: 3e11
  unit: token
  source: a-source
  at: T1
  version: 2
  as_of: 2024-04
  verified: true
  note: N.
two: {distribution: {p5: 1, p95: 2}}
three: {value: 24, unit: hour/day, definition: true}
four: {distribution: {uniform: [1, 2]}}
five: {distribution: {normal: {mean: 1, sd: 2}}}
six: {distribution: {beta: {a: 2, b: 3, low: -1, high: 4}}}
seven: {distribution: {triangular: [1, 2, 3]}}
eight: {distribution: {discrete: {values: [1, 2], weights: [3, 1]}}}
nine: {distribution: {discrete: {values: [1, 2]}}}
""",
    "checks/a-formula.yaml": """\
kind: formula
title: F
notes: N
inputs:
  a: one
  b: {quantity: two}
  c: {value: 2, unit: FLOP/token, source: a-source, at: p1, verified: true, title: C, protocol: P}
let: {d: a * b}
compute: d * c
unit: FLOP
expect: {output: result, about: 3 FLOP, within: 1.1x}
readings:
  stock:
    s1: {title: S1, set: {a: 5}, compute: d, expect: {at_most: 4}}
    s2: {set: {a: three}}
flips_if:
  - {set: {a: 30e9 token, c: 1}, to: fails, because: B.}
circular: true
decides: true
required: true
allow: [{rule: KB101, because: Because.}]
""",
    "checks/a-published.yaml": """\
kind: published
protocol: MMLU, 5-shot
inputs: {x: one}
compute: x
unit: 1
expect: {between: [1, "2 token"]}
""",
    "checks/a-simulation.yaml": """\
kind: simulation
experiment: sparse-parity
params: {width: 8, mode: fast, list: [1, 2]}
seeds: 5
expect: {is_true: grows}
flips_if: {set: {width: 2}, to: fails}
""",
    "checks/a-benchmark.yaml": """\
kind: benchmark
measure: {test: matmul, dtype: bf16, device: {kind: gpu, name: "*H100*", id: some-run}}
compute: rate / 2
unit: petaFLOP/s
expect: {at_least: 1}
""",
    "checks/a-fit.yaml": """\
kind: fit
fit:
  table: a-table
  model: power-law
  x: [year, size]
  y: loss
  train: year < 3
  predict: 3
  at: {year: 4, size: 2 FLOP}
  loss: huber
  interval: none
  compare: linear
""",
    "data/a-table.csv": "year,size,loss\n1,2,3\n",
    "data/a-table.yaml": """\
title: Table
columns: [{name: year}, {name: size, unit: FLOP, title: Size}]
source: a-source
at: T2
licence: CC0
""",
    "measurements/a-run.yaml": """\
schema: kb.measurement/1
when: 2024-04-06T12:00:00Z
tool: {name: kb, version: 0.1.0, kernels: KERNELS}
backend: {name: wgpu, version: "0.19"}
device: {name: NVIDIA H100, kind: gpu, is_gpu: true, reported: DiscreteGPU, driver: "550.54", features: [f16]}
host: {system: Linux, release: "6", machine: x86_64, cpu: EPYC, cpus: 8, python: 3.11.9, load: [0, 0.5, 1]}
tests:
  - test: matmul
    dtype: fp16
    accumulate: fp32
    path: tensor
    n: 8192
    data: standard normal
    threads: 1
    variant: tile 128x64
    variants_tried: [{variant: tile 128x64, ok: true, err: 1e-7}]
    check: {err: 1e-7, tol: 1e-6, all_err: 1e-7, all_tol: 1e-6, ok: true}
    stats:
      unit: FLOP/s
      median: 6e14
      ci_low: 5e14
      ci_high: 7e14
      p10: 4e14
      p90: 8e14
      best: 9e14
      n: 3
      n_eff: 2.5
      lag1: 0.1
      drift: -0.01
    timer: device
    stop: interval
    cpus_used: 0.1
    others_busy: 0.2
    flags: [busy]
    samples_s: [0.001, 0.002, 0.001]
  - test: matmul
    dtype: fp32
    accumulate: fp32
    path: shader
    n: 1024
    data: standard normal
    check: {err: 1, tol: 1e-6, ok: false}
    flags: [wrong-result]
skipped: [{test: matmul, n: 16384, reason: too large}]
""".replace("KERNELS", SHA),
    "results/a-formula.json": "{}",
}


def expected_claim() -> Claim:
    file = "topic/sub/full.yaml"
    return Claim(
        id="full",
        text="The claim.",
        file=file,
        title="Title",
        question="the-question",
        tags=("a1", "b-2"),
        notes="First.\n\nSecond.\n",
        status="retired",
        replaced_by="plain",
        origin="ours",
        prior=1.0,
        forecast=Forecast("2030-12-31", 0.25, "a-formula"),
        standard="clear-and-convincing",
        stance=(("plain", "against"),),
        evidence=(
            Evidence("a-source", "p2", "reports", Quote(3, 9, SHA, (1, 4294967295), 1), "N."),
            Evidence("a-source", "12"),
        ),
        steps=(
            Step("full--supports--plain", "supports", ("full",), "plain", owner="full"),
            Step(
                "by-cause",
                "supports",
                ("full", "other"),
                "plain",
                "strong",
                "B.",
                "cause-to-effect",
                named=True,
                reviewed="ab1",
                owner="full",
                index=1,
            ),
            Step("full--attacks--other", "attacks", ("full",), "other", owner="full"),
        ),
        undercuts=(
            Undercut("full--undercuts--by-cause", ("full",), "by-cause", owner="full"),
            Undercut(
                "cut",
                ("full", "other"),
                "a-formula > plain",
                "weak",
                "C.",
                named=True,
                reviewed="ab2",
                owner="full",
                index=1,
            ),
        ),
        assumes=(Dependence("plain"), Dependence("other", "D.")),
        requires=(Dependence("other", "E."),),
        restates=("third",),
        same_evidence_as=("other",),
        checks=(
            Bearing("a-formula", claim="full"),
            Bearing("a-fit", "proxy", "F.", "against", "G.", "ab3", "full", 1),
        ),
        uncheckable="Nobody knows.",
        allow=(Allowance("KB101", "Because."),),
    )


def expected_checks() -> dict[str, Check]:
    file = "checks/a-formula.yaml"
    inline = Quantity(
        "c",
        2.0,
        unit="FLOP/token",
        title="C",
        source="a-source",
        at="p1",
        verified=True,
        protocol="P",
        file=file,
    )
    formula = Check(
        "a-formula",
        "formula",
        Formula("d * c", "FLOP", {"d": "a * b"}),
        file,
        "F",
        "N",
        (Input("a", "one"), Input("b", "two"), Input("c", inline=inline)),
        (),
        Expectation("result", about="3 FLOP", within="1.1x"),
        (
            Reading(
                "stock",
                (
                    Option("s1", "S1", {"a": 5.0}, "d", Expectation(at_most=4.0)),
                    Option("s2", set={"a": "three"}),
                ),
            ),
        ),
        (Flip({"a": "30e9 token", "c": 1.0}, "fails", "B."),),
        circular=True,
        decides=True,
        required=True,
        allow=(Allowance("KB101", "Because."),),
    )
    published = Check(
        "a-published",
        "published",
        Published("MMLU, 5-shot", "x", "1"),
        "checks/a-published.yaml",
        inputs=(Input("x", "one"),),
        expect=Expectation(between=(1.0, "2 token")),
    )
    simulation = Check(
        "a-simulation",
        "simulation",
        Simulation("sparse-parity", {"width": 8, "mode": "fast", "list": [1, 2]}, 5),
        "checks/a-simulation.yaml",
        expect=Expectation(is_true="grows"),
        flips_if=(Flip({"width": 2.0}, "fails"),),
    )
    device = {"kind": "gpu", "name": "*H100*", "id": "some-run"}
    benchmark = Check(
        "a-benchmark",
        "benchmark",
        Benchmark("matmul", "bf16", device, "rate / 2", "petaFLOP/s"),
        "checks/a-benchmark.yaml",
        expect=Expectation(at_least=1.0),
    )
    at: dict[str, Amount] = {"year": 4.0, "size": "2 FLOP"}
    fit = Fit(
        "a-table", "power-law", ("year", "size"), "loss", "year < 3", "3", at, "huber", "none", "linear"
    )
    checks = (formula, published, simulation, benchmark, Check("a-fit", "fit", fit, "checks/a-fit.yaml"))
    return {check.id: check for check in checks}


def expected_quantities() -> dict[str, Quantity]:
    file = "quantities/topic.yaml"
    spreads = {
        "two": Spread("percentiles", (1.0, 2.0)),
        "four": Spread("uniform", (1.0, 2.0)),
        "five": Spread("normal", (1.0, 2.0)),
        "six": Spread("beta", (2.0, 3.0, -1.0, 4.0)),
        "seven": Spread("triangular", (1.0, 2.0, 3.0)),
        "eight": Spread("discrete", (1.0, 2.0, 3.0, 1.0)),
        "nine": Spread("discrete", (1.0, 2.0, 0.5, 0.5)),
    }
    one = Quantity(
        "one", 3e11, None, "token", "One", "a-source", "T1", "2", "2024-04", True, note="N.", file=file
    )
    three = Quantity("three", 24.0, unit="hour/day", verified=True, definition=True, file=file)
    rest = {name: Quantity(name, spread=spread, file=file) for name, spread in spreads.items()}
    return {"one": one, "three": three, **rest}


def test_every_field_of_every_kind_arrives(write: Write) -> None:
    loaded = load(write(WHOLE))
    base = loaded.base
    assert told(loaded.diagnostics) == []
    assert loaded.failed == frozenset()
    assert base.config == Config(
        title="The title",
        format=1,
        requires=">=0.1",
        about="What it is about.",
        questions=(Question("the-question", "Why?", ("full", "plain"), "More."),),
        scale=Scale(
            0.7,
            0.3,
            0.95,
            0.05,
            {"weak": 3.0, "moderate": 5.0, "strong": 11.0, "decisive": 101.0},
            cap=6.0,
            unchecked=(0.1, 0.9),
            not_run=(0.0, 1.0),
            inconclusive=(0.4, 0.6),
        ),
        repository="https://example.org/r",
        branch="trunk",
        site="https://example.org/s",
        severities={"KB030": "note", "KB101": "off"},
        renamed={"older": "full"},
        allow=(Allowance("KB101", "Because."),),
    )
    assert base.claims["full"] == expected_claim()
    assert base.claims["full"].topic == "topic/sub"
    assert base.claims["plain"] == Claim("plain", "Plain.", "topic/plain.yaml")
    assert dict(base.checks) == expected_checks()
    assert dict(base.quantities) == expected_quantities()
    a_source = base.sources["a-source"]
    assert a_source == Source(
        "a-source",
        "A title",
        "sources/a-source.yaml",
        "article",
        ("Kaplan, Jared", "OpenAI", "Solo"),
        "2020",
        "https://example.org/a",
        "2024-04-06",
        a_source.csl,
        (Allowance("KB101", "Because."),),
    )
    assert a_source.csl["volume"] == 3
    assert "allow" not in a_source.csl
    assert base.tables["a-table"] == Table(
        "a-table",
        (Column("year"), Column("size", "FLOP", "Size")),
        "data/a-table.yaml",
        "data/a-table.csv",
        "Table",
        "a-source",
        "T2",
        "CC0",
    )
    a_run = base.measurements["a-run"]
    assert a_run.device == Device("NVIDIA H100", "gpu", "wgpu", True, "550.54")
    assert (a_run.when, a_run.file) == ("2024-04-06T12:00:00Z", "measurements/a-run.yaml")
    assert a_run.runs == (
        TestRun(
            "matmul",
            "fp16",
            6e14,
            5e14,
            7e14,
            4e14,
            8e14,
            9e14,
            n=8192,
            accumulate="fp32",
            path="tensor",
            checked=True,
            flags=("busy",),
        ),
    )
    assert set(loaded.files) == set(WHOLE)
    assert loaded.files["data/a-table.csv"].kind == "csv"


def test_the_cached_base_is_the_same(write: Write) -> None:
    root = write(WHOLE)
    first, again = source.load(root), source.load(root)
    assert again.base == first.base == load(root).base
    assert told(again.diagnostics) == told(first.diagnostics)
    assert again.files == first.files


# --- faults ------------------------------------------------------------------------------

FAULTS: list[tuple[str, str | bytes, str, int, int]] = [
    ("t/aa.yaml", "claim: A.\nclam: x\n", "KB020", 2, 1),
    ("t/aa.yaml", "title: x\n", "KB021", 1, 1),
    ("t/aa.yaml", "# yaml-language-server: $schema=../schema/check.schema.json\nclaim: A.\n", "KB036", 1, 33),
    ("t/aa.yaml", "claim: A.\nsupports: bb\n", "KB022", 2, 11),
    ("t/aa.yaml", "claim: A.\nsupports:\n  - {claim: bb, strength: huge}\n", "KB023", 3, 27),
    ("t/aa.yaml", "claim: A.\nprior: 1.5\n", "KB024", 2, 8),
    ("t/aa.yaml", "claim: A.\ntitle:\n", "KB027", 2, 7),
    ("t/aa.yaml", "claim: A.\ntags:\n  - x\n  - x\n", "KB028", 4, 5),
    ("t/aa.yaml", "- claim\n", "KB022", 1, 1),
    ("t/aa.yaml", "", "KB004", 1, 1),
    ("t/aa.yaml", "claim: A: B.\n", "KB005", 1, 9),
    ("t/aa.yaml", "claim: A.\nclaim: B.\n", "KB006", 2, 1),
    ("t/aa.yaml", "claim: *x\n", "KB007", 1, 8),
    ("t/aa.yaml", "claim: A.\n\ttitle: x\n", "KB011", 2, 1),
    ("t/aa.yaml", b"\xef\xbb\xbfclaim: A.\n", "KB003", 1, 1),
    ("t/aa.yaml", "claim: A.\n".encode("utf-16"), "KB003", 1, 1),
    ("t/aa.yaml", b"claim: A.\ntitle: caf\xe9\n", "KB003", 2, 11),
    ("t/aa.yaml", b"claim: A.\n" + b"# x\n" * 300_000, "KB008", 1, 1),
    ("t/aa.yaml", b"claim: \x00\n", "KB012", 1, 8),
    ("t/aa.yaml", "claim: A.  # \u2067so\n", "KB012", 1, 14),
    ("t/aa.yaml", 'claim: A.\nnotes: "so \\e[31m"\n', "KB012", 2, 8),
    ("t/aa.yaml", 'claim: A.\nevidence:\n  - {source: xx, at: "b\\rb"}\n', "KB012", 3, 22),
    ("t/Aa.yaml", "claim: A.\n", "KB110", 1, 1),
    ("t/a.yaml", "claim: A.\n", "KB110", 1, 1),
    ("t/a_b.yaml", "claim: A.\n", "KB110", 1, 1),
    ("t/a b.yaml", "claim: A.\n", "KB110", 1, 1),
    ("t/con.yaml", "claim: A.\n", "KB113", 1, 1),
    ("t/lpt1.yaml", "claim: A.\n", "KB113", 1, 1),
    ("aux/in/aa.yaml", "claim: A.\n", "KB116", 1, 1),
    ("COM1.x/aa.yaml", "claim: A.\n", "KB116", 1, 1),
    ("t/so: what/aa.yaml", "claim: A.\n", "KB116", 1, 1),
    ("t\\u/aa.yaml", "claim: A.\n", "KB116", 1, 1),
    ("t./aa.yaml", "claim: A.\n", "KB116", 1, 1),
    ("T/aa.yaml", "claim: A.\n", "KB116", 1, 1),
    ("t/aa.yml", "claim: A.\n", "KB030", 1, 1),
    ("checks/aa.YAML", "x", "KB030", 1, 1),
    ("checks/aa.py", "x", "KB031", 1, 1),
    ("results/aa.yaml", "x", "KB031", 1, 1),
    ("checks/aa.yaml", "kind: formula\ncompute: a\nseeds: 3\n", "KB025", 3, 1),
    ("checks/aa.yaml", "kind: formula\ncompute: a\nexpect: {at_least: 1, at_most: 2}\n", "KB026", 3, 9),
    ("quantities/q.yaml", "aa: {value: 1}\nBB: {value: 2}\n", "KB024", 2, 1),
    ("data/aa.yaml", "columns: [{name: x}]\n", "KB032", 1, 1),
    ("data/aa.csv", "x\n1\n", "KB032", 1, 1),
    ("sources/bb.yaml", "title: The id is that of a claim.\n", "KB111", 1, 1),
    ("u/bb.yaml", "claim: The id is that of a claim.\n", "KB111", 1, 1),
    ("quantities/q.yaml", "aa: {value: 1}\nbb: {value: 2}\n", "KB111", 2, 1),
    ("t/aa.yaml", "claim: A.\nsupports:\n  - {claim: bb, id: bb}\n", "KB111", 3, 17),
    ("t/aa.yaml", "claim: A.\nsupports: [{claim: bb}, {claim: bb, with: [cc]}]\n", "KB114", 2, 25),
    ("t/given-up.yaml", "claim: A.\n", "KB112", 1, 1),
    ("t/aa.yaml", "claim: A.\nallow:\n  - {rule: KB999, because: x}\n", "KB035", 3, 6),
    ("t/aa.yaml", "claim: A.\nallow:\n  - {rule: KB005, because: x}\n", "KB035", 3, 6),
]


@pytest.mark.parametrize(("file", "content", "rule", "line", "column"), FAULTS, ids=lambda v: repr(v)[:24])
def test_a_fault_is_told_once_at_its_place(
    write: Write, file: str, content: str | bytes, rule: str, line: int, column: int
) -> None:
    sound = {"kb.yaml": KB + "renamed: {given-up: bb}\n", "t/bb.yaml": "claim: B.\n"}
    root = write({**sound, file: content})
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    loaded = load(root)
    assert told(loaded.diagnostics) == [(rule, file, line, column)]
    assert loaded.base.claims["bb"].text == "B.", "what is sound is there all the same"
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before, "loading writes nothing"


def test_all_faults_of_all_files_are_told_in_one_run(write: Write) -> None:
    root = write(
        {
            "kb.yaml": "format: 1\ntitle: [x]\nrules: {KB030: of}\n",
            "t/aa.yaml": "clam: x\nprior: 2\n",
            "t/bb.yaml": "claim: &x B.\n",
            "t/cc.yaml": "claim: C.\n",
        }
    )
    loaded = load(root)
    assert told(loaded.diagnostics) == [
        ("KB022", "kb.yaml", 2, 8),
        ("KB023", "kb.yaml", 3, 16),
        ("KB020", "t/aa.yaml", 1, 1),
        ("KB024", "t/aa.yaml", 2, 8),
        ("KB007", "t/bb.yaml", 1, 8),
    ]
    assert set(loaded.base.claims) == {"cc"}
    assert loaded.failed == {"aa", "bb"}


def test_every_rule_that_a_load_can_tell_is_tried() -> None:
    tried = {rule for *_, rule, _, _ in FAULTS}
    elsewhere = {"KB001", "KB002", "KB009", "KB010", "KB029", "KB033", "KB034", "KB115"}
    ours = {n for n in RULES if n < "KB101" or "KB110" <= n < "KB200"}
    assert ours == tried | elsewhere


def test_settings_of_the_base_change_severities_but_not_of_broken_files(write: Write) -> None:
    files = {"t/aa.yml": "x", "t/bb.yaml": "clam: x\n", "checks/cc.py": ""}
    root = write({**files, "kb.yaml": KB + 'rules: {KB030: error, KB031: "off", KB020: note}\n'})
    assert [(d.rule, d.severity) for d in load(root).diagnostics] == [
        ("KB035", "error"),
        ("KB030", "error"),
        ("KB020", "error"),
    ]


def test_renames_must_end_somewhere(write: Write) -> None:
    root = write(
        {"kb.yaml": KB + "renamed:\n  a1: b1\n  b1: a1\n  c1: gone\n  d1: aa\n", "t/aa.yaml": "claim: A.\n"}
    )
    assert told(load(root).diagnostics) == [
        ("KB115", "kb.yaml", 4, 3),
        ("KB115", "kb.yaml", 5, 3),
        ("KB115", "kb.yaml", 6, 3),
    ]


def test_a_file_with_very_many_faults_is_cut_short(write: Write) -> None:
    rows = "".join(f"row-{n}: {{vlaue: 1, unti: x}}\n" for n in range(2000))
    loaded = load(write({"kb.yaml": KB, "quantities/q.yaml": rows}))
    rules = [d.rule for d in loaded.diagnostics]
    assert len(rules) == 101
    assert rules.count("KB029") == 1


def test_links_do_not_lead_out(write: Write, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = write({"kb.yaml": KB, "t/aa.yaml": "claim: A.\n"})
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_text("claim: S.\n")
    (root / "t" / "bb.yaml").symlink_to(outside / "secret.yaml")
    (root / "t" / "cc.yaml").symlink_to(root / "t" / "aa.yaml")
    (root / "t" / "dd.yaml").symlink_to(root / "nowhere")
    (root / "checks").symlink_to(outside)
    (root / "t" / "loop").symlink_to(root / "t")
    loaded = load(root)
    assert told(loaded.diagnostics) == [
        ("KB002", "checks", 1, 1),
        ("KB002", "t/bb.yaml", 1, 1),
        ("KB002", "t/dd.yaml", 1, 1),
        ("KB002", "t/loop", 1, 1),
    ]
    assert set(loaded.base.claims) == {"aa", "cc"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_not_opened(write: Write) -> None:
    root = write({"kb.yaml": KB, "t/aa.yaml": "claim: A.\n"})
    os.mkfifo(root / "t" / "bb.yaml")
    assert told(load(root).diagnostics) == [("KB001", "t/bb.yaml", 1, 1)]


def test_a_file_that_cannot_be_read_is_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write({"kb.yaml": KB, "t/aa.yaml": "claim: A.\n", "t/bb.yaml": "claim: B.\n"})
    open_file = os.open

    def refuse(path: Any, *rest: Any, **more: Any) -> int:
        if str(path).endswith("aa.yaml"):
            raise PermissionError(13, "Permission denied")
        return open_file(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    loaded = load(root)
    assert told(loaded.diagnostics) == [("KB001", "t/aa.yaml", 1, 1)]
    assert set(loaded.base.claims) == {"bb"}


def test_other_folders_and_files_are_passed_over(write: Write) -> None:
    root = write(
        {
            "kb.yaml": KB,
            "t/aa.yaml": "claim: A.\n",
            "t/README.md": "x",
            "t/.aa.yaml.swp": "x",
            ".github/x.yaml": "x: [",
            "_site/x.yaml": "x: [",
            "inner/kb.yaml": "x: [",
            "inner/t/x.yaml": "x: [",
            "src/module.py": "x",
            "LICENSE": "x",
        }
    )
    loaded = load(root)
    assert told(loaded.diagnostics) == []
    assert set(loaded.files) == {"kb.yaml", "t/aa.yaml"}


# --- finding -----------------------------------------------------------------------------


@pytest.fixture
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KB_BASE", raising=False)


@pytest.mark.usefixtures("no_environment")
def test_a_base_is_found_from_within_and_beside(write: Write) -> None:
    root = write({"one/kb.yaml": KB, "one/t/deep/x": "", "two/claims/kb.yaml": KB, "two/docs/x": ""})
    assert source.find(root / "one" / "t" / "deep") == root / "one"
    assert source.find(root / "two" / "docs") == root / "two" / "claims"
    assert source.find(root / "two", str(root / "one")) == root / "one"
    assert source.find(root, str(root / "one" / "kb.yaml")) == root / "one"
    assert source.find(root, str(root / "two")) == root / "two" / "claims"


def test_the_environment_names_a_base_and_the_option_wins(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write({"one/kb.yaml": KB, "two/kb.yaml": KB})
    monkeypatch.setenv("KB_BASE", str(root / "one"))
    assert source.find(root / "two") == root / "one"
    assert source.find(root, str(root / "two")) == root / "two"


@pytest.mark.usefixtures("no_environment")
def test_without_a_base_the_places_are_told(tmp_path: Path) -> None:
    with pytest.raises(source.NoBase) as caught:
        source.find(tmp_path)
    assert str(tmp_path / "kb.yaml") in caught.value.tried
    assert str(tmp_path.parent / "claims" / "kb.yaml") in caught.value.tried
    with pytest.raises(source.NoBase, match="--base names"):
        source.find(tmp_path, str(tmp_path / "nowhere"))


def test_the_word_example_is_the_shipped_base() -> None:
    assert source.find(None, "example") == PROJECT / "claims"


# --- versions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["format: 2\ntitle: T\nnew_field: x\n", 'format: 1\ntitle: T\nrequires: ">=99"\n']
)
def test_a_base_for_another_kb_is_refused_in_one_line(write: Write, text: str) -> None:
    loaded = load(write({"kb.yaml": text, "t/aa.yaml": "clam: x\n"}))
    (finding,) = loaded.diagnostics
    assert (finding.rule, finding.file) == ("KB034", "kb.yaml")
    assert "\n" not in finding.message
    assert loaded.base == Base(loaded.base.root, loaded.base.config)


def test_a_folder_without_kb_yaml_says_so(write: Write) -> None:
    loaded = load(write({"t/aa.yaml": "claim: A.\n"}))
    assert told(loaded.diagnostics) == [("KB033", "kb.yaml", 1, 1)]
    assert set(loaded.base.claims) == {"aa"}


@pytest.mark.parametrize(
    ("requires", "version", "answer"),
    [
        (">=0.1", "0.1.0", True),
        (">=0.10", "0.9.5", False),
        (">=0.1, <2", "2.0", False),
        ("==1.2", "1.2.0", True),
        ("!=1.2", "1.2", False),
        ("~=1.4", "1.9", True),
        ("~=1.4", "2.0", False),
        (">0.1", "0.1.0", False),
        ("<=0.1", "0.1.0", True),
    ],
)
def test_constraints_on_the_version(requires: str, version: str, answer: bool) -> None:
    assert meets(requires, version) is answer


# --- the manifest ------------------------------------------------------------------------


def age(root: Path) -> None:
    """Make every file old enough to be trusted by its time."""
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, ns=(10**18, 10**18))


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed, as they are parsed."""
    from kb.source import outcome

    names: list[str] = []
    examine = outcome.examine

    def note(data: bytes, path: str, kind: str) -> Any:
        names.append(path)
        return examine(data, path, kind)

    monkeypatch.setattr(outcome, "examine", note)
    return names


def test_unchanged_files_are_not_parsed_again(write: Write, examined: list[str]) -> None:
    root = write({"kb.yaml": KB, "t/aa.yaml": "claim: A.\n", "t/bb.yaml": "clam: B.\n"})
    first = source.load(root)
    assert sorted(examined) == ["kb.yaml", "t/aa.yaml", "t/bb.yaml"]
    examined.clear()
    again = source.load(root)
    assert examined == []
    assert list(again.diagnostics) == list(first.diagnostics)
    write({"t/aa.yaml": "claim: Other.\n"})
    assert source.load(root).base.claims["aa"].text == "Other."
    assert examined == ["t/aa.yaml"]


def test_a_quick_second_write_of_the_same_size_is_seen(write: Write) -> None:
    root = write({"kb.yaml": KB, "t/aa.yaml": "claim: A.\n"})
    stamp = (root / "t/aa.yaml").stat().st_mtime_ns
    source.load(root)
    before = source.fingerprint(root)
    write({"t/aa.yaml": "claim: B.\n"})
    os.utime(root / "t/aa.yaml", ns=(stamp, stamp))
    assert source.fingerprint(root) != before
    assert source.load(root).base.claims["aa"].text == "B."


def test_a_settled_file_is_not_opened(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write({"kb.yaml": KB, "t/aa.yaml": "claim: A.\n", "data/aa.csv": "x\n"})
    age(root)
    source.load(root)
    opened: list[str] = []
    open_file = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *rest, **more: opened.append(str(path)) or open_file(path, *rest, **more)
    )
    source.load(root)
    source.fingerprint(root)
    assert [name for name in opened if ".kb" not in name] == []


def test_the_fingerprint_follows_content_paths_and_strays(write: Write) -> None:
    root = write({"kb.yaml": KB, "t/aa.yaml": "claim: A.\n"})
    cold = source.fingerprint(root)
    source.load(root)
    assert source.fingerprint(root) == cold == source.fingerprint(root, cache=False)
    age(root)
    assert source.fingerprint(root) == cold
    seen = {cold}
    for files in (
        {"t/aa.yaml": "claim: C.\n"},
        {"data/x.csv": "1"},
        {"results/x.json": "{}"},
        {"t/x.yml": ""},
    ):
        write(files)
        seen.add(source.fingerprint(root))
    (root / "t" / "aa.yaml").rename(root / "t" / "bb.yaml")
    seen.add(source.fingerprint(root))
    assert len(seen) == 6


@pytest.mark.parametrize("damage", [b"", b"x" * 5000, "cut", "flip"])
def test_a_damaged_manifest_is_built_anew_with_a_note(write: Write, damage: bytes | str) -> None:
    root = write({"kb.yaml": KB, "t/aa.yaml": "claim: A.\n"})
    whole = source.load(root)
    (file,) = (root / ".kb").glob("manifest-*")
    sound = file.read_bytes()
    match damage:
        case "cut":
            file.write_bytes(sound[:-7])
        case "flip":
            file.write_bytes(sound[:-9] + bytes([sound[-9] ^ 1]) + sound[-8:])
        case bytes():
            file.write_bytes(damage)
    loaded = source.load(root)
    assert loaded.base == whole.base
    assert len(loaded.notes) == 1
    assert "damaged" in loaded.notes[0]
    assert source.load(root).notes == ()


def test_a_manifest_of_an_older_format_is_no_damage(write: Write) -> None:
    root = write({"kb.yaml": KB})
    source.load(root)
    (file,) = (root / ".kb").glob("manifest-*")
    file.write_bytes(b"kb-manifest-1\n" + file.read_bytes()[14:])
    assert source.load(root).notes == ()


def test_a_manifest_of_another_version_is_not_used(
    write: Write, monkeypatch: pytest.MonkeyPatch, examined: list[str]
) -> None:
    root = write({"kb.yaml": KB})
    source.load(root)
    monkeypatch.setattr(manifest, "_maker", lambda: "another")
    source.load(root)
    assert examined == ["kb.yaml", "kb.yaml"]


def test_an_unwritable_cache_is_a_note_and_no_more(write: Write) -> None:
    root = write({"kb.yaml": KB, ".kb": "a file in the way", "t/aa.yaml": "claim: A.\n"})
    loaded = source.load(root)
    assert set(loaded.base.claims) == {"aa"}
    assert len(loaded.notes) == 1


def test_several_processes_may_load_at_once(write: Write) -> None:
    root = write({"kb.yaml": KB, **{f"t/claim-{n}.yaml": f"claim: Number {n}.\n" for n in range(150)}})
    code = (
        "import sys, pathlib; from kb import source\n"
        "for _ in range(3):\n"
        "    loaded = source.load(pathlib.Path(sys.argv[1]))\n"
        "    print(len(loaded.base.claims), len(loaded.diagnostics), loaded.notes)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(root)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in running:
        assert process.communicate()[0].splitlines() == ["150 0 ()"] * 3
        assert process.returncode == 0


def test_a_warm_load_needs_neither_parser_nor_schemas(write: Write) -> None:
    root = write(WHOLE)
    source.load(root)
    code = (
        "import sys, pathlib; from kb import source\n"
        "root, heavy = pathlib.Path(sys.argv[1]), {'yaml', 'jsonschema_rs', 'numpy', 'networkx'}\n"
        "source.fingerprint(root)\n"
        "light = 'kb.model' not in sys.modules\n"
        "source.load(root)\n"
        "print(light, sorted(heavy & set(sys.modules)))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    ran = subprocess.run(
        [sys.executable, "-c", code, str(root)], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "True []\n"
