import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { type Direction, PostedContexts, postedBytes } from "./posted-contexts.js";
import type { OpenSpan } from "./record-sink.js";

const spanOf = (n: number): OpenSpan => ({
  number: n,
  traceId: new Uint8Array(16).fill(n),
  spanId: new Uint8Array(8).fill(n + 1),
});
const newMemory = (): SharedArrayBuffer => new SharedArrayBuffer(postedBytes);

describe("PostedContexts", () => {
  it("tells of a message what was noted of it, or nothing", () => {
    const [posted, random] = [new PostedContexts(newMemory()), randomFrom(3)];
    const plain = new Map<string, number | undefined>();
    const next = new Map<string, number>();
    let known = 0;
    for (let round = 0; round < 5000; round++) {
      const [thread, direction]: [number, Direction] = [1 + Math.floor(random() * 3), random() < 0.5 ? 0 : 1];
      const number = (next.get(`${thread} ${direction}`) ?? 0) + 1;
      // Some cannot be posted, and the next one has their number.
      if (random() < 0.9) next.set(`${thread} ${direction}`, number);
      const span = random() < 0.7 ? 1 + Math.floor(random() * 200) : undefined;
      posted.note(thread, direction, number, span === undefined ? undefined : spanOf(span));
      plain.set(`${thread} ${direction} ${number}`, span);
      const asked = Math.max(1, number - Math.floor(random() * 20));
      const found = posted.find(thread, direction, asked);
      const expected = plain.get(`${thread} ${direction} ${asked}`);
      // Another may have taken its place.
      if (found === undefined) continue;
      known++;
      expect(found).toEqual({ kind: "remote", ...idsOf(spanOf(expected ?? 0)) });
      expect(expected).toBeDefined();
    }
    expect(known).toBeGreaterThan(2500);
  });

  it("says that a trace is left out, and that somebody was told of the span", () => {
    const posted = new PostedContexts(newMemory());
    const span: OpenSpan = {
      ...spanOf(5),
      handling: { kind: "left-out", hangsOn: { kind: "none" }, takenBy: undefined },
    };
    posted.note(1, 0, 1, span);
    expect([posted.find(1, 0, 1), span.isTold]).toEqual([{ kind: "remote", ...idsOf(span) }, true]);
  });

  it("is seen from another thread, and never half written", async () => {
    const memory = newMemory();
    const posted = new PostedContexts(memory);
    const done = new Int32Array(new SharedArrayBuffer(4));
    // Writes versions as `note` does, of a message whose ids are all of one byte.
    const worker = new Worker(
      `const { workerData: { memory, done, words } } = require("node:worker_threads");
       const numbers = new Int32Array(memory);
       for (let n = 0; Atomics.load(done, 0) === 0; n++) {
         Atomics.add(numbers, words, 1);
         for (let at = 5; at < 11; at++) Atomics.store(numbers, words + at, (n & 127) * 0x01010101);
         Atomics.add(numbers, words, 1);
       }`,
      { eval: true, workerData: { memory, done, words: 11 * ((1 + 74) % 512) } },
    );
    posted.note(1, 0, 1, spanOf(9));
    const seen = new Set<number | undefined>();
    while (seen.size < 50) {
      const found = posted.find(1, 0, 1);
      if (found?.kind !== "remote") continue;
      const all = [...found.traceId, ...found.spanId];
      // What was noted first has two.
      if (all[0] !== 9) expect(new Set(all).size).toBe(1);
      seen.add(all[0]);
    }
    Atomics.store(done, 0, 1);
    await worker.terminate();
  });
});

const idsOf = ({ traceId, spanId }: OpenSpan): Pick<OpenSpan, "traceId" | "spanId"> => ({ traceId, spanId });
