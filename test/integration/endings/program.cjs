// Ends in the way its first argument names. Until then it counts: each number is recorded as an event, a log and a write
// to tracked state, and is noted in a file by the program's own means, so that what a recording must hold is known
// without it. Listeners that the program did not add itself would show in what it prints.
const fs = require("node:fs");
const { Worker } = require("node:worker_threads");
const { event, track } = require("hindcast");

const [ending, notes] = process.argv.slice(2);
const signals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGABRT", "SIGCONT", "SIGPIPE"];
const others = ["exit", "beforeExit", "uncaughtException", "unhandledRejection", "rejectionHandled", "disconnect"];
console.log("listeners", [...signals, ...others].map((name) => process.listenerCount(name)).join(" "));

const ledger = track("ledger", { last: 0 });
const file = fs.openSync(notes, "a");
const note = (text) => fs.writeSync(file, `${text}\n`);
note(`pid ${process.pid}`);
let last = 0;
function count(times) {
  for (let i = 0; i < times; i++) {
    last++;
    event("number", { n: last });
    console.log(`number ${last}`);
    ledger.last = last;
    note(`number ${last}`);
  }
}

/** Steps of 10 ms rather than one pause: on a busy machine all threads get their turn in it. */
const pauseSteps = 25;
async function pause() {
  for (let step = 0; step < pauseSteps; step++) await new Promise((resolve) => setTimeout(resolve, 10));
}
function blockedPause() {
  const word = new Int32Array(new SharedArrayBuffer(4));
  for (let step = 0; step < pauseSteps; step++) Atomics.wait(word, 0, 0, 10);
}

const afterNumbers = (end) => () => {
  count(2000);
  end();
};
/** Until the test has left word. */
async function told(word) {
  while (!fs.existsSync(`${notes}.${word}`)) await new Promise((resolve) => setTimeout(resolve, 10));
}
/** What came before the pause must be in the recording, however the program ends. */
const afterPause = (end) => async () => {
  count(200);
  await told("recorded");
  await pause();
  note("paused");
  count(100);
  end();
};
const waiting = (prepare) => async () => {
  prepare();
  count(200);
  await told("recorded");
  await pause();
  note("paused");
  setInterval(() => undefined, 1000);
  note("ready");
};
const handling = (signal) =>
  waiting(() =>
    process.on(signal, () => {
      count(2000);
      process.exit(5);
    }),
  );
const later = (work) => () => setTimeout(work, 1);
const nothing = () => undefined;

const endings = {
  return: afterNumbers(nothing),
  exit: afterNumbers(() => process.exit(3)),
  "exit-code": afterNumbers(() => (process.exitCode = 4)),
  "really-exit": afterNumbers(() => process.reallyExit(6)),
  "before-exit": () => {
    let rounds = 3;
    process.on("beforeExit", () => {
      count(500);
      if (--rounds > 0) setTimeout(nothing, 1);
    });
  },
  "exit-listener": () => {
    process.on("exit", () => count(1000));
    count(1000);
  },
  "exit-in-exit-listener": () => {
    process.on("exit", () => {
      count(1000);
      process.exit(7);
    });
    count(1000);
  },
  "throw-in-exit-listener": () => {
    process.on("exit", () => {
      count(1000);
      throw new Error("thrown in an exit listener");
    });
    count(1000);
  },
  blocked: () => {
    count(1000);
    blockedPause();
    count(1000);
    process.exit(3);
  },
  throw: later(
    afterNumbers(() => {
      throw new TypeError("thrown");
    }),
  ),
  "throw-at-top": afterNumbers(() => {
    throw new TypeError("thrown at the top");
  }),
  "throw-no-error": later(
    afterNumbers(() => {
      throw "text";
    }),
  ),
  "throw-handled": () => {
    process.on("uncaughtException", (error) => {
      count(1000);
      console.log(error.message);
      process.exit(8);
    });
    setTimeout(() => {
      count(1000);
      throw new TypeError("thrown");
    }, 1);
  },
  "double-fault": () => {
    process.on("uncaughtException", () => {
      count(100);
      throw new RangeError("thrown by the handler");
    });
    setTimeout(
      afterPause(() =>
        setTimeout(() => {
          throw new TypeError("thrown");
        }, 1),
      ),
      1,
    );
  },
  "stack-overflow": later(
    afterNumbers(() => {
      const deeper = (n) => deeper(n + 1) + 1;
      deeper(0);
    }),
  ),
  reject: afterNumbers(() => void Promise.reject(new RangeError("rejected"))),
  "reject-handled": () => {
    process.on("unhandledRejection", (error) => {
      count(1000);
      console.log(error.message);
      process.exitCode = 9;
    });
    count(1000);
    void Promise.reject(new RangeError("rejected"));
  },
  "worker-exit": () => {
    const worker = new Worker("process.exit(9)", { eval: true });
    worker.on("exit", (code) => {
      console.log("worker", code);
      count(2000);
    });
  },
  "worker-throw": () => {
    count(2000);
    new Worker("throw new TypeError('thrown in a worker')", { eval: true });
  },
  wait: waiting(nothing),
  "handle-SIGTERM": handling("SIGTERM"),
  "handle-SIGINT": handling("SIGINT"),
  "handle-SIGHUP": handling("SIGHUP"),
  "kill-self-handled": () => {
    process.once("SIGTERM", () => {
      count(1000);
      process.kill(process.pid, "SIGTERM");
      setInterval(nothing, 1000);
    });
    count(1000);
    process.kill(process.pid, "SIGTERM");
    setTimeout(nothing, 10_000);
  },
  "kill-self": afterNumbers(() => process.kill(process.pid, "SIGTERM")),
  "kill-self-9": afterNumbers(() => process.kill(process.pid, "SIGKILL")),
  abort: later(afterNumbers(() => process.abort())),
  "out-of-memory": afterPause(() => {
    const kept = [];
    for (;;) kept.push(new Array(10_000).fill(0).map((_, i) => ({ i })));
  }),
  "blocked-for-ever": async () => {
    await told("recorded");
    count(200);
    blockedPause();
    note("paused");
    note("ready");
    for (;;);
  },
  "goes-on": async () => {
    count(200);
    await told("recorded");
    await pause();
    note("paused");
    note("ready");
    await told("go");
    count(100);
    process.exitCode = 3;
    note("done");
  },
};
endings[ending]();
