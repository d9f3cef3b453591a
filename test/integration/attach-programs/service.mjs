// A service that runs before anybody attaches to it: express and pino are imported, its server listens, connections to itself
// are kept alive and warm. It is told what to do by lines on its standard input, and answers each with a line of JSON.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import http from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import express from "express";
import pino from "pino";

const require = createRequire(import.meta.url);
const { remember, differences } = require("./remembered.cjs");

const log = pino({ level: "info" }, { write: () => undefined });
const app = express();
globalThis.carts = { open: 0 };
app.get("/carts/:id", (request, response) => {
  globalThis.carts.open++;
  log.info({ id: request.params.id }, "cart asked for");
  response.json({ id: request.params.id });
});
app.get("/fail", () => {
  throw new Error("no such cart");
});
app.use((error, _request, response, _next) => response.status(500).end(error.message));

const server = http.createServer({ keepAlive: true, keepAliveTimeout: 600_000 }, app);
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();
const agent = new http.Agent({ keepAlive: true, maxSockets: 2, timeout: 600_000 });

const ask = (path) =>
  new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port, path, agent }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    request.on("error", reject);
  });

const commands = {
  async ask(path, count = "1") {
    for (let at = 0; at < Number(count); at++) await ask(path);
    return "asked";
  },
  remember: () => remember() ?? "remembered",
  /** Sockets and collectors take their time. */
  async compare() {
    let found = differences();
    for (const end = Date.now() + 15_000; found.length > 0 && Date.now() < end;) {
      await wait(200);
      found = differences();
    }
    return found;
  },
  memory() {
    globalThis.gc?.();
    globalThis.gc?.();
    return process.memoryUsage();
  },
  /** The event loop stands still until there is such a file, whose path may have spaces. */
  spin(...words) {
    const until = words.join(" ");
    while (!existsSync(until));
    return "done";
  },
  listen: () => process.on("SIGUSR1", () => console.log(JSON.stringify("SIGUSR1"))) && "listening",
  end: () => process.exit(7),
};

await Promise.all([ask("/carts/warm"), ask("/carts/warmer"), ask("/fail")]);
createInterface({ input: process.stdin }).on("line", async (line) => {
  const [name, ...given] = line.split(" ");
  console.log(JSON.stringify(await commands[name](...given)));
});
console.log(JSON.stringify({ port, pid: process.pid }));
