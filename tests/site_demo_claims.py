"""The claims and sources of the demo base: every relation, role and status, and hostile text."""

from __future__ import annotations

from kb.model import Bearing, Claim, Dependence, Evidence, Forecast, Source, Step, Undercut


def step(kind: str, premises: str, conclusion: str, **more: object) -> Step:
    ids = tuple(premises.split())
    default = f"{ids[0]}--{kind}--{conclusion}"
    return Step(default, kind, ids, conclusion, owner=ids[0], **more)  # type: ignore[arg-type]


def undercut(premise: str, target: str, **more: object) -> Undercut:
    return Undercut(f"{premise}--undercuts--{target}", (premise,), target, owner=premise, **more)  # type: ignore[arg-type]


def _claim(claim: str, text: str, title: str = "", **more: object) -> Claim:
    topic = str(more.pop("topic", "compute"))
    return Claim(claim, text, f"{topic}/{claim}.yaml", title, **more)  # type: ignore[arg-type]


def claims() -> list[Claim]:
    paper = Evidence("brute-force-2025", "Measuring compute power, p2")
    return [
        _claim(
            "bill-payable",
            "By 2030 some firm can pay for a training run that uses 10,000 times the compute of GPT-4.",
            "A ×10,000 scale-up is payable by 2030",
            evidence=(paper,),
        ),
        _claim(
            "bill-unpayable",
            "By 2030 no firm can pay for a training run that uses 10,000 times the compute of GPT-4.",
            "A ×10,000 scale-up is out of reach",
            steps=(
                step(
                    "attacks",
                    "bill-unpayable",
                    "bill-payable",
                    strength="moderate",
                    because="They exclude each other.",
                ),
            ),
        ),
        _claim(
            "gpt3-days",
            "Training GPT-3 took about 3,640 petaflop/s-days.",
            "GPT-3 took about 3,640 petaflop/s-days",
            evidence=(
                paper,
                Evidence("gpt3-2020", "Table D.1", "reports", note="The table gives 3.14 × 10²³ FLOP."),
            ),
            checks=(
                Bearing("gpt3-petaflop-days", claim="gpt3-days"),
                Bearing("gpt3-on-gpus", "corroborates", claim="gpt3-days"),
            ),
            steps=(
                step(
                    "supports",
                    "gpt3-days hours-cost",
                    "bill-unpayable",
                    strength="strong",
                    because="The bill at list prices exceeds any university’s budget.",
                    scheme="cause-to-effect",
                ),
            ),
            notes="Counts the forward and the backward pass.\n\nDoes not count failed runs.",
            tags=("compute", "gpt-3"),
        ),
        _claim(
            "hours-cost",
            "An hour on one data-centre GPU costs more than one dollar.",
            "GPU hours cost money",
            checks=(Bearing("gpu-hour-price", claim="hours-cost"),),
            evidence=(paper,),
        ),
        _claim(
            "share-of-revenue",
            "GPT-4’s training cost 0.03 % of its backer’s yearly revenue.",
            "GPT-4 cost 0.03 % of one firm’s revenue",
            checks=(Bearing("gpt4-share", claim="share-of-revenue"),),
            steps=(
                step(
                    "supports",
                    "share-of-revenue",
                    "bill-payable",
                    strength="moderate",
                    because="There is headroom of three orders of magnitude.",
                ),
            ),
        ),
        _claim(
            "quadratic",
            "Training a model of N parameters needs about N inputs and N work per input, so compute is N².",
            "Training cost is quadratic",
            checks=(Bearing("quadratic-fit", claim="quadratic"),),
            steps=(
                step(
                    "attacks",
                    "quadratic",
                    "bill-payable",
                    because="A model ten times as large costs a hundred times as much.",
                ),
            ),
            assumes=(Dependence("tokens-scale", "Otherwise the inputs need not grow."),),
        ),
        _claim(
            "tokens-scale",
            "The best number of training tokens grows in proportion to the number of parameters.",
            "Tokens scale with parameters",
            checks=(Bearing("chinchilla-ratio", claim="tokens-scale"),),
            requires=(Dependence("law-holds"),),
        ),
        _claim(
            "law-holds",
            "Loss follows a power law in compute over the range that was measured.",
            "The power law holds",
            checks=(Bearing("law-fit", claim="law-holds"),),
        ),
        _claim(
            "small-longer",
            "Recent models are smaller and are trained for far longer than the best ratio.",
            "Labs train small models for longer",
            checks=(Bearing("llama-tokens", claim="small-longer"),),
            undercuts=(
                undercut(
                    "small-longer",
                    "quadratic--attacks--bill-payable",
                    strength="moderate",
                    because="Tokens per parameter are a choice, not a constant.",
                ),
            ),
        ),
        _claim(
            "inference-dominates",
            "Most compute is spent on use, not on training.",
            "Use costs more than training",
            undercuts=(
                undercut(
                    "inference-dominates",
                    "small-longer--undercuts--quadratic--attacks--bill-payable",
                    because="Smaller models are chosen for cheap use.",
                ),
            ),
            topic="use",
        ),
        _claim(
            "table-is-estimate",
            "The published figure for GPT-3 is an estimate, not a measurement.",
            "The table is an estimate",
            undercuts=(undercut("table-is-estimate", "gpt3-petaflop-days > gpt3-days", strength="weak"),),
        ),
        _claim(
            "efficiency",
            "The compute needed for a given result halves every eight months.",
            "Algorithms halve the bill every eight months",
            checks=(Bearing("efficiency-trend", "proxy", "A trend in one benchmark.", claim="efficiency"),),
            uncheckable="It is about results that no one has measured twice.",
            steps=(step("supports", "efficiency", "bill-payable"),),
            prior=0.7,
            forecast=Forecast("2030-01-01", 0.6, "efficiency-trend"),
        ),
        _claim(
            "railways",
            "At their peak in 1847, railways took 7 % of British output.",
            "Railways took 7 % of British GDP",
            steps=(step("supports", "railways", "bill-payable"),),
            checks=(Bearing("railway-share", claim="railways"),),
        ),
        _claim(
            "energy",
            "Rising demand for power makes scaling too costly for the climate.",
            "Energy use makes it unsustainable",
            steps=(step("attacks", "energy", "bill-payable"), step("supports", "energy", "bill-unpayable")),
        ),
        _claim(
            "circle-a",
            "Investors believe in scaling because capability grows.",
            "Money follows capability",
            steps=(step("supports", "circle-a", "circle-b"), step("supports", "circle-a", "bill-payable")),
            topic="money",
        ),
        _claim(
            "circle-b",
            "Capability grows because investors believe in scaling.",
            "Capability follows money",
            steps=(step("supports", "circle-b", "circle-a"),),
            topic="money",
        ),
        _claim(
            "data-enough",
            "There is enough text for two more orders of magnitude of compute.",
            "The text does not run out before 2030",
            checks=(Bearing("text-stock", claim="data-enough"),),
        ),
        _claim(
            "text-runs-out",
            "High-quality public text runs out by 2025.",
            "High-quality text runs out by 2025",
            checks=(Bearing("text-date", claim="text-runs-out"),),
            steps=(step("attacks", "text-runs-out", "data-enough"),),
            topic="data",
        ),
        _claim(
            "no-more-text",
            "There will be no more good text to train on after 2025.",
            topic="data",
            restates=("text-runs-out",),
            evidence=(Evidence("brute-force-2025", "p9", "quotes"),),
        ),
        _claim(
            "reuse",
            "Up to four passes over the same text are almost as good as fresh text.",
            "Tokens can be reused",
            checks=(Bearing("reuse-toy", "proxy", "A toy model of repeated data.", claim="reuse"),),
            steps=(
                step(
                    "supports",
                    "reuse",
                    "data-enough",
                    strength="moderate",
                    because="It multiplies the stock by four.",
                ),
            ),
            topic="data",
        ),
        _claim(
            "h100-rate",
            "One current GPU reaches 600 teraflop/s on large matrix products.",
            "One GPU reaches 600 teraflop/s",
            checks=(Bearing("h100-matmul", claim="h100-rate"),),
            steps=(step("supports", "h100-rate", "share-of-revenue"),),
        ),
        _claim(
            "antidisestablishmentarianism-and-other-very-long-identifiers-ok",
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft is a word "
            "that no line can hold without breaking it somewhere, whatever the width of the window may be.",
            topic="data",
            steps=(
                step(
                    "attacks",
                    "antidisestablishmentarianism-and-other-very-long-identifiers-ok",
                    "data-enough",
                ),
            ),
            origin="ours",
        ),
        _claim(
            "draft-claim",
            "This one is a draft.",
            status="draft",
            steps=(step("supports", "draft-claim", "data-enough"),),
        ),
        _claim(
            "old-claim", "Moore’s law doubles speed every year.", status="retired", replaced_by="h100-rate"
        ),
        _claim(
            "hostile",
            "A claim with <script>alert(1)</script> & \"quotes\" in 'it'.",
            "<b>Bold</b> title",
            topic="data",
            evidence=(Evidence("hostile-source", '"><img src=x onerror=alert(1)>'),),
            notes="</pre><script>alert(2)</script>",
            steps=(step("supports", "hostile", "data-enough", because="Because <i>so</i>."),),
        ),
    ]


def sources() -> list[Source]:
    return [
        Source(
            "brute-force-2025",
            "Beyond brute force",
            type="webpage",
            authors=("Doe, Jane", "Roe, Rick"),
            issued="2025-03-01",
            url="https://example.org/brute",
        ),
        Source(
            "gpt3-2020",
            "Language models are few-shot learners",
            type="article",
            authors=("Brown, Tom", "Mann, Ben", "Ryder, Nick"),
            issued="2020-05-28",
            url="https://arxiv.org/abs/2005.14165",
        ),
        Source("hostile-source", "A source <script>alert(3)</script>", url="javascript:alert(4)"),
    ]
