// Runs models with Squiggle. Reads a job from standard input, writes times and shares to standard output.
//
// The job is that of with_squigglepy.py. Timed: running the text (which draws and evaluates), then P and the
// percentiles from the samples, sorted once as numbers. That is kinder than Squiggle's own quantile(), which
// sorts for every call. Not timed: imports.
import { readFileSync } from "node:fs";
import { run } from "@quri/squiggle-lang";

const job = JSON.parse(readFileSync(0, "utf8"));
const found = [];
for (const model of job.models) {
  const low = model.low ?? -Infinity;
  const high = model.high ?? Infinity;
  for (const [variant, text] of Object.entries(model.sources)) {
    const times = [];
    const shares = [];
    for (let repeat = 0; repeat <= job.repeats; repeat++) {
      const environment = { sampleCount: job.samples, xyPointLength: 1000, seed: `seed ${repeat}` };
      const start = performance.now();
      const { result } = await run(text, { environment });
      if (!result.ok) throw new Error(`${model.id}: ${result.value.toString()}\n${text}`);
      const samples = Float64Array.from(result.value.result.value.getSamples());
      let met = 0;
      for (const x of samples) met += x >= low && x <= high;
      samples.sort();
      for (const p of job.percentiles) samples[Math.floor((p / 100) * (samples.length - 1))];
      times.push((performance.now() - start) / 1000);
      if (samples.length !== job.samples) throw new Error(`${model.id}: ${samples.length} samples`);
      shares.push(met / samples.length);
    }
    found.push({ model: model.id, variant, times: times.slice(1), shares: shares.slice(1) });
  }
}
process.stdout.write(JSON.stringify(found));
