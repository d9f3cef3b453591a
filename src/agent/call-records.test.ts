import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import { readRecords } from "../shared/protocol/agent-record-codec.js";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import { createRedaction } from "../redact/redactor.js";
import { argumentsFrom, resultFrom } from "./call-previews.js";
import { CallTrace, noWords } from "./call-ids.js";
import { CallRecords } from "./call-records.js";
import { Intake } from "./intake.js";
import { RecordWriter } from "./record-writer.js";
import { RingMemory, RingWriter } from "./ring.js";
import { settlesMs } from "./ring-reader.js";

const redaction = createRedaction(undefined, "token");
const names = ["a", "id", "name", "value", "password", "token", "", "名", "key", "items", "apiKey"];

class Account {
  owner = "Ann";
  list = [1];
  get balance(): number {
    throw new Error("a getter was run");
  }
}
const withGetter = Object.defineProperty({ plain: 1 }, "costly", {
  get: () => expect.fail("a getter was run"),
  enumerable: true,
});

const values: readonly unknown[] = [
  0,
  -0,
  7,
  -1.5,
  NaN,
  4_111_111_111_111_111,
  2 ** 31,
  true,
  false,
  null,
  undefined,
  10n,
  Symbol("s"),
  () => 1,
  "",
  "hello",
  "é",
  "x".repeat(60),
  "y".repeat(470),
  "z ".repeat(600),
  `ghp_${"a1".repeat(18)}`,
  "password",
  "--password",
  "Authorization",
  {},
  { id: 1, name: "Ann", open: true, none: null },
  { nested: { deep: 1 } },
  { password: "hunter2" },
  { name: "password", value: "hunter2" },
  { skipped: undefined, f: () => 1 },
  Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`k${at}`, at])),
  [],
  [1, 2, 3],
  ["--password", "hunter2", "x"],
  ["Authorization", "Basic eHg6eHg="],
  [1, [2]],
  [, 1],
  Array.from({ length: 20 }, (_, at) => at),
  new Date(0),
  new Map([["k", { v: 1 }]]),
  new Set([1]),
  new Error("failed"),
  new Account(),
  withGetter,
  new Proxy({}, { ownKeys: () => expect.fail("a trap was run") }),
  new Uint8Array(4),
  Object.create(null),
  vm.runInNewContext("({ other: 'realm' })"),
  Object.setPrototypeOf([1], null),
];

function newRing(bytes = 2 ** 16) {
  const memory = RingMemory.allocate(bytes);
  const intake = new Intake(memory);
  const writer = new RecordWriter(
    new RingWriter(memory),
    () => 0,
    (error) => expect.fail(String(error)),
  );
  const calls = new CallRecords(memory, writer, (work) => work());
  calls.redactWith(redaction);
  const taken = (): AgentRecord[] => readRecords(intake.take(memory.size)?.records ?? new Uint8Array(0));
  const ended = (number: number): Parameters<CallRecords["end"]>[1] => ({ number, trace: new CallTrace(1, 2, 3, 4) });
  const start = (number: number, called: ReturnType<CallRecords["functionAt"]>, given: readonly unknown[]): boolean => {
    const [a, b, c, d] = given;
    return calls.start(number, ended(number), 0, noWords, called, a, b, c, d, given.length > 4 ? given : undefined);
  };
  return { memory, writer, intake, calls, taken, start, ended };
}

/** As a recording has them. */
const jsonOf = (attributes: Parameters<typeof redaction.attributes>[0]): string =>
  JSON.stringify(redaction.attributes(attributes));

describe("CallRecords", () => {
  for (const seed of [1, 2, 3])
    it(`say of calls what the plain way says (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const below = (count: number): number => Math.floor(random() * count);
      const { writer, calls, taken, start, ended } = newRing(2 ** 18);
      const [expected, found]: [string[], string[]] = [[], []];
      const open: { readonly number: number; readonly result: unknown }[] = [];
      let alone = 0;
      let refused = 0;
      const end = (): void => {
        const { number, result } = open.pop() ?? expect.fail("none is open");
        if (calls.end(number + 0.5, ended(number), result))
          expected.push(`end ${number} ${jsonOf(resultFrom(result))}`);
        else refused++;
      };
      for (let number = 1; number <= 1500; number++) {
        const parameters = Array.from({ length: below(7) }, () => names[below(names.length)] ?? "");
        const given = Array.from({ length: below(7) }, () => values[below(values.length)]);
        const told = Array.from({ length: Math.max(4, parameters.length) }, (_, at) => given[at]);
        if (!start(number, calls.functionAt(9, parameters.join(",")), told)) {
          // It does not fit in what is left before the end of the ring's memory: others do.
          writer.record({ kind: "log", severity: 9, span: 0, source: 0, body: "x".repeat(4096), attributes: {} });
          refused++;
          continue;
        }
        const hasAny = parameters.join(",") !== "";
        expected.push(`start ${number} ${hasAny ? jsonOf(argumentsFrom(parameters, told)) : "none"}`);
        open.push({ number, result: values[below(values.length)] });
        if (below(2) === 0) end();
        while (open.length > 0 && below(3) === 0) end();
        if (below(20) === 0) writer.record({ kind: "metric", series: 1, value: 1 });
        if (below(10) > 0) continue;
        writer.tell();
        for (const record of taken()) {
          if (record.kind === "call-start" || record.kind === "call")
            found.push(
              `start ${record.span} ${record.arguments === undefined ? "none" : JSON.stringify(record.arguments)}`,
            );
          if (record.kind === "call") {
            alone++;
            expect([record.clockMs, record.endMs]).toEqual([record.span, record.span + 0.5]);
            found.push(`end ${record.span} ${JSON.stringify(record.result)}`);
          }
          if (record.kind === "span-end") found.push(`end ${record.span} ${JSON.stringify(record.attributes)}`);
        }
      }
      expect(found).toEqual(expected.slice(0, found.length));
      expect(found.length).toBeGreaterThan(2500);
      expect(alone).toBeGreaterThan(300);
      expect(refused).toBeLessThan(150);
      expect(writer.dropped).toBe(0);
    });

  it("have ids that no two calls share", () => {
    const { ids } = newRing().calls;
    const numbers = Array.from({ length: 20_000 }, (_, at) => at * 214_013 + 1);
    const idOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    expect(new Set(numbers.map((number) => idOf(ids.spanId(number)))).size).toBe(numbers.length);
    expect(new Set(numbers.map((number) => idOf(ids.newTrace(number).bytes))).size).toBe(numbers.length);
    expect(newRing().calls.ids.spanId(1)).not.toEqual(ids.spanId(1));
  });

  it("are refused where the ring has no room, and nothing is written", () => {
    const { calls, writer, start, taken } = newRing(2 ** 14);
    const called = calls.functionAt(9, "a");
    let room = 0;
    while (start(room + 1, called, [1])) room++;
    writer.tell();
    expect(taken()).toHaveLength(room);
    expect(room).toBeGreaterThan(50);
    expect(writer.dropped).toBe(0);
  });
});

describe("records that the worker was not told of", () => {
  const one = () => {
    const ring = newRing();
    const called = ring.calls.functionAt(9, "a");
    // The first is told of at once, as it was long since the last time.
    ring.start(10, called, [1]);
    ring.calls.end(10, ring.ended(10), 2);
    ring.writer.tell();
    ring.taken();
    return { ...ring, called };
  };

  it("are taken once they have stood still", () => {
    const { start, calls, ended, called, taken, intake } = one();
    start(11, called, [1]);
    calls.end(11, ended(11), 2);
    intake.settle(0);
    intake.settle(settlesMs - 1);
    expect(taken()).toEqual([]);
    intake.settle(settlesMs);
    expect(taken()).toMatchObject([{ kind: "call", span: 11 }]);
    intake.settle(2 * settlesMs);
    expect([taken(), intake.takeOpen(), intake.usedBytes]).toEqual([[], undefined, 0]);
  });

  it("are told of while they go on, once and without being taken, and are added to afterwards", () => {
    const { start, calls, ended, called, taken, intake, writer } = one();
    start(11, called, [1]);
    start(12, called, ["inner"]);
    intake.settle(0);
    intake.settle(settlesMs);
    expect(taken()).toMatchObject([{ kind: "call-start", span: 11 }]);
    expect(intake.takeOpen()).toBeUndefined();
    intake.settle(2 * settlesMs);
    const ahead = readRecords(intake.takeOpen()?.records ?? new Uint8Array(0));
    expect(ahead).toMatchObject([{ kind: "call-open", span: 12, arguments: { a: "inner" } }]);
    intake.settle(3 * settlesMs);
    expect(intake.takeOpen()).toBeUndefined();
    calls.end(12, ended(12), "result");
    calls.end(11, ended(11), undefined);
    writer.tell();
    expect(taken()).toMatchObject([
      { kind: "call", span: 12, seq: ahead[0]?.seq },
      { kind: "span-end", span: 11 },
    ]);
  });

  it("are not told of ahead when something was written since they were looked at", () => {
    const { start, calls, ended, called, taken, intake } = one();
    start(11, called, [1]);
    intake.settle(0);
    intake.settle(settlesMs);
    expect([taken(), intake.takeOpen()]).toEqual([[], undefined]);
    calls.end(11, ended(11), 2);
    expect(intake.takeOpen()).toBeUndefined();
    intake.settle(2 * settlesMs);
    expect(taken()).toEqual([]);
    intake.settle(3 * settlesMs);
    expect(taken()).toMatchObject([{ kind: "call", span: 11 }]);
  });

  it("count where their thread is gone", () => {
    const { start, called, taken, intake } = one();
    start(11, called, [1]);
    intake.settleAll();
    expect(taken()).toMatchObject([{ kind: "call-start", span: 11 }]);
  });
});
