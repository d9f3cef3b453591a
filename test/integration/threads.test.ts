// Worker threads of a recorded program: each is recorded as a process of its own, below the thread that started it, and
// the program prints and ends as it does alone.
import { join } from "node:path";
import workerThreads from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { lineageTexts } from "./lineage-text.js";
import { runBoth } from "./run-both.js";

const program = (name: string): string => join(import.meta.dirname, "../programs/lineage", name);

/** Node tells a thread its name since 22.20 and 24.6. */
const tellsNames = "threadName" in workerThreads && process.env["HINDCAST_TEST_NODE"] === undefined;

describe("worker threads", () => {
  it("are recorded each by itself, and run as they run alone", async () => {
    const { plain, recorded, programs } = await runBoth([program("threads.mjs")]);
    expect(recorded).toEqual(plain);
    expect(plain.code).toBe(0);
    const codes = [0, 0, 7, 8, 1, 1, 1, 0, 0, 0, 0, 0].map((code) => `process 0 > thread ${code}`);
    expect(lineageTexts(programs)).toEqual(["process 0", ...codes, "process 0 > thread 0 > thread 0"].toSorted());
    // What was printed in a thread is recorded there.
    const said = programs.flatMap(({ hello, logs }) =>
      logs.flatMap(({ body }) => (body.startsWith("leaving") && hello?.thread !== undefined ? [body] : [])),
    );
    expect(said.toSorted()).toEqual(
      [
        "exit 7",
        "exit-code 8",
        "inner 0",
        "nested 0",
        "throw 1",
        "undefined 0",
        "undefined 0",
        "undefined 0",
        "undefined 0",
      ]
        .map((text) => `leaving ${text}`)
        .toSorted(),
    );
  });

  it("lose nothing when there are many short ones, nor what one at work had recorded when its process ends", async () => {
    const { plain, recorded, programs } = await runBoth([program("pool.cjs")]);
    expect(recorded).toEqual(plain);
    expect(plain.code).toBe(6);
    const short = Array<string>(50).fill("process 6 > thread 0");
    expect(lineageTexts(programs)).toEqual(["process 6", ...short, "process 6 > thread ?"].toSorted());
    // Every one of them has said good-bye.
    expect(programs.filter(({ bye }) => bye === undefined)).toEqual([]);
    const bodies = programs
      .filter(({ hello }) => hello?.thread !== undefined)
      .map(({ logs }) => logs.map(({ body }) => body));
    const expected = [...Array.from({ length: 50 }, (_, n) => [`short ${n}`]), ["busy"]];
    expect(bodies.map(String).toSorted()).toEqual(expected.map(String).toSorted());
  });

  it("have the metrics of a thread, and not again those of the process", async () => {
    const { programs } = await runBoth([program("threads.mjs")]);
    const names = (isThread: boolean): ReadonlySet<string> =>
      new Set(
        programs.flatMap(({ hello, metrics }) =>
          (hello?.thread !== undefined) === isThread ? metrics.map(({ name }) => name) : [],
        ),
      );
    const [process, thread] = [names(false), names(true)];
    // Of what there is none it says nothing.
    const countedByKind = ["nodejs.active_resources", "nodejs.emitter.listeners.max"];
    const ofProcess = ["process.cpu.utilization", "process.memory.usage"];
    expect([...process].filter((name) => !thread.has(name) && !countedByKind.includes(name)).toSorted()).toEqual(
      ofProcess,
    );
    expect([...thread]).toEqual(expect.arrayContaining(["nodejs.eventloop.utilization", "v8js.memory.heap.used"]));
  });

  it("are left alone with HINDCAST_THREADS=off", async () => {
    const { plain, recorded, programs } = await runBoth([program("threads.mjs")], [], { HINDCAST_THREADS: "off" });
    expect(recorded).toEqual(plain);
    expect(lineageTexts(programs)).toEqual(["process 0"]);
  });

  it.runIf(tellsNames)("have the name that they were given", async () => {
    const { programs } = await runBoth([program("threads.mjs")]);
    expect(programs.flatMap(({ hello }) => hello?.thread?.name ?? [])).toEqual(["a module"]);
  });

  it("tell what they post and get, so that what one does comes after what led to it", async () => {
    const { plain, recorded, programs } = await runBoth([program("messages.cjs")]);
    expect(recorded).toEqual(plain);
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const ends = programs.map(({ records }) =>
      records.flatMap((record) =>
        record.kind !== "message"
          ? []
          : [`${record.end} ${record.part} ${record.upTo} ${Buffer.from(record.channel).toString("hex")}`],
      ),
    );
    const channel = ends[0]?.[0]?.split(" ").at(-1) ?? "";
    expect(channel).toMatch(/^[0-9a-f]{16}$/);
    const [main = [], thread = []] = ends.map((lines) => lines.map((line) => line.replace(` ${channel}`, "")));
    const turns = [1, 2, 3, 4, 5];
    // What cannot be posted counts for nothing.
    const sent = turns.flatMap((n) => (n === 1 ? [1] : [n, n]));
    expect(main.filter((line) => line.startsWith("sent"))).toEqual([...sent, 6].map((n) => `sent to-child ${n}`));
    expect(main.filter((line) => line.startsWith("received"))).toEqual(turns.map((n) => `received to-parent ${n}`));
    expect(thread).toEqual([
      ...turns.flatMap((n) => [`received to-child ${n}`, `sent to-parent ${n}`]),
      "received to-child 6",
    ]);
  });
});
