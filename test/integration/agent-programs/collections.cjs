// Makes garbage for over a second and says how often the collector ran meanwhile, by Node's own account. With `--expose-gc`
// it first asks for a collection of much, and says when that was.
"use strict";
const { PerformanceObserver } = require("node:perf_hooks");
let [count, totalMs, longestMs] = [0, 0, 0];
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    count++;
    totalMs += duration;
    longestMs = Math.max(longestMs, duration);
  }
}).observe({ entryTypes: ["gc"] });

if (globalThis.gc) {
  const much = [];
  for (let i = 0; i < 300_000; i++) much.push({ i, text: `number ${i}` });
  const fromMs = performance.now();
  globalThis.gc();
  console.log(JSON.stringify({ fromMs, untilMs: performance.now(), kept: much.length }));
}

const until = Date.now() + (globalThis.gc ? 50 : 1500);
(function litter() {
  for (let i = 0; i < 20_000; i++) litter.last = { i, text: String(i) };
  if (Date.now() < until) setTimeout(litter);
  else setTimeout(() => console.log(JSON.stringify({ count, totalMs, longestMs })), 50);
})();
