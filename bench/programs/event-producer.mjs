// A program that records events and times each call on its own thread: what a call costs, the agent's clock reading
// included, less what timing itself costs. Arguments: "paced", "flood" or "first-look" (paced, while a Map of 100,000 objects is
// looked at for the first time), how many events, where to write the samples.
import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { event, track } from "hindcast";

const [mode, countText, samplesFile] = process.argv.slice(2);
const count = Number(countText);
const samplesNs = new Float64Array(count);
const perMs = 200;

let made = 0;
function record() {
  // Values that differ from event to event, or the file would shrink to nothing.
  const total = ((made * 7919) % 100_003) / 100;
  const startMs = performance.now();
  event("order.placed", { order: made, total, express: made % 3 === 0 });
  samplesNs[made++] = (performance.now() - startMs) * 1e6;
}

/** The median of timing nothing, taken in the same loop shape. */
function timingCostNs() {
  const costs = new Float64Array(50_000);
  for (let i = 0; i < costs.length; i++) {
    const startMs = performance.now();
    costs[i] = (performance.now() - startMs) * 1e6;
  }
  return costs.sort()[costs.length >> 1];
}

const emptyNs = timingCostNs();
const startedMs = performance.now();
if (mode === "first-look")
  track(
    "accounts",
    new Map(Array.from({ length: 100_000 }, (_, n) => [`acc_${n}`, { id: `acc_${n}`, balance: n, open: true }])),
  );
if (mode !== "flood") {
  // 200 events at each millisecond of the clock; the event loop turns every ten, as in a program that does other work.
  for (let ms = 1; made < count; ms++) {
    for (let i = 0; i < perMs && made < count; i++) record();
    if (ms % 10 === 0) await nextTurn();
    while (performance.now() - startedMs < ms);
  }
} else {
  while (made < count) record();
}
const seconds = (performance.now() - startedMs) / 1000;
for (let i = 0; i < count; i++) samplesNs[i] = Math.max(0, samplesNs[i] - emptyNs);
writeFileSync(samplesFile, samplesNs);
writeFileSync(`${samplesFile}.json`, JSON.stringify({ seconds, emptyNs }));
