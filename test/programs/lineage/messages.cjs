// A thread and the one that started it post each other numbers in turns, and what cannot be posted.
const { Worker, isMainThread, parentPort } = require("node:worker_threads");
const { event } = require("hindcast");

const turns = 5;
if (isMainThread) {
  const worker = new Worker(__filename);
  worker.on("message", (n) => {
    event("main got", { n });
    console.log("main got", n);
    if (n >= 2 * turns) return void worker.postMessage("end");
    try {
      worker.postMessage(() => n);
    } catch (error) {
      console.log(error.name);
    }
    event("main posts", { n: n + 1 });
    worker.postMessage(n + 1);
  });
  worker.on("exit", (code) => console.log("exit", code));
  event("main posts", { n: 1 });
  worker.postMessage(1);
} else {
  parentPort.on("message", (n) => {
    if (n === "end") return parentPort.close();
    event("thread got", { n });
    event("thread posts", { n: n + 1 });
    parentPort.postMessage(n + 1);
  });
}
