// Encodes records and puts them into the ring: stamps clock, seq and span, and interns what repeats.
// Invariant: a record becomes visible to the worker whole or not at all, and each one that does not is counted; the
// gap record that says so takes the next seq and comes before anything else is recorded.
import { randomFillSync } from "node:crypto";
import {
  type AgentRecordBody,
  type GapReason,
  beginRecord,
  endRecord,
  kindCode,
  writeBody,
} from "../shared/protocol/agent-records.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import type { Attributes, SpanKind, SpanStatus } from "../shared/trace/attributes.js";
import type { WriteOperation } from "../shared/trace/write.js";
import { attributesFrom, cutText, encodeAttributes } from "./attributes.js";
import type { SpanContext } from "./context.js";
import type { OpenSpan, RecordSink, SpanParent } from "./record-sink.js";
import type { RingWriter } from "./ring.js";

const code = {
  string: kindCode("string"),
  event: kindCode("event"),
  metric: kindCode("metric"),
} as const;

/** Names beyond this many are still recorded, each anew: a program that makes names up cannot fill our memory. */
const maxInterned = 65_536;
const maxNameUnits = 1024;
const maxBodyUnits = 65_536;
const noBytes = new Uint8Array(16);
const noSpanId = new Uint8Array(8);
const none: Attributes = {};

export interface RecorderCounts {
  readonly written: number;
  readonly dropped: number;
}

export class Recorder implements RecordSink {
  readonly clockMs: () => number;
  readonly #ring: RingWriter;
  readonly #context: SpanContext;
  readonly #noteFault: () => void;
  readonly #maxRecordBytes: number;
  #out = new ByteWriter(4096);
  #words = new Int32Array(this.#out.bytes.buffer);
  #seq = 0;
  #spans = 0;
  #written = 0;
  #dropped = 0;
  readonly #lost: Record<GapReason, number> = { "ring-full": 0, "buffer-full": 0, "unreadable-value": 0 };
  #hasLost = false;
  readonly #strings = new Map<string, number>();
  readonly #locations = new Map<string, number>();
  readonly #series = new Map<string, number>();
  #lastId = { string: 0, location: 0, series: 0 };
  #beforeSpanEnd: () => void = () => undefined;
  readonly #random = new Uint8Array(4096);
  #randomAt = 4096;

  constructor(ring: RingWriter, context: SpanContext, clockMs: () => number, noteFault: () => void) {
    this.#ring = ring;
    this.#context = context;
    this.clockMs = clockMs;
    this.#noteFault = noteFault;
    this.#maxRecordBytes = Math.min(ring.memory.size >>> 2, 8 * 1024 * 1024);
  }

  get counts(): RecorderCounts {
    return { written: this.#written, dropped: this.#dropped };
  }

  /** Called before each span-end record, so that what happened inside the span is recorded before its end. */
  beforeSpanEnds(look: () => void): void {
    this.#beforeSpanEnd = look;
  }

  event(name: string, attributes: unknown): void {
    try {
      const id = this.#strings.get(name) ?? this.#string(name);
      const now = this.clockMs();
      if (id === 0 || !this.#isOpen()) return this.#lose("ring-full");
      const out = this.#out;
      out.at = 0;
      beginRecord(out, code.event, now, this.#seq + 1);
      out.u32(id);
      out.u32(this.#context.current?.number ?? 0);
      if (attributes === undefined) out.u32(0);
      else encodeAttributes(out, attributes);
      this.#commit();
    } catch {
      this.#fail();
    }
  }

  metric(name: string, unit: string, value: number, attributes: unknown = none): void {
    try {
      const series = this.#seriesOf(name, unit, attributes);
      if (series === 0 || !this.#isOpen()) return this.#lose("ring-full");
      const out = this.#out;
      out.at = 0;
      beginRecord(out, code.metric, this.clockMs(), this.#seq + 1);
      out.u32(series);
      out.f64(value);
      this.#commit();
    } catch {
      this.#fail();
    }
  }

  log(severity: number, source: string, body: string, attributes: Attributes): void {
    const sourceId = this.#string(source);
    const span = this.#context.current?.number ?? 0;
    this.#record({ kind: "log", severity, span, source: sourceId, body: cutText(body, maxBodyUnits), attributes });
  }

  write(operation: WriteOperation, location: number, afterMs: number): void {
    this.#record({ kind: "write", span: this.#context.current?.number ?? 0, location, afterMs, operation });
  }

  startSpan(name: string, spanKind: SpanKind, parent: SpanParent, attributes: Attributes): OpenSpan {
    const span: OpenSpan = {
      number: ++this.#spans,
      traceId: parent.kind === "none" ? this.#randomBytes(16) : parent.kind === "local" ? parent.span.traceId : parent.traceId,
      spanId: this.#randomBytes(8),
    };
    this.#record({
      kind: "span-start",
      span: span.number,
      parent: parent.kind === "local" ? parent.span.number : 0,
      spanKind,
      name: this.#string(name),
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: parent.kind === "none" ? noSpanId : parent.kind === "local" ? parent.span.spanId : parent.spanId,
      attributes,
    });
    return span;
  }

  endSpan(span: OpenSpan, status: SpanStatus, name: string | undefined, attributes: Attributes): void {
    try {
      this.#beforeSpanEnd();
    } catch {
      this.#noteFault();
    }
    const nameId = name === undefined ? 0 : this.#string(name);
    this.#record({ kind: "span-end", span: span.number, status, name: nameId, attributes });
  }

  location(file: string, line: number, column: number, functionName: string): number {
    const key = `${line}:${column}:${functionName}:${file}`;
    const known = this.#locations.get(key);
    if (known !== undefined) return known;
    const fileId = this.#string(file);
    const nameId = functionName === "" ? 0 : this.#string(functionName);
    if (fileId === 0) return 0;
    const id = this.#lastId.location + 1;
    if (!this.#define({ kind: "location", id, file: fileId, line, column, functionName: nameId })) return 0;
    this.#lastId.location = id;
    if (this.#locations.size < maxInterned) this.#locations.set(key, id);
    return id;
  }

  /** Says what was lost, if there is room by now. True when nothing is left to say. */
  reportLoss(): boolean {
    return !this.#hasLost || this.#isOpen();
  }

  /** The id of a text, defined before its first use; 0 for no text, or when the definition found no room. */
  #string(text: string): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    if (text === "") return 0;
    const id = this.#lastId.string + 1;
    if (!this.#define({ kind: "string", id, text: cutText(text, maxNameUnits) })) return 0;
    this.#lastId.string = id;
    if (this.#strings.size < maxInterned && text.length <= maxNameUnits) this.#strings.set(text, id);
    return id;
  }

  #seriesOf(name: string, unit: string, given: unknown): number {
    const isPlain = given === undefined || given === none;
    const attributes = isPlain ? none : attributesFrom(given);
    const key = isPlain ? name : `${name}\0${unit}\0${JSON.stringify(attributes)}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const nameId = this.#string(name);
    const unitId = this.#string(unit);
    if (nameId === 0) return 0;
    const id = this.#lastId.series + 1;
    if (!this.#define({ kind: "series", id, name: nameId, unit: unitId, attributes })) return 0;
    this.#lastId.series = id;
    if (this.#series.size < maxInterned) this.#series.set(key, id);
    return id;
  }

  /** A record that others refer to: when it finds no room, the record that needs it is the one that is lost. */
  #define(body: AgentRecordBody): boolean {
    return this.#isOpen() && this.#encode(body) && this.#put();
  }

  #record(body: AgentRecordBody): void {
    try {
      if (!this.#isOpen()) return this.#lose("ring-full");
      this.#encode(body);
      this.#commit();
    } catch {
      this.#fail();
    }
  }

  #encode(body: AgentRecordBody): true {
    const out = this.#out;
    out.at = 0;
    beginRecord(out, kindCode(body.kind), this.clockMs(), this.#seq + 1);
    writeBody(out, body);
    return true;
  }

  #commit(): void {
    if (this.#out.at > this.#maxRecordBytes) this.#lose("unreadable-value");
    else if (!this.#put()) this.#lose("ring-full");
  }

  #put(): boolean {
    const out = this.#out;
    endRecord(out, 0);
    if (out.bytes.buffer !== this.#words.buffer) this.#words = new Int32Array(out.bytes.buffer);
    if (!this.#ring.put(this.#words, out.at)) return false;
    this.#seq++;
    this.#written++;
    return true;
  }

  /** False while the ring is too full even to say what was lost. */
  #isOpen(): boolean {
    return !this.#hasLost || this.#writeGaps();
  }

  #writeGaps(): boolean {
    // Not at the first free byte: under a flood that would be one gap for every few records.
    if (!this.#ring.hasRoom(Math.min(this.#ring.memory.size >>> 4, 65_536))) return false;
    for (const reason of ["ring-full", "buffer-full", "unreadable-value"] as const) {
      const lost = this.#lost[reason];
      if (lost === 0) continue;
      this.#encode({ kind: "gap", reason, lost });
      if (!this.#put()) return false;
      this.#lost[reason] = 0;
    }
    this.#hasLost = false;
    return true;
  }

  #lose(reason: GapReason): void {
    this.#seq++;
    this.#dropped++;
    this.#lost[reason]++;
    this.#hasLost = true;
  }

  #fail(): void {
    this.#noteFault();
    this.#lose("unreadable-value");
  }

  #randomBytes(count: number): Uint8Array {
    if (this.#randomAt + count > this.#random.length) {
      randomFillSync(this.#random);
      this.#randomAt = 0;
    }
    const bytes = this.#random.slice(this.#randomAt, this.#randomAt + count);
    this.#randomAt += count;
    return bytes.some((byte) => byte !== 0) ? bytes : noBytes.slice(0, count).fill(1);
  }
}
