// Requests whose work is done by pools of threads, with more requests than threads: most tasks are posted when another's answer comes.
import { createServer } from "node:http";
import { threadId } from "node:worker_threads";
import { event, span } from "hindcast";

const requests = 12;
const [, , kind] = process.argv;

/** A task. */
export default async function work({ way, n }) {
  event("thread begins", { way, n });
  if (n % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  console.log(`works ${way} ${n}`);
  span("thread works", { way, n }, () => undefined);
  event("thread gets", { way, n });
  if (n === 7) throw new Error("seven");
  return { n, isInThread: threadId > 0 };
}

if (threadId === 0) {
  const { Piscina } = await import("piscina");
  const { Tinypool } = await import("tinypool");
  const filename = new URL(import.meta.url).href;
  const pool = {
    piscina: () => new Piscina({ filename, maxThreads: 2, minThreads: 1 }),
    "piscina without atomics": () =>
      new Piscina({ filename, maxThreads: 1, atomics: "disabled", concurrentTasksPerWorker: 3 }),
    tinypool: () => new Tinypool({ filename, maxThreads: 2, minThreads: 1 }),
    "tinypool, idle": () => new Tinypool({ filename, maxThreads: 1, minThreads: 1 }),
  }[kind]();
  const server = createServer(async (request, response) => {
    const n = Number(request.url.slice("/work/".length));
    try {
      response.end(JSON.stringify(await pool.run({ way: "work", n })));
    } catch (error) {
      response.end(error.message);
    }
    event("main gets", { way: "work", n });
  }).listen(0, "127.0.0.1", async () => {
    const ask = async (n) => (await fetch(`http://127.0.0.1:${server.address().port}/work/${n}`)).text();
    const all = Array.from({ length: requests }, (_, n) => n);
    const texts = [];
    if (kind.endsWith("idle")) for (const n of all) texts.push(await ask(n));
    else texts.push(...(await Promise.all(all.map(ask))));
    console.log(texts.join());
    await pool.destroy();
    server.close();
    server.closeAllConnections();
  });
}
