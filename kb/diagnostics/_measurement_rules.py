"""KB401-KB411: recorded measurements."""

from __future__ import annotations

from kb.diagnostics.rule import Rule

MEASUREMENT_RULES: tuple[Rule, ...] = (
    Rule(
        "KB401",
        "impossible rate",
        "error",
        "A measurement has a rate that its device cannot reach: more than 1.25 times the peak that the maker "
        "prints, which no clock explains, or more than so many processors can do. A bandwidth above that of "
        "the memory was measured in a cache. Measure again; a check that uses the record would compute with "
        "a number that cannot be true.",
        "stats: {unit: FLOP/s, median: 5.0e+15}   # fp16 on an A100",
    ),
    Rule(
        "KB402",
        "rate above the printed peak",
        "warning",
        "A measurement is faster than the peak that the maker prints for the device. A raised clock can do "
        "that. So can a library that computed in another type than it was asked to, or a device that is not "
        "the one it is called. The figures are in `kb/bench/peaks.json`, each with its document.",
        "stats: {unit: FLOP/s, median: 3.3e+14}   # fp16 on an A100: 312 TFLOP/s are printed",
    ),
    Rule(
        "KB403",
        "contradictory statistics",
        "error",
        "The numbers of a test contradict one another: an interval that does not hold its median, a best "
        "timing slower than the median, more independent timings than timings, or rates that do not follow "
        "from the timings beside them. Records are written by `kb bench flops --save`, and are not edited.",
        "stats: {median: 2.0e+11, ci_low: 2.1e+11}",
    ),
    Rule(
        "KB404",
        "result not proven right",
        "error",
        "A test says that its result was right, but the error is above the tolerance beside it, or the "
        "tolerance would let a wrong result pass. A wrong result has no speed.",
        "check: {err: 0.3, tol: 4.0e-6, ok: true}",
    ),
    Rule(
        "KB405",
        "software called a GPU",
        "error",
        "A measurement is labelled as one of a GPU, but the device's name or the type that its driver "
        "reports says that it computes on the processor (llvmpipe, SwiftShader, PoCL …) or says nothing. "
        "Claims about GPUs must not rest on it.",
        "device: {name: llvmpipe (LLVM 15.0.6), kind: gpu, is_gpu: true}",
    ),
    Rule(
        "KB406",
        "disturbed measurement",
        "note",
        "Something disturbed the measurement: it is noisy or drifts, the processor was busy with other work, "
        "the device held its clock down, the machine ran on its battery. Checks prefer a calm record. "
        "Measure again while nothing else runs, or give it longer with `--seconds`.",
        "flags: [noisy, busy]",
    ),
    Rule(
        "KB407",
        "unknown kernels",
        "note",
        "The record was made with code that neither this version of kb nor a published one has, so nobody "
        "can say what was timed. Measure again with a released version, or say in the pull request which "
        "code it was.",
        "tool: {name: kb, version: 0.1.0, kernels: 0000…}",
    ),
    Rule(
        "KB408",
        "timings too few or too alike",
        "warning",
        "An interval for the median needs twenty timings or more, and timings that never differ come from a "
        "clock that is too coarse for them, or from none. Measure again with a longer `--seconds`.",
        "samples_s: [0.01, 0.01, 0.01]",
    ),
    Rule(
        "KB409",
        "wrong result",
        "note",
        "The device or its driver computed a wrong result in this test, so the record holds no rate for it, "
        "and no check can use it. It is kept because it says something about the device.",
        "flags: [wrong-result]",
    ),
    Rule(
        "KB410",
        "a peak that is not the maker's",
        "warning",
        "A record may carry the figure that the maker prints for the device, as `kb bench` writes it beside "
        "a test. This one differs from the figure in kb's table for the same device, type and path, is "
        "called verified where the table's is not, or stands where there is none. Leave it out, or, if the "
        "table is wrong, mend the table with the maker's document.",
        "peak: {value: 1.0e15, source: a website, verified: true}",
    ),
    Rule(
        "KB411",
        "measured with earlier kernels",
        "note",
        "The record was made with code of a published kb that this version has replaced. It is as good as it "
        "was, but new records may not compare with it. Switch this rule on to see what to measure again: "
        "`rules: {KB411: note}`.",
        "tool: {name: kb, version: 0.1.0, kernels: 66838b9d…}",
        silent=True,
    ),
)
