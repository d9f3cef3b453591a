// Requests whose work is done by a thread, some of what is posted taken by `receiveMessageOnPort`, and some posted by nobody's request.
import { createServer } from "node:http";
import { Worker, isMainThread, parentPort, receiveMessageOnPort } from "node:worker_threads";
import { event, span } from "hindcast";

const requests = 20;
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  const waiting = new Map();
  worker.on("message", ({ n }) => {
    event("main gets", { n });
    waiting.get(n)?.end(`done ${n}`);
  });
  const server = createServer((request, response) => {
    const n = Number(request.url.slice("/work/".length));
    setTimeout(() => {
      waiting.set(n, response);
      worker.postMessage({ n, hasMore: n % 3 === 0 });
      if (n % 3 === 0) worker.postMessage("more");
      try {
        worker.postMessage(() => n);
      } catch {
        // What cannot be copied takes no number.
      }
    }, n % 4);
  }).listen(0, "127.0.0.1", async () => {
    const ask = async (n) => (await fetch(`http://127.0.0.1:${server.address().port}/work/${n}`)).text();
    const nobodys = setInterval(() => worker.postMessage({ n: -1, hasMore: false }), 1);
    const texts = await Promise.all(Array.from({ length: requests }, (_, n) => ask(n)));
    clearInterval(nobodys);
    console.log(texts.join());
    worker.postMessage("end");
    server.close();
    server.closeAllConnections();
  });
} else {
  parentPort.on("message", (message) => {
    if (message === "end") return parentPort.close();
    const { n, hasMore } = message;
    // Posted right behind it.
    while (hasMore && receiveMessageOnPort(parentPort) === undefined);
    event("thread gets", { n });
    span("thread works", { n }, () => undefined);
    if (n >= 0) setTimeout(() => parentPort.postMessage({ n }), 1);
  });
}
