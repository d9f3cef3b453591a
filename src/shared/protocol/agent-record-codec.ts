// The records of agent-records.ts as bytes, both directions.
// Layout: u32 length (header included, multiple of 8), u8 kind, u8 flags, 2 bytes zero, f64 clock (ms since the process's
// timeOrigin), f64 seq; then the payload of the kind.
import { unreachable } from "../base/unreachable.js";
import { spanKinds, spanStatuses } from "../trace/attributes.js";
import { seq } from "../trace/time.js";
import {
  type AgentRecord,
  type AgentRecordBody,
  type CallFacts,
  type LostKinds,
  gapReasons,
  kindCode,
  lostKinds,
  recordKinds,
} from "./agent-records.js";
import { ByteReader, type ByteWriter, MalformedBytes } from "./bytes.js";
import { readAttributes, writeAttributes } from "./captured-value-codec.js";
import { readMessage, writeMessage } from "./message-records.js";
import { readOperation, writeOperation } from "./operation-codec.js";

export const recordHeaderBytes = 24;
/** Flag of a definition that only the next record uses: it need not be kept when that is given up. */
export const definesForNext = 1;

/** In the order in which they are written. */
const sourceTexts = ["file", "loaded", "hash", "text", "functions", "notInstrumented", "leftOut"] as const;

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
    case "call-start":
    case "call-open":
      return writeCall(out, record);
    case "call":
      writeCall(out, record);
      out.f64(record.endMs);
      return writeAttributes(out, record.result);
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
    case "filtered":
      out.u32(record.stage);
      out.f64(record.sinceMs);
      for (const kind of lostKinds) out.f64(record.of[kind]);
      return;
    case "source":
      for (const text of sourceTexts) out.text(record[text]);
      return;
    default:
      return unreachable(record);
  }
}

function writeCall(out: ByteWriter, call: CallFacts): void {
  out.u32(call.span);
  out.u32(call.parent);
  out.u32(call.location);
  out.raw(call.traceId);
  out.raw(call.spanId);
  out.raw(call.parentSpanId);
  out.u8(call.arguments === undefined ? 0 : 1);
  if (call.arguments !== undefined) writeAttributes(out, call.arguments);
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
    case "call-start":
    case "call-open":
      return { kind, ...readCall(from) };
    case "call": {
      const facts = readCall(from);
      const endMs = from.f64();
      if (!Number.isFinite(endMs)) throw new MalformedBytes("bad end of a call");
      return { kind, ...facts, endMs, result: readAttributes(from) };
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
    case "filtered": {
      const [stage, sinceMs] = [from.u32(), from.f64()];
      return { kind, stage, sinceMs, of: readLostKinds(from) };
    }
    case "source": {
      const [file, loaded, hash, text] = [from.text(), from.text(), from.text(), from.text()];
      const [functions, notInstrumented, leftOut] = [from.text(), from.text(), from.text()];
      return { kind, file, loaded, hash, text, functions, notInstrumented, leftOut };
    }
    case undefined:
      throw new MalformedBytes("unknown record kind");
    default:
      return unreachable(kind);
  }
}

function readCall(from: ByteReader): CallFacts {
  const [span, parent, location] = [from.u32(), from.u32(), from.u32()];
  const [traceId, spanId, parentSpanId] = [from.raw(16), from.raw(8), from.raw(8)];
  const has = from.u8();
  if (has > 1) throw new MalformedBytes("neither arguments nor none");
  return {
    span,
    parent,
    location,
    traceId,
    spanId,
    parentSpanId,
    arguments: has === 1 ? readAttributes(from) : undefined,
  };
}

function readLostKinds(from: ByteReader): LostKinds {
  const [events, spans, logs, metrics, writes] = [from.f64(), from.f64(), from.f64(), from.f64(), from.f64()];
  return { events, spans, logs, metrics, writes };
}

function known<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new MalformedBytes(`unknown ${what}`);
  return value;
}
