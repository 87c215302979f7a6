"use strict";
// Read one Argdown file as @argdown/cli does before it exports anything, and print what was found, as JSON.
const { argdown } = require("@argdown/node");
const input = require("fs").readFileSync(process.argv[2], "utf8");
const found = argdown.run({ input, process: ["parse-input", "build-model"], logLevel: "error" });
const failed = [...(found.exceptions || []), ...(found.parserErrors || [])];
if (failed.length) throw failed[0];
const structures = Object.values(found.arguments).map((one) => one.pcs || []);
const inferences = structures.flat().filter((one) => one.inference).length;
console.log(
  JSON.stringify({
    claims: Object.keys(found.statements).length + structures.filter((pcs) => !pcs.length).length,
    inferences: found.relations.length + inferences,
  })
);
