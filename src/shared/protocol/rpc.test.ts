// Both ends of a line in memory; the engine's handlers are the test's, so that it decides when a call is over.
import { describe, expect, it } from "vitest";
import { createCodec } from "./codec.js";
import type { CallHandlers, Transport } from "./rpc.js";
import { connectToEngine, serveEngine } from "./rpc.js";

class Line {
  readonly #listeners = { page: [] as ((bytes: Uint8Array) => void)[], engine: [] as ((bytes: Uint8Array) => void)[] };
  readonly #closes: (() => void)[] = [];

  readonly page = this.#end("page", "engine");
  readonly engine = this.#end("engine", "page");

  #end(own: "page" | "engine", other: "page" | "engine"): Transport {
    return {
      send: (bytes) => {
        for (const listener of this.#listeners[other]) listener(bytes);
      },
      onMessage: (listener) => void this.#listeners[own].push(listener),
      onClose: (listener) => void this.#closes.push(listener),
      close: () => {
        for (const listener of this.#closes.splice(0)) listener();
      },
    };
  }
}

/** Copies to a path are its only calls: each is begun when it is its turn, and over when the test says so. */
function engineOfTurns() {
  const begun: string[] = [];
  const over: (() => void)[] = [];
  const copy: CallHandlers["recording.copy"] = ({ path }) => {
    begun.push(path);
    return new Promise((resolve) => over.push(() => resolve({ ok: true, value: { path, sizeBytes: 1 } })));
  };
  const line = new Line();
  const codec = createCodec();
  serveEngine(line.engine, codec, { "recording.copy": copy } as unknown as CallHandlers);
  const client = connectToEngine(line.page, codec);
  const ask = (path: string, signal?: AbortSignal) => client.call("recording.copy", { recordingId: "", path }, signal);
  return { begun, over, ask, line };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `c${at}`);

describe("serveEngine", () => {
  it("works on so many calls of one client at a time, the others in their order", async () => {
    const { begun, over, ask } = engineOfTurns();
    const answers = names(40).map((name) => ask(name));
    await settled();
    expect(begun).toEqual(names(16));
    for (let done = 0; done < 40; done++) {
      over[done]?.();
      await settled();
    }
    expect(begun).toEqual(names(40));
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true);
  });

  it("does not begin what was taken back, nor anything of a client that is gone", async () => {
    const { begun, over, ask, line } = engineOfTurns();
    const abort = new AbortController();
    const answers = names(30).map((name, at) => ask(name, at === 16 ? abort.signal : undefined));
    await settled();
    abort.abort();
    over[0]?.();
    await settled();
    expect(begun).toEqual([...names(16), "c17"]);
    line.page.close();
    for (const end of over) end();
    await settled();
    expect(begun).toHaveLength(17);
    expect((await Promise.all(answers)).filter(({ ok }) => ok)).toHaveLength(1);
  });

  it("refuses a fraction where a record or a row is named", async () => {
    const line = new Line();
    const codec = createCodec();
    serveEngine(line.engine, codec, {} as unknown as CallHandlers);
    const client = connectToEngine(line.page, codec);
    const range = { recordingId: "", from: 0n, to: 1n, limit: 1 };
    const answers = [
      client.call("events.page", { ...range, after: { instant: 0n, process: 1, seq: 0.5 } }),
      client.call("state.at", {
        recordingId: "",
        process: 1,
        scope: "",
        at: { kind: "seq", process: 1, seq: 2 ** 60 },
      }),
      client.call("logs.page", { recordingId: "", first: Number.NaN, limit: 1 }),
    ];
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ error: { code: "bad-request" } });
  });

  it("tells who asked how far it is, not too often, to the end, and not once it is taken back", async () => {
    const line = new Line();
    const codec = createCodec();
    const steps: ((done: number) => void)[] = [];
    const over: (() => void)[] = [];
    const copy: CallHandlers["recording.copy"] = (_args, _signal, tell) => {
      steps.push((done) => tell?.({ done, total: 10, unit: "rows" }));
      return new Promise((resolve) => over.push(() => resolve({ ok: true, value: { path: "", sizeBytes: 1 } })));
    };
    serveEngine(line.engine, codec, { "recording.copy": copy } as unknown as CallHandlers);
    const client = connectToEngine(line.page, codec);
    const told: string[] = [];
    const abort = new AbortController();
    const answers = ["a", "b"].map((path, at) =>
      client.call("recording.copy", { recordingId: "", path }, at === 0 ? undefined : abort.signal, (progress) => {
        told.push(`${path} ${progress.done}/${progress.total}`);
      }),
    );
    await settled();
    for (const step of steps) step(1);
    expect(told).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 110));
    for (const step of steps) {
      step(2);
      step(3);
    }
    expect(told).toEqual(["a 2/10", "b 2/10"]);
    abort.abort();
    over[0]?.();
    await Promise.all(answers);
    for (const step of steps) step(9);
    expect(told).toEqual(["a 2/10", "b 2/10", "a 10/10"]);
  });

  it("refuses more than may wait, and answers what waits", async () => {
    const { begun, over, ask } = engineOfTurns();
    const path = "x".repeat(4_000_000);
    const answers = Array.from({ length: 40 }, () => ask(path));
    await settled();
    for (let done = 0; done < 40; done++) {
      over[done]?.();
      await settled();
    }
    const outcomes = await Promise.all(answers);
    const refused = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.code]));
    expect(refused).toEqual(Array.from({ length: 40 - begun.length }, () => "bad-request"));
    expect([begun.length > 16, begun.length < 40]).toEqual([true, true]);
  });
});
