// Times calls of functions that are recorded beside the same functions that are not, on its own thread, in batches of which the median
// counts. node call-cost.cjs BATCHES FILE writes what a call costs more, and how many were made, to FILE.
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: wait } = require("node:timers/promises");
const vm = require("node:vm");
const recorded = require("./call-kinds.cjs");

const [batches, file] = [Number(process.argv[2]), process.argv[3]];
const inBatch = 1000;

/** The same text, which is not loaded as a module, so that nobody rewrites it. */
const alone = { exports: {} };
vm.runInThisContext(`((exports) => {${readFileSync(join(__dirname, "call-kinds.cjs"), "utf8")}\n})`)(alone.exports);

const nsOf = (run, count) => {
  const start = performance.now();
  run(count);
  return ((performance.now() - start) * 1e6) / count;
};
const median = (values) => values.sort((one, other) => one - other)[values.length >> 1];

(async () => {
  const told = { costs: {}, clockNs: 0, writeNs: 0, calls: 0 };
  for (const [kind, run] of Object.entries(recorded.kinds)) {
    const [with_, without] = [[], []];
    for (let batch = 0; batch < batches; batch++) {
      with_.push(nsOf(run, inBatch));
      without.push(nsOf(alone.exports.kinds[kind], inBatch));
      told.calls += inBatch;
      // The agent's thread gets its turn, or its ring is full.
      await wait(2);
    }
    told.costs[kind] = median(with_) - median(without);
  }
  const clocks = [];
  for (let batch = 0; batch < batches; batch++)
    clocks.push(
      nsOf((count) => {
        for (let n = 0; n < count; n++) performance.now();
      }, inBatch),
    );
  told.clockNs = median(clocks);
  const [with_, without] = [[], []];
  for (let batch = 0; batch < batches; batch++) {
    with_.push(nsOf(recorded.writes, 100 * inBatch));
    without.push(nsOf(alone.exports.writes, 100 * inBatch));
  }
  told.writeNs = median(with_) - median(without);
  writeFileSync(file, JSON.stringify(told));
})();
