// Rejects in the way named, and says what its own listeners saw.
"use strict";
const way = process.argv[2];
const reject = (message) => void Promise.reject(Object.assign(new TypeError(message), { code: "E_TRIED" }));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const own = (reason) => console.log("own listener:", reason.message, process.listenerCount("unhandledRejection"));

const ways = {
  async listened() {
    process.on("unhandledRejection", own);
    reject("first");
    await pause(20);
    process.on("SIGUSR2", () => undefined);
    await null;
    console.log(process.listenerCount("unhandledRejection"));
    reject("second");
    await pause(20);
    console.log(process.listenerCount("unhandledRejection"));
  },
  async "no longer listened"() {
    process.on("unhandledRejection", own);
    reject("first");
    await pause(20);
    process.removeListener("unhandledRejection", own);
    reject("fatal");
    await pause(20);
    console.log("not reached");
  },
  async unlistened() {
    reject("fatal");
    await pause(20);
    console.log("reached only if that is no error");
  },
  async warns() {
    process.emitWarning("told once", { code: "W_TRIED" });
    process.emitWarning("do not use", "DeprecationWarning", "DEP_TRIED");
    await pause(20);
    process.stderr.write(`(node:${process.pid}) Warning: written by the program\n`);
  },
};
ways[way]();
