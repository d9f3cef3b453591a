import { describe, expect, it } from "vitest";
import { type AgentRecord, noneLost, readRecords, writeRecord } from "../shared/protocol/agent-records.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import { seq } from "../shared/trace/time.js";
import type { Chunk } from "./intake.js";
import { joined } from "./joined.js";
import { Outbox } from "./outbox.js";

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
