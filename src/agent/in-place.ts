// Events and spans of the simple kind, written straight into the ring: a number of small attributes and nothing to redact. The
// bytes are those that the record's codec (shared/protocol/agent-record-codec.ts) writes. What is not simple is refused, and
// goes the general way (record-writer.ts).
import { recordHeaderBytes } from "../shared/protocol/agent-record-codec.js";
import { type AgentRecordBody, kindCode } from "../shared/protocol/agent-records.js";
import { spanKinds, spanStatuses } from "../shared/trace/attributes.js";
import { FlatAttributes } from "./flat-attributes.js";
import type { RecordWriter } from "./record-writer.js";
import { type Redaction, noRedaction } from "../redact/redactor.js";
import type { RingMemory } from "./ring.js";

export type SpanStart = Extract<AgentRecordBody, { readonly kind: "span-start" }>;
export type SpanEnd = Extract<AgentRecordBody, { readonly kind: "span-end" }>;

const code = { event: kindCode("event"), start: kindCode("span-start"), end: kindCode("span-end") } as const;
/** What is longer than this takes the general way over a buffer of our own. */
const mostBytes = 1024;
/** Before it is padded. */
const mostUnpadded = mostBytes - 8;
/** Where the attributes begin in a record. */
const attributesAt = {
  event: recordHeaderBytes + 8,
  start: recordHeaderBytes + 45,
  end: recordHeaderBytes + 9,
} as const;

export class InPlace {
  readonly #memory: RingMemory;
  readonly #writer: RecordWriter;
  #flat = new FlatAttributes(noRedaction);

  constructor(memory: RingMemory, writer: RecordWriter) {
    this.#memory = memory;
    this.#writer = writer;
  }

  redactWith(redaction: Redaction): void {
    this.#flat = new FlatAttributes(redaction);
  }

  /** False, and nothing recorded, when it is not of the simple kind; so all of these. `attributes` are the program's. */
  event(clockMs: number, name: number, span: number, attributes: unknown): boolean {
    if (name === 0) return false;
    const at = this.#writer.place(mostBytes);
    if (at === undefined) return false;
    const { bytes, view } = this.#memory;
    const start = at + attributesAt.event;
    let end: number | undefined = start + 4;
    if (attributes === undefined) view.setUint32(start, 0, true);
    else end = this.#flat.encode(bytes, view, start, at + mostUnpadded, attributes);
    if (end === undefined) return false;
    view.setUint32(at + recordHeaderBytes, name, true);
    view.setUint32(at + recordHeaderBytes + 4, span, true);
    this.#writer.publish(at, code.event, clockMs, end);
    return true;
  }

  spanStart(clockMs: number, record: SpanStart): boolean {
    if (record.name === 0) return false;
    const at = this.#writer.place(mostBytes);
    if (at === undefined) return false;
    const { bytes, view } = this.#memory;
    const end = this.#flat.encodeOurs(bytes, view, at + attributesAt.start, at + mostUnpadded, record.attributes);
    if (end === undefined) return false;
    const payload = at + recordHeaderBytes;
    view.setUint32(payload, record.span, true);
    view.setUint32(payload + 4, record.parent, true);
    view.setUint32(payload + 8, record.name, true);
    put(bytes, payload + 12, record.traceId, 16);
    put(bytes, payload + 28, record.spanId, 8);
    put(bytes, payload + 36, record.parentSpanId, 8);
    bytes[payload + 44] = spanKinds.indexOf(record.spanKind);
    this.#writer.publish(at, code.start, clockMs, end);
    return true;
  }

  spanEnd(clockMs: number, record: SpanEnd): boolean {
    const at = this.#writer.place(mostBytes);
    if (at === undefined) return false;
    const { bytes, view } = this.#memory;
    const end = this.#flat.encodeOurs(bytes, view, at + attributesAt.end, at + mostUnpadded, record.attributes);
    if (end === undefined) return false;
    const payload = at + recordHeaderBytes;
    view.setUint32(payload, record.span, true);
    view.setUint32(payload + 4, record.name, true);
    bytes[payload + 8] = spanStatuses.indexOf(record.status);
    this.#writer.publish(at, code.end, clockMs, end);
    return true;
  }
}

/** Byte by byte: for so few that is faster than `set`. */
function put(bytes: Uint8Array, at: number, id: Uint8Array, count: number): void {
  for (let n = 0; n < count; n++) bytes[at + n] = id[n] ?? 0;
}
