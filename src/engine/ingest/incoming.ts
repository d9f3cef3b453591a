// The records of one batch as they come, checked whole before any is taken. Events and metric samples, which come by the
// hundred thousand, are numbers in columns and bytes of text; the others are objects.
import {
  type AgentRecord,
  definesForNext,
  kindCode,
  readRecord,
  recordHeaderBytes,
} from "../../shared/protocol/agent-records.js";
import { ByteReader, MalformedBytes } from "../../shared/protocol/bytes.js";
import { AttributesBytes } from "./attributes-bytes.js";
import { checkRecord, isPlausibleHead } from "./plausible.js";

const eventCode = kindCode("event");
const metricCode = kindCode("metric");
const firstCapacity = 4096;

export class Incoming {
  count = 0;
  /** Records that are neither events nor metric samples, where they stand among the others. */
  readonly #others = new Map<number, AgentRecord>();
  /** Milliseconds since the process's timeOrigin. */
  clockMs = new Float64Array(firstCapacity);
  seq = new Float64Array(firstCapacity);
  isMetric = new Uint8Array(firstCapacity);
  /** The name of an event, the series of a sample: ids of the process. */
  refers = new Uint32Array(firstCapacity);
  span = new Uint32Array(firstCapacity);
  value = new Float64Array(firstCapacity);
  /** Where an event's attributes end in `attributes`; they begin where those before end. */
  ends = new Float64Array(firstCapacity);
  readonly attributes = new AttributesBytes();

  /** The record there, unless it is an event or a metric sample. */
  other(index: number): AgentRecord | undefined {
    return this.#others.get(index);
  }

  /** Takes the place of what was read before. Throws `MalformedBytes` at the first byte that does not fit. */
  read(batch: Uint8Array): void {
    this.count = 0;
    this.#others.clear();
    this.attributes.clear();
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
    this.ends[index] = this.attributes.used;
    const at = start + recordHeaderBytes;
    const needs = kind === eventCode || kind === metricCode ? 12 : Infinity;
    if (at + needs > end) return this.#other(batch, start, end, index);
    if (view.getUint8(start + 5) > definesForNext || view.getUint16(start + 6, true) !== 0)
      throw new MalformedBytes("bad record flags");
    if (!isPlausibleHead(clockMs, seq)) throw new MalformedBytes("implausible record");
    this.refers[index] = view.getUint32(at, true);
    if (kind === metricCode) {
      this.isMetric[index] = 1;
      this.value[index] = view.getFloat64(at + 4, true);
    } else {
      this.isMetric[index] = 0;
      this.span[index] = view.getUint32(at + 4, true);
      this.attributes.add(batch, view, at + 8, end);
      this.ends[index] = this.attributes.used;
    }
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
    this.isMetric = grown(this.isMetric, new Uint8Array(length));
    this.refers = grown(this.refers, new Uint32Array(length));
    this.span = grown(this.span, new Uint32Array(length));
    this.value = grown(this.value, new Float64Array(length));
    this.ends = grown(this.ends, new Float64Array(length));
  }
}
