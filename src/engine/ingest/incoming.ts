// The records of one batch as they come, checked whole before any is taken. Events, log lines, metric samples and spans,
// which come by the hundred thousand, are numbers in columns and bytes of text; the others are objects.
import { type AgentRecord, kindCode } from "../../shared/protocol/agent-records.js";
import { definesForNext, readRecord, recordHeaderBytes } from "../../shared/protocol/agent-record-codec.js";
import { ByteReader, MalformedBytes } from "../../shared/protocol/bytes.js";
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import { checkRecord, isPlausibleHead } from "./plausible.js";
import { TextBytes } from "./text-bytes.js";

const eventCode = kindCode("event");
const logCode = kindCode("log");
const metricCode = kindCode("metric");
const spanStartCode = kindCode("span-start");
const spanEndCode = kindCode("span-end");
const callStartCode = kindCode("call-start");
const callCode = kindCode("call");
const callOpenCode = kindCode("call-open");
const idBytes = 32;
const callBytes = 12 + idBytes + 1;
/** Bytes of a record of such a kind after its header, whatever it holds. */
const leastBytes = new Map([
  [eventCode, 12],
  [logCode, 17],
  [metricCode, 12],
  [spanStartCode, 13 + idBytes + 4],
  [spanEndCode, 13],
  [callStartCode, callBytes],
  [callOpenCode, callBytes],
  [callCode, callBytes + 12],
]);
const firstCapacity = 4096;

export class Incoming {
  count = 0;
  /** Records of the other kinds, where they stand. */
  readonly #others = new Map<number, AgentRecord>();
  /** Milliseconds since the process's timeOrigin. */
  clockMs = new Float64Array(firstCapacity);
  seq = new Float64Array(firstCapacity);
  kind = new Uint8Array(firstCapacity);
  /** The name of an event or a span, the source of a log line, the series of a sample, the place of a call's function: ids of the process. */
  refers = new Uint32Array(firstCapacity);
  span = new Uint32Array(firstCapacity);
  /** Of a sample its value, of a span or a call that begins its parent. */
  value = new Float64Array(firstCapacity);
  /** Of a log line its severity, of a span its kind when it begins and its status when it ends, of a call 1 where it was given something. */
  code = new Uint8Array(firstCapacity);
  /**
   * Where a log line's body, or a span's ids (as `SpanRow.ids`), and then the attributes end in `text`; they begin where what
   * is before them ends.
   */
  bodyEnds = new Float64Array(firstCapacity);
  ends = new Float64Array(firstCapacity);
  /** Of a call with its end: when that was, and where what it was given ends in `text`, and what its end brings begins. */
  endMs = new Float64Array(firstCapacity);
  givenEnds = new Float64Array(firstCapacity);
  readonly text = new TextBytes();

  isEvent(index: number): boolean {
    return this.kind[index] === eventCode;
  }

  isLog(index: number): boolean {
    return this.kind[index] === logCode;
  }

  isSpanStart(index: number): boolean {
    return this.kind[index] === spanStartCode;
  }

  isSpanEnd(index: number): boolean {
    return this.kind[index] === spanEndCode;
  }

  /** One that begins, with its end or without. */
  isCall(index: number): boolean {
    const kind = this.kind[index];
    return kind === callStartCode || kind === callCode || kind === callOpenCode;
  }

  hasEnd(index: number): boolean {
    return this.kind[index] === callCode;
  }

  /** The worker tells of a call that the program tells of itself as well. */
  isAhead(index: number): boolean {
    return this.kind[index] === callOpenCode;
  }

  isSample(index: number): boolean {
    return this.kind[index] === metricCode;
  }

  isSampleOf(index: number, series: number | undefined): boolean {
    return this.kind[index] === metricCode && this.refers[index] === series;
  }

  /** Where the texts of a record begin. */
  startOf(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }

  /** The record there, unless it is of a kind that comes in columns. */
  other(index: number): AgentRecord | undefined {
    return this.#others.get(index);
  }

  /** Takes the place of what was read before. Throws `MalformedBytes` at the first byte that does not fit. */
  read(batch: Uint8Array): void {
    this.count = 0;
    this.#others.clear();
    this.text.clear();
    const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
    for (let at = 0; at < batch.length;) {
      const length = at + recordHeaderBytes > batch.length ? 0 : view.getUint32(at, true);
      if (length < recordHeaderBytes || length % 8 !== 0 || at + length > batch.length)
        throw new MalformedBytes(`record length ${length} at ${at}`);
      this.#record(batch, view, at, at + length);
      at += length;
    }
    for (let index = 0; index < this.count; index++)
      if (
        !isPlausibleHead(this.clockMs[index] ?? 0, this.seq[index] ?? 0) ||
        (this.hasEnd(index) && !isPlausibleHead(this.endMs[index] ?? 0, 0))
      )
        throw new MalformedBytes("implausible record");
  }

  #record(batch: Uint8Array, view: DataView, start: number, end: number): void {
    const index = this.count++;
    if (index === this.seq.length) this.#grow();
    const kind = view.getUint8(start + 4);
    this.clockMs[index] = view.getFloat64(start + 8, true);
    this.seq[index] = view.getFloat64(start + 16, true);
    this.kind[index] = kind;
    this.ends[index] = this.text.used;
    const at = start + recordHeaderBytes;
    if (at + (leastBytes.get(kind) ?? Infinity) > end) return this.#other(batch, start, end, index);
    if (view.getUint8(start + 5) > definesForNext || view.getUint16(start + 6, true) !== 0)
      throw new MalformedBytes("bad record flags");
    if (kind === metricCode) {
      this.refers[index] = view.getUint32(at, true);
      this.value[index] = view.getFloat64(at + 4, true);
    } else if (kind === eventCode) {
      this.refers[index] = view.getUint32(at, true);
      this.span[index] = view.getUint32(at + 4, true);
      this.text.addAttributes(batch, view, at + 8, end);
    } else if (kind === logCode) {
      this.span[index] = view.getUint32(at, true);
      this.refers[index] = view.getUint32(at + 4, true);
      this.code[index] = view.getUint8(at + 8);
      const afterBody = this.text.addText(batch, view, at + 9, end);
      this.bodyEnds[index] = this.text.used;
      this.text.addAttributes(batch, view, afterBody, end);
    } else if (kind === spanStartCode) {
      const idsEnd = at + 12 + idBytes;
      this.span[index] = view.getUint32(at, true);
      this.value[index] = view.getUint32(at + 4, true);
      this.refers[index] = view.getUint32(at + 8, true);
      this.text.addRaw(batch, at + 12, idsEnd);
      this.bodyEnds[index] = this.text.used;
      this.code[index] = known(spanKinds, view.getUint8(idsEnd));
      this.text.addAttributes(batch, view, idsEnd + 1, end);
    } else if (kind === callStartCode || kind === callCode || kind === callOpenCode) {
      this.#call(batch, view, at, end, index, kind === callCode);
    } else {
      this.span[index] = view.getUint32(at, true);
      this.refers[index] = view.getUint32(at + 4, true);
      this.code[index] = known(spanStatuses, view.getUint8(at + 8));
      this.text.addAttributes(batch, view, at + 9, end);
    }
    this.ends[index] = this.text.used;
  }

  #call(batch: Uint8Array, view: DataView, at: number, end: number, index: number, hasEnd: boolean): void {
    const idsEnd = at + 12 + idBytes;
    this.span[index] = view.getUint32(at, true);
    this.value[index] = view.getUint32(at + 4, true);
    this.refers[index] = view.getUint32(at + 8, true);
    this.text.addRaw(batch, at + 12, idsEnd);
    this.bodyEnds[index] = this.text.used;
    const has = view.getUint8(idsEnd);
    if (has > 1) throw new MalformedBytes("neither arguments nor none");
    const afterGiven = has === 1 ? this.text.addAttributes(batch, view, idsEnd + 1, end) : idsEnd + 1;
    this.givenEnds[index] = this.text.used;
    this.code[index] = has;
    if (!hasEnd) return;
    if (afterGiven + 12 > end) throw new MalformedBytes("a call ends early");
    this.endMs[index] = view.getFloat64(afterGiven, true);
    this.text.addAttributes(batch, view, afterGiven + 8, end);
  }

  #other(batch: Uint8Array, start: number, end: number, index: number): void {
    const record = readRecord(new ByteReader(batch, start + 4, end));
    checkRecord(record);
    this.#others.set(index, record);
  }

  #grow(): void {
    const grown = <Values extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(
      values: Values,
      larger: Values,
    ): Values => {
      larger.set(values);
      return larger;
    };
    const length = 2 * this.seq.length;
    this.clockMs = grown(this.clockMs, new Float64Array(length));
    this.seq = grown(this.seq, new Float64Array(length));
    this.kind = grown(this.kind, new Uint8Array(length));
    this.refers = grown(this.refers, new Uint32Array(length));
    this.span = grown(this.span, new Uint32Array(length));
    this.value = grown(this.value, new Float64Array(length));
    this.code = grown(this.code, new Uint8Array(length));
    this.bodyEnds = grown(this.bodyEnds, new Float64Array(length));
    this.ends = grown(this.ends, new Float64Array(length));
    this.endMs = grown(this.endMs, new Float64Array(length));
    this.givenEnds = grown(this.givenEnds, new Float64Array(length));
  }
}

function known(names: readonly string[], code: number): number {
  if (code >= names.length) throw new MalformedBytes(`unknown code ${code}`);
  return code;
}
