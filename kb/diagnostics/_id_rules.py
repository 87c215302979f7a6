"""KB1xx: ids and references."""

from __future__ import annotations

from kb.diagnostics.rule import Rule

ID_RULES: tuple[Rule, ...] = (
    Rule(
        "KB110",
        "malformed id",
        "error",
        "An id is 2 to 63 characters: small letters a-z, digits and hyphens, starting with a letter. It is "
        "the file's "
        "name and part of a web address, so nothing else travels safely.",
        "Compute_Bill.yaml",
        adjustable=False,
    ),
    Rule(
        "KB111",
        "id used twice",
        "error",
        "Claims, checks, sources, quantities, questions, tables, measurements and named inferences share "
        "one set of "
        "ids, so that an id alone always says what is meant. The first use, in file order, is kept.",
        "checks/compute-bill.yaml beside economics/compute-bill.yaml",
        adjustable=False,
    ),
    Rule(
        "KB112",
        "id was given up",
        "error",
        "`renamed` in kb.yaml sends this id to another one. An id is never used again, or old links would "
        "lead to something else.",
        "renamed: {old-claim: new-claim}   # and a file old-claim.yaml",
        adjustable=False,
    ),
    Rule(
        "KB113",
        "reserved name",
        "error",
        "Windows cannot have a file of this name, so nobody there could check the base out.",
        "con.yaml, aux.yaml, com1.yaml",
        adjustable=False,
    ),
    Rule(
        "KB114",
        "two inferences with the same name",
        "error",
        "An inference without an id is called <premise>--supports--<conclusion>. Two of them between the "
        "same claims "
        "need ids of their own, so that each can be undercut.",
        "supports:\n  - {claim: b, with: [c]}\n  - {claim: b, with: [d]}   # needs id: by-d",
        adjustable=False,
    ),
    Rule(
        "KB115",
        "rename that leads nowhere",
        "error",
        "Each entry of `renamed` must end at an id that exists; chains are followed and must not run in a "
        "circle.",
        "renamed: {a: b, b: a}",
    ),
    Rule(
        "KB116",
        "name that not every system can have",
        "error",
        'Windows cannot have a folder called con, aux, nul or the like, one with < > : " | ? * or \\ in its '
        "name, or one that ends with a full stop or a space. Windows and macOS take names that differ only "
        "in capitals, or in how accents are coded, for the same. The base could not be checked out there.",
        "aux/compute-bill.yaml; Economics/a.yaml beside economics/b.yaml",
    ),
)
