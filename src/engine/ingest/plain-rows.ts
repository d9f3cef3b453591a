// Events, log lines and metric samples of one process, from the columns they come in to those of the file.
import { severities } from "../../shared/trace/attributes.js";
import type { LongColumn } from "../store/column-buffers.js";
import type { RecordingWriter } from "../store/recording-writer.js";
import type { Incoming } from "./incoming.js";

/** Where the agent's own word about the process comes from; of severity fatal it is an error that nobody caught. */
const processSource = "process";
const maxErrorUnits = 500;

interface KnownName {
  /** Of the recording. */
  readonly id: number;
  readonly text: string;
}

/** What the process calls its names and series, as far as it has said. */
export interface OwnIds {
  readonly names: ReadonlyMap<number, KnownName>;
  readonly series: ReadonlyMap<number, number>;
}

interface Counted {
  events: number;
  logs: number;
  metrics: number;
}

export class PlainRows {
  /** The two words of its clock's origin, nanoseconds since the epoch. */
  readonly #originHigh: number;
  readonly #originLow: number;

  constructor(
    readonly process: number,
    readonly originNs: bigint,
    readonly ids: OwnIds,
    readonly writer: RecordingWriter,
    readonly counts: Counted,
  ) {
    this.#originHigh = Number(originNs >> 32n);
    this.#originLow = Number(BigInt.asUintN(32, originNs));
  }

  add(incoming: Incoming, index: number): void {
    if (incoming.isEvent(index)) this.#event(incoming, index);
    else if (incoming.isLog(index)) this.#log(incoming, index);
    else this.#metric(incoming, index);
  }

  #event(incoming: Incoming, index: number): void {
    const { seq, clockMs, refers, span, text, ends } = incoming;
    this.counts.events++;
    const rows = this.writer.eventRows();
    rows.process.add(this.process);
    rows.seq.addNumber(seq[index] ?? 0);
    this.#addInstant(rows.instant, clockMs[index] ?? 0);
    rows.name.add(this.ids.names.get(refers[index] ?? 0)?.id ?? 0);
    rows.span.add(span[index] ?? 0);
    rows.attributes.addBytes(text.bytes, incoming.startOf(index), ends[index] ?? 0);
  }

  #log(incoming: Incoming, index: number): void {
    const { refers, span, value, text, bodyEnds, ends } = incoming;
    this.counts.logs++;
    const [seq, clockMs] = [incoming.seq[index] ?? 0, incoming.clockMs[index] ?? 0];
    const [severity, start, bodyEnd] = [value[index] ?? 0, incoming.startOf(index), bodyEnds[index] ?? 0];
    const source = this.ids.names.get(refers[index] ?? 0);
    const rows = this.writer.logRows();
    rows.process.add(this.process);
    rows.seq.addNumber(seq);
    this.#addInstant(rows.instant, clockMs);
    rows.severity.add(severity);
    rows.span.add(span[index] ?? 0);
    rows.source.add(source?.id ?? 0);
    rows.body.addBytes(text.bytes, start, bodyEnd);
    rows.attributes.addBytes(text.bytes, bodyEnd, ends[index] ?? 0);
    if (severity < severities.fatal || source?.text !== processSource) return;
    const label = text.bytes.toString("utf8", start, bodyEnd).slice(0, maxErrorUnits);
    const instant = this.originNs + BigInt(nanoseconds(clockMs));
    this.writer.mark({ process: this.process, seq, instant, kind: "error", label, lost: 0 });
  }

  /** A sample of a series that was never defined is left out. */
  #metric({ seq, clockMs, refers, value }: Incoming, index: number): void {
    const series = this.ids.series.get(refers[index] ?? 0);
    if (series === undefined) return;
    this.counts.metrics++;
    const rows = this.writer.metricRows();
    rows.process.add(this.process);
    rows.seq.addNumber(seq[index] ?? 0);
    this.#addInstant(rows.instant, clockMs[index] ?? 0);
    rows.series.add(series);
    rows.value.add(value[index] ?? 0);
  }

  #addInstant(instants: LongColumn, clockMs: number): void {
    instants.addSum(this.#originHigh, this.#originLow, nanoseconds(clockMs));
  }
}

const nanoseconds = (clockMs: number): number => Math.round(clockMs * 1e6);
