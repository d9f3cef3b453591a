import { describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { type AgentRecord, noneLost } from "../shared/protocol/agent-records.js";
import { readRecords, writeRecord } from "../shared/protocol/agent-record-codec.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import { seq } from "../shared/trace/time.js";
import type { Chunk } from "./intake.js";
import { joined } from "./joined.js";
import { type Batch, Outbox } from "./outbox.js";

const event = (at: number): AgentRecord => ({
  kind: "event",
  name: 1,
  span: 0,
  attributes: {},
  clockMs: at,
  seq: seq(at),
});
const name = (at: number): AgentRecord => ({ kind: "string", id: at, text: `name ${at}`, clockMs: at, seq: seq(at) });

function chunkOf(...records: readonly AgentRecord[]): Chunk {
  const out = new ByteWriter();
  for (const record of records) writeRecord(out, record);
  return { definitions: new Uint8Array(0), records: out.bytes.slice(0, out.at) };
}

const recordsOf = ({ definitions, records }: Chunk): AgentRecord[] => readRecords(joined([definitions, records]));

describe("what was not sent when the program waits no longer", () => {
  it("leaves what it defined and one gap with the number of each kind; what was sent stays", () => {
    const outbox = new Outbox(1 << 20, false, undefined, () => undefined);
    outbox.add(chunkOf(event(1)), true);
    const sent = outbox.next();
    outbox.add(chunkOf(name(2), event(3)), true);
    outbox.add(chunkOf(event(4)), true);
    const rest = [chunkOf(event(5), name(6), event(7)), chunkOf(event(8))];
    outbox.giveUpUnsent(() => rest.shift());
    const left = outbox.next();
    expect(outbox.next()).toBeUndefined();
    expect([outbox.isEmpty, outbox.sent.map(({ number }) => number)]).toEqual([true, [1, 2]]);
    expect(sent === undefined ? [] : recordsOf(sent)).toEqual([event(1)]);
    expect(left === undefined ? [] : recordsOf(left)).toEqual([
      name(2),
      name(6),
      { kind: "gap", reason: "not-sent", lost: 5, of: { ...noneLost, events: 5 }, clockMs: 8, seq: 8 },
    ]);
    outbox.acknowledge(2);
    expect(outbox.bytes).toBe(0);
  });
});

describe("what is left behind of an outbox", () => {
  const kept = (batches: readonly Batch[]): { number: number; records: AgentRecord[] }[] =>
    batches.map((batch) => ({ number: batch.number, records: recordsOf(batch) }));
  const counted = (records: readonly AgentRecord[]): number =>
    records.reduce(
      (sum, record) => sum + (record.kind === "gap" ? record.of.events : Number(record.kind === "event")),
      0,
    );

  it("is all of it while there is room, in order and under the numbers it was sent with", () => {
    const outbox = new Outbox(1 << 20, false, undefined, () => undefined);
    for (const at of [1, 2, 3]) outbox.add(chunkOf(event(at)), true);
    outbox.next();
    outbox.next();
    outbox.acknowledge(1);
    const rest = [chunkOf(name(4), event(5))];
    expect(kept([...outbox.last(1 << 20, () => rest.shift())])).toEqual([
      { number: 2, records: [event(2)] },
      { number: 3, records: [event(3)] },
      { number: 4, records: [name(4), event(5)] },
    ]);
    expect([outbox.isEmpty, outbox.bytes]).toEqual([true, 0]);
  });

  it("is a gap for each batch that the engine may have, and one for all that it cannot have", () => {
    const outbox = new Outbox(1 << 20, false, undefined, () => undefined);
    for (const at of [1, 2, 3, 4]) outbox.add(chunkOf(name(10 * at), event(at)), true);
    for (let sent = 0; sent < 2; sent++) outbox.next();
    const gap = (at: number, events: number): AgentRecord => {
      const of = { ...noneLost, events };
      return { kind: "gap", reason: "not-sent", lost: events, of, clockMs: at, seq: seq(at) };
    };
    expect(kept([...outbox.last(0, () => undefined)])).toEqual([
      { number: 1, records: [name(10), gap(1, 1)] },
      { number: 2, records: [name(20), gap(2, 1)] },
      { number: 5, records: [name(30), name(40), gap(4, 2)] },
    ]);
  });

  it("holds or counts every event once, whatever was sent, acknowledged and has room (seeds 1 to 200)", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomFrom(seed);
      const below = (most: number): number => Math.floor(random() * most);
      const outbox = new Outbox(4000, random() < 0.5, undefined, () => undefined);
      let [made, acknowledged, sent] = [0, 0, 0];
      const inBatch = new Map<number, number>();
      const some = (): Chunk => chunkOf(...Array.from({ length: 1 + below(5) }, () => event(++made)));
      for (let step = 0; step < 40; step++) {
        if (outbox.hasRoom) outbox.add(some(), true);
        const batch = random() < 0.5 ? outbox.next() : undefined;
        if (batch === undefined) continue;
        sent = batch.number;
        inBatch.set(sent, counted(recordsOf(batch)));
        if (random() < 0.3) {
          acknowledged = below(sent + 1);
          outbox.acknowledge(acknowledged);
        }
      }
      const gone = new Set<number>();
      for (const { number } of outbox.sent) gone.add(number);
      let before = 0;
      for (const [number, events] of inBatch) if (!gone.has(number)) before += events;
      const rest = [some(), some()];
      const left = [...outbox.last(below(3000), () => rest.shift())];
      const numbers = left.map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      expect(before + counted(left.flatMap(recordsOf)), `seed ${seed}`).toBe(made);
    }
  });
});
