// What is recorded is taken in, packed and committed by a thread of its own: the one that answers questions has next to none of
// that work, however much comes. By processor time, which says the same on a busy machine.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { RecordMaker, SocketAgent, helloOf } from "../../src/engine/socket-agent.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import { Place } from "./hindcast-process.js";

const entry = fileURLToPath(new URL("../../out/node/engine-process.js", import.meta.url));
const [batches, perBatch] = [40, 2000];

/** Processor time of each thread, in hundredths of a second; the first thread of a process has its number. */
function ticksByThread(pid: number): ReadonlyMap<number, number> {
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  return new Map(
    threads.map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [thread, Number(fields[11]) + Number(fields[12])];
    }),
  );
}

/** The engine is what the host's own child, which stays when the host is gone, has started last, or that child itself. */
function enginePid(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  const [child] = children.map(Number);
  return child ?? pid;
}

it.skipIf(process.platform !== "linux")("takes in what programs send beside the thread that answers", async () => {
  const place = new Place();
  const engine = new EngineChild({ entry, environment: place.environment });
  try {
    const call = steadyCallTo(engine);
    const path = place.path("busy.hindcast");
    const created = await call("recording.create", { path, capture: {} });
    if (!created.ok) throw new Error(created.error.code);
    const { environment } = created.value;
    const agent = await SocketAgent.greet(
      environment["HINDCAST_SOCKET"] ?? "",
      helloOf({ token: environment["HINDCAST_TOKEN"] ?? "" }),
    );
    const maker = new RecordMaker();
    const pid = enginePid(engine.pid ?? 0);
    const before = ticksByThread(pid);
    for (let batch = 1; batch <= batches; batch++) {
      const line = (at: number) => `order ${batch * perBatch + at} of customer ${(at * 7919) % 10_007} was paid`;
      const records = Array.from({ length: perBatch }, (_, at) =>
        maker.make({ kind: "log", severity: 9, span: 0, source: 0, body: line(at), attributes: {} }),
      );
      agent.batch(batch, records);
      await agent.acknowledged(batch);
    }
    const after = ticksByThread(pid);
    const spent = (thread: number): number => (after.get(thread) ?? 0) - (before.get(thread) ?? 0);
    const answering = spent(pid);
    const busiest = Math.max(...[...after.keys()].filter((thread) => thread !== pid).map(spent));
    expect(busiest).toBeGreaterThan(20);
    expect(answering).toBeLessThan(busiest / 4);
    const stopped = await call("recording.stop", { recordingId: created.value.summary.recordingId });
    expect(stopped.ok && stopped.value.counts.logs).toBe(batches * perBatch);
  } finally {
    await engine.stop();
    place.remove();
  }
});
