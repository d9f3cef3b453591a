import { describe, expect, it } from "vitest";
import { readRecords } from "../../shared/protocol/agent-record-codec.js";
import type { AgentRecord } from "../../shared/protocol/agent-records.js";
import type { Pipeline } from "../../shared/protocol/pipeline-stages.js";
import { SpanContext } from "../context.js";
import { Intake } from "../intake.js";
import { joined } from "../joined.js";
import { Recorder } from "../recorder.js";
import type { OpenSpan } from "../record-sink.js";
import { RingMemory, RingWriter } from "../ring.js";
import { headerFromSpan } from "../trace-context.js";
import { RecordPipeline } from "./pipeline.js";

const shortQueries: Pipeline = [{ stage: "drop-short", milliseconds: 10, where: { name: "query*" } }];

/** A recorder behind these stages, with a clock that is set. */
function recording(stages = shortQueries) {
  const memory = RingMemory.allocate(2 ** 20);
  const [intake, context, clock] = [new Intake(memory), new SpanContext(), { ms: 0 }];
  const fault = (error: unknown): never => {
    throw error;
  };
  const recorder = new Recorder(new RingWriter(memory), context, () => clock.ms, fault);
  const surroundings = { random: () => 0, clockMs: () => clock.ms, redacted: (text: string) => text };
  const pipeline = new RecordPipeline(stages, { ...surroundings, load: () => undefined, mayAsk: () => true });
  recorder.pipeThrough(pipeline);
  const open = (name: string, above?: OpenSpan): OpenSpan =>
    recorder.startSpan(name, "client", above === undefined ? { kind: "none" } : { kind: "local", span: above }, {});
  const close = (span: OpenSpan, status: "unset" | "error" = "unset"): void =>
    recorder.endSpan(span, status, undefined, {});
  const leftOut = (): number => [...pipeline.accounts.all].reduce((sum, { total }) => sum + total, 0);
  return { recorder, context, clock, open, close, leftOut, story: () => storyOf(intake.take(memory.size)) };
}

function storyOf(chunk: ReturnType<Intake["take"]>): string[] {
  const names = new Map<number, string>();
  const records: AgentRecord[] = chunk === undefined ? [] : readRecords(joined([chunk.definitions, chunk.records]));
  return records.flatMap((record) => {
    if (record.kind === "string") names.set(record.id, record.text);
    else if (record.kind === "span-start")
      return [`${record.clockMs} ${names.get(record.name)} #${record.span} in ${record.parent}`];
    else if (record.kind === "span-end") return [`${record.clockMs} end #${record.span}`];
    else if (record.kind === "event") return [`${record.clockMs} ${names.get(record.name)} in ${record.span}`];
    return [];
  });
}

describe("a stage that drops short spans", () => {
  it("leaves out those that ended sooner, and counts them", () => {
    const { open, close, clock, leftOut, story } = recording();
    const short = open("query a");
    clock.ms = 9;
    close(short);
    const long = open("query b");
    clock.ms = 19;
    close(long);
    close(open("other"));
    expect(story()).toEqual(["9 query b #2 in 0", "19 end #2", "19 other #3 in 0", "19 end #3"]);
    expect(leftOut()).toBe(1);
  });

  it("says nothing of the end of one that was still held when a pause began in which it ended", () => {
    const { open, close, clock, recorder, story } = recording();
    const held = open("query");
    recorder.pause(true);
    clock.ms = 20;
    close(held);
    recorder.pause(false);
    expect(story()).toEqual([]);
  });

  it("keeps what failed", () => {
    const { open, close, leftOut, story } = recording();
    close(open("query"), "error");
    expect(story()).toEqual(["0 query #1 in 0", "0 end #1"]);
    expect(leftOut()).toBe(0);
  });

  it("keeps those in which something else was recorded, however deep, in order", () => {
    const { open, close, context, recorder, leftOut, story } = recording();
    const outer = open("query outer");
    const inner = open("query inner", outer);
    const empty = open("query empty", inner);
    context.run(inner, () => recorder.event("inside", {}));
    for (const span of [empty, inner, outer]) close(span);
    expect(story()).toEqual([
      "0 query outer #1 in 0",
      "0 query inner #2 in 1",
      "0 inside in 2",
      "0 end #2",
      "0 end #1",
    ]);
    expect(leftOut()).toBe(1);
  });

  it("keeps what another process was told of", () => {
    const { open, close, story } = recording();
    const asking = open("query");
    headerFromSpan(asking);
    close(asking);
    expect(story()).toEqual(["0 query #1 in 0", "0 end #1"]);
  });

  it("records what goes on for long while it does", () => {
    const { open, recorder, clock, story } = recording();
    open("query");
    clock.ms = 9;
    recorder.noteHeld(false);
    expect(story()).toEqual([]);
    clock.ms = 10;
    recorder.noteHeld(false);
    expect(story()).toEqual(["0 query #1 in 0"]);
    open("query");
    recorder.noteHeld(true);
    expect(story()).toEqual(["10 undefined #2 in 0"]);
  });

  it("has what is below a dropped span keep the one above it", () => {
    const { open, close, context, recorder, story } = recording([
      ...shortQueries,
      { stage: "drop", where: { kind: "span", name: "noise" } },
    ]);
    const outer = open("query");
    const noise = open("noise", outer);
    context.run(noise, () => recorder.event("inside", {}));
    close(noise);
    close(outer);
    expect(story()).toEqual(["0 query #1 in 0", "0 inside in 1", "0 end #1"]);
  });

  it("holds a bounded number back", () => {
    const { open, story } = recording();
    for (let n = 0; n < 5000; n++) open("query");
    expect(story().length).toBe(5000 - 4096);
  });
});
