import { afterEach, describe, expect, it } from "vitest";
import { blockedKey } from "../../shared/protocol/agent-handle.js";
import { countingExpressions } from "../expressions-used.test-support.js";
import { kitForTests } from "../probe-kit.test-support.js";
import { createRedaction } from "../../redact/redactor.js";
import { RingMemory } from "../ring.js";
import { LoopBeat } from "./loop-beat.js";
import { LoopBlocks } from "./loop-blocks.js";

const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0).reverse()) release();
});

/** As in a program, and as the worker asks: `ask` is called in the middle of what blocks. */
async function watched() {
  const { kit, guest, records } = kitForTests();
  const memory = RingMemory.allocate(4096);
  const blocks = new LoopBlocks(kit, memory, { blockMs: 20, folder: "/agent" }, undefined);
  const beat = new LoopBeat(kit, memory, (turn) => blocks.turned(turn));
  releases.push(() => beat.stop(), blocks.install(beat));
  const turned = async (): Promise<void> => {
    const { untilMs } = beat.currentTurn ?? { untilMs: 0 };
    while ((beat.currentTurn?.sinceMs ?? 0) <= untilMs) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await turned();
  const ask = (isToRecord: boolean): unknown => {
    const onBlocked: unknown = Reflect.get(globalThis, Symbol.for(blockedKey));
    return typeof onBlocked === "function" ? Reflect.apply(onBlocked, undefined, [isToRecord]) : undefined;
  };
  return { kit, guest, records, turned, ask };
}

function blockFor(ms: number): void {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs;);
}

describe("a block of the event loop that is looked at", () => {
  it("is recorded when it is over, of the span that was current, with its stack", async () => {
    const { kit, records, turned, ask } = await watched();
    const { sink, context } = kit;
    const request = sink.startSpan("GET", "server", { kind: "none" }, {});
    const answered = context.run(request, () => {
      blockFor(30);
      return ask(false);
    });
    sink.endSpan(request, "ok", undefined, {});
    const before = records().filter(({ kind }) => kind === "span-start").length;
    await turned();
    const [block] = records().filter((record) => record.kind === "span-start");
    expect([answered, before]).toEqual([0, 1]);
    expect(block).toMatchObject({
      parent: 1,
      attributes: { "code.stacktrace": expect.stringContaining(import.meta.filename) },
    });
    // It began before the request was over.
    expect(block?.attributes).not.toHaveProperty("hindcast.context");
  });

  it("is recorded at once when it may never be over, and again when it goes on", async () => {
    const { kit, records, ask } = await watched();
    kit.sink.redactWith(createRedaction(undefined, "token"));
    blockFor(30);
    const kinds = (): string[] => records().flatMap(({ kind }) => (kind === "string" ? [] : [kind]));
    expect([ask(false), kinds()]).toEqual([0, []]);
    expect([ask(true), kinds()]).toEqual([0, ["span-start", "event"]]);
    expect([ask(true), kinds()]).toEqual([0, ["event"]]);
  });

  it("is looked at without a regular expression, since it may be one itself", async () => {
    const { kit, guest, records, ask } = await watched();
    kit.sink.redactWith(createRedaction(undefined, "token"));
    blockFor(30);
    countingExpressions((used) => expect([ask(false), ask(true), ask(true), used()]).toEqual([0, 0, 0, 0]));
    expect(records().filter(({ kind }) => kind === "span-start" || kind === "event").length).toBe(3);
    expect(guest.faults).toBe(0);
  });

  it("is asked for again when it is no block yet", async () => {
    const { ask } = await watched();
    await new Promise((resolve) => setTimeout(resolve, 1));
    const againMs = ask(true);
    expect(againMs === 0 || (typeof againMs === "number" && againMs > 0 && againMs <= 20)).toBe(true);
  });
});
