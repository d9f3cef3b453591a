// Ends in the way its argument names, after a burst of events. CommonJS.
const { event, span, track } = require("hindcast");

const burst = Number(process.argv[3] ?? 1000);
for (let i = 0; i < burst; i++) event("tick", { i });

const endings = {
  natural() {},
  exit: () => process.exit(3),
  exitCode: () => (process.exitCode = 4),
  throw() {
    setTimeout(() => {
      throw new TypeError("thrown");
    }, 1);
  },
  async reject() {
    throw new RangeError("rejected");
  },
  async rejectInSpan() {
    span("work", async () => {
      throw new RangeError("rejected in a span");
    });
  },
  handled() {
    process.on("unhandledRejection", (error) => console.log(`handled ${error.message}`));
    span("work", () => Promise.reject(new Error("mine")));
  },
  listener() {
    process.on("exit", () => {
      event("last words");
      process.exit(7);
    });
  },
  sigterm: () => setTimeout(() => process.kill(process.pid, "SIGTERM"), 500),
  blocked() {
    const until = Date.now() + 3000;
    let beats = 0;
    while (Date.now() < until) if (Date.now() % 100 === 0) event("beat", { beats: beats++ });
    process.kill(process.pid, "SIGKILL");
  },
  state() {
    const ledger = track("ledger", { entries: [1], total: 1 });
    ledger.entries.push(2);
    process.on("exit", () => (ledger.total = 3));
  },
};
endings[process.argv[2]]();
