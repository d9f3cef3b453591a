const { parentPort, threadId, workerData, Worker, isMainThread } = require("node:worker_threads");

parentPort.postMessage(["common", workerData, threadId > 0, isMainThread]);
const mode = process.argv[2];
// What a thread that is ended had printed may come or not.
if (mode !== "stay")
  console.log("from the thread", mode, process.listenerCount("exit"), process.listenerCount("uncaughtException"));
process.env.FROM_THREAD = "1";
process.on("exit", (code) => console.log("leaving", mode, code));
if (mode === "exit") process.exit(7);
if (mode === "exit-code") process.exitCode = 8;
if (mode === "throw") throw new Error("thrown");
if (mode === "stay") setInterval(() => undefined, 1000);
if (mode === "nested")
  new Worker(__filename, { argv: ["inner"] }).on("message", (message) => parentPort.postMessage(message));
