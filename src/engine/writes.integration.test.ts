// Writes as an agent sends them, through the file, as reconstruction reads them: every operation, place, span, certainty.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import { batchHeaderBytes } from "../shared/protocol/agent-wire.js";
import { instant, instantFromClock, processId, seq } from "../shared/trace/time.js";
import { type CapturedValue, objectId } from "../shared/trace/value.js";
import type { RecordedWrite, WriteOperation } from "../shared/trace/write.js";
import { LiveRecording } from "./live-recording.js";
import { RecordMaker, batchBody, helloOf } from "./socket-agent.test-support.js";
import { type OpenFile, createFile, openForReading } from "./store/open-file.js";
import { Readers } from "./store/readers.js";
import { StoredWrites } from "./store/writes.js";

const hello = helloOf();
const [root, child] = [objectId(1), objectId(2)];
const primitive = (value: string | number | bigint | undefined): CapturedValue => ({ kind: "primitive", value });

const operations: readonly WriteOperation[] = [
  {
    kind: "contents",
    target: root,
    contents: { kind: "map", className: "Map", pairs: [[primitive("a"), { kind: "object", id: child }]] },
  },
  {
    kind: "contents",
    target: child,
    contents: { kind: "array", className: "Array", elements: [{ kind: "hole" }], entries: [] },
  },
  { kind: "scope", scope: "accounts", value: { kind: "object", id: root } },
  { kind: "set", target: child, key: "\ud800", value: primitive(-0) },
  { kind: "delete", target: child, key: "x" },
  { kind: "splice", target: child, start: 0, deleteCount: 1, elements: [primitive(1n), primitive(undefined)] },
  { kind: "map-set", target: root, key: primitive(NaN), value: primitive("é") },
  { kind: "map-delete", target: root, key: { kind: "object", id: child } },
  { kind: "set-add", target: root, member: primitive("m") },
  { kind: "set-delete", target: root, member: { kind: "symbol", description: "s" } },
  { kind: "clear", target: root },
  { kind: "scope", scope: "accounts", value: primitive("replaced") },
];

describe("stored writes", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("come back as they were made, from the live recording and from the file", async () => {
    const path = join(folder, "a.hindcast");
    const file = opened(await createFile(path, { created: 1n, appVersion: "1" }));
    const failures: unknown[] = [];
    const live = await LiveRecording.open(file, path, 1n, {
      onCommit: () => undefined,
      onFailure: (error) => void failures.push(error),
    });
    const ingest = live.greet(hello, {});
    const { records, expected } = story();
    // A commit between any two of them: definitions of an earlier batch hold for later ones.
    for (const [at, record] of records.entries()) {
      const bytes = batchBody(at + 1, [record]).subarray(batchHeaderBytes);
      await live.received(ingest, { kind: "batch", batch: at + 1, lastSeq: record.seq, records: bytes });
    }

    const readers = await Readers.open(file.instance);
    expect(await new StoredWrites(readers.query).read(processId(1), seq(0), { seq: seq(1e6) })).toStrictEqual(expected);
    await readers.dispose();
    await live.finish();
    await file.dispose();
    expect(failures).toEqual([]);

    const saved = opened(await openForReading(path));
    const later = await Readers.open(saved.instance);
    const writes = new StoredWrites(later.query);
    expect(await writes.read(processId(1), seq(0), { instant: instant(2n ** 62n) })).toStrictEqual(expected);
    const [, second, third, fourth] = expected;
    expect(await writes.read(processId(1), second?.seq ?? seq(0), { seq: fourth?.seq ?? seq(0) })).toStrictEqual([
      third,
      fourth,
    ]);
    expect(await writes.read(processId(1), seq(0), { instant: third?.instant ?? instant(0n) })).toStrictEqual(
      expected.slice(0, 3),
    );
    expect(await writes.read(processId(2), seq(0), { seq: seq(1e6) })).toEqual([]);
    await later.dispose();
    await saved.dispose();
  });
});

/** Every operation in turn: exact with a place inside a span, then only known to lie between two looks. */
function story(): { readonly records: AgentRecord[]; readonly expected: RecordedWrite[] } {
  const maker = new RecordMaker();
  const records = [
    maker.make({ kind: "string", id: 1, text: "file:///srv/app.js" }),
    maker.make({ kind: "string", id: 2, text: "transfer" }),
    maker.make({ kind: "location", id: 1, file: 1, line: 12, column: 3, functionName: 2 }),
    maker.make({
      kind: "span-start",
      span: 1,
      parent: 0,
      name: 2,
      spanKind: "server",
      traceId: new Uint8Array(16).fill(0xab),
      spanId: new Uint8Array(8).fill(0xcd),
      parentSpanId: new Uint8Array(8),
      attributes: {},
    }),
  ];
  const expected: RecordedWrite[] = [];
  for (const [at, operation] of operations.entries()) {
    const isExact = at % 2 === 0;
    const record = maker.make({
      kind: "write",
      span: isExact ? 1 : 0,
      location: isExact ? 1 : 0,
      afterMs: isExact ? NaN : 0.5,
      operation,
    });
    records.push(record);
    expected.push({
      process: processId(1),
      seq: record.seq,
      instant: instantFromClock(hello.timeOriginMs, record.clockMs),
      certainty: isExact ? { kind: "exact" } : { kind: "between", after: instantFromClock(hello.timeOriginMs, 0.5) },
      operation,
      location: isExact ? { file: "file:///srv/app.js", line: 12, column: 3, functionName: "transfer" } : undefined,
      span: isExact ? { spanId: "cd".repeat(8), traceId: "ab".repeat(16), name: "transfer" } : undefined,
    });
  }
  return { records, expected };
}

function opened(result: Awaited<ReturnType<typeof createFile>>): OpenFile {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
