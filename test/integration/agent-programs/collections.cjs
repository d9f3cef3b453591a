// Makes garbage for over a second and says how often the collector ran meanwhile, by Node's own account.
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

const until = Date.now() + 1500;
(function litter() {
  for (let i = 0; i < 20_000; i++) litter.last = { i, text: String(i) };
  if (Date.now() < until) setTimeout(litter);
  else setTimeout(() => console.log(JSON.stringify({ count, totalMs, longestMs })), 50);
})();
