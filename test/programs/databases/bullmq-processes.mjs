// Jobs that are given by one process and done by another, which print what they see of them.
import { fork } from "node:child_process";
import { once } from "node:events";
import { FlowProducer, Queue, QueueEvents, Worker } from "bullmq";
import { span } from "hindcast";

const connection = { host: "127.0.0.1", port: Number(process.env.DATABASE_PORT), maxRetriesPerRequest: null };
const seen = ({ name, opts, ...job }) => [name, opts, Object.keys(job).filter((key) => key.startsWith("tele"))];

if (process.argv[2] === "worker") {
  const worker = new Worker(
    "orders",
    async (job) => {
      console.log(`working on ${job.name}`);
      if (job.name === "again" && job.attemptsMade === 0) throw new Error("not yet");
      return seen(job);
    },
    { connection },
  );
  await worker.waitUntilReady();
  process.send("ready");
  await once(process, "message");
  await worker.close();
  process.disconnect();
} else {
  const queue = new Queue("orders", { connection });
  queue.on("waiting", (job) => console.log(JSON.stringify(seen(job))));
  const events = new QueueEvents("orders", { connection });
  const flows = new FlowProducer({ connection });
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), flows.waitUntilReady()]);
  const child = fork(process.argv[1], ["worker"]);
  await once(child, "message");
  const jobs = [
    await span("asks", { n: 1 }, () => queue.add("one", { n: 1 })),
    await span("asks", { n: 2 }, () => queue.add("again", {}, { attempts: 2, delay: 5 })),
    ...(await span("asks", { n: 3 }, () => queue.addBulk([{ name: "bulk", data: {} }]))),
    await queue.add("traced", {}, { telemetry: { metadata: '{"traceparent":"other"}' } }),
    (await span("asks", { n: 4 }, () => flows.add({ name: "flow", queueName: "orders", opts: { jobId: "flow" } }))).job,
  ];
  for (const job of jobs) console.log(JSON.stringify([seen(job), await job.waitUntilFinished(events)]));
  console.log(JSON.stringify((await queue.getJobs(["completed"])).map(seen).sort()));
  child.send("end");
  await once(child, "exit");
  await events.close();
  await flows.close();
  await queue.obliterate({ force: true });
  await queue.close();
}
