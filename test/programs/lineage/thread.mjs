import { parentPort, threadId, workerData } from "node:worker_threads";

parentPort.postMessage(["module", workerData, threadId > 0]);
console.log("from the thread", process.argv.slice(2));
if (process.argv[2] === "reject") await Promise.reject(new Error("rejected"));
