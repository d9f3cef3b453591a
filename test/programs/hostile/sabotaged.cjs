// What sabotage.cjs replaced throws while this uses everything that is recorded. With `loaded` it was there before the agent.
"use strict";
const { event, metric, span, track } = require("hindcast");
const sabotage = globalThis[Symbol.for("sabotage")] || require("./sabotage.cjs");
if (process.argv[2] === "pollute") sabotage.pollute();

const out = process.stdout;
const state = track("state", {
  list: [1],
  map: new Map([["a", 1]]),
  deep: { text: "é" },
  set: new Set([1]),
  when: new Date(0),
});
const list = state.list;
event("before", { n: 1 });

const given = { n: 2, nested: { list: [1, { a: 1 }], map: new Map([["k", 1]]) }, text: "é" };
const another = { a: [1, 2], error: new Error("kept"), nothing: Object.create(null) };
const failure = new Error("of the program");

sabotage.arm();
state.count = 1;
state.deep.text = "changed";
list[1] = 2;
delete state.when;
event("during", given);
metric("during", 3, { unit: "ms", attributes: { a: 1 } });
const made = track("more", another);
made.b = "c";
span("during", { a: { b: 1 } }, () => {
  state.inSpan = true;
});
try {
  span("failing", () => {
    throw failure;
  });
} catch {
  state.caught = true;
}
sabotage.disarm();

// Before version 22 Node iterates an array for each garbage collection that is watched: we see within a second that a
// program replaced that, and then no longer watch.
const untilSeenMs = Number.parseInt(process.versions.node, 10) < 22 ? 1200 : 60;
setTimeout(() => {
  console.log("plain", { a: 1 });
  sabotage.arm();
  // The regular look at what is tracked happens while everything throws.
  const until = process.hrtime.bigint() + 60_000_000n;
  setImmediate(function again() {
    if (process.hrtime.bigint() < until) return setImmediate(again);
    sabotage.disarm();
    out.write(sabotage.report() + "\n" + (list.length + state.count) + "\n");
  });
}, untilSeenMs);
