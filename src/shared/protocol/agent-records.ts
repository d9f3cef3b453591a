// The records an agent writes into its ring and the engine reads from batches: one contract, both directions.
// Layout: u32 length (header included, multiple of 8), u8 kind, u8 flags, 2 bytes zero, f64 clock (ms since the process's
// timeOrigin), f64 seq; then the payload of the kind. Strings, code locations and metric series are defined once
// by a record of their own and named by id from then on; ids belong to one process and start at 1, 0 is "none".
import { type Attributes, type SpanKind, type SpanStatus, spanKinds, spanStatuses } from "../trace/attributes.js";
import { type Seq, seq } from "../trace/time.js";
import { objectId } from "../trace/value.js";
import type { WriteOperation } from "../trace/write.js";
import { unreachable } from "../base/unreachable.js";
import { ByteReader, type ByteWriter, MalformedBytes } from "./bytes.js";
import {
  readAttributes,
  readContents,
  readList,
  readValue,
  writeAttributes,
  writeContents,
  writeList,
  writeValue,
} from "./captured-value-codec.js";
import { type MessageRecord, readMessage, writeMessage } from "./message-records.js";

export const recordHeaderBytes = 24;
/** Flag of a definition that only the next record uses: it need not be kept when that is given up. */
export const definesForNext = 1;

export interface RecordHeader {
  /** `performance.now()` of the process, milliseconds. */
  readonly clockMs: number;
  readonly seq: Seq;
}

/** `span` is the number a span-start record of this process gave; 0 = outside any span. */
export type AgentRecordBody =
  | { readonly kind: "string"; readonly id: number; readonly text: string }
  | {
      readonly kind: "location";
      readonly id: number;
      readonly file: number;
      readonly line: number;
      readonly column: number;
      /** String id, 0 = not inside a named function. */
      readonly functionName: number;
    }
  | {
      readonly kind: "series";
      readonly id: number;
      readonly name: number;
      /** UCUM unit as OpenTelemetry writes it: "By", "s", "1", "{request}". String id, 0 = none. */
      readonly unit: number;
      readonly attributes: Attributes;
    }
  | { readonly kind: "event"; readonly name: number; readonly span: number; readonly attributes: Attributes }
  | {
      readonly kind: "span-start";
      readonly span: number;
      readonly parent: number;
      readonly spanKind: SpanKind;
      readonly name: number;
      /** 16, 8 and 8 bytes; an all-zero parent is none. The parent may belong to another process. */
      readonly traceId: Uint8Array;
      readonly spanId: Uint8Array;
      readonly parentSpanId: Uint8Array;
      readonly attributes: Attributes;
    }
  /** `name` replaces the span's name when not 0: an HTTP route is known only after routing. */
  | {
      readonly kind: "span-end";
      readonly span: number;
      readonly status: SpanStatus;
      readonly name: number;
      readonly attributes: Attributes;
    }
  | {
      readonly kind: "log";
      /** OpenTelemetry severity number, 1-24. */
      readonly severity: number;
      readonly span: number;
      /** What wrote it: "console", "pino", "process". String id. */
      readonly source: number;
      readonly body: string;
      readonly attributes: Attributes;
    }
  | { readonly kind: "metric"; readonly series: number; readonly value: number }
  | {
      readonly kind: "write";
      readonly span: number;
      readonly location: number;
      /** Clock of the last look at which the change was not yet there; NaN when it was seen as it happened. */
      readonly afterMs: number;
      readonly operation: WriteOperation;
    }
  /** Records that will not come; theirs are the seqs missing before it. `of`: which kinds, as far as not bookkeeping. */
  | { readonly kind: "gap"; readonly reason: GapReason; readonly lost: number; readonly of: LostKinds }
  /**
   * The program stood still from then until this record's clock: it or the machine was suspended. The worker made it: its
   * seq is that of the last record before.
   */
  | { readonly kind: "standstill"; readonly sinceMs: number }
  | MessageRecord;

/**
 * Why: the program was faster than the worker, the oldest records were given up for newer ones, or the value could not be
 * written. "buffer-full" gaps stand where the oldest were given up, "not-sent" ones at the end. The worker made both: they have no seq of their own but
 * the last of those that are missing, and are not among the records that were written.
 */
export const gapReasons = ["ring-full", "buffer-full", "unreadable-value", "not-sent"] as const;
export type GapReason = (typeof gapReasons)[number];
export const workerReasons: readonly GapReason[] = ["buffer-full", "not-sent"];
export const hasOwnSeq = (record: AgentRecordBody): boolean =>
  record.kind !== "standstill" && (record.kind !== "gap" || !workerReasons.includes(record.reason));

/** Kinds of records that somebody may miss; a span's start and end count one each. */
export const lostKinds = ["events", "spans", "logs", "metrics", "writes"] as const;
export type LostKind = (typeof lostKinds)[number];
export type LostKinds = Readonly<Record<LostKind, number>>;
export const noneLost: LostKinds = { events: 0, spans: 0, logs: 0, metrics: 0, writes: 0 };

export type AgentRecord = RecordHeader & AgentRecordBody;

/** Every kind; the index is its code on the wire. */
export const recordKinds = [
  "string",
  "location",
  "series",
  "event",
  "span-start",
  "span-end",
  "log",
  "metric",
  "write",
  "gap",
  "standstill",
  "message",
] as const satisfies readonly AgentRecordBody["kind"][];

const operationKinds: readonly WriteOperation["kind"][] = [
  "set",
  "delete",
  "splice",
  "map-set",
  "map-delete",
  "set-add",
  "set-delete",
  "clear",
  "contents",
  "scope",
];

/** What a record of each kind, by its code, counts as when it is lost; undefined: bookkeeping. */
export const lostKindOfCode: readonly (LostKind | undefined)[] = recordKinds.map((kind) => {
  switch (kind) {
    case "event":
      return "events";
    case "span-start":
    case "span-end":
      return "spans";
    case "log":
      return "logs";
    case "metric":
      return "metrics";
    case "write":
      return "writes";
    case "string":
    case "location":
    case "series":
    case "gap":
    case "standstill":
    case "message":
      return undefined;
    default:
      return unreachable(kind);
  }
});

export const kindCode = (kind: AgentRecordBody["kind"]): number => recordKinds.indexOf(kind);

/** Starts a record at the writer's position; finish it with `endRecord`. Returns where it starts. */
export function beginRecord(out: ByteWriter, kind: number, clockMs: number, sequence: number, flags = 0): number {
  const start = out.at;
  out.need(64);
  out.view.setUint32(start + 4, kind | (flags << 8), true);
  out.view.setFloat64(start + 8, clockMs, true);
  out.view.setFloat64(start + 16, sequence, true);
  out.at = start + recordHeaderBytes;
  return start;
}

/** Pads to 8 bytes and fills in the length. */
export function endRecord(out: ByteWriter, start: number): void {
  while ((out.at - start) & 7) out.u8(0);
  out.view.setUint32(start, out.at - start, true);
}

export function writeRecord(out: ByteWriter, record: AgentRecord): void {
  const start = beginRecord(out, kindCode(record.kind), record.clockMs, record.seq);
  writeBody(out, record);
  endRecord(out, start);
}

export function writeBody(out: ByteWriter, record: AgentRecordBody): void {
  switch (record.kind) {
    case "string":
      out.u32(record.id);
      return out.text(record.text);
    case "location":
      out.u32(record.id);
      out.u32(record.file);
      out.u32(record.line);
      out.u32(record.column);
      return out.u32(record.functionName);
    case "series":
      out.u32(record.id);
      out.u32(record.name);
      out.u32(record.unit);
      return writeAttributes(out, record.attributes);
    case "event":
      out.u32(record.name);
      out.u32(record.span);
      return writeAttributes(out, record.attributes);
    case "span-start":
      out.u32(record.span);
      out.u32(record.parent);
      out.u32(record.name);
      out.raw(record.traceId);
      out.raw(record.spanId);
      out.raw(record.parentSpanId);
      out.u8(spanKinds.indexOf(record.spanKind));
      return writeAttributes(out, record.attributes);
    case "span-end":
      out.u32(record.span);
      out.u32(record.name);
      out.u8(spanStatuses.indexOf(record.status));
      return writeAttributes(out, record.attributes);
    case "log":
      out.u32(record.span);
      out.u32(record.source);
      out.u8(record.severity);
      out.text(record.body);
      return writeAttributes(out, record.attributes);
    case "metric":
      out.u32(record.series);
      return out.f64(record.value);
    case "write":
      out.u32(record.span);
      out.u32(record.location);
      out.f64(record.afterMs);
      return writeOperation(out, record.operation);
    case "gap":
      out.u8(gapReasons.indexOf(record.reason));
      out.f64(record.lost);
      for (const kind of lostKinds) out.f64(record.of[kind]);
      return;
    case "standstill":
      return out.f64(record.sinceMs);
    case "message":
      return writeMessage(out, record);
    default:
      return unreachable(record);
  }
}

export function writeOperation(out: ByteWriter, operation: WriteOperation): void {
  out.u8(operationKinds.indexOf(operation.kind));
  if (operation.kind !== "scope") out.u32(operation.target);
  switch (operation.kind) {
    case "set":
      out.text(operation.key);
      return writeValue(out, operation.value);
    case "delete":
      return out.text(operation.key);
    case "splice":
      out.u32(operation.start);
      out.u32(operation.deleteCount);
      return writeList(out, operation.elements);
    case "map-set":
      writeValue(out, operation.key);
      return writeValue(out, operation.value);
    case "map-delete":
      return writeValue(out, operation.key);
    case "set-add":
    case "set-delete":
      return writeValue(out, operation.member);
    case "clear":
      return;
    case "contents":
      return writeContents(out, operation.contents);
    case "scope":
      out.text(operation.scope);
      return writeValue(out, operation.value);
    default:
      return unreachable(operation);
  }
}

/** Every record of a batch, in order. Throws `MalformedBytes` at the first byte that does not fit. */
export function readRecords(batch: Uint8Array): AgentRecord[] {
  const records: AgentRecord[] = [];
  const lengths = new ByteReader(batch);
  let at = 0;
  while (at < batch.length) {
    lengths.at = at;
    const length = lengths.u32();
    if (length < recordHeaderBytes || length % 8 !== 0 || at + length > batch.length)
      throw new MalformedBytes(`record length ${length} at ${at}`);
    records.push(readRecord(new ByteReader(batch, at + 4, at + length)));
    at += length;
  }
  return records;
}

/** One record, without its length. */
export function readRecord(from: ByteReader): AgentRecord {
  const kind = recordKinds[from.u8()];
  if (from.u8() > definesForNext || from.u16() !== 0) throw new MalformedBytes("bad record flags");
  const clockMs = from.f64();
  const sequence = from.f64();
  if (!Number.isSafeInteger(sequence) || !Number.isFinite(clockMs)) throw new MalformedBytes("bad record header");
  return { clockMs, seq: seq(sequence), ...readBody(kind, from) };
}

function readBody(kind: AgentRecordBody["kind"] | undefined, from: ByteReader): AgentRecordBody {
  switch (kind) {
    case "string": {
      const id = from.u32();
      return { kind, id, text: from.text() };
    }
    case "location": {
      const [id, file, line, column] = [from.u32(), from.u32(), from.u32(), from.u32()];
      return { kind, id, file, line, column, functionName: from.u32() };
    }
    case "series": {
      const [id, name, unit] = [from.u32(), from.u32(), from.u32()];
      return { kind, id, name, unit, attributes: readAttributes(from) };
    }
    case "event": {
      const [name, span] = [from.u32(), from.u32()];
      return { kind, name, span, attributes: readAttributes(from) };
    }
    case "span-start": {
      const [span, parent, name] = [from.u32(), from.u32(), from.u32()];
      const [traceId, spanId, parentSpanId] = [from.raw(16), from.raw(8), from.raw(8)];
      const spanKind = known(spanKinds[from.u8()], "span kind");
      return { kind, span, parent, name, traceId, spanId, parentSpanId, spanKind, attributes: readAttributes(from) };
    }
    case "span-end": {
      const [span, name] = [from.u32(), from.u32()];
      const status = known(spanStatuses[from.u8()], "span status");
      return { kind, span, name, status, attributes: readAttributes(from) };
    }
    case "log": {
      const [span, source, severity] = [from.u32(), from.u32(), from.u8()];
      const body = from.text();
      return { kind, span, source, severity, body, attributes: readAttributes(from) };
    }
    case "metric": {
      const series = from.u32();
      return { kind, series, value: from.f64() };
    }
    case "write": {
      const [span, location, afterMs] = [from.u32(), from.u32(), from.f64()];
      return { kind, span, location, afterMs, operation: readOperation(from) };
    }
    case "gap": {
      const reason = known(gapReasons[from.u8()], "gap reason");
      const lost = from.f64();
      return { kind, reason, lost, of: readLostKinds(from) };
    }
    case "standstill":
      return { kind, sinceMs: from.f64() };
    case "message":
      return readMessage(from);
    case undefined:
      throw new MalformedBytes("unknown record kind");
    default:
      return unreachable(kind);
  }
}

function readLostKinds(from: ByteReader): LostKinds {
  const [events, spans, logs, metrics, writes] = [from.f64(), from.f64(), from.f64(), from.f64(), from.f64()];
  return { events, spans, logs, metrics, writes };
}

function readOperation(from: ByteReader): WriteOperation {
  const kind = operationKinds[from.u8()];
  if (kind === "scope") {
    const scope = from.text();
    return { kind, scope, value: readValue(from) };
  }
  const target = objectId(from.u32());
  switch (kind) {
    case "set": {
      const key = from.text();
      return { kind, target, key, value: readValue(from) };
    }
    case "delete":
      return { kind, target, key: from.text() };
    case "splice": {
      const [start, deleteCount] = [from.u32(), from.u32()];
      return { kind, target, start, deleteCount, elements: readList(from) };
    }
    case "map-set": {
      const key = readValue(from);
      return { kind, target, key, value: readValue(from) };
    }
    case "map-delete":
      return { kind, target, key: readValue(from) };
    case "set-add":
    case "set-delete":
      return { kind, target, member: readValue(from) };
    case "clear":
      return { kind, target };
    case "contents":
      return { kind, target, contents: readContents(from) };
    case undefined:
      throw new MalformedBytes("unknown write operation");
    default:
      return unreachable(kind);
  }
}

function known<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new MalformedBytes(`unknown ${what}`);
  return value;
}
