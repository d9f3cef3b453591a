import { describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { readRecords } from "../shared/protocol/agent-record-codec.js";
import type { AgentRecordBody } from "../shared/protocol/agent-records.js";
import { type AttributeValue, spanKinds, spanStatuses } from "../shared/trace/attributes.js";
import { InPlace } from "./in-place.js";
import { Intake } from "./intake.js";
import { RecordWriter } from "./record-writer.js";
import { createRedaction } from "../redact/redactor.js";
import { RingMemory, RingWriter } from "./ring.js";

const redaction = createRedaction(undefined, "token");

function newRing() {
  const memory = RingMemory.allocate(4096);
  const intake = new Intake(memory);
  const faults: unknown[] = [];
  const writer = new RecordWriter(
    new RingWriter(memory),
    () => 0,
    (error) => faults.push(error),
  );
  writer.redactWith(redaction);
  const inPlace = new InPlace(memory, writer);
  inPlace.redactWith(redaction);
  return { writer, inPlace, faults, taken: () => intake.take(memory.size)?.records ?? new Uint8Array(0) };
}

const names = ["http.route", "url.path", "password", "server.port", "名"];
const values: readonly AttributeValue[] = [
  0,
  -1.5,
  true,
  "",
  "/items/7",
  "x".repeat(100),
  "y".repeat(1100),
  "é",
  null,
  ["a"],
  { b: 1 },
  `ghp_${"a1".repeat(18)}`,
  4_111_111_111_111_111,
];

describe("InPlace", () => {
  for (const seed of [1, 2, 3])
    it(`writes what the general way would, or nothing at all (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const below = (count: number): number => Math.floor(random() * count);
      const idOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));
      const [direct, general] = [newRing(), newRing()];
      let written = 0;
      for (let n = 0; n < 1000; n++) {
        const picked = Array.from({ length: below(5) }, () => [names[below(5)] ?? "", values[below(13)] ?? 0] as const);
        const attributes = Object.fromEntries(picked);
        const [span, name, clockMs] = [below(1e6), below(1e6), random() * 1e6];
        const status = spanStatuses[below(spanStatuses.length)] ?? "unset";
        const start = {
          kind: "span-start",
          span,
          parent: below(9),
          name,
          spanKind: spanKinds[below(spanKinds.length)] ?? "internal",
          traceId: idOf(16),
          spanId: idOf(8),
          parentSpanId: idOf(8),
          attributes,
        } as const;
        const end = { kind: "span-end", span, name, status, attributes } as const;
        const event = { kind: "event", span, name, attributes } as const;
        const body: AgentRecordBody = [start, end, event][below(3)] ?? event;
        const isWritten =
          body === start
            ? direct.inPlace.spanStart(clockMs, start)
            : body === end
              ? direct.inPlace.spanEnd(clockMs, end)
              : direct.inPlace.event(clockMs, name, span, attributes);
        const bytes = direct.taken();
        if (!isWritten) {
          expect(bytes).toHaveLength(0);
          // So that both are at the same place with the same number next.
          direct.writer.record(body, clockMs);
          direct.taken();
        } else written++;
        general.writer.record(body, clockMs);
        const expected = general.taken();
        if (isWritten) expect(bytes).toEqual(expected);
        if (isWritten && n % 100 === 0) expect(readRecords(bytes)).toMatchObject([{ ...body, clockMs }]);
      }
      expect(written).toBeGreaterThan(200);
      expect([...direct.faults, ...general.faults]).toEqual([]);
    });

  it("writes nothing of what has no name yet, or no room", () => {
    const { inPlace, writer, taken } = newRing();
    expect(inPlace.event(1, 0, 0, undefined)).toBe(false);
    let room = 0;
    while (inPlace.event(1, 1, 0, undefined)) room++;
    expect(room).toBeGreaterThan(50);
    expect(writer.dropped).toBe(0);
    expect(readRecords(taken())).toHaveLength(room);
  });
});
