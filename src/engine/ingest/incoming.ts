// The records of one batch as they come, checked whole before any is taken. Events, log lines and metric samples, which
// come by the hundred thousand, are numbers in columns and bytes of text; the others are objects.
import { type AgentRecord, kindCode } from "../../shared/protocol/agent-records.js";
import { definesForNext, readRecord, recordHeaderBytes } from "../../shared/protocol/agent-record-codec.js";
import { ByteReader, MalformedBytes } from "../../shared/protocol/bytes.js";
import { checkRecord, isPlausibleHead } from "./plausible.js";
import { TextBytes } from "./text-bytes.js";

const eventCode = kindCode("event");
const logCode = kindCode("log");
const metricCode = kindCode("metric");
/** Bytes of a record of such a kind after its header, whatever it holds. */
const leastBytes = new Map([
  [eventCode, 12],
  [logCode, 17],
  [metricCode, 12],
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
  /** The name of an event, the source of a log line, the series of a sample: ids of the process. */
  refers = new Uint32Array(firstCapacity);
  span = new Uint32Array(firstCapacity);
  /** Of a sample its value, of a log line its severity. */
  value = new Float64Array(firstCapacity);
  /** Where a log line's body and then the attributes end in `text`; they begin where what is before them ends. */
  bodyEnds = new Float64Array(firstCapacity);
  ends = new Float64Array(firstCapacity);
  readonly text = new TextBytes();

  isEvent(index: number): boolean {
    return this.kind[index] === eventCode;
  }

  isLog(index: number): boolean {
    return this.kind[index] === logCode;
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
  }

  #record(batch: Uint8Array, view: DataView, start: number, end: number): void {
    const index = this.count++;
    if (index === this.seq.length) this.#grow();
    const kind = view.getUint8(start + 4);
    const [clockMs, seq] = [view.getFloat64(start + 8, true), view.getFloat64(start + 16, true)];
    this.clockMs[index] = clockMs;
    this.seq[index] = seq;
    this.kind[index] = kind;
    this.ends[index] = this.text.used;
    const at = start + recordHeaderBytes;
    if (at + (leastBytes.get(kind) ?? Infinity) > end) return this.#other(batch, start, end, index);
    if (view.getUint8(start + 5) > definesForNext || view.getUint16(start + 6, true) !== 0)
      throw new MalformedBytes("bad record flags");
    if (!isPlausibleHead(clockMs, seq)) throw new MalformedBytes("implausible record");
    if (kind === metricCode) {
      this.refers[index] = view.getUint32(at, true);
      this.value[index] = view.getFloat64(at + 4, true);
    } else if (kind === eventCode) {
      this.refers[index] = view.getUint32(at, true);
      this.span[index] = view.getUint32(at + 4, true);
      this.text.addAttributes(batch, view, at + 8, end);
    } else {
      this.span[index] = view.getUint32(at, true);
      this.refers[index] = view.getUint32(at + 4, true);
      this.value[index] = view.getUint8(at + 8);
      const afterBody = this.text.addText(batch, view, at + 9, end);
      this.bodyEnds[index] = this.text.used;
      this.text.addAttributes(batch, view, afterBody, end);
    }
    this.ends[index] = this.text.used;
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
    this.bodyEnds = grown(this.bodyEnds, new Float64Array(length));
    this.ends = grown(this.ends, new Float64Array(length));
  }
}
