// Encodes records and puts them into the ring: stamps clock, seq and span, and interns what repeats.
// Invariant: a record becomes visible to the worker whole or not at all, and each one that does not is counted; the
// gap record that says so takes the next seq and comes before anything else is recorded.
import {
  type AgentRecordBody,
  type GapReason,
  beginRecord,
  endRecord,
  kindCode,
  noneLost,
  recordHeaderBytes,
  writeBody,
} from "../shared/protocol/agent-records.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import type { Attributes, SpanKind, SpanStatus } from "../shared/trace/attributes.js";
import type { WriteOperation } from "../shared/trace/write.js";
import { attributesFrom, cutText, encodeFlat } from "./attributes.js";
import type { SpanContext } from "./context.js";
import { RandomIds } from "./random-ids.js";
import type { OpenSpan, RecordSink, SpanParent } from "./record-sink.js";
import { type Redaction, noRedaction } from "./redact/redactor.js";
import type { RingWriter } from "./ring.js";

const code = { event: kindCode("event") } as const;
/** Events longer than this take the general way over a buffer of our own. */
const maxInPlaceBytes = 1024;

/** Names beyond this many are still recorded, each anew: a program that makes names up cannot fill our memory. */
const maxInterned = 65_536;
const maxNameUnits = 1024;
const maxBodyUnits = 65_536;
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
  readonly #noteFault: (error: unknown) => void;
  readonly #maxRecordBytes: number;
  #out = new ByteWriter();
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
  #lastEventName: string | undefined;
  #lastEventId = 0;
  #beforeSpanEnd: () => void = () => undefined;
  #redaction: Redaction = noRedaction;
  readonly #ids = new RandomIds();

  constructor(ring: RingWriter, context: SpanContext, clockMs: () => number, noteFault: (error: unknown) => void) {
    this.#ring = ring;
    this.#context = context;
    this.clockMs = clockMs;
    this.#noteFault = noteFault;
    this.#maxRecordBytes = Math.min(ring.memory.size >>> 1, 32 * 1024 * 1024);
  }

  get counts(): RecorderCounts {
    return { written: this.#written, dropped: this.#dropped };
  }

  /** From now on nothing is recorded that this has not looked through. */
  redactWith(redaction: Redaction): void {
    this.#redaction = redaction;
  }

  /** Called before each span-end record, so that what happened inside the span is recorded before its end. */
  beforeSpanEnds(look: () => void): void {
    this.#beforeSpanEnd = look;
  }

  event(name: string, attributes: unknown): void {
    try {
      if (name !== this.#lastEventName) {
        this.#lastEventId = this.#name(name);
        this.#lastEventName = this.#lastEventId === 0 ? undefined : name;
      }
      const clock = this.clockMs();
      const span = this.#context.current;
      if (!this.#eventInPlace(clock, this.#lastEventId, span === undefined ? 0 : span.number, attributes))
        this.#record({
          kind: "event",
          name: this.#lastEventId,
          span: span?.number ?? 0,
          attributes: attributesFrom(attributes),
        });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Encodes straight into the ring; false, and nothing recorded, when the event is not of the simple kind. */
  #eventInPlace(clock: number, name: number, span: number, attributes: unknown): boolean {
    if (this.#hasLost || name === 0) return false;
    const at = this.#ring.place(maxInPlaceBytes);
    if (at === undefined) return false;
    const { bytes, view } = this.#ring.memory;
    const payload = at + recordHeaderBytes;
    let end: number | undefined = payload + 12;
    if (attributes === undefined) view.setUint32(payload + 8, 0, true);
    else end = encodeFlat(bytes, view, payload + 8, at + maxInPlaceBytes - 8, attributes, this.#redaction);
    if (end === undefined) return false;
    view.setUint32(payload, name, true);
    view.setUint32(payload + 4, span, true);
    this.#publish(at, code.event, clock, end);
    return true;
  }

  metric(name: string, unit: string, value: number, attributes: unknown = none): void {
    try {
      const series = this.#seriesOf(name, unit, attributes);
      this.#record({ kind: "metric", series, value });
    } catch (error) {
      this.#fail(error);
    }
  }

  log(severity: number, source: string, body: string, attributes: Attributes): void {
    const sourceId = this.#string(source);
    const span = this.#context.current?.number ?? 0;
    this.#record({ kind: "log", severity, span, source: sourceId, body: cutText(body, maxBodyUnits), attributes });
  }

  write(operation: WriteOperation, location: number, afterMs: number): void {
    const span = this.#context.current?.number ?? 0;
    if (this.#record({ kind: "write", span, location, afterMs, operation }) !== "too-large") return;
    // That the object is there can be said in any case; the gap before says that something is missing.
    if (operation.kind !== "contents") return;
    const contents = { kind: "opaque", className: operation.contents.className } as const;
    this.#record({ kind: "write", span, location, afterMs, operation: { ...operation, contents } });
  }

  startSpan(name: string, spanKind: SpanKind, parent: SpanParent, attributes: Attributes): OpenSpan {
    const span: OpenSpan = {
      number: ++this.#spans,
      traceId:
        parent.kind === "none" ? this.#ids.next(16) : parent.kind === "local" ? parent.span.traceId : parent.traceId,
      spanId: this.#ids.next(8),
    };
    this.#record({
      kind: "span-start",
      span: span.number,
      parent: parent.kind === "local" ? parent.span.number : 0,
      spanKind,
      name: this.#name(name),
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
    } catch (error) {
      this.#noteFault(error);
    }
    const nameId = name === undefined ? 0 : this.#name(name);
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

  /** As `#string`, for what must have a name. */
  #name(name: string): number {
    return this.#string(name === "" ? "(unnamed)" : name);
  }

  /** The id of a text, defined before its first use; 0 when the definition found no room. */
  #string(text: string): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    const id = this.#lastId.string + 1;
    if (!this.#define({ kind: "string", id, text: cutText(text, maxNameUnits) })) return 0;
    this.#lastId.string = id;
    if (this.#strings.size < maxInterned && text.length <= maxNameUnits) this.#strings.set(text, id);
    return id;
  }

  #seriesOf(name: string, unit: string, given: unknown): number {
    const isPlain = given === undefined || given === none;
    const attributes = isPlain ? none : attributesFrom(given);
    const key = `${name}\0${unit}${isPlain ? "" : `\0${JSON.stringify(attributes)}`}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const nameId = this.#name(name);
    const unitId = unit === "" ? 0 : this.#string(unit);
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

  /** Fills in the header of the record whose payload ends at `end`, and makes it visible. */
  #publish(at: number, kind: number, clock: number, end: number): void {
    const { bytes, view } = this.#ring.memory;
    let padded = end;
    while ((padded & 7) !== 0) bytes[padded++] = 0;
    view.setUint32(at, padded - at, true);
    view.setUint32(at + 4, kind, true);
    view.setFloat64(at + 8, clock, true);
    view.setFloat64(at + 16, ++this.#seq, true);
    this.#written++;
    this.#ring.publish(padded - at);
  }

  #record(body: AgentRecordBody): "put" | "lost" | "too-large" {
    try {
      if (!this.#isOpen() || lacksDefinition(body)) return this.#lose("ring-full");
      this.#encode(body);
      if (this.#out.at <= this.#maxRecordBytes) return this.#put() ? "put" : this.#lose("ring-full");
      // The buffer has grown for this one; the next record need not keep its memory.
      if (this.#out.bytes.length > this.#maxRecordBytes) this.#out = new ByteWriter();
      this.#lose("unreadable-value");
      return "too-large";
    } catch (error) {
      return this.#fail(error);
    }
  }

  #encode(body: AgentRecordBody): true {
    const out = this.#out;
    out.at = 0;
    beginRecord(out, kindCode(body.kind), this.clockMs(), this.#seq + 1);
    writeBody(out, this.#redaction.record(body));
    return true;
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
      this.#encode({ kind: "gap", reason, lost, of: noneLost });
      if (!this.#put()) return false;
      this.#lost[reason] = 0;
    }
    this.#hasLost = false;
    return true;
  }

  #lose(reason: GapReason): "lost" {
    this.#seq++;
    this.#dropped++;
    this.#lost[reason]++;
    this.#hasLost = true;
    return "lost";
  }

  #fail(error: unknown): "lost" {
    this.#noteFault(error);
    return this.#lose("unreadable-value");
  }
}

/** Its name or series could not be defined: the ring was full just before. */
function lacksDefinition(body: AgentRecordBody): boolean {
  switch (body.kind) {
    case "event":
    case "span-start":
      return body.name === 0;
    case "metric":
      return body.series === 0;
    default:
      return false;
  }
}
