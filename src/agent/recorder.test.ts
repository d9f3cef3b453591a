import { describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { type AgentRecord, hasOwnSeq } from "../shared/protocol/agent-records.js";
import { readRecords } from "../shared/protocol/agent-record-codec.js";
import { type OverflowPolicy, overflowPolicies } from "../shared/protocol/agent-wire.js";
import { objectId } from "../shared/trace/value.js";
import { SpanContext } from "./context.js";
import { countingExpressions } from "./expressions-used.test-support.js";
import { createCapture } from "./pipeline/capture.js";
import { Recorder } from "./recorder.js";
import { createRedaction } from "../redact/redactor.js";
import { Intake } from "./intake.js";
import { joined } from "./joined.js";
import { RingMemory, RingWriter, control, facts, link } from "./ring.js";

function recorderWith(ringBytes: number, policy?: OverflowPolicy) {
  const memory = RingMemory.allocate(ringBytes);
  const intake = new Intake(memory);
  const context = new SpanContext();
  const faults: string[] = [];
  let clock = 0;
  const recorder = new Recorder(
    new RingWriter(memory),
    context,
    () => ++clock,
    () => faults.push("fault"),
    policy,
  );
  const drained = (): AgentRecord[] => {
    const chunk = intake.take(memory.size);
    return chunk === undefined ? [] : readRecords(joined([chunk.definitions, chunk.records]));
  };
  return { recorder, context, drained, faults, memory };
}

/** One word or two per record, names resolved: what a reader of the stream understands. */
function storyOf(records: readonly AgentRecord[], names = new Map<number, string>()): string[] {
  const story: string[] = [];
  for (const record of records) {
    if (record.kind === "string") names.set(record.id, record.text);
    else if (record.kind === "event") story.push(`event ${names.get(record.name)} in ${record.span}`);
    else if (record.kind === "span-start") story.push(`start ${names.get(record.name)} in ${record.parent}`);
    else if (record.kind === "span-end") story.push(`end ${record.span} ${record.status}`);
    else if (record.kind === "gap") story.push(`gap ${record.reason} ${record.lost}`);
    else story.push(record.kind);
  }
  return story;
}

describe("Recorder", () => {
  it("records plainly without a regular expression, whatever records go through otherwise", () => {
    const { recorder, context, drained, faults } = recorderWith(1 << 16);
    const redaction = createRedaction(undefined, "token");
    recorder.redactWith(redaction);
    const ask = (): never => {
      throw new Error("asked");
    };
    const capture = createCapture(
      [
        { stage: "truncate", characters: 40 },
        { stage: "redact", keys: ["user.*"] },
        { stage: "custom", module: "/own.cjs" },
        { stage: "drop", where: { name: "other*", attributes: { a: "b*" } } },
      ],
      recorder,
      (text) => redaction.text(text),
      () => ask,
    );
    const attributes = { text: `password=hunter2 ${"long ".repeat(40)}`, n: 1.5, "user.name": "x" };
    countingExpressions((used) => {
      recorder.plainly(() => {
        const span = recorder.startSpan("block", "internal", context.asParent, attributes, 1);
        recorder.event("block.stack", attributes, span);
      });
      expect(used()).toBe(0);
      recorder.event("an event like any other", attributes);
      expect(used()).toBeGreaterThan(0);
    });
    capture.note(true);
    expect(faults).toEqual([]);
    expect(storyOf(drained())).toEqual([
      "start block in 0",
      "event block.stack in 1",
      "event an event like any other in 0",
      "event hindcast.pipeline.stage-failed in 0",
    ]);
  });

  it("puts events into the span that is current when they happen", () => {
    const { recorder, context, drained } = recorderWith(1 << 16);
    recorder.event("before", undefined);
    const outer = recorder.startSpan("outer", "internal", context.asParent, {});
    context.run(outer, () => {
      const inner = recorder.startSpan("inner", "internal", context.asParent, {});
      context.run(inner, () => recorder.event("deep", { a: 1 }));
      recorder.endSpan(inner, "ok", undefined, {});
      recorder.event("shallow", undefined);
    });
    recorder.endSpan(outer, "error", "outer renamed", {});
    expect(storyOf(drained())).toEqual([
      "event before in 0",
      "start outer in 0",
      "start inner in 1",
      "event deep in 2",
      "end 2 ok",
      "event shallow in 1",
      "end 1 error",
    ]);
  });

  it("keeps the trace of the parent and continues a remote one", () => {
    const { recorder } = recorderWith(1 << 16);
    const traceId = new Uint8Array(16).fill(7);
    const remote = recorder.startSpan(
      "a",
      "server",
      { kind: "remote", traceId, spanId: new Uint8Array(8).fill(9) },
      {},
    );
    const local = recorder.startSpan("b", "client", { kind: "local", span: remote }, {});
    expect(remote.traceId).toEqual(traceId);
    expect(local.traceId).toEqual(traceId);
    expect(local.spanId).not.toEqual(remote.spanId);
  });

  it("writes the same attributes whether an event is simple or not", () => {
    const { recorder, drained } = recorderWith(1 << 16);
    const flat = { text: "plain", whole: -5, zero: -0, half: 0.5, nan: Number.NaN, yes: true, no: false };
    recorder.event("flat", flat);
    recorder.event("rich", { ...flat, list: [1, "é"], nothing: null });
    recorder.event("long", { ...flat, long: "x".repeat(3000) });
    const events = drained().filter((record) => record.kind === "event");
    expect(events.map(({ attributes }) => ({ ...attributes }))).toEqual([
      flat,
      { ...flat, list: [1, "é"], nothing: null },
      { ...flat, long: "x".repeat(3000) },
    ]);
  });

  it("defines each name, location and series once, before its first use", () => {
    const { recorder, drained } = recorderWith(1 << 16);
    for (let i = 0; i < 3; i++) {
      recorder.event("tick", undefined);
      recorder.metric("load", "1", i);
      recorder.metric("load", "By", i);
      recorder.metric("load", "1", i, { cpu: 1 });
      expect(recorder.location("a.ts", 3, 4, "run")).toBe(1);
    }
    const kinds = drained().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "series")).toHaveLength(3);
    expect(kinds.filter((kind) => kind === "location")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "string")).toHaveLength(6);
    // Whoever holds a record finds what it refers to: definitions come first.
    expect(kinds.slice(0, 10).every((kind) => ["string", "series", "location"].includes(kind))).toBe(true);
  });

  it("counts what finds no room and says so exactly, as soon as there is room", () => {
    const { recorder, drained } = recorderWith(4096);
    for (let i = 0; i < 500; i++) recorder.event("flood", { i });
    const before = drained();
    const kept = before.filter(({ kind }) => kind === "event").length;
    recorder.event("after", undefined);
    const all = drained();
    const after = all.filter(({ kind }) => kind !== "string");
    expect(after[0]).toMatchObject({ kind: "gap", reason: "ring-full", lost: 500 - kept });
    expect(storyOf(all)).toEqual([`gap ring-full ${500 - kept}`, "event after in 0"]);
    const [last, gap] = [before.at(-1)?.seq ?? 0, after[0]?.seq ?? 0];
    expect(gap - last - 1).toBe(500 - kept);
    expect(recorder.counts.dropped).toBe(500 - kept);
  });

  for (const policy of overflowPolicies)
    for (const seed of [1, 2, 3])
      it(`accounts for every record under random draining, ${policy} (seed ${seed})`, () => {
        const { recorder, drained, memory } = recorderWith(4096, policy);
        // Nobody would come to make room while this thread waits.
        if (policy === "block") Atomics.store(memory.control, control.link, link.refused);
        const random = randomFrom(seed);
        const records: AgentRecord[] = [];
        const sent: number[] = [];
        for (let i = 0; i < 20_000; i++) {
          const isNew = random() < 0.1;
          recorder.event(isNew ? `name ${i}` : "usual", random() < 0.5 ? { i } : { list: [i] });
          if (policy === "drop-oldest") sent.push(i);
          if (random() < 0.02) records.push(...drained());
        }
        while (!recorder.reportLoss()) records.push(...drained());
        records.push(...drained());
        const lost = { all: 0, events: 0 };
        const seqs = new Set<number>();
        const names = new Set<number>();
        for (const record of records) {
          if (record.kind === "gap") {
            lost.all += record.lost;
            lost.events += record.of.events;
          }
          if (record.kind === "string") names.add(record.id);
          if (record.kind === "event" && !names.has(record.name)) expect.fail(`undefined name ${record.name}`);
          if (!hasOwnSeq(record)) continue;
          if (seqs.has(record.seq)) expect.fail(`seq ${record.seq} twice`);
          seqs.add(record.seq);
        }
        const events = records.flatMap((record) => (record.kind === "event" ? [record.attributes] : []));
        expect(events.length + lost.events).toBe(20_000);
        expect(seqs.size + lost.all).toBe(memory.facts[facts.lastSeq]);
        expect(lost.events).toBeGreaterThan(1000);
        const made = events.map((given) => Number([given["i"] ?? given["list"]].flat()[0]));
        expect(made).toEqual([...made].sort((one, other) => one - other));
        if (policy === "drop-oldest") expect(made.at(-1)).toBe(sent.at(-1));
      });

  it("says after a pause what ended in it: that was seen until the pause began", () => {
    const { recorder, context, drained, faults } = recorderWith(1 << 16);
    const begin = (name: string) => recorder.startSpan(name, "internal", context.asParent, {});
    const [inside, across, held] = [begin("ended inside"), begin("ended later"), begin("ended before")];
    recorder.endSpan(held, "ok", undefined, {});
    const before = drained();
    recorder.pause(true);
    recorder.endSpan(begin("began inside, too"), "ok", undefined, {});
    recorder.endSpan(inside, "error", undefined, {});
    recorder.pause(false);
    recorder.pause(false);
    recorder.endSpan(across, "ok", undefined, {});
    const after = drained();
    expect(storyOf(after)).toEqual(["gap paused 3", `end ${inside.number} unset`, `end ${across.number} ok`]);
    const [, unseen] = after;
    expect(unseen).toMatchObject({ attributes: { "hindcast.context": "unseen" } });
    const [last, gap] = [before.at(-1)?.clockMs ?? 0, after[0]?.clockMs ?? 0];
    expect(unseen?.clockMs).toBeGreaterThan(last);
    expect(unseen?.clockMs).toBeLessThan(gap);
    expect(faults).toEqual([]);
  });

  it("says which record was too large instead of cutting it silently", () => {
    const { recorder, drained } = recorderWith(8192);
    const elements = Array.from({ length: 1000 }, (_, i) => ({ kind: "primitive", value: i }) as const);
    recorder.write({ kind: "splice", target: objectId(1), start: 0, deleteCount: 0, elements }, 0, Number.NaN);
    recorder.event("next", undefined);
    expect(storyOf(drained())).toEqual(["gap unreadable-value 1", "event next in 0"]);
  });

  it("still says that an object is there when its contents are too large", () => {
    const { recorder, drained } = recorderWith(8192);
    const members = Array.from({ length: 1000 }, (_, i) => ({ kind: "primitive", value: i }) as const);
    const contents = { kind: "set", className: "Set", members } as const;
    recorder.write({ kind: "contents", target: objectId(1), contents }, 0, Number.NaN);
    expect(drained()).toMatchObject([
      { kind: "gap", reason: "unreadable-value", lost: 1 },
      { kind: "write", operation: { kind: "contents", target: 1, contents: { kind: "opaque", className: "Set" } } },
    ]);
  });

  it("records what happened inside a span before the span's end", () => {
    const { recorder, drained } = recorderWith(1 << 16);
    recorder.beforeSpanEnds(() => recorder.event("seen late", undefined));
    recorder.endSpan(recorder.startSpan("work", "internal", { kind: "none" }, {}), "unset", undefined, {});
    expect(storyOf(drained())).toEqual(["start work in 0", "event seen late in 0", "end 1 unset"]);
  });
});
