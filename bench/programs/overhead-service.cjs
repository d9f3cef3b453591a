// Preloaded into every process of the ledger, so that it costs each way the same: a service says in a file of OVERHEAD_USAGE who
// it is, and with every SIGUSR2 what it has used until then. OpenTelemetry is started where Hindcast records, too: not in
// somebody else's system.
const { existsSync, renameSync, writeFileSync } = require("node:fs");
const { register } = require("node:module");
const { basename, join } = require("node:path");
const { PerformanceObserver } = require("node:perf_hooks");
const { isMainThread } = require("node:worker_threads");

const { HINDCAST, OVERHEAD_HOOK, OVERHEAD_REGISTER, OVERHEAD_USAGE } = process.env;
const isOutside = HINDCAST === "off";
if (OVERHEAD_REGISTER && !isOutside) {
  if (isMainThread) register(OVERHEAD_HOOK);
  require(OVERHEAD_REGISTER);
}
if (isMainThread && !isOutside && existsSync(OVERHEAD_USAGE)) {
  const name = basename(process.argv[1] ?? "", ".mjs");
  const write = (file, value) => {
    const path = join(OVERHEAD_USAGE, file);
    writeFileSync(`${path}.new`, JSON.stringify(value));
    // In one step: whoever waits for the file finds all of it.
    renameSync(`${path}.new`, path);
  };
  let collectingMs = 0;
  let asked = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collectingMs += duration;
  }).observe({ entryTypes: ["gc"] });
  process.on("SIGUSR2", () => {
    const { user, system } = process.cpuUsage();
    write(`${name}-${++asked}.json`, {
      cpuUs: user + system,
      rssBytes: process.memoryUsage.rss(),
      collectingMs,
    });
  });
  write(`${name}.pid`, process.pid);
}
