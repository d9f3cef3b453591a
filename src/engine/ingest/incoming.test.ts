import { describe, expect, it } from "vitest";
import { type AgentRecord, kindCode, recordKinds } from "../../shared/protocol/agent-records.js";
import { beginRecord, endRecord, readRecords } from "../../shared/protocol/agent-record-codec.js";
import { ByteWriter, MalformedBytes } from "../../shared/protocol/bytes.js";
import { RandomRecords, bytesOf } from "../../shared/protocol/random-records.test-support.js";
import { writeAttribute } from "../../shared/protocol/captured-value-codec.js";
import { type AttributeValue, spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import { attributesToJson } from "./attributes-json.js";
import { Incoming } from "./incoming.js";
import { checkRecord } from "./plausible.js";

/** A record as it is compared: attributes are JSON, and a lone surrogate in a text that databases keep is U+FFFD. */
type Seen = AgentRecord | Readonly<Record<string, unknown>>;

/** The plain way: every record an object. */
function plainly(batch: Uint8Array): readonly Seen[] {
  const records = readRecords(batch);
  for (const record of records) checkRecord(record);
  return records.map((record): Seen => {
    if (record.kind === "event" || record.kind === "span-start" || record.kind === "span-end")
      return { ...record, attributes: attributesToJson(record.attributes) };
    if (record.kind === "call-start" || record.kind === "call-open" || record.kind === "call") {
      const given = record.arguments && attributesToJson(record.arguments);
      const ended = record.kind === "call" ? { result: attributesToJson(record.result) } : {};
      return { ...record, arguments: given, ...ended };
    }
    if (record.kind === "log")
      return { ...record, body: Buffer.from(record.body).toString(), attributes: attributesToJson(record.attributes) };
    return record;
  });
}

function seenIn(incoming: Incoming): readonly Seen[] {
  return Array.from({ length: incoming.count }, (_, index): Seen => {
    const other = incoming.other(index);
    if (other !== undefined) return other;
    const head = { clockMs: incoming.clockMs[index], seq: incoming.seq[index] };
    const refers = incoming.refers[index];
    const [value, span, bodyEnd, end] = [
      incoming.value[index],
      incoming.span[index],
      incoming.bodyEnds[index] ?? 0,
      incoming.ends[index],
    ];
    const { bytes } = incoming.text;
    const start = incoming.startOf(index);
    const raw = (at: number, length: number): Uint8Array => Uint8Array.from(bytes.subarray(at, at + length));
    if (incoming.isEvent(index))
      return { kind: "event", ...head, name: refers, span, attributes: bytes.toString("utf8", start, end) };
    if (incoming.isSpanEnd(index)) {
      const status = spanStatuses[incoming.code[index] ?? 9];
      return { kind: "span-end", ...head, span, name: refers, status, attributes: bytes.toString("utf8", start, end) };
    }
    if (incoming.isSpanStart(index)) {
      const ids = { traceId: raw(start, 16), spanId: raw(start + 16, 8), parentSpanId: raw(start + 24, 8) };
      const facts = { span, parent: value, name: refers, spanKind: spanKinds[incoming.code[index] ?? 9] };
      return { kind: "span-start", ...head, ...facts, ...ids, attributes: bytes.toString("utf8", bodyEnd, end) };
    }
    if (incoming.isCall(index)) {
      const ids = { traceId: raw(start, 16), spanId: raw(start + 16, 8), parentSpanId: raw(start + 24, 8) };
      const givenEnd = incoming.givenEnds[index] ?? 0;
      const given = incoming.code[index] === 1 ? bytes.toString("utf8", bodyEnd, givenEnd) : undefined;
      const facts = { ...head, span, parent: value, location: refers, ...ids, arguments: given };
      if (!incoming.hasEnd(index)) return { kind: incoming.isAhead(index) ? "call-open" : "call-start", ...facts };
      return { kind: "call", ...facts, endMs: incoming.endMs[index], result: bytes.toString("utf8", givenEnd, end) };
    }
    if (!incoming.isLog(index)) return { kind: "metric", ...head, series: refers, value };
    const body = bytes.toString("utf8", start, bodyEnd);
    const attributes = bytes.toString("utf8", bodyEnd, end);
    return { kind: "log", ...head, severity: incoming.code[index], span, source: refers, body, attributes };
  });
}

/** What comes of it, or that it was refused. */
function outcomeOf(read: () => readonly Seen[]): readonly Seen[] | "refused" {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedBytes);
    return "refused";
  }
}

/** An event whose attributes come in this order, whatever an object would make of it. */
function eventOf(entries: readonly (readonly [key: string, value: AttributeValue])[]): Uint8Array {
  const out = new ByteWriter();
  const start = beginRecord(out, kindCode("event"), 1, 1);
  for (const number of [1, 2, entries.length]) out.u32(number);
  for (const [key, value] of entries) {
    out.text(key);
    writeAttribute(out, value);
  }
  endRecord(out, start);
  return out.bytes.slice(0, out.at);
}

describe("Incoming", () => {
  const incoming = new Incoming();
  const quickly = (batch: Uint8Array) => (): readonly Seen[] => {
    incoming.read(batch);
    return seenIn(incoming);
  };

  for (const seed of [1, 2, 3, 4])
    it(`reads what reading record by record does (seed ${seed})`, () => {
      const random = new RandomRecords(seed);
      for (let round = 0; round < 150; round++) {
        const kinds = [...recordKinds, "event", "event", "log", "log", "metric"] as const;
        const batch = bytesOf(random.list(() => random.record(random.one(kinds)), 30));
        expect(outcomeOf(quickly(batch))).toEqual(outcomeOf(() => plainly(batch)));
      }
    });

  for (const seed of [5, 6, 7, 8])
    it(`reads or refuses damaged bytes as reading record by record does (seed ${seed})`, () => {
      const random = new RandomRecords(seed);
      for (let round = 0; round < 1000; round++) {
        const batch = bytesOf(
          random.list(
            () =>
              random.record(
                random.one(["event", "log", "metric", "string", "span-start", "span-end", "call", "call-start"]),
              ),
            3,
          ),
        );
        for (let hits = random.below(4) + 1; hits > 0 && batch.length > 0; hits--)
          batch[random.below(batch.length)] = random.one([random.below(256), 0, 1, 4, 0x30, 0x80, 0xc3, 0xed, 0xf4]);
        expect(outcomeOf(quickly(batch))).toEqual(outcomeOf(() => plainly(batch)));
      }
    });

  it("holds as many records as come", () => {
    const random = new RandomRecords(9);
    const batch = bytesOf(Array.from({ length: 10_000 }, () => random.record("event")));
    expect(quickly(batch)()).toEqual(plainly(batch));
  });

  it.each([
    [{ a: 1, b: -2147483648, c: 1e21, d: -0, e: Number.NaN, f: 0.1 }],
    [{ quoted: '"\\"', line: "\n", tab: "\t\u0001", word: "plain" }],
    [{ 2: "b", 1: "a", x: 0 }],
    [{ "": "empty", "1x": 1, ü: "ß", "\ud800": "\udc00" }],
    [{ list: [1, "a"], nested: { deep: { x: [] } } }],
    [Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`key${n}`, n]))],
    [
      Object.fromEntries(
        ['"', "\\", "\n", "\u007f", "é", "\ud800", ""].map((one, n) => [`k${n}`, `${"long ".repeat(20)}${one}.`]),
      ),
    ],
  ])("writes attributes as JSON does: %j", (attributes) => {
    const random = new RandomRecords(1);
    const record = { ...random.record("event"), kind: "event", name: 1, span: 2, attributes } as const;
    expect(quickly(bytesOf([record]))()).toEqual(plainly(bytesOf([record])));
  });

  it("writes numbers as JavaScript prints them, of whatever size and with however many decimals", () => {
    const random = new RandomRecords(11);
    for (let round = 0; round < 500; round++) {
      const numbers = random.list(() => {
        const digits = random.below(2 ** 31) * random.one([1, -1, 2 ** 20, 2 ** 22, -(2 ** 40)]);
        const near = digits / random.one([1, 2, 10, 100, 1000, 10_000, 3]);
        return near + random.one([0, 0, near * Number.EPSILON]);
      }, 20);
      const batch = eventOf(numbers.map((number, at) => [`n${at}`, number]));
      expect(quickly(batch)()).toEqual(plainly(batch));
    }
  });

  it("writes keys that are numbers and keys that come twice as an object has them", () => {
    const random = new RandomRecords(10);
    const keys = ["a", "b", "ab", "10", "2", "1", "02", "__proto__"] as const;
    for (let round = 0; round < 500; round++) {
      const batch = eventOf(random.list(() => [random.one(keys), random.number()], 6));
      expect(quickly(batch)()).toEqual(plainly(batch));
    }
  });

  it("does not read on in the next record where one is too short", () => {
    const next = eventOf([["next", "x".repeat(60)]]);
    for (const value of [null, true, 5, 0.5, "a text of some length"]) {
      const whole = eventOf([
        ["some key", value],
        ["other", value],
      ]);
      for (let length = whole.length - 8; length >= 24; length -= 8) {
        const batch = Buffer.concat([whole.subarray(0, length), next]);
        batch.writeUInt32LE(length);
        expect(outcomeOf(quickly(batch)), `${length} bytes`).toEqual(outcomeOf(() => plainly(batch)));
      }
    }
  });
});
