// Preloaded into every program that is compared, so that it costs each of them the same: says what the program used when asked.
const { PerformanceObserver } = require("node:perf_hooks");

let collectingMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collectingMs += duration;
}).observe({ entryTypes: ["gc"] });
process.on("message", (asked) => {
  if (asked !== "usage") return;
  const { user, system } = process.cpuUsage();
  process.send({
    usage: { cpuUs: user + system, rssBytes: process.memoryUsage.rss(), collectingMs, atMs: performance.now() },
  });
});
process.on("disconnect", () => process.exit(0));
