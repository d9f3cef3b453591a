// Preloaded into the service that is attached to: remembers what it is made of, and says what of that is different; says what
// it used, and the longest its event loop stood still since it was asked last.
const { join } = require("node:path");
const { monitorEventLoopDelay } = require("node:perf_hooks");
const { remember, differences } = require(
  join(__dirname, "..", "..", "test", "integration", "attach-programs", "remembered.cjs"),
);

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const answers = {
  remember: () => remember() ?? 0,
  compare: () => differences(),
  usage() {
    const { user, system } = process.cpuUsage();
    const stoodMs = delay.max / 1e6;
    delay.reset();
    return { cpuUs: user + system, stoodMs, rssBytes: process.memoryUsage.rss() };
  },
};
process.on("message", (asked) => process.send({ answer: answers[asked]?.() }));
process.on("disconnect", () => process.exit(0));
