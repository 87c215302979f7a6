"""KB2xx: the argument and its evidence."""

from __future__ import annotations

from kb.diagnostics.rule import Rule

ARGUMENT_RULES: tuple[Rule, ...] = (
    Rule(
        "KB201",
        "claim argues for or against itself",
        "error",
        "A claim supports, attacks, assumes or requires itself: directly, as a linked premise (`with`), "
        "or through a restatement, which is the same claim. No claim is a reason for or against itself. "
        "Name the claim that was meant, or remove the entry.",
        "# in costs-grow.yaml\nsupports: [costs-grow]",
    ),
    Rule(
        "KB202",
        "same premises for and against",
        "error",
        "The same premises support a conclusion and attack it, so one of the two entries is wrong. If "
        "they really cut both ways, something more makes the difference: link that claim to each with "
        "`with`.",
        "supports: [costs-grow]\nattacks: [costs-grow]",
    ),
    Rule(
        "KB203",
        "claims that rest on one another",
        "warning",
        "Following `assumes` and `requires` leads from a claim back to itself. Such claims can only "
        "fall together and nothing outside can hold them up. Remove the weakest link of the circle.",
        "# in a.yaml\nrequires: [b]\n# in b.yaml\nassumes: [a]",
    ),
    Rule(
        "KB204",
        "claim without a check",
        "warning",
        "Every claim names something that can be run, and says how it bears: a direct test, a proxy, or "
        "context. A claim that no computation can decide or inform says so: `checkable: {no: the "
        "reason}`.",
        "claim: Compute is the bottleneck.\nevidence: [{source: essay, at: p. 2}]",
    ),
    Rule(
        "KB205",
        "check that no claim names",
        "warning",
        "The check runs and its verdict moves nothing. Name it in the claim that it tests, or delete it.",
        "checks/gpt3-energy.yaml, and no claim with checks: [gpt3-energy]",
    ),
    Rule(
        "KB206",
        "claim outside the argument",
        "note",
        "The claim is no thesis, and no relation leads to it or from it, so it has no place on the map. "
        "Say what it bears on.",
        "claim: A claim with evidence and a check, and no supports or attacks anywhere.",
    ),
    Rule(
        "KB207",
        "source that nothing cites",
        "warning",
        "No claim, number or table cites the source. Cite it or delete it.",
        "sources/essay.yaml, and no evidence with source: essay",
    ),
    Rule(
        "KB208",
        "quantity that no check uses",
        "warning",
        "No check has the quantity among its inputs, definitions or flips. Use it or delete it.",
        "gpt3-tokens in quantities/training.yaml, and no check with this input",
    ),
    Rule(
        "KB209",
        "strength without a because",
        "warning",
        "A reason that is more than weak moves its conclusion far, so it has to say why it deserves "
        "that. Add `because:` or leave the strength out.",
        "supports:\n  - {claim: costs-grow, strength: strong}",
    ),
    Rule(
        "KB210",
        "proxy or context without a because",
        "warning",
        "A proxy or a context check does not test the claim as worded. Readers need to know what it "
        "says about it all the same.",
        "checks:\n  - {check: energy-of-gpt3, bears: proxy}",
    ),
    Rule(
        "KB211",
        "if_fails without its own because",
        "warning",
        "That a proxy speaks for a claim when it holds, and that it speaks against the claim when it "
        "fails, are two arguments. Give the second one in `if_fails_because:`.",
        "checks:\n"
        "  - {check: energy-of-gpt3, bears: proxy, because: Energy follows compute., if_fails: against}",
    ),
    Rule(
        "KB212",
        "claim without evidence",
        "warning",
        "Nothing says which text makes the claim. Name the source and the place, or write `origin: "
        "ours` when the claim is the base's own.",
        "claim: Compute is the bottleneck.\nchecks: [compute-share]",
    ),
    Rule(
        "KB213",
        "evidence without a place",
        "warning",
        "A source alone cannot be looked up. Say where in it: a section, a page, a paragraph, a table; "
        "or pin the quoted words.",
        "evidence:\n  - {source: essay}",
    ),
    Rule(
        "KB214",
        "address without a date",
        "warning",
        "A web page changes. `accessed` says when it was read, so that the version can be found in an "
        "archive.",
        "title: An essay\nURL: https://example.org/essay",
    ),
    Rule(
        "KB215",
        "impossible date",
        "warning",
        "The date is not in the calendar, or it lies in the future although it says when something was "
        "published, read, measured or true.",
        "accessed: 2024-02-31",
    ),
    Rule(
        "KB216",
        "long title",
        "note",
        "Titles stand on cards and in lists. Beyond 60 characters they are cut off.",
        "title: The computing power needed for training threatens to upend an industry",
    ),
    Rule(
        "KB217",
        "retired claim in use",
        "warning",
        "A relation, a restatement or a question names a claim that is retired. Retired claims take no "
        "part in the argument, so the entry has no effect. Name the successor.",
        "supports: [costs-grow]   # and costs-grow.yaml says status: retired",
    ),
    Rule(
        "KB218",
        "too few or too many theses",
        "warning",
        "A question with one answer is no question, and one with more than four is several. Word two to "
        "four theses that compete.",
        "questions:\n  - {id: q1, question: Is it so?, theses: [it-is-so]}",
    ),
    Rule(
        "KB219",
        "thesis that nobody contradicts",
        "warning",
        "A thesis without a counter-reason has not been examined: it is shown as uncontested and makes "
        "no headline. Add the best objection, as an attack or as an undercut of one of its reasons.",
        "theses: [it-is-so, it-is-not-so]   # and no claim attacks it-is-so",
    ),
    Rule(
        "KB220",
        "context for everything",
        "note",
        "A check that is context for more than three claims says something of its own. Make a claim of "
        "it, check it directly, and let that claim argue.",
        "checks:\n  - {check: moore-trend, bears: context, because: Prices fall.}   # in four claims",
    ),
    Rule(
        "KB222",
        "circular check that counts",
        "warning",
        "The check says that it is computed with what it would confirm (`circular: true`), so that it "
        "holds is no evidence. It can be context.",
        "checks: [scaling-law-refit]   # and that check says circular: true",
    ),
    Rule(
        "KB223",
        "all reasons from one source",
        "note",
        "Every premise that supports the conclusion comes from the same source. Many reasons of one "
        "author are hardly more independent than one. Look for another.",
        "three claims with evidence from essay, all with supports: [costs-grow]",
    ),
    Rule(
        "KB224",
        "declared stance that the argument contradicts",
        "warning",
        "Stance follows from the signs along the paths from a claim to a thesis. A declared stance is "
        "only compared with it. Either the declaration or a relation is wrong.",
        "stance: {it-is-so: against}\nsupports: [it-is-so]",
    ),
    Rule(
        "KB225",
        "id that looks like a default one",
        "note",
        "Inferences without an id are called <premise>--supports--<conclusion>. An id of that form, "
        "written out, says nothing new and can come to clash. Give it a name of its own, or leave it "
        "out.",
        "supports:\n  - {claim: b, id: a--supports--b}",
        fix="removes it where the inference is called so anyway.",
    ),
    Rule(
        "KB226",
        "no direct check and no reason",
        "warning",
        "A claim that has only proxies or context checks says why no check decides it: `checkable: {no: "
        "the reason}`.",
        "checks:\n  - {check: moore-trend, bears: context, because: Prices fall.}",
    ),
    Rule(
        "KB227",
        "not checkable, yet checked",
        "warning",
        "The claim says that it cannot be checked and names a direct check. One of the two is wrong.",
        "checkable: {no: A matter of taste.}\nchecks: [taste]",
    ),
    Rule(
        "KB228",
        "two claims with the same words",
        "warning",
        "Two claims have the same words, so reasons for them are scattered and may count twice. Let one "
        "restate the other, retire one, or word the difference.",
        "claim: Costs grow.   # in two files",
    ),
    Rule(
        "KB229",
        "retired without a successor",
        "note",
        "Old links lead to a retired claim. `replaced_by` sends readers on.",
        "status: retired",
    ),
    Rule(
        "KB230",
        "number without a source",
        "warning",
        "Every number says where it comes from, or that it holds by definition.",
        "inputs:\n  hours: {value: 24, unit: hour}   # missing: definition: true",
    ),
    Rule(
        "KB231",
        "forecast that nothing will score",
        "note",
        "A forecast is worth having because it is scored later. Name the check that will decide it.",
        "forecast: {by: 2030-01-01, probability: 0.7}",
    ),
    Rule(
        "KB232",
        "forecast that is due",
        "note",
        "The day of the forecast has passed. See what became of it, then word the claim as what "
        "happened, or retire it for one that says so.",
        "forecast: {by: 2020-01-01, probability: 0.7, check: gpu-price}",
    ),
    Rule(
        "KB233",
        "long claim",
        "note",
        "A claim is one sentence that can be true or false. Beyond 320 characters it is usually two, "
        "and no check decides both. Split it, or move explanations to `notes`.",
        "claim: A paragraph.",
    ),
    Rule(
        "KB234",
        "pin that nothing can match",
        "warning",
        "A pin says where quoted words start and end, and has a hash of each three of them in a row. This "
        "one ends before it starts, or has more hashes than so few characters can hold, so no text can match "
        "it. Pin the quote again.",
        "quote: {norm: 1, start: 90, end: 40, sha256: …}",
    ),
    Rule(
        "KB235",
        "verdict that rests on an unverified number",
        "note",
        "A number counts as verified once somebody has compared it with its source. Until then each verdict "
        "that uses it is provisional. Switch this rule on to see what is left to compare: "
        "`rules: {KB235: note}`.",
        "inputs:\n  price: {value: 2, unit: USD/hour, source: essay}   # without verified: true",
        silent=True,
    ),
    Rule(
        "KB236",
        "two claims in one",
        "note",
        "A claim is one sentence, so that one verdict can be right about it. A second sentence, or a "
        "semicolon, usually begins a second claim: when one is true and the other false, no check can say "
        "so. Split them.",
        "claim: Costs grow; demand does not.",
    ),
    Rule(
        "KB237",
        "word that takes sides",
        "note",
        "Words such as obviously or of course claim that the matter is settled, which is for the argument to "
        "show. Leave the word out; if it is what a source says, quote the source in `notes`.",
        "claim: Obviously, costs grow.",
    ),
    Rule(
        "KB240",
        "allowance that nothing needs",
        "note",
        "The rule that is set aside here finds nothing. Delete the allowance, so that the next finding "
        "is seen.",
        "allow:\n  - {rule: KB216, because: The title is a proper name.}   # and the title is short",
        fix="deletes it.",
    ),
    Rule(
        "KB241",
        "claims that support one another in a circle",
        "warning",
        "Following supports leads from a claim back to itself. Nothing lifts itself: inside the circle "
        "such support adds nothing to the lower end of a standing, and widens the interval. Remove the "
        "link that argues from the conclusion.",
        "# in a.yaml\nsupports: [b]\n# in b.yaml\nsupports: [a]",
    ),
    Rule(
        "KB242",
        "same reason twice",
        "warning",
        "The same premises argue twice for, or twice against, the same conclusion, so they count twice. "
        "Keep one.",
        "supports:\n  - {claim: b, id: by-price}\n  - {claim: b, id: by-cost}",
    ),
    Rule(
        "KB243",
        "undercut of one's own reason",
        "warning",
        "A claim undercuts an inference that it is a premise of, or the check of itself. The nearer the "
        "claim is to true, the less it then says. Put the objection in a claim of its own.",
        "supports: [{claim: b, id: by-price}]\nundercuts: [by-price]",
    ),
    Rule(
        "KB244",
        "claim that attacks what it rests on",
        "warning",
        "A claim attacks another that it assumes or requires: if the attack succeeds, the attacker "
        "falls with it. Word a reduction to absurdity as a claim of its own.",
        "requires: [b]\nattacks: [b]",
    ),
    Rule(
        "KB245",
        "undercuts in a circle",
        "warning",
        "Undercuts take one another in a circle and so in the end no step at all; they have no effect. "
        "Name the step that is meant.",
        "# in a.yaml\nundercuts: [{step: y, id: x}]\n# in b.yaml\nundercuts: [{step: x, id: y}]",
    ),
    Rule(
        "KB246",
        "argument that leads to no thesis",
        "note",
        "Other claims argue for or against this one, but from it no relation leads on to a thesis of a "
        "question. So all of them move no conclusion of the base. Say what it bears on, or make it a thesis.",
        "# in a.yaml, where the only thesis is c\nsupports: [b]",
    ),
    Rule(
        "KB250",
        "changed since it was reviewed",
        "warning",
        "`reviewed` is the stamp of what somebody judged: the sentences at both ends of the relation, its "
        "kind, strength and reason; for a check's bearing the check and the claim. The words are others now. "
        "Read it again, and stamp it with `kb review`. Drafts, and what has no stamp, are left alone.",
        "supports:\n  - {claim: costs-grow, reviewed: 3f9a2c61}   # and the claim was reworded",
    ),
)
