// Jobs given and done with BullMQ, as lines of what it got.
import { AsyncLocalStorage } from "node:async_hooks";
import { Queue, QueueEvents, Worker } from "bullmq";

const connection = { host: "127.0.0.1", port: Number(process.env.DATABASE_PORT), maxRetriesPerRequest: null };
const print = (...values) => console.log(JSON.stringify(values));
const own = new AsyncLocalStorage();

const queue = new Queue("mails", { connection });
const events = new QueueEvents("mails", { connection });
const worker = new Worker(
  "mails",
  async (job) => {
    console.info(`working on ${job.name}`);
    if (job.data.fails) throw new Error(`cannot send ${job.data.fails}`);
    return { sent: job.data.to, context: own.getStore() ?? "none", options: Object.keys(job.opts).sort() };
  },
  { connection },
);
await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()]);
const job = await own.run("giver", () => queue.add("welcome", { to: "ann" }));
print(job.name, job.data, Object.keys(job.opts).sort());
print(await job.waitUntilFinished(events));
const failing = await queue.add("broken", { fails: "it" });
print(await failing.waitUntilFinished(events).catch((error) => error.message));
const many = await queue.addBulk([1, 2, 3].map((n) => ({ name: `bulk ${n}`, data: { to: n } })));
print((await Promise.all(many.map((each) => each.waitUntilFinished(events)))).map(({ sent }) => sent));
const twice = await queue.add("delayed", { to: "bob" }, { delay: 20, jobId: "once" });
print((await twice.waitUntilFinished(events)).sent, twice.id);
await worker.close();
await events.close();
await queue.obliterate({ force: true });
await queue.close();
