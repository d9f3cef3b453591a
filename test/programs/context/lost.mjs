// Answers requests in ways that lose or confuse what belongs to which, and works on after it has answered.
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { event, span } from "hindcast";

const queue = [];
// Whoever works here was started before there was any request.
setInterval(() => {
  for (const { response, n } of queue.splice(0)) {
    console.log(`queue answers ${n}`);
    response.end("from the queue");
  }
}, 5).unref();

const batch = [];
const paths = {
  "/right": (response) => setTimeout(() => response.end("right"), 1),
  "/queue": (response, n) => void queue.push({ response, n }),
  // The second to come answers both.
  "/batch": (response) => {
    batch.push(response);
    if (batch.length < 2) return;
    for (const each of batch.splice(0)) each.end("from the batch");
  },
  "/late": (response) => {
    response.on("close", async () => {
      await pause(1);
      console.log("after the end");
      event("late", { a: 1 });
      span("late work", {}, () => console.log("inside of late work"));
    });
    response.end("late");
  },
};
const server = createServer((request, response) => {
  console.log(`begins ${request.url}`);
  paths[request.url](response, 1);
}).listen(0, "127.0.0.1", async () => {
  const ask = async (path) => (await fetch(`http://127.0.0.1:${server.address().port}${path}`)).text();
  for (const path of ["/right", "/queue", "/late"]) console.log(path, await ask(path));
  console.log(await Promise.all([ask("/batch"), ask("/batch")]));
  await pause(50);
  server.close();
  server.closeAllConnections();
});
