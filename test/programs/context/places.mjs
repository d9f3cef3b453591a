// Answers many requests at once, each from every place that asynchronous work can go to. At each place it logs, records an
// event, writes to state, fails and makes a span, and names the request that it does that for.
import { EventEmitter, once } from "node:events";
import { readFile } from "node:fs";
import { readFile as readFileLater } from "node:fs/promises";
import { createServer } from "node:http";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { gzip } from "node:zlib";
import { event, span, track } from "hindcast";

const requests = 20;
const visits = track("visits", {});
process.on("unhandledRejection", () => undefined);

function here(place, n) {
  console.log(`at ${place} for ${n}`);
  event("place", { place, n });
  visits[`${place} ${n}`] = true;
  span("inner", { place, n }, () => undefined);
  try {
    throw new Error(`fails at ${place} for ${n}`);
  } catch (error) {
    console.error(error);
  }
}

/** Three at a time, in turns: whoever is done lets the next one in. */
const waiting = [];
let free = 3;
async function inPool(work) {
  if (free === 0) await new Promise((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }
}

const emitter = new EventEmitter().setMaxListeners(0);
emitter.on("ping", (n) => here("listener", n));
const callback = (start) => new Promise((resolve) => start(resolve));
const places = {
  await: () => null,
  timer: () => pause(3),
  timeout: () => callback((done) => setTimeout(done, 2)),
  immediate: () => callback((done) => setImmediate(done)),
  tick: () => callback((done) => process.nextTick(done)),
  microtask: () => callback((done) => queueMicrotask(done)),
  file: () => readFileLater(import.meta.filename ?? process.argv[1]),
  pool: () => inPool(() => pause(1)),
};
const inCallbacks = {
  "timeout callback": (done) => setTimeout(done, 1),
  "interval callback": (done) => {
    const timer = setInterval(() => done(clearInterval(timer)), 1);
  },
  "immediate callback": (done) => setImmediate(done),
  "tick callback": (done) => process.nextTick(done),
  "microtask callback": (done) => queueMicrotask(done),
  "file callback": (done) => readFile(process.argv[1], done),
  "zlib callback": (done) => gzip("text", done),
  "then callback": (done) => void Promise.resolve().then(done),
  "refreshed timer": (done) => setTimeout(done, 1).refresh(),
};

async function handle(request, response) {
  const n = Number(request.url.slice("/visit/".length));
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  await new Promise((resolve) =>
    request.on("end", () => {
      here("body", n);
      resolve();
    }),
  );
  for (const [place, wait] of Object.entries(places)) {
    await wait();
    here(place, n);
  }
  for (const [place, start] of Object.entries(inCallbacks)) await callback((done) => start(() => done(here(place, n))));
  emitter.emit("ping", n);
  setTimeout(() => emitter.emit(`pong ${n}`), 1);
  await once(emitter, `pong ${n}`);
  here("once", n);
  const shout = new Transform({
    transform: (chunk, _encoding, done) => setTimeout(() => done(null, (here("stream", n), chunk)), 1),
  });
  await pipeline(Readable.from([body]), shout, async (chunks) => {
    for await (const _chunk of chunks) here("pipeline", n);
  });
  const other = await fetch(`http://127.0.0.1:${server.address().port}/other/${n}`);
  await other.text();
  here("fetch", n);
  void Promise.reject(new Error(`rejected for ${n}`));
  response.on("close", () => here("close", n));
  response.end("ok");
}

const server = createServer((request, response) => {
  if (request.url.startsWith("/visit/")) void handle(request, response);
  else
    setTimeout(() => {
      here("service", Number(request.url.slice("/other/".length)));
      response.end();
    }, 1);
}).listen(0, "127.0.0.1", async () => {
  const ask = async (n) => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}/visit/${n}`, { method: "POST", body: "b" });
    return response.text();
  };
  const answers = await Promise.all(Array.from({ length: requests }, (_, n) => ask(n)));
  process.stdout.write(`${answers.filter((answer) => answer === "ok").length} answered\n`);
  server.close();
  server.closeAllConnections();
});
