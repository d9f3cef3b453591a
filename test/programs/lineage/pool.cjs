// Fifty short threads at once; and threads that are still at work when the process ends.
const { Worker, isMainThread, parentPort, workerData } = require("node:worker_threads");

if (isMainThread) {
  const ended = (worker) => new Promise((resolve) => worker.on("exit", resolve));
  const sums = [];
  const short = Array.from({ length: 50 }, (_, n) => {
    const worker = new Worker(__filename, { workerData: n, stdout: true });
    worker.on("message", (sum) => sums.push(sum));
    return ended(worker);
  });
  Promise.all(short).then(async (codes) => {
    console.log(
      codes.length,
      codes.every((code) => code === 0),
      sums.sort((a, b) => a - b).join(),
    );
    const busy = new Worker(__filename, { workerData: "busy", stdout: true });
    await new Promise((resolve) => busy.once("message", resolve));
    process.exit(6);
  });
} else if (workerData === "busy") {
  console.log("busy");
  parentPort.postMessage("busy");
  for (;;);
} else {
  console.info("short", workerData);
  parentPort.postMessage(workerData * 2);
}
